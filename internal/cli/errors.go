package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ringlab/experiments"
	"ringlab/internal/spelling"
)

const (
	statusDone = iota
	statusFailed
	statusUsage
	statusRefused
)

// usageError is wrong use of the command line: exit status 2.
type usageError struct {
	message string
	command *cobra.Command // whose help is offered; may be nil
}

func (e *usageError) Error() string {
	if e.command == nil {
		return e.message
	}
	return fmt.Sprintf("%s (see %s --help)", e.message, e.command.CommandPath())
}

func usage(c *cobra.Command, format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...), command: c}
}

// statusError ends the program with a status when all was said already.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func exitStatus(err error) int {
	if err == nil {
		return statusDone
	}
	if said, ok := errors.AsType[statusError](err); ok {
		return int(said)
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return statusUsage
	}
	if _, ok := errors.AsType[*experiments.GateError](err); ok {
		return statusRefused
	}
	return statusFailed
}

// printError writes an error as one sentence. Its text may quote names from
// outside, so it is escaped.
func (a *app) printError(err error) {
	if err == nil {
		return
	}
	if _, said := errors.AsType[statusError](err); said {
		return
	}
	if errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(a.stderr, "ringlab: stopped")
		return
	}
	for i, line := range strings.Split(err.Error(), "\n") {
		prefix := "ringlab: "
		if i > 0 {
			prefix = "  "
		}
		_, _ = fmt.Fprintln(a.stderr, prefix+clean(line))
	}
}

// flagError turns a flag that cobra did not understand into wrong use, with
// near names.
func flagError(c *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := invalid.GetFlag()
		return usage(c, "--%s %q is not %s", f.Name, invalid.GetValue(), valueWords(f.Value.Type()))
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usage(c, "%s", err)
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	name := unknown.GetSpecifiedName()
	if len(name) == 1 {
		return usage(c, "%s", err)
	}
	hint := ""
	if near := spelling.Nearest(name, names); near != "" {
		hint = fmt.Sprintf("; did you mean --%s?", near)
	}
	return usage(c, "unknown flag --%s%s", name, hint)
}

// valueWords says what a flag of this type takes.
func valueWords(kind string) string {
	switch kind {
	case "int", "intSlice":
		return "a whole number"
	case "uint64":
		return "a whole number of 0 or more"
	case "duration":
		return "a time such as 30s or 2m"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

// unknownCommand refuses arguments of a command that only has subcommands.
func unknownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if near := spelling.Nearest(args[0], subcommands(c)); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", c.CommandPath()+" "+near)
	}
	return usage(c, "unknown command %q%s", args[0], hint)
}

func needCommand(c *cobra.Command, _ []string) error {
	return usage(c, "say which: %s %s", c.CommandPath(), strings.Join(subcommands(c), "|"))
}

func subcommands(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	return names
}

// arguments demands between low and high of them; high < 0 is no limit. what
// names one, such as RUN.
func arguments(low, high int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < low && low == 1:
			return usage(c, "%s needs %s", c.CommandPath(), what)
		case len(args) < low:
			return usage(c, "%s needs at least %d of %s", c.CommandPath(), low, what)
		case high == 0 && len(args) > 0:
			return usage(c, "%s takes no argument, got %q", c.CommandPath(), args[0])
		case high >= 0 && len(args) > high:
			return usage(c, "%s takes one %s, got %d: %q", c.CommandPath(), what, len(args), args)
		}
		return nil
	}
}
