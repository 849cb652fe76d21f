package models

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ringlab/data/workspace"
)

// liar is a bundle whose hashes are right and whose contents lie.
type liar struct {
	card    map[string]any
	network map[string]any
	tensors map[string]Tensor
}

// reshape claims another shape for a tensor, with bytes that go with it.
func (l *liar) reshape(name string, shape ...int) {
	size := dtypeSize(l.tensors[name].DType)
	for _, d := range shape {
		size *= d
	}
	l.tensors[name] = Tensor{DType: l.tensors[name].DType, Shape: shape, Data: make([]byte, size)}
}

// lies are told of a saved ensemble, which has a network and a forest.
var lies = map[string]func(*liar){
	"a weight of another shape": func(l *liar) { l.reshape("network.head.0.weight", 3, 3) },
	"a weight with its sides exchanged": func(l *liar) {
		s := l.tensors["network.head.3.weight"].Shape
		l.reshape("network.head.3.weight", s[1], s[0])
	},
	"a weight that is missing":       func(l *liar) { delete(l.tensors, "network.head.0.bias") },
	"a tensor that nobody asked for": func(l *liar) { l.tensors["network.extra"] = l.tensors["network.sharpness"] },
	"a tensor of neither part":       func(l *liar) { l.tensors["../extra"] = l.tensors["network.sharpness"] },
	"weights of another type": func(l *liar) {
		t := l.tensors["network.head.0.bias"]
		t.DType = "I32"
		l.tensors["network.head.0.bias"] = t
	},
	"a network of a billion pixels": func(l *liar) { part(l, "network")["side"] = 1 << 30 },
	"a network of negative width":   func(l *liar) { part(l, "network")["width"] = -1 },
	"a network that nobody knows":   func(l *liar) { part(l, "network")["network"] = "oracle" },
	"a million labels":              func(l *liar) { part(l, "network")["labels"] = make([]int, 1_000_000) },
	"a field that is not known":     func(l *liar) { part(l, "network")["path"] = "/etc/passwd" },
	"a network with more than all":  func(l *liar) { l.network["share"] = 1.5 },
	"a network with less than none": func(l *liar) { l.network["share"] = -.5 },
	"no forest":                     func(l *liar) { delete(l.network, "trees") },
	"features of another ringlab":   func(l *liar) { part(l, "trees")["features"] = []string{"holes"} },
	"a forest without nodes":        func(l *liar) { l.reshape("trees.forest.feature", 0) },
	"fewer thresholds than nodes":   func(l *liar) { l.reshape("trees.forest.threshold", 1) },
	"shares that are all nothing":   func(l *liar) { s := l.tensors["trees.forest.shares"].Shape; l.reshape("trees.forest.shares", s...) },
	"a tree that goes round":        func(l *liar) { s := l.tensors["trees.forest.child"].Shape; l.reshape("trees.forest.child", s...) },
	"labels that the card has not":  func(l *liar) { l.card["labels"] = []int{0, 1} },
}

func part(l *liar, name string) map[string]any { return l.network[name].(map[string]any) }

// TestBundlesThatLieAreRefused tells each lie with right sizes and hashes, and
// holds the memory that finding it out takes to that of the true bundle.
func TestBundlesThatLieAreRefused(t *testing.T) {
	samples, _ := notebookSplit(t)
	m, err := Train(t.Context(), quickConfig(t, fastPreset(), map[string]string{"side": "24", "width": "4"}), samples[:8], nil, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "bundle")
	if _, err := m.Save(dir, someLineage, Evaluation{}); err != nil {
		t.Fatal(err)
	}
	card, err := os.ReadFile(filepath.Join(dir, cardFile))
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile(filepath.Join(dir, tensorsFile))
	if err != nil {
		t.Fatal(err)
	}
	var honest uint64 // bytes that loading the bundle takes where nobody lies
	tell := func(lie func(*liar)) error {
		l := &liar{}
		if err := json.Unmarshal(card, &l.card); err != nil {
			t.Fatal(err)
		}
		if l.tensors, err = decodeTensors(weights); err != nil {
			t.Fatal(err)
		}
		l.network = l.card["network"].(map[string]any)
		lie(l)
		file, err := encodeTensors(l.tensors)
		if err != nil {
			t.Fatal(err)
		}
		l.card["files"] = map[string]File{tensorsFile: {SHA256: workspace.Sum(file), Bytes: int64(len(file))}}
		text, err := json.Marshal(l.card)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, tensorsFile), file)
		writeFile(t, filepath.Join(dir, cardFile), text)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err = Load(dir)
		runtime.ReadMemStats(&after)
		took := after.TotalAlloc - before.TotalAlloc
		if honest == 0 {
			honest = took
		}
		// A longer card takes as much more as its own text read as JSON.
		if took > honest+honest/4+1<<20+40*uint64(len(text)) {
			t.Errorf("loading took %d kB of memory, that of the true bundle %d, its card has %d kB", took>>10, honest>>10, len(text)>>10)
		}
		return err
	}
	if err := tell(func(*liar) {}); err != nil {
		t.Fatalf("without a lie: %v", err)
	}
	for name, lie := range lies {
		err := tell(lie)
		if err == nil {
			t.Errorf("%s: loaded", name)
			continue
		}
		if !strings.HasPrefix(err.Error(), "load bundle ") || len(err.Error()) > 1000 {
			t.Errorf("%s: refused with %.200q…", name, err)
		}
	}
}

// FuzzRestore gives each family descriptions and tensors from anywhere: it
// refuses them, or answers.
func FuzzRestore(f *testing.F) {
	tensors, err := encodeTensors(map[string]Tensor{"network.sharpness": {DType: "F32", Shape: []int{1}, Data: make([]byte, 4)}})
	if err != nil {
		f.Fatal(err)
	}
	for _, network := range []string{
		`{"network":"counter","labels":[0,1],"side":24,"width":4,"dropout":0.1}`,
		`{"network":"notebook","labels":[1],"side":1024,"dropout":0}`,
		`{"network":{"network":"counter","labels":[0],"side":150,"width":64,"dropout":0},"trees":{"labels":[0],"features":[]}}`,
		`{"labels":[0,1,2],"features":["holes"]}`, `[]`, `{"side":1e99}`,
	} {
		for _, family := range []string{"cnn", "trees", "ensemble"} {
			f.Add(family, []byte(network), tensors)
		}
	}
	f.Fuzz(func(t *testing.T, name string, network, file []byte) {
		family, err := familyByName(name)
		if err != nil {
			return
		}
		tensors, err := decodeTensors(file)
		if err != nil {
			return
		}
		p, err := family.restore(network, tensors)
		if err != nil {
			return
		}
		if _, err := askPredictor(t.Context(), p, nil); err != nil {
			t.Fatal(err)
		}
	})
}
