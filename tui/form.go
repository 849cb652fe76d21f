package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
)

// formField is one line of a form: a text or a choice.
type formField struct {
	name    string
	help    string
	allowed string // range and default, for people
	initial string
	value   string
	choices []string
	check   func(string) error // nil: any text
	sweep   func(string) error // checks several values or a range; nil: it takes one value only
	swept   bool
}

func (f formField) trouble(value string) string {
	check := f.check
	if f.swept {
		check = f.sweep
	}
	if check == nil {
		return ""
	}
	if err := check(value); err != nil {
		return err.Error()
	}
	return ""
}

// options are what the field can be stepped through; none where it is typed.
func (f formField) options() []string {
	if f.swept {
		return nil
	}
	return f.choices
}

// form is a list of fields and a button under them. Moving never edits: enter
// opens a text for editing, and takes the next of a choice.
type form struct {
	fields  []formField
	button  string
	cursor  int // len(fields) is the button
	top     int
	height  int
	editing bool
	before  string // the text when editing began
	anew    bool   // typing a value takes the place of the text; "," and "." go on from it
	input   textinput.Model
}

func (f *form) resize(height int) {
	f.height = max(height, 3)
	f.settle()
}

func (f *form) settle() {
	f.cursor = min(max(f.cursor, 0), len(f.fields))
	row, all := f.rowOf(f.cursor), f.rowOf(len(f.fields))+1
	f.top = max(min(f.top, row, all-f.height), row-f.height+1, 0)
}

// rowOf is a field's line; the button stands after an empty one.
func (f form) rowOf(i int) int {
	if i == len(f.fields) {
		return i + 1
	}
	return i
}

func (f form) onButton() bool { return f.cursor == len(f.fields) }

// current is the field under the cursor, nil on the button.
func (f *form) current() *formField {
	if f.onButton() {
		return nil
	}
	return &f.fields[f.cursor]
}

func (f form) value(name string) string {
	for _, field := range f.fields {
		if field.name == name {
			return field.value
		}
	}
	return ""
}

// trouble is what is wrong with the field under the cursor, as it is typed, or
// else with the first wrong field.
func (f form) trouble() string {
	if c := f.current(); c != nil {
		if t := c.trouble(c.value); t != "" {
			return t
		}
	}
	for _, field := range f.fields {
		if t := field.trouble(field.value); t != "" {
			return t
		}
	}
	return ""
}

// move handles movement; edit opens or steps the field under the cursor.
func (f *form) move(a action) bool {
	switch a {
	case actUp:
		f.cursor--
	case actDown:
		f.cursor++
	case actPageUp, actFirst:
		f.cursor = 0
	case actPageDown, actLast:
		f.cursor = len(f.fields)
	default:
		return false
	}
	f.settle()
	return true
}

// step takes the next or previous of a choice, and tells whether it did.
func (f *form) step(by int) bool {
	c := f.current()
	if c == nil || len(c.options()) == 0 {
		return false
	}
	n := len(c.options())
	c.value = c.choices[(max(slices.Index(c.choices, c.value), 0)+by+n)%n]
	return true
}

func (f *form) edit(th theme) {
	if c := f.current(); c != nil && len(c.options()) == 0 {
		f.input, f.editing, f.before, f.anew = newField(th, c.value, 24), true, c.value, false
	}
}

// editList opens a text to which several values are typed: a list or a range that
// begins with the value that stands there, or with another.
func (f *form) editList(th theme) {
	f.edit(th)
	f.anew = f.editing
}

// Typing keys while a text is edited; done is true when the field was left.
func (f *form) act(th theme, a action) {
	switch a {
	case actAccept, actNextField:
		f.editing = false
		if a == actNextField {
			f.cursor++
			f.settle()
			f.edit(th)
		}
	case actAbandon:
		f.current().value, f.editing = f.before, false
	}
}

// typed takes a key or a paste. What is typed is the value at once: the page
// tells what follows from it, and esc puts the old one back.
func (f *form) typed(msg tea.Msg) {
	if f.anew && beginsValue(msg) {
		f.input.SetValue("")
	}
	f.anew = false
	f.input = typed(f.input, msg)
	f.current().value = strings.TrimSpace(f.input.Value())
}

// beginsValue tells whether a key or a paste is text that does not go on from
// another, as "," and "." do.
func beginsValue(msg tea.Msg) bool {
	text := ""
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		text = msg.Text
	case tea.PasteMsg:
		text = msg.Content
	}
	return text != "" && !strings.HasPrefix(text, ",") && !strings.HasPrefix(text, ".")
}

// view draws the lines in view: name, value, and a mark where something is
// wrong.
func (f form) view(th theme, width int) []string {
	names := 0
	for _, field := range f.fields {
		names = max(names, len(field.name))
	}
	lines := make([]string, 0, f.rowOf(len(f.fields))+1)
	for i, field := range f.fields {
		here := i == f.cursor
		editing := here && f.editing
		name := fit(field.name, names)
		value := clean(field.value)
		wrong := field.trouble(field.value) != ""
		switch {
		case editing:
			value = th.accent.Render("▏") + " " + f.input.View()
		case len(field.options()) > 0 && here:
			value = th.accent.Render("◂ ") + value + th.accent.Render(" ▸")
		case len(field.options()) > 0:
			value = "  " + value
		case value == "":
			value = th.dim.Render("  –")
		default:
			value = "  " + value
		}
		if here && len(field.options()) == 0 && !f.editing {
			value = strings.Replace(value, "  ", th.accent.Render("▏")+" ", 1)
		}
		if wrong {
			value += " " + th.bad.Render("✗")
		}
		switch {
		case field.swept && !editing:
			value += th.accent.Render("  ⇶ each")
		case field.value != field.initial && field.initial != "" && !editing:
			value += th.dim.Render("  (changed)")
		}
		if note := width - names - 22 - len(field.allowed); field.allowed != "" && note > 0 && !editing {
			value = pad(value, 18) + th.dim.Render(field.allowed)
		}
		mark, shown := "  ", th.dim.Render(name)
		if here {
			mark, shown = th.accent.Render("▸ "), th.strong.Render(name)
		}
		lines = append(lines, pad(mark+shown+"  "+value, width))
	}
	button := th.button
	mark := "  "
	if f.onButton() {
		button, mark = th.pressed, th.accent.Render("▸ ")
	}
	lines = append(lines, "", mark+button.Render("  "+f.button+"  "))
	return lines[min(f.top, len(lines)):min(f.top+f.height, len(lines))]
}
