package experiments

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"ringlab/data/picture"
)

// mostBuiltinBytes bounds what the models in the binary take.
const mostBuiltinBytes = 4 << 20

// leastBuiltin is what each model in the binary must have right of the 200: a
// little less than it has, since kernels differ in the last bits.
var leastBuiltin = map[string]int{BuiltinBest: 196, BuiltinTrees: 184}

// TestTheModelsInTheBinaryCount holds their accuracy on 200 pictures of
// molecules that they have not learned from, and their size.
func TestTheModelsInTheBinaryCount(t *testing.T) {
	const folder = "../testdata/rings-test-200"
	text, err := os.ReadFile(filepath.Join(folder, "compounds.json"))
	if err != nil {
		t.Fatal(err)
	}
	var records []struct {
		Rings int    `json:"num_rings"`
		Image string `json:"image"`
	}
	if err := json.Unmarshal(text, &records); err != nil {
		t.Fatal(err)
	}
	var pictures []*picture.Picture
	for _, r := range records {
		file, err := os.ReadFile(filepath.Join(folder, r.Image))
		if err != nil {
			t.Fatal(err)
		}
		p, err := picture.Decode(file, picture.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, p)
	}
	versions, err := Builtins()
	if err != nil || len(versions) == 0 || versions[0].Name != BuiltinBest {
		t.Fatalf("%+v, %v: builtin-best is not there", versions, err)
	}
	bytes := 0
	for _, v := range versions {
		m, err := Builtin(v.Name)
		if err != nil {
			t.Fatal(err)
		}
		bytes += len(m.packed)
		model, card, err := m.Load()
		if err != nil {
			t.Fatal(err)
		}
		if card.Lineage.Snapshot == "" || v.Created.IsZero() || v.Evaluation.Records == 0 {
			t.Errorf("%s: lineage %+v", v.Name, card.Lineage)
		}
		predictions, err := model.Predict(t.Context(), pictures)
		if err != nil {
			t.Fatal(err)
		}
		right := 0
		for i, p := range predictions {
			if p.Label == records[i].Rings {
				right++
			}
		}
		t.Logf("%s: %d of %d right", v.Name, right, len(records))
		if right < leastBuiltin[v.Name] {
			t.Errorf("%s has %d of %d right, less than %d", v.Name, right, len(records), leastBuiltin[v.Name])
		}
	}
	if bytes > mostBuiltinBytes {
		t.Errorf("%d bytes of models in the binary, at most %d", bytes, mostBuiltinBytes)
	}
}

// TestTheModelInTheBinaryStandsAside: it answers while nothing was promoted,
// and only then; it is no version of the workspace.
func TestTheModelInTheBinaryStandsAside(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	m, err := s.Serving(ctx)
	if err != nil || m.Name != BuiltinBest {
		t.Fatalf("with nothing promoted: %+v, %v", m, err)
	}
	if _, err := s.Promote(ctx, BuiltinBest, PromoteOptions{}); err == nil {
		t.Error("a model of the binary was promoted")
	}
	if versions, err := s.Versions(ctx); err != nil || len(versions) != 0 {
		t.Errorf("%d versions, %v", len(versions), err)
	}
	promote(t, s, treesRun, PromoteOptions{})
	if m, err := s.Serving(ctx); err != nil || m.Name != "v1" {
		t.Errorf("after a promotion: %+v, %v", m, err)
	}
}
