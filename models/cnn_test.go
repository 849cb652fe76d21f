package models

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"ringlab/data/picture"
	"ringlab/models/engine"
	"ringlab/models/nn"
	"ringlab/models/topology"
)

// smallFast trains in a moment: the fast preset at its smallest.
func smallFast(t testing.TB, seed uint64, set map[string]string) Config {
	t.Helper()
	values := map[string]string{"epochs": "3", "side": "24", "width": "4", "batch_size": "4"}
	for name, value := range set {
		values[name] = value
	}
	resolved, err := fastPreset().Resolve(values)
	if err != nil {
		t.Fatal(err)
	}
	return Config{Preset: "fast", Values: resolved, Seed: seed, PictureSide: 300}
}

var smallTrain, smallValidation = drawings(0, 1, 2, 3, 0, 1, 2, 3, 0, 2), drawings(1, 2, 3)

// weightsOf are the bits of everything that a predictor learned.
func weightsOf(t *testing.T, p predictor) []uint32 {
	t.Helper()
	_, tensors, err := p.state()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range tensors {
		names = append(names, name)
	}
	slices.Sort(names)
	var bits []uint32
	for _, name := range names {
		for _, b := range tensors[name].Data {
			bits = append(bits, uint32(b))
		}
	}
	return bits
}

func trainSmall(t *testing.T, c Config, h Hooks) predictor {
	t.Helper()
	p, err := cnn{}.train(t.Context(), c, smallTrain, smallValidation, h)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheDemoNetworkIsTheNotebooks(t *testing.T) {
	plan := cnnPlan{Network: notebookNetwork, Labels: []int{1, 2, 3, 4, 5}, Side: 300, Dropout: .5}
	kernel, err := engine.Best()
	if err != nil {
		t.Fatal(err)
	}
	b := nn.NewBuilder(kernel, engine.NewPool(1), 1)
	b.Answers = true
	net, err := newCNN(plan, b)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.Build(1).Value); n != 1_724_677 {
		t.Errorf("%d parameters, want 1,724,677", n)
	}
	for i, want := range [][]int{{3, 3, 3, 32}, {32}, {3, 3, 32, 64}, {64}, {5, 341056}, {5}} {
		if got := b.Parameters()[i]; !slices.Equal(got.Shape, want) {
			t.Errorf("%s has shape %v, want %v", got.Name, got.Shape, want)
		}
	}
	if net.trunk.In.String() != "300×300×3" || net.trunk.Out.String() != "1×1×5" {
		t.Errorf("from %v to %v, want 300×300×3 to 5", net.trunk.In, net.trunk.Out)
	}
}

func TestTheDemoAnswersFromOneRingAndFastFromNone(t *testing.T) {
	samples := []Sample{{Label: 2}, {Label: 5}}
	if got := cnnLabels("demo", samples, nil); !slices.Equal(got, []int{1, 2, 3, 4, 5}) {
		t.Errorf("demo answers %v", got)
	}
	if got := cnnLabels("fast", samples[:1], samples); !slices.Equal(got, []int{0, 1, 2, 3, 4, 5}) {
		t.Errorf("fast answers %v", got)
	}
	if got := cnnLabels("demo", []Sample{{Label: 0}, {Label: 1}}); !slices.Equal(got, []int{0, 1}) {
		t.Errorf("demo with pictures without rings answers %v", got)
	}
	if got := cnnLabels("fast", []Sample{{Label: 7}, {Label: 1_000_000}}); !slices.Equal(got, []int{7, 1_000_000}) {
		t.Errorf("labels that are no counts: %v", got)
	}
}

