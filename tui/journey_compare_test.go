//go:build unix

package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Journey: compare two runs.
func TestCompareTwoRuns(t *testing.T) {
	workspace := newWorkspace(t)
	for _, seed := range []string{"1", "2"} {
		out, err := program(t, workspace, "train", "--preset", "trees", "--seed", seed, "--set", "trees=5").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	folder := t.TempDir()
	command := program(t, workspace)
	term := openTerminal(t, command, 120, 40)
	term.keys("3")
	term.sees("Runs +1 of 2")

	// Seeds of one spec are one row; a view of it is kept.
	term.keys("z")
	term.sees("\\+2× +✓ finished", `0\.\d+ ± 0\.\d+|1\.000 ± 0\.000`)
	term.keys("Vs")
	term.sees("Save this view")
	term.keys("seeds")
	term.keys(keyEnter + "y")
	term.sees("View seeds is saved", "▸ seeds")
	term.keys(keyEsc + "z")
	term.sees("Runs +1 of 2")

	// A tag, a filter, a mark on each.
	term.keys("t")
	term.sees("Tags of run 2")
	term.keys("second")
	term.keys(keyEnter + "y")
	term.sees("Run 2 is tagged")
	term.keys("/tag=second")
	term.sees("Runs +1 of 1 selected of 2")
	term.keys(keyEsc)
	term.sees("Runs +1 of 2")
	term.keys("  C")
	term.sees("Comparison of runs 2, 1", "parameters that differ", "seed", `\[.*\] p `)
	term.keys(keyRight)
	term.sees("accuracy validation +at epoch 1", "○ run 1  █+")
	term.keys(keyRight)
	term.sees("shared records", "said 4")
	term.keys(keyRight)
	term.sees(`disagreements? of \d+ records|same answers on all \d+ records`)
	term.keys("E")
	term.sees("Export")
	for range len("comparison.md") {
		term.keys("\x7f")
	}
	file := filepath.Join(folder, "both.md")
	term.keys(file)
	term.keys(keyEnter + "y")
	term.sees("Wrote .*both.md")
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), "| accuracy |") {
		t.Errorf("%v: %s", err, text)
	}
	term.keys(keyEsc + keyEsc + "q")
	if err := term.command.Wait(); err != nil {
		t.Error(err)
	}
}

// Journey: open the wrong pictures of a matrix cell. One stump is wrong often.
func TestOpenTheWrongPicturesOfACell(t *testing.T) {
	workspace := newWorkspace(t)
	out, err := program(t, workspace, "train", "--preset", "trees", "--set", "trees=1", "--set", "max_features=0.05", "--set", "min_leaf=20").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	term := openTerminal(t, program(t, workspace), 120, 40)
	term.keys("3")
	term.sees("Runs +1 of 1")
	term.keys(keyEnter)
	term.sees("Run 1", "✓ finished", "confusion", "enter matrix")
	term.keys(keyEnter)
	term.sees(`truth \d+, said`, `\[ *\d+\]`)
	term.keys(keyEnter)
	term.sees(`truth +said`, "▀▀▀▀▀▀")
	term.keys(keyEsc)
	term.sees(`truth \d+, said`)
	term.keys(keyEsc)
	term.sees("enter matrix")
	term.keys(keyEsc)
	term.sees("Runs +1 of 1")
	term.keys("q")
	if err := term.command.Wait(); err != nil {
		t.Error(err)
	}
}
