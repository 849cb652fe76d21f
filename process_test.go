package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// start runs the real program until the test ends, and returns it with its
// standard output.
func start(t *testing.T, args ...string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	folder, env := withBinary(t)
	cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "ringlab"), args...)
	cmd.Dir, cmd.Env = t.TempDir(), env
	cmd.WaitDelay = 10 * time.Second
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return cmd, bufio.NewReader(stdout)
}

// TestServeSaysWhereAndEndsOnASignal: a script can start it on a free port,
// read the address, and stop it in order, with nothing at all to answer with.
func TestServeSaysWhereAndEndsOnASignal(t *testing.T) {
	cmd, stdout := start(t, "serve", "--no-builtin", "--addr", "127.0.0.1:0", "--json")
	line, err := stdout.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ Address string }
	if err := json.Unmarshal(line, &said); err != nil || !strings.HasPrefix(said.Address, "http://127.0.0.1:") {
		t.Fatalf("first line %q: no address (%v)", line, err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, said.Address+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("/readyz with nothing promoted: %s, wanted 503", response.Status)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v, wanted status 0", err)
	}
}

// TestInterruptedTrainingSaysHowToGoOn: Ctrl-C in the foreground, or closing
// the terminal, stops at once, exits 1, and names the command that resumes the run, which does.
func TestInterruptedTrainingSaysHowToGoOn(t *testing.T) {
	ringlab := inWorkspaceOfOriginal(t)
	interruptAtFirstEpoch(t, ringlab("train", "--preset", "fast", "--split", "demo", "--set", "epochs=500", "--json"), os.Interrupt)
	interruptAtFirstEpoch(t, ringlab("runs", "resume", "1"), syscall.SIGHUP)
	out, err := ringlab("runs", "list").Output()
	if err != nil || !strings.Contains(string(out), "interrupted") {
		t.Errorf("the run is not interrupted: %v\n%s", err, out)
	}
}

// The preset fast holds less than 300 MB. Its pictures are some 20 KB each in
// memory, so that rings-train's 2,800 take 60 MB more than these 200.
func TestFastHoldsLessThan300MB(t *testing.T) {
	const least, most = 20, 300 - 60 // MB; less than least was not measured
	out, err := inWorkspaceOf(t, "rings-test-200")("train", "--preset", "fast", "--set", "epochs=2").Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found := regexp.MustCompile(`at most (\d+) MB of memory`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("the training does not say what it held:\n%s", out)
	}
	if held, err := strconv.Atoi(string(found[1])); err != nil || held < least || held > most {
		t.Errorf("it held %s MB, not from %d to %d", found[1], least, most)
	} else {
		t.Logf("it held %d MB", held)
	}
}

// inWorkspaceOfOriginal is inWorkspaceOf testdata/original.
func inWorkspaceOfOriginal(t *testing.T) func(args ...string) *exec.Cmd {
	t.Helper()
	return inWorkspaceOf(t, "original")
}

// inWorkspaceOf makes commands of the real program in an empty folder into whose
// workspace a folder of testdata was ingested.
func inWorkspaceOf(t *testing.T, data string) func(args ...string) *exec.Cmd {
	t.Helper()
	folder, env := withBinary(t)
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ringlab := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "ringlab"), args...)
		cmd.Dir, cmd.Env = dir, env
		return cmd
	}
	if out, err := ringlab("ingest", filepath.Join(root, "testdata", data)).CombinedOutput(); err != nil {
		t.Fatalf("ingest: %v\n%s", err, out)
	}
	return ringlab
}

func interruptAtFirstEpoch(t *testing.T, training *exec.Cmd, ending os.Signal) {
	t.Helper()
	rest := untilFirstEpoch(t, training)
	asked := time.Now()
	if err := training.Process.Signal(ending); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(rest)
	if err != nil {
		t.Fatal(err)
	}
	err = training.Wait()
	if training.ProcessState.ExitCode() != 1 {
		t.Errorf("status after the signal %s: %v, wanted 1", ending, err)
	}
	if took := time.Since(asked); took > 10*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if !strings.Contains(string(said), "Resume: ringlab runs resume 1") {
		t.Errorf("nothing says how to resume:\n%s", said)
	}
}

// untilFirstEpoch starts a training and returns when an epoch is done, with
// what it will still write to standard error.
func untilFirstEpoch(t *testing.T, training *exec.Cmd) io.Reader {
	t.Helper()
	stderr, err := training.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := training.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stderr)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("it ended before an epoch was done: %v", err)
		}
		if strings.HasPrefix(line, "epoch") {
			return lines
		}
	}
}

// TestCancellingWaitsUntilTheRunHasStopped: the answer is how the run stands
// when nobody trains it any more, also where its worker was killed. The long
// form kills it, and has to wait for the lease of the dead to expire.
func TestCancellingWaitsUntilTheRunHasStopped(t *testing.T) {
	ringlab := inWorkspaceOfOriginal(t)
	training := ringlab("train", "--preset", "fast", "--split", "demo", "--set", "epochs=500")
	rest := untilFirstEpoch(t, training)
	if os.Getenv("RINGLAB_LONG") != "" {
		if err := training.Process.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	out, err := ringlab("runs", "cancel", "1").CombinedOutput()
	if err != nil || string(out) != "run 1 is cancelled\n" {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := io.Copy(io.Discard, rest); err != nil {
		t.Fatal(err)
	}
	if err := training.Wait(); err == nil {
		t.Error("the cancelled training ended with 0")
	}
}

// TestDemoGoesOnWhereItStopped: stopped in the middle of a training, the demo
// takes the same run up again and ends as if nothing had happened. The long form
// kills it, and has to wait for the lease of the dead to expire.
func TestDemoGoesOnWhereItStopped(t *testing.T) {
	stop := os.Interrupt
	if os.Getenv("RINGLAB_LONG") != "" {
		stop = os.Kill
	}
	folder, env := withBinary(t)
	dir := t.TempDir()
	demo := func() *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "ringlab"), "demo", "--headless")
		cmd.Dir, cmd.Env = dir, env
		return cmd
	}
	stopped := demo()
	stderr, err := stopped.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := stopped.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "epoch") {
	}
	if err := stopped.Process.Signal(stop); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if err := stopped.Wait(); err == nil {
		t.Fatal("the demo was stopped too late: it ended well")
	}
	if out, err := demo().CombinedOutput(); err != nil || !strings.Contains(string(out), "fast: going on with run 2") {
		t.Fatalf("the second demo: %v\n%s", err, out)
	}
	list := exec.CommandContext(t.Context(), filepath.Join(folder, "ringlab"), "runs", "list", "--json")
	list.Dir, list.Env = dir, env
	out, err := list.Output()
	if err != nil || strings.Count(string(out), `"state":"finished"`) != 2 || strings.Count(string(out), "\n") != 2 {
		t.Errorf("two runs, both finished, are wanted: %v\n%s", err, out)
	}
}
