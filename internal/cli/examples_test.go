package cli

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"ringlab/experiments"
)

// TestEveryExampleCouldBeTyped: the commands in the help know their flags, take
// that many arguments, and name presets and parameters that there are.
func TestEveryExampleCouldBeTyped(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "ringlab") {
				checkExample(t, line)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&app{}).rootCommand())
}

func checkExample(t *testing.T, line string) {
	t.Helper()
	command := line
	for _, rest := range []string{" | ", " > ", " < "} {
		command, _, _ = strings.Cut(command, rest)
	}
	split, err := exec.CommandContext(t.Context(), "sh", "-c", "printf '%s\\n' "+strings.TrimPrefix(command, "ringlab")).Output()
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	words := strings.Split(strings.TrimSuffix(string(split), "\n"), "\n")
	if words[0] == "" {
		words = nil
	}
	c, rest, err := (&app{}).rootCommand().Find(words)
	if err == nil {
		err = c.ParseFlags(rest)
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err != nil {
		t.Errorf("%q: %v", line, err)
		return
	}
	if c.Flags().Lookup("set") == nil {
		return
	}
	sub := experiments.Submission{Preset: c.Flag("preset").Value.String()}
	var sweep experiments.Sweep
	set, err := c.Flags().GetStringArray("set")
	if err == nil {
		sub.Set, err = settings(c, set)
	}
	if err == nil && c.Flags().Lookup("sweep") != nil {
		sweep.Samples, _ = c.Flags().GetInt("samples")
		axes, _ := c.Flags().GetStringArray("sweep")
		sweep.Axes, err = sweepAxes(c, axes)
	}
	if err == nil && sub.Preset != "careful" { // the example of one that was saved
		_, err = sweep.Expand(sub)
	}
	if err != nil {
		t.Errorf("%q: %v", line, err)
	}
}
