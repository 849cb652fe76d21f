package data

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// readAll reads all records of a text.
func readAll(text []byte) (records []rawRecord, err error) {
	r := newRecordReader("test.json", bytes.NewReader(text))
	for {
		record, err := r.next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		records = append(records, record)
	}
}

func TestReaderKeepsPositions(t *testing.T) {
	text := "\xef\xbb\xbf [ {\"a\": 1} ,\n\"x\",null, [1, 2]\t]\n"
	records, err := readAll([]byte(text))
	if err != nil || len(records) != 4 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for i, want := range []string{`{"a": 1}`, `"x"`, `null`, `[1, 2]`} {
		r := records[i]
		if r.row != i || string(r.raw) != want || !strings.HasPrefix(text[r.offset:], want) {
			t.Errorf("record %d: row %d, offset %d, %q", i, r.row, r.offset, r.raw)
		}
	}
}

// TestReaderRefuses what is no list of records, with a sentence that says what
// it is instead.
func TestReaderRefuses(t *testing.T) {
	cases := map[string]string{
		"":                           "empty",
		" \n\t ":                     "white space",
		"\xef\xbb\xbf":               "white space",
		"{}":                         "an object",
		"null":                       "null",
		"3":                          "a number",
		`"["`:                        "a string",
		"\xff\xfe[\x00":              "UTF-16",
		"\x00[\x00]":                 "UTF-16",
		"\x1f\x8b\x08":               "gzip",
		"[":                          "ends in the middle",
		"[{}":                        "ends in the middle",
		`[{"a": "`:                   "ends in the middle",
		"[{},]":                      "not JSON",
		"[{} {}]":                    "not JSON",
		"[,]":                        "not JSON",
		"[{'a': 1}]":                 "not JSON",
		"[1] 2":                      "follows the end",
		"[1]]":                       "follows the end",
		"[1] //":                     "not JSON",
		"[nul]":                      "not JSON",
		"[01]":                       "not JSON",
		"[\"\x01\"]":                 "not JSON",
		"[/* */]":                    "not JSON",
		strings.Repeat("[", 100_000): "not JSON",
		"[\"" + strings.Repeat("x", maxRecordBytes+2) + "\"]": "longer than 4 MiB",
		"[" + strings.Repeat(" ", 3*maxRecordBytes) + "]":     "longer than 4 MiB",
	}
	for text, says := range cases {
		_, err := readAll([]byte(text))
		var refused *RefusedFileError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("%.20q: got %v, want …%s…", text, err, says)
		}
		checkPrintable(t, err.Error())
	}
}

// endless is a file without end.
type endless struct{ text string }

func (e endless) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat(e.text, len(p)/len(e.text)+1)), nil
}

// TestReaderMemoryIsBounded: neither a value nor a list without end takes more
// than a few times the limit of one record.
func TestReaderMemoryIsBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, start := range []string{`["`, `[{"a":"`, `[ `} {
		fill := "x"
		if start == "[ " {
			fill = " "
		}
		r := newRecordReader("test.json", io.MultiReader(strings.NewReader(start), endless{fill}))
		if _, err := r.next(); err == nil {
			t.Errorf("%s… was read", start)
		}
	}
	many := newRecordReader("test.json", io.MultiReader(strings.NewReader(`[{}`), io.LimitReader(endless{`,{"a":1}`}, 8<<20), strings.NewReader(`]`)))
	n := 0
	for {
		_, err := many.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n != 1<<20+1 {
		t.Errorf("%d records", n)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8*maxRecordBytes {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}

// TestReaderReportsTheDisk: an error of reading is no refusal of the content.
func TestReaderReportsTheDisk(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, start := range []string{"", "[", "[{}, "} {
		r := newRecordReader("test.json", io.MultiReader(strings.NewReader(start), failing{broken}))
		var err error
		for err == nil {
			_, err = r.next()
		}
		if !errors.Is(err, broken) {
			t.Errorf("after %q: %v", start, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// FuzzRecords: whatever the file holds, the reader and the rules neither panic
// nor lose a byte, and what they say is printable.
func FuzzRecords(f *testing.F) {
	original, err := os.ReadFile(filepath.Join(originalFolder, DefaultFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(original[:4000])
	for _, c := range badCases(f) {
		text, err := os.ReadFile(filepath.Join(badFolder, c.Name, DefaultFile))
		if err == nil && len(text) < 20_000 {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		records, err := readAll(text)
		if err != nil {
			checkPrintable(t, err.Error())
		}
		for _, r := range records {
			if !bytes.HasPrefix(text[r.offset:], r.raw) {
				t.Fatalf("record %d is not at byte %d", r.row, r.offset)
			}
			var parser recordParser
			c, id, refused := parser.parse(r.raw, DefaultTask())
			switch {
			case refused != nil:
				checkPrintable(t, refused.reason)
				if refused.code == "" || refused.reason == "" {
					t.Fatal("refused without a reason")
				}
			case c.compoundID != id || id <= 0 || c.label < 0 || strings.TrimSpace(c.smiles) == "" || !filepath.IsLocal(c.image):
				t.Fatalf("accepted %+v", c)
			case parser.contentSum(&c, "p") == [32]byte{}:
				t.Fatal("the content has no name")
			}
		}
	})
}
