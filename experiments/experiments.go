// Package experiments keeps runs: submitting, working, comparing, registering
// and promoting them, with the history of who did what.
//
// A run is a row that moves through the states of [State]. Any number of
// processes may submit, watch, cancel and train runs of one workspace at the
// same time: each change is one short transaction, a run under way belongs to
// the worker whose lease it carries, and whoever lost its lease writes
// nothing more.
package experiments

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"ringlab/data"
	"ringlab/data/workspace"
)

// Store reads and writes the runs of one workspace. Safe for concurrent use.
type Store struct {
	ws     *workspace.Workspace
	data   *data.Store
	now    func() time.Time
	timing timing

	// references are those of runs already judged, by run: gates are shown
	// before they are asked, and a finished run does not change.
	references sync.Map
}

// timing holds the periods of leases and polls; tests shorten them.
type timing struct {
	lease time.Duration // how long a worker may be silent before it counts as dead
	renew time.Duration // how often it renews its lease
	poll  time.Duration // how soon it hears of a cancellation, or of a new run
	hold  time.Duration // how long a foreground run is kept from other workers
	// checkpoint is the least time between two checkpoints on disk: losing a
	// second of work is cheaper than syncing a file for each short epoch.
	checkpoint time.Duration
}

// New opens the runs of a workspace.
func New(ws *workspace.Workspace, d *data.Store) *Store {
	return &Store{
		ws:   ws,
		data: d,
		now:  time.Now,
		timing: timing{
			lease:      10 * time.Second,
			renew:      2 * time.Second,
			poll:       250 * time.Millisecond,
			hold:       10 * time.Second,
			checkpoint: time.Second,
		},
	}
}

// NotFoundError says that nothing of that name exists, and which command
// lists what does.
type NotFoundError struct {
	What string // "run", "model"
	Name string // as it was asked for
	List string // "ringlab runs list"

	advice string // in place of the list, where something else helps more
}

func (e *NotFoundError) Error() string {
	name := e.Name
	if len(name) > 80 {
		name = name[:80]
	}
	if e.advice != "" {
		return fmt.Sprintf("find %s %q: %s", e.What, name, e.advice)
	}
	return fmt.Sprintf("find %s %q: there is none; what there is: %s", e.What, name, e.List)
}

func noRun(id string) error {
	return &NotFoundError{What: "run", Name: id, List: "ringlab runs list"}
}

func noModel(ref string) error {
	e := &NotFoundError{What: "model", Name: ref, List: "ringlab models list"}
	if ref == Production {
		e.advice = "nothing is in production yet; put a finished run there: ringlab promote RUN"
	}
	return e
}

// formatSweep names the first run of a sweep, "" for none.
func formatSweep(first int64) string {
	if first == noSweep {
		return ""
	}
	return formatRunID(first)
}

// parseRunID reads a decimal run number; anything else is a run that does not
// exist.
func parseRunID(id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != id {
		return 0, noRun(id)
	}
	return n, nil
}

func formatRunID(n int64) string { return strconv.FormatInt(n, 10) }

// fromMS is the time of a column in milliseconds since 1970; zero for 0.
func fromMS(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
