package tui

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/models"
)

func (b *bench) wants(texts ...string) {
	b.t.Helper()
	frame := ansi.Strip(b.frame())
	for _, text := range texts {
		if !strings.Contains(frame, text) {
			b.t.Errorf("the frame has no %q:\n%s", text, frame)
		}
	}
}

func (b *bench) wantsNot(texts ...string) {
	b.t.Helper()
	frame := ansi.Strip(b.frame())
	for _, text := range texts {
		if strings.Contains(frame, text) {
			b.t.Errorf("the frame has %q:\n%s", text, frame)
		}
	}
}

// quits tells whether a key ends the program.
func (b *bench) quits(key string) bool {
	_, cmd := b.root.Update(keyPress(key))
	return cmd != nil && reflect.ValueOf(cmd).Pointer() == reflect.ValueOf(tea.Quit).Pointer()
}

func TestTabsAreReachedByNumberAndTab(t *testing.T) {
	b := newBench(t, 80, 24)
	b.wants("0 Overview", "1 Data", "2 Train", "3 Runs", "4 Models", "5 Serving")
	for i, key := range []string{"0", "1", "2", "3", "4", "5"} {
		b.press(key)
		if b.root.active != i {
			t.Errorf("key %s shows page %d", key, b.root.active)
		}
		if b.root.page().Typing() {
			t.Errorf("entering page %d focuses a text field", i)
		}
	}
	b.press("tab")
	if b.root.active != 0 {
		t.Error("tab after the last page does not show the first")
	}
	b.press("shift+tab")
	if b.root.active != pageServing {
		t.Error("shift+tab before the first page does not show the last")
	}
}

func TestQLeavesExceptInATextField(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveRecords()
	b.press("/")
	if b.quits("q") {
		t.Fatal("q typed in the filter quits")
	}
	if b.dataPage().bar.text != "q" {
		t.Errorf("the filter is %q after q", b.dataPage().bar.text)
	}
	b.press("esc")
	if !b.quits("q") {
		t.Error("q outside of a field does not quit")
	}
	for _, fill := range screens() {
		b := newBench(t, 80, 24)
		fill(b)
		if !b.quits("ctrl+c") {
			t.Error("ctrl+c does not quit from everywhere")
		}
	}
	small := newBench(t, 20, 5)
	if !small.quits("q") {
		t.Error("q does not leave a terminal that is too small")
	}
}

func TestEscAndAKeyThatArriveTogetherAreTwoKeys(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	b.press("c")
	b.give(tea.KeyPressMsg{Code: '4', Mod: tea.ModAlt})
	if b.root.shell.dialog != nil || b.root.active != pageModels {
		t.Error("alt+4 is not esc and 4")
	}
}

func TestStaleAnswersAreDropped(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveRecords()
	b.types("/rings=1")
	old := b.dataPage().selectAsked
	b.types("0")
	b.give(rowsSelectedMsg{request: old, rows: []int32{}})
	if b.dataPage().table.count != 100 {
		t.Error("the answer to an older filter was shown")
	}
	b.giveSelection()
	b.wants("Nothing matches")
}

func TestAFailureIsSaidAndKept(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveRuns()
	for range 3 {
		b.give(failedMsg{doing: "load runs", err: errors.New("disk is gone")})
	}
	b.wants("Cannot load runs: disk is gone", "! shows all")
	b.press("!")
	b.wants("3 times", "disk is gone")
	b.press("esc")
	b.wantsNot("3 times")
}

func TestAPanicInACommandIsAFailureLikeAnyOther(t *testing.T) {
	ws, err := workspace.Create(t.Context(), filepath.Join(t.TempDir(), "workspace"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	})
	b := newBench(t, 120, 40)
	b.root.shell = newShell(t.Context(), Session{Stores: Stores{Workspace: ws}, Clock: testTime})
	_, cmd := b.root.shell.ask(func(context.Context, int) tea.Msg { panic("a store broke") })
	b.give(cmd())
	b.wants("a defect of ringlab: a store broke")
	log, err := os.ReadFile(ws.Path("logs", "workbench.log"))
	if err != nil || !strings.Contains(string(log), "behaviour_test.go") {
		t.Errorf("the log does not say where: %v\n%s", err, log)
	}
}

