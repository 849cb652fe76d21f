package picture

import (
	"slices"

	"github.com/charmbracelet/x/ansi"

	pixels "ringlab/data/picture"
)

// Mark is a short text for a place of a picture.
type Mark struct {
	X, Y int // pixel
	Text string
}

// Marked is HalfBlocks with marks on the picture. Those outside of what is
// drawn are left out.
func Marked(p *pixels.Picture, columns, rows int, ink Ink, marks []Mark) []string {
	return mark(HalfBlocks(p, columns, rows, ink), p, marks)
}

// MarkedASCII is ASCII with marks on the picture, as Marked.
func MarkedASCII(p *pixels.Picture, columns, rows int, marks []Mark) []string {
	return mark(ASCII(p, columns, rows), p, marks)
}

// mark lays marks over the lines that a picture was drawn with, in reverse
// video, so that they are read without colours, too. One that would lie on
// another is left out.
func mark(lines []string, p *pixels.Picture, marks []Mark) []string {
	if len(lines) == 0 {
		return lines
	}
	left, top, width, height := drawnBox(p, paperOf(p))
	cells := ansi.StringWidth(lines[0])
	marks = slices.SortedFunc(slices.Values(marks), func(a, b Mark) int { return a.X - b.X })
	for y, line := range lines {
		marked, from := "", 0
		for _, m := range marks {
			size := ansi.StringWidth(m.Text)
			x := (m.X-left)*cells/width - size/2
			if (m.Y-top)*len(lines)/height != y || m.Y < top || x < from || x+size > cells {
				continue
			}
			marked += ansi.Cut(line, from, x) + "\x1b[m\x1b[1;7m" + m.Text + "\x1b[m"
			from = x + size
		}
		if from > 0 {
			lines[y] = marked + ansi.Cut(line, from, cells)
		}
	}
	return lines
}
