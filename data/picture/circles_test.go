package picture

import "testing"

// TestRingsWithinRingsAreNoCircles: only what is round is the circle of an aromatic
// ring; a hexagon, a pentagon and a square within a larger ring stay.
func TestRingsWithinRingsAreNoCircles(t *testing.T) {
	for _, corners := range []int{4, 5, 6, 60} {
		for _, radius := range []float64{20, 35, 60} {
			p := sheetOf(300, whitePaper)
			q := pen{p, .8, blackInk}
			q.polygon(150, 150, 120, 120, 6)
			q.polygon(150, 150, 1.8*radius, 1.8*radius, 12)
			q.polygon(150, 150, radius, radius, corners)
			if stays := p.Clean(300) == p; stays != (corners < 60) {
				t.Errorf("%d corners, radius %v: stays is %v", corners, radius, stays)
			}
		}
	}
}
