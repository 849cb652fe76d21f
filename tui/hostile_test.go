package tui

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/data"
	"ringlab/experiments"
)

func TestCleanSpellsOutWhatWouldCommandTheTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain CCO":           "plain CCO",
		"\x1b[31mred":         `\x1b[31mred`,
		"a\nb\tc\r":           `a\nb\tc\r`,
		"\u009b31m":           `\u009b31m`,
		"abc\u202egnp":        `abc\u202egnp`,
		"zero\u200bwidth":     `zero\u200bwidth`,
		"bad\xff":             `bad\xff`,
		"\x07\x00\x7f":        `\a\x00\x7f`,
		"bell\u2028separator": `bell\u2028separator`,
		"ünïcode 環 ok":        "ünïcode 環 ok",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFitIsExactlyAsWideAsAsked(t *testing.T) {
	for _, text := range []string{"", "abc", "環環環", "e\u0301e\u0301e\u0301", "👩‍🔬 lab", "a\x1b[2Jb", strings.Repeat("x", 100_000)} {
		for width := range 12 {
			if got := ansi.StringWidth(fit(text, width)); got != width {
				t.Errorf("fit(%.20q, %d) is %d wide", text, width, got)
			}
		}
	}
}

// hostile puts a datum wherever one is shown.
func hostile(b *bench, datum string) []func() {
	run := experiments.Run{ID: "9", Name: datum, State: experiments.Failed, Error: datum, Author: datum, Phase: datum,
		Version: datum, Tags: []string{datum}, Spec: experiments.Spec{Preset: datum, Split: datum, Snapshot: datum},
		Metrics: map[string]float64{datum: 1}}
	fields, _ := json.Marshal(map[string]string{"molecular_formula": datum, datum + "x": datum})
	record := data.Record{ID: 1, CompoundID: 1, SMILES: datum, Image: datum, Group: datum, Picture: datum, Fields: fields}
	letter := data.DeadLetter{ID: 1, Source: datum, Code: datum, Reason: datum, State: datum, Raw: []byte(datum),
		SettledBy: datum, SettledWhy: datum}
	return []func(){
		func() {
			b.press("1")
			p := b.dataPage()
			p.setMode(inRecords)
			p.loaded = false
			p.pending = false
			p.Refresh()
			b.give(overviewLoadedMsg{request: p.overviewAsked, task: data.Task{LabelName: datum}})
			table, err := experiments.TableOf(data.Snapshot{ID: datum, Records: 1}, data.Task{LabelName: datum}, []data.Record{record}, datum, nil)
			if err != nil {
				b.t.Fatal(err)
			}
			b.give(recordsLoadedMsg{request: p.request, table: table})
			b.give(recordLoadedMsg{request: p.preview.request, id: 1, fields: []pair{{datum, datum}},
				picture: pictureLoadedMsg{request: p.preview.request, trouble: datum}})
		},
		func() { b.press("/"); b.give(tea.PasteMsg{Content: datum}) },
		func() { b.press("enter", "esc", "esc"); b.press("S") },
		func() { b.press("esc", "s") },
		func() { b.press("esc", "enter") },
		func() {
			b.press("esc", "d")
			l := &b.dataPage().letters
			b.give(lettersLoadedMsg{request: l.request, letters: []data.DeadLetter{letter}, total: 1, waiting: 1})
			b.give(letterLoadedMsg{l.fullRequest, letter})
		},
		func() {
			b.press("3")
			b.give(runsAnswer(b.runsPage().request, []experiments.Run{run}))
		},
		func() {
			b.press("enter")
			b.give(runLoadedMsg{request: b.runsPage().run.request, run: run, log: []string{datum, datum}})
		},
		func() { b.press("left") },
		func() { b.press("left") },
		func() {
			b.press("esc", "space")
			b.runsPage().compare = newCompareView(b.root.shell, b.runsPage().width, b.runsPage().height)
			b.runsPage().compare.load([]string{datum, datum})
			b.give(comparedMsg{b.runsPage().compare.request, experiments.Comparison{Runs: []experiments.Run{run, run},
				Differing: []experiments.Row{{Name: datum, Values: []string{datum, datum}}},
				Same:      []experiments.Row{{Name: datum, Values: []string{datum, datum}}},
				Metrics:   []experiments.MetricRow{{Name: datum, Values: []float64{1, 2}}}}})
		},
		func() {
			b.press("esc", "4")
			b.give(modelsLoadedMsg{b.modelsPage().request,
				[]experiments.Version{{Name: datum, Run: datum, Preset: datum, Aliases: []string{datum}, Author: datum}},
				[]experiments.Promotion{{Version: datum, Previous: datum, Kind: datum, Reason: datum, Author: datum}}})
		},
		func() {
			p := b.modelsPage()
			b.give(lineageLoadedMsg{request: p.lineageRequest, version: datum, servers: []string{datum},
				run: run, model: experiments.Model{Sum: datum}})
			b.press("c")
			b.give(gatesLoadedMsg{p.checkRequest, []experiments.Gate{{Name: datum, Why: datum}}})
		},
		func() {
			b.press("P")
			if d := b.root.shell.dialog; d != nil {
				b.give(gatesLoadedMsg{d.request, []experiments.Gate{{Name: datum, Why: datum}}})
			}
		},
		func() {
			b.press("esc", "5")
			b.give(servingLoadedMsg{request: b.servingPage().request,
				production: experiments.Version{Name: datum, Preset: datum, Run: datum},
				since:      experiments.Promotion{Version: datum, Author: datum, Reason: datum},
				learned:    map[int]int{1: 2},
				servers:    []experiments.Server{{Host: datum, Address: datum, Version: datum}}})
			b.give(trafficLoadedMsg{request: b.servingPage().trafficRequest, said: map[int]int{3: 4}, unlike: 1, silent: datum})
			b.servingPage().tryRequest = 77
			b.give(triedMsg{request: 77, path: datum, model: datum, by: datum})
		},
		func() { b.give(failedMsg{doing: datum, err: errors.New(datum)}) },
		func() { b.press("!") },
	}
}

