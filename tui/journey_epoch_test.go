//go:build unix

package tui_test

import "testing"

// Journey: which pictures were wrong after an epoch, from a real training. So
// small a network is wrong often.
func TestThePicturesThatWereWrongAfterAnEpoch(t *testing.T) {
	workspace := newWorkspace(t)
	out, err := program(t, workspace, "train", "--preset", "fast", "--split", "demo", "--set", "epochs=4", "--set", "side=24", "--set", "width=4").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	term := openTerminal(t, program(t, workspace), 120, 40)
	term.keys("3")
	term.sees("Runs +1 of 1")
	term.keys(keyEnter)
	term.sees("Run 1", "confusion")
	term.keys("h")
	term.sees("accuracy", "enter pictures")
	term.keys(keyEnter)
	term.sees(`Epoch 4: [1-9]\d* of 15 validation pictures wrong`, "✗ truth", "▀▀▀▀▀▀")
	term.keys("hhh")
	term.sees("Epoch 1: [1-9]", "✗ +[0-9]")
	term.keys(keyEsc)
	term.sees("values at epoch 1")
	term.keys("q")
	if err := term.command.Wait(); err != nil {
		t.Error(err)
	}
}
