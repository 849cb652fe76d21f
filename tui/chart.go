package tui

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// series is one line of a chart. Its pattern tells it from the others where
// colours do not.
type series struct {
	name    string
	points  []experiments.Point
	style   lipgloss.Style
	pattern pattern
}

// pattern is how a line is broken: which of each ten dots are drawn, the mark
// of a point without neighbours, and how the legend shows it.
type pattern struct {
	dots   string
	mark   string
	legend string
}

// linePattern is the look of the nth line of a chart.
func linePattern(n int) pattern {
	patterns := [...]pattern{
		{"##########", "●", "──"},
		{"###..###..", "○", "╌╌"},
		{"#...#...#.", "◆", "··"},
		{"######.#..", "◇", "─·"},
		{"##..##....", "■", "╴╴"},
		{"#.......#.", "□", "·‥"},
	}
	return patterns[n%len(patterns)]
}

// chart draws lines over steps, in dots of a braille cell: two across, four
// down. A value that is no number leaves a gap.
type chart struct {
	title    string
	lines    []series
	lastStep int64             // right edge; the last point's step if that is later
	fixed    bool              // the y axis is 0 to 1
	window   experiments.Steps // the steps in view; the zero value is all
	log      bool              // the y axis is logarithmic; what is not above 0 leaves a gap
	cursor   int64             // a step whose values are told; 0 is none
}

const axisWidth = 7 // label and axis line

// view draws the chart in exactly width by height cells.
func (c chart) view(th theme, width, height int) []string {
	if values := c.single(); values != nil {
		return block(c.bars(th, width, height, values), width, height)
	}
	lines := c.legend(th, width, max(height/3, 1))
	rows, columns := height-len(lines)-2, width-axisWidth
	if rows > 4 && rows%2 == 0 {
		rows-- // so that the middle has a line
	}
	if rows < 2 || columns < 8 {
		return block(lines, width, height)
	}
	s := c.scale(columns, rows)
	if !s.any {
		lines = append(lines, "", th.dim.Render("  no values yet"))
		return block(lines, width, height)
	}
	canvas := newDots(columns, rows)
	if c.cursor != 0 {
		canvas.upright(s.x(c.cursor), th.dim)
	}
	for _, line := range c.lines {
		canvas.series(line, s)
	}
	for y, row := range canvas.lines() {
		label := ""
		switch y {
		case 0, rows - 1:
			label = axisNumber(s.value(float64(y) / float64(rows-1)))
		case (rows - 1) / 2:
			if rows >= 5 {
				label = axisNumber(s.value(float64(y) / float64(rows-1)))
			}
		}
		tick := "│"
		if label != "" {
			tick = "┤"
		}
		lines = append(lines, th.dim.Render(fitRight(label, axisWidth-1))+th.rule.Render(tick)+row)
	}
	lines = append(lines, strings.Repeat(" ", axisWidth-1)+th.rule.Render("└"+strings.Repeat("─", columns)))
	from, to := strconv.FormatInt(s.first, 10), "epoch "+strconv.FormatInt(s.last, 10)
	lines = append(lines, strings.Repeat(" ", axisWidth)+
		th.dim.Render(from+strings.Repeat(" ", max(columns-len(from)-len(to), 1))+to))
	return block(lines, width, height)
}

// single is the value of each line where none has, or will have, a second
// step; nil if one has. A training of one epoch draws no curve.
func (c chart) single() []float64 {
	first, last := c.steps()
	if first != last || !c.window.All() {
		return nil
	}
	values := make([]float64, len(c.lines))
	any := false
	for i, line := range c.lines {
		values[i] = math.NaN()
		if v, ok := line.at(0); ok && !math.IsInf(v, 0) {
			values[i], any = v, true
		}
	}
	if !any {
		return nil
	}
	return values
}

// bars draws one value a line, each as long as its share of the largest, or of
// one where the axis is fixed. Air under the title goes first where there is
// little height.
func (c chart) bars(th theme, width, height int, values []float64) []string {
	_, only := c.steps()
	lines := []string{th.strong.Render(c.title) + th.dim.Render(fmt.Sprintf("  at epoch %d", only))}
	if len(c.lines)+3 <= height {
		lines = append(lines, "")
	}
	longest, most := 0, 0.0
	for i, line := range c.lines {
		longest = max(longest, ansi.StringWidth(clean(line.name)))
		if !math.IsNaN(values[i]) {
			most = max(most, math.Abs(values[i]))
		}
	}
	if c.fixed {
		most = max(most, 1)
	}
	longest = min(longest, width/3)
	for i, line := range c.lines {
		name := line.style.Render(line.pattern.mark) + " " + fit(clean(line.name), longest)
		if math.IsNaN(values[i]) {
			lines = append(lines, name+th.dim.Render("  no value"))
			continue
		}
		lines = append(lines, name+"  "+th.bar(math.Abs(values[i])/max(most, math.SmallestNonzeroFloat64), max(width-longest-13, 4), line.style)+
			" "+th.strong.Render(axisNumber(values[i])))
	}
	return lines
}

