package picture

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// pen draws on a picture.
type pen struct {
	p     *Picture
	r     float64 // half the width of its strokes
	color [3]byte
}

func sheetOf(side int, paper [3]byte) *Picture {
	p := &Picture{Width: side, Height: side, Pix: make([]byte, 3*side*side)}
	for i := 0; i < len(p.Pix); i += 3 {
		copy(p.Pix[i:], paper[:])
	}
	return p
}

func (q pen) dot(x, y float64) {
	for py := int(y - q.r); py <= int(math.Ceil(y+q.r)); py++ {
		for px := int(x - q.r); px <= int(math.Ceil(x+q.r)); px++ {
			if px >= 0 && py >= 0 && px < q.p.Width && py < q.p.Height && math.Hypot(float64(px)-x, float64(py)-y) <= q.r {
				copy(q.p.Pix[3*(py*q.p.Width+px):], q.color[:])
			}
		}
	}
}

func (q pen) line(x0, y0, x1, y1 float64) {
	n := 2 * math.Hypot(x1-x0, y1-y0)
	for i := 0.0; i <= n; i++ {
		q.dot(x0+(x1-x0)*i/n, y0+(y1-y0)*i/n)
	}
}

// polygon with its corners at radius r; many corners are a circle.
func (q pen) polygon(x, y, rx, ry float64, corners int) {
	for i := range corners {
		a, b := 2*math.Pi*float64(i)/float64(corners), 2*math.Pi*float64(i+1)/float64(corners)
		q.line(x+rx*math.Sin(a), y+ry*math.Cos(a), x+rx*math.Sin(b), y+ry*math.Cos(b))
	}
}

var (
	whitePaper = [3]byte{255, 255, 255}
	blackInk   = [3]byte{}
)

// twoRings is a drawing that fills its sheet: two hexagons and a bond.
func twoRings(q pen) {
	q.polygon(75, 150, 70, 60, 6)
	q.polygon(225, 150, 70, 60, 6)
	q.line(136, 120, 164, 120)
}

// agreement is the share of ink pixels of either picture that have ink of the
// other within two pixels.
func agreement(a, b *Picture) float64 {
	ink := func(p *Picture, x, y int) bool {
		if x < 0 || y < 0 || x >= p.Width || y >= p.Height {
			return false
		}
		i := 3 * (y*p.Width + x)
		return min(p.Pix[i], p.Pix[i+1], p.Pix[i+2]) < 128
	}
	all, met := 0, 0
	for _, pair := range [][2]*Picture{{a, b}, {b, a}} {
		for y := range a.Height {
			for x := range a.Width {
				if !ink(pair[0], x, y) {
					continue
				}
				all++
				found := false
				for d := range 25 {
					found = found || ink(pair[1], x+d%5-2, y+d/5-2)
				}
				if found {
					met++
				}
			}
		}
	}
	return float64(met) / float64(all)
}

