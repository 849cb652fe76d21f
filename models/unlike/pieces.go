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

// stretch is pixels [from, to) of a row that are all ink, or all paper.
type stretch struct {
	row, from, to int
	parent        int // index of a stretch of the same piece, never a later one
}

// stretches finds those of ink or of paper, row by row.
func (s *sheet) stretches(ink bool) []stretch {
	var all []stretch
	add := func(row, from, to int) {
		if from < to {
			all = append(all, stretch{row, from, to, len(all)})
		}
	}
	left := s.inkAt // of the pixels of ink
	for y := range s.height {
		end := 0 // of the stretch of ink before
		for len(left) > 0 && int(left[0])/s.width == y {
			n := 1
			for n < len(left) && left[n] == left[0]+int32(n) && int(left[n])/s.width == y {
				n++
			}
			from := int(left[0]) % s.width
			if ink {
				add(y, from, from+n)
			} else {
				add(y, end, from)
			}
			end, left = from+n, left[n:]
		}
		if !ink {
			add(y, end, s.width)
		}
	}
	return all
}

// pieces finds the sets of pixels of ink that touch at a side or a corner, or
// those of paper that touch at a side, in the order of their first pixels.
func (s *sheet) pieces(ink bool) []piece {
	all := s.stretches(ink)
	reach := 0
	if ink {
		reach = 1
	}
	root := func(i int) int {
		for all[i].parent != i {
			all[i].parent = all[all[i].parent].parent
			i = all[i].parent
		}
		return i
	}
	above := 0 // the first stretch that may touch this one or a later one
	for i, here := range all {
		for all[above].row < here.row-1 || all[above].row == here.row-1 && all[above].to+reach <= here.from {
			above++
		}
		for j := above; all[j].row < here.row && all[j].from < here.to+reach; j++ {
			a, b := root(i), root(j)
			all[max(a, b)].parent = min(a, b)
		}
	}
	var found []piece
	number := make([]int, len(all)) // of the piece of each root
	for i, here := range all {
		first := root(i)
		if first == i {
			number[i] = len(found)
			found = append(found, piece{left: here.from, right: here.to - 1, top: here.row, bottom: here.row})
		}
		p := &found[number[first]]
		p.pixels += here.to - here.from
		p.left, p.right, p.bottom = min(p.left, here.from), max(p.right, here.to-1), here.row
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
