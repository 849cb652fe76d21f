package serve

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Whatever body a client sends under whatever type, reading it gives pictures
// within the limits or a problem of the client's.
func FuzzReadPictures(f *testing.F) {
	const boundary = "multipart/form-data; boundary=b"
	f.Add("image/png", []byte("\x89PNG\r\n\x1a\n"))
	f.Add(boundary, []byte("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"x\"\r\n\r\nabc\r\n--b--\r\n"))
	f.Add(boundary, []byte("--b\r\nContent-Disposition: form-data; name=\"image\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=0\r\n--b--"))
	f.Add(boundary, []byte("--b\r\n\r\n--b\r\n\r\n--b--"))
	f.Add("multipart/form-data", []byte("--\r\n"))
	f.Add("multipart/form-data; boundary=\"", []byte{})
	s := &Server{limits: Limits{Pictures: 2, Body: 1 << 16}.withDefaults()}
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		for _, read := range []func(*http.Request) ([][]byte, error){s.readPictures, s.readForm} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
			r.Header.Set("Content-Type", media)
			r.Body = http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(bytes.NewReader(body)), s.limits.Body)
			files, err := read(r)
			if err != nil {
				if p := asProblem(err); p.Status < 400 || p.Status >= 500 {
					t.Fatalf("%q: a problem of %d: %v", media, p.Status, err)
				}
				continue
			}
			if len(files) == 0 || len(files) > s.limits.Pictures {
				t.Fatalf("%q: %d pictures", media, len(files))
			}
		}
	})
}
