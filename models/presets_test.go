package models

import (
	"maps"
	"strings"
	"testing"
)

// recipe has a parameter of each kind.
var recipe = Preset{Name: "recipe", Parameters: []Parameter{
	{Name: "epochs", Kind: "int", Default: 15, Min: 1, Max: 1000},
	{Name: "rate", Kind: "float", Default: .001, Min: 1e-6, Max: 1},
	{Name: "head", Kind: "choice", Default: "mixed", Choices: []string{"mixed", "softmax"}},
}}

func TestEveryPresetIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Presets() {
		if p.Name == "" || p.Summary == "" || seen[p.Name] {
			t.Errorf("preset %+v: no name, no summary, or the name twice", p)
		}
		seen[p.Name] = true
		if _, err := familyByName(p.Family); err != nil {
			t.Errorf("preset %s: %v", p.Name, err)
		}
		if found, err := PresetByName(p.Name); err != nil || found.Name != p.Name {
			t.Errorf("preset %s: found %q (%v)", p.Name, found.Name, err)
		}
		defaults, err := p.Resolve(nil)
		if err != nil || len(defaults) != len(p.Parameters) {
			t.Errorf("preset %s: %d defaults of %d (%v)", p.Name, len(defaults), len(p.Parameters), err)
		}
		// Defaults are within their own ranges, and of their own types.
		restored, err := p.Restore(defaults)
		if err != nil || !maps.Equal(restored, defaults) {
			t.Errorf("preset %s: defaults %v became %v (%v)", p.Name, defaults, restored, err)
		}
		for _, parameter := range p.Parameters {
			if parameter.Help == "" {
				t.Errorf("preset %s: parameter %s has no help", p.Name, parameter.Name)
			}
		}
	}
	for _, name := range []string{"trees", "fast", "demo"} {
		if !seen[name] {
			t.Errorf("no preset %s", name)
		}
	}
}

func TestResolveFillsInDefaultsAndTypes(t *testing.T) {
	got, err := recipe.Resolve(map[string]string{"epochs": " 3 ", "rate": "1"})
	want := Values{"epochs": 3, "rate": 1.0, "head": "mixed"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
}

func TestResolveSaysWhatIsWrongAndWhatIsAllowed(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"epoch", "3", `did you mean "epochs"?`},
		{"learning_rate", "3", "its parameters: epochs, rate, head"},
		{"epochs", "many", "not a whole number; it must be from 1 to 1000"},
		{"epochs", "1.5", "not a whole number"},
		{"epochs", "0", "0 is outside its range, 1 to 1000"},
		{"epochs", "99999999999999999999", "not a whole number"},
		{"rate", "fast", "not a number; it must be from 0.000001 to 1"},
		{"rate", "NaN", "not a number"},
		{"rate", "Inf", "not a number"},
		{"rate", "2", "2 is outside its range"},
		{"head", "mixes", `did you mean "mixed"?`},
		{"head", "transformer", "choices: mixed, softmax"},
	} {
		_, err := recipe.Resolve(map[string]string{c.name: c.text})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s=%s: %v, want %q", c.name, c.text, err, c.says)
		}
	}
}

func TestPresetByNameOffersTheNearest(t *testing.T) {
	_, err := PresetByName("tree")
	if err == nil || !strings.Contains(err.Error(), `did you mean "trees"?`) || !strings.Contains(err.Error(), "presets: trees") {
		t.Errorf("%v, want the nearest name and all names", err)
	}
	if _, err := PresetByName(strings.Repeat("x", 1<<20)); err == nil {
		t.Error("a long name was found")
	}
}

func TestRestoreBringsStoredNumbersToTheirTypes(t *testing.T) {
	got, err := recipe.Restore(map[string]any{"epochs": 7.0, "rate": 1, "head": "softmax"})
	want := Values{"epochs": 7, "rate": 1.0, "head": "softmax"}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
	if _, err := recipe.Restore(map[string]any{"rate": 2.5}); err == nil {
		t.Error("a stored value out of range was restored")
	}
	if _, err := recipe.Restore(map[string]any{"epochs": 7.5}); err == nil {
		t.Error("7.5 epochs were restored")
	}
}

// A run from before there was a focus was trained without: repeated or resumed,
// it is the same run. Who submits one now gets the preset's.
func TestStoredValuesKeepWhatTheyMeant(t *testing.T) {
	best := bestPreset()
	stored := map[string]any(best.defaults())
	delete(stored, "focus")
	restored, err := best.Restore(stored)
	if err != nil || restored["focus"] != 0. {
		t.Errorf("without a focus it was %v, %v; want 0", restored["focus"], err)
	}
	resolved, err := best.Resolve(nil)
	if err != nil || resolved["focus"] == 0. {
		t.Errorf("the preset's focus is %v, %v", resolved["focus"], err)
	}
}
