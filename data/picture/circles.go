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
	tolerance := .05 + .75/radius
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
