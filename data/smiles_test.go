package data

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestSameSkeleton: spellings that must be one group, and compounds that must
// not.
func TestSameSkeleton(t *testing.T) {
	same := [][]string{
		{"CCO", "OCC", "C(O)C", "[CH3][CH2][OH]", "C-C-O", "CCO ethanol", "[H]OCC", "[2H]OCC", "[13CH3]CO"},
		{"C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "CC(N)C(O)=O", "C[C@H]([NH3+])C([O-])=O"},
		{"F/C=C/F", "F/C=C\\F", "FC=CF"},
		{"c1ccccc1", "C1=CC=CC=C1", "c%12ccccc%12", "c%(12)ccccc%(12)", "c1ccc-cc1"},
		{"C1CC1.CC", "CC.C1CC1"},
		{"[nH]1cccc1", "N1C=CC=C1"},
		{"[se]1cccc1", "[Se]1C=CC=C1"},
	}
	all := make(map[string]string)
	for _, spellings := range same {
		want := graphHash(spellings[0])
		for _, text := range spellings {
			if _, err := readSMILES(text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			if graphHash(text) != want {
				t.Errorf("%s and %s are two skeletons", spellings[0], text)
			}
		}
		if other, ok := all[want]; ok {
			t.Errorf("%s and %s are one skeleton", spellings[0], other)
		}
		all[want] = spellings[0]
	}
	different := []string{"C", "CC", "CCC", "C1CC1", "CCCC", "CC(C)C", "C1CCC1", "CCN", "C.C", "C1CCCCC1", "C1CCCC1C", "ClC", "BrC", "[Na]C", "[N]C", "*C"}
	seen := make(map[string]string)
	for _, text := range different {
		hash := graphHash(text)
		if other, ok := seen[hash]; ok {
			t.Errorf("%s and %s are one skeleton", text, other)
		}
		seen[hash] = text
	}
}

// TestNotSMILES: what breaks the grammar is grouped by its text.
func TestNotSMILES(t *testing.T) {
	for _, text := range []string{"", "  ", "C(", "C)", "C1", "(C)", "C==C", "C=", "=C", "[C", "C]", "[]", "[1]", "C%1", "C%(1", "Q", "<script>", "C11", ".C", "C.=C", "é", "%12", "C(=)C"} {
		if m, err := readSMILES(text); err == nil {
			t.Errorf("%q was read as %+v", text, m)
		}
		if graphHash(text) == graphHash(text+"(") {
			t.Errorf("%q is not grouped by its text", text)
		}
	}
}

// TestStereoisomersShareAGroup: the original data hold two pairs, and two more
// pairs whose skeletons differ in the order of one bond. Every SMILES in it is
// readable, and no others share a group.
func TestStereoisomersShareAGroup(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, originalFolder)
	records, err := s.Records(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	withoutStereo := strings.NewReplacer("@", "", "/", "", "\\", "", "H", "", "[", "", "]", "")
	type member struct {
		id     int64
		smiles string
	}
	groups := make(map[string][]member)
	for _, r := range records {
		if _, err := readSMILES(r.SMILES); err != nil {
			t.Errorf("%s: %v", r.SMILES, err)
		}
		groups[r.Group] = append(groups[r.Group], member{r.CompoundID, withoutStereo.Replace(r.SMILES)})
	}
	stereo := 0
	var others []int64
	for _, group := range groups {
		switch {
		case len(group) == 1:
		case len(group) == 2 && group[0].smiles == group[1].smiles:
			stereo++
		default:
			for _, m := range group {
				others = append(others, m.id)
			}
		}
	}
	slices.Sort(others)
	// Two ketones, each with the alcohol that it is reduced to.
	if want := []int64{1175671, 1175673, 1175676, 1175677}; stereo != 2 || !slices.Equal(others, want) {
		t.Errorf("%d pairs of stereoisomers share a group, want 2; so do %v, want %v", stereo, others, want)
	}
}

func FuzzSMILES(f *testing.F) {
	content, err := os.ReadFile(filepath.Join(originalFolder, DefaultFile))
	if err != nil {
		f.Fatal(err)
	}
	var records []struct{ Smiles string }
	if err := json.Unmarshal(content[3:], &records); err != nil {
		f.Fatal(err)
	}
	for _, r := range records {
		f.Add(r.Smiles)
	}
	for _, text := range []string{"C%(12)C%(12)", "[13C@@H:4]", "C(", "[", "%", "C.C", "[H][H]", "*", "C1CC1 |r|"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > maxSMILESBytes {
			return
		}
		m, err := readSMILES(text)
		if hash := graphHash(text); len(hash) != 32 {
			t.Fatalf("hash %q", hash)
		}
		if err != nil {
			return
		}
		if len(m.elements) == 0 || len(m.elements) > len(text) || len(m.bonds) > len(text) {
			t.Fatalf("%d atoms and %d bonds out of %d bytes", len(m.elements), len(m.bonds), len(text))
		}
		for _, b := range m.bonds {
			if b[0] == b[1] || min(b[0], b[1]) < 0 || max(b[0], b[1]) >= len(m.elements) {
				t.Fatalf("bond %v of %d atoms", b, len(m.elements))
			}
		}
		// A list of fragments has no order.
		if first, second, ok := strings.Cut(text, "."); ok && !strings.ContainsFunc(text, unicode.IsSpace) {
			_, err1 := readSMILES(first)
			_, err2 := readSMILES(second)
			if err1 == nil && err2 == nil && graphHash(first+"."+second) != graphHash(second+"."+first) {
				t.Fatal("the order of fragments matters")
			}
		}
	})
}
