// Package trees is a classifier of extremely randomised trees (P. Geurts,
// D. Ernst and L. Wehenkel, Extremely randomized trees, Machine Learning 63,
// 2006): many trees, each split the best of a few random cuts, the answer the
// mean of what the trees answer. It knows numbers and classes, not drawings.
package trees

import (
	"fmt"
	"math"
)

// Forest is a set of grown trees in flat arrays. Immutable, safe for
// concurrent use.
type Forest struct {
	arrays Arrays
}

// Arrays are all that a Forest is, for writing and reading it.
//
// The nodes of a tree stand one after another, each before its children: the
// one for smaller values next to it, the other at its index in Child. So an
// index always points forward, and following them ends.
type Arrays struct {
	Features, Classes int

	Roots     []int32   // [trees] index of the first node, ascending from 0
	Feature   []int32   // [nodes] the feature to compare, or Leaf
	Threshold []float32 // [nodes] values up to and including it go to the next node
	Child     []int32   // [nodes] where greater values go; in a leaf the row of Shares
	Shares    []float32 // [rows][Classes] what leaves answer: shares that sum to 1

	// Importance is each feature's part in how much purer the splits made the
	// training samples (mean decrease of Gini impurity); sums to 1, or is all 0.
	Importance []float32
}

// Leaf in place of a feature marks a node without children.
const Leaf = -1

// Arrays returns what New rebuilds the forest from. They are the forest's own:
// the caller must not change them.
func (f *Forest) Arrays() Arrays { return f.arrays }

// New checks arrays from outside, so that no answer of the forest can fail,
// run forever or be anything but shares.
func New(a Arrays) (*Forest, error) {
	if err := a.check(); err != nil {
		return nil, fmt.Errorf("read forest: %w", err)
	}
	return &Forest{arrays: a}, nil
}

func (a *Arrays) check() error {
	nodes := len(a.Feature)
	switch {
	case a.Features < 1 || a.Classes < 1:
		return fmt.Errorf("%d features and %d classes", a.Features, a.Classes)
	case len(a.Roots) == 0 || len(a.Roots) > nodes:
		return fmt.Errorf("%d trees with %d nodes", len(a.Roots), nodes)
	case nodes > math.MaxInt32:
		return fmt.Errorf("%d nodes", nodes)
	case len(a.Threshold) != nodes || len(a.Child) != nodes:
		return fmt.Errorf("%d nodes, but %d thresholds and %d children", nodes, len(a.Threshold), len(a.Child))
	case len(a.Shares) == 0 || len(a.Shares)%a.Classes != 0:
		return fmt.Errorf("%d shares for %d classes", len(a.Shares), a.Classes)
	case len(a.Importance) != a.Features:
		return fmt.Errorf("%d importances for %d features", len(a.Importance), a.Features)
	case a.Roots[0] != 0:
		return fmt.Errorf("the first tree starts at node %d, not 0", a.Roots[0])
	}
	for _, v := range a.Importance {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("a feature of importance %v", v)
		}
	}
	rows := len(a.Shares) / a.Classes
	for row := range rows {
		sum := 0.
		for _, v := range a.Shares[row*a.Classes : (row+1)*a.Classes] {
			if !(v >= 0 && v <= 1) {
				return fmt.Errorf("row %d of the leaves holds a share of %v", row, v)
			}
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-3 {
			return fmt.Errorf("row %d of the leaves sums to %v", row, sum)
		}
	}
	for tree, root := range a.Roots {
		end := nodes
		if tree+1 < len(a.Roots) {
			end = int(a.Roots[tree+1])
		}
		if int(root) >= end || end > nodes {
			return fmt.Errorf("tree %d has nodes %d to %d of %d", tree, root, end, nodes)
		}
		for i := int(root); i < end; i++ {
			if err := a.checkNode(i, end, rows); err != nil {
				return fmt.Errorf("node %d of tree %d: %w", i, tree, err)
			}
		}
	}
	return nil
}

// checkNode checks node i of a tree that ends before end.
func (a *Arrays) checkNode(i, end, rows int) error {
	feature, child, threshold := int(a.Feature[i]), int(a.Child[i]), float64(a.Threshold[i])
	switch {
	case feature == Leaf && (child < 0 || child >= rows):
		return fmt.Errorf("a leaf answers with row %d of %d", child, rows)
	case feature == Leaf:
		return nil
	case feature < 0 || feature >= a.Features:
		return fmt.Errorf("feature %d of %d", feature, a.Features)
	case child < i+2 || child >= end:
		return fmt.Errorf("child %d is not between %d and %d", child, i+2, end)
	case math.IsNaN(threshold) || math.IsInf(threshold, 0):
		return fmt.Errorf("threshold %v", threshold)
	}
	return nil
}

// Predict writes the share of each class, summing to 1, into shares
// ([Classes]). features: [Features] of the forest.
func (f *Forest) Predict(features []float32, shares []float64) {
	a := &f.arrays
	shares = shares[:a.Classes]
	clear(shares)
	for _, i := range a.Roots {
		for a.Feature[i] != Leaf {
			if features[a.Feature[i]] <= a.Threshold[i] {
				i++
			} else {
				i = a.Child[i]
			}
		}
		row := a.Shares[int(a.Child[i])*a.Classes:]
		for c := range shares {
			shares[c] += float64(row[c])
		}
	}
	sum := 0.
	for _, v := range shares {
		sum += v
	}
	for c := range shares {
		shares[c] /= sum
	}
}

// Asked writes how often the trees compare each feature on the way to their
// answers into counts ([Features]).
func (f *Forest) Asked(features []float32, counts []int) {
	a := &f.arrays
	clear(counts[:a.Features])
	for _, i := range a.Roots {
		for a.Feature[i] != Leaf {
			counts[a.Feature[i]]++
			if features[a.Feature[i]] <= a.Threshold[i] {
				i++
			} else {
				i = a.Child[i]
			}
		}
	}
}
