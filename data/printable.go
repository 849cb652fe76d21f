package data

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how much of a value from outside a message repeats.
const maxShown = 80

// Printable makes text from outside safe to show on a line: what a terminal
// could obey or hide (control characters, line ends, bidirectional marks, broken
// UTF-8) is spelled as an escape of Go's.
func Printable(text string) string {
	safe := true
	for _, r := range text {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			safe = false
			break
		}
	}
	if safe {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) {
			quoted := strconv.Quote(text[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteRune(r)
		}
		text = text[size:]
	}
	return b.String()
}

// shown is printable text in quotes, cut where it is long.
func shown(text string) string {
	cut := ""
	if len(text) > maxShown {
		text, cut = strings.ToValidUTF8(text[:maxShown], ""), "…"
	}
	return `"` + Printable(text) + cut + `"`
}
