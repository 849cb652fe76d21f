package models

import (
	"ringlab/data/picture"
	"ringlab/models/onnx"
	"ringlab/models/topology"
	"ringlab/models/trees"
)

func (p *forestPredictor) graph(g *onnx.Graph) (onnx.Value, error) {
	return p.graphOn(g, declareFeatures(g)), nil
}

func (p *forestPredictor) prepared(drawing *picture.Picture) (map[string]Tensor, error) {
	return map[string]Tensor{featuresInput: realTensor(topology.Read(drawing).Features())}, nil
}

// graphOn adds the forest as a regressor of as many numbers as there are
// labels: the classifier of the same operators treats two labels apart.
// Features and thresholds are float32 on both sides, so the same leaves answer.
func (p *forestPredictor) graphOn(g *onnx.Graph, features onnx.Value) onnx.Value {
	sums := g.DoTrees("TreeEnsembleRegressor", []onnx.Value{features}, forestAttributes(p.forest.Arrays())...)
	return shareGraph(g, sums)
}

// forestAttributes numbers nodes within each tree from 0.
func forestAttributes(a trees.Arrays) []onnx.Attribute {
	nodes := len(a.Feature)
	var treeOf, nodeOf, feature, below, above []int64
	var leafTree, leafNode, leafLabel []int64
	var leafShare []float32
	threshold, mode := make([]float32, nodes), make([]string, nodes)
	for tree, root := range a.Roots {
		end := nodes
		if tree+1 < len(a.Roots) {
			end = int(a.Roots[tree+1])
		}
		for i := int(root); i < end; i++ {
			node := int64(i) - int64(root)
			treeOf, nodeOf = append(treeOf, int64(tree)), append(nodeOf, node)
			if a.Feature[i] != trees.Leaf {
				mode[i], threshold[i] = "BRANCH_LEQ", a.Threshold[i]
				feature = append(feature, int64(a.Feature[i]))
				below, above = append(below, node+1), append(above, int64(a.Child[i]-root))
				continue
			}
			mode[i] = "LEAF"
			feature, below, above = append(feature, 0), append(below, 0), append(above, 0)
			for class, share := range a.Shares[int(a.Child[i])*a.Classes:][:a.Classes] {
				if share > 0 {
					leafTree, leafNode = append(leafTree, int64(tree)), append(leafNode, node)
					leafLabel, leafShare = append(leafLabel, int64(class)), append(leafShare, share)
				}
			}
		}
	}
	return []onnx.Attribute{
		onnx.Text("aggregate_function", "SUM"), onnx.Text("post_transform", "NONE"),
		onnx.Int("n_targets", int64(a.Classes)),
		onnx.Ints("nodes_treeids", treeOf...), onnx.Ints("nodes_nodeids", nodeOf...),
		onnx.Ints("nodes_featureids", feature...), onnx.Floats("nodes_values", threshold), onnx.Texts("nodes_modes", mode),
		onnx.Ints("nodes_truenodeids", below...), onnx.Ints("nodes_falsenodeids", above...),
		onnx.Ints("target_treeids", leafTree...), onnx.Ints("target_nodeids", leafNode...),
		onnx.Ints("target_ids", leafLabel...), onnx.Floats("target_weights", leafShare),
	}
}
