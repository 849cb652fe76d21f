package experiments

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestASubmissionIsCheckedAndCompleted(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	run := submit(t, s, Submission{Preset: "trees", Set: map[string]string{"trees": "50"}, Seed: 1<<64 - 1, Tags: []string{" b", "a", "b"}, Author: "ada"})
	snapshot, err := s.data.Snapshot(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if run.State != Queued || run.Name != "trees-"+run.ID || run.Author != "ada" || !slices.Equal(run.Tags, []string{"a", "b"}) {
		t.Errorf("run %+v", run)
	}
	if run.Spec.Snapshot != snapshot.ID || run.Spec.Split != "hash:0.1:0.1" || run.Spec.Seed != 1<<64-1 || run.Spec.PictureSide != 300 {
		t.Errorf("spec %+v does not name all that is needed to repeat the run", run.Spec)
	}
	if p := run.Spec.Parameters; p["trees"] != 50 || p["max_features"] != .4 || p["min_leaf"] != 1 {
		t.Errorf("parameters %v lack defaults", p)
	}
	for name, sub := range map[string]Submission{
		"preset":    {Preset: "forest"},
		"parameter": {Preset: "trees", Set: map[string]string{"tree": "3"}},
		"value":     {Preset: "trees", Set: map[string]string{"trees": "many"}},
		"split":     {Preset: "trees", Split: "half"},
		"snapshot":  {Preset: "trees", Snapshot: "feed"},
		"name":      {Preset: "trees", Name: "a\x1b[31mb"},
		"long name": {Preset: "trees", Name: strings.Repeat("a", maxNameRunes+1)},
		"tag":       {Preset: "trees", Tags: []string{" "}},
	} {
		if _, err := s.Submit(ctx, sub); err == nil {
			t.Errorf("a bad %s was accepted", name)
		} else if strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("a bad %s is repeated raw: %q", name, err)
		}
	}
	if runs, err := s.Runs(ctx, RunQuery{}); err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v; refused submissions must leave nothing", len(runs), err)
	}
}

func TestRunsAreListedNewestFirstAndSelected(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	var ids []string
	for i := range 4 {
		sub := quickTrees(uint64(i))
		if i%2 == 1 {
			sub.Tags = []string{"odd"}
		}
		ids = append(ids, submit(t, s, sub).ID)
	}
	if _, err := s.Cancel(ctx, ids[1]); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		query RunQuery
		want  []string
	}{
		"all":           {RunQuery{}, []string{ids[3], ids[2], ids[1], ids[0]}},
		"limit":         {RunQuery{Limit: 2}, []string{ids[3], ids[2]}},
		"offset":        {RunQuery{Offset: 1, Limit: 2}, []string{ids[2], ids[1]}},
		"only offset":   {RunQuery{Offset: 3}, []string{ids[0]}},
		"tag":           {RunQuery{Tag: "odd"}, []string{ids[3], ids[1]}},
		"state":         {RunQuery{States: []State{Cancelled}}, []string{ids[1]}},
		"state and tag": {RunQuery{States: []State{Queued, Running}, Tag: "odd"}, []string{ids[3]}},
	} {
		runs, err := s.Runs(ctx, c.query)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range runs {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: runs %v, want %v", name, got, c.want)
		}
	}
	if counts, err := s.CountRuns(ctx); err != nil || !maps.Equal(counts, map[State]int{Queued: 3, Cancelled: 1}) {
		t.Errorf("counts %v, %v", counts, err)
	}
	for want, id := range []string{ids[3], ids[2], ids[1], ids[0]} {
		if place, err := s.PlaceOf(ctx, id); err != nil || place != want {
			t.Errorf("place of run %s: %d, %v, want %d", id, place, err, want)
		}
	}
}

