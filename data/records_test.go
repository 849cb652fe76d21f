package data

import (
	"errors"
	"slices"
	"testing"
)

// TestQuery holds what each filter selects, alone and together.
func TestQuery(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	if none, err := s.Records(ctx, Query{}); err != nil || len(none) != 0 {
		t.Errorf("a new workspace lists %v, %v", none, err)
	}
	if _, err := s.Snapshot(ctx, ""); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("its newest snapshot: %v", err)
	}
	first := mustIngest(t, s, makeFolder(t,
		made{id: 10, smiles: "CCO", label: 0, picture: 1, extra: `"molecular_formula": "C2H6O"`},
		made{id: 11, smiles: "c1ccccc1", label: 1, picture: 2, extra: `"molecular_formula": "C6H6"`},
		made{id: 12, smiles: "C1CC1", label: 1, picture: 3, extra: `"molecular_formula": 7`}))
	mustIngest(t, s, makeFolder(t, made{id: 110, smiles: "CC%_O", label: 2, picture: 4}))
	cases := []struct {
		name  string
		query Query
		want  []int64
	}{
		{"all", Query{}, []int64{10, 11, 12, 110}},
		{"an older snapshot", Query{Snapshot: first.Snapshot}, []int64{10, 11, 12}},
		{"by the beginning of its id", Query{Snapshot: first.Snapshot[:10]}, []int64{10, 11, 12}},
		{"one label", Query{Labels: []int{1}}, []int64{11, 12}},
		{"two labels", Query{Labels: []int{0, 2}}, []int64{10, 110}},
		{"part of the SMILES, in its case", Query{Text: "cc"}, []int64{11}},
		{"signs that SQL could take for patterns", Query{Text: "%_"}, []int64{110}},
		{"part of the formula", Query{Text: "C6H"}, []int64{11}},
		{"a compound id, whole", Query{Text: "11"}, []int64{11}},
		{"label and text", Query{Text: "C", Labels: []int{1}}, []int64{11, 12}},
		{"a page", Query{Offset: 1, Limit: 2}, []int64{11, 12}},
		{"past the end", Query{Offset: 9}, nil},
		{"nothing", Query{Text: "'; DROP TABLE records; --"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			records, err := s.Records(ctx, c.query)
			if err != nil || !slices.Equal(compoundIDs(records), c.want) {
				t.Errorf("got %v, %v, want %v", compoundIDs(records), err, c.want)
			}
			n, err := s.Count(ctx, Query{Snapshot: c.query.Snapshot, Labels: c.query.Labels, Text: c.query.Text})
			if c.query.Offset == 0 && (err != nil || n != len(c.want)) {
				t.Errorf("counted %d, %v", n, err)
			}
		})
	}
	for _, ref := range []string{"0", "f0f0f0f0f0", "'", "zz", first.Snapshot + "0"} {
		if got, err := s.Snapshot(ctx, ref); err == nil && got.ID[:1] != ref || err != nil && !errors.Is(err, ErrUnknownSnapshot) {
			t.Errorf("snapshot %q: %+v, %v", ref, got, err)
		}
	}
}

// TestRecordsByID keeps the order of the question, and says what is missing.
func TestRecordsByID(t *testing.T) {
	s, ctx := newStore(t), t.Context()
	mustIngest(t, s, originalFolder)
	all, err := s.Records(ctx, Query{})
	if err != nil {
		t.Fatal(err)
	}
	ids := []int64{all[7].ID, all[3].ID, all[7].ID}
	found, err := s.RecordsByID(ctx, ids)
	if err != nil || !slices.Equal(compoundIDs(found), []int64{all[7].CompoundID, all[3].CompoundID, all[7].CompoundID}) {
		t.Errorf("got %v, %v", compoundIDs(found), err)
	}
	if _, err := s.RecordsByID(ctx, []int64{all[0].ID, 4711}); !errors.Is(err, ErrNoRecord) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Record(ctx, 1); !errors.Is(err, ErrNoRecord) {
		t.Errorf("got %v", err)
	}
	r, err := s.Record(ctx, 1117973)
	if err != nil || r.Label != 5 || r.Image != "images/1117973.png" {
		t.Fatalf("got %+v, %v", r, err)
	}
	p, err := s.Picture(ctx, r)
	if err != nil || p.Width != 300 || p.Height != 300 {
		t.Errorf("its picture: %v", err)
	}
}

// TestStats holds the original data's numbers.
func TestStats(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, originalFolder)
	stats, err := s.Stats(t.Context(), "latest")
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[int]int{1: 1, 2: 10, 3: 27, 4: 41, 5: 21} {
		if stats.Labels[label] != want {
			t.Errorf("%d records with %d rings, want %d", stats.Labels[label], label, want)
		}
	}
	if stats.Records != 100 || stats.Waiting != 2 || stats.Pictures != 100 || stats.Groups != 96 || stats.PictureSize < 100_000 {
		t.Errorf("got %+v", stats)
	}
}
