package tui

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAnExportReplacesNoFileUnasked, and takes a path as a shell would.
func TestAnExportReplacesNoFileUnasked(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	file := filepath.Join(home, "runs.csv")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	holds := func() string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	b := newBench(t, 80, 24)
	b.giveRuns()
	b.press("E")
	for range len("runs.csv") {
		b.press("backspace")
	}
	b.types("~/runs.csv")
	b.press("enter")
	_, cmd := b.root.Update(keyPress("enter"))
	b.give(cmd())
	b.wants("Replace the file")
	if b.press("enter"); b.root.shell.dialog != nil || holds() != "mine" {
		t.Fatalf("enter, which closes, leaves %q", holds())
	}
	b.give(b.root.shell.export(file, nil, []grid{{head: []string{"run"}}}, false)())
	_, cmd = b.root.Update(keyPress("y"))
	b.give(cmd())
	b.wants("Wrote ")
	if got := holds(); got != "run\n" {
		t.Errorf("the file holds %q", got)
	}
}
