package data

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"

	"ringlab/data/workspace"
)

// storedExamples are records at the ends of what a block must hold.
func storedExamples() []stored {
	picture := strings.Repeat("ab", 32)
	return []stored{
		{Record: Record{CompoundID: 1, SMILES: "C", Picture: picture, Image: "a.png", Group: "g", Fields: []byte(`{}`)}},
		{Record: Record{CompoundID: math.MaxInt64, Label: 1000, SMILES: strings.Repeat("C", maxSMILESBytes), Picture: strings.Repeat("0", 64), Image: "b/ü.png",
			Fields: []byte(`{"a": "` + strings.Repeat("x", 100_000) + `"}`)}, content: sha256.Sum256(nil)},
	}
}

func blockOf(t testing.TB, records []stored) []byte {
	t.Helper()
	var w blockWriter
	for _, r := range records {
		c := checkedRecord{rawRecord: rawRecord{raw: r.Fields}, smiles: r.SMILES, image: r.Image,
			entry: entry{compoundID: r.CompoundID, label: r.Label, picture: r.Picture, content: r.content}}
		if err := w.add(&c, r.Group); err != nil {
			t.Fatal(err)
		}
	}
	return bytes.Clone(w.bytes())
}

// TestBlocksGiveBackWhatTheyTook, in order, with ids that count on.
func TestBlocksGiveBackWhatTheyTook(t *testing.T) {
	want := storedExamples()
	body := blockOf(t, want)
	got, err := decodeBlock(body, 7)
	if err != nil {
		t.Fatal(err)
	}
	want[0].ID, want[1].ID = 7, 8
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	labels, err := decodeLabels(body)
	if err != nil || !slices.Equal(labels, []int{0, 1000}) {
		t.Errorf("labels %v, %v", labels, err)
	}
}

// TestDamagedBlocks are refused, and nothing is allocated for what they claim.
func TestDamagedBlocks(t *testing.T) {
	good := blockOf(t, storedExamples())
	huge := binary.AppendUvarint([]byte{blockBinary}, math.MaxUint64)
	inflated := binary.AppendUvarint([]byte{blockBinary, 0}, maxBlockBytes+1)
	cases := map[string][]byte{
		"empty":                     nil,
		"another form":              {9},
		"records without end":       huge,
		"unpacked without end":      inflated,
		"text behind the records":   append([]byte{blockBinary, 0}, s2.Encode(nil, []byte("x"))...),
		"JSON that ends":            []byte(`[[1,2`),
		"JSON of another shape":     []byte(`[[1]]`),
		"JSON with a bad content":   []byte(`[[1,1,"c","aa","g","C","i","{}"]]`),
		"JSON with a bad id":        []byte(`[[-1,1,"` + strings.Repeat("a", 64) + `","aa","g","C","i","{}"]]`),
		"JSON with a bad label":     []byte(`[[1,-1,"` + strings.Repeat("a", 64) + `","aa","g","C","i","{}"]]`),
		"a label past what int has": append(binary.AppendUvarint([]byte{blockBinary, 1}, math.MaxUint64), s2.Encode(nil, nil)...),
	}
	for name, body := range cases {
		if got, err := decodeBlock(body, 1); !errors.Is(err, errBlockDamaged) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for n := range good {
		if _, err := decodeBlock(good[:n], 1); !errors.Is(err, errBlockDamaged) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

// FuzzBlock: whatever is in the database, a block is read or refused, and what
// is read can be written and read again.
func FuzzBlock(f *testing.F) {
	f.Add(blockOf(f, storedExamples()[:1]))
	f.Add([]byte(`[[1,2,"` + strings.Repeat("00", 32) + `","` + strings.Repeat("00", 32) + `","g","C","i","{}"]]`))
	f.Add([]byte{blockBinary, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		records, err := decodeBlock(body, 1)
		labels, labelsErr := decodeLabels(body)
		if err != nil || len(body) > 0 && body[0] == blockJSON {
			return
		}
		if labelsErr != nil || len(labels) != len(records) {
			t.Fatalf("%d labels (%v) of %d records", len(labels), labelsErr, len(records))
		}
		again, err := decodeBlock(blockOf(t, records), 1)
		if err != nil || !reflect.DeepEqual(again, records) {
			t.Fatalf("%+v came back as %+v, %v", records, again, err)
		}
	})
}

// TestAWorkspaceWithARowForEachRecord, as it was written before blocks: it has
// the same records, snapshot, splits and letters, a repeat knows them all, and
// what is new goes on from there.
func TestAWorkspaceWithARowForEachRecord(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ws")
	must(t, os.Mkdir(dir, 0o777))
	old, err := os.ReadFile(filepath.Join("testdata", "schema-2.db.s2"))
	must(t, err)
	database, err := s2.Decode(nil, old)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "ringlab.db"), database, 0o666))
	ws, err := workspace.Open(t.Context(), dir)
	must(t, err)
	defer ws.Close()
	s, fresh := New(ws), newStore(t)
	want := mustIngest(t, fresh, originalFolder)

	theirs, err := fresh.Records(t.Context(), Query{})
	must(t, err)
	compare := func(when string) {
		t.Helper()
		ours, err := s.Records(t.Context(), Query{})
		must(t, err)
		if !reflect.DeepEqual(ours, theirs) {
			t.Errorf("%s: the records differ", when)
		}
		r, err := s.Record(t.Context(), 1117973)
		if err != nil || r.SMILES != theirs[0].SMILES && r.Label != 5 {
			t.Errorf("%s: found %+v, %v", when, r, err)
		}
		labels, err := s.LabelCounts(t.Context(), "")
		if err != nil || labels[4] != 41 {
			t.Errorf("%s: labels %v, %v", when, labels, err)
		}
	}
	compare("migrated")
	again := mustIngest(t, s, originalFolder)
	if again.Repeated != 100 || again.Dead != 2 || again.Snapshot != want.Snapshot {
		t.Errorf("the same folder again: %+v", again)
	}
	compare("after a repeat")
	// The folder has another path now, so its letters are new ones.
	letters, err := s.DeadLetters(t.Context())
	if err != nil || len(letters) != 4 || letters[0].Source != "/data/original/compounds.json" {
		t.Errorf("letters %v, %v", letters, err)
	}
	more := makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1})
	if a, b := mustIngest(t, s, more), mustIngest(t, fresh, more); a.Snapshot != b.Snapshot || a.Kept != 1 {
		t.Errorf("a new record: %+v, want %+v", a, b)
	}
	if n, err := s.Export(t.Context(), "", filepath.Join(t.TempDir(), "export")); err != nil || n != 101 {
		t.Errorf("exported %d, %v", n, err)
	}
	if !bytes.HasPrefix(database, []byte("SQLite format 3")) {
		t.Error("the test has no database")
	}
}
