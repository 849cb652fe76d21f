package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"ringlab/data/picture"
	"ringlab/models/onnx"
)

// Names of a graph's inputs and results; docs/formats/bundle.md says what each
// holds.
const (
	pictureInput  = "picture"
	planesInput   = "planes"
	featuresInput = "features"

	probabilitiesOutput = "probabilities"
	labelOutput         = "label"
)

// ErrNoGraph is what a model answers that ONNX has no form for.
var ErrNoGraph = errors.New("ONNX has no form for this model")

// exporter is a predictor that other programs can compute.
type exporter interface {
	// graph adds the computation of probabilities, [pictures][label].
	graph(g *onnx.Graph) (onnx.Value, error)
	// prepared are the numbers that the graph's inputs get for what probabilities
	// gets, by the name of the input, without the dimension of pictures.
	prepared(drawing *picture.Picture) (map[string]Tensor, error)
}

// Every family has a graph.
var _ = [...]exporter{(*cnnPredictor)(nil), (*forestPredictor)(nil), (*ensemblePredictor)(nil)}

// ONNX writes the model as a graph for other programs, with its lineage. What
// it reads are prepared pictures, see AppendONNXInputs; it answers as Predict does,
// temperature included. The error is ErrNoGraph if the model has none.
func (m *Model) ONNX(l Lineage) ([]byte, error) {
	e, ok := m.predictor.(exporter)
	if !ok {
		return nil, fmt.Errorf("write family %s: %w", m.family, ErrNoGraph)
	}
	labels, lineage, err := m.describeGraph(l)
	if err != nil {
		return nil, err
	}
	g := onnx.NewGraph("ringlab " + m.preset)
	probabilities, err := e.graph(g)
	if err != nil {
		return nil, fmt.Errorf("write preset %s as ONNX: %w", m.preset, err)
	}
	probabilities = m.temperGraph(g, probabilities)
	known := m.predictor.labels()
	g.Output(probabilitiesOutput, probabilities, onnx.Float32,
		"share of each label, in the order of the metadata's labels", onnx.Batch, len(known))
	numbers := make([]int64, len(known))
	for i, label := range known {
		numbers[i] = int64(label)
	}
	first := g.Do("ArgMax", []onnx.Value{probabilities}, onnx.Int("axis", 1), onnx.Int("keepdims", 0))
	g.Output(labelOutput, g.Do("Gather", []onnx.Value{g.Ints(numbers...), first}), onnx.Int64,
		"the most likely label, of equals the smallest", onnx.Batch)
	return g.Encode(l.Code, map[string]string{
		"labels":       labels,
		"lineage":      lineage,
		"picture_side": strconv.Itoa(m.side),
		"preset":       m.preset,
	})
}

func (m *Model) describeGraph(l Lineage) (labels, lineage string, err error) {
	a, err := json.Marshal(m.predictor.labels())
	if err != nil {
		return "", "", fmt.Errorf("describe labels: %w", err)
	}
	b, err := json.Marshal(l)
	if err != nil {
		return "", "", fmt.Errorf("describe lineage: %w", err)
	}
	return string(a), string(b), nil
}

// temperGraph is temper as operators.
func (m *Model) temperGraph(g *onnx.Graph, probabilities onnx.Value) onnx.Value {
	if m.temperature == 1 {
		return probabilities
	}
	top := g.Do("ReduceMax", []onnx.Value{probabilities}, onnx.Ints("axes", 1))
	tempered := g.Do("Pow", []onnx.Value{g.Do("Div", []onnx.Value{probabilities, top}), g.Number(float32(1 / m.temperature))})
	return shareGraph(g, tempered)
}

// shareGraph scales each row to sum to 1.
func shareGraph(g *onnx.Graph, rows onnx.Value) onnx.Value {
	sum := g.Do("ReduceSum", []onnx.Value{rows, g.Ints(1)})
	return g.Do("Div", []onnx.Value{rows, sum})
}

// AppendONNXInputs adds a picture, of any size, to what the graph of ONNX
// reads: one array for each of its inputs, pictures along the first dimension.
// It begins with nil.
func (m *Model) AppendONNXInputs(to map[string]Tensor, p *picture.Picture) (map[string]Tensor, error) {
	e, ok := m.predictor.(exporter)
	if !ok {
		return nil, fmt.Errorf("prepare a picture for family %s: %w", m.family, ErrNoGraph)
	}
	fitting, err := prepare(p, m.side)
	if err != nil {
		return nil, err
	}
	one, err := e.prepared(m.drawing(p, fitting))
	if err != nil {
		return nil, fmt.Errorf("prepare a picture: %w", err)
	}
	if to == nil {
		to = make(map[string]Tensor, len(one))
		for name, t := range one {
			to[name] = Tensor{DType: t.DType, Shape: append([]int{0}, t.Shape...)}
		}
	}
	for name, t := range one {
		sum := to[name]
		sum.Shape[0]++
		sum.Data = append(sum.Data, t.Data...)
		to[name] = sum
	}
	return to, nil
}
