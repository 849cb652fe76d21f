package serve

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"ringlab/data/picture"
	"ringlab/experiments"
	"ringlab/models"
)

const (
	// followEvery is how often the alias is looked at: a look and a load fit well
	// into the 2 s in which a promotion must be served, on a busy machine too.
	followEvery = 100 * time.Millisecond
	// retryAfter spaces attempts at a bundle that could not be loaded: it may
	// lie on a disk that is full or away for the moment.
	retryAfter = 5 * time.Second
	// reportEvery is how often the server tells the workspace that it lives.
	reportEvery = 5 * time.Second
	// reportPatience bounds the last words to a workspace that may be busy.
	reportPatience = 2 * time.Second
)

// loaded is a model that answers. Requests hold the one that they began with;
// when it was replaced and the last of them has ended, the memory goes.
type loaded struct {
	*models.Model
	name   string // version, "v3"
	run    string
	sum    string // of the bundle
	labels []int
}

// load reads a version's bundle and lets it answer once, so that the first
// request does not pay for it and a bundle that cannot answer is never swapped in.
func load(ctx context.Context, m experiments.Model) (*loaded, error) {
	model, card, err := m.Load()
	if err != nil {
		return nil, err
	}
	const side = 64
	sheet := &picture.Picture{Width: side, Height: side, Pix: slices.Repeat([]byte{255}, 3*side*side)}
	for i := range 3 * side { // a line, so that there is ink
		sheet.Pix[len(sheet.Pix)/2+i] = 0
	}
	if _, err := model.Predict(ctx, []*picture.Picture{sheet}); err != nil {
		return nil, fmt.Errorf("warm up: %w", err)
	}
	return &loaded{Model: model, name: m.Name, run: card.Lineage.Run, sum: m.Sum, labels: model.Labels()}, nil
}

// follower keeps the server's model that of the alias. It is used by one
// goroutine.
type follower struct {
	server *Server
	failed string    // version that could not be loaded
	retry  time.Time // when it is tried again
}

func (f *follower) run(ctx context.Context) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			f.look(ctx, now)
		}
	}
}

// look compares the alias with what is served and swaps if they differ. What
// goes wrong leaves the old model serving.
func (f *follower) look(ctx context.Context, now time.Time) {
	s := f.server
	version, ok, err := s.store.InProduction(ctx)
	if err != nil {
		f.explain(ctx, fmt.Sprintf("the workspace cannot be asked what is in production: %v", err), true)
		return
	}
	served := s.model.Load()
	found := experiments.Model{}
	if !ok {
		if served != nil {
			return
		}
		builtin, err := experiments.Builtin(experiments.BuiltinBest)
		if s.noBuiltin || err != nil {
			f.explain(ctx, nothingPromoted, false)
			return
		}
		version.Name, found = builtin.Name, builtin
	}
	if served != nil && served.name == version.Name {
		f.settled()
		return
	}
	if f.failed == version.Name && now.Before(f.retry) {
		return
	}
	if ok {
		found, err = s.store.Resolve(ctx, version.Name)
	}
	var next *loaded
	if err == nil {
		next, err = load(ctx, found)
	}
	if err != nil {
		if ctx.Err() == nil {
			f.failed, f.retry = version.Name, now.Add(retryAfter)
			s.metrics.loadFailures.Inc()
			f.explain(ctx, fmt.Sprintf("%s is in production and cannot be loaded: %v", version.Name, err), true)
		}
		return
	}
	f.settled() // before the model answers: a trouble that is over must not be seen beside it
	s.model.Store(next)
	s.metrics.swapped(served, next)
	s.log.Info("model that answers", "version", next.name, "run", next.run, "labels", next.labels)
	select {
	case s.swapped <- struct{}{}:
	default: // one is waiting to be reported already
	}
}

const nothingPromoted = "nothing is in production: train with `ringlab train`, then put the run in production with `ringlab promote RUN`"

// explain keeps why there is not what should be served, and logs it once. stale
// says that there is a model in production, or may be.
func (f *follower) explain(ctx context.Context, why string, stale bool) {
	if ctx.Err() != nil {
		return
	}
	old := f.server.trouble.Swap(&why)
	known := old != nil && *old == why
	switch {
	case stale:
		f.server.metrics.stale.Set(1)
		if !known {
			f.server.log.Warn("the model in production is not served", "why", why, "serving", f.server.Version())
		}
	case !known:
		f.server.log.Info("waiting for a promotion", "why", why)
	}
}

func (f *follower) settled() {
	f.failed = ""
	f.server.metrics.stale.Set(0)
	f.server.trouble.Store(nil)
}

// report tells the workspace that this server lives, at once, after each swap
// and every few seconds, and at the end that it is gone.
func (s *Server) report(ctx context.Context, address string) {
	host, err := os.Hostname()
	if err != nil {
		host = runtime.GOOS
	}
	release, err := s.store.HoldServer(s.id)
	if err != nil { // only its silence will tell that it died
		s.log.Info("only its silence will tell the workspace if this server dies", "error", err)
		release = func() error { return nil }
	}
	me := experiments.Server{ID: s.id, Host: host, PID: os.Getpid(), Address: address, Started: time.Now()}
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	silent := false
	for {
		me.Version = s.Version()
		me.Requests, me.Errors, me.P50, me.P99 = s.metrics.summary()
		err := s.store.ReportServer(ctx, me)
		if err != nil && ctx.Err() == nil && !silent {
			s.log.Warn("report to the workspace", "error", err)
		}
		silent = err != nil
		select {
		case <-tick.C:
		case <-s.swapped:
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportPatience)
			defer cancel()
			err := errors.Join(s.store.RemoveServer(last, s.id), release())
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				s.log.Warn("report to the workspace", "error", err)
			}
			return
		}
	}
}
