//go:build unix

package tui_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"ringlab/internal/cli"
)

// actAsProgram makes this test binary be ringlab: the workbench, and the
// workers and servers that start from it.
const actAsProgram = "RINGLAB_TEST_PROGRAM"

// Other values of it than 1.
const (
	asBroken  = "broken"  // see brokenProgram
	asCounted = "counted" // see countedProgram
)

func TestMain(m *testing.M) {
	switch os.Getenv(actAsProgram) {
	case "":
		os.Exit(m.Run())
	case asBroken:
		os.Exit(brokenProgram())
	case asCounted:
		os.Exit(countedProgram())
	}
	os.Exit(cli.Main(cli.Program{}))
}

// program is a command of ringlab on a workspace.
func program(t *testing.T, workspace string, args ...string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), executable, args...)
	c.Env = append(os.Environ(), actAsProgram+"=1", "RINGLAB_WORKSPACE="+workspace,
		"TERM=xterm-256color", "COLORTERM=truecolor", "NO_COLOR=")
	c.WaitDelay = 10 * time.Second
	return c
}

// terminal is a person's: a pseudo-terminal with a screen that can be read.
type terminal struct {
	t       *testing.T
	pty     *os.File
	command *exec.Cmd
	mu      sync.Mutex
	screen  *vt.Emulator
	changed chan struct{}
	sent    bytes.Buffer // all that came from the program
	ended   chan struct{}
}

// patience is how long a screen may take to come, under the race detector on
// a busy machine.
const patience = 90 * time.Second

func openTerminal(t *testing.T, command *exec.Cmd, width, height int) *terminal {
	t.Helper()
	file, err := pty.StartWithSize(command, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, pty: file, command: command, screen: vt.NewEmulator(width, height),
		changed: make(chan struct{}, 1), ended: make(chan struct{})}
	answered := make(chan struct{})
	go func() { // the terminal's answers to questions about itself
		defer close(answered)
		io.Copy(file, term.screen)
	}()
	go term.read()
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
		file.Close()
		<-term.ended
		// Not Close of the emulator, which is not safe beside Read.
		term.screen.InputPipe().(io.Closer).Close()
		<-answered
	})
	return term
}

