package models

import (
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
)

// Map says where a network looked: squares of the drawing are covered with
// paper, one after another, and what the network counts then is compared
// (occlusion; Zeiler and Fergus 2014, section 4.2).
type Map struct {
	Count float64 // that the network expects: labels times their shares
	Patch int     // pixels a side of a square
	Spots []Spot  // where covering changes most, that first

	change []float32 // of each pixel, mean over the squares that cover it; rings
}

// Spot is a place that the count depends on.
type Spot struct {
	X, Y   int     // middle of the covered square
	Change float64 // of the expected count when it is covered
	Label  int     // the network's answer then
}

const (
	// patchesAcross the longer side of the ink: a square is smaller than a ring
	// and larger than a letter. They overlap by half.
	patchesAcross = 10
	mostSpots     = 6
	// leastChange of the count is worth a spot.
	leastChange = .25
)

// covered is one square and what the network made of the rest.
type covered struct {
	x, y   int // upper left corner
	count  float64
	answer int
}

func newMap(ctx context.Context, network mapExplainer, drawing *picture.Picture) (*Map, error) {
	labels := network.networkLabels()
	expect := func(p *picture.Picture) (count float64, label int, err error) {
		row, err := network.networkShares(p)
		if err != nil {
			return 0, 0, err
		}
		best := 0
		for i, share := range row {
			count += share * float64(labels[i])
			if share > row[best] {
				best = i
			}
		}
		return count, labels[best], nil
	}
	m := &Map{change: make([]float32, drawing.Width*drawing.Height)}
	var err error
	if m.Count, _, err = expect(drawing); err != nil {
		return nil, err
	}
	paper := drawing.Paper()
	ink := inkOf(drawing, paper)
	var squares []covered
	m.Patch, squares = coverings(ink, drawing.Width, drawing.Height)
	group, ctx := errgroup.WithContext(ctx)
	// One core is left to what goes on beside: a workbench draws, a server answers.
	group.SetLimit(max(1, runtime.GOMAXPROCS(0)-1))
	for i := range squares {
		group.Go(func() (err error) {
			if err := ctx.Err(); err != nil {
				return err
			}
			s := &squares[i]
			s.count, s.answer, err = expect(cover(drawing, paper, s.x, s.y, m.Patch))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	m.spread(squares, drawing.Width, drawing.Height)
	m.findSpots(squares)
	return m, nil
}

// inkOf tells of each pixel whether it differs from paper.
func inkOf(p *picture.Picture, paper [3]byte) []bool {
	const differs = 40
	ink := make([]bool, p.Width*p.Height)
	for i := range ink {
		for c, v := range p.Pix[3*i : 3*i+3] {
			if d := int(v) - int(paper[c]); d > differs || d < -differs {
				ink[i] = true
			}
		}
	}
	return ink
}

// coverings are the squares that have ink in them.
func coverings(ink []bool, width, height int) (patch int, squares []covered) {
	left, top, right, bottom := width, height, -1, -1
	for i, is := range ink {
		if is {
			x, y := i%width, i/width
			left, right, top, bottom = min(left, x), max(right, x), min(top, y), y
		}
	}
	patch = max(4, (max(right-left, bottom-top)+1)/patchesAcross)
	step := max(1, patch/2)
	for y := top - step; y <= bottom; y += step {
		for x := left - step; x <= right; x += step {
			if hasInk(ink, width, height, x, y, patch) {
				squares = append(squares, covered{x: x, y: y})
			}
		}
	}
	return patch, squares
}

func hasInk(ink []bool, width, height, x, y, patch int) bool {
	for row := max(0, y); row < min(height, y+patch); row++ {
		if slices.Contains(ink[row*width+max(0, x):row*width+min(width, x+patch)], true) {
			return true
		}
	}
	return false
}

func cover(p *picture.Picture, paper [3]byte, x, y, patch int) *picture.Picture {
	c := &picture.Picture{Width: p.Width, Height: p.Height, Pix: slices.Clone(p.Pix)}
	for row := max(0, y); row < min(p.Height, y+patch); row++ {
		for column := max(0, x); column < min(p.Width, x+patch); column++ {
			copy(c.Pix[3*(row*p.Width+column):], paper[:])
		}
	}
	return c
}

// spread gives each pixel the mean of the squares that cover it.
func (m *Map) spread(squares []covered, width, height int) {
	times := make([]float32, width*height)
	for _, s := range squares {
		for y := max(0, s.y); y < min(height, s.y+m.Patch); y++ {
			for x := max(0, s.x); x < min(width, s.x+m.Patch); x++ {
				m.change[y*width+x] += float32(s.count - m.Count)
				times[y*width+x]++
			}
		}
	}
	for i, n := range times {
		m.change[i] /= max(1, n)
	}
}

// findSpots takes the squares that change most, none over another.
func (m *Map) findSpots(squares []covered) {
	change := func(s covered) float64 { return math.Abs(s.count - m.Count) }
	ordered := slices.Clone(squares)
	slices.SortStableFunc(ordered, func(a, b covered) int {
		switch x, y := change(a), change(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	for _, s := range ordered {
		if change(s) < leastChange || len(m.Spots) == mostSpots {
			return
		}
		spot := Spot{X: s.x + m.Patch/2, Y: s.y + m.Patch/2, Change: s.count - m.Count, Label: s.answer}
		if !slices.ContainsFunc(m.Spots, func(o Spot) bool {
			return max(spot.X-o.X, o.X-spot.X, spot.Y-o.Y, o.Y-spot.Y) < 2*m.Patch
		}) {
			m.Spots = append(m.Spots, spot)
		}
	}
}

func (p *cnnPredictor) networkLabels() []int { return p.plan.Labels }

func (p *cnnPredictor) networkShares(drawing *picture.Picture) ([]float64, error) {
	return p.answer(drawing)
}

func (p *ensemblePredictor) networkLabels() []int { return p.network.networkLabels() }

func (p *ensemblePredictor) networkShares(drawing *picture.Picture) ([]float64, error) {
	return p.network.networkShares(drawing)
}
