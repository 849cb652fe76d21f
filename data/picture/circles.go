package picture

import (
	"math"
	"slices"
)

const (
	circleRays   = 32 // directions in which a circle is looked at from its middle
	circleClosed = 26 // of them at least have a line around the circle
	circleClear  = 12 // of them at least have paper between circle and line
	circleRound  = 28 // of them at least have the circle where a circle has it
	// circleReach is how far the line lies from the middle at most, in radii of
	// the circle.
	circleReach = 2.4
	// leastHole pixels is the least width of what a circle encloses.
	leastHole = 5
)

// eraseCircles takes the circles of aromatic rings away, which mean no ring of
// their own: a round hole with a thin line around it, and around that, paper and
// a second line. The circle may touch the second line in places.
func (s *sheet) eraseCircles() {
	left, right, top, bottom := s.inkBox()
	whole := max(right-left, bottom-top) + 1
	for _, h := range s.holes() {
		w, t := h.right-h.left+1, h.bottom-h.top+1
		if min(w, t) < leastHole || 2*max(w, t) > whole || 4*min(w, t) < 3*max(w, t) {
			continue
		}
		c := circle{
			x: float64(h.left+h.right) / 2, y: float64(h.top+h.bottom) / 2,
			rx: float64(w) / 2, ry: float64(t) / 2,
		}
		if float64(h.area) < .65*float64(w*t) || !s.measure(&c) {
			continue
		}
		s.eraseCircle(&c)
	}
}

// circle is an ellipse: its middle, half the axes of what it encloses, and where
// its line ends in each direction, in these.
type circle struct {
	x, y, rx, ry float64
	ends         [circleRays]float64
}

// towards is the direction in which a place lies.
func towards(dx, dy float64) int {
	turn := math.Atan2(dy, dx) / (2 * math.Pi)
	return (int(math.Round(turn*circleRays)) + circleRays) % circleRays
}

// measure looks from the middle of a hole in all directions, and tells whether
// there is a circle around it, and a second line around that.
func (s *sheet) measure(c *circle) bool {
	radius := max(c.rx, c.ry)
	step := .5 / radius
	tolerance := .08 + .75/radius
	ink := func(at, cos, sin float64) (ink, inside bool) {
		x, y := int(math.Round(c.x+at*c.rx*cos)), int(math.Round(c.y+at*c.ry*sin))
		if x < 0 || y < 0 || x >= s.w || y >= s.h {
			return false, false
		}
		return s.dark[y*s.w+x] >= s.least, true
	}
	var all []float64
	missed := 0
	for d := range circleRays {
		sin, cos := math.Sincos(2 * math.Pi * float64(d) / circleRays)
		at := 0.
		for ; at < 1+2*tolerance; at += step {
			if on, _ := ink(at, cos, sin); on {
				break
			}
		}
		if math.Abs(at-1) > tolerance {
			if missed++; missed > circleRays-circleRound {
				return false
			}
			continue
		}
		for ; at < circleReach; at += step {
			if on, _ := ink(at, cos, sin); !on {
				break
			}
		}
		c.ends[d] = at
		all = append(all, at)
	}
	slices.Sort(all)
	outer := all[len(all)/3] // where it touches, it seems thicker
	closed, clear := 0, 0
	for d, end := range c.ends {
		if end > outer+(outer-1)+2*step {
			closed++ // it touches the line around it, or runs into it
			c.ends[d] = outer
			continue
		}
		c.ends[d] = max(end, outer)
		sin, cos := math.Sincos(2 * math.Pi * float64(d) / circleRays)
		for at := c.ends[d] + step; at <= circleReach*outer+4*step; at += step {
			on, inside := ink(at, cos, sin)
			if !inside {
				break
			}
			if on {
				closed++
				clear++
				break
			}
		}
	}
	return closed >= circleClosed && clear >= circleClear
}

// eraseCircle takes the line of a circle away and the haze around it.
func (s *sheet) eraseCircle(c *circle) {
	s.touch()
	pixel := 1 / max(c.rx, c.ry)
	most := slices.Max(c.ends[:]) + pixel
	for y := max(0, int(c.y-most*c.ry)); y <= min(s.h-1, int(c.y+most*c.ry)+1); y++ {
		for x := max(0, int(c.x-most*c.rx)); x <= min(s.w-1, int(c.x+most*c.rx)+1); x++ {
			dx, dy := (float64(x)-c.x)/c.rx, (float64(y)-c.y)/c.ry
			end := c.ends[towards(dx, dy)]
			switch d, i := math.Hypot(dx, dy), y*s.w+x; {
			case d <= end, d <= end+pixel && s.dark[i] < s.least:
				s.white(i)
			}
		}
	}
}

// hole is paper that ink encloses.
type hole struct{ left, right, top, bottom, area int }

// holes finds the paper from which no way along rows and columns leads out.
func (s *sheet) holes() []hole {
	// The stretches of paper between ink, row by row.
	type stretch struct{ y, from, to int }
	var all []stretch
	var parent []int
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	const outside = 0
	all, parent = append(all, stretch{y: -1}), append(parent, outside)
	join := func(i, j int) {
		i, j = find(i), find(j)
		parent[max(i, j)] = min(i, j) // the outside stays the root of its own
	}
	pixels := s.inkPixels()
	above := []int{} // stretches of the row above
	aboveRow := -2
	for next := 0; next < len(pixels); {
		y := int(pixels[next]) / s.w
		var row []int
		add := func(from, to int) { // [from, to)
			if from >= to {
				return
			}
			n := len(all)
			all, parent = append(all, stretch{y, from, to}), append(parent, n)
			if from == 0 || to == s.w || y == 0 || y == s.h-1 || aboveRow != y-1 {
				join(n, outside)
			}
			row = append(row, n)
		}
		from := 0
		for next < len(pixels) && int(pixels[next])/s.w == y {
			x := int(pixels[next]) % s.w
			add(from, x)
			from = x + 1
			next++
		}
		add(from, s.w)
		if aboveRow == y-1 {
			for a, b := 0, 0; a < len(above) && b < len(row); {
				p, q := all[above[a]], all[row[b]]
				if p.from < q.to && q.from < p.to {
					join(above[a], row[b])
				}
				if p.to < q.to {
					a++
				} else {
					b++
				}
			}
		}
		if next >= len(pixels) || int(pixels[next])/s.w > y+1 { // an empty row below
			for _, n := range row {
				join(n, outside)
			}
		}
		above, aboveRow = row, y
	}
	places := map[int]int{}
	var holes []hole
	for n := 1; n < len(all); n++ {
		root := find(n)
		if root == outside {
			continue
		}
		a := all[n]
		k, ok := places[root]
		if !ok {
			k = len(holes)
			places[root] = k
			holes = append(holes, hole{left: s.w, right: -1, top: a.y, bottom: a.y})
		}
		h := &holes[k]
		h.left, h.right = min(h.left, a.from), max(h.right, a.to-1)
		h.bottom = max(h.bottom, a.y)
		h.area += a.to - a.from
	}
	return holes
}
