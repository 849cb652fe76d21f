package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/experiments"
)

// runsSubmittedMsg: the runs are queued, one or all of a sweep.
type runsSubmittedMsg struct {
	request int
	runs    []experiments.Run
}

func submitRuns(store *experiments.Store, sub experiments.Submission, sweep experiments.Sweep) question {
	return func(ctx context.Context, request int) tea.Msg {
		runs, err := store.SubmitAll(ctx, sub, sweep)
		if err != nil {
			return failedMsg{request, "start the training", err}
		}
		return runsSubmittedMsg{request, runs}
	}
}

// surroundings is what the Train page shows beside the form.
type surroundings struct {
	snapshot data.Snapshot // the zero one: there is nothing to learn from
	saved    []experiments.SavedPreset
	queue    []experiments.Run // running and waiting, the newest first
	waiting  int               // of all
}

type surroundingsMsg struct {
	request int
	surroundings
}

// shownQueue is how many runs of the queue are read for the Train page.
const shownQueue = 5

func lookAround(stores Stores) question {
	return func(ctx context.Context, request int) tea.Msg {
		answer := surroundingsMsg{request: request}
		var err error
		if answer.snapshot, err = newestSnapshot(ctx, stores.Data); err != nil {
			return failedMsg{request, "look for data", err}
		}
		if answer.saved, err = stores.Experiments.SavedPresets(ctx); err != nil {
			return failedMsg{request, "look for presets", err}
		}
		counts, err := stores.Experiments.CountRuns(ctx)
		if err != nil {
			return failedMsg{request, "look at the queue", err}
		}
		answer.waiting = counts[experiments.Queued]
		answer.queue, err = stores.Experiments.Runs(ctx, experiments.RunQuery{
			States: []experiments.State{experiments.Queued, experiments.Running}, Limit: shownQueue})
		if err != nil {
			return failedMsg{request, "look at the queue", err}
		}
		return answer
	}
}

// forecastMsg is what the form's runs would cost.
type forecastMsg struct {
	request  int
	forecast experiments.Forecast
}

func forecastRuns(store *experiments.Store, sub experiments.Submission, sweep experiments.Sweep, speed experiments.Speed) question {
	return func(ctx context.Context, request int) tea.Msg {
		forecast, err := store.Forecast(ctx, sub, sweep, speed)
		if err != nil {
			return failedMsg{request, "forecast the training", err}
		}
		return forecastMsg{request, forecast}
	}
}

// measuredMsg is how fast a preset learns here, or why that is not known.
type measuredMsg struct {
	request int
	preset  string
	speed   experiments.Speed
	err     error
}

// beforeMeasuring is how long a form rests before its preset is measured, which
// takes all cores for seconds.
const beforeMeasuring = time.Second

func measurePreset(store *experiments.Store, sub experiments.Submission) question {
	return func(ctx context.Context, request int) tea.Msg {
		rest(ctx, beforeMeasuring)
		speed, err := store.Measure(ctx, sub)
		return measuredMsg{request, sub.Preset, speed, err}
	}
}

// presetSavedMsg: the form is kept as a preset.
type presetSavedMsg struct {
	request int
	name    string
}

func savePreset(store *experiments.Store, p experiments.SavedPreset) question {
	return func(ctx context.Context, request int) tea.Msg {
		if err := store.SavePreset(ctx, p); err != nil {
			return failedMsg{request, "keep the preset", err}
		}
		return presetSavedMsg{request, p.Name}
	}
}
