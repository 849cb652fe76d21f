package data

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestConflicts holds the rules for records that name an id or a picture that
// is there already, within one file and over several ingests.
func TestConflicts(t *testing.T) {
	first := made{id: 1, smiles: "CCO", label: 2, picture: 1, extra: `"ALogP": 1.5, "note": "a"`}
	cases := []struct {
		name   string
		second made
		want   badOutcome
		code   string
	}{
		{"the same record is a repeat", first, badOutcome{Duplicates: 1}, ""},
		{"the order of fields and the spelling of numbers do not matter",
			made{id: 1, smiles: "CCO", label: 2, picture: 1, extra: `"note": "\u0061", "ALogP": 1.50e0`}, badOutcome{Duplicates: 1}, ""},
		{"the place of the picture does not matter",
			made{id: 1, smiles: "CCO", label: 2, picture: 1, extra: first.extra, image: "other/name.png"}, badOutcome{Duplicates: 1}, ""},
		{"one id with another label is refused", made{id: 1, smiles: "CCO", label: 3, picture: 2, extra: first.extra, image: "b.png"}, badOutcome{Dead: 1}, CodeIDConflict},
		{"one id with another picture is refused", made{id: 1, smiles: "CCO", label: 2, picture: 2, extra: first.extra, image: "b.png"}, badOutcome{Dead: 1}, CodeIDConflict},
		{"one id with another field is refused", made{id: 1, smiles: "CCO", label: 2, picture: 1, extra: `"ALogP": 1.6, "note": "a"`}, badOutcome{Dead: 1}, CodeIDConflict},
		{"one id with one field more is refused", made{id: 1, smiles: "CCO", label: 2, picture: 1, extra: first.extra + `, "x": null`}, badOutcome{Dead: 1}, CodeIDConflict},
		{"one picture with another label is refused", made{id: 2, smiles: "CCN", label: 3, picture: 1}, badOutcome{Dead: 1}, CodePictureConflict},
		{"one picture with the same label is kept", made{id: 2, smiles: "CCN", label: 2, picture: 1}, badOutcome{Records: 1}, ""},
		{"one molecule with another picture and label is kept", made{id: 2, smiles: "CCO", label: 3, picture: 2}, badOutcome{Records: 1}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			one, two := newStore(t), newStore(t)
			sameFile := mustIngest(t, one, makeFolder(t, first, c.second))
			want := c.want
			want.Records++
			if got := (badOutcome{Records: sameFile.Kept, Dead: sameFile.Dead, Duplicates: sameFile.Repeated}); got != want {
				t.Errorf("in one file: %+v, want %+v", got, want)
			}
			mustIngest(t, two, makeFolder(t, first))
			later := mustIngest(t, two, makeFolder(t, c.second))
			if got := (badOutcome{Records: later.Kept, Dead: later.Dead, Duplicates: later.Repeated}); got != c.want {
				t.Errorf("in a later ingest: %+v, want %+v", got, c.want)
			}
			if sameFile.Snapshot != later.Snapshot {
				t.Error("the snapshot depends on how records are spread over ingests")
			}
			for _, s := range []*Store{one, two} {
				letters, err := s.DeadLetters(t.Context())
				if err != nil || len(letters) != c.want.Dead || len(letters) > 0 && letters[0].Code != c.code {
					t.Errorf("letters %+v (%v), want code %q", letters, err, c.code)
				}
			}
		})
	}
}

// TestLargeNumbersStayExact: ids and whole numbers in other fields are not
// rounded through a float.
func TestLargeNumbersStayExact(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, makeFolder(t, made{id: 9007199254740993, smiles: "C", label: 0, picture: 1, extra: `"n": 9007199254740993`}))
	r, err := s.Record(t.Context(), 9007199254740993)
	if err != nil {
		t.Fatal(err)
	}
	var fields struct {
		N json.Number `json:"n"`
	}
	if err := json.Unmarshal(r.Fields, &fields); err != nil || fields.N != "9007199254740993" {
		t.Errorf("kept %s (%v)", r.Fields, err)
	}
	again := mustIngest(t, s, makeFolder(t, made{id: 9007199254740993, smiles: "C", label: 0, picture: 1, extra: `"n": 9007199254740992`}))
	if again.Dead != 1 {
		t.Errorf("another whole number is the same content: %+v", again)
	}
}

// TestGroupsJoin: copies of a molecule and of a picture are one group, and a
// record that would join two groups is in none, so that nothing moves.
func TestGroupsJoin(t *testing.T) {
	s := newStore(t)
	folder := makeFolder(t,
		made{id: 1, smiles: "CCO", label: 0, picture: 1},
		made{id: 2, smiles: "OCC", label: 0, picture: 2},  // the same molecule
		made{id: 3, smiles: "CCN", label: 0, picture: 1},  // the same picture
		made{id: 4, smiles: "NCC", label: 0, picture: 3},  // the molecule of that picture
		made{id: 5, smiles: "CCCC", label: 0, picture: 4}, // another group
		made{id: 6, smiles: "CCCC", label: 0, picture: 2}, // joins both
		made{id: 7, smiles: "CCCC", label: 0, picture: 5},
	)
	mustIngest(t, s, folder)
	records, err := s.Records(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	var groups []string
	for _, r := range records {
		groups = append(groups, r.Group)
	}
	a, b := groups[0], groups[4]
	if want := []string{a, a, a, a, b, "", b}; a == b || a == "" || b == "" || !slices.Equal(groups, want) {
		t.Errorf("groups are %q", groups)
	}
}