// legend names the lines with their last value, or that at the cursor, over as
// many rows as they need and most allows.
func (c chart) legend(th theme, width, most int) []string {
	rows := []string{th.strong.Render(c.title)}
	for _, s := range c.lines {
		value := ""
		if v, ok := s.at(c.cursor); ok {
			value = th.strong.Render(" " + axisNumber(v))
		}
		part := s.style.Render(s.pattern.legend)
		if s.name != "" {
			part += " " + clean(s.name)
		}
		last := &rows[len(rows)-1]
		if together := *last + "  " + part + value; lipgloss.Width(together) <= width || len(rows) == most {
			*last = together
			continue
		}
		rows = append(rows, part+value)
	}
	for i, row := range rows {
		rows[i] = pad(row, width)
	}
	return rows
}

// at is the last value up to a step, of all steps if it is 0.
func (s series) at(step int64) (float64, bool) {
	for i := len(s.points) - 1; i >= 0; i-- {
		if p := s.points[i]; !math.IsNaN(p.Value) && (step == 0 || p.Step <= step) {
			return p.Value, true
		}
	}
	return 0, false
}

// scale maps steps and values to dots.
type scale struct {
	first, last int64
	low, high   float64 // of the y axis, as logarithms on a logarithmic one
	log, any    bool
	columns     int // dots
	rows        int // dots
}

func (c chart) scale(columns, rows int) scale {
	s := scale{log: c.log, columns: 2 * columns, rows: 4 * rows}
	s.first, s.last = c.window.First, c.window.Last
	if c.window.All() {
		s.first, s.last = c.steps()
	}
	s.low, s.high = math.Inf(1), math.Inf(-1)
	for _, line := range c.lines {
		for _, p := range line.points {
			if v, ok := s.height(p.Value); ok && p.Step >= s.first && p.Step <= s.last {
				s.low, s.high, s.any = min(s.low, v), max(s.high, v), true
			}
		}
	}
	switch {
	case c.fixed:
		s.low, s.high = min(s.low, 0), max(s.high, 1)
	case !c.log && c.window.All(): // losses: the distance to nothing is what matters
		s.low = min(s.low, 0)
	}
	if s.high <= s.low {
		s.high = s.low + 1
	}
	return s
}

// height is a value on the y axis; ok is false where the axis has no place for it.
func (s scale) height(value float64) (float64, bool) {
	if s.log {
		value = math.Log10(value)
	}
	return value, !math.IsNaN(value) && !math.IsInf(value, 0)
}

// value is what stands at a share of the axis, from its top.
func (s scale) value(share float64) float64 {
	v := s.high - (s.high-s.low)*share
	if s.log {
		return math.Pow(10, v)
	}
	return v
}

// x is the column of dots of a step; steps out of view are out of the canvas.
func (s scale) x(step int64) int {
	if s.last <= s.first {
		return 0
	}
	across := float64(step-s.first) / float64(s.last-s.first)
	return int(math.Round(min(max(across, -8), 9) * float64(s.columns-1))) // near enough for the slope of a line to the neighbour
}

// y is the row of dots of a height.
func (s scale) y(height float64) int {
	height = min(max(height, s.low), s.high)
	return int(math.Round((s.high - height) / (s.high - s.low) * float64(s.rows-1)))
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

// upright draws a fine line from top to bottom.
func (d *dots) upright(x int, style lipgloss.Style) {
	for y := 0; y < 4*d.rows; y += 2 {
		d.set(x, y, style)
	}
}

// series draws one line. A point without a neighbour gets a mark: a training
// of one epoch has nothing else to show.
func (d *dots) series(s series, on scale) {
	place := func(i int) (x, y int, ok bool) {
		if i < 0 || i >= len(s.points) {
			return 0, 0, false
		}
		height, ok := on.height(s.points[i].Value)
		return on.x(s.points[i].Step), on.y(height), ok
	}
	drawn := 0
	for i := range s.points {
		x, y, ok := place(i)
		if !ok {
			continue
		}
		fromX, fromY, before := place(i - 1)
		_, _, after := place(i + 1)
		switch {
		case before:
			drawn = d.line(fromX, fromY, x, y, s, drawn)
		case !after && x >= 0 && x < 2*d.columns:
			cell := y/4*d.columns + x/2
			d.marks[cell], d.owner[cell] = s.pattern.mark, s.style
		}
	}
}

// line draws from one dot to the other; drawn counts the dots of the series so
// far, so that its pattern does not start anew at each point.
func (d *dots) line(fromX, fromY, x, y int, s series, drawn int) int {
	n := max(abs(x-fromX), abs(y-fromY))
	for i := 0; i <= n; i++ {
		t := 1.0
		if n > 0 {
			t = float64(i) / float64(n)
		}
		if s.pattern.dots[drawn%len(s.pattern.dots)] == '#' {
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
