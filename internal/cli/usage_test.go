package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"ringlab/experiments"
)

func TestExitStatusSaysWhatACallerCanDo(t *testing.T) {
	refused := &experiments.GateError{}
	for _, c := range []struct {
		name   string
		err    error
		wanted int
	}{
		{"nothing went wrong", nil, 0},
		{"something failed", errors.New("no disk"), 1},
		{"wrong use", fmt.Errorf("train: %w", usage(nil, "no such preset")), 2},
		{"a gate refused", fmt.Errorf("promote: %w", refused), 3},
		{"printing the refusal failed as well", errors.Join(errors.New("pipe"), refused), 3},
		{"all was said already", statusError(1), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := exitStatus(c.err); got != c.wanted {
				t.Errorf("got %d, wanted %d", got, c.wanted)
			}
		})
	}
}

func TestMaxDeadIsANumberOrAShare(t *testing.T) {
	for _, c := range []struct {
		text  string
		count int
		share float64
		ok    bool
	}{
		{"", -1, -1, true},
		{"0", 0, -1, true},
		{"12", 12, -1, true},
		{"5%", -1, .05, true},
		{"0.5%", -1, .005, true},
		{"100%", -1, 1, true},
		{"101%", 0, 0, false},
		{"-1", 0, 0, false},
		{"NaN%", 0, 0, false},
		{"many", 0, 0, false},
		{"%", 0, 0, false},
	} {
		count, share, ok := parseMaxDead(c.text)
		if ok != c.ok || ok && (count != c.count || share != c.share) {
			t.Errorf("parseMaxDead(%q) = %d, %v, %v", c.text, count, share, ok)
		}
	}
}

// TestEveryCommandExplainsItself: each has a sentence, an example that starts
// with the program's name, and a check of its arguments.
func TestEveryCommandExplainsItself(t *testing.T) {
	root := (&app{}).rootCommand()
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" {
			t.Errorf("%s has no short help", c.CommandPath())
		}
		if c.Args == nil {
			t.Errorf("%s takes any arguments", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			line = strings.TrimSpace(line)
			if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "ringlab") && !strings.HasPrefix(line, "curl") {
				t.Errorf("%s: example %q", c.CommandPath(), line)
			}
		}
		if !strings.Contains(c.Example, c.CommandPath()) {
			t.Errorf("%s has no example of itself", c.CommandPath())
		}
		if c.Name() == "completion" {
			return // those for each shell are cobra's
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}