// The gradient of the joined network by central differences, in float32: the
// bound leaves room for their rounding.
func TestTheCountersGradientIsThatOfItsLoss(t *testing.T) {
	plan := cnnPlan{Network: counterNetwork, Labels: []int{0, 1, 2, 3}, Side: 8, Width: 2}
	kernel, err := engine.Best()
	if err != nil {
		t.Fatal(err)
	}
	b := nn.NewBuilder(kernel, engine.NewPool(1), 3)
	net, err := newCNN(plan, b)
	if err != nil {
		t.Fatal(err)
	}
	w := b.Build(1)
	rng := rand.New(rand.NewPCG(1, 1))
	for n := range 3 {
		for y := range 8 {
			for x := range 8 * 7 {
				net.trunk.In.Value[net.trunk.In.At(n, y, 0)+x] = float32(rng.Float64())
			}
		}
	}
	for i := range net.features.In.Value {
		net.features.In.Value[i] = float32(rng.NormFloat64())
	}
	net.setPlaces(0, []Place{{.3, .6, 5}, {.9, .2, 3}}, 5, 2) // of the second it is not known
	net.setPlaces(2, []Place{{.5, .5, 6}}, 0, 2)
	pass, classes := nn.Pass{N: 3, Train: true, Noise: 9}, []int{0, 3, 1}
	loss := func(grad bool) float64 {
		net.forward(pass)
		return net.loss(classes, .3, grad)
	}
	loss(true)
	net.backward(pass)
	grad := slices.Clone(w.Grad)
	checked := 0
	for at := 0; at < len(w.Value); at += 1 + rng.IntN(40) {
		const h = 3e-3
		before := w.Value[at]
		w.Value[at] = before + h
		up := loss(false)
		w.Value[at] = before - h
		down := loss(false)
		w.Value[at] = before
		want := (up - down) / (2 * h)
		if math.Abs(want-float64(grad[at])) > 1e-2*(1+math.Abs(want)) {
			t.Errorf("gradient of weight %d is %v, by differences %v", at, grad[at], want)
		}
		checked++
	}
	last := len(w.Value) - 1 // sharpness
	before := w.Value[last]
	w.Value[last] = before + 1e-2
	up := loss(false)
	w.Value[last] = before - 1e-2
	if want := (up - loss(false)) / 2e-2; math.Abs(want-float64(grad[last])) > 1e-2*(1+math.Abs(want)) || want == 0 {
		t.Errorf("gradient of sharpness is %v, by differences %v", grad[last], want)
	}
	if checked < 50 {
		t.Errorf("only %d weights checked", checked)
	}
}

func TestTrainingACnnGivesTheSameBitsForAnyNumberOfThreads(t *testing.T) {
	var first []uint32
	for _, threads := range []int{1, 2, 16} {
		before := runtime.GOMAXPROCS(threads)
		got := weightsOf(t, trainSmall(t, smallFast(t, 5, nil), Hooks{}))
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = got
		} else if !slices.Equal(first, got) {
			t.Errorf("%d threads gave other bits than 1", threads)
		}
	}
	if slices.Equal(first, weightsOf(t, trainSmall(t, smallFast(t, 6, nil), Hooks{}))) {
		t.Error("another seed gave the same bits")
	}
}

func TestResumedTrainingEqualsUninterrupted(t *testing.T) {
	for name, set := range map[string]map[string]string{
		"with averaging":    nil,
		"without averaging": {"average": "0", "weight_decay": "0"},
		"with focus":        {"focus": ".9"},
	} {
		c := smallFast(t, 5, set)
		var states [][]byte
		var reports []Epoch
		whole := weightsOf(t, trainSmall(t, c, Hooks{
			Checkpoint: func(state []byte) error { states = append(states, state); return nil },
			Epoch:      func(e Epoch) error { reports = append(reports, e); return nil },
		}))
		if len(states) != 3 || len(reports) != 3 {
			t.Fatalf("%s: %d checkpoints and %d reports of 3 epochs", name, len(states), len(reports))
		}
		for _, e := range reports {
			checkAnswers(t, e)
		}
		for i, state := range states {
			var again []Epoch
			resumed := trainSmall(t, c, Hooks{Resume: state, Epoch: func(e Epoch) error { again = append(again, e); return nil }})
			if !slices.Equal(weightsOf(t, resumed), whole) {
				t.Errorf("%s: resumed after epoch %d, the weights differ", name, i+1)
			}
			if len(again) != 2-i {
				t.Errorf("%s: resumed after epoch %d, %d epochs followed", name, i+1, len(again))
			}
			for j, e := range again {
				want := reports[i+1+j]
				e.Seconds, e.PicturesPerSecond = want.Seconds, want.PicturesPerSecond
				if !reflect.DeepEqual(e, want) {
					t.Errorf("%s: epoch %d reported %+v after a resume, %+v before", name, want.Epoch, e, want)
				}
			}
		}
	}
}