func TestARunThatWaitsGetsAWorker(t *testing.T) {
	b := newBench(t, 120, 40)
	asked := func() bool {
		request := b.root.ensureRequest
		b.give(workerEnsuredMsg{request})
		return request != 0
	}
	b.root.Init()
	if !asked() {
		t.Error("the workbench opened without looking for runs that nobody works on")
	}
	b.give(refreshMsg{now: testTime().Add(time.Second)})
	if asked() {
		t.Error("it looks at every tick")
	}
	b.give(refreshMsg{now: testTime().Add(ensureEvery)})
	if !asked() {
		t.Error("it does not look again: a worker that dies later leaves its run")
	}
	b.give(runsSubmittedMsg{runs: testRuns()[:1]})
	b.give(failedMsg{b.root.ensureRequest, "start a worker", errors.New("no such program")})
	b.wants("Cannot start a worker: no such program")
	b.give(runChangedMsg{run: testRuns()[0]})
	b.give(runsSubmittedMsg{runs: testRuns()[:1]}) // while one is being started
	asked()
	b.give(refreshMsg{now: testTime().Add(ensureEvery + time.Second)})
	if !asked() {
		t.Error("a run that was queued while a worker started is not looked for")
	}
}

func TestANoticeFadesAndAFailureStays(t *testing.T) {
	b := newBench(t, 80, 24)
	b.give(runChangedMsg{what: "Run 5 is asked to stop."})
	b.wants("asked to stop")
	b.give(refreshMsg{now: testTime().Add(noticeTime + time.Second)})
	b.wantsNot("asked to stop")
	b.give(failedMsg{doing: "load runs", err: errors.New("disk is gone")})
	b.give(refreshMsg{now: testTime().Add(10 * noticeTime)})
	b.wants("disk is gone")
}

// TestALongMessageIsReadWhole: what to do stands at the end of a sentence, and
// there it must not be cut. After a while the page has its lines again.
func TestALongMessageIsReadWhole(t *testing.T) {
	b := newBench(t, 60, 18)
	b.giveRuns()
	b.give(failedMsg{doing: "start the training", err: errors.New("submit run: write to workspace /home/ada/rings/.ringlab: ask its owner for the right to write")})
	b.wants("Cannot start the training", "right to write")
	b.give(refreshMsg{now: testTime().Add(noticeTime + time.Second)})
	b.wants("Cannot start the training", "! shows all")
	b.wantsNot("right to write")
	b.give(runChangedMsg{what: "Run 5 is asked to stop, and keeps the model that was best until now."})
	b.give(refreshMsg{now: testTime().Add(noticeTime + time.Second)})
	b.wants("best  ", "until now.")
	// No more than three lines: all of it is in the history then.
	b.give(failedMsg{doing: "load runs", err: errors.New(strings.Repeat("very ", 60) + "long")})
	b.wants("! shows all")
}

func TestAKeyThatCannotWorkSaysWhy(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	b.press("P")
	b.wants("Cannot promote: run 5 is still training (epoch 12 of 30).")
	if b.root.shell.dialog != nil {
		t.Error("a dialog opened all the same")
	}
	b.press("R")
	b.wants("Cannot resume: run 5 is still training")
	b.press("?")
	b.wants("not now: run 5 is still training")
}

func TestARunWhoseWorkerDiedCanBeResumed(t *testing.T) {
	run := experiments.Run{ID: "5", State: experiments.Running}
	if whyRun(actResume, run) == "" {
		t.Error("a run that trains can be resumed")
	}
	run.Silent = true
	if why := whyRun(actResume, run); why != "" {
		t.Errorf("a run whose worker is silent cannot: %s", why)
	}
	b := newBench(t, 120, 40)
	runs := testRuns()
	for i := range runs {
		runs[i].Silent = runs[i].State == experiments.Running
	}
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, runs))
	b.wants("◌ silent")
}

func TestCancelAsksFirst(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("5")
	b.press("c")
	b.wants("Cancel run 5", "Cancel the run")
	b.press("esc")
	b.wantsNot("Cancel the run")
	b.press("c")
	if _, cmd := b.root.Update(keyPress("y")); cmd == nil {
		t.Error("y does not confirm")
	}
	if b.root.shell.dialog != nil {
		t.Error("the dialog stays open")
	}
}

// TestAGateWithoutARivalNamesNoBound: nothing in production is no accuracy of 0.
func TestAGateWithoutARivalNamesNoBound(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.press("P")
	b.give(gatesLoadedMsg{b.root.shell.dialog.request, []experiments.Gate{
		{Name: "not_worse_than_production", Passed: true, Value: .96, Why: "nothing is in production yet"},
	}})
	b.wants("✓ passed", "0.960", "nothing is in production yet")
	b.wantsNot("> 0.000")
}

