package experiments

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Comparison holds several runs side by side.
type Comparison struct {
	Runs        []Run       `json:"-"`
	Differing   []Row       `json:"parameters"` // parameters that differ
	Same        []Row       `json:"same"`
	Metrics     []MetricRow `json:"metrics"`
	SameHoldout bool        `json:"same_holdout"` // all were judged on the same records
}

// Row is one parameter of a spec, by run; "" where a run does not have it.
type Row struct {
	Name   string   `json:"name"`
	Values []string `json:"values"` // by run
}

// MetricRow is a metric that each of the runs has. Differences are to the
// first run, with a 95 % interval from a paired test on the shared holdout
// records; nil where there is none. Where the holdouts are not the same they
// are about the shared records only, and so may not equal the difference of
// Values.
type MetricRow struct {
	Name        string        `json:"name"`
	Values      []float64     `json:"values"`
	Differences []*Difference `json:"differences"`
}

// Difference is a share of right answers minus that of the first run.
type Difference struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	P     float64 `json:"p"` // exact McNemar
	N     int     `json:"n"` // shared records
}

// Compare puts runs side by side, in the order given.
func (s *Store) Compare(ctx context.Context, ids []string) (Comparison, error) {
	if len(ids) < 2 {
		return Comparison{}, fmt.Errorf("compare runs: name two or more of them: ringlab runs list")
	}
	c := Comparison{Runs: make([]Run, len(ids)), Differing: []Row{}, Same: []Row{}, Metrics: []MetricRow{}}
	answers := make([][]answer, len(ids))
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return Comparison{}, fmt.Errorf("compare runs: run %.20q is named twice", id)
		}
		run, err := s.Run(ctx, id)
		if err != nil {
			return Comparison{}, fmt.Errorf("compare runs: %w", err)
		}
		c.Runs[i] = run
		if answers[i], err = s.answers(ctx, id); err != nil {
			return Comparison{}, fmt.Errorf("compare run %s: %w", id, err)
		}
	}
	for _, row := range specRows(c.Runs) {
		if slices.ContainsFunc(row.Values, func(v string) bool { return v != row.Values[0] }) {
			c.Differing = append(c.Differing, row)
		} else {
			c.Same = append(c.Same, row)
		}
	}
	c.Metrics = metricRows(c.Runs, answers)
	c.SameHoldout = !slices.ContainsFunc(answers, func(a []answer) bool { return len(a) == 0 || !sameRecords(a, answers[0]) })
	return c, nil
}

// specRows lists what runs were made of: what they learned from and how
// first, then the parameters by name.
func specRows(runs []Run) []Row {
	fixed := []struct {
		name string
		of   func(Spec) string
	}{
		{"preset", func(s Spec) string { return s.Preset }},
		{"snapshot", func(s Spec) string { return s.Snapshot }},
		{"split", func(s Spec) string { return s.Split }},
		{"seed", func(s Spec) string { return strconv.FormatUint(s.Seed, 10) }},
	}
	var rows []Row
	for _, f := range fixed {
		row := Row{Name: f.name}
		for _, run := range runs {
			row.Values = append(row.Values, f.of(run.Spec))
		}
		rows = append(rows, row)
	}
	names := make(map[string]bool)
	for _, run := range runs {
		for name := range run.Spec.Parameters {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		row := Row{Name: name}
		for _, run := range runs {
			text := ""
			if value, ok := run.Spec.Parameters[name]; ok {
				text = fmt.Sprint(value)
			}
			row.Values = append(row.Values, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// metricRows lists the metrics that all runs have, those of the holdout first.
func metricRows(runs []Run, answers [][]answer) []MetricRow {
	names := make([]string, 0, len(runs[0].Metrics))
	for _, m := range holdoutMetrics {
		names = append(names, m.name)
	}
	for _, name := range slices.Sorted(maps.Keys(runs[0].Metrics)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	rows := []MetricRow{}
	for _, name := range names {
		row := MetricRow{Name: name, Differences: make([]*Difference, len(runs))}
		for _, run := range runs {
			if value, ok := run.Metrics[name]; ok {
				row.Values = append(row.Values, value)
			}
		}
		if len(row.Values) < len(runs) {
			continue
		}
		if good := hitOf(name); good != nil {
			for i := 1; i < len(runs); i++ {
				row.Differences[i] = pairedDifference(answers[0], answers[i], good)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// hitOf tells how a metric that is a share of records counts one of them; nil
// for other metrics.
func hitOf(metric string) func(answer) bool {
	switch metric {
	case "accuracy":
		return answer.right
	case "within_one":
		return answer.withinOne
	}
	return nil
}

// pairedDifference compares two runs on the records that both were judged on;
// nil where there are none.
func pairedDifference(first, second []answer, hit func(answer) bool) *Difference {
	byRecord := make(map[int64]answer, len(first))
	for _, a := range first {
		byRecord[a.record] = a
	}
	var c paired
	for _, b := range second {
		a, ok := byRecord[b.record]
		if !ok {
			continue
		}
		switch hitA, hitB := hit(a), hit(b); {
		case hitA && hitB:
			c.both++
		case hitA:
			c.first++
		case hitB:
			c.second++
		default:
			c.none++
		}
	}
	if c.n() == 0 {
		return nil
	}
	d := c.difference()
	return &d
}
