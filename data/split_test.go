package data

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// notebookRows are the holdout of the notebook in the order of the draw: rows
// of the 100 good records, and the compounds that stand there.
var (
	notebookRows      = []int{83, 53, 70, 45, 44, 39, 22, 80, 10, 0, 18, 30, 73, 33, 90, 4, 76, 77, 12, 31, 55, 88, 26, 42, 69}
	notebookCompounds = []int64{2251994, 2141906, 1442533, 2188194, 2171840, 2216949, 2132891, 2159469, 1279939, 1117973, 1175674, 2136098, 1442541,
		2106048, 2107746, 1279938, 27648, 1424737, 1117824, 2100565, 2192646, 2098840, 2168706, 2102749, 1442531}
)

func TestPermutationIsNumpys(t *testing.T) {
	order := newMersenneTwister(demoSeed).permutation(100)
	if !slices.Equal(order[:25], notebookRows) {
		t.Errorf("got %v", order[:25])
	}
	// The first numbers of MT19937 as its authors' program prints them for the
	// seed 5489, and the ten thousandth, which the C++ standard requires.
	m := newMersenneTwister(5489)
	if first := m.uint32(); first != 3499211612 {
		t.Errorf("first number %d", first)
	}
	for range 9998 {
		m.uint32()
	}
	if last := m.uint32(); last != 4123659995 {
		t.Errorf("ten thousandth number %d", last)
	}
}

// TestDemoSplit: the notebook's 25 compounds are the holdout, and its 75 are
// cut by a draw of our own: neither the tail, nor through a group.
func TestDemoSplit(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, originalFolder)
	split, err := ParseSplit("demo")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := s.Parts(t.Context(), "", split)
	if err != nil {
		t.Fatal(err)
	}
	records, err := s.Records(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	var fromRows []int64
	for _, row := range notebookRows {
		fromRows = append(fromRows, records[row].CompoundID)
	}
	if !slices.Equal(fromRows, notebookCompounds) {
		t.Errorf("the rows hold %v", fromRows)
	}
	want := slices.Sorted(slices.Values(notebookCompounds))
	if got := slices.Sorted(slices.Values(compoundIDs(parts.Holdout))); !slices.Equal(got, want) {
		t.Errorf("the holdout is %v", got)
	}
	if len(parts.Train)+len(parts.Validation) != 75 || len(parts.Validation) < 15 || len(parts.Validation) > 16 {
		t.Errorf("%d to train and %d to validate", len(parts.Train), len(parts.Validation))
	}
	for _, v := range parts.Validation {
		for _, r := range parts.Train {
			if v.Group == r.Group {
				t.Errorf("%d and %d are one group", v.CompoundID, r.CompoundID)
			}
		}
	}
}

func compoundIDs(records []Record) (ids []int64) {
	for _, r := range records {
		ids = append(ids, r.CompoundID)
	}
	return ids
}

// TestSplitText: what is typed may leave shares out, what is stored names all,
// and reads as the same split; older runs stored less and mean what they meant.
func TestSplitText(t *testing.T) {
	for _, c := range []struct{ typed, stored string }{
		{"hash", "hash:0.1:0.1"},
		{"hash:0.25", "hash:0.25:0.1"},
		{"hash:0.2:0.3", "hash:0.2:0.3"},
		{"demo", "demo"},
	} {
		split, err := ParseSplit(c.typed)
		if err != nil || split.String() != c.stored {
			t.Errorf("%s became %+v, %q, %v", c.typed, split, split, err)
		}
		if again, err := RestoreSplit(c.stored); err != nil || again != split {
			t.Errorf("%s read back is %+v, %v", c.stored, again, err)
		}
	}
	for stored, means := range map[string]string{"hash": "hash:0.2:0.2", "hash:0.25": "hash:0.25:0.2"} {
		if split, err := RestoreSplit(stored); err != nil || split.String() != means {
			t.Errorf("stored %s means %q, %v", stored, split, err)
		}
	}
	for _, text := range []string{"", "HASH", "hash:", "hash:0", "hash:1", "hash:-1", "hash:NaN", "hash:x", "demo:0.3", "random", "hash:0.1:2", "hash:0.1:", "hash::0.1", "hash:0.1:0.1:0.1"} {
		if split, err := ParseSplit(text); !errors.Is(err, ErrUnknownSplit) {
			t.Errorf("%q became %+v, %v", text, split, err)
		}
	}
}

// randomEntries are records that often share molecules and pictures.
func randomEntries(rng *rand.Rand, n, from int) []entry {
	list := make([]entry, n)
	for i := range list {
		graph, picture := rng.IntN(2*n), rng.IntN(2*n)
		list[i] = entry{
			compoundID: int64(from + i + 1),
			picture:    fmt.Sprintf("p%d", picture),
			label:      picture % 3, // one picture, one label
			content:    sha256.Sum256(fmt.Append(nil, from+i)),
			graph:      fmt.Sprintf("g%d", graph),
		}
	}
	return list
}

