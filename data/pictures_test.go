package data

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAnArtifactIsNoPicture: a picture is stored for itself also where its
// bytes lie in a file already, as an artifact of a run. Deleting the run, and
// with it that file, takes nothing from the record.
func TestAnArtifactIsNoPicture(t *testing.T) {
	s := newStore(t)
	folder := makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1})
	content, err := os.ReadFile(filepath.Join(folder, "images", "1.png"))
	must(t, err)
	sum, err := s.ws.Blobs().Put(content)
	must(t, err)
	mustIngest(t, s, folder)
	must(t, os.Remove(s.ws.Path("blobs", sum[:2], sum)))
	r, err := s.Record(t.Context(), 1)
	must(t, err)
	if _, err := s.PicturePNG(t.Context(), r); err != nil {
		t.Error(err)
	}
}

// TestIngestHealsADamagedPicture that it meets again.
func TestIngestHealsADamagedPicture(t *testing.T) {
	s := newStore(t)
	folder := makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1})
	mustIngest(t, s, folder)
	packs, err := filepath.Glob(s.ws.Path("blobs", "packs", "*"))
	must(t, err)
	must(t, os.Truncate(packs[0], 100))
	r, err := s.Record(t.Context(), 1)
	must(t, err)
	if _, err := s.PicturePNG(t.Context(), r); err == nil {
		t.Fatal("a damaged picture was read")
	}
	if again := mustIngest(t, s, folder); again.Repeated != 1 {
		t.Errorf("the second ingest: %+v", again)
	}
	if _, err := s.PicturePNG(t.Context(), r); err != nil {
		t.Error(err)
	}
}
