package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// askPromotion opens the dialog that shows the gates with their numbers before
// a run or version goes into production. Failed gates that allow it can be
// forced, with a reason, as on the command line.
func (s *shell) askPromotion(ref, label string) tea.Cmd {
	request, cmd := s.ask(loadGates(s.session.Experiments, ref))
	force := false
	s.open(dialog{
		title:   "Promote " + label + " to production",
		lines:   []string{s.theme.dim.Render("checking the gates …")},
		button:  "Promote",
		waiting: true,
		request: request,
		reason:  true,
		word:    ref,
		answer: func(d *dialog, msg tea.Msg) {
			loaded, ok := msg.(gatesLoadedMsg)
			if !ok {
				return
			}
			d.waiting = false
			d.lines, d.brief = gateLines(s.theme, loaded.gates), nil
			for _, g := range loaded.gates {
				d.brief = append(d.brief, gateLine(s.theme, g))
			}
			refused := slices.DeleteFunc(slices.Clone(loaded.gates), func(g experiments.Gate) bool { return g.Passed })
			force = len(refused) > 0
			switch {
			case slices.ContainsFunc(refused, func(g experiments.Gate) bool { return !g.Forceable() }):
				d.reason, d.word, d.typing, d.part, d.never = false, "", false, partClose, "it does not work"
			case force:
				d.button = "Promote anyway"
				d.needed = true
				warning := s.theme.warn.Render("A gate refuses. Promoting anyway needs a reason and is recorded as forced.")
				d.lines, d.brief = append(d.lines, "", warning), append(d.brief, warning)
			}
		},
		confirm: func(reason string) tea.Cmd {
			_, cmd := s.ask(promote(s.session.Experiments, ref, experiments.PromoteOptions{
				Reason: reason, Force: force, Author: s.session.User,
			}))
			return cmd
		},
	})
	return cmd
}

// gateLines is the checklist: each gate with its numbers and its sentence.
func gateLines(th theme, gates []experiments.Gate) []string {
	if len(gates) == 0 {
		return []string{"There are no gates."}
	}
	var lines []string
	for _, g := range gates {
		lines = append(lines, gateLine(th, g))
		if g.Why != "" {
			lines = append(lines, "    "+th.dim.Render(clean(g.Why)))
		}
	}
	return lines
}

// gateLine is one gate with the value and the bound that it was held to.
func gateLine(th theme, g experiments.Gate) string {
	mark, sign := th.good.Render("✓ passed "), ">"
	if !g.Passed {
		mark, sign = th.bad.Render("✗ refused"), "<"
	}
	if g.Value == g.Bound {
		sign = "="
	}
	line := mark + "  " + th.strong.Render(fit(strings.ReplaceAll(g.Name, "_", " "), 28))
	if g.Forceable() {
		line += th.strong.Render(fitRight(share(g.Value), 6))
		if g.Bound > 0 { // 0 is held to nothing: nothing is in production yet
			line += th.dim.Render(" " + sign + " " + share(g.Bound))
		}
	}
	return line
}

// askRollback opens the dialog before production goes back to the version
// before.
func (s *shell) askRollback(from, to string) {
	s.open(dialog{
		title:  "Roll production back",
		lines:  []string{"From " + clean(from) + " to " + clean(to) + ". Servers follow within two seconds."},
		button: "Roll back",
		danger: true,
		reason: true,
		confirm: func(reason string) tea.Cmd {
			_, cmd := s.ask(rollback(s.session.Experiments, reason, s.session.User))
			return cmd
		},
	})
}

func (s *shell) askCancel(id string) {
	s.open(dialog{
		title:  "Cancel run " + clean(id),
		lines:  []string{"Training stops within a batch. The curves and the best model so far stay."},
		button: "Cancel the run",
		confirm: func(string) tea.Cmd {
			_, cmd := s.ask(cancelRun(s.session.Experiments, id))
			return cmd
		},
	})
}
