package tui

import (
	"errors"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/data/filter"
)

// filterHead is how many lines stand over a table with a filter: the title, the
// filter, and how it could go on.
const filterHead = 3

// tableHead makes those lines of a title and a bar. What is wrong with a filter
// may need more of them; the table gives way meanwhile.
func tableHead(lines []string, width int) []string {
	return block(lines, width, max(filterHead, len(lines)))
}

// filterBar is the filter of a table: what is typed, what of it is applied,
// and how it could go on. While somebody types, the last text that is a filter
// stays applied, and what is wrong is pointed at.
type filterBar struct {
	schema      *filter.Schema
	text        string // as typed
	applied     filter.Filter
	appliedText string
	before      string // the text when typing began
	wrong       *filter.Error
	refused     bool // enter was pressed on what is wrong: it is told, not how to go on
	typing      bool
	input       textinput.Model
	completion  filter.Completion
	choice      int
}

// begin puts the focus into the bar.
func (b *filterBar) begin(th theme, now time.Time) {
	b.before, b.typing, b.refused = b.text, true, false
	b.input = newField(th, b.text, filter.MostBytes)
	b.input.CharLimit = filter.MostBytes
	b.look(now)
}

// key takes a key or a paste; changed tells that another filter is applied.
func (b *filterBar) key(msg tea.Msg, now time.Time) (changed bool) {
	b.input = typed(b.input, msg)
	return b.set(b.input.Value(), now)
}

// set takes a text. One that is no filter is kept, but not applied.
func (b *filterBar) set(text string, now time.Time) (changed bool) {
	if text == b.text {
		b.look(now)
		return false
	}
	b.text, b.refused = text, false
	b.look(now)
	return b.apply(b.settledText(), now)
}

// apply makes a text the filter, if it is one.
func (b *filterBar) apply(text string, now time.Time) (changed bool) {
	f, err := filter.Parse(b.schema, text, now)
	b.wrong, _ = errors.AsType[*filter.Error](err)
	if err != nil || text == b.appliedText {
		return false
	}
	b.applied, b.appliedText = f, text
	return true
}

// settledText is the text without the name or keyword that is being typed at
// its end: until it is complete it would be a word to look for, and every row
// would vanish and come back.
func (b *filterBar) settledText() string {
	c := b.completion
	last := strings.LastIndexAny(b.text, " (!") + 1
	if b.typing && slices.ContainsFunc(b.schema.Fields, func(f filter.Field) bool { return f.Name == b.text[last:] && f.Kind != filter.Bool }) {
		return b.text[:last]
	}
	if !b.typing || c.From == c.To || c.To != len(b.text) || !slices.ContainsFunc(c.Options, func(o filter.Option) bool { return o.Name }) {
		return b.text
	}
	return b.text[:c.From]
}

// look finds out how what stands before the cursor could go on.
func (b *filterBar) look(now time.Time) {
	b.choice, b.completion = 0, filter.Completion{}
	if b.typing {
		b.completion = filter.Complete(b.schema, b.text, b.cursor(), now)
	}
}

// cursor is the place of the cursor in bytes of the text.
func (b *filterBar) cursor() int {
	runes := []rune(b.text)
	return len(string(runes[:min(b.input.Position(), len(runes))]))
}

// act does what a key of the bar stands for.
func (b *filterBar) act(a action, now time.Time) (changed bool) {
	switch n := len(b.completion.Options); a {
	case actAccept:
		changed = b.apply(b.text, now)
		// A text that is no filter is not left standing as if it were one.
		b.refused = b.wrong != nil
		b.typing = b.refused
		return changed
	case actAbandon:
		b.typing, b.text = false, b.before
		return b.apply(b.text, now)
	case actComplete:
		return b.complete(now)
	case actNextOption:
		b.choice = (b.choice + 1) % max(n, 1)
	case actPrevOption:
		b.choice = (b.choice + max(n, 1) - 1) % max(n, 1)
	}
	return false
}

// complete puts the chosen option in place of what is begun.
func (b *filterBar) complete(now time.Time) bool {
	c := b.completion
	if b.choice >= len(c.Options) {
		return false
	}
	option := c.Options[b.choice].Text
	head := b.text[:c.From]
	if needsSpace(head, option) {
		head += " "
	}
	text := head + option + b.text[c.To:]
	b.input.SetValue(text)
	b.input.SetCursor(len([]rune(head + option)))
	return b.set(b.input.Value(), now)
}

