package picture

import "testing"

// TestTwoTonesAreDividedWhereTheyDifferMost.
func TestTwoTonesAreDividedWhereTheyDifferMost(t *testing.T) {
	var counts [256]int
	counts[40], counts[60], counts[200], counts[220] = 10, 10, 30, 30
	threshold, dark, bright := twoTones(&counts)
	if threshold < 60 || threshold >= 200 || dark != 50 || bright != 210 {
		t.Errorf("divided behind %d, means %d and %d; want 60 to 199, 50 and 210", threshold, dark, bright)
	}
	if _, dark, bright := twoTones(&[256]int{7: 3}); dark != 0 || bright != 0 {
		t.Errorf("one tone is divided into %d and %d", dark, bright)
	}
}

// TestASheetWithoutADeskStays: a dark margin on one side, a dark sheet, and paper
// in a soft shadow are no desk.
func TestASheetWithoutADeskStays(t *testing.T) {
	for name, shade := range map[string]func(x, y int) float64{
		"a dark margin at the left": func(x, _ int) float64 {
			if x < 40 {
				return .1
			}
			return .8
		},
		"dark paper":    func(_, _ int) float64 { return .2 },
		"a soft shadow": func(x, y int) float64 { return .9 - .3*float64(x+y)/600 },
	} {
		p := sheetOf(300, whitePaper)
		for y := range 300 {
			for x := range 300 {
				for c := range 3 {
					p.Pix[3*(300*y+x)+c] = byte(255 * shade(x, y))
				}
			}
		}
		s := newSheet(p)
		if s.eraseDesk(s.measurePaper(15)) {
			t.Errorf("%s: something was painted over", name)
		}
	}
}
