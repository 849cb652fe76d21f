package picture

import "math"

const (
	colourful = 70 // of 255: by how much the channels of coloured ink differ
	// loopShare of the picture's ink is the least extent of a loop around a part.
	loopShare = .17
	// strokeReach pixels apart, a loop goes on behind the black stroke over it.
	strokeReach = 4
)

// hue of coloured ink: 1 red, 2 yellow and green, 3 blue, 4 purple; 0 for ink
// that is black or grey, and for paper.
func (s *sheet) hue(i int) byte {
	return hueOf(int(s.pix[3*i]), int(s.pix[3*i+1]), int(s.pix[3*i+2]), colourful)
}

func hueOf(r, g, b, least int) byte {
	high, low := max(r, g, b), min(r, g, b)
	if high-low < least {
		return 0
	}
	middle := r + g + b - high - low
	switch {
	case b == high && r == middle && 2*(r-low) > high-low:
		return 4
	case r == high && b == middle && 2*(b-low) > high-low:
		return 4
	case b == high:
		return 3
	case r == high && 2*(g-low) <= high-low:
		return 1
	default:
		return 2
	}
}

// eraseLoops takes away what somebody drew around a part of the drawing with a
// pen of another colour: coloured ink that goes round an empty middle, larger
// than a letter. A drawing whose bonds are of that colour keeps it.
func (s *sheet) eraseLoops() {
	var counts [5]int
	inked := 0
	var r, g, b int // of the ink that is not clearly coloured
	for _, at := range s.inkPixels() {
		i := int(at)
		inked++
		h := s.hue(i)
		if counts[h]++; h == 0 {
			r, g, b = r+int(s.pix[3*i]), g+int(s.pix[3*i+1]), b+int(s.pix[3*i+2])
		}
	}
	if counts[0] == inked || 8*counts[0] < inked {
		return // no colour, or the drawing itself is in colour
	}
	// Dark blue ink is blue at the edges of its strokes only.
	own := hueOf(r/counts[0], g/counts[0], b/counts[0], colourful/4)
	left, right, top, bottom := s.inkBox()
	least := int(loopShare * float64(max(right-left, bottom-top)+1))
	for _, reach := range []int{1, strokeReach} {
		for _, b := range s.join(s.inkPixels(), reach, s.hue) {
			// Loops that cross each other are one piece that is round no more, but
			// no label is that large.
			large := reach == 1 && b.extent() >= 2*least
			if b.extent() < least || !large && !b.goesRound(s.w) {
				continue
			}
			if s.hue(int(b.pixels[0])) == own {
				continue // of the same pen
			}
			s.touch()
			for _, i := range b.pixels {
				s.eraseAround(int(i))
			}
		}
	}
}

// eraseAround takes a pixel away and the coloured haze around it, but no black
// ink.
func (s *sheet) eraseAround(i int) {
	x, y := i%s.w, i/s.w
	for ny := max(y-1, 0); ny <= min(y+1, s.h-1); ny++ {
		for nx := max(x-1, 0); nx <= min(x+1, s.w-1); nx++ {
			j := ny*s.w + nx
			if p := s.pix[3*j : 3*j+3]; j == i || max(p[0], p[1], p[2]) > 128 {
				s.white(j)
			}
		}
	}
}

// goesRound tells whether the pixels lie on all sides of their middle, and none
// near it.
func (b *piece) goesRound(width int) bool {
	const sectors = 24
	var seen [sectors]bool
	cx, cy := float64(b.left+b.right)/2, float64(b.top+b.bottom)/2
	rx, ry := float64(b.right-b.left+1)/2, float64(b.bottom-b.top+1)/2
	if min(rx, ry) < .25*max(rx, ry) {
		return false
	}
	near := 0
	for _, i := range b.pixels {
		dx, dy := (float64(int(i)%width)-cx)/rx, (float64(int(i)/width)-cy)/ry
		if dx*dx+dy*dy < .4*.4 {
			near++
		}
		seen[int((math.Atan2(dy, dx)/math.Pi+1)/2*sectors)%sectors] = true
	}
	round := 0
	for _, ok := range seen {
		if ok {
			round++
		}
	}
	return round >= sectors*5/6 && near*20 <= len(b.pixels)
}

const (
	fillLight = 140 // of 255: areas at least this bright were filled with a pen
	fillCore  = .9  // of a window is filled in the middle of such an area
	fillShare = 40  // of the longer side is the side of that window
)

// eraseFills takes away areas of bright colour, such as those of a highlighter,
// and leaves the strokes that lie on them. A coloured letter is no area: it is
// thinner than the window.
func (s *sheet) eraseFills() {
	var candidates []int32
	for _, m := range s.marked {
		for i := m.From; i < m.To; i++ {
			r, g, b := int(s.pix[3*i]), int(s.pix[3*i+1]), int(s.pix[3*i+2])
			if max(r, g, b)-min(r, g, b) >= colourful/2 && (2*r+5*g+b)/8 >= fillLight {
				candidates = append(candidates, int32(i))
			}
		}
	}
	window := max(7, max(s.w, s.h)/fillShare)
	if len(candidates) < window*window/2 {
		return
	}
	// A full window has a row that is at least as full.
	row := int(math.Ceil(fillCore*float64(window) - 1e-9))
	near := false
	for n := row - 1; n < len(candidates) && !near; n++ {
		near = int(candidates[n]-candidates[n-row+1]) < window
	}
	if !near {
		return
	}
	bright := make([]bool, s.w*s.h)
	for _, i := range candidates {
		bright[i] = true
	}
	// sums[y][x] is the number of bright pixels above and to the left.
	sums := make([]int32, (s.w+1)*(s.h+1))
	for y := range s.h {
		row := int32(0)
		for x := range s.w {
			if bright[y*s.w+x] {
				row++
			}
			sums[(y+1)*(s.w+1)+x+1] = sums[y*(s.w+1)+x+1] + row
		}
	}
	var fill []int32
	for y := 0; y+window <= s.h; y++ {
		for x := 0; x+window <= s.w; x++ {
			a, b := y*(s.w+1)+x, (y+window)*(s.w+1)+x
			n := sums[b+window] - sums[b] - sums[a+window] + sums[a]
			if i := (y+window/2)*s.w + x + window/2; float64(n) >= fillCore*float64(window*window) && bright[i] {
				bright[i] = false
				fill = append(fill, int32(i))
			}
		}
	}
	if len(fill) == 0 {
		return
	}
	s.touch()
	for next := 0; next < len(fill); next++ {
		i := int(fill[next])
		s.pix[3*i], s.pix[3*i+1], s.pix[3*i+2] = 255, 255, 255
		x, y := i%s.w, i/s.w
		for ny := max(y-1, 0); ny <= min(y+1, s.h-1); ny++ {
			for nx := max(x-1, 0); nx <= min(x+1, s.w-1); nx++ {
				if j := ny*s.w + nx; bright[j] {
					bright[j] = false
					fill = append(fill, int32(j))
				}
			}
		}
	}
}
