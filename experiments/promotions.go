package experiments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrReason is returned when a promotion is forced without a reason.
var ErrReason = errors.New("forcing a promotion needs a reason: --reason")

// PromoteOptions: Force goes past failed gates that are [Gate.Forceable], and
// needs a Reason.
type PromoteOptions struct {
	Reason string
	Force  bool
	Author string
}

const (
	kindPromote  = "promote"
	kindRollback = "rollback"
)

// Promotion is one row of the history. Forced says that a gate refused and was
// gone past. Changed is false when the version was in production already.
type Promotion struct {
	Version  string    `json:"version"`  // of a refused run that is no version: the run
	Previous string    `json:"previous"` // "" for none
	Alias    string    `json:"alias"`
	Kind     string    `json:"kind"` // promote, rollback
	Forced   bool      `json:"forced"`
	Gates    []Gate    `json:"gates"`
	Reason   string    `json:"reason"`
	Author   string    `json:"author"`
	Time     time.Time `json:"time"`
	Changed  bool      `json:"-"`
}

// GateError is returned by Promote and Rollback when gates refuse; exit status 3.
type GateError struct{ Promotion Promotion }

func (e *GateError) Error() string {
	var refused []string
	for _, g := range e.Promotion.Gates {
		if !g.Passed {
			refused = append(refused, fmt.Sprintf("%s: %s", g.Name, g.shortfall()))
		}
	}
	advice := "To do it all the same: --force --reason WHY"
	if !open(e.Promotion.Gates, true) {
		advice = "A model that does not answer cannot be forced; promote another: ringlab models list"
	}
	return fmt.Sprintf("%s %s: refused by the gate %s. %s",
		e.Promotion.Kind, e.Promotion.Version, strings.Join(refused, "; and by the gate "), advice)
}

// shortfall says by how much a failed gate failed.
func (g Gate) shortfall() string {
	switch g.Name {
	case gateMajority:
		return fmt.Sprintf("%.3f short of being better (%s)", g.Bound-g.Value, g.Why)
	case gateProduction:
		return fmt.Sprintf("worse by %.3f (%s)", g.Bound-g.Value, g.Why)
	}
	return g.Why
}

// errMoved says that production changed while the gates were evaluated.
var errMoved = errors.New("production was changed by someone else meanwhile")

// promotionTries bounds how often gates are evaluated again because somebody
// else moved production meanwhile.
const promotionTries = 5

// Promote moves the alias production to a version, or to a finished run which
// it registers first. When a gate refuses, nothing is changed and the error is
// a *GateError. What is in production already succeeds, adds no row, and is
// not judged again.
func (s *Store) Promote(ctx context.Context, ref string, o PromoteOptions) (Promotion, error) {
	if o.Force && strings.TrimSpace(o.Reason) == "" {
		return Promotion{}, fmt.Errorf("promote %.40q: %w", ref, ErrReason)
	}
	if err := checkReason(o.Reason); err != nil {
		return Promotion{}, fmt.Errorf("promote %.40q: %w", ref, err)
	}
	c, err := s.candidate(ctx, ref)
	if err != nil {
		return Promotion{}, err
	}
	for range promotionTries {
		p, err := s.tryPromote(ctx, c, o)
		if !errors.Is(err, errMoved) {
			return p, err
		}
	}
	return Promotion{}, fmt.Errorf("promote %s: %w; look at it and try again: ringlab models history", c.model.Name, errMoved)
}

func (s *Store) tryPromote(ctx context.Context, c candidate, o PromoteOptions) (Promotion, error) {
	p := Promotion{Version: c.model.Name, Alias: Production, Kind: kindPromote, Gates: []Gate{},
		Reason: o.Reason, Author: o.Author, Time: s.now().UTC()}
	current, ok, err := s.aliasVersion(ctx, Production)
	if err != nil {
		return Promotion{}, fmt.Errorf("promote %s: read what is in production: %w", c.model.Name, err)
	}
	if ok {
		p.Previous = formatVersion(current)
		if p.Previous == c.model.Name {
			return p, nil
		}
	}
	if p.Gates, err = s.evaluateGates(ctx, c, current); err != nil {
		return Promotion{}, err
	}
	if !open(p.Gates, o.Force) {
		return Promotion{}, &GateError{Promotion: p}
	}
	p.Forced = !open(p.Gates, false)
	return s.writePromotion(ctx, p, c, current)
}

func checkReason(reason string) error { return checkText("reason", reason, 1000) }

// Rollback moves production back to the version before the last change. Going
// back again goes further back: promotions are a stack, a promotion pushes
// its version and a rollback takes the top one off. Only the gate
// bundle_answers is asked: what was good enough then is so now, if it loads.
func (s *Store) Rollback(ctx context.Context, reason, author string) (Promotion, error) {
	if err := checkReason(reason); err != nil {
		return Promotion{}, fmt.Errorf("roll back: %w", err)
	}
	for range promotionTries {
		p, err := s.tryRollback(ctx, reason, author)
		if !errors.Is(err, errMoved) {
			return p, err
		}
	}
	return Promotion{}, fmt.Errorf("roll back: %w; look at it and try again: ringlab models history", errMoved)
}

// ErrNothingBefore is returned by Rollback when production was never another.
var ErrNothingBefore = errors.New("there is no version before the one in production")

func (s *Store) tryRollback(ctx context.Context, reason, author string) (Promotion, error) {
	history, err := s.History(ctx)
	if err != nil {
		return Promotion{}, err
	}
	current, target, ok := RollbackOf(history)
	if !ok {
		return Promotion{}, fmt.Errorf("roll back: %w; ringlab models history shows what was", ErrNothingBefore)
	}
	c, err := s.candidate(ctx, target)
	if err != nil {
		return Promotion{}, fmt.Errorf("roll back to %s: %w", target, err)
	}
	p := Promotion{Version: target, Previous: current, Alias: Production, Kind: kindRollback,
		Reason: reason, Author: author, Time: s.now().UTC(),
		Gates: []Gate{decideAnswers(s.checkAnswers(ctx, c))}}
	if ctx.Err() != nil {
		return Promotion{}, ctx.Err()
	}
	if !open(p.Gates, false) {
		return Promotion{}, &GateError{Promotion: p}
	}
	number, _ := parseVersion(current)
	return s.writePromotion(ctx, p, c, number)
}

// RollbackOf says which version a rollback would take out of production and
// which it would put back, by a history as History lists it. ok is false where
// there is nothing to go back to.
func RollbackOf(history []Promotion) (from, to string, ok bool) {
	stack := standingVersions(history)
	if len(stack) < 2 {
		return "", "", false
	}
	return stack[len(stack)-1], stack[len(stack)-2], true
}

// standingVersions plays the history, newest first, and returns the versions
// that a rollback can reach, the one in production last.
func standingVersions(history []Promotion) []string {
	var stack []string
	for i := len(history) - 1; i >= 0; i-- {
		switch p := history[i]; {
		case p.Kind == kindPromote:
			stack = append(stack, p.Version)
		case len(stack) > 0:
			stack = stack[:len(stack)-1]
		}
	}
	return stack
}

// History lists the promotions and rollbacks, newest first.
func (s *Store) History(ctx context.Context) ([]Promotion, error) {
	history, err := s.selectPromotions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read promotion history: %w", err)
	}
	return history, nil
}
