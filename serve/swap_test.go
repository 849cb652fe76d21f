package serve

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// ask sends one picture and returns the version that answered.
func ask(client *http.Client, url string, file []byte) (version string, status int, err error) {
	answer, err := send(client, http.MethodPost, url+"/v1/predict", "image/png", bytes.NewReader(file))
	if err != nil {
		return "", 0, err
	}
	var said prediction
	if answer.status == http.StatusOK {
		err = json.Unmarshal(answer.body, &said)
	}
	return said.Model, answer.status, err
}

func newClient(t testing.TB) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// Promotions come from a store with connections of its own, as another
// process has them.
func TestPromotionsUnderLoadAreServedWithin2sWithoutAFailedRequest(t *testing.T) {
	dir, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	other := openStore(t, dir)
	picture := aDrawing(t)

	var answered, failed atomic.Int64
	stop := make(chan struct{})
	var clients sync.WaitGroup
	endLoad := sync.OnceFunc(func() {
		close(stop)
		clients.Wait()
	})
	defer endLoad() // before the server ends, also where this test fails
	for range 4 {
		client := newClient(t)
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				version, status, err := ask(client, r.url, picture)
				if err != nil || status != http.StatusOK || version != "v1" && version != "v2" {
					failed.Add(1)
					t.Errorf("request: %q, %d, %v", version, status, err)
				}
				answered.Add(1)
			}
		})
	}
	client := newClient(t)
	slowest := time.Duration(0)
	swaps := []string{"v2", "v1", "v2", "v1", "v2", "v1"}
	for _, version := range swaps {
		promote(t, other, version)
		promoted := time.Now()
		until(t, version+" is served", func() bool {
			got, _, err := ask(client, r.url, picture)
			return err == nil && got == version
		})
		slowest = max(slowest, time.Since(promoted))
		before := answered.Load()
		until(t, "the load goes on", func() bool { return answered.Load() >= before+15 })
	}
	endLoad()
	if slowest > patience*2*time.Second {
		t.Errorf("a promotion was served after %s, want within 2s", slowest)
	}
	if failed.Load() > 0 || answered.Load() < 90 {
		t.Errorf("%d requests answered, %d failed", answered.Load(), failed.Load())
	}
	t.Logf("%d promotions, slowest served after %s; %d requests answered, %d failed", len(swaps), slowest.Round(time.Millisecond), answered.Load(), failed.Load())
}

func TestABundleThatCannotBeLoadedLeavesTheOldOneServing(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	found, err := store.Resolve(t.Context(), "v2")
	if err != nil {
		t.Fatal(err)
	}
	log := &logBuffer{}
	s := newServer(t, store, log)
	// Damaged after its promotion, before this server looks.
	promote(t, store, "v2")
	weights := filepath.Join(found.Bundle, "model.safetensors")
	whole := readFile(t, weights)
	damage(t, weights, whole[:len(whole)/2])

	f := follower{server: s}
	now := time.Now()
	f.look(t.Context(), now)
	if s.Version() != "v1" {
		t.Fatalf("serving %q, want v1", s.Version())
	}
	h := s.health()
	if h.Status != "stale" || !strings.Contains(h.Detail, "v2") {
		t.Errorf("health %+v, want stale with the reason", h)
	}
	if !strings.Contains(log.String(), "v2 is in production and cannot be loaded") {
		t.Errorf("the log does not say so: %s", log)
	}
	recorded := serveOnce(t, s, "/metrics")
	for _, want := range []string{"ringlab_model_stale 1", "ringlab_model_load_failures_total 1"} {
		if !strings.Contains(recorded, want+"\n") {
			t.Errorf("metrics lack %s", want)
		}
	}
	if ready := serveOnce(t, s, "/readyz"); !strings.Contains(ready, `"status":"stale"`) || !strings.Contains(ready, `"version":"v1"`) {
		t.Errorf("readyz: %s", ready)
	}
	// Not tried again at once, and not logged again.
	f.look(t.Context(), now.Add(retryAfter/2))
	if n := strings.Count(log.String(), "cannot be loaded"); n != 1 {
		t.Errorf("logged %d times", n)
	}
	// Repaired, it is served without another promotion.
	damage(t, weights, whole)
	f.look(t.Context(), now.Add(2*retryAfter))
	if s.Version() != "v2" || s.health().Status != "ok" {
		t.Errorf("after the repair: serving %q, %+v", s.Version(), s.health())
	}
}

func damage(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// A request that a handler has begun is answered in full although the server
// was told to end. Clients whose connection was refused or reset before that
// were not accepted.
func TestShutdownUnderLoadLosesNoAcceptedRequest(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	picture := aDrawing(t)
	var answered, odd atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		client := newClient(t)
		clients.Go(func() {
			for {
				_, status, err := ask(client, r.url, picture)
				if err != nil {
					if !refused(err) {
						odd.Add(1)
						t.Errorf("a request was lost: %v", err)
					}
					return
				}
				if status != http.StatusOK {
					odd.Add(1)
					t.Errorf("a request was answered %d", status)
					return
				}
				answered.Add(1)
			}
		})
	}
	until(t, "the load has begun", func() bool { return answered.Load() > 20 })
	if err := r.stop(); err != nil {
		t.Errorf("stopped: %v", err)
	}
	clients.Wait()
	begun, _, _, _ := r.metrics.summary()
	if begun != answered.Load() {
		t.Errorf("%d requests were begun, %d answered", begun, answered.Load())
	}
}

// refused tells whether the server no longer took connections, or closed an
// idle one while the client was already sending on it again: the client's own
// transport may have seen that first, and closed its end.
func refused(err error) bool {
	var dial *net.OpError
	return errors.As(err, &dial) && dial.Op == "dial" ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, net.ErrClosed)
}

func TestADrainThatTakesTooLongCutsOffAndSaysSo(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Drain: 100 * time.Millisecond})
	beginRequest(t, r, aDrawing(t))
	if err := r.stop(); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("stopped: %v, want an error that says that requests were cut off", err)
	}
}

// Told to end, the server says that it is not ready and goes on answering for
// as long as a load balancer needs to notice, also on new connections.
func TestBalancersHaveTimeToNoticeTheEnd(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Goodbye: 3 * time.Second})
	began := time.Now()
	ended := make(chan error, 1)
	go func() { ended <- r.stop() }()
	until(t, "it is not ready", func() bool { return get(t, r.url+"/readyz").status == http.StatusServiceUnavailable })
	if version, status, err := ask(newClient(t), r.url, aDrawing(t)); err != nil || status != http.StatusOK {
		t.Errorf("meanwhile: %d by %q (%v)", status, version, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took < 3*time.Second {
		t.Errorf("it ended after %s", took)
	}
}
