package experiments

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func promote(t *testing.T, s *Store, ref string, o PromoteOptions) Promotion {
	t.Helper()
	p, err := s.Promote(t.Context(), ref, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func production(t *testing.T, s *Store) string {
	t.Helper()
	v, ok, err := s.InProduction(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	return v.Name
}

// The story of a registry, from nothing in production to a rollback.
func TestPromotingAndRollingBack(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()

	if _, err := s.Resolve(ctx, ""); err == nil || !strings.Contains(err.Error(), "ringlab promote RUN") {
		t.Errorf("with nothing in production: %v, want a sentence that says what to do", err)
	}
	if _, err := s.Rollback(ctx, "", ""); !errors.Is(err, ErrNothingBefore) {
		t.Errorf("rollback of nothing: %v", err)
	}
	const first, second, bad = treesRun, otherRun, untaughtRun

	p := promote(t, s, first, PromoteOptions{Reason: "first model", Author: "ada"})
	if p.Version != "v1" || p.Previous != "" || !p.Changed || p.Forced || len(p.Gates) != 3 || !open(p.Gates, false) {
		t.Errorf("promotion %+v", p)
	}
	for _, ref := range []string{first, "v1", "production"} {
		if p := promote(t, s, ref, PromoteOptions{}); p.Changed || p.Version != "v1" || p.Gates == nil {
			t.Errorf("promoting %s, which is in production: %+v", ref, p)
		}
	}
	p = promote(t, s, second, PromoteOptions{})
	if p.Version != "v2" || p.Previous != "v1" {
		t.Errorf("promotion %+v", p)
	}

	_, err := s.Promote(ctx, bad, PromoteOptions{})
	refused, ok := errors.AsType[*GateError](err)
	if !ok || refused.Promotion.Version != bad || refused.Promotion.Previous != "v2" || len(refused.Promotion.Gates) != 3 {
		t.Fatalf("error %v, want a GateError", err)
	}
	if production(t, s) != "v2" {
		t.Error("a refused promotion changed production")
	}
	if versions, err := s.Versions(ctx); err != nil || len(versions) != 2 {
		t.Errorf("%d versions, %v; a refused promotion must register nothing", len(versions), err)
	}
	if _, err := s.Promote(ctx, bad, PromoteOptions{Force: true}); !errors.Is(err, ErrReason) {
		t.Errorf("forced without a reason: %v", err)
	}
	p = promote(t, s, bad, PromoteOptions{Force: true, Reason: "to show it"})
	if p.Version != "v3" || !p.Forced || open(p.Gates, false) {
		t.Errorf("promotion %+v", p)
	}

	p = promote(t, s, second, PromoteOptions{Force: true, Reason: "to be sure"})
	if p.Version != "v2" || p.Forced || !open(p.Gates, false) {
		t.Errorf("force that no gate made necessary is recorded: %+v", p)
	}
	if p, err := s.Rollback(ctx, "back to the bad one", "ada"); err != nil || p.Version != "v3" || p.Forced {
		t.Errorf("rollback %+v, %v", p, err)
	}

	for _, want := range []string{"v2", "v1"} {
		p, err := s.Rollback(ctx, "it was bad", "ada")
		if err != nil || p.Version != want || p.Kind != "rollback" || production(t, s) != want {
			t.Fatalf("rollback %+v, %v; want %s", p, err, want)
		}
	}
	if _, err := s.Rollback(ctx, "", ""); !errors.Is(err, ErrNothingBefore) {
		t.Errorf("rollback before the first: %v", err)
	}
	promote(t, s, "v2", PromoteOptions{})
	if p, err := s.Rollback(ctx, "", ""); err != nil || p.Version != "v1" {
		t.Errorf("rollback after promoting again: %+v, %v", p, err)
	}

	// As it was recorded once: force without need.
	if err := s.ws.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE promotions SET forced = 1`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	history, err := s.History(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var story []string
	for _, p := range history {
		story = append(story, p.Kind+" "+p.Previous+">"+p.Version)
		if want := p.Version == "v3" && p.Kind == kindPromote; p.Forced != want {
			t.Errorf("%s to %s: forced %v, want %v", p.Kind, p.Version, p.Forced, want)
		}
	}
	want := []string{"rollback v2>v1", "promote v1>v2", "rollback v2>v1", "rollback v3>v2", "rollback v2>v3", "promote v3>v2", "promote v2>v3", "promote v1>v2", "promote >v1"}
	if !slices.Equal(story, want) {
		t.Errorf("history %v,\n   want %v", story, want)
	}
	oldest := history[len(history)-1]
	if oldest.Reason != "first model" || oldest.Author != "ada" || time.Since(oldest.Time) > time.Minute || len(oldest.Gates) != 3 {
		t.Errorf("history keeps %+v", oldest)
	}
}

func TestOnlyFinishedRunsArePromotedOrRegistered(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	id := submit(t, s, quickTrees(1)).ID
	for call, err := range map[string]error{
		"promote":  func() error { _, err := s.Promote(ctx, id, PromoteOptions{}); return err }(),
		"register": func() error { _, err := s.Register(ctx, id, ""); return err }(),
		"gates":    func() error { _, err := s.Gates(ctx, id); return err }(),
	} {
		if _, ok := errors.AsType[*StateError](err); !ok {
			t.Errorf("%s a queued run: %v, want a StateError", call, err)
		}
	}
	for _, ref := range []string{"v7", "staging", "v0", "v01", "\x1b"} {
		_, err := s.Promote(ctx, ref, PromoteOptions{})
		if missing, ok := errors.AsType[*NotFoundError](err); !ok || missing.List != "ringlab models list" {
			t.Errorf("promote %q: %v, want a NotFoundError that names ringlab models list", ref, err)
		}
	}
}

func TestRegisteringTwiceAnswersTheSameVersion(t *testing.T) {
	s := newTrainedStore(t)
	ctx := t.Context()
	run, err := s.Run(ctx, treesRun)
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Register(ctx, run.ID, "ada")
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for range 4 {
		other := openStore(t, s.ws.Dir())
		callers.Go(func() {
			if v, err := other.Register(ctx, run.ID, "bob"); err != nil || v.Name != first.Name || v.Author != "ada" {
				t.Errorf("version %+v, %v; want %s by ada", v, err, first.Name)
			}
		})
	}
	callers.Wait()
	if v, err := s.Version(ctx, "v1"); err != nil || v.Run != run.ID || v.Evaluation.Accuracy != run.Evaluation.Accuracy || len(v.Aliases) != 0 {
		t.Errorf("version %+v, %v", v, err)
	}
	if m, err := s.Resolve(ctx, run.ID); err != nil || m.Name != "v1" || m.Sum == "" {
		t.Errorf("a registered run resolves to %+v, %v; want its version with its sum", m, err)
	}
	if run, err := s.Run(ctx, run.ID); err != nil || run.Version != "v1" {
		t.Errorf("the run says version %q, %v", run.Version, err)
	}
	if next, err := s.Register(ctx, otherRun, "ada"); err != nil || next.Name != "v2" {
		t.Errorf("the next run's version is %q, %v; registering again must use up no number", next.Name, err)
	}
}

func TestRacingPromotersLeaveOneHistory(t *testing.T) {
	s := newTrainedStore(t)
	runs := []string{treesRun, otherRun, hashRun, netRun}
	var callers sync.WaitGroup
	for _, run := range runs {
		other := openStore(t, s.ws.Dir())
		callers.Go(func() {
			if _, err := other.Promote(t.Context(), run, PromoteOptions{Force: true, Reason: "race"}); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	history, err := s.History(t.Context())
	if err != nil || len(history) != len(runs) {
		t.Fatalf("%d rows, %v", len(history), err)
	}
	for i, p := range history {
		before := ""
		if i+1 < len(history) {
			before = history[i+1].Version
		}
		if p.Previous != before {
			t.Errorf("row %d: %s came after %q, but says after %q", i, p.Version, before, p.Previous)
		}
	}
	if production(t, s) != history[0].Version {
		t.Error("the alias is not what the history says")
	}
}

func TestProductionOfAnotherHoldoutIsJudgedAnew(t *testing.T) {
	s := newTrainedStore(t)
	promote(t, s, hashRun, PromoteOptions{})
	gates, err := s.Gates(t.Context(), treesRun)
	if err != nil {
		t.Fatal(err)
	}
	g := gates[1]
	if !strings.Contains(g.Why, "evaluated anew") || !strings.Contains(g.Why, "it had learned from") {
		t.Errorf("gate %+v does not say how production was judged", g)
	}
	if production(t, s) != "v1" {
		t.Error("Gates changed production")
	}
}

func TestADamagedBundleIsNotPromoted(t *testing.T) {
	for name, damage := range map[string]func(dir string) error{
		"tensors changed": func(dir string) error {
			path := filepath.Join(dir, "model.safetensors")
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content[len(content)/2] ^= 1
			return os.WriteFile(path, content, 0o644)
		},
		"card changed after registering": func(dir string) error {
			path := filepath.Join(dir, "model.json")
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, append(content, ' '), 0o644)
		},
		"bundle gone": os.RemoveAll,
	} {
		s := newTrainedStore(t)
		ctx := t.Context()
		v, err := s.Register(ctx, treesRun, "")
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Resolve(ctx, v.Name)
		if err != nil {
			t.Fatal(err)
		}
		if err := damage(m.Bundle); err != nil {
			t.Fatal(err)
		}
		for _, o := range []PromoteOptions{{}, {Force: true, Reason: "all the same"}} {
			_, err = s.Promote(ctx, v.Name, o)
			refused, ok := errors.AsType[*GateError](err)
			if !ok || refused.Promotion.Gates[2].Passed || refused.Promotion.Forced || strings.Contains(err.Error(), "--force") {
				t.Errorf("%s, forced %v: %v, want a refusal by bundle_answers that nobody can force", name, o.Force, err)
			}
		}
		if production(t, s) != "" {
			t.Errorf("%s: it is in production", name)
		}
	}
}

func TestTheHistoryIsAStack(t *testing.T) {
	for _, c := range []struct {
		name  string
		moves []string // oldest first: +v1 promotes, - rolls back
		want  []string
	}{
		{"nothing", nil, nil},
		{"promotions", []string{"+v1", "+v2"}, []string{"v1", "v2"}},
		{"back and back", []string{"+v1", "+v2", "+v3", "-", "-"}, []string{"v1"}},
		{"back and on", []string{"+v1", "+v2", "-", "+v3"}, []string{"v1", "v3"}},
		{"the same again", []string{"+v1", "+v2", "+v1", "-"}, []string{"v1", "v2"}},
	} {
		var history []Promotion
		for _, m := range c.moves {
			p := Promotion{Kind: kindRollback}
			if version, ok := strings.CutPrefix(m, "+"); ok {
				p = Promotion{Kind: kindPromote, Version: version}
			}
			history = slices.Insert(history, 0, p)
		}
		if got := standingVersions(history); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
