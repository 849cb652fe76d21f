package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestValuesOfAFieldAreFoundByNameOrPath(t *testing.T) {
	records := []string{
		`{"source": "scan", "paper": {"year": 1999, "a.b": true}, "x.y": 1}`,
		`{"source": 7, "paper": {"year": null}}`,
		`{"paper": "lost"}`,
	}
	for name, want := range map[string][]string{
		"source":     {"scan", "7", ""},
		"paper.year": {"1999", "", ""},
		"paper.a.b":  {"true", "", ""},
		"x.y":        {"1", "", ""},
	} {
		f := newFieldValues(name)
		for _, record := range records {
			f.add(json.RawMessage(record))
		}
		if !f.found || !slices.Equal(f.values, want) {
			t.Errorf("%s: found %v, values %q, want %q", name, f.found, f.values, want)
		}
	}
}

func TestAFieldThatNoRecordHasIsNotAValue(t *testing.T) {
	for name, want := range map[string]string{
		"sorce":      `did you mean "source"?`,
		"paper.yaer": `did you mean "paper.year"?`,
		"nothing":    `there are ["paper" "source"]`,
	} {
		f := newFieldValues(name)
		f.add(json.RawMessage(`{"source": "scan", "paper": {"year": 1999}}`))
		if f.found || !strings.Contains(f.missing(), want) {
			t.Errorf("%s: found %v, says %s, want %s", name, f.found, f.missing(), want)
		}
	}
}
