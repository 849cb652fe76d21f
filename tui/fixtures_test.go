package tui

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	pixels "ringlab/data/picture"
	"ringlab/experiments"
	"ringlab/models"
	"ringlab/tui/picture"
)

// bench is a workbench whose answers are given by the test: a fixed clock, no
// stores, and no command runs.
type bench struct {
	t    *testing.T
	root *root
}

func testTime() time.Time { return time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC) }

func newBench(t *testing.T, width, height int) *bench {
	t.Helper()
	r := newRoot(context.Background(), Session{User: "ada", Clock: testTime}.withDefaults())
	b := &bench{t, r}
	b.give(tea.WindowSizeMsg{Width: width, Height: height})
	return b
}

func (b *bench) give(msg tea.Msg) { b.root.Update(msg) }

// frame is the frame as the terminal gets it: where it draws pictures itself,
// a canvas of that mode has put spaces for its marks. A private rune that is
// no mark stays, and checkHarmless finds it.
func (b *bench) frame() string {
	frame := b.root.View().Content
	mode := b.root.shell.canvas.Mode()
	if mode != picture.Kitty && mode != picture.Sixel {
		return frame
	}
	var sent strings.Builder
	canvas := picture.NewCanvas(&sent, 1)
	canvas.SetMode(mode)
	_, _ = canvas.Write([]byte(frame)) // a builder takes all
	return sent.String()
}

// press gives keys by the names of the key table.
func (b *bench) press(keys ...string) {
	for _, k := range keys {
		b.give(keyPress(k))
	}
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
	}
	mod := tea.KeyMod(0)
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		mod, name = tea.ModCtrl, rest
	}
	if rest, ok := strings.CutPrefix(name, "shift+"); ok {
		mod, name = tea.ModShift, rest
	}
	if code, ok := special[name]; ok {
		k := tea.KeyPressMsg{Code: code, Mod: mod}
		if name == "space" {
			k.Text = " "
		}
		return k
	}
	r := []rune(name)[0]
	k := tea.KeyPressMsg{Code: r, Mod: mod}
	if mod == 0 {
		k.Text = name
	}
	return k
}

// demoRecords are the first n good records of the demo's data.
func demoRecords(t testing.TB, n int) []recordRow {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "testdata", "original", "compounds.json"))
	if err != nil {
		t.Fatal(err)
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(file[3:], &raw); err != nil { // after the byte-order mark
		t.Fatal(err)
	}
	var rows []recordRow
	for i, text := range raw {
		if i == 1 || i == 2 || len(rows) == n {
			continue
		}
		var fields struct {
			ID     int64  `json:"compound_id"`
			SMILES string `json:"smiles"`
			Rings  int    `json:"num_rings"`
			Image  string `json:"image"`
		}
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, newRecordRow(data.Record{
			ID: int64(i + 1), CompoundID: fields.ID, SMILES: fields.SMILES, Label: fields.Rings, Image: fields.Image,
			Picture: "6f1ed002ab5595859014ebf0951522d9", Group: "9b74c9897bac770ffc029102a200c5de", Fields: text,
		}))
	}
	return rows
}

func demoPicture(t *testing.T, image string) *pixels.Picture {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "testdata", "original", image))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pixels.Decode(file, pixels.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b *bench) overviewPage() *overviewPage { return b.root.pages[pageOverview].(*overviewPage) }
func (b *bench) dataPage() *dataPage         { return b.root.pages[pageData].(*dataPage) }
func (b *bench) runsPage() *runsPage         { return b.root.pages[pageRuns].(*runsPage) }
func (b *bench) trainPage() *trainPage       { return b.root.pages[pageTrain].(*trainPage) }
func (b *bench) modelsPage() *modelsPage     { return b.root.pages[pageModels].(*modelsPage) }
func (b *bench) servingPage() *servingPage   { return b.root.pages[pageServing].(*servingPage) }

const snapshotID = "3f2a914cbe07d1f00a8852ffb5e0c27d14f2b7a1"

