package cli

import (
	"github.com/spf13/cobra"

	"ringlab/data/workspace"
)

func (a *app) rollbackCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     "rollback",
		Short:   "Put the version before the last promotion back into production",
		Example: `ringlab rollback --reason "answers got worse on Tuesday's pictures"`,
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				promotion, err := r.experiments.Rollback(c.Context(), reason, author())
				return a.printMove(promotion, err)
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "`WHY`, for the history")
	return c
}
