package data

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ringlab/data/picture"
)

// made is a record of a folder that a test makes. Picture is the number of the
// picture: equal numbers give equal bytes.
type made struct {
	id      int64
	smiles  string
	label   int
	picture int
	extra   string // more fields: `"ALogP": 1.5`
	image   string // path; images/<id>.png if empty
}

func (m made) path() string {
	if m.image != "" {
		return m.image
	}
	return fmt.Sprintf("images/%d.png", m.id)
}

func (m made) json() string {
	text := fmt.Sprintf(`{"compound_id": %d, "smiles": %q, "num_rings": %d, "image": %q`, m.id, m.smiles, m.label, m.path())
	if m.extra != "" {
		text += ", " + m.extra
	}
	return text + "}"
}

// makeFolder writes a folder of the ingest form.
func makeFolder(t testing.TB, records ...made) string {
	t.Helper()
	folder := t.TempDir()
	writeFolder(t, folder, records...)
	return folder
}

func writeFolder(t testing.TB, folder string, records ...made) {
	t.Helper()
	var list bytes.Buffer
	list.WriteString("[")
	written := make(map[string]bool) // pictures may be shared
	for i, r := range records {
		if i > 0 {
			list.WriteString(",\n")
		}
		list.WriteString(r.json())
		if !written[r.path()] {
			writePicture(t, filepath.Join(folder, r.path()), r.picture)
			written[r.path()] = true
		}
	}
	list.WriteString("]")
	if err := os.WriteFile(filepath.Join(folder, DefaultFile), list.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// writePicture writes a small picture that differs for each number.
func writePicture(t testing.TB, path string, number int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pictureFile(t, number), 0o666); err != nil {
		t.Fatal(err)
	}
}

func pictureFile(t testing.TB, number int) []byte {
	t.Helper()
	const side = 8
	p := picture.Picture{Width: side, Height: side, Pix: bytes.Repeat([]byte{255}, 3*side*side)}
	for bit := range 32 {
		if number>>bit&1 == 1 {
			p.Pix[3*bit] = 0
		}
	}
	p.Pix[len(p.Pix)-1] = 0 // never blank
	file, err := p.EncodePNG()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// checkReadFolder: ReadFolder refuses what ingest dead-letters, with the same
// words, and counts the same.
func checkReadFolder(t *testing.T, s *Store, folder string, result IngestResult, ingestErr error) {
	t.Helper()
	var read, kept, repeated, dead int
	reasons := make(map[string]bool)
	err := ReadFolder(t.Context(), folder, "", DefaultTask(), func(r FolderRecord) error {
		if r.Row != read {
			t.Errorf("row %d came as number %d", r.Row, read)
		}
		read++
		switch {
		case r.Code != "":
			dead++
			reasons[r.Code+r.Reason] = true
			if r.Picture != nil {
				t.Errorf("refused record %d has a picture", r.Row)
			}
		case r.Repeat:
			repeated++
		default:
			kept++
			if r.Picture == nil {
				t.Errorf("record %d has no picture", r.Row)
			}
		}
		if _, err := json.Marshal(r.Record); err != nil {
			t.Errorf("record %d cannot be written as JSON: %v", r.Row, err)
		}
		return nil
	})
	if (err == nil) != (ingestErr == nil) {
		t.Fatalf("ReadFolder says %v, Ingest %v", err, ingestErr)
	}
	if err != nil {
		return
	}
	if read != result.Read || kept != result.Kept || repeated != result.Repeated || dead != result.Dead {
		t.Errorf("ReadFolder: %d read, %d kept, %d repeated, %d dead; Ingest: %+v", read, kept, repeated, dead, result)
	}
	letters, err := s.DeadLetters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		if !reasons[l.Code+l.Reason] {
			t.Errorf("only ingest says %s: %s", l.Code, l.Reason)
		}
	}
}
