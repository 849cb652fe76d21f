package experiments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ringlab/models"
)

// beat renews the lease, writes progress and looks for a cancellation until
// the training ends. Training itself never waits for the database.
func (a *attempt) beat(ctx context.Context) {
	t := a.store.timing
	tick := time.NewTicker(t.poll)
	defer tick.Stop()
	renewed := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if a.store.ws.Gone() {
			a.stop(errGone)
			return
		}
		err := a.store.askedToStop(ctx, a.lease)
		if err == nil && (a.hasNews() || time.Since(renewed) >= t.renew) {
			if err = a.flush(ctx); err == nil {
				renewed = time.Now()
			}
		}
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errCancelled), errors.Is(err, errLeaseLost):
			a.stop(err)
			return
		case err != nil:
			// A full disk, say. Whether the lease still holds decides the next
			// write that succeeds.
			a.log.Error("report progress", "error", err)
		}
	}
}

func (a *attempt) hasNews() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.dirty
}

// flush writes what has gathered. When it returns without an error, all that
// was noted before the call is in the database.
func (a *attempt) flush(ctx context.Context) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.Lock()
	p := a.pending
	a.pending.points, a.pending.answers, a.dirty = nil, nil, false
	a.mu.Unlock()
	err := a.store.report(ctx, a.lease, p)
	if err != nil {
		a.mu.Lock()
		a.pending.points = append(p.points, a.pending.points...)
		a.pending.answers = append(p.answers, a.pending.answers...)
		a.dirty = true
		a.mu.Unlock()
	}
	return err
}

func (a *attempt) phase(name string, done, total int) {
	text := name
	if total > 0 {
		text = fmt.Sprintf("%s (%d of %d)", name, done, total)
	}
	a.mu.Lock()
	a.pending.phase, a.dirty = text, true
	a.mu.Unlock()
	if a.observe.Phase != nil {
		a.observe.Phase(name, done, total)
	}
}

func (a *attempt) epoch(e models.Epoch) error {
	at := Point{Step: int64(e.Epoch), Time: a.store.now()}
	var points []metricPoint
	for _, m := range curveMetrics {
		at.Value = m.of(e)
		points = append(points, metricPoint{key: m.name, Point: at})
	}
	cores, mebibytes := a.load.read(time.Now())
	for key, value := range map[string]float64{"cpu_cores": cores, "memory_mib": mebibytes} {
		at.Value = value
		points = append(points, metricPoint{key: key, Point: at})
	}
	a.mu.Lock()
	p := &a.pending
	p.epoch, p.epochs, p.phase = e.Epoch, e.Epochs, "training"
	p.points = append(p.points, points...)
	if len(e.Answers) > 0 && len(e.Answers) == len(a.validation) {
		if p.watched.pictures == 0 {
			p.watched = watch(a.validation, e.Epochs)
		}
		p.answers = append(p.answers, epochAnswers{e.Epoch, p.watched.pack(e.Answers)})
	}
	a.dirty = true
	a.mu.Unlock()
	a.log.Info("epoch", "epoch", e.Epoch, "of", e.Epochs, "loss", e.Loss, "val_loss", e.ValLoss,
		"accuracy", e.Accuracy, "val_accuracy", e.ValAccuracy, "seconds", e.Seconds)
	if a.observe.Epoch != nil {
		a.observe.Epoch(e)
	}
	return nil
}

// curveMetrics are the curves that training draws; the first four names are
// those of the notebook that came before.
var curveMetrics = [...]struct {
	name string
	of   func(models.Epoch) float64
}{
	{"loss", func(e models.Epoch) float64 { return e.Loss }},
	{"val_loss", func(e models.Epoch) float64 { return e.ValLoss }},
	{"accuracy", func(e models.Epoch) float64 { return e.Accuracy }},
	{"val_accuracy", func(e models.Epoch) float64 { return e.ValAccuracy }},
	{"seconds", func(e models.Epoch) float64 { return e.Seconds }},
	{"pictures_per_second", func(e models.Epoch) float64 { return e.PicturesPerSecond }},
}

// checkpoint keeps a state to go on from. The metrics up to it are written
// first: a run that goes on from it will not pass them again.
func (a *attempt) checkpoint(ctx context.Context, state []byte) error {
	a.unsaved = append(a.unsaved[:0], state...)
	if time.Since(a.saved) < a.store.timing.checkpoint {
		return nil
	}
	return a.saveCheckpoint(ctx)
}

func (a *attempt) saveCheckpoint(ctx context.Context) error {
	if len(a.unsaved) == 0 {
		return nil
	}
	if err := a.flush(ctx); err != nil {
		if errors.Is(err, errLeaseLost) {
			a.stop(err)
		}
		return fmt.Errorf("save progress: %w", err)
	}
	if err := a.store.writeCheckpoint(a.lease.run, a.unsaved); err != nil {
		return err
	}
	a.unsaved, a.saved = a.unsaved[:0], time.Now()
	return nil
}

// Doing is what the worker of a run does now and how far it is with that, where
// Phase says so: "judging by the holdout (32 of 301)".
func (r Run) Doing() (name string, done, total int, ok bool) {
	name, counts, found := strings.Cut(strings.TrimSuffix(r.Phase, ")"), " (")
	if !found {
		return "", 0, 0, false
	}
	if _, err := fmt.Sscanf(counts, "%d of %d", &done, &total); err != nil || total <= 0 {
		return "", 0, 0, false
	}
	return name, done, total, true
}
