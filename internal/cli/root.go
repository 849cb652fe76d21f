// Package cli is the command line: one thin file a command. Flags in, a room
// called, text or JSON out.
package cli

import (
	"context"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"os/user"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"ringlab/tui"

	"ringlab/internal/build"
)

// Program is what the binary carries with it.
type Program struct {
	Demo    fs.FS  // the replaced demo's data: compounds.json, images/, README.md
	License string // ringlab's own
}

// Main runs the command line of this process and returns its exit status: 0
// done, 1 failed or refused input, 2 wrong use, 3 refused by a gate.
func Main(p Program) int {
	ctx, stop := signal.NotifyContext(context.Background(), endingSignals()...)
	defer stop()
	// Once the first signal has asked for an orderly end, the next one kills.
	context.AfterFunc(ctx, stop)

	a := &app{program: p, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	root := a.rootCommand()
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = a.lost
	}
	a.printError(err)
	return exitStatus(err)
}

// endingSignals ask for an orderly end. A closed terminal is one, unless the
// program was started to outlive it, as nohup does.
func endingSignals() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// app is what all commands share: the streams and the global flags.
type app struct {
	program Program
	stdin   io.Reader
	stdout  io.Writer // results
	stderr  io.Writer // progress and errors

	workspace string // --workspace
	json      bool   // --json

	accessible bool // --accessible

	lost error // why results could not be written, where no error can be returned
}

const (
	groupData  = "data"
	groupModel = "model"
	groupServe = "serve"
)

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "ringlab",
		Short: "Count the rings of compounds in pictures: data, training, promotion, serving",
		Long: `ringlab is the whole life of a machine-learning model in one program. It
ingests labelled pictures, trains models that count the rings of a compound,
compares and promotes them, and serves the promoted one over HTTP.

Without a command it opens the workbench on the workspace.`,
		Example: `# The whole loop on example data, in under a minute
ringlab demo
# Open the workbench
ringlab`,
		Args:              unknownCommand,
		PersistentPreRunE: a.configure,
		RunE:              a.runWorkbench,
	}
	root.Version = build.Version()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetHelpFunc(a.printHelp)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.StringVar(&a.workspace, "workspace", "", "the workspace's `FOLDER`; else $RINGLAB_WORKSPACE, else the nearest .ringlab here or above")
	flags.BoolVar(&a.json, "json", false, "print results as JSON, one object a line")

	root.Flags().String("theme", tui.Themes()[0], "colours of the workbench: `"+strings.Join(tui.Themes(), "|")+"`")
	root.Flags().String("pictures", tui.PictureModes()[0], "how pictures are drawn: `"+strings.Join(tui.PictureModes(), "|")+"`")
	root.Flags().BoolVar(&a.accessible, "accessible", false, "prompts and plain text instead of a full screen, for screen readers")

	root.AddGroup(
		&cobra.Group{ID: groupData, Title: "Data"},
		&cobra.Group{ID: groupModel, Title: "Models"},
		&cobra.Group{ID: groupServe, Title: "Serving"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("", a.demoCommand(), a.benchCommand(), a.configCommand(), a.versionCommand(), a.manCommand())
	add(groupData, a.ingestCommand(), a.dlqCommand(), a.dataCommand())
	add(groupModel, a.trainCommand(), a.presetsCommand(), a.runsCommand(), a.compareCommand(), a.modelsCommand(), a.evaluateCommand(), a.predictCommand(), a.explainCommand())
	add(groupServe, a.promoteCommand(), a.rollbackCommand(), a.serveCommand(), a.workerCommand())
	root.SetHelpCommand(a.helpCommand())
	// cobra's own command for completion, held to the same rules as ours.
	root.InitDefaultCompletionCmd("completion")
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args, completion.RunE = unknownCommand, needCommand
		completion.Example = "ringlab completion bash > ringlab.bash"
	}
	return root
}

// group is a command that only holds others. Called without one of them it
// says which there are.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Example: example, Args: unknownCommand, RunE: needCommand}
	c.AddCommand(commands...)
	return c
}

// inTerminal tells whether a person sits at both ends.
func (a *app) inTerminal() bool { return isTerminal(a.stdin) && isTerminal(a.stdout) }

func isTerminal(stream any) bool {
	f, ok := stream.(term.File)
	return ok && term.IsTerminal(f.Fd())
}

// author is who is named in runs, promotions and settled dead letters.
func author() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	if name := os.Getenv("USER"); name != "" {
		return name
	}
	return "unknown"
}
