package experiments

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Group is runs of one spec that differ by the seed alone.
type Group struct {
	Runs    []Run  // by seed
	Differs string // what tells it from the other groups, such as "trees=100"; empty if there is one
	// Mean and Spread are of the accuracy on the holdout over the finished runs;
	// the spread is the sample's standard deviation. NaN where there is none: of
	// no run, and the spread of a single one.
	Mean, Spread float64
}

// SeedGroups puts runs that differ by the seed alone together, the group with
// the best mean first and those without a finished run last.
func SeedGroups(runs []Run) []Group {
	byKey := map[string]*Group{}
	var groups []*Group
	for _, run := range runs {
		key := run.Spec.withoutSeed()
		if byKey[key] == nil {
			byKey[key] = new(Group)
			groups = append(groups, byKey[key])
		}
		byKey[key].Runs = append(byKey[key].Runs, run)
	}
	differing := differingFields(groups)
	result := make([]Group, len(groups))
	for i, g := range groups {
		slices.SortStableFunc(g.Runs, func(a, b Run) int { return cmp.Compare(a.Spec.Seed, b.Spec.Seed) })
		g.Mean, g.Spread = meanAndSpread(accuracies(g.Runs))
		fields := g.Runs[0].Spec.fields()
		var differs []string
		for _, name := range differing {
			if value, ok := fields[name]; ok {
				differs = append(differs, name+"="+value)
			}
		}
		g.Differs = strings.Join(differs, " ")
		result[i] = *g
	}
	slices.SortStableFunc(result, func(a, b Group) int { return cmp.Compare(b.Mean, a.Mean) }) // NaN is the least
	return result
}

// withoutSeed spells everything of a spec but the seed. Equal text is an equal
// spec: maps are written in the order of their keys.
func (s Spec) withoutSeed() string {
	s.Seed = 0
	text, err := json.Marshal(s)
	if err != nil { // a spec was made from JSON or checked values: numbers and text
		return fmt.Sprint(s)
	}
	return string(text)
}

// fields names what a spec sets, for people.
func (s Spec) fields() map[string]string {
	fields := map[string]string{"preset": s.Preset, "split": s.Split, "snapshot": fmt.Sprintf("%.8s", s.Snapshot)}
	for name, value := range s.Parameters {
		fields[name] = fmt.Sprint(value)
	}
	return fields
}

// differingFields are the names of what is not the same in all groups, sorted.
func differingFields(groups []*Group) []string {
	all := make([]map[string]string, len(groups))
	names := map[string]bool{}
	for i, g := range groups {
		all[i] = g.Runs[0].Spec.fields()
		for name := range all[i] {
			names[name] = true
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(names)), func(name string) bool {
		return !slices.ContainsFunc(all, func(fields map[string]string) bool { return fields[name] != all[0][name] })
	})
}

func accuracies(runs []Run) []float64 {
	var values []float64
	for _, run := range runs {
		if run.Evaluation != nil {
			values = append(values, run.Evaluation.Accuracy)
		}
	}
	return values
}

func meanAndSpread(values []float64) (mean, spread float64) {
	n := float64(len(values))
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	for _, v := range values {
		mean += v / n
	}
	if n == 1 {
		return mean, math.NaN()
	}
	var squares float64
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / (n - 1))
}
