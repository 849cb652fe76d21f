package models

import (
	"fmt"
	"math"

	"ringlab/data/picture"
	"ringlab/models/nn"
	"ringlab/models/onnx"
	"ringlab/models/topology"
)

// Networks here have channels last; ONNX wants them first. So weights are
// turned when they are written, and what is flat is turned back in the graph.

// cnnGraph writes a network's layers as operators.
type cnnGraph struct {
	*onnx.Graph
	arrays map[string]cnnArray
}

func (p *cnnPredictor) graph(g *onnx.Graph) (onnx.Value, error) {
	if p.plan.Network == notebookNetwork {
		return p.notebookGraph(g)
	}
	return p.counterGraph(g, declarePlanes(g, p.plan), declareFeatures(g))
}

func declarePlanes(g *onnx.Graph, plan cnnPlan) onnx.Value {
	return g.Input(planesInput, onnx.Float32, "ink and holes of the drawing, each 0 to 1",
		onnx.Batch, topology.ChannelCount, plan.Side, plan.Side)
}

func declareFeatures(g *onnx.Graph) onnx.Value {
	return g.Input(featuresInput, onnx.Float32, "counts and areas of the drawing, 0 or more",
		onnx.Batch, len(topology.FeatureNames()))
}

// layers measures the network, whose stages are its description.
func (p *cnnPredictor) layers(g *onnx.Graph) (*cnnNetwork, *cnnGraph, error) {
	net, _, err := p.build(true)
	if err != nil {
		return nil, nil, err
	}
	c := &cnnGraph{Graph: g, arrays: make(map[string]cnnArray, len(p.arrays))}
	for _, a := range p.arrays {
		c.arrays[a.name] = a
	}
	return net, c, nil
}

func (p *cnnPredictor) notebookGraph(g *onnx.Graph) (onnx.Value, error) {
	in := g.Input(pictureInput, onnx.Uint8, "red, green and blue of each pixel, row by row",
		onnx.Batch, p.plan.Side, p.plan.Side, 3)
	net, c, err := p.layers(g)
	if err != nil {
		return "", err
	}
	pixels := g.Do("Cast", []onnx.Value{in}, onnx.Int("to", int64(onnx.Float32)))
	pixels = g.Do("Div", []onnx.Value{pixels, g.Number(255)})
	logits, err := c.sequence(net.trunk, channelsFirst(g, pixels))
	if err != nil {
		return "", err
	}
	return softmaxGraph(g, logits), nil
}

// counterGraph is what cnnNetwork.forward computes of the counter.
func (p *cnnPredictor) counterGraph(g *onnx.Graph, planes, features onnx.Value) (onnx.Value, error) {
	net, c, err := p.layers(g)
	if err != nil {
		return "", err
	}
	if u := max(1, p.plan.Unshuffle); u > 1 {
		planes = g.Do("SpaceToDepth", []onnx.Value{planes}, onnx.Int("blocksize", int64(u)))
	}
	trunk, err := c.sequence(net.trunk, planes)
	if err != nil {
		return "", err
	}
	seen, err := c.sequence(net.features, p.scaler.graph(g, features))
	if err != nil {
		return "", err
	}
	logits, err := c.sequence(net.head, g.Do("Concat", []onnx.Value{trunk, seen}, onnx.Int("axis", 1)))
	if err != nil {
		return "", err
	}
	labels := make([]float32, len(p.plan.Labels))
	for i, label := range p.plan.Labels {
		labels[i] = float32(label)
	}
	count := g.Do("ReduceSum", []onnx.Value{c.channels(trunk, 0, int64(max(1, p.plan.Kinds))), c.Ints(1)}, onnx.Int("keepdims", 1))
	off := g.Do("Sub", []onnx.Value{count, g.Floats("counts", labels, 1, len(labels))})
	sharpness := float32(nn.Softplus(float64(c.arrays["sharpness"].to[0])))
	pull := g.Do("Mul", []onnx.Value{g.Do("Mul", []onnx.Value{off, off}), g.Number(sharpness)})
	return softmaxGraph(g, g.Do("Sub", []onnx.Value{logits, pull})), nil
}

