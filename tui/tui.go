// Package tui is the workbench: pages over the same stores that the command
// line uses.
//
// The root model owns size, tabs, messages, help and dialogs, and gives
// everything else to the page on screen. Pages talk to the stores only in
// commands (commands.go); every answer carries the number of its question, and
// a page drops the answers to questions that it no longer asks. View reads
// nothing but the model.
package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/term"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/tui/picture"
)

// framesASecond is how often Bubble Tea looks for something new to draw, also
// where nothing moves: at 60 an idle workbench takes 1.6 % of a processor, at 30
// 0.9 %. A key is then on screen at most 33 ms later (docs/measurements.md).
const framesASecond = 30

// Stores are the rooms over an open workspace.
type Stores struct {
	Workspace   *workspace.Workspace
	Data        *data.Store
	Experiments *experiments.Store
}

// Session is everything that belongs to one person's terminal. Nothing of it
// is kept in package variables: over SSH one process serves many people.
type Session struct {
	User       string // who signs promotions and discards; the system's user if empty
	Stores            // none while there is no workspace, see Begin
	Dir        string // the workspace's folder, also where there is none yet
	Executable string // what EnsureWorker starts

	// Begin opens the workspace that another process has made meanwhile, or with
	// create makes it: when the person asks for something that writes. The caller
	// of Run closes it. Needed only where Stores are empty.
	Begin func(ctx context.Context, create bool) (Stores, error)
	// Example puts the built-in example data into a folder of the workspace and
	// returns its path. Nil: there is none to offer.
	Example func(*workspace.Workspace) (folder string, err error)

	Settings Settings
	// SaveSetting writes a setting of the workbench to the configuration of the
	// workspace. Nil: settings last as long as the session.
	SaveSetting func(name, value string) error

	Clock   func() time.Time // time.Now if nil
	Environ []string         // the process's own if nil
	Input   io.Reader        // standard input if nil
	Output  io.Writer        // standard output if nil
}

func (s Session) withDefaults() Session {
	if s.User == "" {
		if u, err := user.Current(); err == nil {
			s.User = u.Username
		}
	}
	if s.Dir == "" && s.Workspace != nil {
		s.Dir = s.Workspace.Dir()
	}
	if s.Clock == nil {
		s.Clock = time.Now
	}
	if s.Environ == nil {
		s.Environ = os.Environ()
	}
	if s.Input == nil {
		s.Input = os.Stdin
	}
	if s.Output == nil {
		s.Output = os.Stdout
	}
	return s
}

// home writes a path below the person's home with a tilde.
func (s Session) home(path string) string {
	home := uv.Environ(s.Environ).Getenv("HOME")
	if rest, ok := strings.CutPrefix(path, home+"/"); ok && home != "" {
		return "~/" + rest
	}
	return path
}

// Run shows the workbench until the person leaves or ctx ends, both of which
// return nil. The terminal is as before when it returns, also after a defect,
// which is a *CrashError.
func Run(ctx context.Context, s Session) error {
	ctx, cancel := context.WithCancel(ctx)
	r := newRoot(ctx, s.withDefaults())
	defer r.watcher.close()
	defer cancel() // ends the commands that are still on their way
	return r.run(ctx)
}

// run is Run with this root.
func (r *root) run(ctx context.Context) error {
	s := r.shell.session
	defer r.shell.canvas.Close()
	guarded := &guard{root: r}
	options := []tea.ProgramOption{
		tea.WithContext(ctx),
		tea.WithInput(s.Input),
		tea.WithOutput(output(s.Output, r.shell.canvas)),
		tea.WithEnvironment(s.Environ),
		tea.WithFPS(framesASecond),
	}
	if colourless(s.Environ) {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	_, err := tea.NewProgram(guarded, options...).Run()
	if guarded.crash != nil {
		return guarded.crash
	}
	if errors.Is(err, tea.ErrInterrupted) || ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("show the workbench: %w", err)
	}
	return nil
}

// output is the session's output with the canvas in between. A file stays one:
// its descriptor tells the terminal's size.
func output(w io.Writer, c *picture.Canvas) io.Writer {
	if f, ok := w.(term.File); ok {
		return canvasFile{f, c}
	}
	return c
}

type canvasFile struct {
	term.File
	canvas *picture.Canvas
}

func (f canvasFile) Write(p []byte) (int, error) { return f.canvas.Write(p) }
