//go:build unix

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestATrainingWithoutRoomForItsCheckpointGoesOnLater: it says what is full and
// how to go on, which works once there is room. A limit on files stands for the
// disk.
func TestATrainingWithoutRoomForItsCheckpointGoesOnLater(t *testing.T) {
	ringlab := inWorkspaceOfOriginal(t)
	training := ringlab("train", "--preset", "fast", "--split", "demo", "--set", "epochs=2")
	shell := exec.CommandContext(t.Context(), "sh", append([]string{"-c", `ulimit -f 1000 && exec "$0" "$@"`}, training.Args...)...)
	shell.Dir, shell.Env = training.Dir, training.Env
	out, err := shell.CombinedOutput()
	if shell.ProcessState.ExitCode() != 1 {
		t.Errorf("%v, wanted status 1\n%s", err, out)
	}
	for _, want := range []string{"checkpoints/run-1", "the disk is full: make room there", "ringlab runs resume 1"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not said:\n%s", want, out)
		}
	}
	if out, err := ringlab("runs", "resume", "1").CombinedOutput(); err != nil || !strings.Contains(string(out), "run 1 finished") {
		t.Errorf("with room: %v\n%s", err, out)
	}
}
