package tui

import (
	"cmp"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// dialog asks before something is changed: a title, lines that say what will
// happen, perhaps a text (a reason), and two buttons.
type dialog struct {
	title   string
	lines   []string // ours or cleaned
	button  string   // what confirms
	danger  bool     // the focus starts on the other button
	waiting bool     // cannot be confirmed yet: something is being looked up
	never   string   // why it cannot be confirmed at all
	request int      // the question that it waits for
	reason  bool     // has a text field
	label   string   // what it is for; a reason if empty
	needed  bool     // which must be filled
	edit    bool     // or begins with the focus in it
	value   string   // what it holds at first
	part    dialogPart
	input   textinput.Model
	typing  bool
	before  string // the text when typing began
	confirm func(reason string) tea.Cmd
	answer  func(d *dialog, msg tea.Msg) // hears the answer that it waits for
}

type dialogPart int

const (
	partReason dialogPart = iota
	partConfirm
	partClose
)

// open puts the dialog on screen with the focus where it is safe.
func (s *shell) open(d dialog) {
	d.part = partConfirm
	if d.danger {
		d.part = partClose
	}
	if d.reason {
		d.input = newField(s.theme, d.value, 50)
	}
	if d.needed || d.edit {
		d.part, d.typing = partReason, true
	}
	s.dialog = &d
}

func (d *dialog) context() keyContext {
	if d.typing {
		return inField
	}
	return inDialog
}

func (d *dialog) move(by int) {
	first := partConfirm
	if d.reason {
		first = partReason
	}
	n := int(partClose-first) + 1
	d.part = first + dialogPart((int(d.part-first)+by+n)%n)
	d.typing = false
}

// blocked is why the dialog cannot be confirmed, "" if it can.
func (d *dialog) blocked() string {
	switch {
	case d.never != "":
		return d.never
	case d.waiting:
		return "still checking"
	case d.needed && d.input.Value() == "":
		return "this needs a " + d.fieldLabel()
	}
	return ""
}

func (d *dialog) fieldLabel() string { return cmp.Or(d.label, "reason") }

// act does what a key stands for; done closes the dialog.
func (d *dialog) act(a action) (done bool, cmd tea.Cmd) {
	switch a {
	case actNextPart:
		d.move(1)
	case actPrevPart:
		d.move(-1)
	case actNextField, actAccept:
		d.typing = false
		d.move(1)
	case actAbandon:
		d.typing = false
		d.input.SetValue(d.before)
	case actNo:
		return true, nil
	case actYes:
		return d.finish()
	case actPress:
		switch d.part {
		case partReason:
			d.typing, d.before = true, d.input.Value()
		case partConfirm:
			return d.finish()
		case partClose:
			return true, nil
		}
	}
	return false, nil
}

func (d *dialog) finish() (bool, tea.Cmd) {
	if d.blocked() != "" {
		return false, nil
	}
	return true, d.confirm(d.input.Value())
}

// view is the dialog's box, at most width cells wide.
func (d dialog) view(th theme, width int) []string {
	inner := min(width-6, 68)
	lines := []string{th.title.Render(clean(d.title)), ""}
	for _, line := range d.lines {
		lines = append(lines, wrapStyled(line, inner)...)
	}
	if d.reason {
		label := d.fieldLabel() + " (optional)"
		if d.needed {
			label = d.fieldLabel() + " (needed)"
		}
		value := clean(d.input.Value())
		if d.typing {
			value = d.input.View()
		} else if value == "" {
			value = th.dim.Render("enter to write one")
		}
		mark := "  "
		if d.part == partReason {
			mark = th.accent.Render("▸ ")
		}
		lines = append(lines, "", mark+th.dim.Render(label), "  "+pad(value, inner-2))
	}
	style := func(p dialogPart) string {
		label, mark := "Close", "  "
		button := th.button
		if p == partConfirm {
			label = d.button
		}
		if d.part == p && !d.typing {
			button, mark = th.pressed, th.accent.Render("▸ ")
		}
		if p == partConfirm && d.blocked() != "" {
			button = th.dim
		}
		return mark + button.Render("  "+label+"  ")
	}
	buttons := style(partConfirm) + "  " + style(partClose)
	if why := d.blocked(); why != "" {
		buttons += "  " + th.warn.Render(why)
	}
	lines = append(lines, "", buttons)
	return th.box(lines, inner)
}

// box frames lines of ours.
func (t theme) box(lines []string, inner int) []string {
	line := func(left, right string) string {
		return t.accent.Render(left + repeat("─", inner+4) + right)
	}
	side := t.accent.Render("│")
	out := []string{line("╭", "╮")}
	for _, l := range lines {
		out = append(out, side+"  "+pad(l, inner)+"  "+side)
	}
	return append(out, line("╰", "╯"))
}

// over puts a box into the middle of a frame, which steps back.
func (t theme) over(frame, box []string, width int) []string {
	if len(box) == 0 {
		return frame
	}
	out := make([]string, len(frame))
	boxWidth := ansi.StringWidth(box[0])
	left, top := max((width-boxWidth)/2, 0), max((len(frame)-len(box))/2, 0)
	for i, line := range frame {
		faded := ansi.Strip(line)
		if i < top || i >= top+len(box) {
			out[i] = t.rule.Render(faded)
			continue
		}
		out[i] = t.rule.Render(pad(ansi.Truncate(faded, left, ""), left)) + box[i-top] +
			t.rule.Render(ansi.TruncateLeft(faded, left+boxWidth, ""))
	}
	return out
}
