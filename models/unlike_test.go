package models

import (
	"context"
	"math"
	"testing"

	"ringlab/data/picture"
	"ringlab/models/unlike"
)

func usualOf(t testing.TB, pictures []*picture.Picture) usual {
	t.Helper()
	samples := make([]Sample, len(pictures))
	for i, p := range pictures {
		samples[i].Load = func(context.Context) (*picture.Picture, error) { return p, nil }
	}
	u, err := learnUsual(t.Context(), samples, nil, 300, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// side brings a picture to the side that models get here.
func side300(t testing.TB, p *picture.Picture) *picture.Picture {
	t.Helper()
	prepared, err := prepare(p, 300)
	if err != nil {
		t.Fatal(err)
	}
	return prepared
}

func TestAModelOfDrawingsCallsOnlyOtherPicturesUnlike(t *testing.T) {
	all := originals(t)
	u := usualOf(t, all[:60])
	if u.above != unlike.Threshold {
		t.Errorf("over %v, want the detector's own threshold for pictures that it knows", u.above)
	}
	flagged := 0
	for _, p := range all[60:] {
		if is, v := u.verdict(p, side300(t, p)); is || v.Kind != "" {
			flagged++
		}
	}
	if flagged > 0 {
		t.Errorf("%d of 40 drawings are called unlike", flagged)
	}
	white := paint(func(_, _ int) int { return 255 })
	if is, v := u.verdict(white, white); !is || v.Kind == "" {
		t.Errorf("a white sheet: %v, %+v", is, v)
	}
	// Wide as it is, the picture is judged before paper is laid around it.
	cut := &picture.Picture{Width: 300, Height: 130, Pix: all[0].Pix[:3*300*130]}
	if is, v := u.verdict(cut, side300(t, cut)); !is || v.Kind != "cut" {
		t.Errorf("half a drawing: %v, %+v", is, v)
	}
}

// To the detector, stripes are noise. To a model of stripes they are usual.
func TestAModelOfOtherPicturesGoesByTheirAppearance(t *testing.T) {
	var stripes []*picture.Picture
	for width := range 30 {
		stripes = append(stripes, paint(func(x, _ int) int { return 255 * (x / (width + 5) % 2) }))
	}
	u := usualOf(t, stripes)
	if u.above != 1 {
		t.Fatalf("over %v, want 1", u.above)
	}
	for i, p := range stripes {
		if is, _ := u.verdict(p, p); is && i > 0 && i < len(stripes)-1 {
			t.Errorf("stripes of %d pixels are unlike", i+5)
		}
	}
	drawing := originals(t)[0]
	if is, v := u.verdict(drawing, drawing); !is || v.Kind != "" {
		t.Errorf("a drawing beside stripes: %v, %+v", is, v)
	}
}

func TestTheThresholdLeavesOneInAHundredOut(t *testing.T) {
	low := func(n int) []float64 { return make([]float64, n) }
	const t0 = unlike.Threshold
	for name, c := range map[string]struct {
		scores []float64
		want   float64
	}{
		"one picture":                     {[]float64{.1}, t0},
		"one strange picture":             {[]float64{.9}, 1},
		"all low":                         {low(200), t0},
		"one odd of few":                  {append(low(20), .9), t0},
		"two odd of few":                  {append(low(20), .9, .8), .8},
		"odd style":                       {append(low(150), .6, .6, .6, .6), .6},
		"most are strange":                {append(low(20), make25(.8)...), 1},
		"a third is strange, the highest": {append(low(60), make25(.8)...), .8},
	} {
		if got := threshold(c.scores); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func make25(score float64) []float64 {
	scores := make([]float64, 25)
	for i := range scores {
		scores[i] = score
	}
	return scores
}

func TestABundleFromBeforeThereWasAThresholdHasTheDetectorsOwn(t *testing.T) {
	if u := (Card{}).usual(); u.above != unlike.Threshold {
		t.Errorf("over %v", u.above)
	}
}
