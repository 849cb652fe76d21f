package data

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestMemoryDoesNotGrow: a process that ingests 50,000 records holds hardly
// more memory than one that ingests 10,000, which fill its batches and caches.
func TestMemoryDoesNotGrow(t *testing.T) {
	few, many := peakMemory(t, 10_000), peakMemory(t, 50_000)
	t.Logf("50,000 records took %.2f times the memory of 10,000", float64(many)/float64(few))
	if float64(many) > 1.5*float64(few) {
		t.Errorf("peak memory: %d for 10,000 records, %d for 50,000", few, many)
	}
}

// peakMemory of a process that ingests n records, which share 100 pictures, in
// kB. The process tells it: what the system tells of a child that has ended
// counts the memory of the parent that it was forked from.
func peakMemory(t *testing.T, n int) (kB int64) {
	t.Helper()
	const pictures = 100
	records := make([]made, n)
	for i := range records {
		p := i % pictures
		records[i] = made{id: int64(i + 1), smiles: strings.Repeat("C", p+1), label: 1, picture: p, image: fmt.Sprintf("images/%d.png", p), extra: `"note": "` + strings.Repeat("x", 1000) + `"`}
	}
	child, out := startIngest(t, filepath.Join(t.TempDir(), "ws"), makeFolder(t, records...))
	if err := child.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(out.String()) {
		if found, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kB); found == 1 {
			return kB
		}
	}
	t.Fatalf("the child did not tell its memory: %s", out)
	return 0
}
