package experiments

import (
	"testing"
	"time"
)

// TestTheLoadOfABusyProcessIsItsCores: one goroutine that computes keeps about
// one core busy, and a process holds some memory.
func TestTheLoadOfABusyProcessIsItsCores(t *testing.T) {
	var m loadMeter
	start := time.Now()
	if cores, _ := m.read(start); cores != 0 {
		t.Errorf("%v cores before anything was measured", cores)
	}
	before := processorTime()
	for n := 0; processorTime()-before < 200*time.Millisecond; n++ {
		if n%1000 == 0 && time.Since(start) > time.Minute {
			t.Fatal("no processor time was counted in a minute")
		}
	}
	wall := time.Since(start)
	cores, mebibytes := m.read(start.Add(wall))
	if want := .2 / wall.Seconds(); cores < want*.9 || cores > 64 {
		t.Errorf("%v cores busy, want at least %v", cores, want)
	}
	if mebibytes < 1 || mebibytes > 1<<14 {
		t.Errorf("%v MiB held", mebibytes)
	}
}
