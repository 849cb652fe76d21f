package experiments

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ringlab/models"
)

func TestAnExportedBundleIsWholeAndNothingIsOverwritten(t *testing.T) {
	s := newTrainedStore(t)
	promote(t, s, treesRun, PromoteOptions{})
	folder := filepath.Join(t.TempDir(), "bundle")
	m, err := s.ExportBundle(t.Context(), "production", folder)
	if err != nil || m.Name != "v1" {
		t.Fatalf("exported %+v, %v", m, err)
	}
	if _, _, err := models.LoadVerified(folder, m.Sum); err != nil {
		t.Errorf("what was exported does not load: %v", err)
	}
	if _, err := s.ExportBundle(t.Context(), "v1", folder); !errors.Is(err, ErrExportExists) {
		t.Errorf("a second export to the same folder: %v", err)
	}
	if _, err := s.ExportBundle(t.Context(), "v7", filepath.Join(t.TempDir(), "x")); err == nil {
		t.Error("a version that does not exist is exported")
	}
	left, err := os.ReadDir(filepath.Dir(folder))
	if err != nil || len(left) != 1 {
		t.Errorf("beside the bundle there is %v, %v", left, err)
	}
}
