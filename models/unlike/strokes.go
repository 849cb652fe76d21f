package unlike

import (
	"math"
)

// strokes are the ink as lines one pixel wide: what remains when it is thinned
// from all sides, taken apart at ends and junctions.
type strokes struct {
	pixels    int // of the thinned ink
	ends      []point
	junctions []junction
	segments  []segment
	bends     []float64 // angles, in degrees, between the segments of a line
	left      bool      // the ink is too thick to be thinned: nothing else is known
}

type point struct{ x, y int }

// segment is a straight part of a line.
type segment struct{ a, b point }

func (s segment) length() float64 {
	return math.Hypot(float64(s.b.x-s.a.x), float64(s.b.y-s.a.y))
}

// direction in degrees, 0 to 180, anticlockwise from the x axis.
func (s segment) direction() float64 {
	d := math.Atan2(float64(s.a.y-s.b.y), float64(s.b.x-s.a.x)) * 180 / math.Pi
	return math.Mod(d+360, 180)
}

// junction is where lines meet; arms are the directions in which they leave,
// 0 to 360 degrees.
type junction struct {
	arms []float64
}

const (
	// thinnings bounds the strokes that can be thinned to twice as many pixels.
	thinnings = 14
	// tooInky is the share of ink above which a sheet has no strokes.
	tooInky = .45
)

// findStrokes thins a copy of the ink and follows its lines.
func (s *sheet) findStrokes() strokes {
	if float64(s.inked) > tooInky*float64(len(s.ink)) || s.inked == 0 {
		return strokes{left: s.inked > 0}
	}
	t := newThin(s)
	if !t.thin() {
		return strokes{left: true}
	}
	return t.trace(1 + .006*s.extent)
}

// thin is ink with a frame of paper one pixel wide.
type thin struct {
	stride int
	grid   []byte // 1 where there is ink
	list   []int32
	around [8]int // offsets of the neighbours, clockwise from above
}

func newThin(s *sheet) *thin {
	stride := s.width + 2
	t := &thin{stride: stride, grid: make([]byte, stride*(s.height+2)), list: make([]int32, 0, s.inked),
		around: [8]int{-stride, -stride + 1, 1, stride + 1, stride, stride - 1, -1, -stride - 1}}
	for _, at := range s.inkAt {
		i := (int(at)/s.width+1)*stride + int(at)%s.width + 1
		t.grid[i] = 1
		t.list = append(t.list, int32(i))
	}
	return t
}

func (t *thin) neighbours(i int) (mask byte) {
	for bit, offset := range t.around {
		mask |= t.grid[i+offset] << bit
	}
	return mask
}

// removable tells for each of the two half passes and for each ring of
// neighbours whether a pixel goes (T. Y. Zhang and C. Y. Suen, A fast parallel
// algorithm for thinning digital patterns, Communications of the ACM 27, 1984).
var removable = func() (table [2][256]bool) {
	for mask := range 256 {
		bit := func(i int) int { return mask >> (i % 8) & 1 }
		count, rises := 0, 0
		for i := range 8 {
			count += bit(i)
			if bit(i) == 0 && bit(i+1) == 1 {
				rises++
			}
		}
		if count < 2 || count > 6 || rises != 1 {
			continue
		}
		table[0][mask] = bit(0)*bit(2)*bit(4) == 0 && bit(2)*bit(4)*bit(6) == 0
		table[1][mask] = bit(0)*bit(2)*bit(6) == 0 && bit(0)*bit(4)*bit(6) == 0
	}
	return table
}()

// thin removes the outsides until only lines are left; false if strokes are too
// thick for that.
func (t *thin) thin() bool {
	var gone []int32
	for range thinnings {
		changed := false
		for half := range 2 {
			gone = gone[:0]
			for _, i := range t.list {
				if removable[half][t.neighbours(int(i))] {
					gone = append(gone, i)
				}
			}
			for _, i := range gone {
				t.grid[i] = 0
			}
			if len(gone) == 0 {
				continue
			}
			changed = true
			kept := t.list[:0]
			for _, i := range t.list {
				if t.grid[i] == 1 {
					kept = append(kept, i)
				}
			}
			t.list = kept
		}
		if !changed {
			return true
		}
	}
	return false
}

func (t *thin) at(i int) point { return point{i%t.stride - 1, i/t.stride - 1} }

