package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/tui"
)

// runWorkbench is ringlab without a command. Where there is no workspace it
// opens all the same, and makes one when the person reads the first data.
func (a *app) runWorkbench(c *cobra.Command, _ []string) (err error) {
	if !a.inTerminal() && !a.accessible {
		return usage(c, "the workbench needs a terminal; elsewhere name a command, such as ringlab runs list")
	}
	dir, err := a.locate()
	if err != nil {
		return err
	}
	settings, err := a.workbenchSettings(c)
	if err != nil {
		return err
	}
	if workspace.Exists(dir) {
		return a.with(c.Context(), workspace.Open, func(r *rooms) error {
			r.ws.Follow()
			return a.showWorkbench(c.Context(), tui.Session{Stores: r.stores(), Settings: settings, SaveSetting: saverIn(dir)})
		})
	}
	var begun atomic.Pointer[workspace.Workspace] // set by a command of the workbench
	defer func() {
		if ws := begun.Load(); ws != nil {
			err = errors.Join(err, ws.Close())
		}
	}()
	return a.showWorkbench(c.Context(), tui.Session{
		Dir:         dir,
		Settings:    settings,
		SaveSetting: saverIn(dir),
		Begin: func(ctx context.Context, create bool) (tui.Stores, error) {
			open := workspace.Open
			if create {
				open = workspace.Create
			}
			ws, err := open(ctx, dir)
			if err != nil {
				return tui.Stores{}, err
			}
			begun.Store(ws)
			return newRooms(ws).stores(), nil
		},
	})
}

// openWorkbench shows the workbench on an open workspace, from another command.
func (a *app) openWorkbench(c *cobra.Command, r *rooms) error {
	settings, err := a.workbenchSettings(c)
	if err != nil {
		return err
	}
	return a.showWorkbench(c.Context(), tui.Session{Stores: r.stores(), Settings: settings, SaveSetting: saverIn(r.ws.Dir())})
}

// saverIn writes settings of the workbench into a workspace's configuration.
func saverIn(dir string) func(name, value string) error {
	return func(name, value string) error { return saveSetting(dir, "workbench."+name, value) }
}

func (r *rooms) stores() tui.Stores {
	return tui.Stores{Workspace: r.ws, Data: r.data, Experiments: r.experiments}
}

// showWorkbench adds what does not depend on the workspace.
func (a *app) showWorkbench(ctx context.Context, s tui.Session) error {
	var err error
	if s.Executable, err = os.Executable(); err != nil {
		return fmt.Errorf("open the workbench: %w", err)
	}
	if a.program.Demo != nil {
		s.Example = func(ws *workspace.Workspace) (string, error) { return unpackDemo(ws, a.program.Demo) }
	}
	s.User, s.Clock, s.Environ = author(), time.Now, os.Environ()
	s.Input, s.Output = a.stdin, a.stdout
	// A dumb terminal has no cursor to place: it is asked and told line by line.
	if a.accessible || os.Getenv("TERM") == "dumb" {
		return tui.RunAccessible(ctx, s)
	}
	return tui.Run(ctx, s)
}
