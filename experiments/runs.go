package experiments

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ringlab/models"
)

const (
	maxNameRunes = 200
	maxTagRunes  = 60
	maxNoteRunes = 4000
	maxTags      = 50
)

// Spec is everything that a run needs to be repeated.
type Spec struct {
	Snapshot    string        `json:"snapshot"`
	Split       string        `json:"split"`
	Preset      string        `json:"preset"`
	Parameters  models.Values `json:"parameters"`
	Seed        uint64        `json:"seed"`
	PictureSide int           `json:"picture_side"` // pixels that the model gets
	// From is the model that the training goes on from, "" to begin anew.
	From string `json:"from,omitempty"`

	group string // withoutSeed, or another text that is equal where that is; "" where it was not needed
}

// Run is one training, planned, under way or done.
type Run struct {
	ID         string // decimal number
	Name       string
	State      State
	Spec       Spec
	Created    time.Time
	Started    time.Time // zero if not
	Ended      time.Time // zero if not
	Epoch      int
	Epochs     int
	Phase      string // what its worker does now, for people
	Error      string
	Author     string
	Tags       []string
	Note       string // what people write about it; may have several lines
	Archived   bool   // put away: lists leave it out unless it is asked for
	Sweep      string // the first of the runs that were submitted with it; "" for a run by itself
	Attempt    int    // times that a worker took it
	Cancelling bool   // a cancellation is asked for and not yet obeyed
	Silent     bool   // running, but its worker does not answer; Resume goes on with it

	// Metrics holds the last value of each curve, and accuracy, macro_f1,
	// within_one and ece of the holdout once the run has finished. The last
	// accuracy on the training records is train_accuracy here: "accuracy" is
	// the holdout's alone. A value that is no finite number is left out.
	Metrics    map[string]float64
	Evaluation *models.Evaluation // nil before it is finished
	Version    string             // "v3" if registered

	// Apart is what sets it apart in a list, such as "trees=100": parameters that
	// differ between the runs of its sweep, and from the preset. It is there in
	// lists of runs.
	Apart string
}

// checkText refuses what could not be shown on one line of a terminal.
func checkText(what, text string, maxRunes int) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("%s %.40q is not valid UTF-8", what, text)
	}
	if n := utf8.RuneCountInString(text); n > maxRunes {
		return fmt.Errorf("%s is %d characters long, limit %d", what, n, maxRunes)
	}
	for _, r := range text {
		// Cf holds the marks that turn the direction of writing around.
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return fmt.Errorf("%s %.40q holds the invisible character %U", what, text, r)
		}
	}
	return nil
}

// checkLines is checkText for text of several lines.
func checkLines(what, text string, maxRunes int) error {
	if n := utf8.RuneCountInString(text); n > maxRunes {
		return fmt.Errorf("%s is %d characters long, limit %d", what, n, maxRunes)
	}
	for line := range strings.Lines(text) {
		if err := checkText(what, strings.TrimRight(line, "\r\n"), maxRunes); err != nil {
			return err
		}
	}
	return nil
}

// cleanTags trims, sorts and joins equal tags, and refuses bad ones.
func cleanTags(tags []string) ([]string, error) {
	clean := make([]string, 0, len(tags))
	for _, tag := range tags {
		tag = strings.TrimSpace(tag)
		if tag == "" {
			return nil, fmt.Errorf("a tag is empty")
		}
		if err := checkText("tag", tag, maxTagRunes); err != nil {
			return nil, err
		}
		clean = append(clean, tag)
	}
	slices.Sort(clean)
	clean = slices.Compact(clean)
	if len(clean) > maxTags {
		return nil, fmt.Errorf("%d tags, limit %d", len(clean), maxTags)
	}
	return clean, nil
}

// RunQuery selects runs, newest first.
type RunQuery struct {
	States []State
	Tag    string
	Offset int // leaves out the newest
	Limit  int // 0 is all
}

// Runs lists runs, newest first.
func (s *Store) Runs(ctx context.Context, q RunQuery) ([]Run, error) {
	runs, err := s.selectRuns(ctx, runFilter{states: q.States, tag: q.Tag, offset: q.Offset, limit: q.Limit})
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	tellApart(runs)
	return runs, nil
}

// CountRuns tells how many runs there are in each state.
func (s *Store) CountRuns(ctx context.Context) (map[State]int, error) {
	counts, err := s.countRuns(ctx)
	if err != nil {
		return nil, fmt.Errorf("count runs: %w", err)
	}
	return counts, nil
}