func (b *bench) giveLetters() {
	b.press("1", "d")
	l := &b.dataPage().letters
	id := int64(1117973)
	letters := []data.DeadLetter{
		{ID: 1, Source: "/home/ada/original/compounds.json", Row: 1, Offset: 3121, Code: "picture_missing",
			Reason: "picture images/missing_image.png: there is no such file", CompoundID: &id, State: "waiting", Seen: 2,
			FirstSeen: testTime().Add(-3 * time.Hour), Time: testTime().Add(-5 * time.Minute)},
		{ID: 2, Source: "/home/ada/original/compounds.json", Row: 2, Offset: 4410, Code: "field_missing",
			Reason: "compound_id is missing", State: "waiting", Seen: 2,
			FirstSeen: testTime().Add(-3 * time.Hour), Time: testTime().Add(-5 * time.Minute)},
	}
	b.give(lettersLoadedMsg{request: l.request, letters: letters, total: 2, waiting: 2})
	letters[0].Raw = []byte("{\n\t\"compound_id\": 1117973,\n\t\"smiles\": \"Cc1nnc2\",\n\t\"image\": \"images/missing_image.png\"\n}")
	b.give(letterLoadedMsg{l.fullRequest, letters[0]})
}

func testEvaluation() models.Evaluation {
	var truth []int
	var said []models.Prediction
	for i := range 25 {
		label := []int{1, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5}[i]
		answer := label
		if i == 0 || i == 7 {
			answer = label + 1
		}
		truth = append(truth, label)
		said = append(said, models.Prediction{Label: answer, Confidence: .9})
	}
	return models.Evaluate(truth, said)
}

func testRuns() []experiments.Run {
	e := testEvaluation()
	at := func(ago time.Duration) time.Time { return testTime().Add(-ago) }
	metrics := map[string]float64{"accuracy": e.Accuracy, "macro_f1": e.MacroF1, "within_one": e.WithinOne, "ece": e.ECE}
	spec := func(preset string) experiments.Spec {
		return experiments.Spec{Snapshot: snapshotID, Split: "hash", Preset: preset, Seed: 1,
			Parameters: models.Values{"trees": 300, "max_features": .4, "min_leaf": 1}}
	}
	return []experiments.Run{
		{ID: "6", Name: "wider", State: experiments.Queued, Spec: spec("fast"), Created: at(4 * time.Second), Author: "ada"},
		{ID: "5", Name: "slow and sure", State: experiments.Running, Spec: spec("fast"), Created: at(3 * time.Minute),
			Started: at(2 * time.Minute), Epoch: 12, Epochs: 30, Phase: "epoch 13", Author: "ada"},
		{ID: "4", Name: "", State: experiments.Interrupted, Spec: spec("fast"), Created: at(2 * time.Hour), Started: at(2 * time.Hour), Ended: at(119 * time.Minute), Epoch: 7, Epochs: 30, Author: "ada"},
		{ID: "3", Name: "broken", State: experiments.Failed, Spec: spec("fast"), Created: at(3 * time.Hour), Ended: at(3 * time.Hour),
			Error: "train run 3: the loss is no number after epoch 2; a smaller learning_rate may help", Author: "bob"},
		{ID: "2", Name: "first try", State: experiments.Cancelled, Spec: spec("fast"), Created: at(5 * time.Hour), Started: at(5 * time.Hour), Ended: at(5 * time.Hour), Epoch: 3, Epochs: 30, Author: "bob"},
		{ID: "1", Name: "baseline", State: experiments.Finished, Spec: spec("trees"), Created: at(30 * time.Hour),
			Started: at(30 * time.Hour), Ended: at(30*time.Hour - 4*time.Second), Epoch: 1, Epochs: 1, Author: "ada",
			Metrics: metrics, Evaluation: &e, Version: "v1"},
	}
}

func (b *bench) giveRuns() {
	b.press("3")
	b.give(runsAnswer(b.runsPage().request, testRuns()))
}

