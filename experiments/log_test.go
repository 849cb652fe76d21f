package experiments

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"ringlab/models"
)

// TestTheLogIsJSONThatPeopleCanReadToo: what is logged is one object a line,
// also a number that JSON cannot hold, and reads as key=value pairs.
func TestTheLogIsJSONThatPeopleCanReadToo(t *testing.T) {
	var file bytes.Buffer
	newLogger(&file).With("attempt", 2).Warn("worker has\nthe run",
		"parameters", models.Values{"trees": 300, "rate": 0.5}, "loss", math.NaN(), "why", "it died", "none", "")
	line := strings.TrimSuffix(file.String(), "\n")
	var object struct {
		Time string `json:"time"`
	}
	if err := json.Unmarshal([]byte(line), &object); err != nil || !strings.HasSuffix(object.Time, "Z") {
		t.Fatalf("%s: %v; want one object with a time in UTC", line, err)
	}
	got := FormatLogLine(line)
	if want := "  WARN worker has\nthe run attempt=2 parameters.rate=0.5 parameters.trees=300 loss=NaN why=\"it died\" none=\"\""; got[len("15:04:05"):] != want {
		t.Errorf("reads %q, want a time and %q", got, want)
	}
}

func TestOtherLinesOfALogStayAsTheyAre(t *testing.T) {
	for _, line := range []string{"", "panic: something", "null", "[]", `{"msg":"no time"}`, `{"time":"soon","msg":"x"}`, `{"time":"2026-11-24T21:41:12Z","msg":"cut`, `time=2026-11-24T21:41:12Z level=INFO msg=x`} {
		if got := FormatLogLine(line); got != line {
			t.Errorf("%q reads %q", line, got)
		}
	}
}

func FuzzAnyLogLineCanBeRead(f *testing.F) {
	f.Add(`{"time":"2026-11-24T21:41:12Z","level":"INFO","msg":"epoch","a":{"b":[1,"x"],"c":"d e"}}`)
	f.Add(`{"time":"2026-11-24T21:41:12Z","a":`)
	f.Fuzz(func(t *testing.T, line string) {
		if got := FormatLogLine(line); got != line && len(got) < len(time.TimeOnly) {
			t.Errorf("%q reads %q", line, got)
		}
	})
}
