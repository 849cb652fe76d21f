package tui

import (
	"testing"

	"ringlab/experiments"
	"ringlab/models"
)

// testEpoch is epoch 10 of a run: six wrong of 25, two of them newly, and two
// newly right.
func testEpoch(t *testing.T) experiments.EpochAnswers {
	rows := demoRecords(t, 40)
	a := experiments.EpochAnswers{Epoch: 10, Kept: experiments.Steps{First: 1, Last: 12}, Known: true, Compared: true,
		Watched: 25, Pictures: 25, Wrong: 6, NewlyWrong: 2, NewlyRight: 2}
	add := func(change experiments.AnswerChange, row, said, before int, share float64) {
		a.Differences = append(a.Differences, experiments.EpochAnswer{Record: rows[row].record, Change: change,
			Said: models.Answer{Label: said, Share: share}, Before: models.Answer{Label: before, Share: .5}})
	}
	truth := func(row int) int { return rows[row].record.Label }
	add(experiments.NewlyWrong, 3, truth(3)+1, truth(3), .71)
	add(experiments.NewlyWrong, 9, truth(9)-1, truth(9), .48)
	add(experiments.StillWrong, 12, truth(12)+1, truth(12)+1, .93)
	add(experiments.StillWrong, 14, truth(14)+2, truth(14)+1, .66)
	add(experiments.StillWrong, 20, truth(20)-1, truth(20)-1, .52)
	add(experiments.StillWrong, 31, -1, truth(31)-1, 0)
	add(experiments.NewlyRight, 33, truth(33), truth(33)+1, .88)
	add(experiments.NewlyRight, 35, truth(35), truth(35)-1, .51)
	return a
}

// giveEpoch answers what is kept of an epoch, and with the pictures asked for.
func (b *bench) giveEpoch(a experiments.EpochAnswers) {
	p := &b.runsPage().run.epoch
	b.give(epochAnswersMsg{p.request, a})
	for i := range p.tiles {
		if at := p.firstTile() + i; at < len(a.Differences) {
			b.give(pictureLoadedMsg{request: p.tiles[i].request, picture: demoPicture(b.t, a.Differences[at].Record.Image)})
		}
	}
	if p.trail.request != 0 {
		b.give(epochTrailMsg{p.trail.request, testTrail(a.Differences[p.table.cursor].Record.Label, 12)})
	}
}

// testTrail is right in every third epoch.
func testTrail(truth, epochs int) []experiments.AnswerOfEpoch {
	var trail []experiments.AnswerOfEpoch
	for epoch := 1; epoch <= epochs; epoch++ {
		said := truth
		if epoch%3 > 0 {
			said++
		}
		trail = append(trail, experiments.AnswerOfEpoch{Epoch: int64(epoch), Said: models.Answer{Label: said, Share: .6}})
	}
	return trail
}

// The trail of the picture under the cursor has a mark for each epoch, and for
// several where there are more of them than cells; another picture's is not
// shown in its place.
func TestTheTrailOfAPictureThroughTheEpochs(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	b.press(",", ",", "enter")
	b.giveEpoch(testEpoch(t))
	b.wants("was answered right after 4 of 12 epochs", "1 ✗✗✓✗✗✓✗✗✓✗✗✓ 12")
	b.press("down")
	b.wantsNot("was answered right")
	p := &b.runsPage().run.epoch
	d, _ := p.current()
	b.give(epochTrailMsg{p.trail.request, testTrail(d.Record.Label, 600)})
	b.wants("was answered right after 200 of 600 epochs", "1 ~~~~~~")
	b.press("down", "up") // the answer to the one between is late
	between := p.trail.request
	b.give(epochTrailMsg{between, testTrail(0, 12)})
	b.wantsNot("was answered right")
	if p.trail.request == between || p.trail.wanted.record != d.Record.ID {
		t.Error("the trail of the picture under the cursor is not asked for")
	}
}

// asksEpoch tells which epoch the pane asks for now, 0 if it asks for none.
func (b *bench) asksEpoch() int64 {
	p := &b.runsPage().run.epoch
	if p.request == 0 {
		return 0
	}
	return p.wanted
}

