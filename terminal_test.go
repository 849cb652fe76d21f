//go:build unix

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"
)

// TestDemoOpensTheWorkbenchInATerminal: after the answer the workbench stands
// on the demo's workspace; q leaves it with status 0.
func TestDemoOpensTheWorkbenchInATerminal(t *testing.T) {
	folder, env := withBinary(t)
	cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "ringlab"), "demo")
	cmd.Dir, cmd.Env = t.TempDir(), append(env, "TERM=xterm-256color")
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()

	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	output := make(chan []byte)
	go func() {
		defer close(output)
		for {
			chunk := make([]byte, 32<<10)
			n, err := terminal.Read(chunk)
			if err != nil {
				return
			}
			output <- chunk[:n]
		}
	}()
	var screen bytes.Buffer
	asked := false
	deadline := time.After(2 * time.Minute)
	for {
		select {
		case chunk, open := <-output:
			if !open {
				output = nil
				continue
			}
			screen.Write(chunk)
			// The tab line is drawn: the workbench listens.
			if !asked && bytes.Contains(screen.Bytes(), []byte("1 Data")) {
				asked = true
				if _, err := terminal.WriteString("q"); err != nil {
					t.Fatal(err)
				}
			}
		case err := <-ended:
			if err != nil || !asked {
				t.Fatalf("ended with %v, workbench seen: %v\n%q", err, asked, screen.String())
			}
			for _, wanted := range []string{"POST http://127.0.0.1:", "Try next:", "Opening the workbench"} {
				if !bytes.Contains(screen.Bytes(), []byte(wanted)) {
					t.Errorf("the terminal does not show %q", wanted)
				}
			}
			return
		case <-deadline:
			_ = cmd.Process.Kill()
			t.Fatalf("no end in two minutes; the screen: %q", screen.String())
		}
	}
}
