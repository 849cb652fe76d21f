package experiments

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ringlab/data"
	"ringlab/models"
)

const (
	defaultSplit = "hash"
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
	// differ between runs submitted together, and from the preset. It is there in
	// lists of runs.
	Apart string
}

// Submission asks for a run. Set holds parameters as text, as typed.
type Submission struct {
	Name     string // preset and number of the run if empty
	Preset   string
	Set      map[string]string
	Split    string // as typed; "hash" if empty
	Snapshot string // newest if empty
	Seed     uint64
	From     string // a run, a version or a model of the binary to go on from; "" begins anew
	Tags     []string
	Author   string

	// Foreground says that the caller trains the run itself, at once, with
	// WorkOne: workers leave it alone for the first seconds.
	Foreground bool
}

// Submit checks everything and queues the run.
func (s *Store) Submit(ctx context.Context, sub Submission) (Run, error) {
	runs, err := s.SubmitAll(ctx, sub, Sweep{})
	if err != nil {
		return Run{}, err
	}
	return runs[0], nil
}

// SubmitAll checks everything and queues the runs that the sweep makes of the
// submission: all of them or, on an error, none.
func (s *Store) SubmitAll(ctx context.Context, sub Submission, sweep Sweep) ([]Run, error) {
	rows, err := s.prepare(ctx, sub, sweep)
	if err != nil {
		return nil, fmt.Errorf("submit run: %w", err)
	}
	ids, err := s.insertRuns(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("submit run: %w", err)
	}
	runs, err := s.selectRuns(ctx, runFilter{ids: ids})
	if err != nil {
		return nil, fmt.Errorf("read the submitted runs: %w", err)
	}
	slices.Reverse(runs) // newest first
	return runs, nil
}

// prepare makes the rows of a sweep's runs, each with a spec that names
// everything.
func (s *Store) prepare(ctx context.Context, sub Submission, sweep Sweep) ([]newRun, error) {
	if err := checkText("name", sub.Name, maxNameRunes); err != nil {
		return nil, err
	}
	tags, err := cleanTags(sub.Tags)
	if err != nil {
		return nil, err
	}
	set, from, err := s.goOnFrom(ctx, sub)
	if err != nil {
		return nil, err
	}
	sub.Set, sub.From = set, from
	subs, err := sweep.Expand(sub)
	if err != nil {
		return nil, err
	}
	spec, err := s.plan(ctx, sub)
	if err != nil {
		return nil, err
	}
	rows := make([]newRun, len(subs))
	for i, one := range subs {
		if spec.Parameters, err = parameters(one); err != nil {
			return nil, err
		}
		spec.Seed = one.Seed
		text, err := json.Marshal(spec)
		if err != nil {
			return nil, err
		}
		rows[i] = newRun{name: sub.Name, spec: string(text), preset: spec.Preset, snap: spec.Snapshot, author: sub.Author, tags: tags}
		if sub.Foreground {
			rows[i].heldUntil = s.now().Add(s.timing.hold)
		}
	}
	return rows, nil
}

// parameters resolves what a submission set against its preset.
func parameters(sub Submission) (models.Values, error) {
	preset, err := models.PresetByName(sub.Preset)
	if err != nil {
		return nil, err
	}
	return preset.Resolve(sub.Set)
}

// plan resolves a submission into a spec that names everything, and refuses
// what could not be trained.
func (s *Store) plan(ctx context.Context, sub Submission) (Spec, error) {
	values, err := parameters(sub)
	if err != nil {
		return Spec{}, err
	}
	text := sub.Split
	if text == "" {
		text = defaultSplit
	}
	split, err := data.ParseSplit(text)
	if err != nil {
		return Spec{}, err
	}
	snapshot, err := s.data.Snapshot(ctx, sub.Snapshot)
	if err != nil {
		return Spec{}, err
	}
	parts, err := s.data.Parts(ctx, snapshot.ID, split)
	if err != nil {
		return Spec{}, err
	}
	if len(parts.Train) == 0 || len(parts.Holdout) == 0 {
		return Spec{}, fmt.Errorf("split %s of snapshot %.12s has %d records to learn from and %d held out, and needs some of both: ingest more, or choose another share with --split hash:SHARE",
			split, snapshot.ID, len(parts.Train), len(parts.Holdout))
	}
	task, err := s.data.Task(ctx)
	if err != nil {
		return Spec{}, err
	}
	return Spec{
		Snapshot:    snapshot.ID,
		Split:       split.String(),
		Preset:      sub.Preset,
		Parameters:  values,
		Seed:        sub.Seed,
		PictureSide: task.PictureSide,
		From:        sub.From,
	}, nil
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
