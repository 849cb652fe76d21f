package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

const requestIDHeader = "X-Request-Id"

// requestIDKey finds the id in a request's context.
type requestIDKey struct{}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return id
}

// recorder remembers the status and size of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// watch gives each request an id, counts and logs it, turns a panic into a 500
// and, while draining, tells clients to leave.
func (s *Server) watch(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(plain http.ResponseWriter, r *http.Request) {
		started := time.Now()
		id := r.Header.Get(requestIDHeader)
		if !plainID(id) {
			id = rand.Text()
		}
		r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
		w := &recorder{ResponseWriter: plain}
		w.Header().Set(requestIDHeader, id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		handler, pattern := mux.Handler(r)
		route := routeName(pattern)
		if pattern == "" {
			handler, route = unrouted(handler), "none"
		}
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		defer func() {
			took := time.Since(started)
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler { //nolint:errorlint // a panic's value, not a returned error
					panic(cause)
				}
				s.log.Error("panic", "request_id", id, "route", route, "panic", cause, "stack", string(debug.Stack()))
				if w.status == 0 {
					asProblem(errors.New("panic")).write(w, id)
				}
			}
			if w.status == 0 {
				w.status = http.StatusOK // net/http's own, for a handler that wrote nothing
			}
			s.metrics.answered(route, w.status, took)
			s.log.LogAttrs(r.Context(), level(w.status), "request",
				slog.String("request_id", id),
				slog.String("method", r.Method),
				slog.String("route", route),
				slog.String("path", clip(r.URL.Path)),
				slog.Int("status", w.status),
				slog.Int64("bytes_in", r.ContentLength),
				slog.Int64("bytes_out", w.bytes),
				slog.Float64("ms", float64(took.Microseconds())/1000),
				slog.String("version", s.Version()),
				slog.String("remote", r.RemoteAddr),
			)
		}()
		handler.ServeHTTP(w, r)
	})
}

// routeName is the mux's pattern as a person would name it, the same with and
// without a slash at the end.
func routeName(pattern string) string {
	name := strings.TrimSuffix(pattern, "{$}")
	if !strings.HasSuffix(name, " /") {
		name = strings.TrimSuffix(name, "/")
	}
	return name
}

func level(status int) slog.Level {
	if status >= 500 && status != http.StatusServiceUnavailable {
		return slog.LevelError
	}
	return slog.LevelInfo
}

// clip bounds what a client can make one line of the log hold.
func clip(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// plainID tells whether a client's request id may be used: short, and of
// characters that mean nothing to a log, a shell or a terminal.
func plainID(id string) bool {
	for _, c := range []byte(id) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return len(id) >= 1 && len(id) <= 64
}

// unrouted answers a problem where the mux would answer plain text: 404, or
// 405 with the methods that there are.
func unrouted(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		probe := &statusProbe{header: http.Header{}}
		mux.ServeHTTP(probe, r)
		if probe.status == http.StatusMethodNotAllowed {
			allow := probe.header.Get("Allow")
			w.Header().Set("Allow", allow)
			newProblem(http.StatusMethodNotAllowed, fmt.Sprintf("this address answers %s only", allow)).write(w, requestID(r))
			return
		}
		newProblem(http.StatusNotFound, "there is nothing at this address; /openapi.json lists what there is").write(w, requestID(r))
	})
}

// statusProbe learns what a handler would answer and drops it.
type statusProbe struct {
	header http.Header
	status int
}

func (p *statusProbe) Header() http.Header         { return p.header }
func (p *statusProbe) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusProbe) WriteHeader(status int)      { p.status = status }