// The pictures follow the cursor of the charts, also where it moved on while
// an answer was on its way, and stay on a picture that is wrong in both epochs.
func TestThePicturesFollowTheCursor(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	b.press(",", ",", "enter")
	if got := b.asksEpoch(); got != 10 {
		t.Fatalf("the cursor is on epoch 10 of 12, asked for is %d", got)
	}
	first := b.runsPage().run.epoch.request
	b.press("left", ",", "left")
	b.wants("looking up")
	b.give(epochAnswersMsg{first, testEpoch(t)})
	if got := b.asksEpoch(); got != 7 || b.runsPage().run.epoch.request == first {
		t.Fatalf("the cursor is on epoch 7, asked for is %d", got)
	}
	b.give(failedMsg{request: first}) // an answer that nobody waits for
	b.press("down", "down", "down")
	seven := testEpoch(t)
	seven.Epoch, seven.Differences = 7, seven.Differences[2:5]
	b.giveEpoch(seven)
	b.wants("Epoch 7: ", "▸ ✗ still     1175671")
	b.press("right")
	if got := b.asksEpoch(); got != 8 {
		t.Errorf("→ asks for epoch %d, want 8", got)
	}
	b.press("esc")
	b.wantsNot("Epoch 7: ")
	b.wants("values at epoch 8", "enter pictures")
}

// Without a cursor the pictures are those of the newest epoch, and follow a
// training.
func TestThePicturesFollowATraining(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	b.press("enter")
	answers := testEpoch(t)
	answers.Epoch = 12
	b.giveEpoch(answers)
	v := b.runsPage().run
	v.pending = true
	run := v.run
	run.Epoch = 13
	b.give(runLoadedMsg{request: v.request, run: run})
	if got := b.asksEpoch(); got != 13 {
		t.Errorf("after epoch 13 the pictures of %d are asked for", got)
	}
	answers.Epoch = 13
	b.giveEpoch(answers)
	b.press("left", "right")
	if c := b.runsPage().run.curves.cursor; c != 0 {
		t.Errorf("back on the newest epoch the cursor stays on %d and does not follow", c)
	}
}

// Trees learn in no epochs: nothing is offered. Runs from before answers were
// kept say so.
func TestWhereThereAreNoPicturesOfEpochs(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.press("left")
	b.wants("accuracy")
	b.wantsNot("enter pictures")
	b.press("enter")
	if b.runsPage().run.epoch.open {
		t.Error("trees have pictures of an epoch")
	}
	b.giveRun("5")
	b.press("enter")
	b.giveEpoch(experiments.EpochAnswers{Epoch: 12})
	b.wants("an earlier version of ringlab trained it")
	b.press("left")
	b.giveEpoch(experiments.EpochAnswers{Epoch: 11, Kept: experiments.Steps{First: 12, Last: 12}})
	b.wants("Nothing is kept of epoch 11, only of epochs 12 to 12")
}

// The list and its picture have room down to the smallest terminal.
func TestThePicturesOfAnEpochFitTheSmallestTerminal(t *testing.T) {
	b := newBench(t, leastWidth, leastHeight)
	b.giveRun("5")
	b.press("enter")
	answers := testEpoch(t)
	answers.Epoch = 12
	b.giveEpoch(answers)
	b.wants("Epoch 12: 6 of 25 wrong, 2 newly · 2 now right", "▸ ✗ newly", "truth", "said")
	checkFrame(t, b.frame(), leastWidth, leastHeight)
}

// Before the first epoch has ended, and right of the newest, the pane says so
// and asks for nothing.
func TestThereAreNoPicturesOfAnEpochToCome(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	v := b.runsPage().run
	v.pending = true
	run := v.run
	run.Epoch = 0
	b.give(runLoadedMsg{request: v.request, run: run})
	b.press("enter", "left", "right", ",", ".")
	b.wants("No epoch has ended yet")
	if c := v.curves.cursor; c != 0 || b.asksEpoch() != 0 {
		t.Errorf("the cursor is on %d, asked for is %d", c, b.asksEpoch())
	}
	run.Epoch = 3
	v.curves.cursor = 9
	b.give(runLoadedMsg{request: v.request, run: run})
	b.wants("Epoch 9 has not ended yet; the newest is 3.")
	if asked := b.asksEpoch(); asked != 0 {
		t.Errorf("asked for is %d", asked)
	}
}
