package experiments

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ringlab/models"
)

func TestPlotsOfSeveralRunsAreReadablePictures(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	ids := []string{netRun, untaughtRun}
	picture, err := s.Plot(ctx, ids, nil, "png")
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "runs.png", picture)
	if _, err := png.Decode(bytes.NewReader(picture)); err != nil {
		t.Error(err)
	}
	svg, err := s.Plot(ctx, ids, []string{"val_loss"}, "svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"<svg", "epoch", "loss (nats)", "5 fast-5: val_loss", "6 fast-6: val_loss"} {
		if !strings.Contains(string(svg), text) {
			t.Errorf("the svg does not hold %q", text)
		}
	}
	for name, call := range map[string]struct {
		runs, keys []string
		format     string
	}{
		"no run":         {nil, nil, "png"},
		"missing run":    {[]string{"77"}, nil, "png"},
		"unknown format": {ids, nil, "bmp"},
		"no such metric": {ids, []string{"f1"}, "png"},
		"too many":       {make([]string, 100), nil, "png"},
	} {
		if _, err := s.Plot(ctx, call.runs, call.keys, call.format); err == nil {
			t.Errorf("%s: a picture was drawn", name)
		}
	}
}

// keep writes a picture to look at where RINGLAB_KEEP names a folder.
func keep(t *testing.T, name string, content []byte) {
	t.Helper()
	if dir := os.Getenv("RINGLAB_KEEP"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Error(err)
		}
	}
}

func TestConfusionMatricesOfAnySizeAreDrawn(t *testing.T) {
	for _, n := range []int{1, 5, 30} {
		var truth []int
		var predictions []models.Prediction
		for i := range n {
			for j := range 4 {
				truth = append(truth, i)
				predictions = append(predictions, models.Prediction{Label: (i + j/3) % n, Confidence: 1})
			}
		}
		for _, format := range []string{"png", "svg"} {
			content, err := drawConfusion(models.Evaluate(truth, predictions), format)
			if err != nil || len(content) == 0 {
				t.Errorf("%d labels as %s: %d bytes, %v", n, format, len(content), err)
			}
			if n == 30 {
				keep(t, "confusion30."+format, content)
			}
		}
	}
	if _, err := drawConfusion(models.Evaluation{}, "png"); err == nil {
		t.Error("a matrix of nothing was drawn")
	}
}

func TestEpochTicksAreWholeAndFew(t *testing.T) {
	for _, high := range []float64{1, 2, 7, 9, 30, 99, 1000, 123456} {
		ticks := wholeTicks(0, high)
		if len(ticks) < 2 || len(ticks) > 10 {
			t.Errorf("0 to %v has %d ticks", high, len(ticks))
		}
		for _, tick := range ticks {
			if tick.Value != math.Trunc(tick.Value) || tick.Value > high {
				t.Errorf("0 to %v has a tick at %v", high, tick.Value)
			}
		}
	}
}
