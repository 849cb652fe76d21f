package cli

import (
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
)

func (a *app) workerCommand() *cobra.Command {
	var idle time.Duration
	c := &cobra.Command{
		Use:   "worker",
		Short: "Train queued runs until none is left",
		Long: `Takes queued runs one after another and trains them. It is started by itself
when a run is queued and no worker lives (ringlab train --detach, the
workbench); start one by hand to see what it does. It ends after a while
without work, or when the workspace is gone.`,
		Example: "ringlab worker\nringlab worker --idle 0s",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if idle < 0 {
				return usage(c, "--idle %s: give a time of 0s or more", idle)
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				return r.experiments.Work(c.Context(), idle)
			})
		},
	}
	c.Flags().DurationVar(&idle, "idle", time.Minute, "end after this `TIME` without a queued run; 0s ends when the queue is empty")
	return c
}
