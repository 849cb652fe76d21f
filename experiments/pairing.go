package experiments

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"ringlab/data"
)

// Pairing holds the answers of two runs for the records that both were judged
// on.
type Pairing struct {
	Shared        int            // records
	Labels        []int          // true and said ones, rising
	First, Second [][]int        // records by truth (row) and answer, as in Labels
	Disagreements []Disagreement // those that only one got right first
}

// Disagreement is a record for which two runs answer differently.
type Disagreement struct {
	Record                            data.Record
	First, Second                     int
	FirstConfidence, SecondConfidence float64
}

// OnlyFirst tells that only the first run is right.
func (d Disagreement) OnlyFirst() bool { return d.First == d.Record.Label }

// OnlySecond tells that only the second run is right.
func (d Disagreement) OnlySecond() bool { return d.Second == d.Record.Label }

// Pair compares two runs answer by answer.
func (s *Store) Pair(ctx context.Context, first, second string) (Pairing, error) {
	var answers [2][]answer
	for i, id := range []string{first, second} {
		n, err := s.existing(ctx, id)
		if err != nil {
			return Pairing{}, err
		}
		if answers[i], err = s.selectAnswers(ctx, n); err != nil {
			return Pairing{}, fmt.Errorf("compare run %s: %w", id, err)
		}
	}
	p, differ := pairAnswers(answers[0], answers[1])
	if len(differ) == 0 {
		return p, nil
	}
	ids := make([]int64, len(differ))
	for i, d := range differ {
		ids[i] = d.record
	}
	records, err := s.data.RecordsByID(ctx, ids)
	if err != nil {
		return Pairing{}, fmt.Errorf("compare runs %s and %s: %w", first, second, err)
	}
	for i, d := range differ {
		p.Disagreements = append(p.Disagreements, Disagreement{
			Record: records[i], First: d.first.predicted, Second: d.second.predicted,
			FirstConfidence: d.first.confidence, SecondConfidence: d.second.confidence,
		})
	}
	return p, nil
}

// pairedAnswer is what two runs say of a record.
type pairedAnswer struct {
	record        int64
	first, second answer
}

// pairAnswers counts what is shared, and lists what differs.
func pairAnswers(a, b []answer) (Pairing, []pairedAnswer) {
	byRecord := make(map[int64]answer, len(a))
	for _, one := range a {
		byRecord[one.record] = one
	}
	var shared, differ []pairedAnswer
	labels := map[int]bool{}
	for _, other := range b {
		one, ok := byRecord[other.record]
		if !ok {
			continue
		}
		both := pairedAnswer{other.record, one, other}
		shared = append(shared, both)
		labels[one.label], labels[one.predicted], labels[other.predicted] = true, true, true
		if one.predicted != other.predicted {
			differ = append(differ, both)
		}
	}
	p := Pairing{Shared: len(shared), Labels: slices.Sorted(maps.Keys(labels))}
	at := make(map[int]int, len(p.Labels))
	for i, label := range p.Labels {
		at[label] = i
		p.First, p.Second = append(p.First, make([]int, len(p.Labels))), append(p.Second, make([]int, len(p.Labels)))
	}
	for _, both := range shared {
		truth := at[both.first.label]
		p.First[truth][at[both.first.predicted]]++
		p.Second[truth][at[both.second.predicted]]++
	}
	rank := func(d pairedAnswer) int {
		switch {
		case d.first.right():
			return 0
		case d.second.right():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(differ, func(x, y pairedAnswer) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)),
			cmp.Compare(y.first.confidence+y.second.confidence, x.first.confidence+x.second.confidence))
	})
	return p, differ
}