// runsAnswer is the answer where these are all runs.
func runsAnswer(request int, runs []experiments.Run) runsLoadedMsg {
	return runsLoadedMsg{request: request, table: experiments.NewRunTable(runs), whole: true}
}

// countRuns tells how many runs there are in each state.
func countRuns(runs []experiments.Run) map[experiments.State]int {
	counts := map[experiments.State]int{}
	for _, r := range runs {
		counts[r.State]++
	}
	return counts
}

// giveRun opens a run of testRuns with curves.
func (b *bench) giveRun(id string) {
	b.giveRuns()
	b.give(openRunMsg{id})
	v := b.runsPage().run
	lines := curvesLoadedMsg{request: v.curves.request, metrics: []string{"accuracy", "loss", "pictures_per_second", "val_accuracy", "val_loss"}, lines: map[curveKey][]experiments.Point{}}
	answer := runLoadedMsg{request: v.request,
		log: []string{"21:00:01 reading 80 pictures", "21:00:03 epoch 1 of 30 loss 1.61 val_loss 1.58", "21:00:05 epoch 2 of 30 loss 1.40 val_loss 1.44"}}
	for _, r := range testRuns() {
		if r.ID == id {
			answer.run = r
		}
	}
	for step := range int64(max(answer.run.Epoch, 1)) {
		x := float64(step)
		for key, value := range map[string]float64{
			"loss": .1 + 1.5*math.Exp(-x/5), "val_loss": .45 + 1.2*math.Exp(-x/4) + .03*math.Sin(x),
			"accuracy": 1 - .7*math.Exp(-x/6), "val_accuracy": .85 - .5*math.Exp(-x/5) + .02*math.Sin(2*x),
		} {
			lines.lines[curveKey{id, key}] = append(lines.lines[curveKey{id, key}], experiments.Point{Step: step + 1, Value: value})
		}
	}
	b.give(answer)
	b.give(lines)
	if answer.run.Evaluation == nil {
		return
	}
	rows := demoRecords(b.t, 100)
	b.give(mistakesLoadedMsg{v.mistakes.request, []experiments.HoldoutPrediction{
		{Record: rows[0].record, Predicted: 4, Confidence: .81, Probabilities: map[int]float64{3: .04, 4: .81, 5: .13, 6: .02}},
		{Record: rows[7].record, Predicted: 4, Confidence: .55, Probabilities: map[int]float64{4: .55, 2: .41, 5: .04}},
	}})
	b.give(pictureLoadedMsg{request: v.mistakes.preview.request, picture: demoPicture(b.t, rows[0].record.Image)})
}

func testHistory() []experiments.Promotion {
	at := func(ago time.Duration) time.Time { return testTime().Add(-ago) }
	return []experiments.Promotion{
		{Version: "v1", Previous: "v2", Alias: "production", Kind: "rollback", Reason: "v2 answers worse on scans", Author: "bob", Time: at(time.Hour), Changed: true},
		{Version: "v2", Previous: "v1", Alias: "production", Kind: "promote", Author: "ada", Forced: true, Reason: "to try it", Time: at(26 * time.Hour), Changed: true},
		{Version: "v1", Alias: "production", Kind: "promote", Author: "ada", Time: at(29 * time.Hour), Changed: true},
	}
}

func testVersions() []experiments.Version {
	return []experiments.Version{
		{Name: "v2", Run: "2", Preset: "fast", Evaluation: testEvaluation(), Created: testTime().Add(-27 * time.Hour), Author: "ada"},
		{Name: "v1", Run: "1", Preset: "trees", Aliases: []string{"production"}, Evaluation: testEvaluation(), Created: testTime().Add(-29 * time.Hour), Author: "ada"},
	}
}

func (b *bench) giveModels() {
	b.press("4")
	b.give(modelsLoadedMsg{b.modelsPage().request, testVersions(), testHistory()})
	run := testRuns()[5]
	b.give(lineageLoadedMsg{request: b.modelsPage().lineageRequest, version: "v2", run: run,
		snapshot: data.Snapshot{ID: snapshotID, Records: 100}, model: experiments.Model{Sum: snapshotID}, servers: []string{"127.0.0.1:8080"}})
}