// graph is what fill does to features. The logarithm is taken in float64, as
// there: a scaler can make a thousand of one.
func (s cnnScaler) graph(g *onnx.Graph, features onnx.Value) onnx.Value {
	wide := g.Do("Cast", []onnx.Value{features}, onnx.Int("to", int64(onnx.Float64)))
	logs := g.Do("Log", []onnx.Value{g.Do("Add", []onnx.Value{wide, g.Double(1)})})
	narrow := g.Do("Cast", []onnx.Value{logs}, onnx.Int("to", int64(onnx.Float32)))
	centred := g.Do("Sub", []onnx.Value{narrow, g.Floats("features.mean", s.mean, 1, len(s.mean))})
	scaled := g.Do("Mul", []onnx.Value{centred, g.Floats("features.inverse", s.inverse, 1, len(s.inverse))})
	return g.Do("Clip", []onnx.Value{scaled, g.Number(-featureClip), g.Number(featureClip)})
}

func softmaxGraph(g *onnx.Graph, logits onnx.Value) onnx.Value {
	return g.Do("Softmax", []onnx.Value{logits}, onnx.Int("axis", 1))
}

func channelsFirst(g *onnx.Graph, v onnx.Value) onnx.Value {
	return g.Do("Transpose", []onnx.Value{v}, onnx.Ints("perm", 0, 3, 1, 2))
}

func channelsLast(g *onnx.Graph, v onnx.Value) onnx.Value {
	return g.Do("Transpose", []onnx.Value{v}, onnx.Ints("perm", 0, 2, 3, 1))
}

func (c *cnnGraph) sequence(s *nn.Sequence, v onnx.Value) (onnx.Value, error) {
	var err error
	for _, stage := range s.Stages {
		if v, err = c.stage(stage, v); err != nil {
			return "", fmt.Errorf("layer %s: %w", stage.Name, err)
		}
	}
	return v, nil
}

// stage adds one layer behind v, as it answers: nothing is dropped, and batch
// norms use their running statistics.
func (c *cnnGraph) stage(stage nn.Stage, v onnx.Value) (onnx.Value, error) {
	in := []onnx.Value{v}
	switch spec := stage.Spec.(type) {
	case nn.Conv:
		return c.conv(stage.Name, spec, v), nil
	case nn.BatchNorm:
		for _, part := range []string{".scale", ".shift", ".mean", ".variance"} {
			in = append(in, c.array(stage.Name+part))
		}
		return c.Do("BatchNormalization", in, onnx.Float("epsilon", nn.BatchNormEpsilon)), nil
	case nn.ReLU:
		return c.Do("Relu", in), nil
	case nn.MaxPool:
		size := int64(spec.Size)
		return c.Do("MaxPool", in, onnx.Ints("kernel_shape", size, size), onnx.Ints("strides", size, size)), nil
	case nn.MeanPool:
		mean := c.Do("ReduceMean", in, onnx.Ints("axes", 2, 3), onnx.Int("keepdims", 0))
		if !spec.Max {
			return mean, nil
		}
		most := c.Do("ReduceMax", in, onnx.Ints("axes", 2, 3), onnx.Int("keepdims", 0))
		return c.Do("Concat", []onnx.Value{mean, most}, onnx.Int("axis", 1)), nil
	case nn.CountPool:
		return c.countPool(spec, v), nil
	case nn.Flatten:
		return c.Do("Flatten", []onnx.Value{channelsLast(c.Graph, v)}, onnx.Int("axis", 1)), nil
	case nn.Dense:
		in = append(in, c.array(stage.Name+".weight"), c.array(stage.Name+".bias"))
		return c.Do("Gemm", in, onnx.Int("transB", 1)), nil
	case nn.Dropout:
		return v, nil
	}
	return "", fmt.Errorf("%w: it has a layer of type %T", ErrNoGraph, stage.Spec)
}

