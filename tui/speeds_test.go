package tui

import (
	"context"
	"errors"
	"testing"

	"ringlab/experiments"
)

// forecasts answers what the form asked about its cost.
func (b *bench) forecasts(f experiments.Forecast) {
	p := b.trainPage()
	b.give(forecastMsg{p.forecastRequest, f})
}

// TestAPresetThatNeverRanIsMeasuredOnce, when the form rests on it, and the
// page says where its figure comes from.
func TestAPresetThatNeverRanIsMeasuredOnce(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	p := b.trainPage()
	b.forecasts(experiments.Forecast{Runs: 1})
	b.wants("No run of trees has finished here yet: measuring this")
	if p.speeds.preset != "trees" || p.speeds.request == 0 {
		t.Fatalf("measured is %q", p.speeds.preset)
	}
	// The person goes on to another preset: this one is left.
	left := false
	p.speeds.leave = func() { left = true }
	b.press("right")
	b.give(surroundingsMsg{p.lookRequest, p.around})
	b.forecasts(experiments.Forecast{Runs: 1})
	if !left {
		t.Error("what nobody waits for is measured on")
	}
	b.give(measuredMsg{request: p.speeds.request, preset: "trees", err: context.Canceled})
	if p.speeds.preset != "fast" || p.speeds.request == 0 || len(p.speeds.trouble) > 0 {
		t.Fatalf("measured is %q, troubles %v", p.speeds.preset, p.speeds.trouble)
	}
	b.give(measuredMsg{request: p.speeds.request - 1, preset: "fast", err: errors.New("late")})
	b.give(measuredMsg{request: p.speeds.request, preset: "fast"})
	b.forecasts(experiments.Forecast{Runs: 1, Duration: 90e9, Measured: true})
	b.wants("about 90 s", "by this machine's speed, measured with the preset's")
	b.wantsNot("MiB")
	if p.measure(); p.speeds.request != 0 {
		t.Error("it is measured again")
	}
	p.asked = "" // as after a run
	p.askForecast()
	b.forecasts(experiments.Forecast{Runs: 1, Duration: 80e9, Memory: 120, Like: "3"})
	b.wants("about 80 s, 120 MiB", "as run 3 was here")
}

func TestWhyAPresetWasNotMeasuredIsSaid(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	p := b.trainPage()
	b.forecasts(experiments.Forecast{Runs: 1})
	b.give(measuredMsg{request: p.speeds.request, preset: "trees", err: errors.New("it takes 16 pictures")})
	b.wants("Not known. No run of trees has finished here yet", "it takes 16 pictures")
	if p.measure(); p.speeds.request != 0 {
		t.Error("it is tried again")
	}
}

// TestNothingIsMeasuredBesideATraining: each would slow the other down.
func TestNothingIsMeasuredBesideATraining(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	p := b.trainPage()
	around := p.around
	around.queue = testRuns()[1:2]
	b.press("2")
	b.give(surroundingsMsg{p.lookRequest, around})
	b.forecasts(experiments.Forecast{Runs: 1})
	b.wants("Not known. No run of trees has finished here yet; its speed is", "measured when none trains.")
	if p.speeds.request != 0 {
		t.Error("it is measured beside a training")
	}
}
