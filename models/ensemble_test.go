package models

import (
	"math"
	"path/filepath"
	"testing"

	"ringlab/data/picture"
)

// The parts answer by network_share, also after the bundle was read back; a
// bundle that says nothing of it is of the time of plain means.
func TestTheNetworksShareWeighsTheMean(t *testing.T) {
	samples, _ := notebookSplit(t)
	c := quickConfig(t, fastPreset(), map[string]string{"side": "24", "width": "4", "network_share": "0.8"})
	m, err := Train(t.Context(), c, samples[:8], nil, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "bundle")
	if _, err := m.Save(dir, someLineage, Evaluation{}); err != nil {
		t.Fatal(err)
	}
	if m, _, err = Load(dir); err != nil {
		t.Fatal(err)
	}
	p := m.predictor.(*ensemblePredictor)
	drawing, err := samples[9].Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(p predictor) []float64 {
		rows, err := p.probabilities(t.Context(), []*picture.Picture{drawing})
		if err != nil {
			t.Fatal(err)
		}
		return rows[0]
	}
	network, forest, mean := ask(p.network), ask(p.forest), ask(p)
	want := make([]float64, len(mean))
	for i, share := range network {
		want[p.networkIndex[i]] += .8 * share
	}
	for i, share := range forest {
		want[p.forestIndex[i]] += .2 * share
	}
	for i := range want {
		if math.Abs(mean[i]-want[i]) > 1e-12 {
			t.Errorf("share %d of the mean is %v, want %v", i, mean[i], want[i])
		}
	}

	p.share = 0 // omitted
	network0, tensors, err := p.state()
	if err != nil {
		t.Fatal(err)
	}
	old, err := ensemble{}.restore(network0, tensors)
	if err != nil {
		t.Fatal(err)
	}
	if share := old.(*ensemblePredictor).share; share != .5 {
		t.Errorf("without a share, the network has %v of the mean, want .5", share)
	}
}
