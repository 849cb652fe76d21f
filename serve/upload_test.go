package serve

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringlab/data/picture"
)

// blankPNG is a white picture of this size.
func blankPNG(t *testing.T, width, height int) []byte {
	t.Helper()
	p := &picture.Picture{Width: width, Height: height, Pix: bytes.Repeat([]byte{255}, 3*width*height)}
	file, err := p.EncodePNG()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestUploadsThatAreNoPictureGetTheirStatus(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Pictures: 3})
	whole := aDrawing(t)
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 0xff
	tooMany, tooManyBody := form(t, "image", whole, whole, whole, whole)
	mixed, mixedBody := form(t, "image", whole, []byte("hello"))
	none, noneBody := form(t, "image")
	manyParts, manyPartsBody := form(t, "other", make([][]byte, maxParts+1)...)
	for _, c := range []struct {
		name, media string
		body        []byte
		status      int
		says        string
	}{
		{"nothing", "image/png", nil, 400, "0 bytes"},
		{"text", "image/png", []byte("hello"), 415, "PNG"},
		{"JPEG", "image/png", []byte("\xff\xd8\xff\xe0abcdefgh"), 415, "JPEG"},
		{"JPEG, and says so", "image/jpeg", []byte("\xff\xd8\xff\xe0abcdefgh"), 415, "JPEG"},
		{"JSON", "application/json", []byte("{}"), 415, "PNG"},
		{"PNG cut in the middle", "image/png", whole[:len(whole)/2], 422, "ends"},
		{"PNG with a wrong byte", "image/png", flipped, 422, ""},
		{"PNG of too many pixels", "image/png", blankPNG(t, 4097, 1), 413, "4096"},
		{"form without a boundary", "multipart/form-data", whole, 415, "multipart/form-data"},
		{"form that is none", "multipart/form-data; boundary=x", []byte("hello"), 422, "image"},
		{"form cut in the middle", mixed, mixedBody[:200], 400, "form"},
		{"form without a picture", none, noneBody, 422, "image"},
		{"form with one that is no picture", mixed, mixedBody, 415, "picture 2 of 2"},
		{"form of too many pictures", tooMany, tooManyBody, 413, "more than 3 pictures"},
		{"form of too many parts", manyParts, manyPartsBody, 413, "parts"},
	} {
		answer := post(t, r.url+"/v1/predict", c.media, c.body)
		if answer.status != c.status || !strings.Contains(string(answer.body), c.says) {
			t.Errorf("%s: %d %s, want %d and %q", c.name, answer.status, answer.body, c.status, c.says)
			continue
		}
		checkProblem(t, answer, c.status)
	}
}

func TestPicturesOfAnySizeAndBlankOnesAreAnswered(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	for _, size := range [][2]int{{1, 1}, {4096, 1}, {1, 4096}, {300, 300}, {1000, 700}} {
		answer := post(t, r.url+"/v1/predict", "image/png", blankPNG(t, size[0], size[1]))
		if answer.status != http.StatusOK || answer.object(t)["unlike"] != true {
			t.Errorf("white, %v pixels: %d %s, want an answer that is unlike", size, answer.status, answer.body)
		}
	}
	if answer := post(t, r.url+"/v1/predict", "image/png", aDrawing(t)); answer.object(t)["unlike"] != false {
		t.Errorf("one of the demo's drawings: %s", answer.body)
	}
}

// Every file of the corpus of malformed inputs, picture or not, is answered or
// refused, in both forms, and none is the server's fault.
func TestTheCorpusOfBadFilesIsNeverAServerError(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	sent := map[string]bool{}
	err := filepath.WalkDir("../testdata/bad", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		file, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if sent[string(file)] {
			return nil
		}
		sent[string(file)] = true
		media, body := form(t, "image", file)
		for name, answer := range map[string]reply{
			"raw":  post(t, r.url+"/v1/predict", "image/png", file),
			"form": post(t, r.url+"/predict/", media, body),
		} {
			if answer.status != http.StatusOK && (answer.status < 400 || answer.status >= 500) {
				t.Errorf("%s, %s: %d %s", path, name, answer.status, answer.body)
			}
		}
		return nil
	})
	if err != nil || len(sent) < 100 {
		t.Errorf("%d different files sent (%v)", len(sent), err)
	}
}

// converse sends text over a bare connection and returns all that comes back
// until the server closes it.
func converse(t *testing.T, r *running, text string) string {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil && !strings.Contains(err.Error(), "reset") {
		t.Fatalf("the server kept the connection: %v", err)
	}
	return string(answer)
}

