//go:build unix

package tui_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// How many colours a terminal is sent.
type colours int

const (
	noColours colours = iota
	of16
	of256
	exact
)

func (c colours) String() string {
	return [...]string{"no colours", "16 colours", "256 colours", "exact colours"}[c]
}

// coloursIn is the most that any of the program's style sequences asks for,
// with one that does.
func coloursIn(sent string) (most colours, sequence string) {
	for _, found := range regexp.MustCompile(`\x1b\[([0-9;:]*)m`).FindAllStringSubmatch(sent, -1) {
		if c := coloursOf(found[1]); c > most {
			most, sequence = c, found[0]
		}
	}
	return most, sequence
}

// coloursOf reads the numbers of one style sequence (ECMA-48, SGR): 30 to 37, 40
// to 47, 90 to 97 and 100 to 107 are the 16 colours, 38, 48 and 58 begin one of
// 256 with a 5 and an exact one with a 2.
func coloursOf(numbers string) (most colours) {
	parts := strings.FieldsFunc(numbers, func(r rune) bool { return r == ';' || r == ':' })
	for i := 0; i < len(parts); i++ {
		n, _ := strconv.Atoi(parts[i]) // the pattern lets only digits through
		switch {
		case (n == 38 || n == 48 || n == 58) && i+1 < len(parts) && parts[i+1] == "5":
			most, i = max(most, of256), i+2
		case n == 38 || n == 48 || n == 58:
			most, i = max(most, exact), i+4
		case n >= 30 && n <= 37, n >= 40 && n <= 47, n >= 90 && n <= 97, n >= 100 && n <= 107:
			most = max(most, of16)
		}
	}
	return most
}

func TestStyleSequencesAreRead(t *testing.T) {
	for numbers, want := range map[string]colours{
		"": noColours, "0": noColours, "1;7": noColours, "39;49": noColours, "22;2": noColours,
		"1;31": of16, "97": of16, "38;5;12": of256, "1;48;5;237": of256, "38;2;1;2;3": exact, "58:2:1:2:3": exact,
	} {
		if got := coloursOf(numbers); got != want {
			t.Errorf("%q asks for %v, want %v", numbers, got, want)
		}
	}
}

// A terminal is sent the colours that it has, and no others, on every page;
// none where NO_COLOR says so. What they tell is written beside them.
func TestATerminalIsSentOnlyTheColoursThatItHas(t *testing.T) {
	workspace := workspaceOfEverything(t)
	for _, test := range []struct {
		environment []string
		want        colours
	}{
		{[]string{"TERM=xterm-256color", "COLORTERM=truecolor"}, exact},
		{[]string{"TERM=xterm-256color"}, of256},
		{[]string{"TERM=xterm"}, of16},
		{[]string{"TERM=linux"}, of16},
		{[]string{"TERM=vt100"}, noColours},
		{[]string{"TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=1"}, noColours},
		{[]string{"TERM=xterm", "NO_COLOR=please"}, noColours},
		{[]string{"TERM=xterm-256color", "NO_COLOR=1", "CLICOLOR_FORCE=1"}, noColours},
	} {
		t.Run(strings.ReplaceAll(fmt.Sprint(test.environment), " ", ","), func(t *testing.T) {
			command := program(t, workspace)
			// Nothing of the terminal in which the test runs.
			command.Env = slices.DeleteFunc(command.Env, func(setting string) bool {
				name, _, _ := strings.Cut(setting, "=")
				return slices.Contains([]string{"COLORTERM", "CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR", "TMUX", "TERM_PROGRAM", "WT_SESSION", "GOOGLE_CLOUD_SHELL", "TTY_FORCE"}, name)
			})
			command.Env = append(command.Env, test.environment...)
			term := openTerminal(t, command, 120, 40)
			term.keys("0") // each begins where the one before has left
			term.sees("0 Overview", "★ v1", "! 2 dead letters waiting", "✗ failed", "✓ finished")
			term.keys("1")
			term.sees("Records +1 of 100", "▸ +1117973 +5")
			term.keys("3")
			term.sees("Runs +1 of 3", "✗ failed +", "✓ finished")
			term.keys(" ")
			term.sees("●", "1 marked")
			term.keys("gP")
			term.sees("Promote run", "✓ passed", "✗ refused", "A gate refuses")
			term.keys(keyEsc) // out of the text
			term.sees("enter to write it")
			term.keys(keyEsc)
			term.sees("1 marked", `1  ✓ finished +trees +trees=100`)
			term.keys(" ")
			term.sees("✗ failed 1")
			term.keys("2")
			term.sees("New run")
			term.keys("4")
			term.sees("Versions +1 of 1", "★ production", "promoted +v1")
			term.keys("5")
			term.sees("No server is running")
			term.leaves("q")
			if got, sequence := coloursIn(term.sent.String()); got != test.want {
				t.Errorf("it is sent %v, %q, want %v", got, sequence, test.want)
			}
		})
	}
}

// workspaceOfEverything holds a promoted run, a finished one that the gates
// refuse, and a failed one.
func workspaceOfEverything(t *testing.T) string {
	t.Helper()
	workspace := newWorkspace(t)
	run(t, workspace, "train", "--preset", "trees", "--split", "demo", "--set", "trees=100")
	run(t, workspace, "promote", "1")
	blobs := filepath.Join(workspace, "blobs")
	if err := os.Rename(blobs, blobs+"-away"); err != nil {
		t.Fatal(err)
	}
	if out, err := program(t, workspace, "train", "--preset", "trees", "--split", "demo").CombinedOutput(); err == nil {
		t.Fatalf("training without pictures has worked:\n%s", out)
	}
	if err := errors.Join(os.RemoveAll(blobs), os.Rename(blobs+"-away", blobs)); err != nil {
		t.Fatal(err)
	}
	run(t, workspace, "train", "--preset", "trees", "--split", "demo", "--set", "trees=1", "--set", "min_leaf=60")
	return workspace
}