func TestARunThatDoesNotExistIsNamedWithTheWayToTheList(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	for _, id := range []string{"7", "", "v1", "-1", "01", "1e3", "99999999999999999999", "\x1b[2J"} {
		calls := map[string]error{}
		_, calls["Run"] = s.Run(ctx, id)
		_, calls["Cancel"] = s.Cancel(ctx, id)
		_, calls["Resume"] = s.Resume(ctx, id)
		calls["Delete"] = s.Delete(ctx, id)
		_, calls["Tag"] = s.Tag(ctx, id, []string{"a"}, nil)
		_, calls["WorkOne"] = s.WorkOne(ctx, id, Observer{})
		_, calls["Log"] = s.Log(ctx, id)
		_, calls["Artifacts"] = s.Artifacts(ctx, id)
		_, calls["Predictions"] = s.Predictions(ctx, id)
		_, calls["Register"] = s.Register(ctx, id, "")
		for call, err := range calls {
			missing, ok := errors.AsType[*NotFoundError](err)
			if !ok || missing.List != "ringlab runs list" || strings.ContainsRune(err.Error(), '\x1b') {
				t.Errorf("%s(%q): %v, want a NotFoundError that names ringlab runs list", call, id, err)
			}
		}
	}
}

func TestTagsAreAddedAndRemoved(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	id := submit(t, s, Submission{Preset: "trees", Tags: []string{"old", "kept"}}).ID
	run, err := s.Tag(ctx, id, []string{"new", "new"}, []string{"old", "never there"})
	if err != nil || !slices.Equal(run.Tags, []string{"kept", "new"}) {
		t.Errorf("tags %v, %v; want [kept new]", run.Tags, err)
	}
	many := make([]string, maxTags)
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	if _, err := s.Tag(ctx, id, many[:maxTags], nil); err == nil {
		t.Error("more tags than the limit were accepted")
	}
	if run, _ := s.Run(ctx, id); len(run.Tags) != 2 {
		t.Errorf("a refused change left tags %v", run.Tags)
	}
}

func TestAQueuedRunIsCancelledAndResumed(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	id := submit(t, s, quickTrees(1)).ID
	run, err := s.Cancel(ctx, id)
	if err != nil || run.State != Cancelled || run.Ended.IsZero() {
		t.Fatalf("run %+v, %v", run, err)
	}
	if _, err := s.Cancel(ctx, id); err == nil {
		t.Error("a cancelled run was cancelled again")
	}
	run, err = s.Resume(ctx, id)
	if err != nil || run.State != Queued || !run.Ended.IsZero() {
		t.Fatalf("run %+v, %v", run, err)
	}
	if _, err := s.Resume(ctx, id); err == nil {
		t.Error("a queued run was resumed")
	}
}

func TestDeletingTakesFilesAlongAndSparesSharedPictures(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	// The spec of sameRun gave the same confusion matrix: the blob is shared.
	const first, second = treesRun, sameRun
	n, _ := parseRunID(first)
	model, err := s.Resolve(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ctx, first); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(ctx, first); err == nil {
		t.Error("the run is still there")
	}
	for _, path := range []string{model.Bundle, s.logPath(n), s.checkpointPath(n)} {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there", path)
		}
	}
	if _, err := s.Artifact(ctx, second, "confusion.png"); err != nil {
		t.Errorf("the other run lost a picture: %v", err)
	}
	sum, _, err := s.artifactBlob(ctx, 3, "confusion.png")
	if err != nil {
		t.Fatal(err)
	}
	// Runs that err alike share it as well.
	for _, run := range []string{second, otherRun, hashRun, untaughtRun, netRun} {
		if err := s.Delete(ctx, run); err != nil {
			t.Fatal(err)
		}
	}
	if s.ws.Blobs().Has(sum) {
		t.Error("a picture that no run has any more was kept")
	}
}

func TestARegisteredRunIsNotDeleted(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	if _, err := s.Register(ctx, treesRun, ""); err != nil {
		t.Fatal(err)
	}
	err := s.Delete(ctx, treesRun)
	if err == nil || !strings.Contains(err.Error(), "model version v1") {
		t.Errorf("error %v, want one that names the version", err)
	}
}

func TestAForegroundRunIsKeptFromWorkersForAWhile(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	clock := time.Now()
	s.now = func() time.Time { return clock }
	sub := quickTrees(1)
	sub.Foreground = true
	id := submit(t, s, sub).ID
	if _, ok, err := s.nextLease(ctx, "other"); ok || err != nil {
		t.Fatalf("a worker got the run, %v", err)
	}
	clock = clock.Add(s.timing.hold + time.Millisecond)
	l, ok, err := s.nextLease(ctx, "other")
	if !ok || err != nil || formatRunID(l.run) != id {
		t.Errorf("after the hold no worker gets the run: %v", err)
	}
}