// PlaceOf tells how many runs are newer: its place in the list of all, from 0.
func (s *Store) PlaceOf(ctx context.Context, id string) (int, error) {
	n, err := parseRunID(id)
	if err != nil {
		return 0, err
	}
	place, err := s.countNewer(ctx, n)
	if err != nil {
		return 0, fmt.Errorf("find place of run %s: %w", id, err)
	}
	return place, nil
}

// Run finds one run. The error is a *NotFoundError if there is none.
func (s *Store) Run(ctx context.Context, id string) (Run, error) {
	n, err := parseRunID(id)
	if err != nil {
		return Run{}, err
	}
	runs, err := s.selectRuns(ctx, runFilter{ids: []int64{n}})
	if err != nil {
		return Run{}, fmt.Errorf("read run %s: %w", id, err)
	}
	if len(runs) == 0 {
		return Run{}, noRun(id)
	}
	return runs[0], nil
}

// Cancel ends a queued run, and asks the worker of one under way to stop: it
// obeys within a batch. A run whose worker has died is cancelled at once.
// Asking again while it stops changes nothing.
func (s *Store) Cancel(ctx context.Context, id string) (Run, error) {
	return s.change(ctx, id, moveCancel, s.cancelRun)
}

// Resume queues a run again that has stopped, or whose worker has died; it goes
// on from its checkpoint.
func (s *Store) Resume(ctx context.Context, id string) (Run, error) {
	return s.change(ctx, id, moveResume, s.resumeRun)
}

// Tag adds and removes tags; a tag in both is kept.
func (s *Store) Tag(ctx context.Context, id string, add, remove []string) (Run, error) {
	add, err := cleanTags(add)
	if err != nil {
		return Run{}, fmt.Errorf("tag run %.20q: %w", id, err)
	}
	return s.change(ctx, id, "tag", func(ctx context.Context, n int64) error {
		return s.changeTags(ctx, n, add, remove)
	})
}

// Note keeps what somebody writes about a run, in place of what was there.
func (s *Store) Note(ctx context.Context, id, note string) (Run, error) {
	if err := checkLines("note", note, maxNoteRunes); err != nil {
		return Run{}, fmt.Errorf("note run %.20q: %w", id, err)
	}
	return s.change(ctx, id, "note", func(ctx context.Context, n int64) error { return s.setNote(ctx, n, note) })
}

// Archive puts a run away, or takes it back. It stays as it is.
func (s *Store) Archive(ctx context.Context, id string, archived bool) (Run, error) {
	return s.change(ctx, id, "archive", func(ctx context.Context, n int64) error { return s.setArchived(ctx, n, archived) })
}

// change applies one transaction to a run and reads it back. A refusal by the
// state machine is explained with the run as it is now.
func (s *Store) change(ctx context.Context, id string, m move, apply func(context.Context, int64) error) (Run, error) {
	n, err := parseRunID(id)
	if err != nil {
		return Run{}, err
	}
	if err := apply(ctx, n); err != nil {
		return Run{}, s.explain(ctx, id, m, err)
	}
	return s.Run(ctx, id)
}

// explain turns the store's short refusals into sentences.
func (s *Store) explain(ctx context.Context, id string, m move, err error) error {
	switch {
	case errors.Is(err, errNoRow):
		return noRun(id)
	case errors.Is(err, errNotAllowed):
		run, readErr := s.Run(ctx, id)
		if readErr != nil {
			return readErr
		}
		return &StateError{Run: run, move: m}
	}
	return fmt.Errorf("%s run %s: %w", m, id, err)
}

// Delete removes a run with its curves, predictions, artifacts, log,
// checkpoint and bundle. A run under way and a registered one are refused.
func (s *Store) Delete(ctx context.Context, id string) (err error) {
	n, err := parseRunID(id)
	if err != nil {
		return err
	}
	// While an artifact's blob is looked up and removed, no worker may store
	// the same content again and refer to it.
	lock, err := s.ws.Lock(ctx, artifactsLock)
	if err != nil {
		return fmt.Errorf("delete run %s: %w", id, err)
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()

	orphans, err := s.deleteRun(ctx, n)
	if registered, ok := errors.AsType[*registeredError](err); ok {
		return fmt.Errorf("delete run %s: it is model version %s, and versions are kept", id, registered.version)
	}
	if err != nil {
		return s.explain(ctx, id, moveDelete, err)
	}
	// The row is gone; what a crash leaves of the files belongs to nobody.
	return s.removeFiles(n, orphans)
}

// removeFiles deletes what a run kept outside the database.
func (s *Store) removeFiles(run int64, blobs []string) error {
	paths := []string{s.logPath(run)}
	for _, sum := range blobs {
		paths = append(paths, s.ws.Path("blobs", sum[:2], sum))
	}
	var errs []error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(append(errs, s.removeCheckpoint(run), s.removeBundles(run, ""))...)
}
