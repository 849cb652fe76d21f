package experiments

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/models"
)

// wholeTable reads all records, three at a time.
func wholeTable(t *testing.T, s *Store, model string) *RecordTable {
	t.Helper()
	table, err := s.NewRecordTable(t.Context(), model)
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		if done, err = table.More(t.Context(), s.data, 3); err != nil {
			t.Fatal(err)
		}
	}
	return table
}

func selected(t *testing.T, table *RecordTable, text string) []int32 {
	t.Helper()
	f, err := filter.Parse(table.Fields(), text, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	rows, err := filter.Select(t.Context(), table, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestARecordTableHoldsWhatTheStoreHolds: records, sides and answers are those
// that the store names one by one.
func TestARecordTableHoldsWhatTheStoreHolds(t *testing.T) {
	s := newTrainedStore(t)
	runs, err := s.Runs(t.Context(), RunQuery{States: []State{Finished}})
	if err != nil || len(runs) == 0 {
		t.Fatal(runs, err)
	}
	run := runs[0]
	table := wholeTable(t, s, run.ID)
	records, err := s.data.Records(t.Context(), data.Query{})
	if err != nil || len(records) != table.Len() {
		t.Fatalf("%d records, %d in the table: %v", len(records), table.Len(), err)
	}
	for i, r := range records {
		row := table.Row(i)
		if row.ID != r.ID || row.Compound != r.CompoundID || row.SMILES != r.SMILES || row.Label != r.Label ||
			row.Image != r.Image || row.Picture != r.Picture || row.Group != r.Group || row.Snapshot < 1 || row.Added.IsZero() {
			t.Fatalf("record %d is %+v, in the table %+v", i, r, row)
		}
	}
	split, err := data.ParseSplit(run.Spec.Split)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := s.data.Parts(t.Context(), run.Spec.Snapshot, split)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{
		"split=train": len(parts.Train), "split=validation": len(parts.Validation), "split=holdout": len(parts.Holdout),
		"has:predicted": len(parts.Holdout), "snapshot=1": len(records), "snapshot>1": 0, "added>=-1d": len(records),
	} {
		if got := selected(t, table, text); len(got) != want {
			t.Errorf("%s selects %d, want %d", text, len(got), want)
		}
	}
	predictions, err := s.Predictions(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, p := range predictions {
		if p.Predicted != p.Record.Label {
			wrong++
		}
	}
	if got := selected(t, table, "predicted!=rings"); len(got) != wrong {
		t.Errorf("%d wrong answers, want %d", len(got), wrong)
	}
}

// TestARecordTableGrowsWithItsSnapshot: what was read is taken over, and the
// older table still reads as before.
func TestARecordTableGrowsWithItsSnapshot(t *testing.T) {
	s := newTrainedStore(t)
	old := wholeTable(t, s, "")
	letters, err := s.data.DeadLetters(t.Context())
	if err != nil || len(letters) == 0 {
		t.Fatalf("the demo has dead letters: %v, %v", letters, err)
	}
	row := old.Row(0)
	record, err := s.data.Record(t.Context(), row.Compound)
	if err != nil {
		t.Fatal(err)
	}
	copies := row.Copies
	raw := []byte(`{"compound_id": 999999999, "smiles": "` + record.SMILES + `", "num_rings": ` + string(rune('0'+record.Label)) + `, "image": "` + record.Image + `"}`)
	if _, err := s.data.RetryEdited(t.Context(), letters[0].ID, raw, "ada"); err != nil {
		t.Fatal(err)
	}
	newer, err := s.NewRecordTable(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if !old.Grow(newer) || newer.Len() != old.Len() {
		t.Fatalf("the newer table begins with %d of %d", newer.Len(), old.Len())
	}
	if done, err := newer.More(t.Context(), s.data, 10); err != nil || !done || newer.Len() != old.Len()+1 {
		t.Fatalf("%d records, done %v, %v", newer.Len(), done, err)
	}
	if got := newer.Row(0).Copies; got != copies+1 || old.Row(0).Copies != copies {
		t.Errorf("copies: %d in the newer, %d in the older, were %d", got, old.Row(0).Copies, copies)
	}
	if got := newer.Row(newer.Len() - 1); got.Snapshot != 2 || got.Compound != 999999999 {
		t.Errorf("the new record is %+v", got)
	}
}

// A record that says where its rings are teaches that; one whose places do not
// go with its label teaches what its SMILES says.
func TestSamplesKnowTheirPlaces(t *testing.T) {
	samples := (&Store{}).samples([]data.Record{
		{Label: 2, SMILES: "C1CC1C1CCCC1", Fields: json.RawMessage(`{"ring_places": [[0.7, 0.5, 5], [0.2, 0.4, 3]]}`)},
		{Label: 2, SMILES: "C1CC1C1CCCC1", Fields: json.RawMessage(`{"ring_places": [[0.7, 0.5, 5]]}`)},
		{Label: 2, SMILES: "C1CC1C1CCCC1"},
	})
	for i, s := range samples {
		if !slices.Equal(s.Parts, []int{3, 5}) {
			t.Errorf("sample %d has rings of %v atoms, want 3 and 5", i, s.Parts)
		}
	}
	if want := []models.Place{{X: .7, Y: .5, Size: 5}, {X: .2, Y: .4, Size: 3}}; !slices.Equal(samples[0].Places, want) {
		t.Errorf("places are %v, want %v", samples[0].Places, want)
	}
	if samples[1].Places != nil || samples[2].Places != nil {
		t.Errorf("places of records that say none, or too few: %v, %v", samples[1].Places, samples[2].Places)
	}
}
