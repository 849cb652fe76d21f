package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// column of a table. Width is fixed, or the least where grow is set, unless a
// person wishes another; the first column with the highest drop goes first
// where there is no room, 0 never.
type column struct {
	key   string // names it where its width is kept; its title does if this is empty
	title string
	width int
	grow  bool
	right bool
	drop  int
}

// cell is one value of a row, from outside: it is cleaned when it is drawn.
type cell struct {
	text  string
	style lipgloss.Style
}

// table is a list with a cursor over rows that it does not hold: it asks for
// those on screen only, so its cost does not depend on how many there are.
type table struct {
	columns []column
	count   int
	cursor  int
	top     int
	height  int // rows on screen, without the header
	widths  widths
	picked  string // id of the column that keys resize, "" for none
}

// resize tells how many lines the table has, with its header.
func (t *table) resize(lines int) {
	t.height = max(lines-1, 1)
	t.settle()
}

// setCount tells how many rows there are now.
func (t *table) setCount(n int) {
	t.count = n
	t.settle()
}

// settle keeps the cursor on a row and on screen.
func (t *table) settle() {
	t.cursor = min(max(t.cursor, 0), max(t.count-1, 0))
	t.top = min(t.top, t.cursor)
	t.top = max(t.top, t.cursor-t.height+1, 0)
	t.top = min(t.top, max(t.count-t.height, 0))
}

// act moves the cursor if the action is one of movement.
func (t *table) act(a action) bool {
	switch a {
	case actUp:
		t.cursor--
	case actDown:
		t.cursor++
	case actPageUp:
		t.cursor -= t.height
	case actPageDown:
		t.cursor += t.height
	case actFirst:
		t.cursor = 0
	case actLast:
		t.cursor = t.count - 1
	default:
		return false
	}
	t.settle()
	return true
}

// view draws the header and the rows on screen. The selected row has a mark
// and the theme's selection.
func (t table) view(th theme, width int, row func(i int) []cell) []string {
	columns, widths := t.layout(width - 2)
	lines := []string{t.header(th, columns, widths)}
	for i := t.top; i < min(t.top+t.height, t.count); i++ {
		cells := row(i)
		selected := i == t.cursor
		var b strings.Builder
		for n, c := range columns {
			if n > 0 {
				b.WriteString(th.gap(selected, "  "))
			}
			var value cell
			if c < len(cells) {
				value = cells[c]
			}
			text := aligned(t.columns[c], value.text, widths[n])
			if selected {
				b.WriteString(value.style.Inherit(th.selected).Render(text))
			} else {
				b.WriteString(value.style.Render(text))
			}
		}
		mark := "  "
		if selected {
			mark = th.selected.Inherit(th.accent).Render("▸ ")
		}
		lines = append(lines, mark+b.String())
	}
	return lines
}

func (t table) header(th theme, columns, widths []int) string {
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = aligned(t.columns[c], t.columns[c].title, widths[i])
	}
	if t.picked != "" {
		return t.sizingHeader(th, columns, header)
	}
	return "  " + th.dim.Render(strings.Join(header, "  "))
}

// draw is view for large tables: row appends the cells of row i to what it is
// given, and each style is applied once.
func (t table) draw(th theme, width int, row func(i int, cells []toned) []toned) []string {
	columns, widths := t.layout(width - 2)
	lines := make([]string, 0, t.height+1)
	lines = append(lines, t.header(th, columns, widths))
	inks := th.inks()
	mark := th.selected.Inherit(th.accent).Render("▸ ")
	var cells []toned
	for i := t.top; i < min(t.top+t.height, t.count); i++ {
		cells = row(i, cells[:0])
		palette := &inks.usual
		var b strings.Builder
		b.Grow(2*width + 16*len(columns))
		if i == t.cursor {
			palette = &inks.selected
			b.WriteString(mark)
		} else {
			b.WriteString("  ")
		}
		for n, c := range columns {
			if n > 0 {
				b.WriteString(palette[toneSelected].on)
				b.WriteString("  ")
				b.WriteString(palette[toneSelected].off)
			}
			var value toned
			if c < len(cells) {
				value = cells[c]
			}
			b.WriteString(palette[value.tone].on)
			writeCell(&b, value.text, widths[n], t.columns[c].right)
			b.WriteString(palette[value.tone].off)
		}
		lines = append(lines, b.String())
	}
	return lines
}

func (t theme) gap(selected bool, s string) string {
	if selected {
		return t.selected.Render(s)
	}
	return s
}

func aligned(c column, text string, width int) string {
	if c.right {
		return fitRight(text, width)
	}
	return fit(text, width)
}

// layout chooses the columns that fit and shares what is left among those that
// grow. Where there is no room for all, columns go by their rank, those that a
// person has widened excepted; then the wishes for more than a column's own
// width yield; and last of all columns go as if nobody had wished anything.
func (t table) layout(width int) (columns, widths []int) {
	last := 0
	for _, c := range t.columns {
		last = max(last, c.drop)
	}
	for _, held := range []bool{true, false} {
		for limit := last; limit >= 0; limit-- {
			columns, widths = columns[:0], widths[:0]
			left, surplus := width+2, 0
			for i, c := range t.columns {
				cells, _ := t.widths.of(c)
				more := max(cells-c.width, 0)
				if c.drop > limit && (more == 0 || !held) {
					continue
				}
				columns, widths = append(columns, i), append(widths, cells)
				left -= cells + 2
				surplus += more
			}
			if left >= 0 {
				t.share(columns, widths, left)
				return columns, widths
			}
			if left+surplus >= 0 && (limit == 0 || !held) {
				t.yield(columns, widths, -left)
				return columns, widths
			}
		}
	}
	return t.cut(columns, widths, width)
}

// share gives the columns that grow what is left.
func (t table) share(columns, widths []int, left int) {
	growing := 0
	for _, c := range columns {
		if t.grows(c) {
			growing++
		}
	}
	for i, c := range columns {
		if t.grows(c) {
			widths[i] += left / growing
			left -= left / growing
			growing--
		}
	}
}

// leastCut is the least that is left of a text column rather than none of it.
const leastCut = 6

// cut is for a width that even those have no room in that never go. The last
// one is cut, or goes if it holds numbers: a cut number is a wrong one. What
// the others leave is shared.
func (t table) cut(columns, widths []int, width int) (fitting, cells []int) {
	left := width + 2
	for i, c := range columns {
		widths[i] = min(widths[i], t.columns[c].width)
		left -= widths[i] + 2
	}
	for left < 0 && len(columns) > 1 {
		last := len(columns) - 1
		if c := t.columns[columns[last]]; !c.right && widths[last]+left >= leastCut {
			widths[last] += left
			return columns, widths
		}
		left += widths[last] + 2
		columns, widths = columns[:last], widths[:last]
	}
	t.share(columns, widths, max(left, 0))
	return columns, widths
}

// place says where in the list the cursor is, such as "12 of 100".
func (t table) place() string {
	if t.count == 0 {
		return "none"
	}
	return strings.Join([]string{thousands(t.cursor + 1), "of", thousands(t.count)}, " ")
}

// thousands writes a count with separators.
func thousands(n int) string {
	s := []byte{}
	digits := []byte(plainInt(n))
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			s = append(s, ',')
		}
		s = append(s, d)
	}
	return string(s)
}
