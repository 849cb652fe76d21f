// Package unlike tells drawings of molecules from other pictures: photographs,
// text, charts, circuits and flow diagrams, noise, and drawings cut at the edge.
// It asks no model that counts rings: such a model is sure of anything.
package unlike

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/gob"
	"errors"
	"fmt"
	"slices"
	"sync"

	"ringlab/data/picture"
	"ringlab/models/trees"
)

// embedded is written by models/unlike/grow.
//
//go:embed forest.gob.gz
var embedded []byte

// Grown is what the embedded file holds.
type Grown struct {
	Names  []string // of the features that the forest was grown on
	Arrays trees.Arrays
}

// Kinds of pictures that are no whole drawing of a molecule, sorted: the classes
// of the forest after Drawing.
func Kinds() []string {
	return []string{"chart", "cut", "diagram", "noise", "photo", "text"}
}

// Drawing is the forest's class of whole drawings; kind i of Kinds is class i+1.
const Drawing = 0

// Threshold is the score over which a picture is called unlike where nothing
// else is known. docs/models.md says what it was chosen on.
const Threshold = .5

// Verdict is what is thought of one picture.
type Verdict struct {
	Score float64 // how surely it is no whole drawing of a molecule, 0 to 1
	Kind  string  // what it is taken for if it is none: one of Kinds
}

// Judge looks at a picture whose fields agree. The same picture has the same
// verdict. Safe for concurrent use.
func Judge(p *picture.Picture) Verdict { return VerdictOf(Forest(), Measure(p)) }

// VerdictOf is what a forest says of features that Measure returned.
func VerdictOf(f *trees.Forest, features []float32) Verdict {
	kinds := Kinds()
	shares := make([]float64, 1+len(kinds))
	f.Predict(features, shares)
	best := 0
	for i := range kinds {
		if shares[1+i] > shares[1+best] {
			best = i
		}
	}
	return Verdict{Score: 1 - shares[Drawing], Kind: kinds[best]}
}

// Forest unpacks the embedded forest once. That it can be is held by a test: it
// is a part of the program, as a table of numbers would be.
var Forest = sync.OnceValue(func() *trees.Forest {
	f, err := read(embedded)
	if err != nil {
		panic(err)
	}
	return f
})

func read(file []byte) (*trees.Forest, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("read the forest of unlikeness: %w", err)
	}
	var g Grown
	if err := gob.NewDecoder(unpacked).Decode(&g); err != nil {
		return nil, fmt.Errorf("read the forest of unlikeness: %w", err)
	}
	if !slices.Equal(g.Names, Names()) || g.Arrays.Classes != 1+len(Kinds()) {
		return nil, errors.New("the forest of unlikeness was grown on other features: grow it again, see docs/models.md")
	}
	return trees.New(g.Arrays)
}
