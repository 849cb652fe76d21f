//go:build unix

package tui_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ringlab/tui"
)

// The journeys of docs/journeys.md that are about the workbench as a whole,
// and what a terminal may do to it. All run the real program in a
// pseudo-terminal.

// run is a command of ringlab that must work.
func run(t *testing.T, workspace string, args ...string) string {
	t.Helper()
	out, err := program(t, workspace, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("ringlab %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func original(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "testdata", "original"))
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func (term *terminal) leaves(keys string) {
	term.t.Helper()
	term.keys(keys)
	if err := term.command.Wait(); err != nil {
		term.t.Error(err)
	}
	<-term.ended
	term.isRestored()
}

// isRestored: no alternate screen, nothing left on that was switched on, and
// the line discipline of a shell. The program has ended.
func (term *terminal) isRestored() {
	term.t.Helper()
	on := map[string]bool{}
	for _, found := range regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`).FindAllStringSubmatch(term.sent.String(), -1) {
		for _, mode := range strings.Split(found[1], ";") {
			on[mode] = found[2] == "h"
		}
	}
	for mode, is := range on {
		// A terminal shows its cursor and wraps long lines unless told not to.
		if before := mode == "25" || mode == "7"; is != before {
			term.t.Errorf("mode %s of the terminal is left on: %v", mode, is)
		}
	}
	if term.isAltScreen() {
		term.t.Error("the terminal is left in the alternate screen")
	}
	if runtime.GOOS != "linux" {
		return // elsewhere the settings are gone with the last process
	}
	settings, err := unix.IoctlGetTermios(int(term.pty.Fd()), getTermios)
	if err != nil {
		term.t.Fatal(err)
	}
	if settings.Lflag&unix.ECHO == 0 || settings.Lflag&unix.ICANON == 0 {
		term.t.Error("the terminal is left raw")
	}
}

func TestJourneyFirstStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "workspace")
	term := openTerminal(t, program(t, dir), 100, 30)
	term.sees("Welcome to ringlab", "There is no workspace yet", "Read a folder of your own")
	term.keys("3")
	term.sees("There is no workspace yet. i reads a folder")
	if _, err := os.Stat(dir); err == nil {
		t.Error("looking around has made a workspace")
	}
	term.keys("i")
	term.sees("Read a folder", "This makes the workspace", `folder \(needed\)`)
	term.keys(original(t) + keyEnter + keyEnter)
	term.sees("100 new records, 2 refused", "▸ Train a first model", "2 dead letters waiting")
	term.keys(keyEnter)
	term.sees("ringlab train --preset trees")
	term.leaves("q")

	// The next start is where the last one ended.
	again := openTerminal(t, program(t, dir), 100, 30)
	again.sees("ringlab train --preset trees")
	again.leaves("q")
}

func TestJourneyPromoteRefuseAndRollBack(t *testing.T) {
	workspace := newWorkspace(t)
	run(t, workspace, "train", "--preset", "trees", "--split", "demo", "--set", "trees=100")
	run(t, workspace, "train", "--preset", "trees", "--split", "demo", "--set", "trees=1", "--set", "min_leaf=60", "--name", "weak")
	term := openTerminal(t, program(t, workspace), 120, 40)
	term.sees("▸ Promote run 1 .*nothing is in")

	// Promote: the gates with their numbers, the word, the reason.
	term.keys("3")
	term.sees("Runs +1 of 2", "weak")
	term.keys("jP")
	term.sees("Promote run 1 to production", "✓ passed +better than majority +[01].[0-9]+ > [01].[0-9]+", "type 1 to confirm")
	term.keys("2" + keyEnter + keyEnter + keyEnter)
	term.sees("type 1 to confirm", "Promote +Close")
	term.keys(keyEsc)
	term.sees("space mark")
	term.keys("P")
	term.sees("type 1 to confirm", "✓ passed")
	term.keys("1" + keyEnter + "good on the notebook's own 25" + keyEnter + keyEnter)
	term.sees("v1 is in production. It is the first")

	// Refused: what refuses, and by which numbers. Nothing changes.
	term.keys("gP")
	term.sees("Promote run 2 to production", "✗ refused +not worse than production +0.[0-9]+ < [01].[0-9]+", "A gate refuses", `reason \(needed\)`)
	term.keys("2" + keyEnter + keyEnter + keyEnter)
	term.sees("this needs a reason")
	term.keys(keyEsc)
	term.sees("space mark")
	term.keys("4")
	term.sees("Versions +1 of 1", "v1 +★ production", "good on the notebook's own 25", "From picture to answer", "split +demo")

	// Forced, with a reason, and taken back.
	term.keys("3")
	term.sees("Runs +1 of 2")
	term.keys("gP")
	term.sees("✗ refused", "type 2 to confirm")
	term.keys("2" + keyEnter + "to see a rollback" + keyEnter + keyEnter)
	term.sees("v2 is in production. Before: v1.")
	term.keys("4")
	term.sees("Versions +. of 2", "v2 +★ production", "forced +v1 → v2")
	term.keys("B")
	term.sees("From v2 to v1")
	term.keys("y")
	term.sees("v1 +★ production", "rolled back +v2 → v1")

	// The bundle leaves the workspace.
	folder := filepath.Join(t.TempDir(), "bundle")
	term.keys("x")
	term.sees("Export the bundle")
	term.keys(folder + keyEnter + keyEnter)
	term.sees("The bundle of v[12] is in ")
	if _, err := os.Stat(filepath.Join(folder, "model.json")); err != nil {
		t.Error(err)
	}
	term.leaves("q")
}

func TestJourneyOpenThePicturesOfACell(t *testing.T) {
	workspace := newWorkspace(t)
	run(t, workspace, "train", "--preset", "trees", "--split", "demo", "--set", "trees=1", "--set", "min_leaf=60")
	term := openTerminal(t, program(t, workspace), 120, 40)
	term.sees("0 Overview", "100 records")
	term.keys("3")
	term.sees("Runs +1 of 1")
	term.keys(keyEnter)
	term.sees("confusion", "enter matrix")
	term.keys(keyEnter)
	term.sees("its pictures")
	term.keys(keyEnter)
	term.sees(`\d+ records?, esc goes back to the matrix`, "▀▀▀▀▀▀")
	term.keys("e")
	term.sees("What the trees counted", `regions? of at least \d+ pixels`)
	term.keys("e") // trees have no network's map
	term.sees("truth +said", `\d\.\d % +truth`)
	term.leaves("q")
}

func TestJourneyWatchServing(t *testing.T) {
	workspace := newWorkspace(t)
	run(t, workspace, "train", "--preset", "trees", "--set", "trees=100")
	run(t, workspace, "promote", "1")
	term := openTerminal(t, program(t, workspace), 120, 40)
	term.sees("Serve v1", "no server is running")
	term.keys("5")
	term.sees("No server is running", "ringlab serve")

	// Without a server the model itself answers.
	picture := filepath.Join(original(t), "images", "1117973.png")
	ask := func() {
		term.keys("t")
		term.sees("Try a picture", "drag the file")
		term.keys("'" + picture + "' " + keyEnter + keyEnter)
	}
	ask()
	term.sees(`1117973\.png`, `\d rings? +confidence`, "v1 by the model itself")

	server := program(t, workspace, "serve", "--addr", "127.0.0.1:0")
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	term.sees(`▸ 127\.0\.0\.1:\d+ +v1`)
	ask()
	term.sees(`v1 by 127\.0\.0\.1:\d+, [0-9.]+ ms`, "answered 1 ")
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Error(err)
	}
	term.sees("No server is running")

	// One that is killed says nothing, and is missed all the same.
	killed := program(t, workspace, "serve", "--addr", "127.0.0.1:0")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	term.sees(`▸ 127\.0\.0\.1:\d+ +v1`)
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait() // it was killed
	term.sees(`Servers +✗ 127\.0\.0\.1:\d+ has died`)
	term.leaves("q")
}

func TestJourneyResizeAndAColourBlindTheme(t *testing.T) {
	workspace := newWorkspace(t)
	term := openTerminal(t, program(t, workspace), 120, 40)
	term.sees("0 Overview", "100 records")
	for i := range 40 { // a storm
		term.resize(30+(i*37)%200, 8+(i*13)%80)
	}
	for _, size := range [][2]int{{60, 18}, {300, 100}, {80, 24}} {
		term.resize(size[0], size[1])
		term.sees("0 Overview", "100 records", "Train a first model")
		for _, line := range strings.Split(term.text(), "\n") {
			if n := len([]rune(line)); n > size[0] {
				t.Errorf("at %v a line has %d characters: %q", size, n, line)
			}
		}
	}
	term.keys("\x0f") // ctrl+o
	term.sees("Settings", "colourblind")
	term.keys(keyLeft)
	term.sees("theme is colourblind from now on")
	term.keys(keyEsc)
	term.keys(":")
	term.sees("›")
	term.keys("settings")
	term.sees("▸ settings: theme, pictures, mouse")
	term.keys(keyEnter)
	term.sees("Settings")
	term.keys(keyEsc)
	term.leaves("q")
	if out := run(t, workspace, "config"); !regexp.MustCompile(`workbench.theme +colourblind +ringlab.toml`).MatchString(out) {
		t.Errorf("the theme is not in the configuration:\n%s", out)
	}
}

func TestSignalsLeaveACleanTerminal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			term := openTerminal(t, program(t, newWorkspace(t)), 80, 24)
			term.sees("0 Overview", "100 records")
			if err := term.command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := term.command.Wait(); err != nil {
				t.Errorf("%v: %v", signal, err)
			}
			<-term.ended
			term.isRestored()
		})
	}
}

// Under a shell with job control, as a person has it.
func TestItIsSuspendedAndComesBack(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err) // on every unix that this is tested on
	}
	command := program(t, newWorkspace(t))
	command.Path, command.Args = bash, []string{"bash", "--norc", "-c", `set -m; "$0"; echo "SUSPENDED, any line goes on"; read line; fg; echo LEFT`, command.Path}
	term := openTerminal(t, command, 80, 24)
	term.sees("0 Overview", "100 records")
	term.keys("\x1a")
	term.sees("SUSPENDED")
	if term.isAltScreen() {
		t.Error("the shell is left in the alternate screen")
	}
	term.keys("\n")
	term.sees("0 Overview", "100 records", "q quit")
	term.keys("1")
	term.sees("Records +1 of 100")
	term.keys("q")
	term.sees("LEFT")
}

// Within a second, and both ways. A machine that does much else may be late
// with one of the changes, not with each.
func TestTwoWorkbenchesSeeEachOthersChanges(t *testing.T) {
	workspace := newWorkspace(t)
	var both [2]*terminal
	for i := range both {
		both[i] = openTerminal(t, program(t, workspace), 100, 30)
		both[i].sees("0 Overview", "2 dead letters waiting")
		both[i].keys("1d")
		both[i].sees("Dead letters +1 of 2")
	}
	soonest := patience
	for i, waiting := range []string{"1 of 1 ", "0 of 0|No dead letter is waiting"} {
		here, there := both[i], both[1-i]
		here.keys("x")
		here.sees("Discard dead letter")
		here.keys("seen by both" + keyEnter + "y")
		here.sees("is discarded")
		discarded := time.Now()
		there.sees(waiting)
		took := time.Since(discarded)
		t.Logf("the other workbench showed it %v later", took.Round(time.Millisecond))
		soonest = min(soonest, took)
	}
	if soonest > time.Second {
		t.Errorf("the other workbench showed a change after %v at the soonest, want a second at most", soonest)
	}
	both[0].leaves("q")
	both[1].leaves("q")
}

func TestADeletedWorkspaceIsSaid(t *testing.T) {
	workspace := newWorkspace(t)
	term := openTerminal(t, program(t, workspace), 100, 30)
	term.sees("0 Overview", "100 records")
	if err := os.Rename(workspace, workspace+"-away"); err != nil {
		t.Fatal(err)
	}
	term.sees("the workspace was deleted")
	term.leaves("q")
}

func TestADumbTerminalGetsPlainText(t *testing.T) {
	command := program(t, newWorkspace(t))
	command.Env = append(command.Env, "TERM=dumb")
	term := openTerminal(t, command, 100, 60)
	term.sees("100 records", "What next\\?", "9. Leave")
	term.leaves("9\n")
	if sent := term.sent.String(); strings.Contains(sent, "\x1b") {
		t.Errorf("it is sent an escape sequence: %q", sent)
	}
}

// A workbench that nobody touches costs less than 1 % of a processor.
func TestIdleItCostsNothing(t *testing.T) {
	if runtime.GOOS != "linux" || tui.RaceEnabled {
		t.Skip("reads /proc, and means nothing under the race detector")
	}
	term := openTerminal(t, program(t, newWorkspace(t)), 120, 40)
	term.sees("0 Overview", "100 records")
	used := func() time.Duration {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(term.command.Process.Pid) + "/stat")
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')'):]))
		user, err1 := strconv.Atoi(fields[12])
		system, err2 := strconv.Atoi(fields[13])
		if err1 != nil || err2 != nil {
			t.Fatalf("%s", stat)
		}
		return time.Duration(user+system) * 10 * time.Millisecond
	}
	settled := 2 * time.Second // the first queries to the terminal are over
	time.Sleep(settled)
	const watched = 5 * time.Second
	before := used()
	time.Sleep(watched)
	cost := used() - before
	t.Logf("%v of processor in %v: %.2f %%", cost, watched, 100*cost.Seconds()/watched.Seconds())
	// One in a hundred, and one tick of the clock that counts. The short form
	// runs beside other tests, which make each wake-up dearer: two.
	most := watched/100 + 10*time.Millisecond
	if os.Getenv("RINGLAB_LONG") == "" {
		most += watched / 100
	}
	if cost > most {
		t.Errorf("idle it takes %v of processor in %v", cost, watched)
	}
}
