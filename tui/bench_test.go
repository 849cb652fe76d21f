package tui

import (
	"strconv"
	"testing"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// A frame of the table of runs, whose cost must not depend on how many there
// are:
//
//	go test -run '^$' -bench Frame -benchmem ./tui
func BenchmarkFrame(b *testing.B) {
	for _, rows := range []int{100, 10_000} {
		b.Run("page=runs/rows="+strconv.Itoa(rows), func(b *testing.B) {
			r := newRoot(b.Context(), Session{User: "ada", Clock: testTime}.withDefaults())
			r.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
			r.Update(keyPress("3"))
			runs := make([]experiments.Run, rows)
			for i := range runs {
				runs[i] = experiments.Run{ID: strconv.Itoa(rows - i), State: experiments.Finished, Name: "run"}
			}
			p := r.pages[pageRuns].(*runsPage)
			r.Update(runsAnswer(p.request, runs))
			for b.Loop() {
				r.View()
			}
		})
	}
}
