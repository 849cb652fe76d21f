package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"ringlab/data/picture"
)

// inkFamily is the smallest family that learns: it keeps the mean darkness of
// each label's pictures and answers by nearness. Its failures can be chosen.
type inkFamily struct {
	stopAfter int // of train's pictures, then it waits for the end of ctx; 0 never stops
}

type inkPredictor struct {
	known []int
	means []float64
	row   func(row []float64) []float64 // spoils an answer, if set
}

func darkness(p *picture.Picture) float64 {
	sum := 0
	for _, v := range p.Pix {
		sum += 255 - int(v)
	}
	return float64(sum) / float64(255*len(p.Pix))
}

func (f inkFamily) train(ctx context.Context, _ Config, train, _ []Sample, _ Hooks) (predictor, error) {
	sums, counts := map[int]float64{}, map[int]float64{}
	learned := func() predictor {
		p := &inkPredictor{}
		for label := range counts {
			p.known = append(p.known, label)
		}
		slices.Sort(p.known)
		for _, label := range p.known {
			p.means = append(p.means, sums[label]/counts[label])
		}
		return p
	}
	for i, s := range train {
		if f.stopAfter > 0 && i == f.stopAfter {
			<-ctx.Done()
			return learned(), ctx.Err()
		}
		p, err := s.Load(ctx)
		if err != nil {
			return nil, err
		}
		sums[s.Label] += darkness(p)
		counts[s.Label]++
	}
	return learned(), nil
}

func (inkFamily) restore(network json.RawMessage, tensors map[string]Tensor) (predictor, error) {
	p := &inkPredictor{}
	if err := json.Unmarshal(network, &p.known); err != nil {
		return nil, err
	}
	if len(tensors["means"].Data) != 8*len(p.known) || len(p.known) == 0 {
		return nil, errors.New("means and labels differ")
	}
	for i := range p.known {
		bits := uint64(0)
		for j, b := range tensors["means"].Data[8*i : 8*i+8] {
			bits |= uint64(b) << (8 * j)
		}
		p.means = append(p.means, math.Float64frombits(bits))
	}
	return p, nil
}

func (p *inkPredictor) labels() []int { return p.known }

func (p *inkPredictor) probabilities(_ context.Context, pictures []*picture.Picture) ([][]float64, error) {
	rows := make([][]float64, len(pictures))
	for i, picture := range pictures {
		row := make([]float64, len(p.known))
		sum := 0.0
		for j, mean := range p.means {
			row[j] = math.Exp(-40 * math.Abs(mean-darkness(picture)))
			sum += row[j]
		}
		for j := range row {
			row[j] /= sum
		}
		if p.row != nil {
			row = p.row(row)
		}
		rows[i] = row
	}
	return rows, nil
}

func (p *inkPredictor) state() (json.RawMessage, map[string]Tensor, error) {
	network, err := json.Marshal(p.known)
	var data []byte
	for _, mean := range p.means {
		bits := math.Float64bits(mean)
		for j := range 8 {
			data = append(data, byte(bits>>(8*j)))
		}
	}
	return network, map[string]Tensor{"means": {DType: "F64", Shape: []int{len(p.means)}, Data: data}}, err
}

// drawing is a white sheet with a black frame of this many pixels around a
// square, at 300 pixels a side.
func drawing(frame int) *picture.Picture {
	const side = 300
	p := &picture.Picture{Width: side, Height: side, Pix: make([]byte, 3*side*side)}
	for i := range p.Pix {
		x, y := i/3%side, i/3/side
		edge := min(x-15, y-15, side-16-x, side-16-y)
		if edge < 0 || edge >= frame {
			p.Pix[i] = 255
		}
	}
	return p
}

func drawings(labels ...int) []Sample {
	samples := make([]Sample, len(labels))
	for i, label := range labels {
		p := drawing(2*label + 1)
		samples[i] = Sample{Record: int64(i), Label: label, Load: func(ctx context.Context) (*picture.Picture, error) {
			return p, ctx.Err()
		}}
	}
	return samples
}

