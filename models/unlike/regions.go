package unlike

import (
	"math"
	"slices"
)

// regions tell of the paper that lines enclose: rings of one size, boxes with
// words in them.
func (s *sheet) regions(holes, ink []piece) []feature {
	area := s.extent * s.extent
	var areas []float64
	var boxes, six, filled, large float64
	for _, h := range holes {
		size := float64(h.pixels) / area
		if size < .0012 || h.pixels < 40 {
			continue
		}
		large++
		areas = append(areas, size)
		fill := float64(h.pixels) / float64(h.width()*h.height())
		if fill > .9 {
			boxes++
		}
		if fill > .6 && fill < .88 && h.width() < 2*h.height() && h.height() < 2*h.width() {
			six++
		}
		inside := 0
		for _, p := range ink {
			if p.left > h.left && p.right < h.right && p.top > h.top && p.bottom < h.bottom && p.pixels >= 4 {
				inside++
			}
		}
		if inside > 0 {
			filled++
		}
	}
	slices.Sort(areas)
	middle, alike := quantile(areas, .5), 0.
	for _, a := range areas {
		if a > .75*middle && a < 1.33*middle {
			alike++
		}
	}
	return []feature{
		{"holes", math.Log1p(float64(len(holes)))},
		{"large holes", math.Log1p(large)},
		{"largest hole", quantile(areas, 1)},
		{"median hole", middle},
		{"holes alike", share(alike, large)},
		{"boxes", share(boxes, large)},
		{"box count", math.Log1p(boxes)},
		{"rings", share(six, large)},
		{"filled holes", share(filled, large)},
		{"filled count", math.Log1p(filled)},
	}
}

// borders tell what runs into the edges of the picture, and what ends in one
// line elsewhere.
func (s *sheet) borders() []feature {
	// A row or column of pixels at one side: how many runs of ink there are, how
	// long, how dark.
	type edge struct{ runs, length, dark float64 }
	look := func(n int, at func(i int) int) (e edge) {
		before := false
		for i := range n {
			j := at(i)
			if s.ink[j] {
				e.length++
				e.dark = max(e.dark, float64(s.dark[j])/float64(max(s.contrast, 1)))
				if !before {
					e.runs++
				}
			}
			before = s.ink[j]
		}
		return e
	}
	side := func(top, bottom, left, right int) [4]edge {
		row := func(y int) edge { return look(s.width, func(x int) int { return y*s.width + x }) }
		column := func(x int) edge { return look(s.height, func(y int) int { return y*s.width + x }) }
		return [4]edge{row(top), row(bottom), column(left), column(right)}
	}
	var touching, runs, length, dark, most, margins, least float64
	w, h := s.width-1, s.height-1
	outer := side(0, h, 0, w)
	second := side(min(1, h), max(h-1, 0), min(1, w), max(w-1, 0))
	full := 0. // sides that are ink nearly all along, as of a frame or a bar
	for i, e := range outer {
		along := float64([]int{s.width, s.width, s.height, s.height}[i])
		if e.length > .8*along {
			full++
			continue
		}
		if e.length > 0 {
			touching++
		}
		runs += min(e.runs, second[i].runs)
		most = max(most, min(e.runs, second[i].runs))
		length += e.length
		dark = max(dark, e.dark)
	}
	boxed := side(s.top, s.bottom, s.left, s.right)
	ends, endMost, endLength := 0., 0., 0.
	for _, e := range boxed {
		ends += e.runs
		endMost = max(endMost, e.runs)
		endLength = max(endLength, e.length)
	}
	gaps := []float64{float64(s.left), float64(w - s.right), float64(s.top), float64(h - s.bottom)}
	slices.Sort(gaps)
	margins, least = gaps[3]/s.extent, gaps[0]/s.extent
	return []feature{
		{"sides touched", touching},
		{"runs into edge", runs},
		{"most into an edge", most},
		{"length on edge", length / s.extent},
		{"dark on edge", dark},
		{"sides filled", full},
		{"ends in line", ends},
		{"most ends in line", endMost},
		{"length in line", endLength / s.extent},
		{"widest margin", margins},
		{"least margin", least},
		{"second margin", gaps[1] / s.extent},
		{"extent", s.extent / float64(max(s.width, s.height))},
		{"proportion", share(float64(min(s.right-s.left, s.bottom-s.top)+1), s.extent)},
	}
}
