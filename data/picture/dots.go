package picture

const (
	// dotShare of the sheet's longer side is more than a dot of a raster measures,
	// and less than the shortest bond or letter.
	dotShare = 1. / 70
	// A ground has at least so many dots, in at least groundShare of its blocks:
	// the dashes of a wedge or the dots of dirt are in few.
	groundDots  = 150
	groundShare = .3
)

// eraseDots takes away the dots of which a raster, a dither or coarse paper makes
// its tint: many, tiny, and spread over the sheet.
func (s *sheet) eraseDots() {
	limit := max(2, int(dotShare*float64(max(s.w, s.h))))
	isDot := func(b *piece) bool { return b.extent() <= limit }
	var blocks [blocksAcross * blocksAcross]bool
	side := max(s.w, s.h)/blocksAcross + 1
	dots, filled := 0, 0
	for _, b := range s.inkPieces() {
		if !isDot(&b) {
			continue
		}
		dots++
		if block := b.top/side*blocksAcross + b.left/side; !blocks[block] {
			blocks[block] = true
			filled++
		}
	}
	all := ((s.w + side - 1) / side) * ((s.h + side - 1) / side)
	if dots < groundDots || float64(filled) < groundShare*float64(all) {
		return
	}
	pieces := s.mapPieces()
	for _, b := range pieces.pieces {
		if isDot(&b) {
			s.erasePiece(&b, pieces)
		}
	}
}
