package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

func TestLogLinesAreShortenedForPeople(t *testing.T) {
	stamp := time.Date(2026, 11, 24, 21, 41, 12, 0, time.UTC)
	line := `{"time":"` + stamp.Format(time.RFC3339) + `","level":"INFO","msg":"epoch","loss":0.08014408,"p":1.5e-07}`
	if got, want := logLine(line), stamp.Local().Format(time.TimeOnly)+"  epoch loss=0.0801 p=1.5e-07"; got != want {
		t.Errorf("logLine(%q) = %q, want %q", line, got, want)
	}
}

func TestTheTailOfALogIsBounded(t *testing.T) {
	long := strings.Repeat("a line of the log\n", 50_000) + "the last"
	for _, ending := range []string{"", "\n"} {
		lines, err := tail(strings.NewReader(long+ending), 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) > 60 || lines[len(lines)-1] != "the last" {
			t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
		}
	}
	if lines, err := tail(strings.NewReader(""), 1000); err != nil || len(lines) != 0 {
		t.Errorf("an empty log has lines %q, %v", lines, err)
	}
}

func TestSpansAreShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 8 * time.Second: "8 s", 3 * time.Minute: "3 min", 5 * time.Hour: "5 h", 72 * time.Hour: "3 d",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestTimeLeftNeedsAnEpoch(t *testing.T) {
	now := testTime()
	if got := timeLeft(now, now.Add(-time.Minute), 10, 30); got != 2*time.Minute {
		t.Errorf("10 of 30 epochs in a minute: %v left", got)
	}
	for _, got := range []time.Duration{timeLeft(now, now, 0, 30), timeLeft(now, time.Time{}, 3, 30), timeLeft(now, now.Add(time.Hour), 3, 30)} {
		if got >= 0 {
			t.Errorf("an estimate of %v out of nothing", got)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q", n, got)
		}
	}
}

// Wherever a line is cut, also through a wide character, what is left has the
// width that it should have.
func TestACutThroughAWideCharacterKeepsTheWidth(t *testing.T) {
	const line = "a環b環環c"
	wide := ansi.StringWidth(line)
	for from := range wide + 2 {
		if got, want := rightOf(line, from), max(wide-from, 0); ansi.StringWidth(got) != want {
			t.Errorf("from cell %d: %q is %d cells wide, not %d", from, got, ansi.StringWidth(got), want)
		}
		if got := fitEnd(line, from); ansi.StringWidth(got) != min(from, wide) {
			t.Errorf("the last %d cells: %q is %d wide", from, got, ansi.StringWidth(got))
		}
	}
	if got := rightOf(line, 2); got != " b環環c" {
		t.Errorf("cut through a wide character: %q", got)
	}
}
