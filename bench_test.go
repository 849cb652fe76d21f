//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBenchStopsOnCtrlC: at once, with status 1, and without half of a result.
func TestBenchStopsOnCtrlC(t *testing.T) {
	folder, env := withBinary(t)
	cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "ringlab"), "bench", "--json", "--each", "1m")
	cmd.Dir, cmd.Env = t.TempDir(), env
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(stderr)
	for line := ""; !strings.Contains(line, "network reference"); {
		if line, err = said.ReadString('\n'); err != nil {
			t.Fatalf("bench ended early: %v", err)
		}
	}
	asked := time.Now()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(said)
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if took := time.Since(asked); took > 15*time.Second {
		t.Errorf("it took %s to stop", took)
	}
	if status := cmd.ProcessState.ExitCode(); status != 1 || !strings.Contains(string(rest), "stopped") || stdout.Len() > 0 {
		t.Errorf("status %d, wanted 1; it said %q and printed %q", status, rest, stdout.String())
	}
}
