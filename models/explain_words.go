package models

import (
	"fmt"
	"strings"
)

// Words say what was counted and what the trees asked, for an answer.
func (r *Regions) Words(answer int) []string {
	counted := "None is counted: there is no region"
	switch r.Counted {
	case 0:
	case 1:
		counted = "1 is counted: 1 region"
	default:
		counted = fmt.Sprintf("1 to %d are counted: %d regions", r.Counted, r.Counted)
	}
	words := []string{fmt.Sprintf("%s of at least %g pixels, where gaps of up to %g pixels in the lines are closed.",
		counted, r.Least, 2*r.Radius)}
	switch small := len(r.All) - r.Counted; small {
	case 0:
	case 1:
		words = append(words, "1 smaller region, without a number, is not counted.")
	default:
		words = append(words, fmt.Sprintf("%d smaller regions, without numbers, are not counted.", small))
	}
	if r.Counted != answer {
		words = append(words, fmt.Sprintf("The answer is %d all the same: the other numbers weighed more.", answer))
	}
	question := fmt.Sprintf("Of what the trees compared on the way to their answer, %.0f %% was the number of regions", 100*r.Question.Share)
	var others []string
	for _, q := range r.Questions {
		if q != r.Question && len(others) < 3 {
			others = append(others, fmt.Sprintf("%s = %.4g", q.Feature, q.Value))
		}
	}
	if len(others) > 0 {
		question += "; also " + strings.Join(others, "; ")
	}
	return append(words, question+".")
}

// Words say what the network counted and what changes it.
func (m *Map) Words() []string {
	words := []string{fmt.Sprintf("The network expects %.1f rings.", m.Count)}
	if len(m.Spots) == 0 {
		return append(words, fmt.Sprintf("Covering any one square with paper changes that by less than %g.", leastChange))
	}
	var spots []string
	for i, s := range m.Spots {
		direction := "fewer"
		if s.Change > 0 {
			direction = "more"
		}
		spots = append(spots, fmt.Sprintf("%s: %.1f %s, it would say %d", spotName(i), max(s.Change, -s.Change), direction, s.Label))
	}
	return append(words, "With a square covered by paper it expects — "+strings.Join(spots, "; ")+".")
}

func spotName(i int) string { return string(rune('A' + i)) }