func TestPromotionWaitsForGatesAndForcesOnlyWithAReason(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.press("P")
	b.wants("checking the gates", "still checking", "type 1 to confirm")
	b.press("1", "tab", "tab", "y")
	if b.root.shell.dialog == nil {
		t.Fatal("the dialog was confirmed before the gates were known")
	}
	b.give(gatesLoadedMsg{b.root.shell.dialog.request, testGates()})
	b.wants("✗ refused", "not worse than production", "0.880 < 0.920", "production has", "reason (needed)")
	b.press("y")
	if b.root.shell.dialog == nil {
		t.Fatal("a refused promotion was forced without a reason")
	}
	b.press("shift+tab", "enter", "q", "y", "enter")
	if got := b.root.shell.dialog.input.Value(); got != "qy" {
		t.Errorf("the reason is %q", got)
	}
	if _, cmd := b.root.Update(keyPress("enter")); cmd == nil || b.root.shell.dialog != nil {
		t.Error("with a reason it cannot be forced")
	}
}

func TestAModelThatDoesNotAnswerCannotBeForced(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.press("P")
	b.give(gatesLoadedMsg{b.root.shell.dialog.request, []experiments.Gate{{Name: "bundle_answers", Why: "model.json is missing"}}})
	b.wants("model.json is missing", "it does not work")
	b.press("y")
	if b.root.shell.dialog == nil {
		t.Error("it was promoted")
	}
}

// What a rollback would put back is the top of a stack, not the last change
// turned around.
func TestRollingBackAfterARollbackGoesFurtherBack(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveModels() // v1, v2, and back to v1
	b.press("B")
	b.wants("Cannot roll back: there is no version before.")
	b.give(modelsLoadedMsg{b.modelsPage().request, testVersions(), testHistory()[1:]})
	b.press("B")
	b.wants("From v2 to v1.")
}

func TestPassedGatesNeedNoReason(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.press("P")
	b.give(gatesLoadedMsg{b.root.shell.dialog.request, testGates()[:1]})
	b.wants("✓ passed", "0.920 > 0.600", "reason (optional)")
	b.press("2", "enter", "enter", "enter")
	b.wants("type 1 to confirm")
	if b.root.shell.dialog == nil {
		t.Fatal("another word confirms")
	}
	b.press("shift+tab", "shift+tab", "enter", "backspace", "1", "enter", "enter")
	if _, cmd := b.root.Update(keyPress("enter")); cmd == nil || b.root.shell.dialog != nil {
		t.Error("enter on the button does not promote")
	}
	b.give(promotedMsg{promotion: experiments.Promotion{Version: "v3", Previous: "v1", Changed: true}})
	b.wants("v3 is in production. Before: v1.")
}

func TestFormValidatesAsOneTypesAndShowsTheCommand(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	b.wants("ringlab train --preset trees")
	for b.trainPage().form.current().name != "trees" {
		b.press("down")
	}
	b.press("enter", "0", "0")
	b.wants("30000 is outside its", "range, 1 to 5000")
	b.press("enter")
	if why := b.trainPage().Why(actStart); !strings.Contains(why, "outside its range") {
		t.Errorf("a wrong form can be started: %q", why)
	}
	b.press("u")
	b.press("enter", "backspace", "enter")
	b.wants("--set trees=30", "(changed)")
	if sub, _ := b.trainPage().submission(); sub.Set["trees"] != "30" {
		t.Errorf("trees=%q is submitted", sub.Set["trees"])
	}
}

// TestTheFormFollowsEachKey: the command and the cost are those of what stands in
// the field now, not of what stood there before, and esc puts both back.
func TestTheFormFollowsEachKey(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	b.forecasts(experiments.Forecast{Runs: 1, Duration: 5e9, Like: "1"})
	b.wants("about 5")
	for b.trainPage().form.current().name != "trees" {
		b.press("down")
	}
	asked := b.trainPage().forecastRequest
	b.press("enter", "backspace")
	b.wants("--set trees=30")
	if b.trainPage().forecastRequest == asked {
		t.Fatal("the cost of what was typed is not asked for")
	}
	asked = b.trainPage().forecastRequest
	b.press("9")
	b.wants("--set trees=309")
	if b.trainPage().forecastRequest != asked {
		t.Error("a second question is under way")
	}
	b.forecasts(experiments.Forecast{Runs: 1, Duration: 1e9, Like: "1"})
	if b.trainPage().forecastRequest == asked {
		t.Error("what was typed meanwhile is not asked for")
	}
	b.forecasts(experiments.Forecast{Runs: 1, Duration: 7e9, Like: "1"})
	b.wants("about 7")
	b.press("esc")
	b.wantsNot("--set")
	b.forecasts(experiments.Forecast{Runs: 1, Duration: 5e9, Like: "1"})
	for b.trainPage().form.current().name != fieldName {
		b.press("up")
	}
	b.press("enter", "x", "enter")
	b.wants("--name x", "about 5")
	if got := parameterText(1e6); got != "1000000" {
		t.Errorf("a million is written %s", got)
	}
}

