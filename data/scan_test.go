package data

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// compareWithTwin fails where the scanner accepts what its slow twin refuses,
// or tells another thing of it.
func compareWithTwin(t *testing.T, s *memberScanner, raw []byte) (accepted bool) {
	t.Helper()
	got, ok := s.scan(raw)
	if !ok {
		return false
	}
	want, refused := parseMembers(raw)
	if refused != nil {
		t.Fatalf("%q is accepted, but %s", raw, refused.reason)
	}
	same := slices.EqualFunc(got, want, func(a, b member) bool {
		return bytes.Equal(a.name, b.name) && bytes.Equal(a.value, b.value) && a.start == b.start && bytes.Equal(a.canonical, canonical(b.value))
	})
	if !same {
		t.Fatalf("%q: got %s, want %s", raw, spell(got), spell(want))
	}
	return true
}

func spell(members []member) (text []byte) {
	for _, m := range members {
		if m.canonical == nil {
			m.canonical = canonical(m.value)
		}
		text = append(append(append(append(text, m.name...), '='), m.canonical...), ' ')
	}
	return text
}

// TestScannerKnowsWhatIsCommon: the records of the original data go the fast
// way, and so does what is written in them in other ways.
func TestScannerKnowsWhatIsCommon(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(originalFolder, DefaultFile))
	must(t, err)
	records, err := readAll(list)
	must(t, err)
	var s memberScanner
	for _, r := range records {
		if !compareWithTwin(t, &s, r.raw) {
			t.Errorf("record %d is left to the slow twin", r.row)
		}
	}
	for _, raw := range []string{
		`{"a": 1, "b": [], "c": {}, "d": [1, 2.50, -0, 1e5, 0.000001, 0.0000001, 123456789012345678901234567890], "e": true, "f": false, "g": null}`,
		`{"z": {"b": 1, "a": {"d": "", "c": [{"y": 1, "x": 2}]}}, "a": "\"\\\/\n", "ü": "ü"}`[:64] + `}`,
		"{\"a\":\t\"x\" ,\r\n\"b\" : 12345678.12345678 }",
		`{"a": -0.5, "b": 100.0, "c": 0.1e-7, "d": 1E400}`,
	} {
		compareWithTwin(t, &s, []byte(raw))
	}
}

// TestScannerLeavesTheRest to its twin.
func TestScannerLeavesTheRest(t *testing.T) {
	for name, raw := range map[string]string{
		"no object":               `[1]`,
		"an empty object":         `{}`,
		"a name twice":            `{"a": 1, "a": 1}`,
		"a name twice inside":     `{"a": {"c": 1, "b": 1, "c": 2}}`,
		"an escape in a name":     `{"\u0061": 1}`,
		"a name that is no ASCII": `{"ü": 1}`,
		"half a surrogate pair":   `{"a": "\ud800"}`,
		"an end too early":        `{"a": "`,
		"no value":                `{"a": }`,
		"depth":                   `{"a": ` + string(bytes.Repeat([]byte("["), 100)) + string(bytes.Repeat([]byte("]"), 100)) + `}`,
	} {
		if _, ok := new(memberScanner).scan([]byte(raw)); ok {
			t.Errorf("%s: %s is accepted", name, raw)
		}
	}
}

// FuzzScanner holds the scanner to its slow twin on any JSON, and to its own
// safety on anything else.
func FuzzScanner(f *testing.F) {
	f.Add([]byte(`{"compound_id": 1, "a": {"z": 1.50, "y": [true, null, "\n"]}, "b": -1e3}`))
	f.Add([]byte(`{"a": 0.30000000000000004, "b": 100000000000000000000000, "c": -0, "d": 1.0}`))
	f.Add([]byte(`{"a": "`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var s memberScanner
		value := jsontext.Value(raw)
		if !utf8.Valid(raw) || !value.IsValid(jsontext.AllowDuplicateNames(true)) || !bytes.Equal(bytes.TrimSpace(raw), raw) {
			s.scan(raw)
			return
		}
		compareWithTwin(t, &s, raw)
	})
}

// BenchmarkScan is the fast way beside the slow one, in the time of a record.
//
//	go test -run '^$' -bench Scan ./data
func BenchmarkScan(b *testing.B) {
	list, err := os.ReadFile(filepath.Join(originalFolder, DefaultFile))
	if err != nil {
		b.Fatal(err)
	}
	records, err := readAll(list)
	if err != nil {
		b.Fatal(err)
	}
	perRecord := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(records)), "ns/record")
	}
	b.Run("way=scanner", func(b *testing.B) {
		var s memberScanner
		for b.Loop() {
			for _, r := range records {
				s.scan(r.raw)
			}
		}
		perRecord(b)
	})
	b.Run("way=twin", func(b *testing.B) {
		for b.Loop() {
			for _, r := range records {
				members, _ := parseMembers(r.raw)
				for _, m := range members {
					canonical(m.value)
				}
			}
		}
		perRecord(b)
	})
}

// A record of a hundred thousand members takes a moment: comparing the name of
// each with all before took a minute.
func TestARecordOfManyMembersIsReadInAMoment(t *testing.T) {
	record := []byte(`{"compound_id":1,"smiles":"C","image":"a.png","num_rings":1`)
	for i := range 300_000 {
		record = fmt.Appendf(record, `,"%d":0`, i)
	}
	began := time.Now()
	for _, end := range []struct {
		text    string
		refused bool
	}{{`}`, false}, {`,"7":1}`, true}} {
		var p recordParser
		c, _, refused := p.parse(append(record, end.text...), DefaultTask())
		if (refused != nil) != end.refused || !end.refused && len(c.rest) != 300_000 {
			t.Errorf("%q at the end: %d members, refused %v", end.text, len(c.rest), refused)
		}
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
}
