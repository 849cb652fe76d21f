package unlike

import (
	"cmp"
	"slices"
)

// piece is a connected set of pixels.
type piece struct {
	left, right, top, bottom int // box; right and bottom are inside
	pixels                   int
}

func (p piece) width() int  { return p.right - p.left + 1 }
func (p piece) height() int { return p.bottom - p.top + 1 }

// pieces finds the sets of pixels of ink that touch at a side or a corner, or
// those of paper that touch at a side, in the order of their first pixels.
func (s *sheet) pieces(ink bool) []piece {
	// A frame around the sheet belongs to no piece, so that no pixel asks
	// whether it has neighbours.
	stride := s.width + 2
	open := make([]bool, stride*(s.height+2))
	for y := range s.height {
		row := open[(y+1)*stride+1:]
		for x, is := range s.ink[y*s.width : (y+1)*s.width] {
			row[x] = is == ink
		}
	}
	around := []int{-stride, -1, 1, stride}
	if ink {
		around = append(around, -stride-1, -stride+1, stride-1, stride+1)
	}
	var found []piece
	var stack []int
	for start, is := range open {
		if !is {
			continue
		}
		open[start] = false
		stack = append(stack[:0], start)
		p := piece{left: s.width, right: -1, top: s.height, bottom: -1}
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := i%stride-1, i/stride-1
			p.pixels++
			p.left, p.right = min(p.left, x), max(p.right, x)
			p.top, p.bottom = min(p.top, y), max(p.bottom, y)
			for _, offset := range around {
				if j := i + offset; open[j] {
					open[j] = false
					stack = append(stack, j)
				}
			}
		}
		found = append(found, p)
	}
	return found
}

// holes are the pieces of paper that do not reach the border.
func (s *sheet) holes() []piece {
	return slices.DeleteFunc(s.pieces(false), func(p piece) bool {
		return p.left == 0 || p.top == 0 || p.right == s.width-1 || p.bottom == s.height-1
	})
}

// lines tells how pieces stand beside each other as letters of a line do: each
// piece's length of the line it stands in, in pieces.
func lines(letters []piece) []int {
	slices.SortFunc(letters, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.top, b.top))
	})
	line := make([]int, len(letters)) // the first piece of each one's line
	for i := range letters {
		line[i] = i
	}
	for i, a := range letters {
		// The nearest to the right that is about as high and stands as low.
		for j := i + 1; j < len(letters); j++ {
			b := letters[j]
			tall := max(a.height(), b.height())
			if b.left > a.right+tall {
				break
			}
			shared := min(a.bottom, b.bottom) - max(a.top, b.top) + 1
			if b.left > a.left+a.width()/2 && 2*shared > min(a.height(), b.height()) && 3*min(a.height(), b.height()) > tall {
				line[j] = line[i]
				break
			}
		}
	}
	counts := make([]int, len(letters))
	for _, first := range line {
		counts[first]++
	}
	lengths := make([]int, len(letters))
	for i, first := range line {
		lengths[i] = counts[first]
	}
	return lengths
}
