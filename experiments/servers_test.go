package experiments

import (
	"testing"
	"time"
)

func TestServersAreListedWhileTheyReport(t *testing.T) {
	s := newStore(t)
	ctx := t.Context()
	clock := time.UnixMilli(1_700_000_000_000).UTC()
	s.now = func() time.Time { return clock }
	first := Server{ID: "a", Host: "here", PID: 7, Address: "127.0.0.1:8080", Version: "v1", Started: clock, Requests: 5, Errors: 1, P50: 1.5, P99: 9}
	report := func(v Server) {
		t.Helper()
		if err := s.ReportServer(ctx, v); err != nil {
			t.Fatal(err)
		}
	}
	report(first)
	report(Server{ID: "b", Started: clock.Add(time.Second)})
	clock = clock.Add(serverSilence)
	first.Requests, first.Version = 6, "v2"
	report(first)
	clock = clock.Add(time.Second)
	servers, err := s.Servers(ctx)
	first.Seen = clock.Add(-time.Second)
	if err != nil || len(servers) != 1 || servers[0] != first {
		t.Fatalf("servers %+v, %v; want only %+v: the other is silent", servers, err, first)
	}
	if err := s.RemoveServer(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if servers, err := s.Servers(ctx); err != nil || len(servers) != 0 {
		t.Errorf("servers %+v, %v after it was removed", servers, err)
	}
	clock = clock.Add(2 * serverForget)
	report(first)
	var rows int
	if err := s.ws.Reader().QueryRowContext(ctx, `SELECT count(*) FROM servers`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d rows, %v; a server that is long gone must be forgotten", rows, err)
	}
}
