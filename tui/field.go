package tui

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// mostTyped bounds a text field.
const mostTyped = 500

// newField is a text field with the focus. Its cursor does not blink, and
// ctrl+v does nothing: the clipboard would be that of the machine where
// ringlab runs, not of the person. Pasting in the terminal works.
func newField(th theme, value string, width int) textinput.Model {
	f := textinput.New()
	f.Prompt = ""
	f.CharLimit = mostTyped
	f.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	styles := textinput.DefaultStyles(true)
	styles.Focused = textinput.StyleState{Text: th.plain, Placeholder: th.dim, Suggestion: th.dim, Prompt: th.plain}
	styles.Cursor.Blink = false
	styles.Cursor.Color = nil
	f.SetStyles(styles)
	f.SetWidth(max(width-1, 4))
	f.SetValue(value)
	f.CursorEnd()
	f.Focus()
	return f
}

// typed gives a key or a paste to a field.
func typed(f textinput.Model, msg tea.Msg) textinput.Model {
	f, _ = f.Update(msg)
	return f
}
