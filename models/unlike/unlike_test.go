package unlike

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ringlab/data/picture"
)

// opened reads the pictures under a folder, by path.
func opened(t testing.TB, dir string) map[string]*picture.Picture {
	t.Helper()
	pictures := make(map[string]*picture.Picture)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".png" {
			return err
		}
		file, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		pictures[path], err = picture.Decode(file, picture.DefaultLimits)
		return err
	})
	if err != nil || len(pictures) == 0 {
		t.Fatalf("%d pictures under %s (%v)", len(pictures), dir, err)
	}
	return pictures
}

func drawings(t testing.TB) map[string]*picture.Picture {
	t.Helper()
	return opened(t, "../../testdata/original/images")
}

// changed returns the picture with each byte changed.
func changed(p *picture.Picture, change func(v byte) byte) *picture.Picture {
	c := &picture.Picture{Width: p.Width, Height: p.Height, Pix: slices.Clone(p.Pix)}
	for i, v := range c.Pix {
		c.Pix[i] = change(v)
	}
	return c
}

// The pictures come from programs and photographs that the forest has not seen.
// One of a kind may be missed.
func TestEachKindOfOtherPictureIsFound(t *testing.T) {
	for _, kind := range Kinds() {
		missed := 0
		all := opened(t, filepath.Join("testdata", kind))
		for path, p := range all {
			if v := Judge(p); v.Score <= Threshold {
				missed++
				t.Logf("%s: %+v", path, v)
			}
		}
		if missed > 1 || len(all) != 8 {
			t.Errorf("%s: %d of %d are taken for drawings", kind, missed, len(all))
		}
	}
}

func TestDrawingsAreNotUnlikeHoweverTheyAreShown(t *testing.T) {
	for how, change := range map[string]func(p *picture.Picture) *picture.Picture{
		"as drawn":       func(p *picture.Picture) *picture.Picture { return p },
		"half as large":  func(p *picture.Picture) *picture.Picture { return p.Resize(p.Width/2+40, p.Height/2+40) },
		"white on black": func(p *picture.Picture) *picture.Picture { return changed(p, func(v byte) byte { return 255 - v }) },
		"on grey paper":  func(p *picture.Picture) *picture.Picture { return changed(p, func(v byte) byte { return v - v/5 }) },
		"on its side":    sideways,
	} {
		unlike := 0
		for path, p := range drawings(t) {
			if v := Judge(change(p)); v.Score > Threshold {
				unlike++
				t.Logf("%s, %s: %+v", path, how, v)
			}
		}
		if unlike > 1 {
			t.Errorf("%s: %d of 100 drawings are called unlike", how, unlike)
		}
	}
}

func sideways(p *picture.Picture) *picture.Picture {
	turned := &picture.Picture{Width: p.Height, Height: p.Width, Pix: make([]byte, 0, len(p.Pix))}
	for y := range p.Width {
		for x := range p.Height {
			i := 3 * (x*p.Width + p.Width - 1 - y)
			turned.Pix = append(turned.Pix, p.Pix[i:i+3]...)
		}
	}
	return turned
}

func TestAnyPictureHasFiniteFeatures(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 300}, {300, 1}, {2, 2}, {24, 25}, {26, 26}, {4096, 3}} {
		for name, fill := range map[string]func(i int) byte{
			"white": func(int) byte { return 255 },
			"black": func(int) byte { return 0 },
			"dots":  func(i int) byte { return byte(255 * (i / 3 % 2)) },
			"noise": func(i int) byte { return byte(i * i * 2654435761 >> 7) },
		} {
			t.Run(fmt.Sprintf("%s %dx%d", name, size[0], size[1]), func(t *testing.T) {
				p := &picture.Picture{Width: size[0], Height: size[1], Pix: make([]byte, 3*size[0]*size[1])}
				for i := range p.Pix {
					p.Pix[i] = fill(i)
				}
				values := Measure(p)
				if len(values) != len(Names()) {
					t.Fatalf("%d features, %d names", len(values), len(Names()))
				}
				for i, v := range values {
					if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
						t.Errorf("%s is %v", Names()[i], v)
					}
				}
				if v := Judge(p); v != Judge(p) || v.Score < 0 || v.Score > 1 {
					t.Errorf("verdict %+v", v)
				}
			})
		}
	}
}

func TestFeatureNamesAreUnique(t *testing.T) {
	names := slices.Sorted(slices.Values(Names()))
	if unique := slices.Compact(slices.Clone(names)); len(unique) != len(names) {
		t.Errorf("%d names, %d of them different", len(names), len(unique))
	}
}

// A cross of two strokes on 21x21 pixels, drawn by hand: four ends, one
// junction with four arms, straight through and square.
func TestStrokesOfACross(t *testing.T) {
	p := &picture.Picture{Width: 21, Height: 21, Pix: make([]byte, 3*21*21)}
	for i := range 21 * 21 {
		v := byte(255)
		if x, y := i%21, i/21; (x == 10 || y == 10) && min(x, y) >= 2 && max(x, y) <= 18 {
			v = 0
		}
		p.Pix[3*i], p.Pix[3*i+1], p.Pix[3*i+2] = v, v, v
	}
	s := newSheet(p)
	if s.inked != 33 || s.extent != 17 || s.rulings != 0 {
		t.Errorf("%d pixels of ink, extent %v, %d rulings", s.inked, s.extent, s.rulings)
	}
	drawn := s.findStrokes()
	if len(drawn.ends) != 4 || len(drawn.junctions) != 1 || len(drawn.segments) != 4 || len(drawn.junctions[0].arms) != 4 {
		t.Errorf("%d ends, %d segments, junctions %v", len(drawn.ends), len(drawn.segments), drawn.junctions)
	}
	if pieces, holes := s.pieces(true), s.holes(); len(pieces) != 1 || len(holes) != 0 {
		t.Errorf("pieces %v, holes %v", pieces, holes)
	}
}

func TestLettersStandInLines(t *testing.T) {
	letter := func(left, top int) piece {
		return piece{left: left, right: left + 5, top: top, bottom: top + 9, pixels: 30}
	}
	lengths := lines([]piece{letter(10, 50), letter(0, 0), letter(8, 1), letter(16, 0), letter(60, 0)})
	slices.Sort(lengths)
	if want := []int{1, 1, 3, 3, 3}; !slices.Equal(lengths, want) {
		t.Errorf("lines of %v letters, want %v", lengths, want)
	}
}

// go test -run '^$' -bench Judge ./models/unlike
func BenchmarkJudge(b *testing.B) {
	var all []*picture.Picture
	for _, p := range drawings(b) {
		all = append(all, p)
	}
	Forest()
	i := 0
	for b.Loop() {
		Judge(all[i%len(all)])
		i++
	}
}
