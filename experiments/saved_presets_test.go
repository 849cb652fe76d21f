package experiments

import (
	"maps"
	"strings"
	"testing"
)

// TestASavedPresetIsItsPresetWithParameters: what is set when it is used wins,
// saving again replaces it, and deleting forgets it.
func TestASavedPresetIsItsPresetWithParameters(t *testing.T) {
	s := newStore(t)
	save := func(set map[string]string) {
		t.Helper()
		if err := s.SavePreset(t.Context(), SavedPreset{Name: " forest ", Preset: "trees", Set: set, Author: "ada"}); err != nil {
			t.Fatal(err)
		}
	}
	save(map[string]string{"trees": "9"})
	save(map[string]string{"trees": "30", "min_leaf": "2"})
	saved, err := s.SavedPresets(t.Context())
	if err != nil || len(saved) != 1 || saved[0].Name != "forest" || saved[0].Author != "ada" || saved[0].Created.IsZero() {
		t.Fatalf("%+v, %v", saved, err)
	}
	preset, set, err := s.ResolvePreset(t.Context(), "forest", map[string]string{"min_leaf": "3"})
	if want := map[string]string{"trees": "30", "min_leaf": "3"}; err != nil || preset != "trees" || !maps.Equal(set, want) {
		t.Errorf("%s %v, %v; want trees %v", preset, set, err, want)
	}
	if preset, _, err := s.ResolvePreset(t.Context(), "trees", nil); err != nil || preset != "trees" {
		t.Errorf("a preset of models: %s, %v", preset, err)
	}
	if err := s.DeletePreset(t.Context(), "forest"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ResolvePreset(t.Context(), "forest", nil); err == nil || !strings.Contains(err.Error(), "forest") {
		t.Errorf("deleted, it resolves with %v", err)
	}
	if err := s.DeletePreset(t.Context(), "forest"); err == nil {
		t.Error("deleted twice")
	}
}

func TestPresetsThatCannotBeSaved(t *testing.T) {
	s := newStore(t)
	for say, p := range map[string]SavedPreset{
		"needs a name":       {Name: "  ", Preset: "trees"},
		"ringlab brings":     {Name: "fast", Preset: "trees"},
		"one word":           {Name: "my forest", Preset: "trees"},
		"invisible":          {Name: "a\x1bb", Preset: "trees"},
		"none of that name":  {Name: "x", Preset: "bush"},
		"outside its range":  {Name: "x", Preset: "trees", Set: map[string]string{"trees": "0"}},
		"has no parameter":   {Name: "x", Preset: "trees", Set: map[string]string{"leaves": "1"}},
		"characters long":    {Name: strings.Repeat("x", 61), Preset: "trees"},
		"is not valid UTF-8": {Name: "x\xff", Preset: "trees"},
	} {
		if err := s.SavePreset(t.Context(), p); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v, want %q", p.Name, err, say)
		}
	}
}
