package tui

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/experiments"
)

// types presses the keys of a text.
func (b *bench) types(text string) {
	for _, r := range text {
		key := string(r)
		if r == ' ' {
			key = "space"
		}
		b.press(key)
	}
}

// demoTable is the demo's records, over and over, with a model's answers for
// each tenth.
func demoTable(t testing.TB, snapshot data.Snapshot, records, different int) *experiments.RecordTable {
	t.Helper()
	demo := demoRecords(t, different)
	all := make([]data.Record, records)
	var answers []experiments.HoldoutPrediction
	for i := range all {
		all[i] = demo[i%len(demo)].record
		all[i].ID = int64(i + 1)
		if i%10 == 3 {
			said := all[i].Label
			if i%3 == 0 {
				said++
			}
			answers = append(answers, experiments.HoldoutPrediction{Record: all[i], Predicted: said, Confidence: .91})
		}
	}
	snapshot.Created = testTime().Add(-26 * 3600e9)
	table, err := experiments.TableOf(snapshot, data.Task{LabelName: "rings", LabelField: "num_rings"}, all, "v1", answers)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// giveRecords fills the Data page with the demo's data.
func (b *bench) giveRecords() {
	b.press("1")
	p := b.dataPage()
	b.give(overviewLoadedMsg{request: p.overviewAsked, snapshot: snapshotID, waiting: 2, model: "v1", task: data.Task{LabelName: "rings", LabelField: "num_rings"}})
	table := demoTable(b.t, data.Snapshot{ID: snapshotID, Records: 100}, 100, 100)
	b.give(recordsLoadedMsg{request: p.request, table: table, balance: balanceOf(table, nil)})
	b.giveRecord()
}

// giveRecord answers for the record under the cursor.
func (b *bench) giveRecord() {
	p := b.dataPage()
	row, ok := p.current()
	if !ok {
		return
	}
	b.give(recordLoadedMsg{request: p.preview.request, id: row.ID, fields: []pair{{"ALogP", "4.686"}, {"molecular_weight", "423.46654"}},
		picture: pictureLoadedMsg{request: p.preview.request, picture: demoPicture(b.t, row.Image)}})
}

// giveSelection answers what the Data page asked of its filter.
func (b *bench) giveSelection() {
	p := b.dataPage()
	if !p.selecting {
		return
	}
	rows, err := filter.Select(b.t.Context(), p.records, p.bar.applied, p.panel.orders)
	if err != nil {
		b.t.Fatal(err)
	}
	b.give(rowsSelectedMsg{p.selectAsked, rows, balanceOf(p.records, rows)})
}

func TestAFilterIsAppliedWhileItIsTyped(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRecords()
	b.types("/rings=2")
	b.giveSelection()
	b.wants("1 of 10 selected of 100")
	b.types(" and ringz=1")
	b.wants("1 of 10 selected of 100", "no field \"ringz\": did you mean rings?", "^^^^^")
	b.press("esc")
	b.giveSelection()
	b.wants("1 of 100")
	b.types("/ri")
	b.press("tab")
	b.wants("filter rings")
	b.types(">=4 an")
	b.press("tab")
	b.types("spl")
	b.press("tab")
	b.types("=")
	b.press("down", "down", "tab", "enter")
	if got := b.dataPage().bar.text; got != "rings>=4 and split=holdout" {
		t.Errorf("completed to %q", got)
	}
	if b.dataPage().Typing() {
		t.Error("enter does not leave the filter")
	}
	b.giveSelection()
	for i := range b.dataPage().rows {
		row := b.dataPage().records.Row(b.dataPage().row(i))
		if row.Label < 4 || row.Side != data.SideHoldout {
			t.Fatalf("row %+v is selected", row)
		}
	}
	b.press("esc")
	b.wants("1 of 100")
}

func TestRecordsAreSortedBySeveralColumns(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRecords()
	b.press("down", "down") // the cursor stays on its record
	before, _ := b.dataPage().current()
	b.press("s", "down", "s", "up", "s", "s", "esc")
	b.giveSelection()
	after, _ := b.dataPage().current()
	if before.ID != after.ID {
		t.Errorf("the cursor moved from record %d to %d", before.ID, after.ID)
	}
	b.wants("rings↓1", "compound↑2")
	p := b.dataPage()
	sorted := slices.IsSortedFunc(p.rows, func(x, y int32) int {
		a, b := p.records.Row(int(x)), p.records.Row(int(y))
		if a.Label != b.Label {
			return b.Label - a.Label
		}
		return int(a.Compound - b.Compound)
	})
	if !sorted {
		t.Error("the rows are not in order")
	}
	b.press("s", "u", "esc")
	if len(p.panel.orders) != 0 || p.rows != nil {
		t.Error("u does not put the order back")
	}
}

func TestColumnsAreChosenMovedAndRemembered(t *testing.T) {
	b := newBench(t, 200, 60)
	b.giveRecords()
	b.press("s", "end", "space", "home", "J", "s", "esc") // added is shown, compound is second
	b.giveSelection()
	line := ""
	for l := range strings.Lines(b.frame()) {
		if strings.Contains(l, "SMILES") {
			line = l
			break
		}
	}
	if !strings.Contains(line, "added") || strings.Index(line, "rings") > strings.Index(line, "compound↓") {
		t.Errorf("the header is %q", line)
	}
	kept := mustJSON(t, b.dataPage().Keep())
	later := newBench(t, 200, 60)
	later.dataPage().Restore(kept)
	later.giveRecords()
	later.giveSelection()
	if got := mustJSON(t, later.dataPage().Keep()); string(got) != string(kept) {
		t.Errorf("restored %s, kept %s", got, kept)
	}
}

func TestSnapshotsSelectTheirRecords(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRecords()
	b.press("S")
	b.wants("Snapshots  1 of 1", "no. 1, by rings", "100 records")
	b.press("enter")
	if got := b.dataPage().bar.text; got != "snapshot<=1" {
		t.Errorf("enter filters by %q", got)
	}
	b.giveSelection()
	b.wants("Records  1 of 100")
}

func TestNearDuplicatesAreFound(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRecords() // all of one group, in the fixture
	b.press("m")
	b.giveSelection()
	if b.dataPage().bar.text != "group:9b74c9897b" || b.dataPage().table.count != 100 {
		t.Errorf("m filters by %q: %d", b.dataPage().bar.text, b.dataPage().table.count)
	}
	b.press("M")
	b.giveSelection()
	if len(b.dataPage().panel.orders) != 2 {
		t.Error("M does not put groups together")
	}
}

func mustJSON(t *testing.T, v any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
