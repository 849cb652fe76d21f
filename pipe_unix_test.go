//go:build unix

package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestAPipeForAPictureEndsOnTheFirstSignal although its writer says nothing.
func TestAPipeForAPictureEndsOnTheFirstSignal(t *testing.T) {
	for _, command := range []string{"predict", "explain"} {
		pipe := filepath.Join(t.TempDir(), "pipe.png")
		if err := syscall.Mkfifo(pipe, 0o666); err != nil {
			t.Fatal(err)
		}
		waiting, _ := start(t, command, pipe)
		// This waits until the pipe is opened for reading.
		writer, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := waiting.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(20*time.Second, func() { _ = waiting.Process.Kill() })
		if err := waiting.Wait(); waiting.ProcessState.ExitCode() != 1 {
			t.Errorf("%s after SIGTERM: %v, wanted status 1", command, err)
		}
		late.Stop()
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