type placed struct {
	entry
	record Record
}

func keep(l *ledger, entries []entry) (kept []placed) {
	for _, e := range entries {
		if v := l.judge(&e); v.refused == nil && !v.repeated {
			kept = append(kept, placed{e, Record{CompoundID: e.compoundID, Picture: e.picture, Group: v.group}})
		}
	}
	return kept
}

func sidesOf(t *testing.T, split Split, kept []placed) map[int64]Side {
	t.Helper()
	records := make([]Record, len(kept))
	for i, p := range kept {
		records[i] = p.record
	}
	parts, err := split.cut(records)
	if err != nil {
		t.Fatal(err)
	}
	sides := make(map[int64]Side)
	for side, part := range map[Side][]Record{SideTrain: parts.Train, SideValidation: parts.Validation, SideHoldout: parts.Holdout} {
		for _, r := range part {
			sides[r.CompoundID] = side
		}
	}
	return sides
}

// TestHashSplitKeepsApart is a property test: whatever shares molecules and
// pictures, none is on two sides, old records keep their side when data grows,
// and nearly all records are on some side.
func TestHashSplitKeepsApart(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		split := Split{Method: splitHash, Holdout: 0.1 + 0.5*rng.Float64(), Validation: 0.1 + 0.5*rng.Float64()}
		known := newLedger()
		kept := keep(known, randomEntries(rng, 100, 0))
		before := sidesOf(t, split, kept)
		kept = append(kept, keep(known, randomEntries(rng, 100, 100))...)
		after := sidesOf(t, split, kept)
		for id, side := range before {
			if after[id] != side {
				t.Fatalf("seed %d: compound %d went from %s to %q", seed, id, side, after[id])
			}
		}
		graphs, pictures := make(map[string]Side), make(map[string]Side)
		for _, p := range kept {
			side, ok := after[p.compoundID]
			if !ok {
				continue
			}
			for where, name := range map[*map[string]Side]string{&graphs: p.graph, &pictures: p.picture} {
				if other, seen := (*where)[name]; seen && other != side {
					t.Fatalf("seed %d: %s is on the sides %s and %s", seed, name, other, side)
				}
				(*where)[name] = side
			}
		}
		if len(after) < len(kept)*3/4 {
			t.Errorf("seed %d: %d of %d records are on a side", seed, len(after), len(kept))
		}
	}
}

// TestHashSplitHoldsShares on average.
func TestHashSplitHoldsShares(t *testing.T) {
	const n = 20_000
	records := make([]Record, n)
	for i := range records {
		records[i] = Record{CompoundID: int64(i), Group: fmt.Sprint("group ", i)}
	}
	parts, err := Split{Method: splitHash, Holdout: 0.25, Validation: 0.2}.cut(records)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want float64 }{
		"holdout":    {float64(len(parts.Holdout)), 0.25 * n},
		"validation": {float64(len(parts.Validation)), 0.75 * 0.2 * n},
	} {
		if deviation := math.Sqrt(c.want); math.Abs(c.got-c.want) > 4*deviation {
			t.Errorf("%s has %g records, want %g ± %.0f", name, c.got, c.want, deviation)
		}
	}
}

// TestHashSplitOfFewRecords: three groups are enough for three sides, two for
// a holdout; the same records give the same sides in any order.
func TestHashSplitOfFewRecords(t *testing.T) {
	split, err := ParseSplit("hash")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range 200 {
		for n := range 6 {
			var records []Record
			for i := range n {
				records = append(records, Record{CompoundID: int64(i + 1), Group: fmt.Sprintf("%d of %d", i, seed)})
			}
			parts, err := split.cut(records)
			if err != nil {
				t.Fatal(err)
			}
			if len(parts.Train) == 0 && n > 0 || len(parts.Holdout) == 0 && n > 1 || len(parts.Validation) == 0 && n > 2 {
				t.Errorf("%d groups became %d, %d and %d records", n, len(parts.Train), len(parts.Validation), len(parts.Holdout))
			}
			slices.Reverse(records)
			reversed, err := split.cut(records)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Reverse(reversed.Holdout); !slices.Equal(compoundIDs(reversed.Holdout), compoundIDs(parts.Holdout)) {
				t.Errorf("the order of records changes the holdout")
			}
		}
	}
}

// TestRecordsThatJoinGroupsAreOnNoSide of a hash split.
func TestRecordsThatJoinGroupsAreOnNoSide(t *testing.T) {
	records := []Record{{CompoundID: 1, Group: "a"}, {CompoundID: 2, Group: "b"}, {CompoundID: 3, Group: "c"}, {CompoundID: 4}}
	parts, err := Split{Method: splitHash, Holdout: 0.2, Validation: 0.2}.cut(records)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(parts.Train) + len(parts.Validation) + len(parts.Holdout); n != 3 {
		t.Errorf("%d records are on a side", n)
	}
}
