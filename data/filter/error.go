package filter

import (
	"fmt"
	"strings"
	"unicode"
)

// Error says what is wrong with a filter's text, where, and what to do.
type Error struct {
	Text     string // the whole filter
	From, To int    // bytes of Text that are wrong; To may equal From at the end
	Problem  string
	Hint     string
}

// Error is one line; it spells what it quotes from the text.
func (e *Error) Error() string {
	return fmt.Sprintf("filter, character %d: %s: %s", 1+len([]rune(e.Text[:e.From])), e.Problem, e.Hint)
}

// Pointed is the text on one line and marks under what is wrong on the next.
// width tells how many cells a text without control characters takes.
func (e *Error) Pointed(width func(string) int) (text, marks string) {
	text = Line(e.Text)
	before, wrong := width(Line(e.Text[:e.From])), width(Line(e.Text[e.From:e.To]))
	return text, strings.Repeat(" ", before) + strings.Repeat("^", max(wrong, 1))
}

// Line is a text on one line: what cannot be printed is a question mark.
func Line(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, s)
}

// nearest is the name most like a wrong one, "" if none is near.
func nearest(wrong string, names []string) string {
	best, least := "", max(len(wrong)/2, 1)+1
	for _, name := range names {
		if d := edits(strings.ToLower(wrong), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// edits is how many letters must be put in, taken out, changed or swapped with
// their neighbour to make b of a (F. J. Damerau 1964, the restricted form).
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	older, old := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := old[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(old[j]+1, row[j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old = old, row
	}
	return old[len(b)]
}
