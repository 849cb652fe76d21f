package picture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// sheets are ways in which a drawing reaches Clean.
var sheets = []struct {
	name string
	lay  func(p *Picture, random *rand.Rand) *Picture
}{
	{"as it is", func(p *Picture, _ *rand.Rand) *Picture { return p }},
	{"white on black", eachByte(func(v byte, _ *rand.Rand) byte { return 255 - v })},
	{"on grey paper", eachByte(func(v byte, _ *rand.Rand) byte { return v - v/5 })},
	{"noisy", eachByte(func(v byte, random *rand.Rand) byte {
		return byte(max(0, min(255, int(v)+random.IntN(19)-9)))
	})},
	{"in pencil", eachByte(func(v byte, _ *rand.Rand) byte { return 140 + v/255*115 })},
	{"large", func(p *Picture, _ *rand.Rand) *Picture { return p.Resize(2*p.Width, 2*p.Height+13) }},
	{"small", func(p *Picture, _ *rand.Rand) *Picture { return p.Resize(p.Width/3, p.Height/3) }},
	{"with a loop and an area", func(p *Picture, _ *rand.Rand) *Picture {
		c := p.copied()
		w, h := float64(p.Width), float64(p.Height)
		pen{c, w / 8, [3]byte{255, 240, 110}}.line(w*.3, h*.5, w*.6, h*.5)
		for i, v := range p.Pix { // the area lies under the drawing
			c.Pix[i] = min(c.Pix[i], v)
		}
		pen{c, 1, [3]byte{220, 30, 30}}.polygon(w*.4, h*.4, w*.2, h*.15, 60)
		return c
	}},
	{"in a frame, with a circle", func(p *Picture, _ *rand.Rand) *Picture {
		c := p.copied()
		w, h := float64(p.Width), float64(p.Height)
		q := pen{c, .8, blackInk}
		q.polygon(w*.5, h*.5, w*.2, w*.2, 6)
		q.polygon(w*.5, h*.5, w*.11, w*.11, 60)
		q.line(3, 3, 3, h-4)
		q.line(3, 3, w-4, 3)
		return c
	}},
}

func (p *Picture) copied() *Picture {
	return &Picture{Width: p.Width, Height: p.Height, Pix: bytes.Clone(p.Pix)}
}

func eachByte(change func(v byte, random *rand.Rand) byte) func(*Picture, *rand.Rand) *Picture {
	return func(p *Picture, random *rand.Rand) *Picture {
		c := p.copied()
		for i, v := range c.Pix {
			c.Pix[i] = change(v, random)
		}
		return c
	}
}

