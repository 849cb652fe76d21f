package tui

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// dialog asks before something is changed: a title, lines that say what will
// happen, perhaps a text (a reason), and two buttons.
type dialog struct {
	title   string
	lines   []string // ours or cleaned
	brief   []string // the same where there is little room; the lines if there is nothing
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
	word    string   // what must be typed to confirm, "" for nothing
	part    dialogPart
	input   textinput.Model // the reason
	echo    textinput.Model // of the word
	typing  bool
	before  string // the text when typing began
	confirm func(reason string) tea.Cmd
	answer  func(d *dialog, msg tea.Msg) // hears the answer that it waits for
}

type dialogPart int

const (
	partWord dialogPart = iota
	partReason
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
	if d.word != "" {
		d.echo = newField(s.theme, "", 20)
		d.part, d.typing = partWord, true
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
	parts := []dialogPart{partConfirm, partClose}
	if d.reason {
		parts = slices.Insert(parts, 0, partReason)
	}
	if d.word != "" {
		parts = slices.Insert(parts, 0, partWord)
	}
	at := max(slices.Index(parts, d.part), 0)
	d.part = parts[(at+by+len(parts))%len(parts)]
	d.typing = false
}

// field is the text that is being written.
func (d *dialog) field() *textinput.Model {
	if d.part == partWord {
		return &d.echo
	}
	return &d.input
}

// take gives a key or a paste to the text that is being written.
func (d *dialog) take(msg tea.Msg) {
	if d.typing {
		*d.field() = typed(*d.field(), msg)
	}
}

// accept ends a text. After the word comes the reason, at once.
func (d *dialog) accept() {
	wasWord := d.part == partWord
	d.move(1)
	if wasWord && d.part == partReason {
		d.typing, d.before = true, d.input.Value()
	}
}

// blocked is why the dialog cannot be confirmed, "" if it can.
func (d *dialog) blocked() string {
	switch {
	case d.never != "":
		return d.never
	case d.waiting:
		return "still checking"
	case d.word != "" && strings.TrimSpace(d.echo.Value()) != d.word:
		return "type " + clean(d.word) + " to confirm"
	case d.needed && d.input.Value() == "":
		if label := d.fieldLabel(); strings.HasSuffix(label, "s") {
			return "this needs " + label
		}
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
		d.accept()
	case actAbandon:
		d.typing = false
		d.field().SetValue(d.before)
	case actNo:
		return true, nil
	case actYes:
		return d.finish()
	case actPress:
		switch d.part {
		case partWord, partReason:
			d.typing, d.before = true, d.field().Value()
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

// view is the dialog's box, at most width by height cells. Where there is no
// room its lines become brief, then the air goes, then lines: never what is
// filled in and pressed.
func (d dialog) view(th theme, width, height int) []string {
	lines, _ := d.layout(th, width, height)
	return th.box(lines, min(width-6, 68))
}

// fieldAt is the text in a line of what the box frames.
func (d dialog) fieldAt(line, width, height int) (part dialogPart, ok bool) {
	_, parts := d.layout(monochrome(), width, height)
	if line < 0 || line >= len(parts) || parts[line] == partClose {
		return 0, false
	}
	return parts[line], true
}

// write puts the focus into a text, at a cell of it.
func (d *dialog) write(part dialogPart, cell int) {
	if !d.typing || d.part != part {
		d.part, d.typing = part, true
		d.before = d.field().Value()
	}
	at := 0 // runes
	for _, r := range d.field().Value() {
		if cell -= ansi.StringWidth(string(r)); cell < 0 {
			break
		}
		at++
	}
	d.field().SetCursor(at)
}

// layout are the lines in the box, and of each the text that it belongs to,
// partClose for none.
func (d dialog) layout(th theme, width, height int) (lines []string, parts []dialogPart) {
	inner, room := min(width-6, 68), height-2
	wrapped := func(lines []string) (all []string) {
		for _, line := range lines {
			all = append(all, wrapStyled(line, inner)...)
		}
		return all
	}
	title := th.title.Render(clean(d.title))
	below, parts := d.fields(th, inner)
	lines = wrapped(d.lines)
	if 2+len(lines)+len(below) > room && d.brief != nil {
		lines = wrapped(d.brief)
	}
	if 2+len(lines)+len(below) <= room {
		lines = slices.Concat([]string{title, ""}, lines, below)
		return lines, behind(parts, len(lines))
	}
	for i := len(below) - 1; i >= 0; i-- {
		if below[i] == "" {
			below, parts = slices.Delete(below, i, i+1), slices.Delete(parts, i, i+1)
		}
	}
	lines = lines[:max(min(len(lines), room-1-len(below)), 0)]
	lines = slices.Concat([]string{title}, lines, below)
	return lines, behind(parts, len(lines))
}

// behind are parts at the end of so many lines, of which the others have none.
func behind(parts []dialogPart, lines int) []dialogPart {
	return append(slices.Repeat([]dialogPart{partClose}, lines-len(parts)), parts...)
}

// buttons are the labels from partConfirm on, as wide as they are drawn: with
// room for the mark.
func (d dialog) buttons() []string { return []string{"    " + d.button + "  ", "    Close  "} }

// fields are the texts and the buttons, each after an empty line, and of each
// line the text that it belongs to, partClose for none.
func (d dialog) fields(th theme, inner int) (lines []string, parts []dialogPart) {
	field := func(p dialogPart, f textinput.Model, label, empty string) {
		value, mark := clean(f.Value()), "  "
		if d.typing && d.part == p {
			value = f.View()
		} else if value == "" {
			value = th.dim.Render(empty)
		}
		if d.part == p {
			mark = th.accent.Render("▸ ")
		}
		lines = append(lines, "", mark+label, "  "+pad(value, inner-2))
		parts = append(parts, partClose, p, p)
	}
	if d.word != "" {
		field(partWord, d.echo, th.dim.Render("type ")+th.strong.Render(clean(d.word))+th.dim.Render(" to confirm"), "enter to write it")
	}
	if d.reason {
		label := d.fieldLabel() + " (optional)"
		if d.needed {
			label = d.fieldLabel() + " (needed)"
		}
		field(partReason, d.input, th.dim.Render(label), "enter to write one")
	}
	labels := d.buttons()
	style := func(p dialogPart) string {
		label, mark, button := labels[p-partConfirm][2:], "  ", th.button
		if d.part == p && !d.typing {
			button, mark = th.pressed, th.accent.Render("▸ ")
		}
		if p == partConfirm && d.blocked() != "" {
			button = th.dim
		}
		return mark + button.Render(label)
	}
	buttons := style(partConfirm) + "  " + style(partClose)
	if why := d.blocked(); why != "" {
		buttons += "  " + th.warn.Render(why)
	}
	return append(lines, "", buttons), append(parts, partClose, partClose)
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

// corner is where a box begins that lies in the middle of a frame.
func corner(box []string, width, height int) (left, top int) {
	return max((width-ansi.StringWidth(box[0]))/2, 0), max((height-len(box))/2, 0)
}

// over puts a box into the middle of a frame, which steps back.
func (t theme) over(frame, box []string, width int) []string {
	if len(box) == 0 {
		return frame
	}
	out := make([]string, len(frame))
	boxWidth := ansi.StringWidth(box[0])
	left, top := corner(box, width, len(frame))
	for i, line := range frame {
		faded := ansi.Strip(line)
		if i < top || i >= top+len(box) {
			out[i] = t.rule.Render(faded)
			continue
		}
		out[i] = t.rule.Render(pad(ansi.Truncate(faded, left, ""), left)) + box[i-top] +
			t.rule.Render(rightOf(faded, left+boxWidth))
	}
	return out
}
