package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/tui"
)

// runWorkbench is ringlab without a command.
func (a *app) runWorkbench(c *cobra.Command, _ []string) error {
	if !a.inTerminal() {
		return usage(c, "the workbench needs a terminal; elsewhere name a command, such as ringlab runs list")
	}
	return a.with(c.Context(), workspace.Open, func(r *rooms) error {
		return a.openWorkbench(c.Context(), r)
	})
}

func (a *app) openWorkbench(ctx context.Context, r *rooms) error {
	executable, err := os.Executable()
	if err != nil {
		return fmt.Errorf("open the workbench: %w", err)
	}
	return tui.Run(ctx, tui.Session{
		User:        author(),
		Workspace:   r.ws,
		Data:        r.data,
		Experiments: r.experiments,
		Executable:  executable,
		Clock:       time.Now,
		Environ:     os.Environ(),
		Input:       a.stdin,
		Output:      a.stdout,
	})
}
