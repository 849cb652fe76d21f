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
