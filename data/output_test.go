package data

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestExportIngestsToTheSameSnapshot also with pictures that records share or
// that had one name in two folders.
func TestExportIngestsToTheSameSnapshot(t *testing.T) {
	s := newStore(t)
	mustIngest(t, s, originalFolder)
	mustIngest(t, s, makeFolder(t,
		made{id: 1, smiles: "C", label: 0, picture: 1, image: "same.png", extra: `"image2": "same.png", "note": "\u001b[31m"`},
		made{id: 2, smiles: "N", label: 0, picture: 1, image: "same.png"}))
	last := mustIngest(t, s, makeFolder(t, made{id: 3, smiles: "O", label: 0, picture: 3, image: "same.png"}))

	target := filepath.Join(t.TempDir(), "new", "export")
	n, err := s.Export(t.Context(), "", target)
	if err != nil || n != 103 {
		t.Fatalf("exported %d, %v", n, err)
	}
	pictures, err := filepath.Glob(filepath.Join(target, "images", "*.png"))
	if err != nil || len(pictures) != 102 {
		t.Errorf("%d pictures, %v", len(pictures), err)
	}
	back := mustIngest(t, newStore(t), target)
	if back.Snapshot != last.Snapshot || back.Dead != 0 {
		t.Errorf("went out as %s and came back as %+v", last.Snapshot, back)
	}
	if _, err := s.Export(t.Context(), "", target); err == nil {
		t.Error("an export into a folder with files went through")
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(target), ".export-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := newStore(t).Export(t.Context(), "", filepath.Join(t.TempDir(), "x")); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("export of nothing: %v", err)
	}
}

// TestDemoOutput: the table and the pictures of the accepted records, the same
// after a second ingest, and nothing of before in images.
func TestDemoOutput(t *testing.T) {
	s := newStore(t)
	output := filepath.Join(t.TempDir(), "a", "out")
	options := noLimit()
	options.OutputPath = output
	for round := range 2 {
		writePicture(t, filepath.Join(output, "images", "stale.png"), 1)
		if err := os.WriteFile(filepath.Join(output, "notes.txt"), []byte("mine"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Ingest(t.Context(), originalFolder, options); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(filepath.Join(output, DemoCSV))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(file).ReadAll()
		file.Close()
		if err != nil || len(rows) != 101 || !slices.Equal(rows[0], []string{"compound_id", "num_rings", "image"}) || !slices.Equal(rows[1], []string{"1117973", "5", "images/1117973.png"}) {
			t.Errorf("round %d: %d rows, beginning with %v, %v", round, len(rows), rows[:2], err)
		}
		for _, row := range rows[1:] {
			ours, err := os.ReadFile(filepath.Join(output, row[2]))
			if err != nil {
				t.Error(err)
			}
			theirs, err := os.ReadFile(filepath.Join(originalFolder, row[2]))
			if err != nil || string(ours) != string(theirs) {
				t.Errorf("%s differs (%v)", row[2], err)
			}
		}
		left := names(t, output)
		if want := []string{DemoCSV, "images", "notes.txt"}; !slices.Equal(left, want) || len(names(t, filepath.Join(output, "images"))) != 100 {
			t.Errorf("the output holds %v", left)
		}
	}
}

func names(t *testing.T, folder string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestDemoOutputStaysOutOfTheSource: the demo deleted the images of the folder
// that it read when told to write there.
func TestDemoOutputStaysOutOfTheSource(t *testing.T) {
	s := newStore(t)
	folder := makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1})
	writePicture(t, filepath.Join(folder, "images", "unused.png"), 2)
	options := noLimit()
	options.OutputPath = folder + "/../" + filepath.Base(folder)
	if _, err := s.Ingest(t.Context(), folder, options); err == nil {
		t.Error("went through")
	}
	checkUntouched(t, s)
	if _, err := os.Stat(filepath.Join(folder, "images", "unused.png")); err != nil {
		t.Error(err)
	}
}

// TestDemoOutputKeepsPathsOutsideImages: pictures elsewhere than in images are
// put where the table says, and an ingest that is refused leaves the output as
// it was.
func TestDemoOutputKeepsPathsOutsideImages(t *testing.T) {
	s := newStore(t)
	output := t.TempDir()
	options := noLimit()
	options.OutputPath = output
	folder := makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1, image: "deep/er/a, \"b\".png"}, made{id: 2, smiles: "CC", label: 0, picture: 2, image: "c.png"})
	if _, err := s.Ingest(t.Context(), folder, options); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"deep/er/a, \"b\".png", "c.png", DemoCSV} {
		if _, err := os.Stat(filepath.Join(output, name)); err != nil {
			t.Error(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, DefaultFile), []byte("[{},"), 0o666); err != nil {
		t.Fatal(err)
	}
	before := names(t, output)
	if _, err := s.Ingest(t.Context(), folder, options); err == nil {
		t.Error("went through")
	}
	if after := names(t, output); !slices.Equal(before, after) {
		t.Errorf("the output held %v and holds %v", before, after)
	}
}