// needsSpace: a word after a word.
func needsSpace(head, option string) bool {
	if head == "" || option == "" {
		return false
	}
	last, first := head[len(head)-1], option[0]
	return last != ' ' && strings.IndexByte(`(<>=!~:,.`, last) < 0 && ('a' <= first && first <= 'z' || first == '"')
}

// view is the bar in two lines: the text with what is wrong in it, and how it
// could go on. What is wrong takes lines more where its sentence needs them.
// Not typing, it is one line, and a second one for a text that is no filter: a
// saved view, or a field that a new task has no more.
func (b *filterBar) view(th theme, width int) []string {
	const label = "filter "
	if !b.typing && b.wrong != nil {
		return append([]string{th.bad.Render("✗ ") + th.accent.Render(label) + clean(b.text) + th.dim.Render("   esc clears it")},
			styled(th.warn, wrap("not applied: "+b.wrong.Problem+": "+b.wrong.Hint, width, 2))...)
	}
	if !b.typing {
		return []string{th.accent.Render(label) + clean(b.text) + th.dim.Render("   esc clears it")}
	}
	room := max(width-len(label)-1, 8)
	// What does not fit is left of the window, so that the cursor is seen.
	shown, cursor := filter.Line(b.text), b.cursor()
	before := ansi.StringWidth(filter.Line(b.text[:cursor]))
	skip := max(before-room+1, 0)
	line := ansi.Cut(shown, skip, skip+room)
	at := before - skip
	under := ansi.Cut(line, at, at+1)
	if under == "" {
		under = " "
	}
	text := ansi.Cut(line, 0, at) + th.plain.Reverse(true).Render(under) + ansi.Cut(line, at+ansi.StringWidth(under), room)
	lines := []string{th.accent.Render(label) + text}
	if b.wrong != nil && (b.refused || len(b.completion.Options) == 0 || b.wrong.Text == b.text && b.wrong.To < len(b.text)) {
		return append(lines, b.pointed(th, len(label), skip, room)...)
	}
	return append(lines, b.options(th, len(label)+max(ansi.StringWidth(filter.Line(b.text[:b.completion.From]))-skip, 0), width))
}

// pointed is the line of marks under what is wrong, with the sentence beside
// it, or below where it has no room there.
func (b *filterBar) pointed(th theme, indent, skip, room int) []string {
	_, marks := b.wrong.Pointed(ansi.StringWidth)
	marks = ansi.Cut(marks, skip, skip+room)
	said := clean(b.wrong.Problem + ": " + b.wrong.Hint)
	at := len(marks) - len(strings.TrimLeft(marks, " "))
	switch width := ansi.StringWidth(said); {
	case len(marks)+2+width <= room:
		return []string{strings.Repeat(" ", indent) + th.bad.Render(marks) + "  " + th.warn.Render(said)}
	case indent+at >= width+1:
		return []string{strings.Repeat(" ", indent+at-width-1) + th.warn.Render(said) + " " + th.bad.Render(strings.TrimLeft(marks, " "))}
	}
	return append([]string{strings.Repeat(" ", indent) + th.bad.Render(marks)}, styled(th.warn, wrap(said, indent+room, 3))...)
}

// options are the ways to go on, the chosen one first, under where they go.
func (b *filterBar) options(th theme, indent, width int) string {
	var line strings.Builder
	indent = min(indent, width/2)
	line.WriteString(strings.Repeat(" ", indent))
	used := indent
	n := len(b.completion.Options)
	for i := range n {
		o := b.completion.Options[(b.choice+i)%n]
		text, style := strings.TrimSpace(o.Text), th.dim
		if i == 0 {
			style = th.accent
			if o.Help != "" && used+len(text)+len(o.Help)+24 < width {
				text += " " + o.Help
			}
		}
		text = clean(text)
		if used+ansi.StringWidth(text) > width {
			break
		}
		line.WriteString(style.Render(text) + "  ")
		used += ansi.StringWidth(text) + 2
	}
	return line.String()
}
