package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// leastName is how many cells of a name are worth to be shown.
const leastName = 6

// apartName is the name of a run with what sets it apart, in so many cells as
// far as that goes. A name that somebody gave it comes first, one that it has by
// its number last. Where there is no room for all, what sets it apart stays: it
// is what the runs of a sweep are told by. First the name gives way, then those
// of the parameters, last their values.
func apartName(run *experiments.Run, apart string, width int) string {
	name, by := run.Name, apart
	numbered := name == run.Spec.Preset+"-"+run.ID
	if numbered {
		name, by = by, name
	}
	whole := strings.Trim(name+"  "+by, " ")
	if apart == "" || ansi.StringWidth(whole) <= width {
		return whole
	}
	apart = clean(apart)
	if !numbered { // else number and preset stand beside it
		name = clean(name)
		least := min(ansi.StringWidth(name), leastName)
		if short, fits := fewerLetters(apart, width-least-2); fits {
			return ansi.Truncate(name, width-ansi.StringWidth(short)-2, "…") + "  " + short
		}
	}
	short, _ := fewerLetters(apart, width)
	return short
}

// fewerLetters shortens the names in "min_leaf=3 trees=100" as far as so many
// cells need, to "mi…=3 tr…=100". Where one letter of each does not fit, the
// values alone are left, "3 100".
func fewerLetters(apart string, width int) (short string, fits bool) {
	words := strings.Fields(apart)
	longest := 0
	for _, word := range words {
		name, _, _ := strings.Cut(word, "=")
		longest = max(longest, utf8.RuneCountInString(name))
	}
	for letters := longest; letters > 0; letters-- {
		if text := withLetters(words, letters); ansi.StringWidth(text) <= width {
			return text, true
		}
	}
	return withLetters(words, 0), false
}

// withLetters cuts names to so many letters; at 0 they go.
func withLetters(words []string, letters int) string {
	short := make([]string, len(words))
	for i, word := range words {
		name, value, named := strings.Cut(word, "=")
		switch runes := []rune(name); {
		case !named:
			short[i] = word
		case letters == 0:
			short[i] = value
		case len(runes) <= letters+1: // a mark would be as long
			short[i] = word
		default:
			short[i] = string(runes[:letters]) + "…=" + value
		}
	}
	return strings.Join(short, " ")
}
