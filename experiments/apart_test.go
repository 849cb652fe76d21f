package experiments

import (
	"strings"
	"testing"
	"time"
)

// Runs of a sweep are told apart by what was swept, also where a value is the
// preset's own; a run by itself by what it has otherwise than its preset.
func TestRunsOfASweepAreToldApart(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	clock := time.UnixMilli(1_700_000_000_000).UTC()
	s.now = func() time.Time { return clock }
	submit := func(sub Submission, axes ...string) {
		t.Helper()
		sub.Preset, sub.Split, sub.Author = "trees", "demo", "ada"
		var sweep Sweep
		for _, text := range axes {
			sweep.Axes = append(sweep.Axes, axis(t, text))
		}
		if sub.Tags != nil {
			sweep.Repeat, sub.Tags = 2, nil
		}
		if _, err := s.SubmitAll(ctx, sub, sweep); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(time.Minute)
	}
	submit(Submission{Seed: 1})
	submit(Submission{Seed: 1, Set: map[string]string{"min_leaf": "3"}}, "trees=100,300")
	submit(Submission{Seed: 1, Tags: []string{"twice"}})
	submit(Submission{Seed: 1, Set: map[string]string{"trees": "100"}})
	want := []string{"trees=100", "seed=2", "seed=1", "trees=300 min_leaf=3", "trees=100 min_leaf=3", ""}
	check := func(how string, runs []Run) {
		t.Helper()
		var got []string
		for i := range runs {
			got = append(got, runs[i].Apart)
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%s: %q, want %q", how, got, want)
		}
	}
	runs, err := s.Runs(ctx, RunQuery{})
	if err != nil {
		t.Fatal(err)
	}
	check("list", runs)
	table, err := s.ReadRuns(ctx, nil, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	check("table", table.Runs)
	if table, err = s.ReadRuns(ctx, table, nil, 0); err != nil {
		t.Fatal(err)
	}
	check("table read again", table.Runs)
	if got := (&Run{Apart: "trees=100 seed=2 min_leaf=3"}).ApartTogether(); got != "trees=100 min_leaf=3" {
		t.Errorf("several seeds are told apart as %q", got)
	}
}

// What was submitted together is written down with each run: one after the
// other, as the command line trains them, or all at once. Runs that are alike
// and come right after them are no part of it.
func TestTheRunsOfASweepKnowIt(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	first := submit(t, s, Submission{Preset: "trees", Split: "demo", Seed: 1, Sweep: NewSweep})
	submit(t, s, Submission{Preset: "trees", Split: "demo", Seed: 2, Sweep: first.ID})
	submit(t, s, Submission{Preset: "trees", Split: "demo", Seed: 3})
	if _, err := s.SubmitAll(ctx, Submission{Preset: "trees", Split: "demo", Seed: 4}, Sweep{Repeat: 2}); err != nil {
		t.Fatal(err)
	}
	check := func(how string, runs []Run) {
		t.Helper()
		var got []string
		for _, run := range runs {
			got = append(got, run.ID+" of "+run.Sweep+" "+run.Apart)
		}
		if want := "5 of 4 seed=5|4 of 4 seed=4|3 of  |2 of 1 seed=2|1 of 1 seed=1"; strings.Join(got, "|") != want {
			t.Errorf("%s: %q, want %q", how, strings.Join(got, "|"), want)
		}
	}
	runs, err := s.Runs(ctx, RunQuery{})
	if err != nil {
		t.Fatal(err)
	}
	check("list", runs)
	table, err := s.ReadRuns(ctx, nil, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	check("table", table.Runs)
	if _, err := s.Submit(ctx, Submission{Preset: "trees", Sweep: "x"}); err == nil {
		t.Error("a sweep that is no run was taken")
	}
}

func TestAServerWhoseReportIsLateIsSilent(t *testing.T) {
	seen := time.UnixMilli(1_700_000_000_000)
	v := &Server{Seen: seen}
	for after, want := range map[time.Duration]time.Duration{0: 0, 5 * time.Second: 0, 8 * time.Second: 8 * time.Second, 12 * time.Second: 12 * time.Second} {
		if got := v.Silent(seen.Add(after)); got != want {
			t.Errorf("%v after its report it is silent for %v, want %v", after, got, want)
		}
	}
}
