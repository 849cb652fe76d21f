package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/experiments"
)

// summary is what the Overview shows.
type summary struct {
	snapshots  []data.Snapshot // newest first; none: nothing was ingested
	labels     map[int]int     // of the newest snapshot
	task       data.Task
	waiting    int // dead letters
	runs       []experiments.Run
	counts     map[experiments.State]int
	production experiments.Version // no name: nothing is in production
	since      experiments.Promotion
	history    []experiments.Promotion // of production, newest first
	servers    []experiments.Server
}

func (s summary) newest() data.Snapshot {
	if len(s.snapshots) == 0 {
		return data.Snapshot{}
	}
	return s.snapshots[0]
}

type summaryLoadedMsg struct {
	request int
	summary summary // labels are nil where the snapshot is the one known
}

// summaryRuns is how many runs the Overview reads: more than it shows, so that
// a good one is still found behind a few that failed.
const summaryRuns = 40

// loadSummary counts labels only in a snapshot other than the one known.
func loadSummary(stores Stores, known string) question {
	const doing = "load the overview"
	return func(ctx context.Context, request int) tea.Msg {
		s, err := readSummary(ctx, stores, known)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		return summaryLoadedMsg{request, s}
	}
}

func readSummary(ctx context.Context, stores Stores, known string) (s summary, err error) {
	if s.snapshots, err = stores.Data.Snapshots(ctx); err != nil {
		return s, err
	}
	if newest := s.newest().ID; newest != "" && newest != known {
		if s.labels, err = stores.Data.LabelCounts(ctx, newest); err != nil {
			return s, err
		}
	}
	if s.task, err = stores.Data.Task(ctx); err != nil {
		return s, err
	}
	if s.waiting, err = stores.Data.CountLetters(ctx, data.LetterQuery{}); err != nil {
		return s, err
	}
	if s.counts, err = stores.Experiments.CountRuns(ctx); err != nil {
		return s, err
	}
	if s.runs, err = stores.Experiments.Runs(ctx, experiments.RunQuery{Limit: summaryRuns}); err != nil {
		return s, err
	}
	if s.servers, err = stores.Experiments.Servers(ctx); err != nil {
		return s, err
	}
	if s.history, err = stores.Experiments.History(ctx); err != nil {
		return s, err
	}
	s.production, s.since, err = inProduction(ctx, stores.Experiments)
	return s, err
}

// inProduction is the version in production and the promotion that put it
// there; without a name where there is none.
func inProduction(ctx context.Context, store *experiments.Store) (v experiments.Version, since experiments.Promotion, err error) {
	v, ok, err := store.InProduction(ctx)
	if err != nil || !ok {
		return v, since, err
	}
	history, err := store.History(ctx)
	if err == nil && len(history) > 0 {
		since = history[0]
	}
	return v, since, err
}
