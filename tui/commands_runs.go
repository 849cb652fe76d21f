package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// runsLoadedMsg is a table of the newest runs, or of all.
type runsLoadedMsg struct {
	request int
	table   *experiments.RunTable
	whole   bool
}

// runLoadedMsg is a run with the end of its log.
type runLoadedMsg struct {
	request int
	run     experiments.Run
	log     []string
}

// mistakesLoadedMsg holds the answers on the holdout, surest first.
type mistakesLoadedMsg struct {
	request int
	answers []experiments.HoldoutPrediction
}

type runChangedMsg struct {
	request int
	run     experiments.Run
	what    string // "cancelled", "resumed", for people
}

type comparedMsg struct {
	request    int
	comparison experiments.Comparison
}

type gatesLoadedMsg struct {
	request int
	gates   []experiments.Gate
}

type promotedMsg struct {
	request   int
	promotion experiments.Promotion
}

// promotionRefusedMsg: the gates changed between the dialog and its answer.
type promotionRefusedMsg struct {
	request   int
	promotion experiments.Promotion
}

type modelsLoadedMsg struct {
	request  int
	versions []experiments.Version
	history  []experiments.Promotion
}

// loadRuns reads the newest runs, or all with a limit of 0.
func loadRuns(store *experiments.Store, old *experiments.RunTable, metrics []string, limit int) question {
	return func(ctx context.Context, request int) tea.Msg {
		table, err := store.ReadRuns(ctx, old, metrics, limit)
		if err != nil {
			return failedMsg{request, "load runs", err}
		}
		return runsLoadedMsg{request, table, limit == 0 || table.Len() < limit}
	}
}

const logBytes = 64 << 10

func loadRun(store *experiments.Store, id string) question {
	return func(ctx context.Context, request int) tea.Msg {
		doing := "load run " + id
		run, err := store.Run(ctx, id)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		answer := runLoadedMsg{request: request, run: run}
		log, err := store.Log(ctx, id)
		if err != nil {
			return failedMsg{request, "read the log of run " + id, err}
		}
		defer log.Close()
		if answer.log, err = tail(log, logBytes); err != nil {
			return failedMsg{request, "read the log of run " + id, err}
		}
		return answer
	}
}

func loadMistakes(store *experiments.Store, id string) question {
	return func(ctx context.Context, request int) tea.Msg {
		all, err := store.Predictions(ctx, id)
		if err != nil {
			return failedMsg{request, "load the predictions of run " + id, err}
		}
		slices.SortStableFunc(all, func(a, b experiments.HoldoutPrediction) int {
			switch {
			case a.Confidence > b.Confidence:
				return -1
			case a.Confidence < b.Confidence:
				return 1
			}
			return 0
		})
		return mistakesLoadedMsg{request, all}
	}
}

func cancelRun(store *experiments.Store, id string) question {
	return func(ctx context.Context, request int) tea.Msg {
		run, err := store.Cancel(ctx, id)
		if err != nil {
			return failedMsg{request, "cancel run " + id, err}
		}
		return runChangedMsg{request, run, "Run " + id + " is asked to stop; its best model so far stays."}
	}
}

func resumeRun(store *experiments.Store, id string) question {
	return func(ctx context.Context, request int) tea.Msg {
		run, err := store.Resume(ctx, id)
		if err != nil {
			return failedMsg{request, "resume run " + id, err}
		}
		return runChangedMsg{request, run, "Run " + id + " is queued again and goes on where it stopped."}
	}
}

// workerEnsuredMsg: runs that wait have a worker.
type workerEnsuredMsg struct{ request int }

// ensureWorker starts a worker if a run waits for one: also a run that went
// silent because its worker died.
func ensureWorker(store *experiments.Store, executable string) question {
	return func(ctx context.Context, request int) tea.Msg {
		if err := store.EnsureWorker(ctx, executable); err != nil {
			return failedMsg{request, "start a worker for the runs that wait in the queue", err}
		}
		return workerEnsuredMsg{request}
	}
}

func compareRuns(store *experiments.Store, ids []string) question {
	return func(ctx context.Context, request int) tea.Msg {
		comparison, err := store.Compare(ctx, ids)
		if err != nil {
			return failedMsg{request, "compare runs", err}
		}
		return comparedMsg{request, comparison}
	}
}

func loadGates(store *experiments.Store, ref string) question {
	return func(ctx context.Context, request int) tea.Msg {
		gates, err := store.Gates(ctx, ref)
		if err != nil {
			return failedMsg{request, "check the gates for " + ref, err}
		}
		return gatesLoadedMsg{request, gates}
	}
}

func promote(store *experiments.Store, ref string, o experiments.PromoteOptions) question {
	return func(ctx context.Context, request int) tea.Msg {
		promotion, err := store.Promote(ctx, ref, o)
		if refused, ok := errors.AsType[*experiments.GateError](err); ok {
			return promotionRefusedMsg{request, refused.Promotion}
		}
		if err != nil {
			return failedMsg{request, "promote " + ref, err}
		}
		return promotedMsg{request, promotion}
	}
}

func rollback(store *experiments.Store, reason, author string) question {
	return func(ctx context.Context, request int) tea.Msg {
		promotion, err := store.Rollback(ctx, reason, author)
		if err != nil {
			return failedMsg{request, "roll back", err}
		}
		return promotedMsg{request, promotion}
	}
}

func loadModels(store *experiments.Store) question {
	return func(ctx context.Context, request int) tea.Msg {
		versions, err := store.Versions(ctx)
		if err != nil {
			return failedMsg{request, "load model versions", err}
		}
		history, err := store.History(ctx)
		if err != nil {
			return failedMsg{request, "load the promotion history", err}
		}
		return modelsLoadedMsg{request, versions, history}
	}
}

// promotionSentence says what a promotion or a rollback did.
func promotionSentence(p experiments.Promotion) string {
	switch {
	case !p.Changed:
		return fmt.Sprintf("%s was in production already.", p.Version)
	case p.Previous == "":
		return fmt.Sprintf("%s is in production. It is the first.", p.Version)
	}
	return fmt.Sprintf("%s is in production. Before: %s.", p.Version, p.Previous)
}
