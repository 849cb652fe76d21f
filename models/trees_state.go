package models

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"ringlab/models/topology"
	"ringlab/models/trees"
)

// forestNetwork is the JSON description of a forest in a bundle.
type forestNetwork struct {
	Labels   []int    `json:"labels"`
	Features []string `json:"features"`
}

func (p *forestPredictor) state() (json.RawMessage, map[string]Tensor, error) {
	a := p.forest.Arrays()
	network, err := json.Marshal(forestNetwork{Labels: p.classes, Features: topology.FeatureNames()})
	if err != nil {
		return nil, nil, fmt.Errorf("describe the forest: %w", err)
	}
	return network, map[string]Tensor{
		"forest.roots":      wholeTensor(a.Roots),
		"forest.feature":    wholeTensor(a.Feature),
		"forest.threshold":  realTensor(a.Threshold),
		"forest.child":      wholeTensor(a.Child),
		"forest.shares":     realTensor(a.Shares, len(a.Shares)/a.Classes, a.Classes),
		"forest.importance": realTensor(a.Importance),
	}, nil
}

func (forestFamily) restore(network json.RawMessage, tensors map[string]Tensor) (predictor, error) {
	p, err := restoreForest(network, tensors)
	if err != nil {
		return nil, fmt.Errorf("restore a forest: %w", err)
	}
	return p, nil
}

func restoreForest(network json.RawMessage, tensors map[string]Tensor) (*forestPredictor, error) {
	var n forestNetwork
	if err := json.Unmarshal(network, &n); err != nil {
		return nil, fmt.Errorf("read its description: %w", err)
	}
	if !slices.Equal(n.Features, topology.FeatureNames()) {
		return nil, errors.New("it was grown on other features than this ringlab reads from a picture; " +
			"use the version that made it, or train again")
	}
	for i := 1; i < len(n.Labels); i++ {
		if n.Labels[i] <= n.Labels[i-1] {
			return nil, errors.New("its labels are not in ascending order")
		}
	}
	a := trees.Arrays{Features: len(n.Features), Classes: len(n.Labels)}
	var broken [6]error
	a.Roots, broken[0] = wholeNumbers(tensors, "forest.roots")
	a.Feature, broken[1] = wholeNumbers(tensors, "forest.feature")
	a.Threshold, broken[2] = realNumbers(tensors, "forest.threshold")
	a.Child, broken[3] = wholeNumbers(tensors, "forest.child")
	a.Shares, broken[4] = realNumbers(tensors, "forest.shares")
	a.Importance, broken[5] = realNumbers(tensors, "forest.importance")
	if err := errors.Join(broken[:]...); err != nil {
		return nil, err
	}
	forest, err := trees.New(a)
	if err != nil {
		return nil, err
	}
	return &forestPredictor{classes: n.Labels, forest: forest}, nil
}

// wholeTensor holds values in one dimension.
func wholeTensor(values []int32) Tensor {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, uint32(v))
	}
	return Tensor{DType: "I32", Shape: []int{len(values)}, Data: data}
}

// realTensor holds values in the given shape, without one in one dimension.
func realTensor(values []float32, shape ...int) Tensor {
	if len(shape) == 0 {
		shape = []int{len(values)}
	}
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return Tensor{DType: "F32", Shape: shape, Data: data}
}

func wholeNumbers(tensors map[string]Tensor, name string) ([]int32, error) {
	data, err := tensorData(tensors, name, "I32")
	values := make([]int32, len(data)/4)
	for i := range values {
		values[i] = int32(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values, err
}

func realNumbers(tensors map[string]Tensor, name string) ([]float32, error) {
	data, err := tensorData(tensors, name, "F32")
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values, err
}

// tensorData returns the bytes of a tensor whose values take 4 bytes each.
func tensorData(tensors map[string]Tensor, name, dtype string) ([]byte, error) {
	t, there := tensors[name]
	switch {
	case !there:
		return nil, fmt.Errorf("there is no tensor %s", name)
	case t.DType != dtype:
		return nil, fmt.Errorf("tensor %s holds %.10q, not %s", name, t.DType, dtype)
	}
	count := 1
	for _, d := range t.Shape {
		// Against len, so that the product cannot overflow.
		if d < 0 || d > 0 && count > len(t.Data)/d {
			return nil, fmt.Errorf("tensor %s has %d bytes, too few for its shape", name, len(t.Data))
		}
		count *= d
	}
	if len(t.Data) != 4*count {
		return nil, fmt.Errorf("tensor %s has %d bytes for %d values", name, len(t.Data), count)
	}
	return t.Data, nil
}
