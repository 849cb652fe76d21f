package tui

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"ringlab/data"
	"ringlab/experiments"
	"ringlab/models"
)

// seedRuns are five seeds of one spec, one of another, and one put away.
func seedRuns() []experiments.Run {
	var runs []experiments.Run
	for i := range 7 {
		preset := "fast"
		if i == 3 {
			preset = "trees"
		}
		runs = append(runs, experiments.Run{
			ID: strconv.Itoa(7 - i), Name: fmt.Sprintf("%s-%d", preset, 7-i), State: experiments.Finished, Author: "ada",
			Spec:    experiments.Spec{Preset: preset, Split: "hash", Snapshot: snapshotID, Seed: uint64(7 - i), Parameters: models.Values{"epochs": 30}},
			Created: testTime().Add(-time.Duration(i) * time.Hour), Epoch: 30, Epochs: 30, Tags: []string{"sweep"},
			Metrics: map[string]float64{"accuracy": .9 + .01*float64(i%3), "macro_f1": .88 + .01*float64(i%2)},
		})
	}
	runs[6].Archived = true
	return runs
}

// givePair answers what two runs say.
func (b *bench) givePair() {
	record := func(i int) data.Record {
		r := demoRecords(b.t, 20)[i].record
		r.ID = int64(i)
		return r
	}
	disagree := func(i, first, second int) experiments.Disagreement {
		return experiments.Disagreement{Record: record(i), First: first, Second: second, FirstConfidence: .91, SecondConfidence: .67}
	}
	v := &b.runsPage().compare.pair
	b.give(pairedMsg{v.request, experiments.Pairing{
		Shared: 25, Labels: []int{2, 3, 4, 5},
		First: [][]int{{1, 0, 0, 0}, {0, 5, 1, 0}, {0, 1, 13, 0}, {0, 0, 0, 4}}, Second: [][]int{{1, 0, 0, 0}, {0, 6, 0, 0}, {0, 2, 11, 1}, {0, 0, 0, 4}},
		Disagreements: []experiments.Disagreement{disagree(1, 4, 5), disagree(2, 4, 3), disagree(7, 4, 3)},
	}})
	b.give(pictureLoadedMsg{request: v.preview.request, picture: demoPicture(b.t, record(1).Image)})
}

func TestSeedsOfOneSpecAreFoldedIntoARow(t *testing.T) {
	b := newBench(t, 120, 40)
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, seedRuns()))
	b.wants("1 of 6, 1 archived")
	b.press("z")
	b.wants("1 of 2 specs", "+5×", "0.912 ± 0.008", "fast")
	b.press("space")
	b.wants("5 marked")
	b.press("esc", "home", "enter")
	b.wants("−5×", "1 of 7 specs")
	b.press("down", "enter")
	if b.runsPage().run == nil || b.runsPage().run.id != "7" {
		t.Error("enter on a seed does not open its run")
	}
}

func TestRunsAreFilteredAndArchivedOnesAreFoundOnlyByAsking(t *testing.T) {
	b := newBench(t, 120, 40)
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, seedRuns()))
	b.types("/preset=trees")
	b.press("enter")
	b.wants("1 of 1 selected of 7", "trees-4", "filter preset=trees")
	b.wantsNot("fast-7")
	b.press("esc")
	b.types("/archived")
	b.wants("1 of 1 selected of 7", "fast-1 (archived)")
}

func TestRunsAreSortedBySeveralKeys(t *testing.T) {
	b := newBench(t, 200, 60)
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, seedRuns()))
	p := b.runsPage()
	b.press("s", "down", "down", "s", "s", "down", "down", "s", "esc") // preset up, then accuracy down
	var order []string
	for _, line := range p.lines {
		order = append(order, p.all.Runs[line.row].ID)
	}
	if got := strings.Join(order, " "); got != "5 2 6 3 7 4" && got != "5 2 6 7 3 4" {
		t.Errorf("sorted %s", got)
	}
	b.wants("preset↑1", "accuracy↓2")
}

func TestAColumnOfAnyFieldIsAdded(t *testing.T) {
	b := newBench(t, 200, 60)
	b.giveRuns()
	b.press("s", "a")
	b.types("param.min_leaf")
	b.press("enter", "enter")
	b.wants("min_leaf")
	b.press("esc", "s", "a")
	b.types("metric.val_loss2")
	b.press("enter", "enter")
	if got := b.runsPage().metrics(); len(got) != 1 || got[0] != "val_loss2" || !b.runsPage().pending {
		t.Errorf("asks for the metrics %v", got)
	}
	b.press("a")
	b.types("nonsense")
	b.press("enter", "enter")
	b.wants("have no field", "nonsense")
}

