package data

import (
	"slices"
	"testing"
)

// notebookHoldout are the compounds on which the notebook tested: rows 83 53
// 70 45 44 39 22 80 10 0 18 30 73 33 90 4 76 77 12 31 55 88 26 42 69 of the
// 100 good records, in the order of the draw.
var notebookHoldoutRows = []int{83, 53, 70, 45, 44, 39, 22, 80, 10, 0, 18, 30, 73, 33, 90, 4, 76, 77, 12, 31, 55, 88, 26, 42, 69}

func TestPermutationIsNumpys(t *testing.T) {
	order := newMersenneTwister(demoSeed).permutation(100)
	if !slices.Equal(order[:25], notebookHoldoutRows) {
		t.Errorf("got %v", order[:25])
	}
}
