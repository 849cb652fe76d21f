package tui

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// column of a table. Width is fixed, or the least where grow is set; the first
// column with the highest drop goes first where there is no room, 0 never.
type column struct {
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

// leastCut is the least that is left of a text column rather than none of it.
const leastCut = 6

// layout chooses the columns that fit and shares what is left among those that
// grow. Where even those that never go have no room, the last one is cut, or
// goes if it holds numbers: a cut number is a wrong one.
func (t table) layout(width int) (columns, widths []int) {
	limit := 0
	for _, c := range t.columns {
		limit = max(limit, c.drop)
	}
	for ; ; limit-- {
		columns, widths = columns[:0], widths[:0]
		used := 0
		for i, c := range t.columns {
			if c.drop > limit {
				continue
			}
			columns, widths = append(columns, i), append(widths, c.width)
			used += c.width + 2
		}
		left := width - (used - 2)
		if left < 0 && limit > 0 {
			continue
		}
		for left < 0 && len(columns) > 1 {
			last := len(columns) - 1
			if c := t.columns[columns[last]]; !c.right && c.width+left >= leastCut {
				widths[last] += left
				break
			}
			left += widths[last] + 2
			columns, widths = columns[:last], widths[:last]
		}
		growing := 0
		for _, c := range columns {
			if t.columns[c].grow {
				growing++
			}
		}
		for i, c := range columns {
			if t.columns[c].grow && left > 0 {
				widths[i] += left / growing
				left -= left / growing
				growing--
			}
		}
		return columns, widths
	}
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
