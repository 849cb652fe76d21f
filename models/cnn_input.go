package models

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/models/topology"
)

// cnnInput is one picture as a network gets it.
type cnnInput struct {
	// pixels is, for the notebook's network, RGB row by row. For the counter it
	// is the topological planes [plane][row][column], each value's square root
	// over 0 to 255: a byte is a quarter of a float, and the root keeps the
	// small values apart.
	pixels   []byte
	features []float32 // topological, not scaled; counter only
}

func newCNNInput(plan cnnPlan, p *picture.Picture) cnnInput {
	if plan.Network == notebookNetwork {
		return cnnInput{pixels: p.Pix}
	}
	return newCounterInput(plan, topology.Read(p))
}

func newCounterInput(plan cnnPlan, ink *topology.Ink) cnnInput {
	planes := ink.Channels(plan.Side)
	in := cnnInput{pixels: make([]byte, len(planes)), features: ink.Features()}
	for i, v := range planes {
		in.pixels[i] = byte(math.Round(255 * math.Sqrt(float64(min(1, max(0, v))))))
	}
	return in
}

// cnnScaler brings the logarithm of one more than each feature to mean 0 and
// deviation 1.
type cnnScaler struct{ mean, inverse []float32 }

// featureClip bounds scaled features, so that a drawing of an unseen kind does
// not drown the rest.
const featureClip = 5

func newCNNScaler(inputs []cnnInput) cnnScaler {
	width := len(topology.FeatureNames())
	s := cnnScaler{make([]float32, width), make([]float32, width)}
	for f := range width {
		var sum, squares float64
		for _, in := range inputs {
			sum += math.Log1p(float64(in.features[f]))
		}
		mean := sum / float64(len(inputs))
		for _, in := range inputs {
			d := math.Log1p(float64(in.features[f])) - mean
			squares += d * d
		}
		s.mean[f] = float32(mean)
		// A feature that never varied says nothing, and would otherwise shout at
		// the first picture where it does.
		if deviation := math.Sqrt(squares / float64(len(inputs))); deviation > 1e-3 {
			s.inverse[f] = float32(1 / deviation)
		}
	}
	return s
}

// fill writes one input into place slot of the network's batch, turned and
// mirrored by symmetry 0 to 7 (0 leaves it).
func (s cnnScaler) fill(net *cnnNetwork, slot int, in cnnInput, symmetry int) {
	m := net.trunk.In
	if net.head == nil {
		for y := range m.H {
			row := m.Value[m.At(slot, y, 0):][:m.W*m.C]
			for i, v := range in.pixels[y*m.W*m.C:][:len(row)] {
				row[i] = float32(v) / 255
			}
		}
		return
	}
	side := m.H
	for y := range side {
		row := m.Value[m.At(slot, y, 0):][:side*m.C]
		for x := range side {
			sy, sx := turn(y, x, side, symmetry)
			pixel := row[x*m.C:][:m.C]
			for c := range pixel {
				pixel[c] = squares[in.pixels[(c*side+sy)*side+sx]]
			}
		}
	}
	features := net.features.In.Value[slot*len(s.mean):][:len(s.mean)]
	for i, v := range in.features {
		features[i] = min(featureClip, max(-featureClip, (float32(math.Log1p(float64(v)))-s.mean[i])*s.inverse[i]))
	}
}

// squares undoes the root of cnnInput.pixels.
var squares = func() (table [256]float32) {
	for i := range table {
		table[i] = float32(i*i) / (255 * 255)
	}
	return table
}()

// turn maps a pixel of a square through one of its 8 symmetries.
func turn(y, x, side, symmetry int) (int, int) {
	if symmetry&1 != 0 {
		y = side - 1 - y
	}
	if symmetry&2 != 0 {
		x = side - 1 - x
	}
	if symmetry&4 != 0 {
		y, x = x, y
	}
	return y, x
}

// cnnExamples are labelled inputs. The counter's are small and prepared once;
// the notebook's are decoded for each batch, since thousands would not fit.
type cnnExamples struct {
	plan    cnnPlan
	samples []Sample
	classes []int      // index of each sample's label
	inputs  []cnnInput // nil where they are made for each batch
}

// features of each input, for the counter.
func (e *cnnExamples) features() [][]float32 {
	all := make([][]float32, len(e.inputs))
	for i, in := range e.inputs {
		all[i] = in.features
	}
	return all
}

func (e *cnnExamples) input(ctx context.Context, i int) (cnnInput, error) {
	if e.inputs != nil {
		return e.inputs[i], nil
	}
	return loadCNNInput(ctx, e.plan, e.samples[i])
}

// newCNNExamples classes the samples and, for the counter, prepares them on all
// threads, with progress.
func newCNNExamples(ctx context.Context, plan cnnPlan, samples []Sample, progress func(done int)) (*cnnExamples, error) {
	e := &cnnExamples{plan: plan, samples: samples, classes: make([]int, len(samples))}
	index := make(map[int]int, len(plan.Labels))
	for i, label := range plan.Labels {
		index[label] = i
	}
	for i, s := range samples {
		e.classes[i] = index[s.Label]
	}
	if plan.Network == notebookNetwork {
		return e, nil
	}
	e.inputs = make([]cnnInput, len(samples))
	for from := 0; from < len(samples); from += preparedTogether {
		end := min(from+preparedTogether, len(samples))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := from; i < end; i++ {
			group.Go(func() (err error) {
				e.inputs[i], err = loadCNNInput(ctx, plan, samples[i])
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		progress(end)
	}
	return e, nil
}

// preparedTogether pictures are prepared between two reports of progress.
const preparedTogether = 64

func loadCNNInput(ctx context.Context, plan cnnPlan, s Sample) (cnnInput, error) {
	p, err := s.Load(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return cnnInput{}, fmt.Errorf("load the picture of record %d: %w", s.Record, err)
	}
	return newCNNInput(plan, p), nil
}
