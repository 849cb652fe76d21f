package models

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"

	"ringlab/data/picture"
)

// squaresDrawing has closed squares of 60 pixels, as many as asked for, on
// white paper.
func squaresDrawing(n int) *picture.Picture {
	const side = 300
	p := &picture.Picture{Width: side, Height: side, Pix: make([]byte, 3*side*side)}
	for i := range p.Pix {
		p.Pix[i] = 255
	}
	for k := range n {
		frame := image.Rect(0, 0, 60, 60).Add(image.Pt(15+k%4*68, 15+k/4*68))
		inner := frame.Inset(3)
		for y := frame.Min.Y; y < frame.Max.Y; y++ {
			for x := frame.Min.X; x < frame.Max.X; x++ {
				if !image.Pt(x, y).In(inner) {
					copy(p.Pix[3*(y*side+x):], []byte{0, 0, 0})
				}
			}
		}
	}
	return p
}

func sampleOf(p *picture.Picture, label int) Sample {
	return Sample{Label: label, Load: func(context.Context) (*picture.Picture, error) { return p, nil }}
}

// squareCounter is a model of any preset that has learned to count squares.
func squareCounter(t *testing.T, preset string, set map[string]string) *Model {
	t.Helper()
	p, err := PresetByName(preset)
	if err != nil {
		t.Fatal(err)
	}
	var train []Sample
	for i := range 24 {
		train = append(train, sampleOf(squaresDrawing(i%8), i%8))
	}
	m, err := Train(t.Context(), quickConfig(t, p, set), train, nil, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheRegionsOfTreesAreThoseTheyCounted(t *testing.T) {
	m := squareCounter(t, "trees", nil)
	for n := range 8 {
		e, err := m.Explain(t.Context(), squaresDrawing(n), WithRegions|WithMap)
		if err != nil {
			t.Fatal(err)
		}
		r := e.Regions
		if r == nil || e.Map != nil {
			t.Fatalf("regions %v, map %v: trees have the one", r, e.Map)
		}
		if e.Prediction.Label != n || r.Counted != int(r.Question.Value) {
			t.Errorf("%d squares: answer %d, %d regions counted, the trees read %v", n, e.Prediction.Label, r.Counted, r.Question.Value)
		}
		for i, region := range r.All {
			if region.X < 0 || region.Y < 0 || region.X >= e.Drawing.Width || region.Y >= e.Drawing.Height {
				t.Errorf("region at %d, %d", region.X, region.Y)
			}
			if r.of[region.Y*e.Drawing.Width+region.X] != int32(i) {
				t.Errorf("the mark of region %d lies outside of it", i)
			}
			if counted := region.Area >= r.Least; counted != (i < r.Counted) {
				t.Errorf("region %d of %v pixels, least %v, counted: %v", i, region.Area, r.Least, i < r.Counted)
			}
		}
		if marks := r.Marks(); len(marks) != r.Counted {
			t.Errorf("%d marks for %d regions", len(marks), r.Counted)
		}
	}
}

// countingDarkness counts by the ink in the lower half alone: a network whose
// map is known.
type countingDarkness struct{}

func (countingDarkness) networkLabels() []int { return []int{0, 4} }

func (countingDarkness) networkShares(p *picture.Picture) ([]float64, error) {
	dark := 0
	for _, v := range p.Pix[3*p.Width*(p.Height/2):] {
		if v < 128 {
			dark++
		}
	}
	share := min(1, float64(dark)/2000)
	return []float64{1 - share, share}, nil
}

func TestAMapMarksWhatTheNetworkDependsOn(t *testing.T) {
	// One square above, which does not matter, and one below.
	p := squaresDrawing(1)
	for y := 200; y < 230; y++ {
		for x := 200; x < 230; x++ {
			copy(p.Pix[3*(y*p.Width+x):], []byte{0, 0, 0})
		}
	}
	m, err := newMap(t.Context(), countingDarkness{}, p)
	if err != nil {
		t.Fatal(err)
	}
	if m.Count != 4 || len(m.Spots) == 0 {
		t.Fatalf("count %v, spots %v", m.Count, m.Spots)
	}
	for _, s := range m.Spots {
		if !image.Pt(s.X, s.Y).In(image.Rect(200, 200, 230, 230).Inset(-m.Patch)) || s.Change >= 0 {
			t.Errorf("spot %+v is not on the lower square", s)
		}
	}
	if before, on := m.change[16*p.Width+30], m.change[215*p.Width+215]; before != 0 || !(on < -.3) {
		t.Errorf("covering the upper square changes %v, the lower one %v", before, on)
	}
}

func TestEachFamilyHasItsExplanation(t *testing.T) {
	for preset, wanted := range map[string][2]bool{"trees": {true, false}, "fast": {true, true}} {
		m := squareCounter(t, preset, map[string]string{})
		e, err := m.Explain(t.Context(), squaresDrawing(3).Resize(200, 150), WithRegions|WithMap)
		if err != nil {
			t.Fatal(err)
		}
		if (e.Regions != nil) != wanted[0] || (e.Map != nil) != wanted[1] {
			t.Errorf("%s: regions %v, map %v", preset, e.Regions != nil, e.Map != nil)
		}
		if has := m.Explains(); has&WithRegions != 0 != wanted[0] || has&WithMap != 0 != wanted[1] {
			t.Errorf("%s says that it explains %b", preset, has)
		}
		bare, err := e.Bare()
		if err != nil || bare.Width != explanationSide || bare.Height != explanationSide {
			t.Errorf("%s: %v, %d×%d pixels without words", preset, err, bare.Width, bare.Height)
		}
		drawn, err := e.Picture()
		if err != nil {
			t.Fatal(err)
		}
		panels := 1
		if wanted[1] {
			panels++
		}
		if drawn.Width != panels*explanationSide || drawn.Height <= explanationSide || drawn.Height > 2*explanationSide {
			t.Errorf("%s: drawn on %d×%d pixels", preset, drawn.Width, drawn.Height)
		}
	}
	if _, err := squareCounter(t, "trees", nil).Explain(t.Context(), squaresDrawing(1), WithMap); !errors.Is(err, ErrNoExplanation) {
		t.Errorf("a map of trees: %v, want ErrNoExplanation", err)
	}
}

// TestAnyPictureIsExplainedInBounds has more than a thousand regions, and none.
func TestAnyPictureIsExplainedInBounds(t *testing.T) {
	m := squareCounter(t, "trees", nil)
	for name, p := range map[string]*picture.Picture{
		"blank": squaresDrawing(0), "one pixel": {Width: 1, Height: 1, Pix: []byte{9, 9, 9}}, "grid": gridDrawing(),
	} {
		e, err := m.Explain(t.Context(), p, WithRegions)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n := len(e.Details().Regions.Regions); n > mostRegionsTold {
			t.Errorf("%s: %d regions told", name, n)
		}
		if _, err := e.Picture(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		e.Regions.Tinted(e.Drawing)
	}
}

func gridDrawing() *picture.Picture {
	p := squaresDrawing(0)
	for i := range p.Width * p.Height {
		if i%p.Width%8 == 0 || i/p.Width%8 == 0 {
			copy(p.Pix[3*i:], []byte{0, 0, 0})
		}
	}
	return p
}

// TestNumbersStandOnTheDrawing holds that colour is not the only sign.
func TestNumbersStandOnTheDrawing(t *testing.T) {
	m := squareCounter(t, "trees", nil)
	e, err := m.Explain(t.Context(), squaresDrawing(2), WithRegions)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := e.Picture()
	if err != nil {
		t.Fatal(err)
	}
	for i, mark := range e.Regions.Marks() {
		found := false
		for y := 2*mark.Y - 15; y < 2*mark.Y+15; y++ {
			for x := 2*mark.X - 15; x < 2*mark.X+15; x++ {
				pixel := drawn.Pix[3*(y*drawn.Width+x):][:3]
				found = found || color.RGBA{pixel[0], pixel[1], pixel[2], 255} == countedColour
			}
		}
		if !found {
			t.Errorf("number %d is not on its region", i+1)
		}
	}
}