func (term *terminal) read() {
	defer close(term.ended)
	buffer := make([]byte, 64<<10)
	for {
		n, err := term.pty.Read(buffer)
		term.mu.Lock()
		term.sent.Write(buffer[:n])
		term.screen.Write(buffer[:n])
		term.mu.Unlock()
		select {
		case term.changed <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (term *terminal) text() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen.String()
}

func (term *terminal) isAltScreen() bool {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.screen.IsAltScreen()
}

func (term *terminal) resize(width, height int) {
	term.mu.Lock()
	term.screen.Resize(width, height)
	term.mu.Unlock()
	if err := pty.Setsize(term.pty, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		term.t.Fatal(err)
	}
}

func (term *terminal) keys(text string) {
	term.t.Helper()
	if _, err := io.WriteString(term.pty, text); err != nil {
		term.t.Fatal(err)
	}
}

const (
	keyEnter = "\r"
	keyEsc   = "\x1b"
	keyRight = "\x1b[C"
	keyLeft  = "\x1b[D"
)

// sees waits until the screen matches all patterns, and returns it.
func (term *terminal) sees(patterns ...string) string {
	term.t.Helper()
	deadline := time.After(patience)
	for {
		text := term.text()
		missing := ""
		for _, p := range patterns {
			if !regexp.MustCompile(p).MatchString(text) {
				missing = p
				break
			}
		}
		if missing == "" {
			return text
		}
		select {
		case <-term.changed:
		case <-term.ended:
			term.t.Fatalf("the workbench ended; the screen never had %q:\n%s", missing, text)
		case <-deadline:
			term.t.Fatalf("the screen never had %q:\n%s", missing, text)
		}
	}
}

// newWorkspace holds the demo's data. It is removed at the end, which also ends
// its workers; one that just writes makes the removal try again.
func newWorkspace(t *testing.T) string {
	t.Helper()
	parent, err := os.MkdirTemp("", "ringlab-journey-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 50 {
			if err := os.RemoveAll(parent); err == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Errorf("%s could not be removed", parent)
	})
	dir := filepath.Join(parent, "workspace")
	out, err := program(t, dir, "ingest", filepath.Join("..", "testdata", "original")).CombinedOutput()
	if err != nil {
		t.Fatalf("ingest: %v\n%s", err, out)
	}
	return dir
}

// The whole path of the workbench, from the keyboard alone, in a terminal, with
// real worker and server processes.
func TestTheWholePathFromTheKeyboard(t *testing.T) {
	workspace := newWorkspace(t)
	term := openTerminal(t, program(t, workspace), 120, 40)

	// How things stand.
	term.sees("0 Overview", "Nothing is in production", "Train a first model", "100 records")

	// Records, and a picture in half blocks.
	term.keys("1")
	term.sees("1 Data .*2 Train .*3 Runs .*4 Models .*5 Serving", "Records +1 of 100", "▸ +1117973 +5", "▀▀▀▀▀▀▀▀▀▀")
	term.sees("2 dead letters waiting")
	term.keys("j")
	term.sees("Records +2 of 100", "▸ +694811")
	term.keys(keyEnter)
	term.sees("Compound 694811", "▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀", "records by rings")
	term.keys(keyEsc)
	term.sees("Records +2 of 100")
	term.keys("/")
	term.keys("2195979")
	term.sees("filter 2195979", "Records +1 of 1 ")
	term.keys(keyEsc)
	term.sees("Records +1 of 100")

	// Dead letters with reason and the raw record.
	term.keys("d")
	term.sees("Dead letters +1 of 2", "missing_image.png", `"compound_id": ?1117973`, "the record as it came")
	term.keys("t")
	term.sees("0 records ingested, 1 still refused")
	term.keys("x")
	term.sees("Discard dead letter 1", "reason \\(needed\\)")
	term.keys("quite lost")
	term.keys(keyEnter)
	term.keys("y")
	term.sees("Dead letter 1 is discarded", "Dead letters +1 of 1 ")
	term.keys("a")
	term.sees("Dead letters +1 of 2", "discarded by +.*quite lost|discarded by")
	term.keys(keyEsc)
	term.sees("Records +1 of 100")

	// Train from the form; watch the curve; cancel.
	term.keys("2")
	term.sees("New run", "ringlab train --preset trees")
	term.keys(keyRight)
	term.sees("ringlab train --preset fast")
	term.keys("s")
	term.sees("Run 1", "▶ running")
	term.sees(`[1-9]\d*/\d+ +\d+ %`, "[⠁-⣿●]", "loss .*train [0-9.]+")
	term.keys("c")
	term.sees("Cancel run 1")
	term.keys("y")
	term.sees("⊘ cancelled")

	// It goes on where it stopped, and is cancelled for good.
	term.keys("R")
	term.sees("Run 1", "▶ running", `[1-9]\d*/\d+ +\d+ %`)
	term.keys("c")
	term.sees("Cancel run 1")
	term.keys("y")
	term.sees("⊘ cancelled")

	// Another, quick one; its result.
	term.keys("2")
	term.sees("New run")
	term.keys(keyLeft)
	term.sees("ringlab train --preset trees")
	term.keys("s")
	term.sees("Run 2", "✓ finished", "accuracy [01]\\.\\d+", "confusion", "by label")
	term.keys(keyRight)
	term.sees("Mistakes \\d+", "truth +said|answered right")

	// Promote it.
	term.keys("P")
	term.sees("Promote run 2 to production", "✓ passed", "type 2 to confirm")
	term.keys("2" + keyEnter + "the first that is good" + keyEnter + keyEnter)
	term.sees("v1 is in production")
	term.keys("4")
	term.sees("Versions +1 of 1", "▸ v1 +★ production", "promoted +v1")

	// The same once more: side by side, promoted too, and taken back.
	term.keys("2")
	term.sees("New run")
	term.keys("s")
	term.sees("Run 3", "✓ finished", "accuracy [01]\\.\\d+")
	term.keys(keyEsc)
	term.sees("Runs +1 of 3", "▸ +3 +✓ finished", "⊘ cancelled 1")
	term.keys("  C")
	term.sees("Comparison", "run 3 +run 2", "parameters that differ", "none", `\+0\.00 \[.*\] p 1`)
	term.keys(keyEsc)
	term.sees("2 marked")
	term.keys("gP")
	term.sees("Promote run 3 to production", "✓ passed")
	term.keys("3" + keyEnter + keyEnter + keyEnter)
	term.sees("v2 is in production")
	term.keys("4")
	term.sees("Versions +[12] of 2", "v2 +★ production")
	term.keys("B")
	term.sees("From v2 to v1")
	term.keys("y")
	term.sees("v1 is in production", "rolled back")

	// What is being served, first by nobody.
	term.keys("5")
	term.sees("★ v1 +trees", "ringlab serve")
	server := program(t, workspace, "serve", "--addr", "127.0.0.1:0")
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	term.sees(`▸ 127\.0\.0\.1:\d+ +v1`)
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("serve: %v\n%s", err, log.String())
	}
	term.sees("No server is running")

	// A smaller terminal, and a far too small one.
	term.resize(80, 24)
	term.sees("5 Serving", "No server is running")
	term.resize(40, 10)
	term.sees("60×18")
	term.resize(120, 40)
	term.sees("No server is running")

	term.keys("q")
	if err := term.command.Wait(); err != nil {
		t.Errorf("q: %v", err)
	}
	<-term.ended
	if term.isAltScreen() {
		t.Error("the terminal is left in the alternate screen")
	}
}

