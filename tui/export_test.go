package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// RunBroken is Run with two defects: to show Runs panics in Update, to show
// Models panics in View.
func RunBroken(ctx context.Context, s Session) error {
	r := newRoot(ctx, s.withDefaults())
	r.pages[pageRuns] = askedWrongly{r.pages[pageRuns]}
	r.pages[pageModels] = drawnWrongly{r.pages[pageModels]}
	return r.run(ctx)
}

type askedWrongly struct{ page }

func (askedWrongly) Refresh() tea.Cmd { panic("asked wrongly") }

type drawnWrongly struct{ page }

func (drawnWrongly) View() []string { panic("drawn wrongly") }
