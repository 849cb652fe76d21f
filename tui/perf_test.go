package tui

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/experiments"
	"ringlab/models"
)

// From a key to the frame that shows it, on a hundred thousand records and ten
// thousand runs: Update, what it asked of the processor, and View.
//
//	go test -run '^$' -bench KeyToFrame -benchtime 300x ./tui
func BenchmarkKeyToFrame(b *testing.B) {
	for _, size := range [][2]int{{120, 40}, {200, 60}} {
		for name, keys := range map[string][]string{
			"records/move":   {"down", "down", "pgdown", "up", "end", "home"},
			"records/filter": {"/", "r", "i", "n", "g", "s", ">", "=", "3", "space", "b", "r", "esc", "/", "c", "c", "n", "esc"},
			"records/sort":   {"s", "down", "s", "s", "s", "esc"},
			"runs/move":      {"down", "down", "pgdown", "up", "end", "home"},
			"runs/filter":    {"/", "a", "c", "c", "u", "r", "a", "c", "y", ">", ".", "9", "esc", "/", "s", "w", "e", "esc"},
			"runs/sort":      {"s", "down", "down", "s", "s", "s", "esc"},
			"runs/fold":      {"z"},
		} {
			b.Run(fmt.Sprintf("%s/size=%dx%d", name, size[0], size[1]), func(b *testing.B) {
				w := newLargeBench(b, size[0], size[1])
				page := "3"
				if name[:4] == "reco" {
					page = "1"
				}
				w.key(page)
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					started := time.Now()
					w.key(keys[i%len(keys)])
					took = append(took, time.Since(started))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99_ms")
			})
		}
	}
}

// largeBench is a workbench on much data, whose selections are answered at once.
type largeBench struct {
	tb   testing.TB
	root *root
}

func newLargeBench(tb testing.TB, width, height int) *largeBench {
	w := &largeBench{tb, newRoot(tb.Context(), Session{User: "ada", Clock: testTime}.withDefaults())}
	w.root.Update(tea.WindowSizeMsg{Width: width, Height: height})
	w.key("1")
	p := w.root.pages[pageData].(*dataPage)
	table := demoTable(tb, data.Snapshot{ID: snapshotID, Records: 100_000}, 100_000, 100)
	w.root.Update(recordsLoadedMsg{request: p.request, table: table, balance: balanceOf(table, nil)})
	w.key("3")
	w.root.Update(runsAnswer(w.root.pages[pageRuns].(*runsPage).request, manyRuns(10_000)))
	return w
}

// key presses a key, and draws what comes of it.
func (w *largeBench) key(name string) {
	w.root.Update(keyPress(name))
	w.root.View()
	if p := w.root.pages[pageData].(*dataPage); p.selecting {
		rows, err := filter.Select(w.tb.Context(), p.records, p.bar.applied, p.panel.orders)
		if err != nil {
			w.tb.Fatal(err)
		}
		w.root.Update(rowsSelectedMsg{p.selectAsked, rows, balanceOf(p.records, rows)})
		w.root.View()
	}
}

func manyRuns(n int) []experiments.Run {
	random := rand.New(rand.NewPCG(1, 2))
	runs := make([]experiments.Run, n)
	for i := range runs {
		runs[i] = experiments.Run{
			ID: strconv.Itoa(n - i), Name: fmt.Sprintf("sweep-%d", n-i), State: experiments.Finished, Author: "ada", Created: testTime().Add(-time.Duration(i) * time.Minute),
			Spec:  experiments.Spec{Preset: "fast", Split: "hash", Snapshot: snapshotID, Seed: uint64(i % 5), Parameters: models.Values{"epochs": 1 + i/5, "learning_rate": .01}},
			Epoch: 30, Epochs: 30, Metrics: map[string]float64{"accuracy": random.Float64(), "macro_f1": random.Float64(), "within_one": 1, "ece": .1},
			Tags: []string{"sweep"},
		}
	}
	return runs
}

// TestAKeyIsAnsweredSoon holds the order of magnitude on any machine; the
// figures are the benchmark's.
func TestAKeyIsAnsweredSoon(t *testing.T) {
	w := newLargeBench(t, 120, 40)
	for page, keys := range map[string][]string{"1": {"down", "end", "home", "pgdown"}, "3": {"down", "end", "home", "pgdown"}} {
		w.key(page)
		started := time.Now()
		for i := range 40 {
			w.key(keys[i%len(keys)])
		}
		if each := time.Since(started) / 40; each > 100*time.Millisecond {
			t.Errorf("page %s: a key takes %v", page, each)
		}
	}
}