func TestCtrlCAndSignalsLeaveWithStatus0(t *testing.T) {
	for name, leave := range map[string]func(*terminal){
		"ctrl+c in a text field": func(term *terminal) { term.keys("/"); term.keys("q\x03") },
		"ctrl+c in a dialog":     func(term *terminal) { term.keys("d"); term.sees("Dead letters"); term.keys("x\x03") },
		"q":                      func(term *terminal) { term.keys("q") },
	} {
		t.Run(name, func(t *testing.T) {
			term := openTerminal(t, program(t, newWorkspace(t)), 80, 24)
			term.sees("0 Overview", "100 records")
			term.keys("1")
			term.sees("Records +1 of 100")
			leave(term)
			if err := term.command.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnEmptyWorkspaceSaysWhatToDo(t *testing.T) {
	workspace := filepath.Join(t.TempDir(), "workspace")
	empty := filepath.Join(t.TempDir(), "compounds.json")
	if err := os.WriteFile(empty, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := program(t, workspace, "ingest", filepath.Dir(empty)).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	term := openTerminal(t, program(t, workspace), 80, 24)
	term.sees("Welcome to ringlab", "ringlab ingest FOLDER")
	term.keys("1")
	term.sees("ringlab ingest FOLDER|Nothing matches")
	term.keys("3")
	term.sees("No runs yet")
	term.keys("4")
	term.sees("No model versions yet")
	term.keys("5")
	term.sees("ringlab serve")
	term.keys("q")
	if err := term.command.Wait(); err != nil {
		t.Error(err)
	}
}

// TestNoColorIsObeyedInATerminal, and only where it is asked for.
func TestNoColorIsObeyedInATerminal(t *testing.T) {
	for value, want := range map[string]bool{"": true, "1": false} {
		command := program(t, newWorkspace(t))
		command.Env = append(command.Env, "NO_COLOR="+value)
		term := openTerminal(t, command, 100, 30)
		term.sees("0 Overview", "100 records")
		term.keys("5")
		term.sees("ringlab serve")
		if got := term.coloured(); got != want {
			t.Errorf("with NO_COLOR=%q there is colour: %v, want %v", value, got, want)
		}
	}
}

// coloured tells whether any cell of the screen has a colour.
func (term *terminal) coloured() bool {
	term.mu.Lock()
	defer term.mu.Unlock()
	for y := range term.screen.Height() {
		for x := range term.screen.Width() {
			if cell := term.screen.CellAt(x, y); cell != nil && (cell.Style.Fg != nil || cell.Style.Bg != nil) {
				return true
			}
		}
	}
	return false
}
