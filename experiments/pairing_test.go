package experiments

import (
	"slices"
	"testing"
)

// TestAnswersArePaired: only shared records count, and the records that one
// run alone gets right come first.
func TestAnswersArePaired(t *testing.T) {
	a := []answer{{record: 1, label: 3, predicted: 3}, {record: 2, label: 3, predicted: 4}, {record: 3, label: 4, predicted: 4}, {record: 4, label: 4, predicted: 2}, {record: 9, label: 1, predicted: 1}}
	b := []answer{{record: 1, label: 3, predicted: 3}, {record: 2, label: 3, predicted: 3}, {record: 3, label: 4, predicted: 3}, {record: 4, label: 4, predicted: 3}, {record: 8, label: 1, predicted: 1}}
	p, differ := pairAnswers(a, b)
	if p.Shared != 4 || !slices.Equal(p.Labels, []int{2, 3, 4}) {
		t.Errorf("got %+v", p)
	}
	if !slices.Equal(p.First[1], []int{0, 1, 1}) || !slices.Equal(p.Second[1], []int{0, 2, 0}) || !slices.Equal(p.Second[2], []int{0, 2, 0}) {
		t.Errorf("first %v, second %v", p.First, p.Second)
	}
	var order []int64
	for _, d := range differ {
		order = append(order, d.record)
	}
	if !slices.Equal(order, []int64{3, 2, 4}) {
		t.Errorf("disagreements in the order %v", order)
	}
}

// TestTwoRunsArePaired, with the pictures on which they disagree.
func TestTwoRunsArePaired(t *testing.T) {
	s := newTrainedStore(t)
	p, err := s.Pair(t.Context(), "1", "1")
	if err != nil || p.Shared == 0 || len(p.Disagreements) != 0 {
		t.Errorf("a run with itself: %+v, %v", p, err)
	}
	p, err = s.Pair(t.Context(), "1", "2")
	if err != nil || p.Shared == 0 {
		t.Fatalf("got %+v, %v", p, err)
	}
	for _, d := range p.Disagreements {
		if d.First == d.Second || d.Record.Picture == "" {
			t.Errorf("got %+v", d)
		}
	}
	if _, err := s.Pair(t.Context(), "1", "99"); err == nil {
		t.Error("a run that is not there is paired")
	}
}