// checkAnswers: the answers of an epoch are those that its accuracy counts.
func checkAnswers(t *testing.T, e Epoch) {
	t.Helper()
	right := 0
	for i, a := range e.Answers {
		if a.Label == smallValidation[i].Label {
			right++
		}
		if !(a.Share > 0 && a.Share <= 1) {
			t.Errorf("epoch %d: picture %d is %d with a share of %v", e.Epoch, i, a.Label, a.Share)
		}
	}
	if len(e.Answers) != len(smallValidation) || float64(right)/float64(len(smallValidation)) != e.ValAccuracy {
		t.Errorf("epoch %d: %d of %d answers are right, the accuracy is %v", e.Epoch, right, len(e.Answers), e.ValAccuracy)
	}
}

// An epoch is as long with focus as without; what is not known yet has more
// places in it, in proportion, and is not shown the same way twice.
func TestFocusShowsWhatIsNotYetKnownMoreOften(t *testing.T) {
	samples := drawings(make([]int, 300)...)
	trainer := &cnnTrainer{recipe: cnnRecipe{Focus: .9}, seed: 3, done: 1,
		train: &cnnExamples{samples: samples}, shown: make([]float32, len(samples))}
	for i := range samples {
		if i >= 100 {
			trainer.shown[i] = 1 // known: one chance to ten of the others
		}
	}
	order, repeats := trainer.order()
	if len(order) != len(samples) || len(repeats) != len(samples) {
		t.Fatalf("an epoch of %d, with %d repeats, of %d pictures", len(order), len(repeats), len(samples))
	}
	times := make([]int, len(samples))
	for at, i := range order {
		if repeats[at] != times[i] {
			t.Errorf("place %d: picture %d is there for the time %d, not %d", at, i, times[i]+1, repeats[at]+1)
		}
		times[i]++
	}
	// 300 places by weights of 100·1 + 200·0.1: 2.5 each, or .25.
	for i, n := range times {
		if i < 100 && (n < 2 || n > 3) || i >= 100 && n > 1 {
			t.Errorf("picture %d, whose answer had %v, has %d places", i, trainer.shown[i], n)
		}
	}
	again, _ := trainer.order()
	trainer.done++
	next, _ := trainer.order()
	if !slices.Equal(order, again) || slices.Equal(order, next) {
		t.Error("an order must depend on the epoch and on nothing else")
	}
	trainer.shown = nil // without focus
	order, _ = trainer.order()
	slices.Sort(order)
	for i, n := range order {
		if i != n {
			t.Fatal("without focus each picture has one place")
		}
	}
}

func TestTheEndOfTheContextKeepsTheBestSoFar(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	epochs := 0
	p, err := cnn{}.train(ctx, smallFast(t, 5, map[string]string{"epochs": "1000"}), smallTrain, smallValidation, Hooks{
		Epoch: func(Epoch) error {
			if epochs++; epochs == 2 {
				cancel()
			}
			return nil
		},
	})
	if !errors.Is(err, context.Canceled) || p == nil || epochs != 2 {
		t.Fatalf("after %d epochs: predictor %v, error %v", epochs, p, err)
	}
	p, err = cnn{}.train(ctx, smallFast(t, 5, nil), smallTrain, smallValidation, Hooks{})
	if !errors.Is(err, context.Canceled) || p != nil {
		t.Errorf("with a context that had ended: predictor %v, error %v", p, err)
	}
}

func TestAnErrorOfAHookOrAPictureEndsTraining(t *testing.T) {
	broken := errors.New("disk full")
	_, err := cnn{}.train(t.Context(), smallFast(t, 1, nil), smallTrain, smallValidation, Hooks{Checkpoint: func([]byte) error { return broken }})
	if !errors.Is(err, broken) {
		t.Errorf("error of the checkpoint: %v", err)
	}
	samples := append(drawings(1, 2), Sample{Record: 77, Label: 1, Load: func(context.Context) (*picture.Picture, error) { return nil, broken }})
	_, err = cnn{}.train(t.Context(), smallFast(t, 1, nil), samples, nil, Hooks{})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "record 77") {
		t.Errorf("error of a picture: %v", err)
	}
}

