package models

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"ringlab/data/picture"
)

// originals are the replaced demo's pictures.
func originals(t testing.TB) []*picture.Picture {
	t.Helper()
	files, err := filepath.Glob("../testdata/original/images/*.png")
	if err != nil || len(files) != 100 {
		t.Fatalf("%d pictures in testdata/original, want 100 (%v)", len(files), err)
	}
	pictures := make([]*picture.Picture, len(files))
	for i, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if pictures[i], err = picture.Decode(file, picture.DefaultLimits); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return pictures
}

func appearanceOf(t testing.TB, pictures []*picture.Picture) appearance {
	t.Helper()
	seen := make([]looks, len(pictures))
	for i, p := range pictures {
		seen[i] = look(p)
	}
	return spans(seen)
}

// paint makes a grey picture from how light each of its pixels is.
func paint(light func(x, y int) int) *picture.Picture {
	const side = 300
	p := &picture.Picture{Width: side, Height: side, Pix: make([]byte, 0, 3*side*side)}
	for i := range side * side {
		v := byte(min(max(light(i%side, i/side), 0), 255))
		p.Pix = append(p.Pix, v, v, v)
	}
	return p
}

// redraw changes each byte of a picture.
func redraw(p *picture.Picture, change func(v byte) byte) *picture.Picture {
	changed := &picture.Picture{Width: p.Width, Height: p.Height, Pix: make([]byte, len(p.Pix))}
	for i, v := range p.Pix {
		changed.Pix[i] = change(v)
	}
	return changed
}

func TestDrawingsAppearUsual(t *testing.T) {
	all := originals(t)
	usual := appearanceOf(t, all[:60])
	noise := rand.New(rand.NewPCG(3, 5))
	for style, change := range map[string]func(v byte) byte{
		"as drawn":       func(v byte) byte { return v },
		"white on black": func(v byte) byte { return 255 - v },
		"on grey paper":  func(v byte) byte { return v - v/6 },
		"on noisy paper": func(v byte) byte {
			return byte(min(max(int(v)-15+int(6*noise.NormFloat64()), 0), 255))
		},
	} {
		flagged := 0
		for _, p := range all {
			if usual.unlike(look(redraw(p, change))) {
				flagged++
			}
		}
		if flagged > 1 {
			t.Errorf("%s: %d of 100 drawings are called unlike", style, flagged)
		}
	}
}

func TestWhatIsNoDrawingAppearsUnusual(t *testing.T) {
	usual := appearanceOf(t, originals(t)[:60])
	noise := rand.New(rand.NewPCG(3, 5))
	for name, light := range map[string]func(x, y int) int{
		"white sheet":  func(_, _ int) int { return 255 },
		"black sheet":  func(_, _ int) int { return 0 },
		"grey sheet":   func(_, _ int) int { return 128 },
		"noise":        func(_, _ int) int { return noise.IntN(256) },
		"salt, pepper": func(_, _ int) int { return 255 * noise.IntN(2) },
		"slope":        func(x, _ int) int { return x * 255 / 299 },
		"stripes":      func(x, _ int) int { return 255 * (x / 20 % 2) },
		"soft blobs, as a photograph has": func(x, y int) int {
			return 120 + (x*x/300-y)%90 + (y*y/200+x)%60 + int(8*noise.NormFloat64())
		},
		"one dot": func(x, y int) int {
			if (x-150)*(x-150)+(y-150)*(y-150) < 40 {
				return 0
			}
			return 255
		},
		"page of text": func(x, y int) int {
			// Letters of 6x8 pixels with gaps, in 20 lines.
			if x%9 < 6 && y%14 < 8 && (x%9 == 0 || y%14 == 4 || (x*7/9+y/14)%3 == 0 && y%14 == 7) {
				return 20
			}
			return 255
		},
	} {
		if l := look(paint(light)); !usual.unlike(l) {
			t.Errorf("%s: not called unlike; measures %.3f, distance %.2f", name, l, usual.distance(l))
		}
	}
}

// Counted by hand on 7x5 pixels: two pieces, one of them a block of 5x5.
func TestLookCountsInk(t *testing.T) {
	const width, height = 7, 5
	dark := make([]uint8, width*height)
	for y := range height {
		for x := range 5 {
			dark[y*width+x] = 200
		}
	}
	dark[6] = 200
	if pieces, extent := inkPieces(dark, width, height, 100); pieces != 2 || extent != 7 {
		t.Errorf("%d pieces, extent %d; want 2 and 7", pieces, extent)
	}
	if solid := solidPixels(dark, width, height, 100); solid != 1 {
		t.Errorf("%d solid pixels, want 1", solid)
	}
	dark[2*width+2] = 0
	if solid := solidPixels(dark, width, height, 100); solid != 0 {
		t.Errorf("with a hole: %d solid pixels, want 0", solid)
	}
}

func TestLookOfTheSmallestPictures(t *testing.T) {
	for _, side := range []int{1, 2, 4, 5} {
		p := &picture.Picture{Width: side, Height: 1, Pix: make([]byte, 3*side)}
		usual := appearanceOf(t, []*picture.Picture{p})
		if usual.unlike(look(p)) {
			t.Errorf("%d×1 pixels: unlike itself", side)
		}
	}
}

// go test -run '^$' -bench Look ./models
func BenchmarkLook(b *testing.B) {
	p := originals(b)[0]
	for b.Loop() {
		look(p)
	}
}