// array makes a constant of an array of the network, as it lies.
func (c *cnnGraph) array(name string) onnx.Value {
	a := c.arrays[name]
	return c.Floats(name, a.to, a.shape...)
}

func (c *cnnGraph) conv(name string, spec nn.Conv, v onnx.Value) onnx.Value {
	weight := c.arrays[name+".weight"]
	values, shape := outputsFirst(weight.to, weight.shape)
	in := []onnx.Value{v, c.Floats(weight.name, values, shape...)}
	if !spec.NoBias {
		in = append(in, c.array(name+".bias"))
	}
	pair := func(v int) []int64 { return []int64{int64(max(1, v)), int64(max(1, v))} }
	padding := int64(spec.Padding)
	return c.Do("Conv", in, onnx.Ints("kernel_shape", pair(spec.Kernel)...), onnx.Ints("strides", pair(spec.Stride)...),
		onnx.Ints("dilations", pair(spec.Dilation)...), onnx.Ints("pads", padding, padding, padding, padding))
}

// outputsFirst turns weights [row][column][in][out] into [out][in][row][column].
func outputsFirst(values []float32, shape []int) ([]float32, []int) {
	k, in, out := shape[0]*shape[1], shape[2], shape[3]
	turned := make([]float32, len(values))
	for at := range k {
		for i := range in {
			for o := range out {
				turned[(o*in+i)*k+at] = values[(at*in+i)*out+o]
			}
		}
	}
	return turned, []int{out, in, shape[0], shape[1]}
}

// countPool are the counts, the means of the other channels, and their maxima.
func (c *cnnGraph) countPool(spec nn.CountPool, v onnx.Value) onnx.Value {
	density := c.Do("Softplus", []onnx.Value{c.Do("Add", []onnx.Value{c.channels(v, 0, int64(max(1, spec.Densities))), c.Number(float32(spec.Offset))})})
	count := c.Do("ReduceSum", []onnx.Value{density, c.Ints(2, 3)}, onnx.Int("keepdims", 0))
	others := []onnx.Value{c.channels(v, int64(max(1, spec.Densities)), math.MaxInt32)}
	over := onnx.Ints("axes", 2, 3)
	mean := c.Do("ReduceMean", others, over, onnx.Int("keepdims", 0))
	most := c.Do("ReduceMax", others, over, onnx.Int("keepdims", 0))
	return c.Do("Concat", []onnx.Value{count, mean, most}, onnx.Int("axis", 1))
}

// channels are those from (inclusive) to (exclusive).
func (c *cnnGraph) channels(v onnx.Value, from, to int64) onnx.Value {
	return c.Do("Slice", []onnx.Value{v, c.Ints(from), c.Ints(to), c.Ints(1)})
}

// prepared is what the graph's inputs get, as fill writes it.
func (p *cnnPredictor) prepared(drawing *picture.Picture) (map[string]Tensor, error) {
	if err := p.fits(drawing); err != nil {
		return nil, err
	}
	in := newCNNInput(p.plan, drawing)
	side := p.plan.Side
	if p.plan.Network == notebookNetwork {
		return map[string]Tensor{pictureInput: {DType: "U8", Shape: []int{side, side, 3}, Data: in.pixels}}, nil
	}
	return in.prepared(side), nil
}

func (in cnnInput) prepared(side int) map[string]Tensor {
	planes := make([]float32, 0, topology.ChannelCount*side*side)
	for _, p := range in.planes {
		for i := 0; i < len(p); i += 2 {
			for range int(p[i+1]) + 1 {
				planes = append(planes, squares[p[i]])
			}
		}
	}
	return map[string]Tensor{
		planesInput:   realTensor(planes, topology.ChannelCount, side, side),
		featuresInput: realTensor(in.features),
	}
}
