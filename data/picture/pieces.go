package picture

import "iter"

// piece is a set of pixels that belong together: each is near another.
type piece struct {
	pixels                   []int32 // the first is the first of the sheet, row by row
	left, right, top, bottom int
}

func (b *piece) extent() int { return max(b.right-b.left, b.bottom-b.top) + 1 }

// join makes pieces of pixels, which are given row by row: those of one kind
// that are at most reach pixels apart in each direction; 1 is touching, corners
// included. Kind 0 belongs to none.
func (s *sheet) join(pixels []int32, reach int, kind func(i int) byte) []piece {
	// A margin of kind 0 around the sheet, so that no pixel asks where it ends.
	stride := s.w + 2*reach
	kinds := make([]byte, stride*(s.h+2*reach))
	place := func(x, y int) int { return (y+reach)*stride + x + reach }
	for _, i := range pixels {
		kinds[place(int(i)%s.w, int(i)/s.w)] = kind(int(i))
	}
	var all []piece
	order := make([]int32, 0, len(pixels)) // pixels of all pieces, each piece a stretch
	for _, start := range pixels {
		first := place(int(start)%s.w, int(start)/s.w)
		k := kinds[first]
		if k == 0 {
			continue
		}
		b := piece{left: s.w, right: -1, top: s.h, bottom: -1}
		from := len(order)
		order = append(order, start)
		kinds[first] = 0
		for next := from; next < len(order); next++ {
			i := int(order[next])
			x, y := i%s.w, i/s.w
			b.left, b.right, b.top, b.bottom = min(b.left, x), max(b.right, x), min(b.top, y), max(b.bottom, y)
			for dy := -reach; dy <= reach; dy++ {
				beside := kinds[place(x-reach, y+dy):][:2*reach+1]
				for dx, other := range beside {
					if other == k {
						beside[dx] = 0
						order = append(order, int32(i+dy*s.w+dx-reach))
					}
				}
			}
		}
		b.pixels = order[from:len(order):len(order)]
		all = append(all, b)
	}
	return all
}

// foundInk is what was found of the ink on a sheet; nil is not known yet.
type foundInk struct {
	pixels []int32
	pieces []piece
}

// inkPixels are the pixels of ink that there are now, row by row.
func (s *sheet) inkPixels() []int32 {
	if s.found.pixels == nil {
		for _, m := range s.marked {
			for i := m.From; i < m.To; i++ {
				if s.dark[i] >= s.least {
					s.found.pixels = append(s.found.pixels, int32(i))
				}
			}
		}
	}
	return s.found.pixels
}

// inkPieces are the pieces of touching ink that there are now.
func (s *sheet) inkPieces() []piece {
	if s.found.pieces == nil {
		s.found.pieces = s.join(s.inkPixels(), 1, func(int) byte { return 1 })
	}
	return s.found.pieces
}

// pieceMap tells of each pixel of a sheet to which piece it belongs.
type pieceMap struct {
	w, h   int
	pieces []piece
	number []int32 // of a pixel's piece, from 1; 0 is paper
}

func (s *sheet) mapPieces() *pieceMap {
	m := &pieceMap{w: s.w, h: s.h, pieces: s.inkPieces(), number: make([]int32, s.w*s.h)}
	for n, b := range m.pieces {
		for _, i := range b.pixels {
			m.number[i] = int32(n + 1)
		}
	}
	return m
}

// near yields the numbers of the pieces with ink in the box of the n-th piece, from
// 0, or within reach pixels of that box; one number may come often.
func (m *pieceMap) near(n, reach int) iter.Seq[int32] {
	b := &m.pieces[n]
	return func(yield func(int32) bool) {
		left, right := max(0, b.left-reach), min(m.w-1, b.right+reach)
		for y := max(0, b.top-reach); y <= min(m.h-1, b.bottom+reach); y++ {
			for _, k := range m.number[y*m.w+left : y*m.w+right+1] {
				if k != 0 && !yield(k) {
					return
				}
			}
		}
	}
}

// inkBox is the box around all ink but specks.
func (s *sheet) inkBox() (left, right, top, bottom int) {
	left, right, top, bottom = s.w, -1, s.h, -1
	for _, b := range s.inkPieces() {
		if len(b.pixels) > speck {
			left, right, top, bottom = min(left, b.left), max(right, b.right), min(top, b.top), max(bottom, b.bottom)
		}
	}
	return left, right, top, bottom
}
