package models

import (
	"ringlab/data/picture"
	"ringlab/models/onnx"
	"ringlab/models/topology"
)

// graph is the weighted mean of both parts; they share the features.
func (p *ensemblePredictor) graph(g *onnx.Graph) (onnx.Value, error) {
	planes, features := declarePlanes(g, p.network.plan), declareFeatures(g)
	network, err := p.network.counterGraph(g, planes, features)
	if err != nil {
		return "", err
	}
	weighted := []onnx.Value{
		p.placeGraph(g, "places of the network's labels", network, p.networkIndex, p.share),
		p.placeGraph(g, "places of the forest's labels", p.forest.graphOn(g, features), p.forestIndex, 1-p.share),
	}
	return g.Do("Add", weighted), nil
}

// placeGraph weighs the shares of a part and brings each to the place of its
// label among all.
func (p *ensemblePredictor) placeGraph(g *onnx.Graph, name string, shares onnx.Value, index []int, weight float64) onnx.Value {
	places := make([]float32, len(index)*len(p.all))
	for i, at := range index {
		places[i*len(p.all)+at] = float32(weight)
	}
	return g.Do("MatMul", []onnx.Value{shares, g.Floats(name, places, len(index), len(p.all))})
}

func (p *ensemblePredictor) prepared(drawing *picture.Picture) (map[string]Tensor, error) {
	plan := p.network.plan
	return newCounterInput(plan, topology.Read(drawing)).prepared(plan.Side), nil
}
