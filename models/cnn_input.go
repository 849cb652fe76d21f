package models

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/models/nn"
	"ringlab/models/topology"
)

// cnnInput is one picture as a network gets it.
type cnnInput struct {
	// pixels is, for the notebook's network, RGB row by row.
	pixels []byte
	// planes are, for the counter, the topological planes, packed.
	planes   [topology.ChannelCount]packedPlane
	features []float32 // topological, not scaled; counter only
	// places are the counted parts where it is known where they lie.
	places []Place
}

// packedPlane is a plane as runs of equal pixels, row by row: a value and how
// often it stands there less one, a byte each. Values are square roots over 0
// to 255: a byte is a quarter of a float, and the root keeps the small values
// apart. Most of a plane is 0, and a picture takes a fifth of its bytes.
type packedPlane []byte

func packPlane(values []float32) packedPlane {
	p := make(packedPlane, 0, len(values)/4)
	for i := 0; i < len(values); {
		v := plainByte(values[i])
		n := 1
		for i+n < len(values) && n < 256 && plainByte(values[i+n]) == v {
			n++
		}
		p = append(p, v, byte(n-1))
		i += n
	}
	return slices.Clip(slices.Clone(p))
}

func plainByte(v float32) byte {
	return byte(math.Round(255 * math.Sqrt(float64(min(1, max(0, v))))))
}

func newCNNInput(plan cnnPlan, p *picture.Picture) cnnInput {
	if plan.Network == notebookNetwork {
		return cnnInput{pixels: p.Pix}
	}
	return newCounterInput(plan, topology.Read(p))
}

func newCounterInput(plan cnnPlan, ink *topology.Ink) cnnInput {
	planes := ink.Channels(plan.Side)
	in := cnnInput{features: ink.Features()}
	size := plan.Side * plan.Side
	for i := range in.planes {
		in.planes[i] = packPlane(planes[i*size:][:size])
	}
	return in
}

// cnnScaler brings the logarithm of one more than each feature to mean 0 and
// deviation 1.
type cnnScaler struct{ mean, inverse []float32 }

// featureClip bounds scaled features, so that a drawing of an unseen kind does
// not drown the rest.
const featureClip = 5

// newCNNScaler measures features, [picture][variant][feature].
func newCNNScaler(pictures [][][]float32) cnnScaler {
	inputs := slices.Concat(pictures...)
	width := len(topology.FeatureNames())
	s := cnnScaler{make([]float32, width), make([]float32, width)}
	for f := range width {
		var sum, squares float64
		for _, in := range inputs {
			sum += math.Log1p(float64(in[f]))
		}
		mean := sum / float64(len(inputs))
		for _, in := range inputs {
			d := math.Log1p(float64(in[f])) - mean
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

// view is how a drawing is shown to the network in training.
type view struct {
	symmetry int // 0 to 7, turned and mirrored; 0 leaves it
	// grey shows the drawing as if all of it were black: letters in colour would
	// be told by that alone otherwise.
	grey bool
}

// fill writes one input into place slot of the network's batch.
func (s cnnScaler) fill(net *cnnNetwork, slot int, in cnnInput, v view) {
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
	for y := range m.H {
		clear(m.Value[m.At(slot, y, 0):][:m.W*m.C])
	}
	for c, plane := range in.planes {
		if v.grey && c == topology.BlackPlane {
			plane = in.planes[topology.DarkPlane]
		}
		net.fillPlane(slot, c, plane, v.symmetry)
	}
	features := net.features.In.Value[slot*len(s.mean):][:len(s.mean)]
	for i, v := range in.features {
		features[i] = min(featureClip, max(-featureClip, (float32(math.Log1p(float64(v)))-s.mean[i])*s.inverse[i]))
	}
}

// fillPlane unpacks one plane of a cleared slot. Squares of pixels become
// channels where the plan says so.
func (net *cnnNetwork) fillPlane(slot, channel int, p packedPlane, symmetry int) {
	m, side, u := net.trunk.In, net.plan.Side, max(1, net.plan.Unshuffle)
	at := 0
	for i := 0; i < len(p); i += 2 {
		n := int(p[i+1]) + 1
		if p[i] == 0 {
			at += n
			continue
		}
		value := squares[p[i]]
		for ; n > 0; n-- {
			y, x := turn(at/side, at%side, side, symmetry)
			m.Value[m.At(slot, y/u, x/u)+(y%u*u+x%u)*topology.ChannelCount+channel] = value
			at++
		}
	}
}

// squares undoes the root of a packed plane.
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
	classes []int // index of each sample's label
	// inputs are each drawing and its variants; nil where they are made for each
	// batch.
	inputs [][]cnnInput
}

// features of each input and its variants, for the counter.
func (e *cnnExamples) features() [][][]float32 {
	all := make([][][]float32, len(e.inputs))
	for i, inputs := range e.inputs {
		for _, in := range inputs {
			all[i] = append(all[i], in.features)
		}
	}
	return all
}

// input is a drawing, or its variant that draw picks.
func (e *cnnExamples) input(ctx context.Context, i int, draw uint64) (cnnInput, error) {
	if e.inputs != nil {
		return e.inputs[i][pickVariant(draw, len(e.inputs[i]))], nil
	}
	return loadCNNInput(ctx, e.plan, e.samples[i])
}

// asDrawnShare of the drawings in training are as they were drawn, the others
// one of their variants.
const asDrawnShare = .4

func pickVariant(draw uint64, inputs int) int {
	if inputs == 1 || draw == 0 || nn.Uniform(draw, 0) < asDrawnShare {
		return 0
	}
	return 1 + int(nn.Uniform(draw, 1)*float64(inputs-1))
}

// newCNNExamples classes the samples and, for the counter, prepares them and
// their variants on all threads, with progress.
func newCNNExamples(ctx context.Context, plan cnnPlan, samples []Sample, variants int, seed uint64, progress func(done int)) (*cnnExamples, error) {
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
	e.inputs = make([][]cnnInput, len(samples))
	for from := 0; from < len(samples); from += preparedTogether {
		end := min(from+preparedTogether, len(samples))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := from; i < end; i++ {
			group.Go(func() (err error) {
				e.inputs[i], err = loadVariants(ctx, plan, samples[i], variants, seed, i)
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

// loadVariants loads a drawing and draws it again a number of times.
func loadVariants(ctx context.Context, plan cnnPlan, s Sample, variants int, seed uint64, i int) ([]cnnInput, error) {
	p, err := s.Load(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("load the picture of record %d: %w", s.Record, err)
	}
	drawn := newCNNInput(plan, p)
	for _, place := range s.Places {
		place.X, place.Y = p.Cut.Place(place.X, place.Y)
		drawn.places = append(drawn.places, place)
	}
	inputs := []cnnInput{drawn}
	for _, v := range drawAgain(p, variants, seed, i) {
		inputs = append(inputs, newCNNInput(plan, v))
	}
	return inputs, nil
}

// drawAgain makes variants of training picture i.
func drawAgain(p *picture.Picture, variants int, seed uint64, i int) []*picture.Picture {
	all := make([]*picture.Picture, variants)
	for v := range all {
		all[v] = p.Vary(rand.New(rand.NewPCG(nn.Hash(seed, variantKey, uint64(i)), uint64(v))))
	}
	return all
}
