package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ringlab/data/picture"
	"ringlab/data/workspace"
	"ringlab/models/engine"
	"ringlab/models/nn"
	"ringlab/models/onnx"
)

// pythonWith finds a Python that has these modules: that of .ci/setup, or any.
// Without one the test is skipped and says so; under CI it fails.
func pythonWith(t *testing.T, modules ...string) string {
	t.Helper()
	ours, err := filepath.Abs("../.ci/python/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	for _, python := range []string{os.Getenv("RINGLAB_TEST_PYTHON"), ours, "python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import "+strings.Join(modules, ", ")).Run() == nil {
			return python
		}
	}
	const missing = "no Python with %v here: run .ci/setup, or name one that has them in RINGLAB_TEST_PYTHON"
	if os.Getenv("CI") == "true" {
		t.Fatalf(missing, modules)
	}
	t.Skipf(missing, modules)
	return ""
}

// documentedScript is the Python program of docs/formats/bundle.md.
func documentedScript(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../docs/formats/bundle.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(page), "```python\n")
	script, _, whole := strings.Cut(script, "```")
	if !whole {
		t.Fatal("docs/formats/bundle.md has no Python program")
	}
	return script
}

// runDocumented answers the prepared pictures with the documented program.
func runDocumented(t *testing.T, python string, graph []byte, inputs map[string]Tensor) (answers []Prediction) {
	t.Helper()
	dir := t.TempDir()
	var prepared bytes.Buffer
	if err := WriteNPZ(&prepared, inputs); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "rings.onnx"), graph)
	writeFile(t, filepath.Join(dir, "prepared.npz"), prepared.Bytes())
	writeFile(t, filepath.Join(dir, "answer.py"), []byte(documentedScript(t)))
	run := exec.CommandContext(t.Context(), python, "answer.py")
	run.Dir = dir
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	for line := range strings.Lines(string(out)) {
		var answer struct {
			Rings         int                `json:"rings"`
			Probabilities map[string]float64 `json:"probabilities"`
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		p := Prediction{Label: answer.Rings, Probabilities: make(map[int]float64)}
		for label, share := range answer.Probabilities {
			n, err := strconv.Atoi(label)
			if err != nil {
				t.Fatal(err)
			}
			p.Probabilities[n] = share
		}
		answers = append(answers, p)
	}
	return answers
}

// graphDifference is the most by which onnxruntime may differ from ringlab.
const graphDifference = 1e-4

func graphInputs(t *testing.T, m *Model, pictures []*picture.Picture) (inputs map[string]Tensor) {
	t.Helper()
	for _, p := range pictures {
		var err error
		if inputs, err = m.AppendONNXInputs(inputs, p); err != nil {
			t.Fatal(err)
		}
	}
	return inputs
}

// checkGraph compares the answers of onnxruntime with the model's own.
func checkGraph(t *testing.T, python string, m *Model, pictures []*picture.Picture) {
	t.Helper()
	graph, err := m.ONNX(someLineage)
	if err != nil {
		t.Fatal(err)
	}
	again, err := m.ONNX(someLineage)
	if err != nil || !bytes.Equal(graph, again) {
		t.Errorf("the same model gave other bytes (%v)", err)
	}
	want, err := m.Predict(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	got := runDocumented(t, python, graph, graphInputs(t, m, pictures))
	if len(got) != len(want) {
		t.Fatalf("%d answers for %d pictures", len(got), len(want))
	}
	worst := 0.0
	for i, p := range want {
		if len(got[i].Probabilities) != len(p.Probabilities) {
			t.Fatalf("picture %d: labels %v, want %v", i, got[i].Probabilities, p.Probabilities)
		}
		for label, share := range p.Probabilities {
			worst = max(worst, math.Abs(got[i].Probabilities[label]-share))
		}
		if got[i].Label != p.Label && p.Confidence-got[i].Probabilities[got[i].Label] > graphDifference {
			t.Errorf("picture %d: %d, want %d", i, got[i].Label, p.Label)
		}
	}
	t.Logf("%d bytes of graph; the largest difference of a probability is %.2g", len(graph), worst)
	if !(worst <= graphDifference) {
		t.Errorf("probabilities differ by %v, want at most %v", worst, graphDifference)
	}
}

// quickConfig trains any preset in a moment.
func quickConfig(t *testing.T, preset Preset, set map[string]string) Config {
	t.Helper()
	texts := map[string]string{}
	for name, value := range map[string]string{"epochs": "1", "trees": "40", "batch_size": "4"} {
		if _, err := preset.parameter(name); err == nil {
			texts[name] = value
		}
	}
	for name, value := range set {
		texts[name] = value
	}
	values, err := preset.Resolve(texts)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Preset: preset.Name, Values: values, Seed: 7}
}