func (b *bench) giveServing() {
	b.press("5")
	b.give(servingLoadedMsg{request: b.servingPage().request, production: testVersions()[1], since: testHistory()[0],
		servers: testServers(), learned: map[int]int{1: 1, 2: 10, 3: 27, 4: 41, 5: 21}})
	p := b.servingPage()
	b.give(trafficLoadedMsg{request: p.trafficRequest, said: map[int]int{2: 900, 3: 4100, 4: 6000, 5: 1200, 6: 145}, unlike: 12})
	for i := range 60 {
		p.rates.total = append(p.rates.total, 10+8*math.Sin(float64(i)/6))
	}
	p.tryRequest = 9_000
	b.give(triedMsg{request: 9_000, path: "/home/ada/compound.png", picture: demoPicture(b.t, demoRecords(b.t, 1)[0].record.Image),
		said:  models.Prediction{Label: 5, Confidence: .93, Probabilities: map[int]float64{5: .93, 4: .05, 6: .02}},
		model: "v1", by: "127.0.0.1:8080", took: 3400 * time.Microsecond})
}

func testServers() []experiments.Server {
	return []experiments.Server{
		{ID: "a", Host: "lab", PID: 4242, Address: "127.0.0.1:8080", Version: "v1", Started: testTime().Add(-3 * time.Hour),
			Seen: testTime().Add(-2 * time.Second), Requests: 12345, Errors: 2, P50: 3.4, P99: 18.2},
		{ID: "b", Host: "lab", PID: 4343, Address: "127.0.0.1:8081", Started: testTime().Add(-3 * time.Second), Seen: testTime()},
	}
}

func testSummary() summary {
	runs := testRuns()
	return summary{
		snapshots: []data.Snapshot{
			{ID: snapshotID, Records: 100, Created: testTime().Add(-5 * time.Hour)},
			{ID: "77aa" + snapshotID, Records: 60, Created: testTime().Add(-50 * time.Hour)}},
		labels:  map[int]int{1: 1, 2: 10, 3: 27, 4: 41, 5: 21},
		task:    data.Task{LabelName: "rings"},
		waiting: 2, runs: runs, counts: countRuns(runs),
		production: testVersions()[1], since: testHistory()[0], history: testHistory(), servers: testServers(),
	}
}

// giveOverview fills the Overview, twice, so that there is a rate.
func (b *bench) giveOverview() {
	b.press("0")
	s := testSummary()
	b.give(summaryLoadedMsg{b.overviewPage().request, s})
	b.press("0")
	s.servers = testServers()
	s.servers[0].Requests, s.servers[0].Seen = 12345+60, testTime().Add(3*time.Second)
	b.give(summaryLoadedMsg{b.overviewPage().request, s})
}

func (b *bench) giveTrain() {
	b.press("2")
	b.give(surroundingsMsg{request: b.trainPage().lookRequest, surroundings: surroundings{snapshot: data.Snapshot{ID: snapshotID, Records: 100}}})
}

func testGates() []experiments.Gate {
	return []experiments.Gate{
		{Name: "better than the majority class", Passed: true, Value: .92, Bound: .6, Why: "accuracy 0.920, always saying 4 reaches 0.600"},
		{Name: "not worse than production", Passed: false, Value: .88, Bound: .92, Why: "accuracy 0.880 on the same 25 records, production has 0.920"},
	}
}

func (b *bench) giveGates() {
	b.giveRun("1")
	b.press("P")
	b.give(gatesLoadedMsg{b.root.shell.dialog.request, testGates()})
}

func testComparison() experiments.Comparison {
	runs := testRuns()
	return experiments.Comparison{
		Runs: []experiments.Run{runs[5], runs[4]}, SameHoldout: true,
		Differing: []experiments.Row{{Name: "preset", Values: []string{"trees", "fast"}}},
		Same:      []experiments.Row{{Name: "split", Values: []string{"hash", "hash"}}},
		Metrics: []experiments.MetricRow{
			{Name: "accuracy", Values: []float64{.92, .88}, Differences: []*experiments.Difference{nil, {Value: -.04, Low: -.12, High: .04, P: .5, N: 25}}},
			{Name: "ece", Values: []float64{.1, math.NaN()}},
		},
	}
}

