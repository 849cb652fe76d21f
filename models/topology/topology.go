// Package topology reads a drawing as ink on paper: the strokes, the regions
// they enclose at several gap-closing radii, and numbers and channels made of
// them. Both model families learn from it.
//
// A ring in a drawing is a region of paper enclosed by ink, but for two things:
// a letter in a ring leaves a gap, and letters enclose regions of their own.
// So regions are looked for at a distance from the ink, which closes gaps up
// to twice that distance, and counted by area.
package topology

import (
	"math"

	"ringlab/data/picture"
)

// referenceSide is the side, in pixels, of the drawings for which radii and
// areas of this package are stated. On other sizes they grow with the picture.
const referenceSide = 300

// A drawing fills referenceExtent of the pixels of its side. One that fills
// less than smallExtent of that is a small drawing on much paper: radii and
// areas shrink with it. Between both they do not, so that one atom more or less
// at the edge changes nothing.
const (
	referenceExtent = 270
	smallExtent     = .8
)

// radii are the distances from ink, in pixels of a reference drawing, at which
// regions are looked for, ascending.
var radii = [...]float64{1, 1.5, 2, 3, 4, 5, 6}

// Ink is a drawing with its paper taken out. It is immutable and safe for
// concurrent use.
type Ink struct {
	Width, Height int

	unit     float64 // pixels for each pixel of a reference drawing
	darkness []byte  // 0 paper, 255 what is darkest in any of red, green and blue
	black    []byte  // the same for what is dark in all three: strokes, not coloured letters
	stroke   byte    // ink is what is at least this dark
	strokes  strokes // of that ink
	depth    []byte  // how many of radii are smaller than the distance to ink
}

// Strokes at least this dark are ink on any paper; on clean paper, antialiased
// edges reach down to the lower bound.
const (
	faintestStroke = 25
	darkestStroke  = 140
)

// Read finds paper and ink. The picture may have any size; callers bring it to
// the task's size first. Paper is the most common darkness (the median), so a
// drawing in white on black is read as its negative.
func Read(p *picture.Picture) *Ink {
	n := p.Width * p.Height
	k := &Ink{
		Width: p.Width, Height: p.Height,
		unit:     float64(max(p.Width, p.Height)) / referenceSide,
		darkness: make([]byte, n), black: make([]byte, n), depth: make([]byte, n),
	}
	low, high := k.darkness, k.black // of the three colours; darkness is made of them in place
	var lows, highs [256]int
	lows[255], highs[255] = n, n
	marked := p.Marked()
	for _, m := range marked {
		for i := m.From; i < m.To; i++ {
			pixel := p.Pix[3*i : 3*i+3]
			l, h := min(pixel[0], pixel[1], pixel[2]), max(pixel[0], pixel[1], pixel[2])
			low[i], high[i] = l, h
			lows[l]++
			highs[h]++
		}
		lows[255] -= m.To - m.From
		highs[255] -= m.To - m.From
	}
	if median(&lows, n) < darkestPaper {
		for i := range n {
			pixel := p.Pix[3*i : 3*i+3]
			low[i] = 255 - max(pixel[0], pixel[1], pixel[2])
			high[i] = 255 - min(pixel[0], pixel[1], pixel[2])
		}
		lows, highs = reversed(&highs), reversed(&lows)
		marked = []picture.Stretch{{From: 0, To: n}}
	}
	paper := median(&lows, n)
	k.stroke = strokeThreshold(&lows, n, paper)
	darkness, black := inkTable(paper), inkTable(median(&highs, n))
	for _, m := range marked { // elsewhere is white paper, which is 0 already
		for i := m.From; i < m.To; i++ {
			low[i], high[i] = darkness[low[i]], black[high[i]]
		}
	}
	k.strokes = k.measureStrokes()
	k.shrinkUnit()
	k.measureDepth()
	return k
}

// shrinkUnit fits the unit to a drawing that fills little of its picture.
func (k *Ink) shrinkUnit() {
	s := k.strokes
	extent := float64(max(s.width, s.height)) / (k.unit * referenceExtent)
	if s.pixels > 0 && extent < smallExtent {
		k.unit *= extent
	}
}

// Paper darker than this is taken for the ground of an inverted drawing.
const darkestPaper = 110

// median of n values given as counts.
func median(counts *[256]int, n int) int {
	seen := 0
	for v, c := range counts {
		seen += c
		if 2*seen >= n {
			return v
		}
	}
	return 255
}

func reversed(counts *[256]int) (r [256]int) {
	for v, c := range counts {
		r[255-v] = c
	}
	return r
}

// inkTable gives the darkness of each value: 0 at paper or lighter, 255 at 0.
func inkTable(paper int) (table [256]byte) {
	paper = max(paper, 50)
	for v := range paper {
		table[v] = byte((255*(paper-v) + paper/2) / paper)
	}
	return table
}

// strokeThreshold lies above the noise of the paper: five standard deviations,
// estimated as 1.4826 times the median distance from the median.
func strokeThreshold(lows *[256]int, n, paper int) byte {
	var distances [256]int
	for v, c := range lows {
		distances[max(v-paper, paper-v)] += c
	}
	noise := 5 * 1.4826 * float64(median(&distances, n)) * 255 / float64(max(paper, 50))
	return byte(math.Round(min(max(noise, faintestStroke), darkestStroke)))
}
