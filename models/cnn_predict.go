package models

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/models/engine"
	"ringlab/models/nn"
	"ringlab/models/topology"
)

// cnnPredictor answers with trained weights. Each answer borrows a network of
// its own; all of them share the weights.
type cnnPredictor struct {
	plan       cnnPlan
	scaler     cnnScaler
	weights    []float32
	statistics [][]float32
	arrays     []cnnArray // where each tensor of a bundle lies
	networks   sync.Pool  // of *cnnNetwork for one picture
}

// cnnArray is a tensor of a bundle and the memory that it fills.
type cnnArray struct {
	name  string
	shape []int
	to    []float32
}

func newCNNPredictor(plan cnnPlan, scaler cnnScaler, weights []float32, statistics [][]float32) (*cnnPredictor, error) {
	p := &cnnPredictor{plan: plan, scaler: scaler, weights: weights, statistics: statistics}
	net, b, err := p.build(false)
	if err != nil {
		return nil, err
	}
	if err := b.Adopt(weights, statistics); err != nil {
		return nil, err
	}
	p.arrays = cnnArrays(b, scaler, weights, statistics)
	p.networks.Put(net)
	return p, nil
}

// cnnArrays names the parts of weights, statistics and scaler.
func cnnArrays(b *nn.Builder, scaler cnnScaler, weights []float32, statistics [][]float32) []cnnArray {
	var all []cnnArray
	for _, p := range b.Parameters() {
		n := 1
		for _, d := range p.Shape {
			n *= d
		}
		all = append(all, cnnArray{p.Name, p.Shape, weights[:n:n]})
		weights = weights[n:]
	}
	for i, s := range b.Statistics() {
		all = append(all, cnnArray{s.Name, []int{len(s.Value)}, statistics[i]})
	}
	if scaler.mean != nil {
		all = append(all, cnnArray{"features.mean", []int{len(scaler.mean)}, scaler.mean},
			cnnArray{"features.inverse", []int{len(scaler.inverse)}, scaler.inverse})
	}
	return all
}

// build lays out a network for one picture, without weights yet. One that is
// only measured has shapes and no memory.
func (p *cnnPredictor) build(measure bool) (*cnnNetwork, *nn.Builder, error) {
	kernel, err := engine.Best()
	if err != nil {
		return nil, nil, err
	}
	b := nn.NewBuilder(kernel, engine.NewPool(1), 1)
	b.Answers, b.Measure = true, measure
	net, err := newCNN(p.plan, b)
	return net, b, err
}

func (p *cnnPredictor) network() (*cnnNetwork, error) {
	if net, ok := p.networks.Get().(*cnnNetwork); ok {
		return net, nil
	}
	net, b, err := p.build(false)
	if err != nil {
		return nil, err
	}
	return net, b.Adopt(p.weights, p.statistics)
}

func (p *cnnPredictor) labels() []int { return p.plan.Labels }

func (p *cnnPredictor) probabilities(ctx context.Context, pictures []*picture.Picture) ([][]float64, error) {
	rows := make([][]float64, len(pictures))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, picture := range pictures {
		group.Go(func() (err error) {
			if err := ctx.Err(); err != nil {
				return err
			}
			rows[i], err = p.answer(picture)
			return err
		})
	}
	return rows, group.Wait()
}

func (p *cnnPredictor) answer(picture *picture.Picture) ([]float64, error) {
	if err := p.fits(picture); err != nil {
		return nil, err
	}
	return p.answerInput(newCNNInput(p.plan, picture))
}

// fits tells whether the network can read the picture, which it may take as it
// is.
func (p *cnnPredictor) fits(picture *picture.Picture) error {
	if p.plan.Network == notebookNetwork && (picture.Width != p.plan.Side || picture.Height != p.plan.Side) {
		return fmt.Errorf("the network reads %d×%d pixels, the picture has %d×%d", p.plan.Side, p.plan.Side, picture.Width, picture.Height)
	}
	return nil
}

func (p *cnnPredictor) answerInput(in cnnInput) ([]float64, error) {
	net, err := p.network()
	if err != nil {
		return nil, err
	}
	p.scaler.fill(net, 0, in, view{})
	net.forward(nn.Pass{N: 1})
	row := make([]float64, len(p.plan.Labels))
	for i := range row {
		row[i] = math.Exp(nn.LogSoftmax(net.logits[:len(row)], i))
	}
	p.networks.Put(net)
	return row, nil
}

// state names each array with its shape. Only finite numbers leave here.
func (p *cnnPredictor) state() (json.RawMessage, map[string]Tensor, error) {
	network, err := json.Marshal(p.plan)
	if err != nil {
		return nil, nil, err
	}
	tensors := make(map[string]Tensor, len(p.arrays))
	for _, a := range p.arrays {
		for _, v := range a.to {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return nil, nil, fmt.Errorf("write weights %s: they hold %v; the training went astray, try a lower learning rate", a.name, v)
			}
		}
		tensors[a.name] = Tensor{DType: "F32", Shape: slices.Clone(a.shape), Data: appendFloats(nil, a.to)}
	}
	return network, tensors, nil
}

func (cnn) restore(network json.RawMessage, tensors map[string]Tensor) (predictor, error) {
	p := &cnnPredictor{}
	decoder := json.NewDecoder(bytes.NewReader(network))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p.plan); err != nil {
		return nil, fmt.Errorf("read network: %w", err)
	}
	if err := p.plan.check(); err != nil {
		return nil, err
	}
	_, b, err := p.build(true)
	if err != nil {
		return nil, err
	}
	// The shapes are compared before memory is taken for them.
	total := 0
	for _, parameter := range b.Parameters() {
		if err := checkTensor(tensors, parameter.Name, parameter.Shape); err != nil {
			return nil, err
		}
		total += len(tensors[parameter.Name].Data) / 4
	}
	p.weights = make([]float32, total)
	for _, s := range b.Statistics() {
		p.statistics = append(p.statistics, make([]float32, len(s.Value)))
	}
	if p.plan.Network == counterNetwork {
		width := len(topology.FeatureNames())
		p.scaler = cnnScaler{make([]float32, width), make([]float32, width)}
	}
	arrays := cnnArrays(b, p.scaler, p.weights, p.statistics)
	if len(tensors) != len(arrays) {
		return nil, fmt.Errorf("the bundle holds %d tensors, its network has %d", len(tensors), len(arrays))
	}
	for _, a := range arrays {
		if err := a.read(tensors); err != nil {
			return nil, err
		}
	}
	return newCNNPredictor(p.plan, p.scaler, p.weights, p.statistics)
}

// checkTensor refuses a tensor that is not F32 of this shape.
func checkTensor(tensors map[string]Tensor, name string, shape []int) error {
	n := 1
	for _, d := range shape {
		n *= d // of a layout within the builder's limit
	}
	if t, ok := tensors[name]; !ok || t.DType != "F32" || !slices.Equal(t.Shape, shape) || len(t.Data) != 4*n {
		return fmt.Errorf("tensor %s must be F32 of shape %v", name, shape)
	}
	return nil
}

// read fills the array from the tensor of its name.
func (a cnnArray) read(tensors map[string]Tensor) error {
	if err := checkTensor(tensors, a.name, a.shape); err != nil {
		return err
	}
	data := tensors[a.name].Data
	for i := range a.to {
		v := math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("tensor %s holds %v", a.name, v)
		}
		a.to[i] = v
	}
	return nil
}
