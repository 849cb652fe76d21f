package tui

import (
	"testing"

	"ringlab/experiments"
)

// Every table has the filter language: / begins it, what it selects is listed
// while it is typed, and esc clears it before it leaves the table.

func TestMistakesAreFiltered(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.giveRun("1")
		b.press("right")
		l := &b.runsPage().run.mistakes
		if len(l.answers.shown) != 2 {
			t.Fatalf("%d mistakes, want 2", len(l.answers.shown))
		}
		b.types("/sure>60%")
		if len(l.answers.shown) != 1 || l.table.count != 1 {
			t.Errorf("%d of %d lines for sure>60%%, want 1", len(l.answers.shown), l.table.count)
		}
		b.wants("filter sure>60%", "1117973")
		b.wantsNot("2195979")
		b.press("enter")
		b.types("/ and truth=0")
		b.press("enter")
		b.wants("Nothing matches")
		b.press("esc")
		if len(l.answers.shown) != 2 || b.runsPage().run == nil {
			t.Error("esc does not clear the filter alone")
		}
		b.press("esc")
		if b.runsPage().run != nil {
			t.Error("the second esc does not leave the run")
		}
	}
}

func TestACellOfTheMatrixIsFilteredToo(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	v := b.runsPage().run
	wrong := v.mistakes.answers.all[0]
	cell := matrixCell{wrong.Record.Label, wrong.Predicted}
	v.section = sectionMistakes
	v.mistakes.only(&cell)
	b.types("/sure<1%")
	b.press("enter")
	b.wants("Nothing matches")
	b.press("esc")
	if len(v.mistakes.answers.shown) != 1 || v.mistakes.cell == nil {
		t.Error("esc does not go back to the answers of the cell")
	}
}

func TestThePicturesOfAnEpochAreFiltered(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	b.press("enter")
	b.giveEpoch(testEpoch(t))
	p := &b.runsPage().run.epoch
	all := len(p.differences.shown)
	b.types("/change:newly")
	newly := 0
	for _, d := range p.answers.Differences {
		if d.Change == experiments.NewlyWrong {
			newly++
		}
	}
	if got := len(p.differences.shown); got != newly || got == all || p.table.count != got {
		t.Errorf("%d of %d are listed, want the %d that are newly wrong", got, all, newly)
	}
	b.press("enter", "esc")
	if len(p.differences.shown) != all || !p.open {
		t.Error("esc does not clear the filter alone")
	}
	b.press("esc")
	if p.open {
		t.Error("the second esc does not leave the pictures")
	}
}

func TestDisagreementsAreFiltered(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveComparison()
	b.press("left")
	b.givePair()
	v := &b.runsPage().compare.pair
	all, right := len(v.differing.shown), 0
	for _, d := range v.differing.all {
		if d.OnlyFirst() {
			right++
		}
	}
	b.types("/first=truth")
	if got := len(v.differing.shown); got != right || got == all {
		t.Errorf("%d of %d are listed, want the %d where the first is right", got, all, right)
	}
	b.press("enter", "esc")
	if b.runsPage().compare == nil || len(v.differing.shown) != all {
		t.Error("esc does not clear the filter alone")
	}
}

func TestSnapshotsAreFiltered(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveRecords()
	b.press("S")
	l := &b.dataPage().snapshots
	all := len(l.lines.shown)
	b.types("/number=1")
	b.press("enter")
	if len(l.lines.shown) != 1 || l.number() != 1 {
		t.Errorf("%d snapshots, the one under the cursor no. %d; want no. 1 alone", len(l.lines.shown), l.number())
	}
	b.types("/ and records<0")
	b.press("enter")
	b.wants("Nothing matches")
	b.press("esc")
	if len(l.lines.shown) != all || b.dataPage().mode != inSnapshots {
		t.Error("esc does not clear the filter alone")
	}
	b.press("esc")
	if b.dataPage().mode != inRecords {
		t.Error("the second esc does not go back")
	}
}

func TestServersAreFiltered(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveServing()
	b.types("/version=v1")
	b.wants("Servers  1 selected of 2", "127.0.0.1:8080")
	b.wantsNot("127.0.0.1:8081")
	b.press("enter", "esc")
	b.wants("Servers  2", "127.0.0.1:8081")
}
