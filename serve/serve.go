// Package serve puts the promoted model behind HTTP and follows promotions.
//
// A Server answers with whatever model is in production. It looks at the alias
// ten times a second; a promotion made by any process loads the new model
// beside the old one and swaps them between two requests.
package serve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"ringlab/experiments"
)

// Config of a server. Experiments is the store whose production alias is served.
type Config struct {
	Experiments *experiments.Store
	Logger      *slog.Logger // nil logs nothing
	Code        string       // version of ringlab
	Limits      Limits
	// NoBuiltin answers 503 while nothing is promoted, in place of answering with
	// the model that comes with the binary.
	NoBuiltin bool
}

// Limits bound what clients may take. A zero field means its default.
type Limits struct {
	Body        int64         // bytes of one request, 33 MiB
	Pictures    int           // in one request, 64
	Buffered    int64         // bytes of all requests that are read or wait, 256 MiB
	Predictions int           // computed at a time, the number of CPUs
	Headers     time.Duration // to send the header of a request, 5 s
	Read        time.Duration // to send a whole request, and again to have it answered, 30 s
	Idle        time.Duration // between requests on one connection, 2 min
	Goodbye     time.Duration // to notice that the server ends, 200 ms
	Drain       time.Duration // to finish requests at the end, 10 s
}

func (l Limits) withDefaults() Limits {
	def := Limits{
		Body:        33 << 20, // a picture of the largest size, and the form around it
		Pictures:    64,
		Buffered:    256 << 20,
		Predictions: runtime.GOMAXPROCS(0),
		Headers:     5 * time.Second,
		Read:        30 * time.Second,
		Idle:        2 * time.Minute,
		Goodbye:     200 * time.Millisecond,
		Drain:       10 * time.Second,
	}
	fill(&l.Body, def.Body)
	fill(&l.Pictures, def.Pictures)
	fill(&l.Buffered, def.Buffered)
	fill(&l.Predictions, def.Predictions)
	fill(&l.Headers, def.Headers)
	fill(&l.Read, def.Read)
	fill(&l.Idle, def.Idle)
	fill(&l.Goodbye, def.Goodbye)
	fill(&l.Drain, def.Drain)
	return l
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Server answers over HTTP with the model in production.
type Server struct {
	store     *experiments.Store
	noBuiltin bool
	log       *slog.Logger
	limits    Limits
	id        string
	code      string

	model    atomic.Pointer[loaded] // nil while there is none to answer with
	trouble  atomic.Pointer[string] // why the model in production is not served, for people
	draining atomic.Bool
	swapped  chan struct{} // a swap to be reported

	buffer    *semaphore.Weighted // bytes
	inference *semaphore.Weighted // predictions at a time
	// explaining bounds explanations at a time.
	explaining *semaphore.Weighted
	metrics    *metrics
	handler    http.Handler
}

// New loads the model in production; while nothing was promoted, the one that
// comes with the binary. A workspace without either, or one whose bundle cannot
// be loaded, is no error: the server starts, says so, and waits for a promotion.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Experiments == nil {
		return nil, errors.New("start server: no store of experiments was given")
	}
	id := make([]byte, 8)
	_, _ = rand.Read(id) // never fails
	s := &Server{
		store: c.Experiments, noBuiltin: c.NoBuiltin,
		log:     c.Logger,
		limits:  c.Limits.withDefaults(),
		id:      hex.EncodeToString(id),
		code:    c.Code,
		swapped: make(chan struct{}, 1),
		metrics: newMetrics(c.Code),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.buffer = semaphore.NewWeighted(s.limits.Buffered)
	s.inference = semaphore.NewWeighted(int64(s.limits.Predictions))
	s.explaining = semaphore.NewWeighted(1)
	var err error
	if s.handler, err = s.routes(); err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	f := follower{server: s}
	f.look(ctx, time.Now())
	return s, ctx.Err()
}

// Version is the model version that answers now, "" for none.
func (s *Server) Version() string {
	if m := s.model.Load(); m != nil {
		return m.name
	}
	return ""
}

// Serve answers on l until ctx ends. It then goes on accepting for
// Limits.Goodbye: load balancers see that it is not ready any more, and clients
// that keep connections hear "Connection: close" with their answer, so that none
// sends into a connection that is closed. Last it drains: it finishes every
// request that it has begun, for at most Limits.Drain, and returns nil; an error
// says that requests were cut off. A Server serves once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	background := context.WithoutCancel(ctx)
	requests, cutOff := context.WithCancel(background)
	defer cutOff()
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: s.limits.Headers,
		ReadTimeout:       s.limits.Read,
		WriteTimeout:      2 * s.limits.Read,
		IdleTimeout:       s.limits.Idle,
		MaxHeaderBytes:    32 << 10,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	following, stopFollowing := context.WithCancel(background)
	defer stopFollowing()
	var helpers sync.WaitGroup
	helpers.Go(func() { (&follower{server: s}).run(following) })
	helpers.Go(func() { s.report(following, l.Addr().String()) })

	s.log.Info("serving", "address", l.Addr().String(), "version", s.Version())
	group, ended := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve on %s: %w", l.Addr(), err)
		}
		return nil
	})
	group.Go(func() error {
		<-ended.Done()
		s.draining.Store(true)
		s.log.Info("draining", "for_at_most", (s.limits.Goodbye + s.limits.Drain).String())
		time.Sleep(s.limits.Goodbye)
		deadline, cancel := context.WithTimeout(background, s.limits.Drain)
		defer cancel()
		if err := server.Shutdown(deadline); err != nil {
			cutOff()
			return fmt.Errorf("drain: requests were still running after %s and were cut off: %w", s.limits.Drain, errors.Join(err, server.Close()))
		}
		return nil
	})
	err := group.Wait()
	stopFollowing()
	helpers.Wait()
	s.log.Info("stopped")
	return err
}