// TestARefusedIngestMakesNoOutputFolder, nor those above it; one that was there
// stays.
func TestARefusedIngestMakesNoOutputFolder(t *testing.T) {
	s := newStore(t)
	there := t.TempDir()
	options := noLimit()
	options.OutputPath, options.MaxDead = filepath.Join(there, "a", "b", "out"), 1
	var refused *TooManyDeadError
	if _, err := s.Ingest(t.Context(), originalFolder, options); !errors.As(err, &refused) {
		t.Fatalf("%v, want a refusal", err)
	}
	if left := names(t, there); len(left) != 0 {
		t.Errorf("it leaves %v", left)
	}
	options.OutputPath = there
	if _, err := s.Ingest(t.Context(), originalFolder, options); !errors.As(err, &refused) {
		t.Fatalf("%v, want a refusal", err)
	}
	if left := names(t, there); len(left) != 0 {
		t.Errorf("in a folder that was there it leaves %v", left)
	}
}

// TestDLQFile: the demo's six fields, no line twice, and lines of others left
// alone.
func TestDLQFile(t *testing.T) {
	s := newStore(t)
	path := filepath.Join(t.TempDir(), "dlq.log")
	const foreign = `{"time": "2021-09-19T10:00:00", "file": "x", "row": 1, "error": "e", "trace": null, "data": {}}`
	if err := os.WriteFile(path, []byte(foreign), 0o666); err != nil {
		t.Fatal(err)
	}
	options := noLimit()
	options.DLQFile = path
	for range 2 {
		if _, err := s.Ingest(t.Context(), originalFolder, options); err != nil {
			t.Fatal(err)
		}
		lines := readLines(t, path)
		if len(lines) != 3 || lines[0] != foreign {
			t.Fatalf("the file holds %q", lines)
		}
		for i, row := range []int{1, 2} {
			var line struct {
				Time, File, Error string
				Row               int
				Trace             *string
				Data              struct{ Smiles string }
			}
			if err := json.Unmarshal([]byte(lines[i+1]), &line); err != nil {
				t.Fatal(err)
			}
			if line.Row != row || line.Time == "" || line.Error == "" || !filepath.IsAbs(line.File) || line.Data.Smiles == "" {
				t.Errorf("line %+v", line)
			}
		}
	}
	// Bytes that are not UTF-8 go in as text.
	options.DLQFile = filepath.Join(t.TempDir(), "new.log")
	for range 2 {
		if _, err := s.Ingest(t.Context(), filepath.Join(badFolder, "018-invalid-utf8"), options); err != nil {
			t.Fatal(err)
		}
	}
	if lines := readLines(t, options.DLQFile); len(lines) != 1 || !json.Valid([]byte(lines[0])) {
		t.Errorf("the file holds %q", lines)
	}
}

func readLines(t *testing.T, path string) (lines []string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(strings.NewReader(string(content)))
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	return lines
}

// What could not be appended to is refused before anything is ingested.
func TestADLQFileThatIsNoneRefusesTheIngest(t *testing.T) {
	s := newStore(t)
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "nowhere", "dlq.log")} {
		if _, err := s.Ingest(t.Context(), originalFolder, IngestOptions{MaxDead: -1, MaxDeadShare: -1, DLQFile: path}); err == nil || !strings.Contains(err.Error(), "nothing was changed") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if n, err := s.Count(t.Context(), Query{}); n != 0 || err != nil {
		t.Errorf("%d records are there (%v)", n, err)
	}
}
