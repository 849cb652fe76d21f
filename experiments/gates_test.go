package experiments

import (
	"errors"
	"strings"
	"testing"

	"ringlab/models"
)

func TestGatesDecide(t *testing.T) {
	good := models.Evaluation{Records: 25, Accuracy: .96, Majority: .6, MajorityLabel: 4}
	for _, c := range []struct {
		name     string
		evidence evidence
		passed   [3]bool // majority, production, bundle
		why      string  // in one of the sentences
	}{
		{"good and nothing in production", evidence{candidate: good}, [3]bool{true, true, true}, "nothing is in production yet"},
		{"as good as the majority is not better", evidence{candidate: models.Evaluation{Records: 25, Accuracy: .6, Majority: .6, MajorityLabel: 4}},
			[3]bool{false, true, true}, "always answering 4 would get 0.600"},
		{"as good as production is not worse", evidence{candidate: good, production: &rival{name: "v1", accuracy: .96}}, [3]bool{true, true, true}, "v1, which is in production"},
		{"worse than production", evidence{candidate: good, production: &rival{name: "v1", accuracy: 1}}, [3]bool{true, false, true}, "gets 1.000"},
		{"production judged anew", evidence{candidate: good, production: &rival{name: "v1", accuracy: .9, anew: true}}, [3]bool{true, true, true}, "evaluated anew"},
		{"production that knew some", evidence{candidate: good, production: &rival{name: "v1", accuracy: 1, anew: true, learned: 7}}, [3]bool{true, false, true}, "it had learned from 7 of them"},
		{"bundle that does not load", evidence{candidate: good, answers: errors.New("model.json is missing")}, [3]bool{true, true, false}, "model.json is missing"},
	} {
		gates := decide(c.evidence)
		if len(gates) != 3 {
			t.Fatalf("%s: %d gates", c.name, len(gates))
		}
		why := ""
		for i, name := range []string{"better_than_majority", "not_worse_than_production", "bundle_answers"} {
			g := gates[i]
			if g.Name != name || g.Passed != c.passed[i] {
				t.Errorf("%s: gate %+v, want %s to be %v", c.name, g, name, c.passed[i])
			}
			why += g.Why + "\n"
		}
		if !strings.Contains(why, c.why) {
			t.Errorf("%s: no sentence says %q:\n%s", c.name, c.why, why)
		}
	}
}

// The model of the binary stands beside production for people to compare with,
// and decides nothing, however good it is.
func TestTheModelOfTheBinaryIsAReferenceOnly(t *testing.T) {
	good := models.Evaluation{Records: 250, Accuracy: .9, Majority: .6, MajorityLabel: 4}
	perfect := &Reference{Model: BuiltinBest, Accuracy: 1, Records: 200}
	g := decide(evidence{candidate: good, builtin: perfect})[1]
	if !g.Passed || g.Bound != 0 || g.Reference != perfect {
		t.Errorf("gate beside a perfect reference: %+v", g)
	}
	if want := "; for reference, builtin-best gets 1.000 on the first 200 of them"; !strings.HasSuffix(g.Why, want) {
		t.Errorf("%q does not end in %q", g.Why, want)
	}
	for _, other := range []int{0, 2} {
		if g := decide(evidence{candidate: good, builtin: perfect})[other]; g.Reference != nil || strings.Contains(g.Why, "reference") {
			t.Errorf("gate %s has a reference", g.Name)
		}
	}
	// Of a real run it is the model's own figure on the same records.
	s := newTrainedStore(t)
	run, err := s.Run(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	gates, err := s.Gates(t.Context(), run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if r := gates[1].Reference; r == nil || r.Model != BuiltinBest || r.Records != run.Evaluation.Records || r.Accuracy < .5 {
		t.Errorf("the reference is %+v on %d records", r, run.Evaluation.Records)
	}
}

func TestAGateErrorSaysWhichGateByHowMuchAndTheWayPast(t *testing.T) {
	gates := decide(evidence{
		candidate:  models.Evaluation{Records: 25, Accuracy: .52, Majority: .6, MajorityLabel: 4},
		production: &rival{name: "v3", accuracy: .96},
	})
	text := (&GateError{Promotion{Kind: kindPromote, Version: "12", Gates: gates}}).Error()
	for _, part := range []string{"promote 12", "better_than_majority", "0.080", "not_worse_than_production", "worse by 0.440", "--force --reason"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in: %s", part, text)
		}
	}
	if strings.Contains(text, "bundle_answers") {
		t.Errorf("a gate that passed is named: %s", text)
	}
}