// TestASweepIsTypedIntoTheForm: marked with m, a parameter takes several
// values; the page says how many runs that makes and how a shell would start
// them, and u takes the default again.
func TestASweepIsTypedIntoTheForm(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	for b.trainPage().form.current().name != "trees" {
		b.press("down")
	}
	b.press("m", ",", "5", "0", "enter")
	b.wants("⇶ each", "2 runs", "samples")
	if got, want := b.trainPage().command(), "ringlab train --preset trees --sweep trees=300,50"; got != want {
		t.Errorf("the command is %q, want %q", got, want)
	}
	for b.trainPage().form.current().name != fieldRepeat {
		b.press("up")
	}
	b.press("enter", "backspace", "3", "enter")
	b.wants("--repeat 3", "6 runs")
	sub, sweep := b.trainPage().submission()
	if all, err := sweep.Expand(sub); err != nil || len(all) != 6 || all[5].Set["trees"] != "50" || all[5].Seed != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	for b.trainPage().form.current().name != "trees" {
		b.press("down")
	}
	b.press("enter", "backspace", "backspace", "backspace", ".", ".", "9", "0", "0", "enter")
	if why := b.trainPage().blocked(); !strings.Contains(why, "no end of values") {
		t.Errorf("a range without a number of draws: %q", why)
	}
	b.press("u")
	b.wantsNot("--sweep", "samples", "⇶")
	b.press("m", "2", "0", ",", "4", "0", "enter") // a list that does not begin with the default
	if got, want := b.trainPage().command(), "ringlab train --preset trees --repeat 3 --sweep trees=20,40"; got != want {
		t.Errorf("the command is %q, want %q", got, want)
	}
}

// TestAPresetKeptByNameStandsWithTheOthers, and its parameters are where the
// form begins.
func TestAPresetKeptByNameStandsWithTheOthers(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	around := b.trainPage().around
	around.saved = []experiments.SavedPreset{{Name: "small", Preset: "trees", Set: map[string]string{"trees": "12"}}}
	b.trainPage().lookPending = false
	b.trainPage().Refresh()
	b.give(surroundingsMsg{request: b.trainPage().lookRequest, surroundings: around})
	b.press("left") // the last of the choices
	b.wants("--preset small", "12")
	sub, _ := b.trainPage().submission()
	if sub.Preset != "trees" || sub.Set["trees"] != "12" {
		t.Errorf("%+v is submitted, want trees with 12", sub)
	}
	b.press("W")
	b.wants("Keep these parameters by name")
}

// TestAnotherRunBeginsWithTheParametersOfThis: N on a run fills the form.
func TestAnotherRunBeginsWithTheParametersOfThis(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	run := testRuns()[0]
	run.Spec = experiments.Spec{Preset: "trees", Split: "hash:0.25", Seed: 9, Parameters: models.Values{"trees": 77, "min_leaf": 3, "gone": 1}}
	b.give(newRunMsg{like: &run})
	want := "ringlab train --preset trees --split hash:0.25 --seed 9 --set trees=77 --set min_leaf=3"
	if got := b.trainPage().command(); got != want {
		t.Errorf("the command is %q, want %q", got, want)
	}
}

