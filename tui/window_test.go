package tui

import (
	"slices"
	"strconv"
	"testing"

	"ringlab/data"
	"ringlab/experiments"
)

func TestTheCursorStaysOnItsRunWhenNewRunsArrive(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRuns()
	b.press("down", "down")
	runs := append([]experiments.Run{{ID: "7", State: experiments.Queued}}, testRuns()...)
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, runs))
	if run, _ := b.runsPage().current(); run.ID != "4" {
		t.Errorf("the cursor moved to run %s", run.ID)
	}
}

// The newest runs are on screen before all are read. Numbers over 9,999 are
// not cut.
func TestTheNewestRunsAreShownBeforeAllAreRead(t *testing.T) {
	runs := make([]experiments.Run, 12_345)
	for i := range runs {
		runs[i] = experiments.Run{ID: strconv.Itoa(len(runs) - i), State: experiments.Finished}
	}
	b := newBench(t, 80, 24)
	b.press("3")
	p := b.runsPage()
	b.give(runsLoadedMsg{request: p.request, table: experiments.NewRunTable(runs[:newestRuns])})
	if !p.pending {
		t.Fatal("the rest is not asked for")
	}
	b.press("down", "down")
	b.give(runsAnswer(p.request, runs))
	b.wants("3 of 12,345", "finished 12,345", " 12345 ", " 12343 ")
	b.press("end")
	if run, _ := p.current(); run.ID != "1" || p.pending {
		t.Errorf("the last run is %q, asking %v", run.ID, p.pending)
	}
}

// The first records are on screen before all are read, and the cursor stays
// where it is when they are.
func TestTheFirstRecordsAreShownBeforeAllAreRead(t *testing.T) {
	b := newBench(t, 80, 24)
	b.press("1")
	p := b.dataPage()
	snapshot := data.Snapshot{ID: snapshotID, Records: 100_000}
	b.give(recordsLoadedMsg{request: p.request, table: demoTable(t, snapshot, 100, 100)})
	b.wants("1 of 100,000", "reading 100,000 records", "1117973")
	if !p.pending {
		t.Fatal("the rest is not asked for")
	}
	b.press("down", "end")
	b.wants("100,000 of 100,000", "…")
	b.press("home", "down")
	b.types("/rings=4")
	if p.selecting {
		t.Error("a filter looks through records that are not there yet")
	}
	b.press("esc", "down")
	b.give(recordsLoadedMsg{request: p.request, table: demoTable(t, snapshot, 100_000, 100)})
	b.wants("2 of 100,000", "694811")
	b.press("end")
	b.wants("100,000 of 100,000", "1442549")
	if p.pending {
		t.Error("with all records there it still asks")
	}
}

func TestOnlyAWindowOfTheLettersIsAskedFor(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveLetters()
	l := &b.dataPage().letters
	answer := lettersLoadedMsg{request: l.request, letters: slices.Repeat([]data.DeadLetter{{ID: 7, State: data.StateIngested}}, 60), total: 100_000, waiting: 1}
	b.press("a")
	answer.request = l.request
	b.give(answer)
	b.press("end")
	b.wants("100,000 of 100,000", "…")
	if !l.pending {
		t.Fatal("leaving the window asks for no other")
	}
	answer.request, answer.offset = l.request, 99_940
	b.give(answer)
	if letter, ok := l.current(); !ok || letter.ID != 7 || l.pending {
		t.Errorf("the last letter is %+v, asking %v", letter, l.pending)
	}
	b.press("T") // none on screen waits, but one does
	b.wants("Retry all waiting letters")
}