func TestViewsAreSavedShownAndRemembered(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRuns()
	b.types("/state=finished")
	b.press("enter", "z", "V", "s")
	b.types("done")
	b.press("enter", "enter", "esc", "esc", "z")
	b.wants("1 of 6")
	b.press("V", "enter")
	b.wants("1 of 1", "done", "filter state=finished", "specs")

	later := newBench(t, 120, 40)
	later.runsPage().Restore(mustJSON(t, b.runsPage().Keep()))
	later.giveRuns()
	later.wants("1 of 1", "filter state=finished")
	later.press("V")
	later.wants("Saved views", "done")
	later.press("x")
	later.wants("None yet")
}

func TestADeletedRunCanBeKept(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRuns()
	b.press("end", "x")
	b.wants("Run 1 is v1: model versions stay")
	b.press("up", "x")
	b.wants("Run 2 will be deleted", "u keeps it", "of 5")
	b.wantsNot("first try")
	b.press("u")
	b.wants("first try", "1 run kept")
	if cmd := b.runsPage().deleteNow(doomMsg{"2", 1}); cmd != nil {
		t.Error("a run that was kept is deleted")
	}
	b.press("home", "down", "down", "down", "down", "x")
	if cmd := b.runsPage().deleteNow(doomMsg{"2", 1}); cmd != nil {
		t.Error("the time of a deletion that was undone ends the next one")
	}
	if cmd := b.runsPage().deleteNow(doomMsg{"2", 2}); cmd == nil {
		t.Error("a run is not deleted when its time is over")
	}
	b.press("u")
	b.press("home", "x")
	b.wants("Run 6 is queued; c cancels it first")
}

// TestTagsAreToldWhereTheyAreChanged: who takes one away must know it, and a note
// is read where the run is.
func TestTagsAreToldWhereTheyAreChanged(t *testing.T) {
	b := newBench(t, 120, 40)
	b.press("3")
	runs := testRuns()
	runs[0].Tags, runs[0].Note = []string{"old", "baseline"}, "worse on scans"
	b.give(runsAnswer(b.runsPage().request, runs))
	b.press("home", "t")
	b.wants("Now: baseline, old", "this needs tags")
	b.press("esc", "esc", "down", "t")
	b.wants("No tag yet")
	view := newRunView(b.root.shell, runs[0].ID, nil)
	view.run, view.loaded, view.width, view.height, view.section = runs[0], true, 100, 30, sectionParameters
	if text := ansi.Strip(strings.Join(view.view(), "\n")); !strings.Contains(text, "worse on scans") {
		t.Errorf("the run does not show its note:\n%s", text)
	}
}

func TestAThousandMarkedRunsAreNoTrouble(t *testing.T) {
	runs := make([]experiments.Run, 10_000)
	for i := range runs {
		runs[i] = experiments.Run{ID: strconv.Itoa(len(runs) - i), State: experiments.Finished, Name: "run"}
	}
	b := newBench(t, 120, 40)
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, runs))
	b.types("/run<=1000")
	b.press("enter", "*")
	b.wants("1,000 marked", "1 of 1,000 selected of 10,000")
	started := time.Now()
	for range 50 {
		b.press("down")
		b.frame()
	}
	if each := time.Since(started) / 50; each > 100*time.Millisecond {
		t.Errorf("a frame takes %v", each)
	}
	b.press("C")
	b.wants("comparing 1,000 runs")
	c := experiments.Comparison{Runs: runs[9000:], SameHoldout: true, Metrics: []experiments.MetricRow{{Name: "accuracy", Values: make([]float64, 1000)}}}
	b.give(comparedMsg{b.runsPage().compare.request, c})
	b.wants("of 1,000 runs; [ and ] show others", "run 1000 ", "run 999")
	b.press("]")
	b.wants("run 1000 ", "run 998")
	b.wantsNot("run 999 ")
}

func TestTablesAreExported(t *testing.T) {
	b := newBench(t, 120, 40)
	runs := seedRuns()
	runs[0].Name = `=HYPERLINK("x")|y`
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, runs))
	g := []grid{b.runsPage().grid()}
	folder := t.TempDir()
	for _, name := range []string{"runs.csv", "runs.md"} {
		if err := export(t.Context(), nil, filepath.Join(folder, name), nil, g); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(string(readFile(t, filepath.Join(folder, "runs.csv"))))).ReadAll()
	if err != nil || len(rows) != 7 || rows[0][0] != "run" || rows[1][3] != `'=HYPERLINK("x")|y` {
		t.Errorf("%v: %q", err, rows)
	}
	md := string(readFile(t, filepath.Join(folder, "runs.md")))
	if !strings.HasPrefix(md, "| run | state |") || !strings.Contains(md, `\|y`) {
		t.Errorf("%s", md)
	}
	for _, wrong := range []string{"runs", "runs.xlsx", ""} {
		if err := export(t.Context(), nil, filepath.Join(folder, wrong), nil, g); err == nil {
			t.Errorf("%q is written", wrong)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "runs.xlsx")); err == nil {
		t.Error("a file of no known kind is there")
	}
}

