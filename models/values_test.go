package models

import (
	"encoding/json"
	"maps"
	"math"
	"testing"
)

func TestValuesKeepTheirTypesInJSON(t *testing.T) {
	values := Values{"b": 1, "a": 1.0, "c": 2.5, "d": 1e-9, "e": -3, "f": 1e300, "g": "mixed \"quoted\""}
	text, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"a":1.0,"b":1,"c":2.5,"d":1e-09,"e":-3,"f":1e+300,"g":"mixed \"quoted\""}`
	if string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
	var back Values
	if err := json.Unmarshal(text, &back); err != nil || !maps.Equal(back, values) {
		t.Errorf("%v (%v), want %v", back, err, values)
	}
	var none Values
	if text, err := json.Marshal(none); err != nil || string(text) != "null" {
		t.Errorf("no values are %s (%v), want null", text, err)
	}
	if err := json.Unmarshal([]byte("null"), &back); err != nil || back != nil {
		t.Errorf("null became %v (%v)", back, err)
	}
}

func TestValuesWithoutAJSONFormAreNotWritten(t *testing.T) {
	for _, value := range []any{math.NaN(), math.Inf(-1), true, nil, []int{1}, float32(1)} {
		if text, err := json.Marshal(Values{"x": value}); err == nil {
			t.Errorf("%v was written as %s", value, text)
		}
	}
}

func TestValuesOfOtherKindsAreNotRead(t *testing.T) {
	for _, text := range []string{`{"x":true}`, `{"x":null}`, `{"x":{}}`, `{"x":[1]}`, `{"x":1e999}`, `[1]`, `1`, `{"x":1`} {
		var values Values
		if err := json.Unmarshal([]byte(text), &values); err == nil {
			t.Errorf("%s was read as %v", text, values)
		}
	}
}

// What is read is written and read again as the same.
func FuzzValues(f *testing.F) {
	f.Add([]byte(`{"a":1.0,"b":1,"c":"x","d":-1e-300}`))
	f.Add([]byte(`{"a":123456789012345678901234567890}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var values Values
		if json.Unmarshal(text, &values) != nil {
			return
		}
		written, err := json.Marshal(values)
		if err != nil {
			t.Fatalf("cannot write %v: %v", values, err)
		}
		var again Values
		if err := json.Unmarshal(written, &again); err != nil || !maps.Equal(again, values) {
			t.Fatalf("%v became %v (%v)", values, again, err)
		}
	})
}
