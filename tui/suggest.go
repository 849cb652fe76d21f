package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// suggestion is a next step: what, why, and how the same is done in a shell.
// Enter on it sends go, or does act on the Overview page.
type suggestion struct {
	what    string
	why     string
	command string
	follow  tea.Msg
}

// suggest says what is worth doing next, the most pressing first.
func suggest(s summary) []suggestion {
	var list []suggestion
	add := func(what, why, command string, follow tea.Msg) {
		list = append(list, suggestion{what, why, command, follow})
	}
	best, finished := bestRun(s.runs)
	serving := s.production.Name != ""
	if n := s.counts[experiments.Running]; n > 0 {
		run := firstIn(s.runs, experiments.Running)
		add("Watch run "+run.ID+" learn", plural(n, "run")+" training", "ringlab runs logs "+run.ID+" --follow", openRunMsg{run.ID})
	}
	switch {
	case len(s.runs) == 0:
		add("Train a first model", "the preset trees takes seconds", "ringlab train --preset trees", newRunMsg{})
	case finished && !serving:
		add("Promote run "+best.ID, "accuracy "+share(best.Evaluation.Accuracy)+", and nothing is in production yet",
			"ringlab promote "+best.ID, openRunMsg{best.ID})
	case finished && best.Version != s.production.Name && best.Evaluation.Accuracy > s.production.Evaluation.Accuracy:
		add("Look at run "+best.ID, fmt.Sprintf("accuracy %s, production has %s", share(best.Evaluation.Accuracy), share(s.production.Evaluation.Accuracy)),
			"ringlab compare "+best.ID+" "+s.production.Run, openRunMsg{best.ID})
	}
	if run := firstIn(s.runs, experiments.Interrupted); run.ID != "" {
		add("Go on with run "+run.ID, "it stopped at epoch "+epochText(run), "ringlab runs resume "+run.ID, openRunMsg{run.ID})
	}
	if serving && len(living(s.servers)) == 0 {
		add("Serve "+s.production.Name, "it is in production and nobody serves it", "ringlab serve", showPageMsg{pageServing})
	}
	if s.waiting > 0 {
		add("Look at what ingest refused", plural(s.waiting, "dead letter")+" waiting", "ringlab dlq list", openLettersMsg{})
	}
	if len(s.runs) > 0 && s.counts[experiments.Running]+s.counts[experiments.Queued] == 0 {
		add("Train another", "other presets, other seeds, other parameters", "ringlab train", newRunMsg{})
	}
	return list
}

// bestRun is the finished run with the best accuracy, the newest of equals.
func bestRun(runs []experiments.Run) (best experiments.Run, ok bool) {
	for _, r := range runs {
		if r.State != experiments.Finished || r.Evaluation == nil {
			continue
		}
		if !ok || r.Evaluation.Accuracy > best.Evaluation.Accuracy {
			best, ok = r, true
		}
	}
	return best, ok
}

// firstIn is the newest run in a state, without an ID if there is none.
func firstIn(runs []experiments.Run, state experiments.State) experiments.Run {
	for _, r := range runs {
		if r.State == state {
			return r
		}
	}
	return experiments.Run{}
}
