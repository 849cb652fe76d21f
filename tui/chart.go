package tui

import (
	"math"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"ringlab/experiments"
)

// series is one line of a chart. The second of two is drawn dashed, so that
// colour is not what tells them apart.
type series struct {
	name   string
	points []experiments.Point
	style  lipgloss.Style
	dashed bool
}

// chart draws lines over steps, in dots of a braille cell: two across, four
// down. A value that is no number leaves a gap.
type chart struct {
	title    string
	lines    []series
	lastStep int64 // right edge; the last point's step if that is later
	fixed    bool  // the y axis is 0 to 1
}

const axisWidth = 7 // label and axis line

// view draws the chart in exactly width by height cells.
func (c chart) view(th theme, width, height int) []string {
	lines := []string{c.legend(th, width)}
	rows, columns := height-3, width-axisWidth
	if rows > 4 && rows%2 == 0 {
		rows-- // so that the middle has a line
	}
	if rows < 2 || columns < 8 {
		return block(lines, width, height)
	}
	low, high, ok := c.bounds()
	if !ok {
		lines = append(lines, "", th.dim.Render("  no values yet"))
		return block(lines, width, height)
	}
	first, last := c.steps()
	canvas := newDots(columns, rows)
	for _, s := range c.lines {
		canvas.series(s, first, last, low, high)
	}
	for y, row := range canvas.lines() {
		label := ""
		switch y {
		case 0:
			label = axisNumber(high)
		case rows - 1:
			label = axisNumber(low)
		case (rows - 1) / 2:
			if rows >= 5 {
				label = axisNumber(high - (high-low)*float64(y)/float64(rows-1))
			}
		}
		tick := "│"
		if label != "" {
			tick = "┤"
		}
		lines = append(lines, th.dim.Render(fitRight(label, axisWidth-1))+th.rule.Render(tick)+row)
	}
	lines = append(lines, strings.Repeat(" ", axisWidth-1)+th.rule.Render("└"+strings.Repeat("─", columns)))
	from, to := strconv.FormatInt(first, 10), "epoch "+strconv.FormatInt(last, 10)
	lines = append(lines, strings.Repeat(" ", axisWidth)+
		th.dim.Render(from+strings.Repeat(" ", max(columns-len(from)-len(to), 1))+to))
	return block(lines, width, height)
}

func (c chart) legend(th theme, width int) string {
	parts := []string{th.strong.Render(c.title)}
	for _, s := range c.lines {
		mark := "──"
		if s.dashed {
			mark = "╌╌"
		}
		value := ""
		for i := len(s.points) - 1; i >= 0; i-- {
			if v := s.points[i].Value; !math.IsNaN(v) {
				value = " " + axisNumber(v)
				break
			}
		}
		parts = append(parts, s.style.Render(mark)+" "+clean(s.name)+th.strong.Render(value))
	}
	return pad(strings.Join(parts, "  "), width)
}

// bounds is the range of the y axis; ok is false without a finite value.
func (c chart) bounds() (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, s := range c.lines {
		for _, p := range s.points {
			if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
				continue
			}
			low, high, ok = min(low, p.Value), max(high, p.Value), true
		}
	}
	if c.fixed {
		return min(low, 0), max(high, 1), ok
	}
	low = min(low, 0) // losses: the distance to nothing is what matters
	if high <= low {
		high = low + 1
	}
	return low, high, ok
}

func (c chart) steps() (first, last int64) {
	first, last = math.MaxInt64, c.lastStep
	for _, s := range c.lines {
		if len(s.points) > 0 {
			first = min(first, s.points[0].Step)
			last = max(last, s.points[len(s.points)-1].Step)
		}
	}
	if first > last {
		first = last
	}
	return first, last
}

func axisNumber(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a >= 100000 || a < .001:
		return strconv.FormatFloat(v, 'e', 0, 64)
	case a >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// dots is a canvas of braille cells.
type dots struct {
	columns, rows int
	bits          []byte           // of each cell
	owner         []lipgloss.Style // of each cell: who drew last
	marks         map[int]string   // cells that hold a mark instead
}

func newDots(columns, rows int) *dots {
	n := columns * rows
	return &dots{columns, rows, make([]byte, n), make([]lipgloss.Style, n), map[int]string{}}
}

func (d *dots) set(x, y int, style lipgloss.Style) {
	if x < 0 || y < 0 || x >= 2*d.columns || y >= 4*d.rows {
		return
	}
	i := y/4*d.columns + x/2
	// Braille numbers its dots down the left, down the right, then the last row.
	bit := [4][2]byte{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}[y%4][x%2]
	d.bits[i] |= bit
	d.owner[i] = style
}

// series draws one line. A point without a neighbour gets a mark: a training
// of one epoch has nothing else to show.
func (d *dots) series(s series, first, last int64, low, high float64) {
	place := func(p experiments.Point) (x, y int) {
		across := 0.0
		if last > first {
			across = float64(p.Step-first) / float64(last-first)
		}
		value := min(max(p.Value, low), high)
		return int(math.Round(across * float64(2*d.columns-1))),
			int(math.Round((high - value) / (high - low) * float64(4*d.rows-1)))
	}
	good := func(i int) bool {
		return i >= 0 && i < len(s.points) && !math.IsNaN(s.points[i].Value) && !math.IsInf(s.points[i].Value, 0)
	}
	drawn := 0
	for i := range s.points {
		if !good(i) {
			continue
		}
		x, y := place(s.points[i])
		switch {
		case good(i - 1):
			fromX, fromY := place(s.points[i-1])
			drawn = d.line(fromX, fromY, x, y, s, drawn)
		case !good(i + 1):
			mark := "●"
			if s.dashed {
				mark = "○"
			}
			cell := y/4*d.columns + x/2
			d.marks[cell], d.owner[cell] = mark, s.style
		}
	}
}

// line draws from one dot to the other; drawn counts the dots of the series so
// far, so that dashes do not start anew at each point.
func (d *dots) line(fromX, fromY, x, y int, s series, drawn int) int {
	n := max(abs(x-fromX), abs(y-fromY))
	for i := 0; i <= n; i++ {
		t := 1.0
		if n > 0 {
			t = float64(i) / float64(n)
		}
		if !s.dashed || drawn%5 < 3 {
			dotX, dotY := fromX+int(math.Round(t*float64(x-fromX))), fromY+int(math.Round(t*float64(y-fromY)))
			d.set(dotX, dotY, s.style)
			d.set(dotX, min(dotY+1, 4*d.rows-1), s.style) // one dot alone is too faint
		}
		drawn++
	}
	return drawn
}

func (d *dots) lines() []string {
	out := make([]string, d.rows)
	for y := range out {
		var b strings.Builder
		for x := range d.columns {
			i := y*d.columns + x
			switch mark, marked := d.marks[i]; {
			case marked:
				b.WriteString(d.owner[i].Render(mark))
			case d.bits[i] != 0:
				b.WriteString(d.owner[i].Render(string(rune(0x2800 + int(d.bits[i])))))
			default:
				b.WriteByte(' ')
			}
		}
		out[y] = b.String()
	}
	return out
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
