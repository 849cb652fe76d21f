package experiments

import (
	"testing"
	"time"

	"ringlab/data"
	"ringlab/data/filter"
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