// TestACommandBreaksBetweenItsWords, never inside a flag.
func TestACommandBreaksBetweenItsWords(t *testing.T) {
	got := wrapWords("ringlab train --preset trees --set trees=300", 18, 9)
	want := []string{"ringlab train", "--preset trees", "--set trees=300"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := wrapWords("a b c d", 1, 2); len(got) != 2 {
		t.Errorf("%q, want two lines at most", got)
	}
}

func TestFormFollowsThePreset(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	for _, preset := range models.Presets() {
		b.wants("--preset " + preset.Name)
		for _, parameter := range preset.Parameters {
			if b.trainPage().form.value(parameter.Name) != parameterText(parameter.Default) {
				t.Errorf("%s: %s does not stand at its default", preset.Name, parameter.Name)
			}
		}
		b.press("right")
	}
}

func TestWordsAreQuotedForAShell(t *testing.T) {
	for word, want := range map[string]string{
		"a=1": "a=1", "hash:0.25": "hash:0.25", "": "''", "two words": "'two words'",
		"it's": `'it'\''s'`, "$(rm -rf /)": "'$(rm -rf /)'", "a;b": "'a;b'",
	} {
		if got := quote(word); got != want {
			t.Errorf("quote(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestMarkedRunsAreCompared(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRuns()
	b.press("C")
	b.wants("Cannot compare: mark two runs or more")
	b.giveComparison()
	b.wants("parameters that differ", "trees", "fast", "-0.04 [-0.12, +0.04] p 0.5")
	b.press("esc")
	b.wants("2 marked")
}

func TestAMistakeShowsItsTruthAlsoWhenTheModelCannotSayIt(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.press("right", "down")
	b.wants("3  ", "0.0 %  truth", "55.0 %  said")
}

func TestEscInAReasonPutsTheOldTextBack(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveModels()
	// v2 came after v1, so that there is something to go back to.
	b.give(modelsLoadedMsg{b.modelsPage().request, testVersions(), testHistory()[1:]})
	b.press("B", "shift+tab", "shift+tab", "enter", "a", "enter")
	if b.root.shell.dialog == nil {
		t.Fatal("the dialog closed")
	}
	for b.root.shell.dialog.part != partReason {
		b.press("tab")
	}
	b.press("enter", "b", "esc")
	if got := b.root.shell.dialog.input.Value(); got != "a" {
		t.Errorf("the reason is %q", got)
	}
	b.press("esc")
	if b.root.shell.dialog != nil {
		t.Error("a second esc does not close the dialog")
	}
}

// TestAWrongFilterIsNotLeftStanding: enter on a text that is no filter says what
// is wrong with it, whole at any width, and leaves the person in the field. As
// a title over rows that it did not select it would be a lie.
func TestAWrongFilterIsNotLeftStanding(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		b := newBench(t, width, 24)
		b.giveRecords()
		b.types("/rings>>3")
		b.press("enter")
		if b.root.context() != inFilter {
			t.Fatalf("%d wide: enter leaves the field: %s", width, b.root.context())
		}
		b.wants("^^")
		said := strings.Join(strings.Fields(ansi.Strip(b.frame())), " ")
		if want := `">3" is no value of rings: write a number such as 3, 0.95 or 95%`; !strings.Contains(said, want) {
			t.Errorf("%d wide: the sentence is cut:\n%s", width, ansi.Strip(b.frame()))
		}
		b.press("backspace", "backspace")
		b.types("3")
		b.press("enter")
		if b.root.context() == inFilter || b.dataPage().bar.appliedText != "rings>3" {
			t.Errorf("%d wide: the repaired filter is not taken: %q", width, b.dataPage().bar.appliedText)
		}
	}
	b := newBench(t, 120, 40)
	b.giveRuns()
	b.types("/state=(")
	b.press("enter")
	if b.root.context() != inFilter {
		t.Error("the runs take a wrong filter")
	}
	b.press("esc")
	b.runsPage().bar.set("ringz=1", testTime()) // as a saved view of another task
	b.wants("✗ filter ringz=1", "not applied: runs have no field \"ringz\"")
}

// TestVersionsAreFilteredLikeEveryTable: the same language, live, kept by esc's
// rules, and what is selected is what the keys act on.
func TestVersionsAreFilteredLikeEveryTable(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		b := newBench(t, width, 24)
		b.giveModels()
		b.types("/preset=trees")
		b.wants("1 of 1 selected of 2", "★")
		b.wantsNot("fast")
		b.press("enter")
		b.wants("filter preset=trees", "esc clears it")
		b.press("P")
		b.wants("v1 is in production already")
		b.types("/ and accuracy<1%")
		b.press("enter", "x")
		b.wants("Nothing matches", "no version is selected")
		kept, err := json.Marshal(b.modelsPage().Keep())
		if err != nil {
			t.Fatal(err)
		}
		other := newBench(t, width, 24)
		other.giveModels()
		other.modelsPage().Restore(kept)
		other.wants("filter preset=trees")
		b.press("esc")
		b.wants("of 2", "fast")
	}
}