func TestTwoRunsAreComparedAnswerByAnswer(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveComparison()
	b.press("right")
	b.giveOverlaidCurves()
	b.wants("loss validation", "accuracy validation", "── run 2 0.92", "╌╌ run 1 0.85")
	b.press("+")
	b.wants("epochs ")
	b.press("right")
	b.wants("comparing answers")
	b.givePair()
	b.wants("Confusion", "+1", "-2", "25 shared records")
	b.press("right")
	b.wants("3 disagreements of 25 records", "✗ 5", "▀▀▀▀▀")
	b.press("down")
	b.press("right")
	b.wants("parameters that differ")
}

// TestRunsThatAgreeSaySo instead of showing an empty table.
func TestRunsThatAgreeSaySo(t *testing.T) {
	b := newBench(t, 60, 18)
	b.giveComparison()
	b.press("left")
	b.give(pairedMsg{b.runsPage().compare.pair.request, experiments.Pairing{Shared: 25}})
	b.wants("Both give the same answers on all 25 records.")
	b.wantsNot("compound")
}

func TestTheListSaysWhatSetsARunApart(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		runs := testRuns()
		runs[0].Apart, runs[0].Name = "trees=100", "fast-6"
		b.press("3")
		b.give(runsAnswer(b.runsPage().request, runs))
		b.wants("trees=100")
		s := testSummary()
		s.runs = runs
		b.press("0")
		b.give(summaryLoadedMsg{b.overviewPage().request, s})
		if size[0] > 60 {
			b.wants("trees=100")
		}
		runs[0].Name = "wide" // one that somebody gave comes first
		if got := apartName(&runs[0], runs[0].Apart, 20); got != "wide  trees=100" {
			t.Errorf("the name is %q", got)
		}
	}
}

// However narrow the names' column is, runs of a sweep that share a long name
// are told apart.
func TestRunsOfASweepAreToldApartInNarrowColumns(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}, {200, 60}} {
		b := newBench(t, size[0], size[1])
		runs := testRuns()[:4]
		for i, apart := range []string{"max_features=0.4 min_leaf=3", "max_features=0.4 min_leaf=1", "max_features=0.25 min_leaf=3", "max_features=0.25 min_leaf=1"} {
			runs[i].Apart, runs[i].Name = apart, "forest for the second report"
		}
		b.press("3")
		b.give(runsAnswer(b.runsPage().request, runs))
		seen := map[string]bool{}
		for line := range strings.SplitSeq(ansi.Strip(b.frame()), "\n") {
			for _, values := range []string{"0.4 3", "0.4 1", "0.25 3", "0.25 1"} {
				first, second, _ := strings.Cut(values, " ")
				if regexp.MustCompile(`[ =]` + regexp.QuoteMeta(first) + ` ([a-z_…]+=)?` + second + ` `).MatchString(line) {
					seen[values] = true
				}
			}
		}
		if len(seen) != 4 {
			t.Errorf("%v: only %v are seen:\n%s", size, seen, ansi.Strip(b.frame()))
		}
	}
	run := &experiments.Run{ID: "3", Name: "forest for the second report", Spec: experiments.Spec{Preset: "trees"}}
	for width, want := range map[int]string{
		60: "forest for the second report  max_features=0.4 min_leaf=3",
		40: "forest for…  max_features=0.4 min_leaf=3",
		24: "forest…  ma…=0.4 mi…=3",
		14: "ma…=0.4 mi…=3",
		7:  "0.4 3",
	} {
		if got := apartName(run, "max_features=0.4 min_leaf=3", width); ansi.StringWidth(got) > width || got != want && width != 24 {
			t.Errorf("in %d cells %q, want %q", width, got, want)
		}
	}
	run.Name = "trees-3"
	if got := apartName(run, "seed=2", 12); got != "seed=2" {
		t.Errorf("a name by number leaves %q", got)
	}
}

// After a sweep was submitted the cursor stands on it, also where the list was
// being read at that time; then it stays where the person goes.
func TestTheCursorGoesToASweepThatWasSubmitted(t *testing.T) {
	b := newBench(t, 80, 24)
	b.press("3")
	p := b.runsPage()
	b.give(runsAnswer(p.request, testRuns()[2:]))
	b.press("j", "j")
	b.give(refreshMsg{now: testTime(), changed: true}) // being read
	b.give(runsSubmittedMsg{runs: []experiments.Run{testRuns()[1], testRuns()[0]}})
	b.give(runsAnswer(p.request, testRuns()[2:])) // as it was before
	b.give(refreshMsg{now: testTime(), changed: true})
	b.give(runsAnswer(p.request, testRuns()))
	if p.selected != "6" || p.table.cursor != 0 {
		t.Errorf("the cursor is on line %d, run %s", p.table.cursor, p.selected)
	}
	b.press("j", "j")
	b.give(refreshMsg{now: testTime(), changed: true})
	b.give(runsAnswer(p.request, testRuns()))
	if p.selected != "4" {
		t.Errorf("the cursor went on to run %s", p.selected)
	}
}
