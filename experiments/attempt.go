package experiments

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"ringlab/data"
	"ringlab/data/picture"
	"ringlab/internal/build"
	"ringlab/models"
)

// settlePatience bounds what is written after the training's context ended.
const settlePatience = 30 * time.Second

// attempt trains a leased run until it ends, and writes down how. An error
// means that this could not be written; the run then stays as a dead worker
// leaves it.
func (s *Store) attempt(ctx context.Context, l lease, observe Observer) (err error) {
	file, err := s.openLog(l.run)
	if err != nil {
		return s.giveUp(ctx, l, fmt.Errorf("open log: %w", err))
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	log := newLogger(file).With("attempt", l.attempt)
	log.Info("worker has the run", "worker", l.worker, "pid", os.Getpid(),
		"preset", l.spec.Preset, "parameters", l.spec.Parameters, "snapshot", l.spec.Snapshot,
		"split", l.spec.Split, "seed", l.spec.Seed, "code", build.Version())

	training, stop := context.WithCancelCause(ctx)
	a := &attempt{store: s, lease: l, log: log, observe: observe, stop: stop}
	var beat sync.WaitGroup
	beat.Go(func() { a.beat(training) })
	// The lease is renewed until all is written down.
	defer beat.Wait()
	defer stop(nil)
	o, err := a.train(training)
	cause := context.Cause(training)

	// From here on ctx may have ended; what is left to write is short.
	final, cancel := context.WithTimeout(context.WithoutCancel(ctx), settlePatience)
	defer cancel()
	switch {
	case errors.Is(cause, errLeaseLost), errors.Is(cause, errGone):
		log.Warn("stopped", "why", cause)
		return cause
	case err != nil && cause != nil:
		o.move = moveInterrupt
		if errors.Is(cause, errCancelled) {
			o.move = moveCancel
		}
	case err != nil:
		o.move, o.reason = moveFail, err.Error()
	default:
		o.move = moveFinish
	}
	if err := a.settle(final, o); err != nil {
		log.Error("could not write down how the run ended", "move", o.move, "error", err)
		err = fmt.Errorf("write down how run %d ended: %w", l.run, err)
		if !errors.Is(err, errLeaseLost) {
			err = fmt.Errorf("%w; the run is kept and goes on with: ringlab runs resume %d", err, l.run)
		}
		return err
	}
	return nil
}

// giveUp fails a run that could not even be begun.
func (s *Store) giveUp(ctx context.Context, l lease, reason error) error {
	return s.settle(ctx, l, outcome{move: moveFail, reason: reason.Error()})
}

// attempt is one worker's try at one run.
type attempt struct {
	store   *Store
	lease   lease
	log     *slog.Logger
	observe Observer
	stop    context.CancelCauseFunc

	writing sync.Mutex // held while progress is written
	mu      sync.Mutex // guards what follows
	pending progress
	dirty   bool

	load       loadMeter     // only for the training goroutine
	validation []data.Record // in the order in which they are answered
	resumed    bool          // it went on from a checkpoint
	unsaved    []byte        // the newest checkpoint, if it is not on disk; only for the training goroutine
	saved      time.Time
}

// train does the work of the attempt. On an error the outcome holds the best
// model so far, if there is one.
func (a *attempt) train(ctx context.Context) (o outcome, err error) {
	defer func() {
		if p := recover(); p != nil {
			a.log.Error("training panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("defect in training: %v; the log has the details: ringlab runs logs %d", p, a.lease.run)
		}
	}()
	s, spec := a.store, a.lease.spec
	a.sweep(a.lease.bundle) // a killed attempt may have left one that it had no time to note
	a.phase("reading records", 0, 0)
	preset, err := models.PresetByName(spec.Preset)
	if err != nil {
		return o, err
	}
	values, err := preset.Restore(spec.Parameters)
	if err != nil {
		return o, err
	}
	split, err := data.RestoreSplit(spec.Split)
	if err != nil {
		return o, err
	}
	parts, err := s.data.Parts(ctx, spec.Snapshot, split)
	if err != nil {
		return o, err
	}
	a.log.Info("records", "train", len(parts.Train), "validation", len(parts.Validation), "holdout", len(parts.Holdout))

	var from *models.Model
	if spec.From != "" {
		if _, from, err = s.loadFrom(ctx, spec.From); err != nil {
			return o, err
		}
	}
	o.bundle = bundle{name: a.lease.bundle}
	a.validation = parts.Validation
	a.load.read(time.Now())
	model, err := models.Train(ctx, models.Config{Preset: spec.Preset, Values: values, Seed: spec.Seed, PictureSide: spec.PictureSide, From: from},
		s.samples(parts.Train), s.samples(parts.Validation), models.Hooks{
			Phase:      a.phase,
			Epoch:      a.epoch,
			Checkpoint: func(state []byte) error { return a.checkpoint(ctx, state) },
			Resume:     a.resumeState(),
		})
	if err != nil {
		return a.keepBest(ctx, model, err)
	}
	a.phase("judging by the holdout", 0, len(parts.Holdout))
	o.answers, err = s.predict(ctx, model, parts.Holdout, func(done, total int) {
		a.phase("judging by the holdout", done, total)
	})
	if err != nil {
		return a.keepBest(ctx, model, err)
	}
	o.evaluation = evaluate(o.answers)
	a.log.Info("holdout", "accuracy", o.evaluation.Accuracy, "macro_f1", o.evaluation.MacroF1)
	a.phase("saving the model", 0, 0)
	if o.bundle, err = a.saveBundle(model, o.evaluation); err != nil {
		return a.keepBest(ctx, nil, err) // resumed, it trains at most the last epochs again
	}
	return o, nil
}

// keepBest keeps what a stopped training has: its last checkpoint and the best
// model so far. cause is returned.
func (a *attempt) keepBest(ctx context.Context, model *models.Model, cause error) (outcome, error) {
	o := outcome{bundle: bundle{name: a.lease.bundle}}
	if why := context.Cause(ctx); errors.Is(why, errLeaseLost) || errors.Is(why, errGone) {
		return o, cause
	}
	final, cancel := context.WithTimeout(context.WithoutCancel(ctx), settlePatience)
	defer cancel()
	if err := a.saveCheckpoint(final); err != nil {
		a.log.Error("keep the last checkpoint", "error", err)
	}
	if model != nil {
		if b, err := a.saveBundle(model, models.Evaluation{}); err != nil {
			a.log.Error("keep the best model so far", "error", err)
		} else {
			o.bundle = b
		}
	}
	return o, cause
}

// resumeState is the checkpoint of an earlier attempt; nil to start anew.
func (a *attempt) resumeState() []byte {
	state, err := a.store.readCheckpoint(a.lease.run)
	if err != nil {
		// The same spec gives the same bits: starting anew costs time only.
		a.log.Warn("start from the beginning", "why", err)
		return nil
	}
	if a.resumed = state != nil; a.resumed {
		a.log.Info("go on from the checkpoint", "bytes", len(state))
	}
	return state
}

func (a *attempt) saveBundle(model *models.Model, e models.Evaluation) (bundle, error) {
	name := bundleName(a.lease.run, a.lease.attempt)
	sum, err := model.Save(a.store.bundlePath(name), models.Lineage{
		Run:      formatRunID(a.lease.run),
		Snapshot: a.lease.spec.Snapshot,
		Split:    a.lease.spec.Split,
		Seed:     a.lease.spec.Seed,
		From:     a.lease.spec.From,
		Code:     build.Version(),
		Created:  a.store.now().UTC(),
	}, e)
	if err != nil {
		return bundle{}, fmt.Errorf("save model: %w", err)
	}
	return bundle{name: name, sum: sum}, nil
}

// settle writes the end of the run, and removes what is of no use after it.
func (a *attempt) settle(ctx context.Context, o outcome) error {
	if err := a.flush(ctx); err != nil {
		return err
	}
	if o.move != moveFinish {
		if err := a.store.settle(ctx, a.lease, o); err != nil {
			return err
		}
		a.log.Info("ended", "how", o.move, "reason", o.reason)
		a.sweep(o.bundle.name)
		// A checkpoint that got no epoch further may be what failed (another
		// version's, say): resuming starts from the beginning then.
		if o.move == moveFail && a.resumed && a.pending.epoch == 0 {
			a.dropCheckpoint()
		}
		return nil
	}
	if err := a.finish(ctx, o); err != nil {
		return err
	}
	a.log.Info("finished")
	a.dropCheckpoint()
	a.sweep(o.bundle.name)
	return nil
}

// sweep removes the bundles of this run that nothing refers to.
func (a *attempt) sweep(keep string) {
	if err := a.store.removeBundles(a.lease.run, keep); err != nil {
		a.log.Warn("remove bundles of earlier attempts", "error", err)
	}
}

func (a *attempt) dropCheckpoint() {
	if err := a.store.removeCheckpoint(a.lease.run); err != nil {
		a.log.Warn("remove checkpoint", "error", err)
	}
}

// finish stores the artifacts and ends the run, both under the lock that
// keeps others from removing a blob that is about to be referred to.
func (a *attempt) finish(ctx context.Context, o outcome) (err error) {
	s := a.store
	lock, err := s.ws.Lock(ctx, artifactsLock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	o.artifacts, err = a.drawArtifacts(ctx, o.evaluation)
	if err != nil {
		return fmt.Errorf("store artifacts: %w", err)
	}
	return s.settle(ctx, a.lease, o)
}

// samples turns records into what models learn from.
func (s *Store) samples(records []data.Record) []models.Sample {
	samples := make([]models.Sample, len(records))
	for i, r := range records {
		samples[i] = models.Sample{
			Record: r.ID,
			Label:  r.Label,
			Load:   func(ctx context.Context) (*picture.Picture, error) { return s.data.Picture(ctx, r) },
		}
		// Where the label counts rings, the SMILES says which ones.
		if sizes := data.RingSizes(r.SMILES); sizes != nil && len(sizes) == r.Label {
			samples[i].Parts = sizes
		}
		// And some records say where they are.
		if places := data.RingPlaces(r.Fields); len(places) > 0 && len(places) == r.Label {
			sizes := make([]int, len(places))
			for j, p := range places {
				sizes[j] = p.Atoms
				samples[i].Places = append(samples[i].Places, models.Place{X: p.X, Y: p.Y, Size: p.Atoms})
			}
			slices.Sort(sizes)
			samples[i].Parts = sizes
		}
	}
	return samples
}

func evaluate(answers []answer) models.Evaluation {
	truth := make([]int, len(answers))
	predictions := make([]models.Prediction, len(answers))
	for i, a := range answers {
		truth[i] = a.label
		predictions[i] = models.Prediction{Label: a.predicted, Probabilities: a.probabilities, Confidence: a.confidence}
	}
	return models.Evaluate(truth, predictions)
}
