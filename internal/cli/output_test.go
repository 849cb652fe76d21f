package cli

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestTextFromOutsideNeverDrivesATerminal(t *testing.T) {
	for _, c := range []struct{ name, text, wanted string }{
		{"plain text stays", "Größe 4 – ok", "Größe 4 – ok"},
		{"an escape sequence is spelled", "\x1b[2Jgone", `\x1b[2Jgone`},
		{"a line end is spelled", "a\nb", `a\nb`},
		{"C1 controls are spelled", "\u009b31m", `\u009b31m`},
		{"marks that turn text around are spelled", "abc\u202ecba", `abc\u202ecba`},
		{"broken UTF-8 is spelled byte by byte", "a\xff\xfeb", `a\xff\xfeb`},
		{"the replacement character itself stays", "a\ufffdb", "a\ufffdb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := clean(c.text); got != c.wanted {
				t.Errorf("clean(%q) = %q, wanted %q", c.text, got, c.wanted)
			}
		})
	}
	if got := cleanLines("a\r\n\tb\x1b\n"); got != "a\n  b\\x1b\n" {
		t.Errorf("cleanLines keeps line ends only, got %q", got)
	}
}

// FuzzJSONSurvivesEscaping: whatever text a name holds, the JSON line is one
// line of printable characters, and reads back as the same text.
func FuzzJSONSurvivesEscaping(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b[31m", "\u009b", "\u202e", "\U000e0001", "a\"\\\n", "\xff", "\u2028<&>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line, err := jsonLine(map[string]string{"name": text})
		if err != nil {
			t.Fatal(err)
		}
		body, ended := bytes.CutSuffix(line, []byte("\n"))
		if !ended {
			t.Fatalf("%q has no line end", line)
		}
		for _, r := range string(body) {
			if !printable(r) {
				t.Fatalf("%q holds %q", line, r)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(text) && back["name"] != text {
			t.Errorf("%q came back as %q", text, back["name"])
		}
		for _, r := range clean(text) {
			if !printable(r) {
				t.Errorf("clean(%q) holds %q", text, r)
			}
		}
	})
}

func TestTableAlignsByWidthOnScreen(t *testing.T) {
	table := newTable("name", ">n")
	table.row("水", 1)
	table.row("longer", 100)
	var out strings.Builder
	table.write(&out)
	wanted := "name      n\n水        1\nlonger  100\n"
	if out.String() != wanted {
		t.Errorf("got\n%swanted\n%s", out.String(), wanted)
	}
}

func TestSparklineGoesFromLeastToGreatest(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		width  int
		wanted string
	}{
		{"rising", []float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
		{"flat", []float64{3, 3, 3}, 8, "▁▁▁"},
		{"a cell shows the mean of its values", []float64{0, 0, 8, 8}, 2, "▁█"},
		{"what is not finite is blank", []float64{0, math.NaN(), 1}, 3, "▁ █"},
		{"nothing", nil, 8, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sparkline(c.values, c.width); got != c.wanted {
				t.Errorf("got %q, wanted %q", got, c.wanted)
			}
		})
	}
}

func TestDurationsReadWell(t *testing.T) {
	for s, wanted := range map[float64]string{0.04: "0.0 s", 9.96: "10.0 s", 12.4: "12 s", 59.4: "59 s", 125: "2 min 5 s"} {
		if got := seconds(s); got != wanted {
			t.Errorf("seconds(%v) = %q, wanted %q", s, got, wanted)
		}
	}
}

func TestProgressIsAPlainLineNowAndThenInAPipe(t *testing.T) {
	var out strings.Builder
	now := time.Unix(0, 0)
	p := &progress{w: &out, now: func() time.Time { return now }, last: now}
	for i := range 100 {
		now = now.Add(100 * time.Millisecond)
		p.update("step %d", i)
	}
	p.line("done \x1b[0m")
	if got := out.String(); got != "step 29\nstep 59\nstep 89\ndone \\x1b[0m\n" {
		t.Errorf("got %q", got)
	}
}

func TestProgressRedrawsOneLineInATerminal(t *testing.T) {
	var out strings.Builder
	now := time.Unix(0, 0)
	p := &progress{w: &out, terminal: true, width: 10, now: func() time.Time { return now }, last: now}
	now = now.Add(time.Second)
	p.update("a long line of progress")
	p.line("done")
	if got := out.String(); got != "\ra long l…\x1b[K\r\x1b[Kdone\n" {
		t.Errorf("got %q", got)
	}
}
