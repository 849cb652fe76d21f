//go:build linux

package tui_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What the real program takes of a machine, in a terminal: time to the first
// frame, memory with all records read, processor time when nobody does
// anything. On the demo's data or, for docs/measurements.md, on the workspace
// that RINGLAB_LARGE names.
func TestTheWorkbenchTakesLittle(t *testing.T) {
	dir := os.Getenv("RINGLAB_LARGE")
	records := 100
	if dir == "" {
		dir = newWorkspace(t)
	} else {
		records = 100_000
	}
	started := time.Now()
	term := openTerminal(t, program(t, dir), 120, 40)
	term.sees("1 Data")
	first := time.Since(started)
	term.keys("1")
	term.sees("Records +1 of ")
	term.keys("/has:field.molecular_weight") // answered once all records are there
	term.sees("selected of|Records +1 of " + regexp.QuoteMeta(fmt.Sprint(records)))
	term.keys(keyEnter)
	pid := term.command.Process.Pid
	memory := residentMB(t, pid)
	idle := 500 * time.Millisecond
	if records > 100 {
		idle = 10 * time.Second
	}
	before := processorTime(t, pid)
	time.Sleep(idle) // the interval that is measured
	share := (processorTime(t, pid) - before).Seconds() / idle.Seconds()
	t.Logf("%d records: first frame after %d ms, %d MB, idle %.2f %% of a processor", records, first.Milliseconds(), memory, 100*share)
	if memory > 150 {
		t.Errorf("it holds %d MB", memory)
	}
	term.keys("q")
	if err := term.command.Wait(); err != nil {
		t.Error(err)
	}
}

func residentMB(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatal("the system does not tell the memory of a process")
	}
	kb, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kb / 1024
}

func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	ticks := 0
	for _, field := range fields[11:13] { // user and system, in hundredths of a second
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
