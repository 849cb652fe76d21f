//go:build unix

package tui_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"ringlab/internal/cli"
)

// leaked is the exit status of countedProgram where goroutines are left.
const leaked = 9

// countedProgram is ringlab, which afterwards counts its goroutines. One that
// is just ending has time to do so.
func countedProgram() int {
	before := runtime.NumGoroutine() + 1 // the runtime keeps one once signals were asked for
	status := cli.Main(cli.Program{})
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			fmt.Fprintln(os.Stderr, runtime.NumGoroutine(), "goroutines are left")
			_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1) // it ends here anyhow
			return leaked
		}
	}
	return status
}

// monkeySettings let it filter without a slash, so that no path that it types
// leads out of its own folder.
const monkeySettings = `[keys.records]
filter = ["ctrl+f"]
[keys."dead letters"]
filter = ["ctrl+f"]
[keys.runs]
filter = ["ctrl+f"]
`

// The other monkey sees made-up workspaces; this one has the real program with
// a real one, so that whatever it asks for is done. No session crashes, no
// command of one panics, and each ends with as many goroutines as it began.
func TestAMonkeyInATerminalLeavesNothingBehind(t *testing.T) {
	sessions := 4
	if os.Getenv("RINGLAB_LONG") != "" {
		sessions = 80
	}
	const events = 250 // of a session
	random := rand.New(rand.NewPCG(5, 8))
	dir := newWorkspace(t)
	run(t, dir, "train", "--preset", "trees", "--split", "demo", "--set", "trees=1", "--set", "min_leaf=60")
	if err := os.WriteFile(filepath.Join(dir, "ringlab.toml"), []byte(monkeySettings), 0o600); err != nil {
		t.Fatal(err)
	}
	// As if a worker lived: trainings wait in the queue, and the machine is spared.
	worker := flock.New(filepath.Join(dir, "workers.lock"))
	if err := worker.RLock(); err != nil {
		t.Fatal(err)
	}
	defer worker.Unlock()
	started := time.Now()
	for range sessions {
		monkeySession(t, dir, random, events)
	}
	t.Logf("%d sessions of %d events in %v", sessions, events, time.Since(started).Round(time.Millisecond))
	for _, pattern := range []string{"workbench-crash-*", "workbench.log"} { // reports, and panics of commands
		found, err := filepath.Glob(filepath.Join(dir, "logs", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			report, err := os.ReadFile(path)
			t.Errorf("%s: %s %v", path, report, err)
		}
	}
}

// monkeySession opens the workbench, does so many random things, and leaves, if
// it has not left by chance.
func monkeySession(t *testing.T, workspace string, random *rand.Rand, events int) {
	t.Helper()
	command := program(t, workspace)
	command.Dir = filepath.Join(t.TempDir(), "here") // so that .. is its own too
	if err := os.Mkdir(command.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	command.Env = append(command.Env, actAsProgram+"="+asCounted, "EDITOR=true", "VISUAL=true", "HOME="+command.Dir, "TMPDIR="+command.Dir)
	term := openTerminal(t, command, 100, 30)
	term.sees("1 Data")
	var typed strings.Builder
	for range events {
		if random.IntN(40) == 0 {
			term.resize(randomSize(random))
		}
		input := randomInput(random)
		typed.WriteString(input)
		if _, err := io.WriteString(term.pty, input); err != nil {
			break // it has left
		}
		if random.IntN(2) == 0 {
			term.glances()
		}
	}
	_, _ = io.WriteString(term.pty, "\x03") // it may have left
	if err := leaves(command); err != nil {
		<-term.ended
		t.Fatalf("%v after %q:\n%s\n%q", err, last(typed.String(), 1000), term.text(), last(term.sent.String(), 8000))
	}
	<-term.ended
	term.isRestored()
	if t.Failed() {
		t.Fatalf("after %q", last(typed.String(), 1000))
	}
}

// glances waits until the screen changes, but not for long: not every key
// changes it, and not all that is typed waits for what came of it.
func (term *terminal) glances() {
	select {
	case <-term.changed:
	case <-time.After(10 * time.Millisecond):
	}
}

// leaves waits until the program has ended. Should it have suspended itself,
// somebody types fg. Does it not end, its goroutines are printed.
func leaves(command *exec.Cmd) error {
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	deadline := time.After(patience)
	for {
		select {
		case err := <-ended:
			return err
		case <-deadline:
			_ = command.Process.Signal(syscall.SIGQUIT)
			return fmt.Errorf("it does not leave: %w", <-ended)
		case <-time.After(20 * time.Millisecond):
			_ = command.Process.Signal(syscall.SIGCONT) // it may have left
		}
	}
}

// randomSize is seldom too small for the workbench.
func randomSize(random *rand.Rand) (width, height int) {
	if random.IntN(8) == 0 {
		return 20 + random.IntN(60), 5 + random.IntN(20)
	}
	return 60 + random.IntN(160), 18 + random.IntN(50)
}

func last(text string, n int) string { return text[max(len(text)-n, 0):] }

// randomInput is what a terminal sends for a key, a paste, or the mouse.
func randomInput(random *rand.Rand) string {
	const keys = "0123450123459abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ<>!?:.-=+ '\t\r\r\r\x7f\x04\x06\x0f\x10\x15ü環"
	// Escape as a terminal says it that knows better, so that it is no Alt.
	special := []string{keyEsc, "\x1b[27u", "\x1b[27u", "\x1b[A", "\x1b[B", keyRight, keyLeft, "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~", "\x1b[Z"}
	switch random.IntN(20) {
	case 0:
		return "\x1b[200~pasted\x1b[2J\ntext\x1b[201~"
	case 1, 2, 3:
		// Buttons of the mouse as SGR reports them: left, right, moved, the wheel.
		button := []int{0, 2, 32, 64, 65}[random.IntN(5)]
		return fmt.Sprintf("\x1b[<%d;%d;%d%c", button, 1+random.IntN(120), 1+random.IntN(45), "Mm"[random.IntN(2)])
	case 4, 5, 6, 7, 8:
		return special[random.IntN(len(special))]
	}
	all := []rune(keys)
	return string(all[random.IntN(len(all))])
}
