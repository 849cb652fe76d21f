package tui

import "context"

// RunBroken is Run with two defects: to show Runs panics in Update, to show
// Models panics in View.
func RunBroken(ctx context.Context, s Session) error {
	r := newRoot(ctx, s.withDefaults())
	r.pages[pageRuns] = nil
	r.pages[pageModels] = drawnWrongly{r.pages[pageModels]}
	return r.run(ctx)
}

type drawnWrongly struct{ page }

func (drawnWrongly) View() []string { panic("drawn wrongly") }