// TestOnnxruntimeAnswersAsEveryPresetDoes trains each preset a little and lets
// onnxruntime answer by the program that the documents give.
func TestOnnxruntimeAnswersAsEveryPresetDoes(t *testing.T) {
	python := pythonWith(t, "onnxruntime", "numpy")
	samples, holdout := notebookSplit(t)
	asked := append(pictures(t, holdout), drawing(3), drawing(3).Resize(90, 70))
	for _, preset := range Presets() {
		t.Run(preset.Name, func(t *testing.T) {
			train, asked, set := samples, asked, map[string]string{}
			if preset.Name == "demo" { // slow, and else too sure of itself to compare
				train, asked, set = samples[:8], asked[20:], map[string]string{"learning_rate": "1e-5"}
			}
			m, err := Train(t.Context(), quickConfig(t, preset, set), train, nil, Hooks{})
			if err != nil {
				t.Fatal(err)
			}
			checkGraph(t, python, m, asked)
			m.temperature = 1.7
			checkGraph(t, python, m, asked[:5])
		})
	}
}

// TestOnnxruntimeAnswersAsUnusualForestsDo has forests of one and of two
// labels, leaves of many labels, trees that are one leaf, and an ensemble whose
// parts know different labels.
func TestOnnxruntimeAnswersAsUnusualForestsDo(t *testing.T) {
	python := pythonWith(t, "onnxruntime", "numpy")
	samples, holdout := notebookSplit(t)
	asked := pictures(t, holdout[:5])
	labelled := func(label func(i int) int) []Sample {
		relabelled := slices.Clone(samples)
		for i := range relabelled {
			relabelled[i].Label = label(i)
		}
		return relabelled
	}
	var cases []graphCase
	for name, c := range map[string]struct {
		preset string
		train  []Sample
		set    map[string]string
	}{
		"one label":         {"trees", labelled(func(int) int { return 3 }), nil},
		"two labels":        {"trees", labelled(func(i int) int { return 2 + i%2 }), nil},
		"leaves of many":    {"trees", labelled(func(i int) int { return i * 7 % 5 }), map[string]string{"min_leaf": "9"}},
		"trees of one leaf": {"trees", samples, map[string]string{"min_leaf": "75"}},
		"labels with a gap": {"fast", labelled(func(i int) int { return 1 + i%2*3 }), map[string]string{"side": "24"}},
	} {
		preset, err := PresetByName(c.preset)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Train(t.Context(), quickConfig(t, preset, c.set), c.train, nil, Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		one := graphCase{name: name, most: graphDifference, inputs: graphInputs(t, m, asked)}
		var errs [2]error
		var answers []Prediction
		one.graph, errs[0] = m.ONNX(someLineage)
		answers, errs[1] = m.Predict(t.Context(), asked)
		if err := errors.Join(errs[:]...); err != nil {
			t.Fatal(err)
		}
		for _, p := range answers {
			for _, label := range m.Labels() {
				one.want = append(one.want, p.Probabilities[label])
			}
		}
		cases = append(cases, one)
	}
	checkGraphs(t, python, cases)
}

// TestOnnxruntimeComputesAsEachLayerDoes has the layers and settings that no
// preset uses now, too.
func TestOnnxruntimeComputesAsEachLayerDoes(t *testing.T) {
	python := pythonWith(t, "onnxruntime", "numpy")
	var cases []graphCase
	for name, specs := range map[string][]nn.Spec{
		"padded convolution":  {nn.Conv{Out: 5, Kernel: 3, Padding: 1}, nn.Flatten{}},
		"strides, dilation":   {nn.Conv{Out: 5, Kernel: 3, Stride: 2, Dilation: 2, Padding: 2, NoBias: true}, nn.Flatten{}},
		"batch norm, squares": {nn.BatchNorm{Momentum: .1}, nn.ReLU{}, nn.MaxPool{Size: 2}, nn.Flatten{}},
		"odd squares":         {nn.Conv{Out: 4, Kernel: 1}, nn.ReLU{}, nn.MaxPool{Size: 3}, nn.Flatten{}, nn.Dense{Out: 3}},
		"means":               {nn.MeanPool{}, nn.Dense{Out: 3}},
		"means and maxima":    {nn.MeanPool{Max: true}, nn.Dropout{Rate: .5}, nn.Dense{Out: 3}},
		"count":               {nn.CountPool{Offset: -2}},
	} {
		cases = append(cases, layersCase(t, name, specs))
	}
	checkGraphs(t, python, cases)
}

// layersCase is what a chain of layers, with weights at random, makes of a map
// at random.
func layersCase(t *testing.T, name string, specs []nn.Spec) graphCase {
	t.Helper()
	kernel, err := engine.Best()
	if err != nil {
		t.Fatal(err)
	}
	const height, width, channels = 9, 11, 4
	b := nn.NewBuilder(kernel, engine.NewPool(1), 1)
	b.Answers = true
	s, err := b.Sequence("net", height, width, channels, false, specs...)
	if err != nil {
		t.Fatal(err)
	}
	weights := b.Build(3)
	random := rand.New(rand.NewPCG(1, 2))
	var statistics [][]float32
	for _, s := range weights.Statistics {
		for i := range s.Value {
			s.Value[i] = random.Float32() + .1
		}
		statistics = append(statistics, s.Value)
	}
	in := make([]float32, height*width*channels) // [row][column][channel]
	for i := range in {
		in[i] = 2*random.Float32() - 1
	}
	for y := range height {
		copy(s.In.Value[s.In.At(0, y, 0):][:width*channels], in[y*width*channels:])
	}
	s.Forward(nn.Pass{N: 1})

	g := onnx.NewGraph("layers")
	c := &cnnGraph{Graph: g, arrays: make(map[string]cnnArray)}
	for _, a := range cnnArrays(b, cnnScaler{}, weights.Value, statistics) {
		c.arrays[a.name] = a
	}
	out, err := c.sequence(s, channelsFirst(g, g.Input("in", onnx.Float32, "", onnx.Batch, height, width, channels)))
	if err != nil {
		t.Fatal(err)
	}
	g.Output("out", out, onnx.Float32, "", onnx.Batch, s.Out.C)
	graph, err := g.Encode("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	one := graphCase{name: name, graph: graph, most: 1e-5, inputs: map[string]Tensor{"in": realTensor(in, 1, height, width, channels)}}
	for _, v := range s.Out.Value[:s.Out.C] {
		one.want = append(one.want, float64(v))
	}
	return one
}

// graphCase is a graph with what it must answer first, row-major.
type graphCase struct {
	name   string
	graph  []byte
	inputs map[string]Tensor
	want   []float64
	most   float64 // by which an answer may differ, as a share of it or of 1
}

// checkGraphs lets one onnxruntime answer all cases: starting it takes longer.
func checkGraphs(t *testing.T, python string, cases []graphCase) {
	t.Helper()
	dir := t.TempDir()
	for i, c := range cases {
		var prepared bytes.Buffer
		if err := WriteNPZ(&prepared, c.inputs); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, strconv.Itoa(i)+".onnx"), c.graph)
		writeFile(t, filepath.Join(dir, strconv.Itoa(i)+".npz"), prepared.Bytes())
	}
	const script = `
import json, sys, numpy, onnxruntime
for i in range(int(sys.argv[1])):
    session = onnxruntime.InferenceSession(f"{i}.onnx")
    print(json.dumps(session.run(None, dict(numpy.load(f"{i}.npz")))[0].ravel().tolist()))`
	run := exec.CommandContext(t.Context(), python, "-c", script, strconv.Itoa(len(cases)))
	run.Dir = dir
	var said bytes.Buffer
	run.Stderr = &said
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(cases) {
		t.Fatalf("%d answers for %d graphs: %s", len(lines), len(cases), out)
	}
	for i, c := range cases {
		var got []float64
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %d numbers, want %d", c.name, len(got), len(c.want))
			continue
		}
		for j, want := range c.want {
			if !(math.Abs(got[j]-want) <= c.most*(1+math.Abs(want))) {
				t.Errorf("%s: number %d is %v, want %v", c.name, j, got[j], want)
			}
		}
	}
}