func (b *bench) giveComparison() {
	b.giveRuns()
	b.press("end", "space", "up", "space", "C")
	b.give(comparedMsg{b.runsPage().compare.request, testComparison()})
}

// giveOverlaidCurves answers with a run of thirty epochs and one that has been
// judged after its only one.
func (b *bench) giveOverlaidCurves() {
	c := b.runsPage().compare.curves
	lines := map[curveKey][]experiments.Point{}
	for step := range int64(30) {
		x := float64(step)
		for key, value := range map[string]float64{"loss": .1 + 1.5*math.Exp(-x/5), "val_loss": .45 + 1.2*math.Exp(-x/4) + .03*math.Sin(x), "val_accuracy": .85 - .5*math.Exp(-x/5)} {
			lines[curveKey{c.over[0], key}] = append(lines[curveKey{c.over[0], key}], experiments.Point{Step: step + 1, Value: value})
		}
	}
	lines[curveKey{c.run, "val_accuracy"}] = []experiments.Point{{Step: 1, Value: .92}}
	b.give(curvesLoadedMsg{request: c.request, metrics: []string{"loss", "val_accuracy", "val_loss"}, lines: lines})
}

// screens are the states that are drawn at every size.
func screens() map[string]func(*bench) {
	return map[string]func(*bench){
		"overview":       (*bench).giveOverview,
		"overview-empty": func(b *bench) { b.press("0"); b.give(summaryLoadedMsg{request: b.overviewPage().request}) },
		"overview-new": func(b *bench) {
			s := testSummary()
			s.runs, s.counts, s.servers, s.production, s.since = nil, nil, nil, experiments.Version{}, experiments.Promotion{}
			b.press("0")
			b.give(summaryLoadedMsg{b.overviewPage().request, s})
		},
		"data-empty": func(b *bench) {
			b.press("1")
			b.give(recordsLoadedMsg{request: b.dataPage().request})
		},
		"data":        (*bench).giveRecords,
		"data-record": func(b *bench) { b.giveRecords(); b.press("enter") },
		"data-filter": func(b *bench) {
			b.giveRecords()
			b.types("/rings>=4 and pre")
			b.giveSelection()
		},
		"data-filter-wrong": func(b *bench) {
			b.giveRecords()
			b.types("/rings>=4")
			b.giveSelection()
			b.types(" and ringz=3 ")
		},
		"data-columns":    func(b *bench) { b.giveRecords(); b.press("s", "down", "s"); b.giveSelection() },
		"data-balance":    func(b *bench) { b.giveRecords(); b.press("b") },
		"data-snapshots":  func(b *bench) { b.giveRecords(); b.press("S") },
		"data-letters":    (*bench).giveLetters,
		"data-no-letters": func(b *bench) { b.press("1", "d"); b.give(lettersLoadedMsg{request: b.dataPage().letters.request}) },
		"data-failed": func(b *bench) {
			b.giveRecords()
			b.give(failedMsg{doing: "load records", err: os.ErrPermission})
		},
		"train":         (*bench).giveTrain,
		"train-editing": func(b *bench) { b.giveTrain(); b.press("end", "up", "enter", "x") },
		"train-cost": func(b *bench) {
			b.giveTrain()
			b.give(forecastMsg{b.trainPage().forecastRequest, experiments.Forecast{Runs: 1, Duration: 95 * time.Second, Measured: true}})
		},
		"runs-empty": func(b *bench) { b.press("3"); b.give(runsAnswer(b.runsPage().request, nil)) },
		"runs":       func(b *bench) { b.giveRuns(); b.press("down", "space") },
		"runs-folded": func(b *bench) {
			b.press("3")
			b.give(runsAnswer(b.runsPage().request, seedRuns()))
			b.press("z", "enter", "down")
		},
		"runs-columns": func(b *bench) { b.giveRuns(); b.press("s", "down", "down", "s") },
		"runs-views": func(b *bench) {
			b.giveRuns()
			b.runsPage().views.save(savedView{Name: "best of the week", Filter: "created>=-7d", Columns: panelState{Sort: []string{"-accuracy"}}})
			b.press("V")
		},
		"runs-filter":           func(b *bench) { b.giveRuns(); b.types("/accuracy>90%") },
		"compare-curves":        func(b *bench) { b.giveComparison(); b.press("right"); b.giveOverlaidCurves() },
		"compare-confusion":     func(b *bench) { b.giveComparison(); b.press("right", "right"); b.givePair() },
		"compare-disagreements": func(b *bench) { b.giveComparison(); b.press("left"); b.givePair() },
		"run-live":              func(b *bench) { b.giveRun("5") },
		"run-epoch": func(b *bench) {
			b.giveRun("5")
			b.press(",", ",", "enter") // two before the newest
			b.giveEpoch(testEpoch(b.t))
		},
		"run-epoch-none": func(b *bench) {
			b.giveRun("5")
			b.press("enter")
			b.giveEpoch(experiments.EpochAnswers{Epoch: 12})
		},
		"run-failed":     func(b *bench) { b.giveRun("3") },
		"run-finished":   func(b *bench) { b.giveRun("1"); b.press("left") },
		"run-evaluation": func(b *bench) { b.giveRun("1") },
		"run-matrix":     func(b *bench) { b.giveRun("1"); b.press("enter") },
		"run-mistakes":   func(b *bench) { b.giveRun("1"); b.press("right") },
		"run-explained": func(b *bench) {
			b.giveRun("1")
			b.press("right", "e")
			b.give(explainedMsg{b.runsPage().run.mistakes.explainer.request, loadedModel{"1", &models.Model{}}, testExplanation(b.t)})
		},
		"run-log":        func(b *bench) { b.giveRun("5"); b.press("right", "right", "right") },
		"run-parameters": func(b *bench) { b.giveRun("1"); b.press("left", "left") },
		"run-promote":    (*bench).giveGates,
		"compare":        (*bench).giveComparison,
		"models-empty":   func(b *bench) { b.press("4"); b.give(modelsLoadedMsg{request: b.modelsPage().request}) },
		"models":         (*bench).giveModels,
		"models-gates": func(b *bench) {
			b.giveModels()
			b.press("c")
			b.give(gatesLoadedMsg{b.modelsPage().checkRequest, testGates()})
		},
		"models-export": func(b *bench) { b.giveModels(); b.press("x", "/", "t") },
		"models-rollback": func(b *bench) {
			b.giveModels()
			b.give(modelsLoadedMsg{b.modelsPage().request, testVersions(), testHistory()[1:]}) // v2 is in production
			b.press("B")
		},
		"serving-empty": func(b *bench) {
			b.press("5")
			b.give(servingLoadedMsg{request: b.servingPage().request})
		},
		"serving": (*bench).giveServing,
		"search": func(b *bench) {
			b.giveOverview()
			b.press("/")
			b.give(searchedMsg{b.root.palette.request, testRuns(), testVersions()})
			b.types("ada fast")
		},
		"run-log-find":    func(b *bench) { b.giveRun("5"); b.press("right", "right", "right"); b.types("/loss") },
		"mistakes-filter": func(b *bench) { b.giveRun("1"); b.press("right"); b.types("/sure>60%"); b.press("enter") },
		"help":            func(b *bench) { b.giveRuns(); b.press("?") },
		"palette":         func(b *bench) { b.giveModels(); b.press(":", "r", "o", "l", "l") },
		"settings":        func(b *bench) { b.giveModels(); b.press("ctrl+o") },
		"errors": func(b *bench) {
			b.giveRuns()
			b.give(failedMsg{doing: "load runs", err: os.ErrPermission})
			b.press("!")
		},
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
