package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
)

// template is a workspace with the demo's data and two registered versions of
// the trees, v1 and v2, made once; each test works on a copy.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ringlab-serve-*")
	if err != nil {
		return "", err
	}
	ctx := context.Background()
	ws, err := workspace.Create(ctx, dir)
	if err != nil {
		return dir, err
	}
	records := data.New(ws)
	if _, err := records.Ingest(ctx, "../testdata/original", data.IngestOptions{MaxDead: -1, MaxDeadShare: -1}); err != nil {
		return dir, err
	}
	store := experiments.New(ws, records)
	for _, trees := range []string{"10", "15"} {
		run, err := store.Submit(ctx, experiments.Submission{Preset: "trees", Set: map[string]string{"trees": trees}, Author: "test"})
		if err != nil {
			return dir, err
		}
		if run, err = store.WorkOne(ctx, run.ID, experiments.Observer{}); err != nil {
			return dir, err
		}
		if _, err := store.Register(ctx, run.ID, "test"); err != nil {
			return dir, err
		}
	}
	return dir, ws.Close()
})

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, _ := template(); dir != "" {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(status)
}

// newWorkspace copies the template and opens it.
func newWorkspace(t testing.TB) (dir string, store *experiments.Store) {
	t.Helper()
	made, err := template()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "workspace")
	if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	return dir, openStore(t, dir)
}

// openStore opens the workspace as another process would: with connections of
// its own.
func openStore(t testing.TB, dir string) *experiments.Store {
	t.Helper()
	ws, err := workspace.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ws.Close(); err != nil {
			t.Error(err)
		}
	})
	return experiments.New(ws, data.New(ws))
}

// promote puts a version in production whatever the gates say.
func promote(t testing.TB, store *experiments.Store, version string) {
	t.Helper()
	_, err := store.Promote(t.Context(), version, experiments.PromoteOptions{Force: true, Reason: "a test", Author: "test"})
	if err != nil {
		t.Fatal(err)
	}
}

// running is a server on a loopback port.
type running struct {
	*Server
	url  string
	log  *logBuffer
	stop func() error // ends it and waits
}

type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func start(t *testing.T, store *experiments.Store, limits Limits) *running {
	t.Helper()
	log := &logBuffer{}
	s, err := New(t.Context(), Config{Experiments: store, Logger: slog.New(slog.NewJSONHandler(log, nil)), Code: "test", Limits: limits, NoBuiltin: true})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	stop := sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	return &running{Server: s, url: "http://" + l.Addr().String(), log: log, stop: stop}
}

// until waits for a state, for a generous time.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// reply is an answer with its body read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) object(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal(r.body, &object); err != nil {
		t.Fatalf("answer %q: %v", r.body, err)
	}
	return object
}

func send(client *http.Client, method, url, media string, body io.Reader) (reply, error) {
	request, err := http.NewRequestWithContext(context.Background(), method, url, body)
	if err != nil {
		return reply{}, err
	}
	if media != "" {
		request.Header.Set("Content-Type", media)
	}
	response, err := client.Do(request)
	if err != nil {
		return reply{}, err
	}
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, text}, errors.Join(err, response.Body.Close())
}

func get(t *testing.T, url string) reply {
	t.Helper()
	r, err := send(http.DefaultClient, http.MethodGet, url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func post(t *testing.T, url, media string, body []byte) reply {
	t.Helper()
	r, err := send(http.DefaultClient, http.MethodPost, url, media, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// form is a multipart body with these files in one field.
func form(t *testing.T, field string, files ...[]byte) (media string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i, file := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%d.png"`, field, i)},
		})
		if err == nil {
			_, err = part.Write(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.Bytes()
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// aDrawing is one of the demo's pictures.
func aDrawing(t *testing.T) []byte { return readFile(t, "../testdata/original/images/1117824.png") }

// checkProblem holds an answer to RFC 9457.
func checkProblem(t *testing.T, r reply, status int) {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d, want %d: %s", r.status, status, r.body)
		return
	}
	if media := r.header.Get("Content-Type"); media != "application/problem+json" {
		t.Errorf("media type %q of a problem", media)
	}
	p := r.object(t)
	if p["status"] != float64(status) || p["title"] != http.StatusText(status) || p["detail"] == "" || p["request_id"] != r.header.Get(requestIDHeader) {
		t.Errorf("problem %s", r.body)
	}
}

func TestNothingIsLeftBehindWhenAServerStops(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	http.DefaultClient.CloseIdleConnections()
	before := runtime.NumGoroutine()
	for range 3 {
		r := start(t, store, Limits{})
		post(t, r.url+"/v1/predict", "image/png", aDrawing(t))
		get(t, r.url+"/metrics")
		if err := r.stop(); err != nil {
			t.Fatal(err)
		}
		http.DefaultClient.CloseIdleConnections()
	}
	until(t, "the goroutines of the servers have ended", func() bool { return runtime.NumGoroutine() <= before })
}

func TestAServerIsKnownToTheWorkspaceWhileItLives(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	servers := func() []experiments.Server {
		all, err := store.Servers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	until(t, "it is listed", func() bool { return len(servers()) == 1 })
	if me := servers()[0]; me.Version != "v1" || "http://"+me.Address != r.url || me.PID != os.Getpid() {
		t.Errorf("listed as %+v", me)
	}
	promote(t, store, "v2")
	until(t, "its new version is listed", func() bool { return servers()[0].Version == "v2" })
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	if left := servers(); len(left) != 0 {
		t.Errorf("after it ended: %+v", left)
	}
}

// newServer makes a server that no listener and no follower drives.
func newServer(t testing.TB, store *experiments.Store, log io.Writer) *Server {
	t.Helper()
	s, err := New(t.Context(), Config{Experiments: store, Logger: slog.New(slog.NewJSONHandler(log, nil)), Code: "test", NoBuiltin: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serveOnce is what a GET of path answers.
func serveOnce(t *testing.T, s *Server, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Body.String()
}
