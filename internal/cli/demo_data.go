package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/models"
)

// unpackDemo writes the built-in data into the workspace, where it is not there
// yet, and returns its folder.
func unpackDemo(ws *workspace.Workspace, files fs.FS) (string, error) {
	folder := ws.Path("demo", "original")
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(folder, filepath.FromSlash(name))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o777)
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if there, err := os.ReadFile(target); err == nil && bytes.Equal(there, content) {
			return nil
		}
		return os.WriteFile(target, content, 0o644)
	})
	if err != nil {
		return "", fmt.Errorf("unpack the demo's data: %w", err)
	}
	return folder, nil
}

// foreign says what the workspace holds besides the demo's own data, or "".
func (d *demo) foreign(ctx context.Context) (string, error) {
	list, err := fs.ReadFile(d.program.Demo, "compounds.json")
	if err != nil {
		return "", err
	}
	var compounds []struct {
		ID int64 `json:"compound_id"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(list, []byte("\xef\xbb\xbf")), &compounds); err != nil {
		return "", fmt.Errorf("read the demo's data: %w", err)
	}
	own := map[int64]bool{}
	for _, c := range compounds {
		own[c.ID] = true
	}
	snapshots, err := d.data.Snapshots(ctx)
	if err != nil {
		return "", err
	}
	if len(snapshots) > 0 {
		records, err := d.data.Records(ctx, data.Query{})
		if err != nil {
			return "", err
		}
		others := 0
		for _, r := range records {
			if !own[r.CompoundID] {
				others++
			}
		}
		if others > 0 {
			return plural(others, "record", "records") + " of other data", nil
		}
	}
	letters, err := d.data.DeadLetters(ctx, letterStates(true)...)
	if err != nil {
		return "", err
	}
	for _, l := range letters {
		whole, err := d.data.DeadLetter(ctx, l.ID)
		if err != nil {
			return "", err
		}
		if !bytes.Contains(list, whole.Raw) {
			return fmt.Sprintf("dead letters of other data (%s)", clean(l.Source)), nil
		}
	}
	return "", nil
}

// lettersOf lists the dead letters that an ingest saw, in order of the file.
func lettersOf(ctx context.Context, r *rooms, ingest int64) ([]data.DeadLetter, error) {
	all, err := r.data.DeadLetters(ctx, letterStates(true)...)
	if err != nil {
		return nil, err
	}
	letters := slices.DeleteFunc(all, func(l data.DeadLetter) bool { return l.Ingest != ingest })
	slices.SortFunc(letters, func(a, b data.DeadLetter) int { return a.Row - b.Row })
	return letters, nil
}

// otherFolder is a name for a workspace beside the one that is taken.
func otherFolder(dir string) string {
	for i := 1; ; i++ {
		name := "ringlab-demo"
		if i > 1 {
			name = fmt.Sprintf("ringlab-demo-%d", i)
		}
		candidate := filepath.Join(filepath.Dir(dir), name)
		if _, err := os.Lstat(candidate); err != nil {
			if here, err := os.Getwd(); err == nil && filepath.Dir(candidate) == here {
				return name
			}
			return candidate
		}
	}
}

// demoParameters are the preset's defaults, as a run's spec holds them.
func demoParameters(preset string) (models.Values, error) {
	p, err := models.PresetByName(preset)
	if err != nil {
		return nil, err
	}
	return p.Resolve(nil)
}

// compareEvaluations orders by accuracy, then by being near, then by macro F1.
func compareEvaluations(x, y models.Evaluation) int {
	return slices.Compare(
		[]float64{x.Accuracy, x.WithinOne, x.MacroF1},
		[]float64{y.Accuracy, y.WithinOne, y.MacroF1},
	)
}
