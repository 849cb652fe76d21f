package experiments

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
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

// startServer starts a server in a process of its own, and waits until it has
// reported.
func startServer(t *testing.T, s *Store, id string) (process *exec.Cmd, end io.Closer) {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	process = exec.CommandContext(t.Context(), executable, "server", s.ws.Dir(), id)
	process.Stderr = os.Stderr
	input, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := process.StdoutPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil {
		t.Fatalf("the server said %q, %v", line, err)
	}
	return process, input
}

// A server that was killed is told from one that is silent as soon as it is
// looked for, and listed for a minute or until another has its address; one that
// ended in order is not listed.
func TestAServerThatWasKilledIsSaidToHaveDied(t *testing.T) {
	s := newStore(t)
	listed := func(when string, want ...string) {
		t.Helper()
		servers, err := s.Servers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range servers {
			if v.Died {
				v.ID += " died"
			}
			got = append(got, v.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	first, _ := startServer(t, s, "aa")
	listed("alive", "aa")
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed
	listed("killed", "aa died")
	later := time.Now().Add(serverSilence + time.Second)
	s.now = func() time.Time { return later }
	listed("after the time of silence", "aa died")
	s.now = time.Now
	second, end := startServer(t, s, "bb")
	listed("another has its address", "bb")
	if err := errors.Join(end.Close(), second.Wait()); err != nil {
		t.Fatal(err)
	}
	listed("that one ended in order", "aa died")
	later = time.Now().Add(serverMourned + time.Second)
	s.now = func() time.Time { return later }
	listed("after a minute")

	later = time.Now().Add(2 * serverForget)
	release, err := s.HoldServer("cc")
	if err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(s.ws.Path(serversDir)); err != nil || len(files) != 1 || files[0].Name() != "cc.lock" {
		t.Errorf("files %v, %v: want that of the living server alone", files, err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if _, err := s.HoldServer("../runs"); err == nil {
		t.Error("an id that names another file was taken")
	}
}

// Of a server on another machine, and of one that holds no lock, nothing is said
// but that it is silent.
func TestAServerIsNotSaidToHaveDiedWhereThatCannotBeKnown(t *testing.T) {
	s := newStore(t)
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []Server{{ID: "aa", Host: host}, {ID: "bb", Host: host + "x"}, {ID: "../state", Host: host}} {
		if err := s.ReportServer(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if release, err := s.HoldServer("bb"); err != nil || s.Died(Server{ID: "bb", Host: host}) {
		t.Errorf("a server that holds its lock has died, %v", err)
	} else if err := release(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.ws.Path(serversDir, "bb.lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	servers, err := s.Servers(t.Context())
	if err != nil || len(servers) != 3 {
		t.Fatalf("%+v, %v", servers, err)
	}
	for _, v := range servers {
		if v.Died {
			t.Errorf("server %s has died", v.ID)
		}
	}
}
