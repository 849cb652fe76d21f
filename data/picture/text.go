package picture

const (
	// bondLength in extents of a letter is more than any letter of text has, and
	// less than a bond with its letters.
	bondLength = 2
	// A letter belongs to a drawing if it is at most besideBond extents from what
	// is larger, or at most besideLetter from another letter that does.
	besideBond   = 1.2
	besideLetter = .7
)

// eraseText takes away what is no larger than a letter and not near to anything
// larger: lines of text around a drawing, numbers under it. Of a drawing's own they
// are salts and water, which have no rings. extent is a letter's, in pixels.
func (s *sheet) eraseText(extent int) {
	all := s.mapPieces()
	kept := make([]bool, len(all.pieces)+1) // of the piece of each number, from 1
	large := make([]bool, len(kept))
	var queue []int32
	for n, b := range all.pieces {
		if b.extent() > bondLength*extent {
			large[n+1], kept[n+1] = true, true
			queue = append(queue, int32(n+1))
		}
	}
	if len(queue) == 0 || len(queue) == len(all.pieces) {
		return
	}
	queue = queue[:0]
	for n := range all.pieces {
		if kept[n+1] {
			continue
		}
		for k := range all.near(n, int(besideBond*float64(extent))) {
			if large[k] {
				kept[n+1] = true
				queue = append(queue, int32(n+1))
				break
			}
		}
	}
	for next := 0; next < len(queue); next++ {
		for k := range all.near(int(queue[next]-1), int(besideLetter*float64(extent))) {
			if !kept[k] {
				kept[k] = true
				queue = append(queue, k)
			}
		}
	}
	for n, b := range all.pieces {
		if !kept[n+1] {
			s.erasePiece(&b, all)
		}
	}
}

// erasePiece takes a piece away and the haze around it, but no other piece.
func (s *sheet) erasePiece(b *piece, all *pieceMap) {
	s.touch()
	for _, i := range b.pixels {
		x, y := int(i)%s.w, int(i)/s.w
		for ny := max(y-1, 0); ny <= min(y+1, s.h-1); ny++ {
			for nx := max(x-1, 0); nx <= min(x+1, s.w-1); nx++ {
				if j := ny*s.w + nx; all.number[j] == 0 || all.number[j] == all.number[i] {
					s.white(j)
				}
			}
		}
	}
}
