package spelling

import (
	"strings"
	"testing"
)

// TestNearestIsWhatWasProbablyMeant, and nothing where that is a guess.
func TestNearestIsWhatWasProbablyMeant(t *testing.T) {
	names := []string{"list", "show", "logs", "cancel", "resume", "delete", "snapshots", "learning_rate", "trees", "Überbau"}
	for wrong, want := range map[string]string{
		"lsit": "list", "lst": "list", "shwo": "show", "canel": "cancel", "snap": "snapshots", "frobnicate": "", "LOGS": "logs", "learn": "learning_rate", "learnign_rate": "learning_rate",
		"treees": "trees", "überbau": "Überbau", "promote": "", "": "", "x": "",
		strings.Repeat("x", 1<<20): "",
	} {
		if got := Nearest(wrong, names); got != want {
			t.Errorf("Nearest(%.20q) = %q, want %q", wrong, got, want)
		}
	}
	if got := Nearest("trees", nil); got != "" {
		t.Errorf("of no names: %q", got)
	}
}

// TestEditsAreCounted, worked out by hand.
func TestEditsAreCounted(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"ca", "abc", 3}} {
		if got := edits(c.a, c.b); got != c.want || edits(c.b, c.a) != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
