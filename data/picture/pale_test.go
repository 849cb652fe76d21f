package picture

import "testing"

// readyToErase is a sheet whose ink is measured.
func readyToErase(p *Picture) *sheet {
	s := newSheet(p)
	s.flatten()
	s.darken()
	return s
}

// TestPaleStrokesBesideBlackOnesGo: the ring of a cup and a stamp across a drawing
// are gone but where they cross it, and the drawing is whole.
func TestPaleStrokesBesideBlackOnesGo(t *testing.T) {
	p := whiteSheet(300, 300)
	pen{p, 1, [3]byte{215, 185, 160}}.polygon(200, 150, 90, 80, 90)
	pen{p, 2, [3]byte{180, 180, 180}}.line(60, 60, 240, 90)
	drawing := whiteSheet(300, 300)
	for _, sheet := range []*Picture{p, drawing} {
		pen{sheet, 3.5, blackInk}.polygon(150, 150, 70, 70, 6)
	}
	s := readyToErase(p)
	s.erasePale()
	alone := readyToErase(drawing)
	for i, d := range alone.dark {
		switch {
		case d == 255 && s.dark[i] != 255:
			t.Fatalf("pixel %d of the drawing has gone", i)
		case s.dark[i] >= s.least && !alone.darkerNear(i, alone.least):
			t.Fatalf("pale ink stays at %d, %d: %d", i%300, i/300, s.dark[i])
		}
	}
}

// darkerNear tells whether a pixel within coreReach, and one more for the smear of
// an edge, has at least that darkness.
func (s *sheet) darkerNear(i int, least byte) bool {
	for y := max(0, i/s.w-coreReach-1); y <= min(s.h-1, i/s.w+coreReach+1); y++ {
		for x := max(0, i%s.w-coreReach-1); x <= min(s.w-1, i%s.w+coreReach+1); x++ {
			if s.dark[y*s.w+x] >= least {
				return true
			}
		}
	}
	return false
}

// TestPaleInkOfADrawingStays: thin lines between two rows of pixels, a pale letter, a
// marker's stroke, and a drawing of which most is pale.
func TestPaleInkOfADrawingStays(t *testing.T) {
	thin := whiteSheet(300, 300)
	for x := 50; x < 250; x++ {
		for y := 100; y < 102; y++ {
			for c := range 3 {
				thin.Pix[3*(300*y+x)+c] = 127
			}
		}
	}
	pen{thin, 1.5, blackInk}.line(50, 100, 50, 250)
	letter := whiteSheet(300, 300)
	pen{letter, 1, [3]byte{180, 180, 180}}.polygon(150, 60, 3, 4, 12)
	pen{letter, 1.5, blackInk}.polygon(150, 150, 70, 70, 6)
	marker := whiteSheet(300, 300)
	pen{marker, 2, [3]byte{30, 50, 170}}.polygon(150, 150, 70, 70, 6)
	pen{marker, 2, [3]byte{170, 180, 235}}.line(150, 220, 150, 290)
	mostly := whiteSheet(300, 300)
	pen{mostly, 1.5, [3]byte{180, 180, 180}}.polygon(150, 150, 70, 70, 6)
	pen{mostly, 1.5, blackInk}.line(20, 20, 80, 20)
	for name, p := range map[string]*Picture{"thin lines": thin, "a pale letter": letter, "mostly pale": mostly, "a marker's stroke under a lamp": marker} {
		s := readyToErase(p)
		before := len(s.inkPixels())
		s.erasePale()
		s.found = foundInk{}
		if after := len(s.inkPixels()); after != before {
			t.Errorf("%s: %d of %d pixels of ink are left", name, after, before)
		}
	}
}