func checkHostile(t *testing.T, datum string, width, height int) {
	b := newBench(t, width, height)
	for i, step := range hostile(b, datum) {
		step()
		frame := b.frame()
		checkHarmless(t, frame)
		checkFrame(t, frame, width, height)
		if t.Failed() {
			t.Fatalf("step %d with %q", i, datum)
		}
	}
}

func TestNoDatumReachesTheTerminalRaw(t *testing.T) {
	for _, datum := range []string{
		"\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x1bPq#0\x1b\\", "\u009b2J", "a\rb\nc\td\be", "\x00\x7f\x85",
		"\u202eabc\u2066", "\xff\xfe\xc0\x80", "環境変数", "e\u0301\u0302\u0303", strings.Repeat("long ", 500),
		strings.Repeat("\x1b", 300), "👩‍👩‍👧‍👦🏳️‍🌈", "\u200d\u200c\ufeff", "%s%d%!", "\x9c\x1b[31m",
	} {
		checkHostile(t, datum, 80, 24)
		checkHostile(t, datum, 200, 60)
	}
}

func FuzzNoDatumReachesTheTerminalRaw(f *testing.F) {
	f.Add("\x1b[2J", uint8(80), uint8(24))
	f.Add("\u202e\xff\x9b", uint8(120), uint8(40))
	f.Fuzz(func(t *testing.T, datum string, width, height uint8) {
		if len(datum) > 4096 {
			return
		}
		checkHostile(t, datum, max(int(width), leastWidth), max(int(height), leastHeight))
	})
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b[31m")
	f.Fuzz(func(t *testing.T, s string) {
		out := clean(s)
		if !utf8.ValidString(out) || strings.ContainsFunc(out, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("clean(%q) = %q", s, out)
		}
	})
}
