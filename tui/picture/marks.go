package picture

import (
	"github.com/charmbracelet/x/ansi"

	pixels "ringlab/data/picture"
)

// Mark is a short text for a place of a picture.
type Mark struct {
	X, Y int // pixel
	Text string
}

// Marked is HalfBlocks with marks on the picture, in reverse video, so that
// they are read without colours, too. Those outside of what is drawn are left
// out.
func Marked(p *pixels.Picture, columns, rows int, ink Ink, marks []Mark) []string {
	lines := HalfBlocks(p, columns, rows, ink)
	if len(lines) == 0 {
		return lines
	}
	left, top, width, height := drawnBox(p, paperOf(p))
	cells := ansi.StringWidth(lines[0])
	for _, m := range marks {
		x := (m.X - left) * cells / width
		y := (m.Y - top) * len(lines) / height
		size := ansi.StringWidth(m.Text)
		x -= size / 2
		if x < 0 || y < 0 || y >= len(lines) || x+size > cells {
			continue
		}
		line := lines[y]
		lines[y] = ansi.Cut(line, 0, x) + "\x1b[m\x1b[1;7m" + m.Text + "\x1b[m" + ansi.Cut(line, x+size, cells)
	}
	return lines
}
