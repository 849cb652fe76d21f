package picture

import "testing"

// TestARasterGoesAndADrawingStays: dots all over a sheet are its ground; a few, or
// many in one place, belong to the drawing.
func TestARasterGoesAndADrawingStays(t *testing.T) {
	for _, test := range []struct {
		name      string
		from, to  int // where dots are, in both directions
		every     int
		dotsAreIt bool // they are the ground
	}{
		{"a raster", 0, 300, 8, true},
		{"a few dots", 0, 300, 60, false},
		{"a dotted area", 20, 80, 4, false},
	} {
		p := whiteSheet(300, 300)
		for y := test.from; y+1 < test.to; y += test.every {
			for x := test.from; x+1 < test.to; x += test.every {
				for _, at := range []int{300*y + x, 300*y + x + 1, 300*(y+1) + x, 300*(y+1) + x + 1} {
					copy(p.Pix[3*at:], []byte{0, 0, 0})
				}
			}
		}
		pen{p, 3, blackInk}.polygon(150, 150, 70, 70, 6)
		s := readyToErase(p)
		before := len(s.inkPieces())
		s.eraseDots()
		s.found = foundInk{}
		after := s.inkPieces()
		if test.dotsAreIt && len(after) != 1 {
			t.Errorf("%s: %d pieces of ink are left of %d, want the drawing", test.name, len(after), before)
		} else if !test.dotsAreIt && len(after) != before {
			t.Errorf("%s: %d pieces of ink are left of %d, want all", test.name, len(after), before)
		}
		if holes := s.holes(); len(holes) == 0 || holes[len(holes)-1].area < 8000 && holes[0].area < 8000 {
			t.Errorf("%s: the hexagon is open: %v", test.name, holes)
		}
	}
}
