//go:build linux

package data

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestIngestsMemoryDoesNotGrowWithTheFile: past the first thousands of records,
// which fill SQLite's caches, only some bytes a record are added, to know
// copies. The file grows by 40 MB here.
func TestIngestsMemoryDoesNotGrowWithTheFile(t *testing.T) {
	few, many := ingestsPeak(t, 10_000), ingestsPeak(t, 30_000)
	t.Logf("peaks of %d and %d MiB", few>>10, many>>10)
	if many > few*3/2 {
		t.Errorf("3 times the records: peak of %d KiB, %d KiB before", many, few)
	}
}

// ingestsPeak is the most memory in KiB that a process needs to ingest n
// records of some 2 KB each.
func ingestsPeak(t *testing.T, n int) int {
	t.Helper()
	folder := makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1})
	list, err := os.Create(filepath.Join(folder, DefaultFile))
	must(t, err)
	defer list.Close()
	text := bufio.NewWriter(list)
	note := strings.Repeat("x", 2000)
	for i := range n {
		separator := ","
		if i == 0 {
			separator = "["
		}
		fmt.Fprintf(text, `%s{"compound_id": %d, "smiles": "%s", "num_rings": 0, "image": "images/1.png", "note": "%s"}`, separator, i+1, "C", note)
	}
	fmt.Fprint(text, "]")
	must(t, text.Flush())
	child, out := startIngest(t, filepath.Join(t.TempDir(), "ws"), folder)
	if err := child.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	_, line, _ := strings.Cut(out.String(), "VmHWM:")
	var peak int
	if _, err := fmt.Sscan(line, &peak); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return peak
}