func TestTrainingWithoutValidationAndOfOneLabelWorks(t *testing.T) {
	p, err := cnn{}.train(t.Context(), smallFast(t, 1, nil), drawings(0), nil, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := p.probabilities(t.Context(), []*picture.Picture{drawing(1)})
	if err != nil || len(rows[0]) != 1 || rows[0][0] != 1 {
		t.Errorf("probabilities %v, error %v", rows, err)
	}
}

func TestTheDemoPresetTrains(t *testing.T) {
	values, err := demoPreset().Resolve(map[string]string{"epochs": "1", "batch_size": "4"})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Preset: "demo", Values: values, PictureSide: 32}
	samples := atSide(drawings(1, 2, 3, 1, 2, 3), 32)
	p, err := cnn{}.train(t.Context(), c, samples, samples[:2], Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.probabilities(t.Context(), []*picture.Picture{drawing(1)}); err == nil {
		t.Error("a picture of another size was answered")
	}
	roundTrip(t, p, 32)
}

// roundTrip checks that a predictor restored from its state answers the same.
func roundTrip(t *testing.T, p predictor, side int) {
	t.Helper()
	network, tensors, err := p.state()
	if err != nil {
		t.Fatal(err)
	}
	q, err := cnn{}.restore(network, tensors)
	if err != nil {
		t.Fatal(err)
	}
	var pictures []*picture.Picture
	for i := range 9 {
		pictures = append(pictures, drawing(i).Resize(side, side))
	}
	want, err := p.probabilities(t.Context(), pictures)
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			got, err := q.probabilities(t.Context(), pictures)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range want {
				if !slices.Equal(got[i], want[i]) {
					t.Errorf("picture %d: %v after restoring, %v before", i, got[i], want[i])
				}
			}
		})
	}
	callers.Wait()
}

func TestARestoredCnnAnswersTheSameToManyCallers(t *testing.T) {
	roundTrip(t, trainSmall(t, smallFast(t, 5, nil), Hooks{}), 300)
}

func TestAHostileNetworkIsRefused(t *testing.T) {
	network, tensors, err := trainSmall(t, smallFast(t, 5, nil), Hooks{}).state()
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(plan map[string]any, tensors map[string]Tensor)) error {
		var plan map[string]any
		if err := json.Unmarshal(network, &plan); err != nil {
			t.Fatal(err)
		}
		changed := make(map[string]Tensor)
		for name, tensor := range tensors {
			changed[name] = tensor
		}
		f(plan, changed)
		text, err := json.Marshal(plan)
		if err != nil {
			t.Fatal(err)
		}
		_, err = cnn{}.restore(text, changed)
		return err
	}
	for name, f := range map[string]func(map[string]any, map[string]Tensor){
		"unknown network":    func(p map[string]any, _ map[string]Tensor) { p["network"] = "transformer" },
		"unknown field":      func(p map[string]any, _ map[string]Tensor) { p["depth"] = 3 },
		"huge side":          func(p map[string]any, _ map[string]Tensor) { p["side"] = 1 << 40 },
		"huge width":         func(p map[string]any, _ map[string]Tensor) { p["width"] = 1 << 40 },
		"other width":        func(p map[string]any, _ map[string]Tensor) { p["width"] = 5 },
		"no labels":          func(p map[string]any, _ map[string]Tensor) { p["labels"] = []int{} },
		"labels not in line": func(p map[string]any, _ map[string]Tensor) { p["labels"] = []int{0, 2, 1, 3} },
		"dropout":            func(p map[string]any, _ map[string]Tensor) { p["dropout"] = 1 },
		"missing tensor":     func(_ map[string]any, ts map[string]Tensor) { delete(ts, "trunk.0.weight") },
		"one too many":       func(_ map[string]any, ts map[string]Tensor) { ts["x"] = Tensor{DType: "F32"} },
		"short data": func(_ map[string]any, ts map[string]Tensor) {
			tensor := ts["trunk.0.weight"]
			tensor.Data = tensor.Data[4:]
			ts["trunk.0.weight"] = tensor
		},
		"NaN": func(_ map[string]any, ts map[string]Tensor) {
			tensor := ts["sharpness"]
			tensor.Data = appendFloats(nil, []float32{float32(math.NaN())})
			ts["sharpness"] = tensor
		},
	} {
		if change(f) == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if err := change(func(map[string]any, map[string]Tensor) {}); err != nil {
		t.Errorf("unchanged, it was refused: %v", err)
	}
}

