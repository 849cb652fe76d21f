package picture

// shadeShare of the sheet at least is grey areas of one tone each, where paper is
// not flat though most of it is white: facets of a crumpled sheet, a shadow with
// an edge.
const shadeShare = .04

// shaded tells whether there are areas of grey, each of one tone.
func (s *sheet) shaded() bool {
	n := 0
	for _, m := range s.marked {
		for i := m.From; i+2 < m.To; i++ {
			p := s.pix[3*i : 3*i+9]
			high, low := max(p[0], p[1], p[2]), min(p[0], p[1], p[2])
			if low >= 255-flatTolerance || low < 100 || high-low > 12 {
				continue
			}
			if d := int(p[6]) - int(p[0]); d > 5 || d < -5 {
				continue
			}
			if j := i + 2*s.w; j < s.w*s.h {
				if d := int(s.pix[3*j]) - int(p[0]); d <= 5 && d >= -5 {
					n++
				}
			}
		}
	}
	return float64(n) >= shadeShare*float64(s.w*s.h)
}

// closing is one channel of the sheet without what is dark and at most twice reach
// wide: the greatest value within reach of each pixel, and of these the least again.
// An edge between light and dark paper stays where it is.
func (s *sheet) closing(c, reach int, inverted bool) []byte {
	plane := make([]byte, s.w*s.h)
	for i := range plane {
		v := s.pix[3*i+c]
		if inverted {
			v = 255 - v
		}
		plane[i] = v
	}
	ahead, behind := make([]byte, max(s.w, s.h)), make([]byte, max(s.w, s.h))
	greatest := func(a, b byte) byte { return max(a, b) }
	least := func(a, b byte) byte { return min(a, b) }
	for _, better := range []func(a, b byte) byte{greatest, least} {
		for y := range s.h {
			slide(plane[y*s.w:(y+1)*s.w], 1, s.w, reach, ahead, behind, better)
		}
		for x := range s.w {
			slide(plane[x:], s.w, s.h, reach, ahead, behind, better)
		}
	}
	return plane
}

// slide replaces each of n values, stride apart, by the best within reach of it.
// After van Herk 1992 and Gil and Werman 1993: blocks of the window's width, whose
// running bests from both ends make the best of any window.
func slide(values []byte, stride, n, reach int, ahead, behind []byte, better func(a, b byte) byte) {
	window := 2*reach + 1
	// ahead is the best from a place to the end of its block, behind from its
	// beginning.
	for i := n - 1; i >= 0; i-- {
		ahead[i] = values[i*stride]
		if i+1 < n && (i+1)%window != 0 {
			ahead[i] = better(ahead[i], ahead[i+1])
		}
	}
	for i := range n {
		behind[i] = values[i*stride]
		if i%window != 0 {
			behind[i] = better(behind[i], behind[i-1])
		}
	}
	for i := range n {
		from, to := max(0, i-reach), min(n-1, i+reach)
		switch {
		case from/window != to/window:
			values[i*stride] = better(ahead[from], behind[to])
		case to == n-1:
			values[i*stride] = ahead[from]
		default: // from is the beginning of the block
			values[i*stride] = behind[to]
		}
	}
}
