package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestPromotionsByOtherProcessesAreServedWithoutAFailedRequest: one process
// serves, others promote back and forth while clients ask all the time. Each
// promotion is answered with within 2 s, and no request fails.
func TestPromotionsByOtherProcessesAreServedWithoutAFailedRequest(t *testing.T) {
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := os.ReadFile(filepath.Join("testdata", "original", "images", "1117973.png"))
	if err != nil {
		t.Fatal(err)
	}
	folder, env := withBinary(t)
	space := filepath.Join(t.TempDir(), "space")
	ringlab := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), filepath.Join(folder, "ringlab"), append(args, "--workspace", space)...)
		cmd.Dir, cmd.Env = root, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
	}
	ringlab("ingest", filepath.Join("testdata", "original"))
	ringlab("train", "--preset", "trees", "--split", "demo", "--set", "trees=10")
	ringlab("train", "--preset", "trees", "--split", "demo", "--set", "trees=11")
	ringlab("promote", "1")
	ringlab("promote", "2", "--force", "--reason", "registered, so that both can be promoted by version")

	server, stdout := start(t, "serve", "--addr", "127.0.0.1:0", "--json", "--workspace", space)
	line, err := stdout.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ Address string }
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatalf("first line %q: %v", line, err)
	}
	ask := func(client *http.Client) (version string, err error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, said.Address+"/v1/predict", bytes.NewReader(picture))
		if err != nil {
			return "", err
		}
		request.Header.Set("Content-Type", "image/png")
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return "", err
		}
		var answer struct{ Model string }
		if err := json.Unmarshal(body, &answer); err != nil || response.StatusCode != http.StatusOK {
			return "", errors.Join(fmt.Errorf("%s: %s", response.Status, body), err)
		}
		return answer.Model, nil
	}

	var clients sync.WaitGroup
	var answered atomic.Int64
	stop := make(chan struct{})
	// Also when the test fails before its end: clients that went on would report
	// to a test that is over.
	endClients := sync.OnceFunc(func() {
		close(stop)
		clients.Wait()
	})
	defer endClients()
	for range 2 {
		client := &http.Client{Transport: &http.Transport{}}
		t.Cleanup(client.CloseIdleConnections)
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if version, err := ask(client); err != nil || version != "v1" && version != "v2" {
					t.Errorf("a request failed during promotions: %q, %v", version, err)
					return
				}
				answered.Add(1)
			}
		})
	}
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	rounds := 2
	if os.Getenv("RINGLAB_LONG") != "" {
		rounds = 20
	}
	for round := range 2 * rounds {
		version := []string{"v1", "v2"}[round%2]
		ringlab("promote", version, "--force", "--reason", "back and forth")
		promoted := time.Now() // the process has ended: it was promoted before this
		for {
			got, err := ask(client)
			if err != nil {
				t.Fatalf("asking for %s: %v", version, err)
			}
			if got == version {
				break
			}
			if took := time.Since(promoted); took > patience*2*time.Second {
				t.Fatalf("%s was promoted %s ago, and %s still answers", version, took, got)
			}
		}
	}
	endClients()
	if answered.Load() == 0 {
		t.Error("no client was answered during the promotions: the test shows nothing")
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server after SIGTERM: %v, wanted status 0", err)
	}
	t.Logf("%d requests were answered during %d promotions", answered.Load(), 2*rounds)
}