// The notebook's own network got 11 of the 25 right; always saying 4 gets 15.
func TestFastLearnsTheNotebooksDrawings(t *testing.T) {
	all, holdout := notebookSplit(t)
	var train, validation []Sample
	for i, s := range all {
		if i%5 == 4 {
			validation = append(validation, s)
		} else {
			train = append(train, s)
		}
	}
	values, err := fastPreset().Resolve(map[string]string{"epochs": "20", "width": "8"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := Train(t.Context(), Config{Preset: "fast", Values: values, Seed: 1}, train, validation, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	answers, err := m.Predict(t.Context(), pictures(t, holdout))
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, s := range holdout {
		if answers[i].Label == s.Label {
			right++
		}
	}
	if right < 21 {
		t.Errorf("%d of the notebook's 25 are right, want 21 or more", right)
	}
}

// Whatever a bundle's description says, it is refused or it answers.
func FuzzCnnNetwork(f *testing.F) {
	plan := cnnPlan{Network: counterNetwork, Labels: []int{0, 1}, Side: 8, Width: 1}
	p := &cnnPredictor{plan: plan}
	_, b, err := p.build(false)
	if err != nil {
		f.Fatal(err)
	}
	w := b.Build(1)
	width := len(topology.FeatureNames())
	var statistics [][]float32
	for _, s := range w.Statistics {
		statistics = append(statistics, s.Value)
	}
	p, err = newCNNPredictor(plan, cnnScaler{make([]float32, width), make([]float32, width)}, w.Value, statistics)
	if err != nil {
		f.Fatal(err)
	}
	network, tensors, err := p.state()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(network))
	f.Add([]byte(`{"network":"notebook","labels":[1],"side":1024,"dropout":0.5}`))
	f.Add([]byte(`{"network":"counter","labels":[0,1],"side":150,"width":64,"dropout":0}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		restored, err := cnn{}.restore(text, tensors)
		if err != nil {
			return
		}
		rows, err := restored.probabilities(t.Context(), []*picture.Picture{drawing(1)})
		if err != nil || len(rows[0]) != len(restored.labels()) {
			t.Errorf("%s: %v, error %v", text, rows, err)
		}
	})
}

// A place turns with its picture, stands in the density of its size, and counts
// once wherever it lies.
func TestPlacesTurnWithTheirPicture(t *testing.T) {
	const side = 16
	plan := cnnPlan{Network: counterNetwork, Labels: []int{0, 1, 2}, Side: side, Width: 4, Kinds: partKinds}
	kernel, err := engine.Best()
	if err != nil {
		t.Fatal(err)
	}
	b := nn.NewBuilder(kernel, engine.NewPool(1), 1)
	net, err := newCNN(plan, b)
	if err != nil {
		t.Fatal(err)
	}
	b.Build(1)
	targets := &net.places
	for symmetry := range 8 {
		for y := 2; y < side; y += trunkPools {
			for x := 2; x < side; x += trunkPools { // the middle of a density, between four pixels
				net.setPlaces(0, []Place{{float64(x) / side, float64(y) / side, 5}}, symmetry, 1)
				ty, tx := turn(y, x, side, symmetry)
				at := (ty/trunkPools*targets.W+tx/trunkPools)*targets.Densities + partKind(5, partKinds)
				if got := targets.Value[at]; math.Abs(float64(got)-1) > 1e-6 {
					t.Fatalf("symmetry %d of (%d, %d): density %d is %v, want 1", symmetry, x, y, at, got)
				}
			}
		}
	}
	for _, p := range []Place{{0, 0, 3}, {1, 1, 40}, {.37, .99, 6}, {.5, .11, 7}} {
		net.setPlaces(0, []Place{p}, 0, 1)
		sum := float32(0)
		for _, v := range targets.Value {
			sum += v
		}
		if math.Abs(float64(sum)-1) > 1e-5 || targets.Weight[0] != 1 {
			t.Errorf("%v: densities sum to %v with weight %v, want 1 and 1", p, sum, targets.Weight[0])
		}
	}
	net.setPlaces(0, nil, 0, 1)
	if targets.Weight[0] != 0 {
		t.Error("places that are not known have a weight")
	}
}
