package tui

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// records is how many were counted.
func (b balance) records() int {
	n := 0
	for _, c := range b {
		n += c.all()
	}
	return n
}

// balanceBars draws counts by label as bars, each in the shades of train,
// validation and holdout. The label here has a mark; -1 is none.
func (t theme) balanceBars(b balance, title string, width, here int) []string {
	lines := []string{t.heading(title, width)}
	most := 1
	for _, c := range b {
		most = max(most, c.all())
	}
	all, sides := b.records(), false
	room := max(width-24, 4)
	for _, label := range slices.Sorted(maps.Keys(b)) {
		c := b[label]
		sides = sides || c.none < c.all()
		mark := "  "
		if label == here {
			mark = t.accent.Render("▸ ")
		}
		share := float64(c.all()) / float64(max(all, 1))
		lines = append(lines, mark+fitRight(strconv.Itoa(label), 2)+"  "+t.sidesBar(c, most, room)+
			" "+fitRight(thousands(c.all()), 8)+t.dim.Render(fitRight(strconv.FormatFloat(100*share, 'f', 1, 64)+" %", 8)))
	}
	if sides {
		validation := "validation"
		if width < 32 {
			validation = "val"
		}
		legend := t.dim.Render("█ train  ▓ "+validation+"  ") + t.accent.Render("░") + t.dim.Render(" holdout")
		lines = append(lines, repeat(" ", min(6, width-ansi.StringWidth(legend)))+legend)
	}
	return lines
}

// sidesBar is one bar in three parts; each side that has a record has a cell.
func (t theme) sidesBar(c sideCounts, most, room int) string {
	var b strings.Builder
	used := 0
	for _, part := range []struct {
		n    int
		mark string
	}{{c.train + c.none, "█"}, {c.validation, "▓"}, {c.holdout, "░"}} {
		cells := int(math.Round(float64(part.n) / float64(most) * float64(room)))
		if part.n > 0 {
			cells = max(cells, 1)
		}
		cells = min(cells, room-used)
		used += cells
		style := t.dim
		if part.mark == "░" {
			style = t.accent
		}
		b.WriteString(style.Render(strings.Repeat(part.mark, cells)))
	}
	return b.String() + strings.Repeat(" ", room-used)
}
