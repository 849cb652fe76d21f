// Package spelling finds the name that somebody probably meant.
package spelling

import "strings"

// longest is how much of a text is compared: it may come from a file.
const longest = 64

// Nearest is the name most like a wrong one, the first of several; "" if none
// is near: more than a third of its letters, and more than two, are other ones.
// The case of letters does not count, and the beginning of a name is near it.
func Nearest(wrong string, names []string) string {
	wrong = wrong[:min(len(wrong), longest)]
	best, least := "", max(2, len(wrong)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(wrong), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

func distance(wrong, name string) int {
	if len(wrong) >= 2 && strings.HasPrefix(name, wrong) {
		return 0
	}
	return edits(wrong, name[:min(len(name), longest)])
}

// edits is how many bytes must be put in, taken out, changed or swapped with
// their neighbour to make b of a (F. J. Damerau 1964, the restricted form).
func edits(a, b string) int {
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