func TestABodyThatIsTooLongIsRefusedBeforeItIsRead(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Body: 5000})
	// No body follows: an answer can only come from the header.
	answer := converse(t, r, "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1099511627776\r\nConnection: close\r\n\r\n")
	if !strings.HasPrefix(answer, "HTTP/1.1 413 ") {
		t.Errorf("answered %q, want 413", answer)
	}
	// A length that is not announced is noticed on the way.
	chunked, err := send(http.DefaultClient, http.MethodPost, r.url+"/v1/predict", "image/png", io.LimitReader(zeros{}, 6000))
	if err != nil {
		t.Fatal(err)
	}
	checkProblem(t, chunked, http.StatusRequestEntityTooLarge)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestSlowClientsAreSentAway(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Headers: 50 * time.Millisecond, Read: 200 * time.Millisecond})
	converse(t, r, "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-") // never ends its header
	answer := converse(t, r, "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 100\r\n\r\n123")
	if !strings.HasPrefix(answer, "HTTP/1.1 408 ") {
		t.Errorf("a body that never ends: %q, want 408", answer)
	}
}

// beginRequest sends the header and the first 100 bytes of a picture, and waits
// until the server has begun with it.
func beginRequest(t *testing.T, r *running, picture []byte) net.Conn {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	head := fmt.Sprintf("POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", len(picture))
	if _, err := c.Write(append([]byte(head), picture[:100]...)); err != nil {
		t.Fatal(err)
	}
	until(t, "the request has begun", func() bool {
		return strings.Contains(string(get(t, r.url+"/metrics").body), "ringlab_http_requests_in_flight 2\n")
	})
	return c
}

func TestOverloadIsAnsweredAtOnceAndAsksToComeBack(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Buffered: uploadLeast, Predictions: 1}) // room for one request
	picture := aDrawing(t)
	if err := r.inference.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	waits := beginRequest(t, r, picture)
	if _, err := waits.Write(picture[100:]); err != nil {
		t.Fatal(err)
	}
	until(t, "the request waits for its turn", func() bool {
		free := r.buffer.TryAcquire(1)
		if free {
			r.buffer.Release(1)
		}
		return !free
	})
	refused := post(t, r.url+"/v1/predict", "image/png", picture)
	checkProblem(t, refused, http.StatusServiceUnavailable)
	if refused.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	several, body := form(t, "image", picture)
	checkProblem(t, post(t, r.url+"/v1/predict", several, body), http.StatusServiceUnavailable)
	if ready := get(t, r.url+"/readyz"); ready.status != http.StatusOK {
		t.Errorf("readyz while full: %d", ready.status)
	}
	r.inference.Release(1)
	if answer, err := io.ReadAll(waits); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
		t.Errorf("the request that waited: %q (%v)", answer, err)
	}
	if answer := post(t, r.url+"/v1/predict", "image/png", picture); answer.status != http.StatusOK {
		t.Errorf("after it: %d %s", answer.status, answer.body)
	}
}

// A small request is answered after one picture of a large one, not after all.
func TestARequestOfManyPicturesKeepsNobodyWaiting(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Predictions: 1})
	large := make([][]byte, 64)
	for i := range large {
		large[i] = blankPNG(t, 300, 300)
	}
	media, body := form(t, "image", large...)
	ended := make(chan reply, 1)
	go func() { ended <- post(t, r.url+"/v1/predict", media, body) }()
	until(t, "the large request has its turn", func() bool {
		free := r.inference.TryAcquire(1)
		if free {
			r.inference.Release(1)
		}
		return !free
	})
	if answer := post(t, r.url+"/v1/predict", "image/png", aDrawing(t)); answer.status != http.StatusOK {
		t.Errorf("the small one: %d %s", answer.status, answer.body)
	}
	select {
	case <-ended:
		t.Error("the large one was answered before")
	default:
	}
	if answer := <-ended; answer.status != http.StatusOK {
		t.Errorf("the large one: %d %s", answer.status, answer.body)
	}
}

// What slow clients announce is not taken from the others.
func TestClientsThatSendNothingTakeNothingFromOthers(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{Buffered: 4 * uploadLeast})
	for _, announced := range []string{"Content-Length: 30000000\r\n\r\n1", "Transfer-Encoding: chunked\r\n\r\n1\r\n1"} {
		for range 10 {
			c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := io.WriteString(c, "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"+announced); err != nil {
				t.Fatal(err)
			}
		}
	}
	until(t, "all have begun", func() bool {
		return strings.Contains(string(get(t, r.url+"/metrics").body), "ringlab_http_requests_in_flight 21\n")
	})
	if answer := post(t, r.url+"/v1/predict", "image/png", aDrawing(t)); answer.status != http.StatusOK {
		t.Errorf("beside them: %d %s", answer.status, answer.body)
	}
}

func TestAPanicIsOneAnswerAndNotTheEnd(t *testing.T) {
	_, store := newWorkspace(t)
	r := start(t, store, Limits{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(http.ResponseWriter, *http.Request) { panic("a defect") })
	recorded := &statusProbe{header: http.Header{}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.watch(mux).ServeHTTP(recorded, request)
	if recorded.status != http.StatusInternalServerError || !strings.Contains(r.log.String(), "a defect") {
		t.Errorf("status %d, log %s", recorded.status, r.log)
	}
}