// otherLayer is one that ONNX has no operators for here.
type otherLayer struct{ nn.ReLU }

func TestALayerWithoutAFormIsNamed(t *testing.T) {
	c := &cnnGraph{Graph: onnx.NewGraph("layers")}
	in := c.Input("in", onnx.Float32, "", 1)
	if _, err := c.stage(nn.Stage{Name: "net.0", Spec: otherLayer{}}, in); !errors.Is(err, ErrNoGraph) {
		t.Errorf("%v, want ErrNoGraph", err)
	}
}

// TestAnyPresetHasAGraph needs no Python: whatever is trained can be exported,
// and its bundle has the file.
func TestAnyPresetHasAGraph(t *testing.T) {
	samples, _ := notebookSplit(t)
	for _, preset := range Presets() {
		m, err := Train(t.Context(), quickConfig(t, preset, nil), samples[:4], nil, Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "bundle")
		if _, err := m.Save(dir, someLineage, Evaluation{}); err != nil {
			t.Fatalf("preset %s: %v", preset.Name, err)
		}
		graph, err := os.ReadFile(filepath.Join(dir, graphFile))
		if err != nil {
			t.Fatal(err)
		}
		_, card, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if file := card.Files[graphFile]; file.Bytes != int64(len(graph)) || file.SHA256 != workspace.Sum(graph) {
			t.Errorf("preset %s: the card says %+v", preset.Name, file)
		}
		graph[len(graph)/2] ^= 1
		writeFile(t, filepath.Join(dir, graphFile), graph)
		if _, _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("preset %s: a changed graph was loaded (%v)", preset.Name, err)
		}
	}
}
