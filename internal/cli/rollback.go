package cli

import (
	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
)

func (a *app) rollbackCommand() *cobra.Command {
	var o experiments.PromoteOptions
	c := &cobra.Command{
		Use:     "rollback",
		Short:   "Put the version before the last promotion back into production",
		Example: `ringlab rollback --reason "answers got worse on Tuesday's pictures"`,
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			o.Author = author()
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				promotion, err := r.experiments.Rollback(c.Context(), o)
				if err != nil {
					return err
				}
				return a.printPromotion(promotion, true)
			})
		},
	}
	c.Flags().StringVar(&o.Reason, "reason", "", "`WHY`, for the history")
	return c
}
