package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
	"ringlab/tui/picture"
)

// asking is a list of mistakes of a model over a real workspace, whose
// questions are answered when the test says so.
type asking struct {
	t      *testing.T
	list   *mistakeList
	asked  []question
	number []int
}

// askWhy lists the first records of the example as if the model had got them
// wrong.
func askWhy(t *testing.T, model string) *asking {
	t.Helper()
	ws, err := workspace.Create(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	records := data.New(ws)
	if _, err := records.Ingest(t.Context(), "../testdata/original", data.IngestOptions{MaxDead: -1, MaxDeadShare: -1}); err != nil {
		t.Fatal(err)
	}
	rows, err := records.Records(t.Context(), data.Query{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	a := &asking{t: t}
	s := newShell(t.Context(), Session{Stores: Stores{ws, records, experiments.New(ws, records)}, Clock: testTime}.withDefaults())
	s.start = func(q question, request int) tea.Cmd {
		a.asked, a.number = append(a.asked, q), append(a.number, request)
		return func() tea.Msg { return nil }
	}
	list := newMistakeList(s)
	a.list = &list
	list.resize(110, 34)
	list.load(model)
	var answers []experiments.HoldoutPrediction
	for _, r := range rows {
		answers = append(answers, experiments.HoldoutPrediction{Record: r, Predicted: r.Label + 1, Confidence: .5})
	}
	a.asked, a.number = nil, nil
	list.update(mistakesLoadedMsg{list.request, answers})
	return a
}

// answer answers the oldest open question.
func (a *asking) answer() {
	a.t.Helper()
	q, number := a.asked[0], a.number[0]
	a.asked, a.number = a.asked[1:], a.number[1:]
	a.list.update(q(a.t.Context(), number))
}

func (a *asking) answerAll() {
	a.t.Helper()
	for len(a.asked) > 0 {
		a.answer()
	}
}

func (a *asking) wants(text string) {
	a.t.Helper()
	if frame := ansi.Strip(strings.Join(a.list.view(), "\n")); !strings.Contains(frame, text) {
		a.t.Errorf("the pane has no %q:\n%s", text, frame)
	}
}

// TestTheKeyShowsWhatWasCountedThenWhereItLookedThenThePicture asks a real
// ensemble about a real picture.
func TestTheKeyShowsWhatWasCountedThenWhereItLookedThenThePicture(t *testing.T) {
	a := askWhy(t, experiments.BuiltinBest)
	a.answerAll()
	plain := strings.Join(a.list.preview.cells, "\n")
	a.list.act(actExplain)
	a.wants("asking the model why")
	a.answerAll()
	a.wants("What the trees counted")
	a.wants("of at least")
	regions := strings.Join(a.list.preview.cells, "\n")
	if regions == plain || !strings.Contains(regions, "\x1b[1;7m1\x1b[m") {
		t.Errorf("region 1 is not marked in the picture:\n%s", regions)
	}
	if RaceEnabled {
		t.Log("the network is asked without the race detector, which makes a minute of its second")
		return
	}
	a.list.act(actExplain)
	a.wants("covering the drawing square by square")
	a.answerAll()
	a.wants("Where the network looked")
	if looked := strings.Join(a.list.preview.cells, "\n"); looked == plain || looked == regions {
		t.Error("the map is not drawn")
	}
	a.list.act(actExplain)
	if again := strings.Join(a.list.preview.cells, "\n"); again != plain {
		t.Error("the picture is not there again")
	}
	a.list.act(actExplain)
	if len(a.asked) > 0 || strings.Join(a.list.preview.cells, "\n") != regions {
		t.Error("what was counted is asked for again, although it is known")
	}
}

func TestTreesHaveNoMapToShow(t *testing.T) {
	a := askWhy(t, experiments.BuiltinTrees)
	a.list.act(actExplain)
	a.answerAll()
	a.wants("What the trees counted")
	a.list.act(actExplain)
	if a.list.explainer.part != explainNothing || a.list.preview.over != nil || len(a.asked) > 0 {
		t.Error("after what the trees counted comes something else than the picture")
	}
}

// TestTheLastOneAskedForArrives: while one explanation is being made the cursor
// goes on; what nobody waits for is abandoned, and nothing is made of what was
// passed by.
func TestTheLastOneAskedForArrives(t *testing.T) {
	a := askWhy(t, experiments.BuiltinTrees)
	a.answerAll()
	a.list.act(actExplain)
	if len(a.asked) != 1 {
		t.Fatalf("%d questions for one explanation", len(a.asked))
	}
	explain, number := a.asked[0], a.number[0]
	a.asked, a.number = nil, nil
	for range 5 {
		a.list.act(actDown)
	}
	a.answerAll() // the pictures on the way
	a.wants("asking the model why")
	// It ends at once, without an explanation and without a failure.
	answer, ok := explain(t.Context(), number).(explainedMsg)
	if !ok || answer.explanation != nil {
		t.Fatalf("an abandoned question is answered with %+v", answer)
	}
	a.list.update(answer)
	if len(a.asked) != 1 || a.list.explainer.asked.record != a.list.answers.shown[5].Record.ID {
		t.Fatalf("%d questions, the last about record %d; want one about the record under the cursor", len(a.asked), a.list.explainer.asked.record)
	}
	a.answerAll()
	a.wants("What the trees counted")
	if n := len(a.list.explainer.known); n != 1 {
		t.Errorf("%d explanations were made, want that of the last record alone", n)
	}
	if over := a.list.preview.over; over == nil || a.list.shell.notice.failed {
		t.Errorf("explanation %v, notice %q", over, a.list.shell.notice.text)
	}
}

func TestALateExplanationIsDropped(t *testing.T) {
	a := askWhy(t, experiments.BuiltinTrees)
	a.list.act(actExplain)
	late := explainedMsg{request: a.list.explainer.request - 1, model: loadedModel{model: &models.Model{}}, explanation: &explanation{}}
	a.list.update(late)
	if len(a.list.explainer.known) != 0 || a.list.explainer.request == 0 {
		t.Error("an answer to another question is taken")
	}
}

func TestAModelWithoutExplanationsSaysSo(t *testing.T) {
	a := askWhy(t, experiments.BuiltinTrees)
	a.list.act(actExplain)
	a.list.update(explainedMsg{request: a.list.explainer.request, model: loadedModel{model: &models.Model{}}})
	if a.list.explainer.part != explainNothing || a.list.shell.notice.text != "This model has no explanation to draw." {
		t.Errorf("part %d, notice %q", a.list.explainer.part, a.list.shell.notice.text)
	}
}

// TestAFailureIsToldAndNotRepeated until the person asks again.
func TestAFailureIsToldAndNotRepeated(t *testing.T) {
	a := askWhy(t, "no such run")
	a.answerAll()
	a.list.act(actExplain)
	failed, ok := a.asked[0](t.Context(), a.number[0]).(failedMsg)
	if _, missing := errors.AsType[*experiments.NotFoundError](failed.err); !ok || !missing {
		t.Fatalf("a run that is not there: %+v", failed)
	}
	a.asked, a.number = nil, nil
	a.list.update(failed)
	a.wants("It could not be explained")
	if len(a.asked) != 0 {
		t.Error("what failed is asked again")
	}
	a.list.act(actDown)
	if len(a.asked) != 2 { // picture and explanation
		t.Errorf("%d questions about the next record", len(a.asked))
	}
}

func TestExplanationsInMemoryAreBounded(t *testing.T) {
	a := askWhy(t, experiments.BuiltinTrees)
	a.list.act(actExplain)
	for range keptExplanations + 3 {
		a.list.update(explainedMsg{a.list.explainer.request, loadedModel{model: &models.Model{}}, testExplanation(t)})
		if over := a.list.preview.over; over == nil {
			t.Fatal("an explanation that came is not shown")
		}
		if n := len(a.list.explainer.known); n > keptExplanations {
			t.Fatalf("%d explanations are kept, at most %d", n, keptExplanations)
		}
		a.list.act(actDown)
	}
}

// TestAnExplanationIsMarkedOnEveryTerminal: by colours and marks in half
// blocks, by marks alone without colours and in letters, drawn by the terminal
// where it can.
func TestAnExplanationIsMarkedOnEveryTerminal(t *testing.T) {
	over := testExplanation(t)
	for name, how := range map[string]struct {
		mode picture.Mode
		ink  picture.Ink
	}{
		"colours": {picture.Blocks, picture.Colour}, "no colours": {picture.Blocks, picture.Mono},
		"letters": {picture.Letters, picture.Colour}, "kitty": {picture.Kitty, picture.Colour},
	} {
		s := newShell(context.Background(), Session{Clock: testTime}.withDefaults())
		s.canvas.SetMode(how.mode)
		p := preview{canvas: s.canvas, ink: how.ink, mode: how.mode, picture: over.plain, width: 50, height: 20}
		p.draw()
		plain := strings.Join(p.cells, "\n")
		p.cover(over)
		covered := strings.Join(p.cells, "\n")
		if how.mode == picture.Kitty {
			if p.id == 0 {
				t.Errorf("%s: the terminal gets no picture", name)
			}
			continue
		}
		if strings.Contains(plain, "\x1b[1;7m") || strings.Count(covered, "\x1b[1;7m") != len(over.marks) {
			t.Errorf("%s: %d marks, want %d:\n%s", name, strings.Count(covered, "\x1b[1;7m"), len(over.marks), covered)
		}
		if colours := strings.Contains(covered, "\x1b[38;2;"); colours != (how.mode == picture.Blocks && how.ink == picture.Colour) {
			t.Errorf("%s: colours %v", name, colours)
		}
		p.cover(nil)
		if strings.Join(p.cells, "\n") != plain {
			t.Errorf("%s: the picture does not come back", name)
		}
	}
}

// testExplanation is drawn on the first picture of the example.
func testExplanation(t *testing.T) *explanation {
	p := demoPicture(t, demoRecords(t, 1)[0].record.Image)
	return &explanation{title: "What the trees counted", plain: p, tinted: p, drawn: p,
		marks: []picture.Mark{{X: 110, Y: 150, Text: "1"}, {X: 170, Y: 150, Text: "2"}},
		words: []string{"1 to 2 are counted: 2 regions of at least 60 pixels, where gaps of up to 2 pixels in the lines are closed.",
			"The answer is 4 all the same: the other numbers weighed more.", "Of what the trees compared on the way to their answer, 9 % was the number of regions."}}
}