func learnInk(t *testing.T, train, validation []Sample) *Model {
	t.Helper()
	m, err := learn(t.Context(), inkFamily{}, "ink", Config{Preset: "ink"}, train, validation, Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAModelAnswersWhatItLearned(t *testing.T) {
	m := learnInk(t, drawings(1, 2, 3, 1, 2, 3), drawings(1, 2, 3))
	if !slices.Equal(m.Labels(), []int{1, 2, 3}) {
		t.Errorf("labels %v, want 1 2 3", m.Labels())
	}
	predictions, err := m.Predict(t.Context(), []*picture.Picture{drawing(3), drawing(7), drawing(5)})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{1, 3, 2} {
		p := predictions[i]
		sum := 0.0
		for _, share := range p.Probabilities {
			sum += share
		}
		if p.Label != want || p.Confidence != p.Probabilities[want] || p.Unlike {
			t.Errorf("picture %d: %+v, want label %d, not unlike", i, p, want)
		}
		near(t, "sum of probabilities", sum, 1, 1e-12)
	}
	if none, err := m.Predict(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("no pictures: %v, %v", none, err)
	}
}

func TestLabelsBelongToTheCaller(t *testing.T) {
	m := learnInk(t, drawings(1, 2), nil)
	m.Labels()[0] = 99
	if !slices.Equal(m.Labels(), []int{1, 2}) {
		t.Errorf("labels became %v", m.Labels())
	}
}

func TestOfEqualProbabilitiesTheSmallestLabelWins(t *testing.T) {
	if got := answer([]int{2, 4, 7}, []float64{.2, .4, .4}); got.Label != 4 || got.Confidence != .4 {
		t.Errorf("%+v, want label 4", got)
	}
}

func TestPredictRefusesPicturesThatContradictThemselves(t *testing.T) {
	m := learnInk(t, drawings(1, 2), nil)
	for name, p := range map[string]*picture.Picture{
		"none":                nil,
		"empty":               {},
		"fewer bytes":         {Width: 300, Height: 300, Pix: make([]byte, 10)},
		"more bytes":          {Width: 1, Height: 1, Pix: make([]byte, 4)},
		"negative sides":      {Width: -300, Height: -300, Pix: make([]byte, 270_000)},
		"sides that overflow": {Width: 1 << 62, Height: 4},
	} {
		_, err := m.Predict(t.Context(), []*picture.Picture{drawing(3), p})
		if err == nil || !strings.Contains(err.Error(), "picture 2 of 2") {
			t.Errorf("%s: %v, want an error that names the picture", name, err)
		}
	}
}

func TestPredictNeverAnswersWhatIsNoProbability(t *testing.T) {
	for name, spoil := range map[string]func([]float64) []float64{
		"NaN":           func(row []float64) []float64 { row[0] = math.NaN(); return row },
		"infinity":      func(row []float64) []float64 { row[0] = math.Inf(1); return row },
		"negative":      func(row []float64) []float64 { row[0], row[1] = -1, 2; return row },
		"sum above one": func(row []float64) []float64 { row[0], row[1] = 1, 1; return row },
		"too few":       func(row []float64) []float64 { return row[:1] },
		"all zero":      func(row []float64) []float64 { clear(row); return row },
	} {
		m := learnInk(t, drawings(1, 2), nil)
		m.predictor.(*inkPredictor).row = spoil
		if got, err := m.Predict(t.Context(), []*picture.Picture{drawing(3)}); err == nil {
			t.Errorf("%s: answered %+v", name, got)
		}
	}
}

func TestPredictStopsWithItsContext(t *testing.T) {
	m := learnInk(t, drawings(1, 2), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Predict(ctx, []*picture.Picture{drawing(3)}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}

func TestPredictMayBeCalledConcurrently(t *testing.T) {
	m := learnInk(t, drawings(1, 2, 3), nil)
	var wg sync.WaitGroup
	for label := 1; label <= 3; label++ {
		wg.Go(func() {
			for range 3 {
				got, err := m.Predict(t.Context(), []*picture.Picture{drawing(2*label + 1)})
				if err != nil || got[0].Label != label {
					t.Errorf("label %d: %v, %v", label, got, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestTrainingTwiceGivesTheSameModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	labels := make([]int, 60)
	for i := range labels {
		labels[i] = r.IntN(5)
	}
	a := learnInk(t, drawings(labels...), drawings(labels...))
	b := learnInk(t, drawings(labels...), drawings(labels...))
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%+v and %+v differ", a, b)
	}
}

func TestInterruptedTrainingReturnsTheBestSoFar(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	train := drawings(1, 2, 3, 4)
	second := train[1].Load
	looks := 0
	train[1].Load = func(ctx context.Context) (*picture.Picture, error) {
		if looks++; looks == 2 { // the first look measures the appearance
			defer cancel()
		}
		return second(ctx)
	}
	m, err := learn(ctx, inkFamily{stopAfter: 2}, "ink", Config{Preset: "ink"}, train, nil, Hooks{})
	if !errors.Is(err, context.Canceled) || m == nil {
		t.Fatalf("%v, %v; want a model and context.Canceled", m, err)
	}
	got, err := m.Predict(t.Context(), []*picture.Picture{drawing(5)})
	if err != nil || got[0].Label != 2 {
		t.Errorf("%v, %v, want label 2", got, err)
	}
}

func TestTrainingThatNeverBeganReturnsNoModel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m, err := learn(ctx, inkFamily{}, "ink", Config{}, drawings(1, 2), nil, Hooks{})
	if m != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v; want nothing and context.Canceled", m, err)
	}
}

func TestTrainRefusesWhatItCannotLearnFrom(t *testing.T) {
	negative := drawings(1)
	negative[0].Label = -1
	broken := drawings(1)
	broken[0].Load = func(context.Context) (*picture.Picture, error) { return nil, errors.New("the blob is damaged") }
	for _, c := range []struct {
		name   string
		config Config
		train  []Sample
		want   string
	}{
		{"no picture", Config{}, nil, "no picture to learn from"},
		{"negative label", Config{}, negative, "label -1"},
		{"picture that cannot be loaded", Config{}, broken, "the blob is damaged"},
		{"tiny side", Config{PictureSide: 1}, drawings(1), "picture side 1"},
		{"huge side", Config{PictureSide: 1 << 40}, drawings(1), "from 16 to 1024"},
	} {
		_, err := learn(t.Context(), inkFamily{}, "ink", c.config, c.train, nil, Hooks{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := Train(t.Context(), Config{Preset: "forest"}, drawings(1), nil, Hooks{}); err == nil {
		t.Error("a preset that does not exist was trained")
	}
	_, err := Train(t.Context(), Config{Preset: "trees", Values: Values{"trees": 0}}, drawings(1), nil, Hooks{})
	if err == nil || !strings.Contains(err.Error(), "outside its range") {
		t.Errorf("trees=0: %v, want its range", err)
	}
}

func TestPhasesCountUpToTheirTotal(t *testing.T) {
	last := map[string]string{}
	h := Hooks{Phase: func(name string, done, total int) { last[name] = fmt.Sprint(done, " of ", total) }}
	validation := drawings(make([]int, calibrationLeast+30)...)
	if _, err := learn(t.Context(), inkFamily{}, "ink", Config{}, drawings(0, 1), validation, h); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"looking at pictures": "82 of 82", "calibrating": "80 of 80"}
	if !reflect.DeepEqual(last, want) {
		t.Errorf("%v, want %v", last, want)
	}
}

func TestPicturesOfAnySizeAreBroughtToTheModelsSide(t *testing.T) {
	m := learnInk(t, drawings(1, 2, 3), nil)
	small := drawing(5)
	large := &picture.Picture{Width: 600, Height: 600}
	for y := range 600 {
		for x := range 600 {
			i := 3 * (y/2*300 + x/2)
			large.Pix = append(large.Pix, small.Pix[i:i+3]...)
		}
	}
	wide := &picture.Picture{Width: 4096, Height: 1, Pix: make([]byte, 3*4096)}
	got, err := m.Predict(t.Context(), []*picture.Picture{small, large, wide})
	if err != nil || len(got) != 3 || !reflect.DeepEqual(got[0], got[1]) {
		t.Errorf("%+v (%v), want the first two equal", got, err)
	}
}
