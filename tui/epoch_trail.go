package tui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// epochTrail is what a run said of one picture after each epoch: when it was
// learned, and whether it was forgotten again.
type epochTrail struct {
	shell   *shell
	run     string
	wanted  trailKey
	request int // under way, 0 for none
	asked   trailKey
	shown   trailKey // whose answers these are
	answers []experiments.AnswerOfEpoch
}

// trailKey names a trail: it grows with the newest epoch of a training.
type trailKey struct{ record, newest int64 }

// epochTrailMsg is a trail.
type epochTrailMsg struct {
	request int
	answers []experiments.AnswerOfEpoch
}

// show asks for a record's trail. One question is under way at a time.
func (x *epochTrail) show(wanted trailKey) tea.Cmd {
	x.wanted = wanted
	if x.request != 0 || wanted.record == 0 || wanted == x.shown {
		return nil
	}
	x.asked = wanted
	store, run := x.shell.session.Experiments, x.run
	var cmd tea.Cmd
	x.request, cmd = x.shell.ask(func(ctx context.Context, request int) tea.Msg {
		answers, err := store.AnswersTo(ctx, run, wanted.record)
		if err != nil {
			return failedMsg{request, "load what was said of a picture", err}
		}
		return epochTrailMsg{request, answers}
	})
	return cmd
}

func (x *epochTrail) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case epochTrailMsg:
		if msg.request == x.request {
			x.request, x.shown, x.answers = 0, x.asked, msg.answers
			return x.show(x.wanted)
		}
	case failedMsg:
		if msg.request == x.request {
			x.request = 0
		}
	}
	return nil
}

// trailHeight: air, a sentence, and the trail.
const trailHeight = 3

// view draws a mark for each epoch, or for several where there are more of them
// than cells: ✓ right, ✗ wrong, ~ both. That of the epoch shown stands out.
func (x *epochTrail) view(d experiments.EpochAnswer, epoch int64, width int) []string {
	th := x.shell.theme
	if x.shown.record != d.Record.ID || len(x.answers) == 0 {
		return nil
	}
	right := 0
	for _, a := range x.answers {
		if a.Said.Label == d.Record.Label {
			right++
		}
	}
	first, last := x.answers[0].Epoch, x.answers[len(x.answers)-1].Epoch
	from, to := fmt.Sprintf("%d ", first), fmt.Sprintf(" %d", last)
	cells := min(len(x.answers), max(width-len(from)-len(to)-2, 1))
	var marks strings.Builder
	for i := range cells {
		part := x.answers[i*len(x.answers)/cells : (i+1)*len(x.answers)/cells]
		marks.WriteString(x.mark(part, d.Record.Label, epoch))
	}
	return []string{"",
		"  " + th.dim.Render(fit(fmt.Sprintf("%d was answered right after %d of %s", d.Record.CompoundID, right, plural(len(x.answers), "epoch")), width-2)),
		"  " + th.dim.Render(from) + marks.String() + th.dim.Render(to)}
}

// mark is one cell of a trail.
func (x *epochTrail) mark(part []experiments.AnswerOfEpoch, truth int, epoch int64) string {
	th := x.shell.theme
	right, here := 0, false
	for _, a := range part {
		if a.Said.Label == truth {
			right++
		}
		here = here || a.Epoch == epoch
	}
	mark, style := "~", th.warn
	switch right {
	case 0:
		mark, style = "✗", th.bad
	case len(part):
		mark, style = "✓", th.good
	}
	if here {
		style = style.Reverse(true)
	}
	return style.Render(mark)
}
