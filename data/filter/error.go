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