// TestCleanLeavesTheDrawing: whatever was done to the sheet, the same drawing
// comes back, black on white.
func TestCleanLeavesTheDrawing(t *testing.T) {
	plain := sheetOf(300, whitePaper)
	twoRings(pen{plain, .8, blackInk})
	if plain.Clean(300) != plain {
		t.Error("a black drawing that fills white paper was changed")
	}
	red := [3]byte{220, 30, 30}
	for name, make := range map[string]func() *Picture{
		"light ink on dark paper": func() *Picture {
			p := sheetOf(300, [3]byte{20, 30, 60})
			twoRings(pen{p, .8, [3]byte{240, 240, 230}})
			return p
		},
		"a shadow across noisy paper": func() *Picture {
			p := sheetOf(300, whitePaper)
			twoRings(pen{p, .8, [3]byte{40, 40, 40}})
			random := rand.New(rand.NewPCG(1, 1))
			for i := range p.Pix {
				light := .4 + .5*float64(i/3%300)/300
				p.Pix[i] = byte(max(0, min(255, light*float64(p.Pix[i])+4*random.NormFloat64())))
			}
			return p
		},
		"pale pencil": func() *Picture {
			p := sheetOf(300, whitePaper)
			twoRings(pen{p, .8, [3]byte{190, 190, 190}})
			return p
		},
		"ruled paper with a margin": func() *Picture {
			p := sheetOf(300, [3]byte{250, 250, 225})
			for y := 10.0; y < 300; y += 22 {
				pen{p, .5, [3]byte{150, 150, 220}}.line(0, y, 299, y)
			}
			pen{p, .5, [3]byte{240, 120, 120}}.line(12, 0, 12, 299)
			twoRings(pen{p, .8, blackInk})
			return p
		},
		"a frame": func() *Picture {
			p := sheetOf(300, whitePaper)
			for _, at := range []float64{3, 296} {
				pen{p, .8, blackInk}.line(at, 3, at, 296)
				pen{p, .8, blackInk}.line(3, at, 296, at)
			}
			twoRings(pen{p, .8, blackInk})
			return p
		},
		"a red loop around a part": func() *Picture {
			p := sheetOf(300, whitePaper)
			pen{p, 1, red}.polygon(110, 140, 55, 40, 60)
			twoRings(pen{p, .8, blackInk})
			return p
		},
		"a highlighted part": func() *Picture {
			p := sheetOf(300, whitePaper)
			pen{p, 45, [3]byte{255, 240, 110}}.line(70, 140, 190, 160)
			twoRings(pen{p, .8, blackInk})
			return p
		},
		"circles in aromatic rings": func() *Picture {
			p := sheetOf(300, whitePaper)
			twoRings(pen{p, .8, blackInk})
			pen{p, .8, blackInk}.polygon(75, 150, 36, 36, 60)
			return p
		},
		"circles that touch their rings": func() *Picture {
			p := sheetOf(300, whitePaper)
			twoRings(pen{p, .8, blackInk})
			pen{p, .8, blackInk}.polygon(75, 150, 58, 52, 60)
			return p
		},
		"a crumpled sheet": func() *Picture {
			p := sheetOf(300, whitePaper)
			twoRings(pen{p, .8, blackInk})
			for y := range 300 {
				for x := range 300 {
					shade := 1.
					switch {
					case x+2*y < 260:
						shade = .72
					case 3*x-y > 640:
						shade = .86
					case y > 250 && x < 120:
						shade = .65
					}
					for c := range 3 {
						i := 3*(300*y+x) + c
						p.Pix[i] = byte(shade * float64(p.Pix[i]))
					}
				}
			}
			return p
		},
		"a sheet on a desk": func() *Picture {
			p, desk := sheetOf(300, [3]byte{235, 230, 215}), sheetOf(700, whitePaper)
			twoRings(pen{p, .8, blackInk})
			random := rand.New(rand.NewPCG(1, 1))
			for i := range desk.Pix { // wood, with its grain
				desk.Pix[i] = byte(70 + 25*math.Sin(float64(i/2100)/3) + float64(random.IntN(20)))
			}
			for y := range 500 {
				for x := range 480 {
					at := 3 * ((y+90)*700 + x + 100)
					copy(desk.Pix[at:], []byte{235, 230, 215})
					if px, py := x-90, y-110; px >= 0 && py >= 0 && px < 300 && py < 300 {
						copy(desk.Pix[at:], p.Pix[3*(300*py+px):][:3])
					}
				}
			}
			return desk
		},
		"small on a large sheet": func() *Picture {
			p, large := sheetOf(300, whitePaper), sheetOf(700, whitePaper)
			twoRings(pen{p, .8, blackInk})
			for y := range 300 {
				copy(large.Pix[3*((y+330)*700+50):], p.Pix[3*300*y:3*300*(y+1)])
			}
			return large
		},
	} {
		got := make().Clean(300)
		if got.Width != 300 || got.Height != 300 {
			t.Fatalf("%s: %d×%d pixels", name, got.Width, got.Height)
		}
		if share := agreement(plain.Clean(300), got); share < .9 {
			t.Errorf("%s: only %.2f of the ink agrees with the plain drawing", name, share)
		}
	}
}

// TestCleanKeepsColouredStructures: bonds of one colour are no loop that
// somebody drew, and a ring of coloured atoms is small.
func TestCleanKeepsColouredStructures(t *testing.T) {
	plain := sheetOf(300, whitePaper)
	twoRings(pen{plain, .8, blackInk})
	for _, ink := range [][3]byte{{0, 0, 200}, {20, 30, 95}, {110, 40, 40}} {
		p := sheetOf(300, whitePaper)
		twoRings(pen{p, 1.6, [3]byte{ink[0] + 60, ink[1] + 60, ink[2] + 50}}) // soft edges
		twoRings(pen{p, .8, ink})
		if share := agreement(plain, p.Clean(300)); share < .99 {
			t.Errorf("of a drawing in %v %.2f is left", ink, share)
		}
	}
}

