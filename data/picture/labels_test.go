package picture

import (
	"math"
	"testing"
)

// letterN draws an N of a height around a place.
func letterN(q pen, x, y, height float64) {
	w, h := .4*height, .5*height
	q.line(x-w, y+h, x-w, y-h)
	q.line(x-w, y-h, x+w, y+h)
	q.line(x+w, y+h, x+w, y-h)
}

// ringWithLetter draws a hexagon of radius r, in whose first corner an N stands
// with a gap of paper on both sides; turned by an angle.
func ringWithLetter(q pen, x, y, r, angle, height, gap float64) {
	corner := func(k int) (float64, float64) {
		a := angle + float64(k)*math.Pi/3
		return x + r*math.Cos(a), y + r*math.Sin(a)
	}
	for k := range 6 {
		ax, ay := corner(k)
		bx, by := corner(k + 1)
		short := (gap + .5*height) / math.Hypot(bx-ax, by-ay)
		switch k {
		case 0:
			ax, ay = ax+short*(bx-ax), ay+short*(by-ay)
		case 5:
			bx, by = bx+short*(ax-bx), by+short*(ay-by)
		}
		q.line(ax, ay, bx, by)
	}
	nx, ny := corner(0)
	letterN(q, nx, ny, height)
}

// largeHoles counts what a cleaned picture encloses that is no letter's.
func largeHoles(p *Picture, least int) int {
	s := newSheet(p.copied())
	s.darken()
	n := 0
	for _, h := range s.holes() {
		if h.area >= least {
			n++
		}
	}
	return n
}

// TestBondsAreDrawnToTheirLetters: a ring with an atom's letter in it is closed
// where its program leaves wide gaps of paper around letters.
func TestBondsAreDrawnToTheirLetters(t *testing.T) {
	const height = 22
	for _, gap := range []float64{7, 9} {
		for turn := range 12 {
			p := sheetOf(300, whitePaper)
			q := pen{p, 1, blackInk}
			ringWithLetter(q, 150, 150, 110, float64(turn)*math.Pi/18, height, gap)
			if largeHoles(p, 2000) != 0 {
				t.Fatal("the drawing is closed before it is cleaned")
			}
			if n := largeHoles(p.Clean(300), 2000); n != 1 {
				t.Errorf("gap %v, turned by %d°: %d closed rings in place of one", gap, 10*turn, n)
			}
		}
	}
}

// TestOnlyEndsOfBondsAreDrawnOn: a bond that passes a letter, and a corner that
// points at it, stay as they are.
func TestOnlyEndsOfBondsAreDrawnOn(t *testing.T) {
	for name, draw := range map[string]func(q pen){
		"bonds pass on both sides": func(q pen) {
			letterN(q, 150, 150, 22)
			q.line(20, 120, 280, 120)
			q.line(20, 180, 280, 180)
		},
		"corners point at it": func(q pen) {
			letterN(q, 150, 150, 22)
			for _, way := range []float64{-1, 1} {
				q.line(150+way*25, 150, 150+way*100, 100)
				q.line(150+way*25, 150, 150+way*100, 200)
			}
		},
		"a bond too far away": func(q pen) {
			letterN(q, 150, 150, 22)
			q.line(200, 150, 280, 150)
			q.line(20, 20, 280, 20)
			q.line(20, 280, 280, 280)
		},
	} {
		p := sheetOf(300, whitePaper)
		draw(pen{p, 1, blackInk})
		s := newSheet(p)
		s.darken()
		s.joinLabels(s.findLabels())
		if s.own {
			t.Errorf("%s: the letter was joined to them", name)
		}
	}
}

// TestTextAroundADrawingIsErased, and salts with it; the letters of its atoms stay,
// also those without a bond of their own, as in CH3.
func TestTextAroundADrawingIsErased(t *testing.T) {
	drawing := func() *Picture {
		p := sheetOf(300, whitePaper)
		q := pen{p, 1, blackInk}
		ringWithLetter(q, 150, 150, 60, 0, 16, 4)
		letterN(q, 230, 150, 16) // beside the first letter, as H beside N
		return p
	}
	alone, page := drawing(), drawing()
	q := pen{page, 1, blackInk}
	for _, y := range []float64{15, 40, 265, 290} {
		for x := 20.; x < 290; x += 17 {
			letterN(q, x, y, 14)
		}
	}
	if share := agreement(alone.Clean(300), page.Clean(300)); share < .95 {
		t.Errorf("%.2f of the ink of the drawing and of its page agree", share)
	}
	s := newSheet(alone)
	s.darken()
	before := len(s.inkPieces())
	labels := s.findLabels()
	s.eraseText(labels.extent)
	if after := len(s.inkPieces()); after != before {
		t.Errorf("%d of %d pieces of a drawing are left", after, before)
	}
	text := sheetOf(300, whitePaper)
	for x := 20.; x < 290; x += 17 {
		letterN(pen{text, 1, blackInk}, x, 150, 14)
	}
	if text.Clean(300).Blank() {
		t.Error("a sheet of nothing but text was emptied")
	}
}
