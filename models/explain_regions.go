package models

import (
	"cmp"
	"slices"

	"ringlab/models/topology"
)

// Regions are what the trees counted: of all numbers of holes that they ask
// about, the one that they asked about most on the way to this answer.
type Regions struct {
	topology.HoleFeature
	Counted  int      // of All, those large enough: the first
	All      []Region // the largest first
	Question Question // about their number
	// Questions are the features that the trees asked about most, of any kind.
	Questions []Question

	of []int32 // of each pixel of the drawing its region, or -1
}

// Region is a piece of paper that ink encloses.
type Region struct {
	Area float64 // in pixels of a drawing of 300 pixels a side
	X, Y int     // deep inside
}

// Question is a feature that trees compare.
type Question struct {
	Feature string
	Value   float64
	Share   float64 // of all comparisons on the way to the answer
}

// questionsTold bounds Regions.Questions.
const questionsTold = 5

func (p *forestPredictor) explainRegions(ink *topology.Ink) *Regions {
	features := ink.Features()
	asked := make([]int, len(features))
	p.forest.Asked(features, asked)
	total := 0
	order := make([]int, len(asked))
	for i, n := range asked {
		total += n
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(asked[b], asked[a]) })
	names := topology.FeatureNames()
	question := func(i int) Question {
		return Question{names[i], float64(features[i]), float64(asked[i]) / float64(max(1, total))}
	}
	r := &Regions{}
	for _, i := range order[:min(questionsTold, len(order))] {
		if asked[i] > 0 {
			r.Questions = append(r.Questions, question(i))
		}
	}
	counts := topology.HoleFeatures()
	for _, i := range order {
		f, ok := counts[i]
		if !ok {
			continue
		}
		r.HoleFeature, r.Question = f, question(i)
		break
	}
	holes, of := ink.Holes(r.HoleFeature)
	r.of = of
	for _, h := range holes {
		r.All = append(r.All, Region(h))
		if h.Area >= r.Least {
			r.Counted++
		}
	}
	return r
}

func (p *ensemblePredictor) explainRegions(ink *topology.Ink) *Regions {
	return p.forest.explainRegions(ink)
}