// trace follows the lines from node to node. tolerance is by how many pixels a
// segment may miss its line.
func (t *thin) trace(tolerance float64) strokes {
	found := strokes{pixels: len(t.list)}
	const (
		line = iota + 1
		end
		meeting
	)
	for _, i := range t.list {
		count := 0
		for _, offset := range t.around {
			if t.grid[int(i)+offset] != 0 {
				count++
			}
		}
		switch {
		case count <= 1:
			t.grid[i] = end
			found.ends = append(found.ends, t.at(int(i)))
		case count == 2:
			t.grid[i] = line
		default:
			t.grid[i] = meeting
		}
	}
	// Junction pixels that touch are one junction.
	owner := make(map[int32]int)
	var stack []int32
	for _, i := range t.list {
		if _, known := owner[i]; known || t.grid[i] != meeting {
			continue
		}
		number := len(found.junctions)
		found.junctions = append(found.junctions, junction{})
		owner[i] = number
		stack = append(stack[:0], i)
		for len(stack) > 0 {
			j := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, offset := range t.around {
				next := j + int32(offset)
				if _, known := owner[next]; !known && t.grid[next] == meeting {
					owner[next] = number
					stack = append(stack, next)
				}
			}
		}
	}
	walked := make([]bool, len(t.grid))
	var path []point
	follow := func(from, first int) {
		path = append(path[:0], t.at(from))
		before, here := from, first
		for {
			path = append(path, t.at(here))
			if t.grid[here] != line {
				break
			}
			walked[here] = true
			next := -1
			for _, offset := range t.around {
				j := here + offset
				if j == before || t.grid[j] == 0 || t.grid[j] == line && walked[j] {
					continue
				}
				// A node first: a line must not run past the junction it touches.
				if next < 0 || t.grid[j] != line {
					next = j
				}
			}
			if next < 0 {
				break
			}
			before, here = here, next
		}
		start := len(found.segments)
		found.segments = straighten(found.segments, path, tolerance)
		added := found.segments[start:]
		for k := 1; k < len(added); k++ {
			found.bends = append(found.bends, angle(heading(added[k-1].b, added[k-1].a), heading(added[k].a, added[k].b)))
		}
		if number, is := owner[int32(from)]; is && len(added) > 0 {
			found.junctions[number].arms = append(found.junctions[number].arms, heading(added[0].a, added[0].b))
		}
		if number, is := owner[int32(here)]; is && len(added) > 0 {
			last := added[len(added)-1]
			found.junctions[number].arms = append(found.junctions[number].arms, heading(last.b, last.a))
		}
	}
	for _, i := range t.list {
		if t.grid[i] == line {
			continue
		}
		for _, offset := range t.around {
			if j := int(i) + offset; t.grid[j] == line && !walked[j] {
				follow(int(i), j)
			}
		}
	}
	for _, i := range t.list { // closed lines without a node
		if t.grid[i] == line && !walked[i] {
			walked[i] = true
			for _, offset := range t.around {
				if j := int(i) + offset; t.grid[j] == line && !walked[j] {
					follow(int(i), j)
					break
				}
			}
		}
	}
	return found
}

// heading from a to b in degrees, 0 to 360.
func heading(a, b point) float64 {
	d := math.Atan2(float64(a.y-b.y), float64(b.x-a.x)) * 180 / math.Pi
	return math.Mod(d+360, 360)
}

// angle between two headings, 0 to 180 degrees.
func angle(a, b float64) float64 {
	d := math.Abs(a - b)
	return min(d, 360-d)
}

// straighten appends the segments that a path is made of: it is cut where it is
// farthest from the straight line between its ends, until no point is farther
// than the tolerance (D. Douglas and T. Peucker 1973).
func straighten(segments []segment, path []point, tolerance float64) []segment {
	type stretch struct{ from, to int }
	stack := []stretch{{0, len(path) - 1}}
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		a, b := path[s.from], path[s.to]
		dx, dy := float64(b.x-a.x), float64(b.y-a.y)
		length := math.Hypot(dx, dy)
		worst, at := tolerance, -1
		for i := s.from + 1; i < s.to; i++ {
			px, py := float64(path[i].x-a.x), float64(path[i].y-a.y)
			d := math.Hypot(px, py) // of a closed line
			if length > 0 {
				d = math.Abs(float64(px*dy)-float64(py*dx)) / length
			}
			if d > worst {
				worst, at = d, i
			}
		}
		if at < 0 {
			if a != b {
				segments = append(segments, segment{a, b})
			}
			continue
		}
		stack = append(stack, stretch{at, s.to}, stretch{s.from, at})
	}
	return segments
}