// TestCleanTakesAnyPicture of any size and content.
func TestCleanTakesAnyPicture(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, size := range [][2]int{{1, 1}, {1, 40}, {3, 2}, {300, 9}, {7, 1200}, {64, 64}, {1000, 1000}} {
		for _, ink := range []int{1, 8, 256} {
			p := &Picture{Width: size[0], Height: size[1], Pix: make([]byte, 3*size[0]*size[1])}
			for i := range p.Pix {
				p.Pix[i] = byte(random.IntN(ink) * 255 / max(1, ink-1))
			}
			before := string(p.Pix)
			if got := p.Clean(50); got.Width != 50 || got.Height != 50 || len(got.Pix) != 3*50*50 {
				t.Errorf("%v became %d×%d", size, got.Width, got.Height)
			}
			if string(p.Pix) != before {
				t.Errorf("%v: the picture that came in was changed", size)
			}
		}
	}
}

// BenchmarkClean on the notebook's drawings: one of them an operation.
func BenchmarkClean(b *testing.B) {
	all := originals(b)
	n := 0
	for b.Loop() {
		all[n%len(all)].Clean(300)
		n++
	}
}

// TestVaryKeepsTheDrawing: the same numbers give the same picture, which has as
// many enclosed regions as before and all of its ink on the sheet.
func TestVaryKeepsTheDrawing(t *testing.T) {
	p := sheetOf(300, whitePaper)
	twoRings(pen{p, 1.5, blackInk})
	before := string(p.Pix)
	for seed := range uint64(40) {
		got := p.Vary(rand.New(rand.NewPCG(seed, 1)))
		again := p.Vary(rand.New(rand.NewPCG(seed, 1)))
		if string(got.Pix) != string(again.Pix) {
			t.Fatalf("seed %d: two pictures", seed)
		}
		s := newSheet(got)
		s.darken()
		paper := 0
		everything := make([]int32, 300*300)
		for i := range everything {
			everything[i] = int32(i)
		}
		for _, b := range s.join(everything, 1, func(i int) byte {
			if s.dark[i] < s.least {
				return 1
			}
			return 0
		}) {
			if len(b.pixels) > 100 {
				paper++
			}
		}
		if left, right, top, bottom := s.inkBox(); paper != 3 || left < 3 || top < 3 || right > 296 || bottom > 296 {
			t.Errorf("seed %d: %d regions, ink from %d,%d to %d,%d", seed, paper, left, top, right, bottom)
		}
	}
	if string(p.Pix) != before {
		t.Error("the picture itself was changed")
	}
}

// What Clean cuts out knows where it came from, so that a place of the picture
// can be found in it.
func TestCleanSaysWhereItCut(t *testing.T) {
	p := &Picture{Width: 400, Height: 200, Pix: bytes.Repeat([]byte{255}, 3*400*200)}
	box := func(x, y, size int) { // a drawing of one square
		for i := range size {
			for _, at := range [][2]int{{x + i, y}, {x + i, y + size - 1}, {x, y + i}, {x + size - 1, y + i}} {
				copy(p.Pix[3*(at[1]*400+at[0]):], []byte{0, 0, 0})
			}
		}
	}
	box(220, 40, 81) // its middle is at (260, 80)
	cleaned := p.Clean(300)
	x, y := cleaned.Cut.Place(260.5/400, 80.5/200)
	if math.Abs(x-.5) > .01 || math.Abs(y-.5) > .01 {
		t.Errorf("the middle of the drawing lies at %.3f, %.3f of what was cut out, want .5, .5", x, y)
	}
	if x, y := (Cut{}).Place(.2, .7); x != .2 || y != .7 {
		t.Errorf("a place of an uncut picture moves to %v, %v", x, y)
	}
}

func BenchmarkVary(b *testing.B) {
	p := sheetOf(300, whitePaper)
	twoRings(pen{p, .8, blackInk})
	random := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		p.Vary(random)
	}
}
