package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
)

func (a *app) promoteCommand() *cobra.Command {
	var o experiments.PromoteOptions
	c := &cobra.Command{
		Use:   "promote RUN|VERSION",
		Short: "Put a model into production, through the gates",
		Long: `Moves the alias production to a version, or to a finished run which becomes a
version first. The gates are checked before; when one refuses, nothing changes
and the exit status is 3. --force goes past those that judge how good the model
is and needs a reason; the history says forced where one of them had refused. A
model that does not load or answer is never promoted.`,
		Example: `ringlab promote 1 --reason "better on the notebook's 25"
ringlab promote v2 --force --reason "the holdout has a wrong label"`,
		Args: arguments(1, 1, "RUN or VERSION"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.Force && o.Reason == "" {
				return usage(c, "--force needs --reason, which the history keeps")
			}
			o.Author = author()
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				promotion, err := r.experiments.Promote(c.Context(), args[0], o)
				return a.printMove(promotion, err)
			})
		},
	}
	c.Flags().StringVar(&o.Reason, "reason", "", "`WHY`, for the history")
	c.Flags().BoolVar(&o.Force, "force", false, "promote although the model is not good enough")
	return c
}

// promoted is what promote and rollback print with --json.
type promoted struct {
	experiments.Promotion
	Promoted bool `json:"promoted"`
	Changed  bool `json:"changed"`
}

// printMove prints what a promotion or a rollback did, or what refused it.
func (a *app) printMove(p experiments.Promotion, err error) error {
	if refused, ok := errors.AsType[*experiments.GateError](err); ok {
		return errors.Join(a.printPromotion(refused.Promotion, false), err)
	}
	if err != nil {
		return err
	}
	return a.printPromotion(p, true)
}

func (a *app) printPromotion(p experiments.Promotion, done bool) error {
	if a.json {
		return a.printJSON(promoted{Promotion: p, Promoted: done, Changed: done && p.Changed})
	}
	a.printGates(p.Gates)
	switch {
	case !done: // the error says the rest
	case !p.Changed:
		a.print("%s is in %s already", p.Version, p.Alias)
	case p.Previous == "":
		a.print("%s is now in %s", p.Version, p.Alias)
	default:
		a.print("%s is now in %s, in place of %s", p.Version, p.Alias, p.Previous)
	}
	return nil
}

func (a *app) printGates(gates []experiments.Gate) {
	if len(gates) == 0 {
		return
	}
	t := newTable("gate", "", "why")
	for _, g := range gates {
		mark := "refused"
		if g.Passed {
			mark = "passed"
		}
		t.row(g.Name, mark, g.Why)
	}
	a.printTable(t)
}
