//go:build unix

package tui_test

import (
	"os"
	"path/filepath"
	"testing"
)

// Journey: repair and retry a dead letter. The editor is a script, as $EDITOR
// may be anything.
func TestRepairAndRetryADeadLetter(t *testing.T) {
	workspace := newWorkspace(t)
	editor := filepath.Join(t.TempDir(), "editor")
	script := "#!/bin/sh\nif grep -q missing_key \"$1\"; then sed -i.bak 's/\"missing_key\": \"no compound_id here\"/\"compound_id\": 4711/' \"$1\"\n" +
		"elif grep -q 1117973.pngg \"$1\"; then sed -i.bak 's/1117973.pngg/1117973.png/' \"$1\"\n" +
		"else sed -i.bak 's/missing_image.png/1117973.pngg/; s/1117973,/4712,/' \"$1\"; fi\n"
	if err := os.WriteFile(editor, []byte(script), 0o700); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	command := program(t, workspace)
	command.Env = append(command.Env, "EDITOR="+editor, "VISUAL=")
	term := openTerminal(t, command, 120, 40)
	term.keys("1")
	term.sees("Records +1 of 100", "2 dead letters waiting")
	term.keys("d")
	term.sees("Dead letters +1 of 2", "missing_image.png")

	// One filter language here too.
	term.keys("/code~^comp")
	term.sees("Dead letters +1 of 1 ", "missing_key")
	term.keys(keyEnter)
	term.keys("e")
	term.sees("Dead letter 2 is repaired and ingested", "Nothing matches")
	term.keys(keyEsc)
	term.sees("Dead letters +1 of 1 ", "missing_image.png")

	// A repair that is refused is opened again as it was left.
	term.keys("e")
	term.sees("Cannot ingest the repaired record", "1117973.pngg", "the record as you left it")
	term.keys("e")
	term.sees("Dead letter 1 is repaired and ingested", "No dead letter is waiting")
	term.keys("a")
	term.sees("Dead letters +1 of 2", "repaired by hand", "missing_image.png")
	term.keys(keyEsc)
	term.sees("Records +1 of 102")
	term.keys("/compound in (4711, 4712)")
	term.sees("Records +1 of 2 selected of 102", "4711", "4712")
	term.keys(keyEnter + "S")
	term.sees("Snapshots +1 of 3", "no. 3 minus no. 2", "1 record")
	term.keys("d")
	term.sees("filter snapshot=3", "Records +1 of 1 selected of 102", "4712")
	term.keys("q")
	if err := term.command.Wait(); err != nil {
		t.Error(err)
	}
}