// originals reads every third of the notebook's pictures.
func originals(t testing.TB) (all []*Picture) {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/original/images/*.png")
	if err != nil || len(paths) != 100 {
		t.Fatalf("%d pictures, %v", len(paths), err)
	}
	for i := 0; i < len(paths); i += 3 {
		file, err := os.ReadFile(paths[i])
		if err != nil {
			t.Fatal(err)
		}
		p, err := Decode(file, DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// The models in the binary were trained on these pixels: whoever makes Clean or
// Vary faster may not change one. Vary computes with math.Exp, which does not
// have the same last bit on every CPU.
func TestCleanAndVaryKeepEachBit(t *testing.T) {
	cleaned, varied := sha256.New(), sha256.New()
	random := rand.New(rand.NewPCG(1, 2))
	for i, p := range originals(t) {
		c := sheets[i%len(sheets)].lay(p, random).Clean(300)
		cleaned.Write(c.Pix)
		varied.Write(c.Vary(random).Pix)
	}
	for name, hash := range map[string]struct{ got, want string }{
		"Clean": {hex.EncodeToString(cleaned.Sum(nil)), "c41ceacf73deeed5703224cfd3a2f40e89b13e6be842747863b7d8fdf8b8befb"},
		"Vary":  {hex.EncodeToString(varied.Sum(nil)), "6964cee9116832f10dab894f66d28e9e7d7303f8f734e720aa07a12fe4267432"},
	} {
		if hash.got != hash.want && (name == "Clean" || runtime.GOARCH == "amd64") {
			t.Errorf("%s returns other pixels: their hash is %s, was %s", name, hash.got, hash.want)
		}
	}
}

// dotted is a white sheet on which up to five bytes are others.
func dotted(random *rand.Rand, width, height int) *Picture {
	p := whiteSheet(width, height)
	for range random.IntN(6) {
		p.Pix[random.IntN(len(p.Pix))] = byte(random.IntN(256))
	}
	return p
}

func TestMarkedLeavesOutWhiteOnly(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p := dotted(random, 1+random.IntN(40), 1+random.IntN(12))
		marked, end, most := make([]bool, p.Width*p.Height), -1, 0
		for _, m := range p.Marked() {
			if m.From <= end || m.To <= m.From {
				t.Fatalf("stretches %v", p.Marked())
			}
			for i := m.From; i < m.To; i++ {
				marked[i] = true
			}
			end, most = m.To, most+m.To-m.From
		}
		inked := 0
		for i := range marked {
			if p.Pix[3*i]&p.Pix[3*i+1]&p.Pix[3*i+2] == 255 {
				continue
			}
			if inked++; !marked[i] {
				t.Fatalf("%d×%d: pixel %d is not white and not in %v", p.Width, p.Height, i, p.Marked())
			}
		}
		if most > 8*inked+8 {
			t.Fatalf("%d pixels are marked for %d", most, inked)
		}
	}
}

// TestSampleIsTheColourBetween compares with interpolation in floats, at each
// place of small pictures and around them.
func TestSampleIsTheColourBetween(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		p := dotted(random, 1+random.IntN(7), 1+random.IntN(7))
		at := func(x, y, c int) float64 {
			if x < 0 || y < 0 || x >= p.Width || y >= p.Height {
				return 255
			}
			return float64(p.Pix[3*(y*p.Width+x)+c])
		}
		inked := p.squaresOfInk(p.Marked())
		for range 50 {
			x, y := float64(random.IntN(12*256)-512)/256, float64(random.IntN(12*256)-512)/256
			got := []byte{255, 255, 255}
			p.sample(x, y, &inked, got)
			ix, iy := int(math.Floor(x)), int(math.Floor(y))
			fx, fy := x-math.Floor(x), y-math.Floor(y)
			for c := range 3 {
				want := (at(ix, iy, c)*(1-fx)+at(ix+1, iy, c)*fx)*(1-fy) + (at(ix, iy+1, c)*(1-fx)+at(ix+1, iy+1, c)*fx)*fy
				if got[c] != byte(want) {
					t.Fatalf("at %v, %v of %v: %d, want %v", x, y, p, got[c], want)
				}
			}
		}
	}
}

// TestPiecesAreWhatHangsTogether compares with joining pairs until nothing
// changes.
func TestPiecesAreWhatHangsTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		s := &sheet{w: 1 + random.IntN(12), h: 1 + random.IntN(12)}
		reach := 1 + random.IntN(3)
		kinds, label := make([]byte, s.w*s.h), make([]int, s.w*s.h)
		var pixels []int32
		for i := range kinds {
			kinds[i], label[i] = byte(max(0, random.IntN(6)-3)), i
			if kinds[i] > 0 || random.IntN(2) == 0 {
				pixels = append(pixels, int32(i))
			}
		}
		for changed := true; changed; {
			changed = false
			for i, k := range kinds {
				for j, other := range kinds {
					near := max(i%s.w-j%s.w, j%s.w-i%s.w, i/s.w-j/s.w, j/s.w-i/s.w) <= reach
					if k != 0 && k == other && near && label[j] > label[i] {
						label[j], changed = label[i], true
					}
				}
			}
		}
		sizes := make(map[int]int) // by first pixel
		for i, k := range kinds {
			if k != 0 {
				sizes[label[i]]++
			}
		}
		found := s.join(pixels, reach, func(i int) byte { return kinds[i] })
		if len(found) != len(sizes) {
			t.Fatalf("%d pieces, want %d", len(found), len(sizes))
		}
		for n, b := range found {
			if first := int(b.pixels[0]); len(b.pixels) != sizes[first] || n > 0 && b.pixels[0] < found[n-1].pixels[0] {
				t.Fatalf("piece %d at %d has %d pixels, want %d", n, first, len(b.pixels), sizes[first])
			}
			for _, i := range b.pixels {
				x, y := int(i)%s.w, int(i)/s.w
				if label[i] != int(b.pixels[0]) || x < b.left || x > b.right || y < b.top || y > b.bottom {
					t.Fatalf("pixel %d is in piece %+v", i, b)
				}
			}
		}
	}
}
