package models

import (
	"fmt"
	"math"
	"slices"

	"ringlab/data/picture"
)

// Where the pictures learned from are no drawings of molecules, nothing that was
// learned about such drawings helps, and a picture is judged by its look alone.
// Six numbers say how it looks. For each, the model keeps the range that the
// training pictures span; a picture that leaves one of the ranges by more than
// that measure's allowance is unlike.
//
// This finds photographs, noise, empty sheets and pages of text among line
// drawings. It does not find a drawing of another kind that has as much ink in
// as many strokes.

// looks are the measures of one picture, in the order of lookMeasures.
type looks [6]float64

// lookMeasures names each measure. allowance is how far outside of the range
// seen a value may lie, in the measure's own unit; it is wide enough for
// another line width, another font and a scan, and was chosen on the training
// and test pictures of docs/measurements.md.
var lookMeasures = [len(looks{})]struct {
	name      string
	allowance float64
}{
	{"paper", .25},       // share of pixels about as bright as the paper
	{"above paper", .05}, // share of pixels clearly brighter than the paper
	{"ink", .10},         // share of pixels with at least half of the darkest ink
	{"strokes", 1.7},     // log of the number of connected pieces of ink
	{"solid", .45},       // share of ink pixels in the middle of 5x5 pixels of ink
	{"extent", .3},       // longer side of the ink's bounding box, of the picture's
}

const (
	// appearanceTail is the share of pictures cut off at either end of a range,
	// so that one odd training picture does not open it.
	appearanceTail = .005

	paperTolerance = 20 // of 255: noise and compression of the paper
	inkLeast       = 60 // of 255: what is not darker than this is no ink
)

// appearance holds the ranges that training pictures span, by measure name.
type appearance map[string]span

type span struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// spans are the ranges of the looks.
func spans(all []looks) appearance {
	a := make(appearance, len(lookMeasures))
	cut := int(appearanceTail * float64(len(all)))
	for i, m := range lookMeasures {
		values := make([]float64, len(all))
		for j, l := range all {
			values[j] = l[i]
		}
		slices.Sort(values)
		a[m.name] = span{Low: values[cut], High: values[len(values)-1-cut]}
	}
	return a
}

// check refuses what a bundle cannot mean.
func (a appearance) check() error {
	for _, m := range lookMeasures {
		s, ok := a[m.name]
		if !ok || math.IsNaN(s.Low) || math.IsNaN(s.High) || s.Low > s.High {
			return fmt.Errorf("appearance has no range of %q", m.name)
		}
	}
	return nil
}

// distance is how far the look lies outside of the ranges, in allowances of the
// measure that is furthest out; 0 inside of all.
func (a appearance) distance(l looks) float64 {
	furthest := 0.0
	for i, m := range lookMeasures {
		s := a[m.name]
		furthest = max(furthest, (s.Low-l[i])/m.allowance, (l[i]-s.High)/m.allowance)
	}
	return furthest
}

func (a appearance) unlike(l looks) bool { return a.distance(l) > 1 }

// look measures a picture whose fields agree. A picture on dark paper is
// measured as its negative.
func look(p *picture.Picture) looks {
	width, height := p.Width, p.Height
	n := width * height
	dark := make([]uint8, n) // how dark a pixel is, 0 to 255
	var histogram [256]int
	for i := range dark {
		rgb := p.Pix[3*i : 3*i+3]
		// The darkest channel, so that a coloured letter on white counts as ink.
		dark[i] = 255 - min(rgb[0], rgb[1], rgb[2])
		histogram[dark[i]]++
	}
	paper := quantile(&histogram, n/2)
	if paper > 145 {
		for i, d := range dark {
			dark[i] = 255 - d
		}
		slices.Reverse(histogram[:])
		paper = 255 - paper
	}
	// The ink is as dark as the darkest hundredth: one black pixel is none.
	ink := max(quantile(&histogram, n-1-n/100), paper+inkLeast)
	threshold := uint8(min((paper+ink)/2, 255))
	var onPaper, above, inked int
	for level, count := range histogram {
		switch {
		case level < paper-paperTolerance:
			above += count
		case level <= paper+paperTolerance:
			onPaper += count
		case level >= int(threshold):
			inked += count
		}
	}
	pieces, extent := inkPieces(dark, width, height, threshold)
	return looks{
		float64(onPaper) / float64(n),
		float64(above) / float64(n),
		float64(inked) / float64(n),
		math.Log(float64(pieces + 1)),
		float64(solidPixels(dark, width, height, threshold)) / float64(max(inked, 1)),
		float64(extent) / float64(max(width, height)),
	}
}

// quantile is the level of the pixel at this rank, from 0.
func quantile(histogram *[256]int, rank int) int {
	for level, count := range histogram {
		if rank < count {
			return level
		}
		rank -= count
	}
	return 255
}

// inkPieces counts the 8-connected pieces of ink, and measures the longer side
// of the box around all ink.
func inkPieces(dark []uint8, width, height int, threshold uint8) (pieces, extent int) {
	seen := make([]bool, len(dark))
	var stack []int
	left, right, top, bottom := width, -1, height, -1
	for start, d := range dark {
		if d < threshold || seen[start] {
			continue
		}
		seen[start] = true
		stack = append(stack[:0], start)
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%width, i/width
			left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
			for ny := max(y-1, 0); ny <= min(y+1, height-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, width-1); nx++ {
					if j := ny*width + nx; dark[j] >= threshold && !seen[j] {
						seen[j] = true
						stack = append(stack, j)
					}
				}
			}
		}
		pieces++
	}
	if pieces > 0 {
		extent = max(right-left, bottom-top) + 1
	}
	return pieces, extent
}

// solidPixels counts pixels of ink whose 5x5 surroundings are ink as well.
func solidPixels(dark []uint8, width, height int, threshold uint8) int {
	count := 0
	// run[x] is the number of rows of ink that end in the current row, where the
	// two pixels to either side are ink too.
	run := make([]int, width)
	for y := range height {
		row := dark[y*width : (y+1)*width]
		across := 0 // pixels of ink that end at x
		for x, d := range row {
			if d < threshold {
				across = 0
			} else {
				across++
			}
			if x < 2 {
				continue
			}
			middle := x - 2
			if across < 5 {
				run[middle] = 0
				continue
			}
			if run[middle]++; run[middle] >= 5 {
				count++
			}
		}
	}
	return count
}
