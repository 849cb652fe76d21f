package experiments

import (
	"context"
	"fmt"
	"slices"

	"ringlab/models"
)

const (
	gateMajority   = "better_than_majority"
	gateProduction = "not_worse_than_production"
	gateAnswers    = "bundle_answers"
)

// Gate is one condition of a promotion and how it came out.
type Gate struct {
	Name   string  `json:"name"`
	Passed bool    `json:"passed"`
	Value  float64 `json:"value"`
	Bound  float64 `json:"bound"`
	Why    string  `json:"why"` // a sentence with the numbers
	// Reference is how the best model of the binary does, for people to compare
	// with; it decides nothing. Only the gate beside production has it.
	Reference *Reference `json:"reference,omitempty"`
}

// Reference is a model judged on some of the candidate's holdout.
type Reference struct {
	Model    string  `json:"model"`
	Accuracy float64 `json:"accuracy"`
	Records  int     `json:"records"`
}

// evidence is what the gates judge by.
type evidence struct {
	candidate  models.Evaluation // of its own holdout
	production *rival            // nil when nothing is in production
	builtin    *Reference        // nil when no model of the binary counts what this one does
	answers    error             // why the bundle does not answer; nil if it does
}

// rival is the model in production, judged on the candidate's holdout.
type rival struct {
	name     string  // "v3"
	accuracy float64 // on the records of the candidate's holdout
	anew     bool    // its own holdout was another, so it was evaluated again
	learned  int     // of these records, how many it had learned from
}

// decide judges a promotion. See docs/decisions/0020-gates-on-one-holdout.md for the rules.
func decide(e evidence) []Gate {
	return []Gate{
		decideMajority(e.candidate),
		besideBuiltin(decideProduction(e.candidate, e.production), e.candidate, e.builtin),
		decideAnswers(e.answers),
	}
}

func decideMajority(c models.Evaluation) Gate {
	g := Gate{Name: gateMajority, Passed: c.Accuracy > c.Majority, Value: c.Accuracy, Bound: c.Majority}
	g.Why = fmt.Sprintf("accuracy %.3f on %d holdout records; always answering %d would get %.3f",
		c.Accuracy, c.Records, c.MajorityLabel, c.Majority)
	return g
}

func decideProduction(c models.Evaluation, production *rival) Gate {
	g := Gate{Name: gateProduction, Value: c.Accuracy}
	if production == nil {
		g.Passed, g.Why = true, "nothing is in production yet"
		return g
	}
	g.Bound = production.accuracy
	g.Passed = g.Value >= g.Bound
	g.Why = fmt.Sprintf("accuracy %.3f; %s, which is in production, gets %.3f on the same %d holdout records",
		g.Value, production.name, g.Bound, c.Records)
	if production.anew {
		g.Why += ", evaluated anew because its own holdout was another"
	}
	if production.learned > 0 {
		g.Why += fmt.Sprintf("; it had learned from %d of them, which favours it", production.learned)
	}
	return g
}

// besideBuiltin adds a reference to a gate, which stays as it is.
func besideBuiltin(g Gate, c models.Evaluation, builtin *Reference) Gate {
	if builtin == nil {
		return g
	}
	g.Reference = builtin
	of := "the same"
	if builtin.Records < c.Records {
		of = fmt.Sprintf("the first %d of them", builtin.Records)
	}
	g.Why += fmt.Sprintf("; for reference, %s gets %.3f on %s", builtin.Model, builtin.Accuracy, of)
	return g
}

func decideAnswers(failure error) Gate {
	g := Gate{Name: gateAnswers, Passed: failure == nil, Bound: 1}
	if failure != nil {
		g.Why = failure.Error()
		return g
	}
	g.Value, g.Why = 1, "the bundle loads, matches its hashes and answers a holdout picture as it did in the evaluation"
	return g
}

// Forceable tells whether a person may go past the gate when it refuses: past
// those that judge how good a model is, not past the one that found that it
// does not work.
func (g Gate) Forceable() bool { return g.Name != gateAnswers }

// open tells whether the gates let a model through.
func open(gates []Gate, force bool) bool {
	return !slices.ContainsFunc(gates, func(g Gate) bool { return !g.Passed && (!force || !g.Forceable()) })
}

// Gates evaluates without promoting, for a screen that shows them first.
func (s *Store) Gates(ctx context.Context, ref string) ([]Gate, error) {
	c, err := s.candidate(ctx, ref)
	if err != nil {
		return nil, err
	}
	number, _, err := s.aliasVersion(ctx, Production)
	if err != nil {
		return nil, fmt.Errorf("read what is in production: %w", err)
	}
	return s.evaluateGates(ctx, c, number)
}

// candidate is a finished run that may be promoted.
type candidate struct {
	run   Run
	model Model
}

// candidate finds the finished run that a version, an alias or a run number
// stands for.
func (s *Store) candidate(ctx context.Context, ref string) (candidate, error) {
	id := ref
	if _, err := parseRunID(ref); err != nil {
		v, err := s.Version(ctx, ref)
		if err != nil {
			return candidate{}, err
		}
		id = v.Run
	}
	run, err := s.Run(ctx, id)
	if err != nil {
		return candidate{}, err
	}
	if _, ok := movePromote.next(run.State); !ok {
		return candidate{}, &StateError{Run: run, move: movePromote}
	}
	model, err := s.Resolve(ctx, id)
	if err != nil {
		return candidate{}, err
	}
	return candidate{run: run, model: model}, nil
}
