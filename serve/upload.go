package serve

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"

	"golang.org/x/sync/semaphore"
)

// imageField is the name of a form's parts that hold pictures.
const imageField = "image"

// upload is the body of a request. It takes its share of the memory for uploads
// as it arrives: what a client only announces, or sends a byte a second, takes
// nothing from the others.
type upload struct {
	io.ReadCloser
	buffer     *semaphore.Weighted // bytes
	read, held int64
}

const (
	// uploadStep bytes are taken at a time.
	uploadStep = 64 << 10
	// uploadLeast is what a request holds that waits for its answer, however small:
	// it bounds how many do.
	uploadLeast = 1 << 20
)

// admit bounds the body of a request. release gives its memory back.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (body *upload, release func(), err error) {
	if r.ContentLength > s.limits.Body {
		return nil, nil, newProblem(http.StatusRequestEntityTooLarge,
			fmt.Sprintf("the request has %d bytes, limit %d; send a smaller picture, or fewer at a time", r.ContentLength, s.limits.Body))
	}
	body = &upload{ReadCloser: http.MaxBytesReader(w, r.Body, s.limits.Body), buffer: s.buffer}
	// A byte at once: where there is no room, the body need not be sent.
	if err := body.hold(1); err != nil {
		return nil, nil, err
	}
	r.Body = body
	return body, func() { s.buffer.Release(body.held) }, nil
}

func (u *upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.read += int64(n)
	if full := u.hold((u.read + uploadStep - 1) / uploadStep * uploadStep); full != nil {
		return n, full
	}
	return n, err
}

// hold takes what lacks to this many bytes.
func (u *upload) hold(bytes int64) error {
	lacks := bytes - u.held
	if lacks <= 0 {
		return nil
	}
	if !u.buffer.TryAcquire(lacks) {
		return busy("this server has more to do than it can hold; send the request again in a moment")
	}
	u.held = bytes
	return nil
}

// maxParts bounds the parts of a form, pictures or not: each costs more work
// than its bytes tell.
const maxParts = 1000

// readForm reads the pictures of a multipart form: every part named image.
// None is a 422.
func (s *Server) readForm(r *http.Request) ([][]byte, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, newProblem(http.StatusUnsupportedMediaType,
			"send the picture as multipart/form-data with a file in the field image, for example: curl -F image=@drawing.png ADDRESS")
	}
	const malformed = "the form cannot be read: its parts do not follow multipart/form-data"
	var files [][]byte
	for parts := 0; ; parts++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unread(err, malformed)
		}
		if parts == maxParts {
			return nil, newProblem(http.StatusRequestEntityTooLarge, fmt.Sprintf("the form has more than %d parts; send fewer at a time", maxParts))
		}
		if part.FormName() != imageField {
			continue // the next part skips what is left of it, within the body's limit
		}
		if len(files) == s.limits.Pictures {
			return nil, newProblem(http.StatusRequestEntityTooLarge,
				fmt.Sprintf("more than %d pictures in one request; send fewer at a time", s.limits.Pictures))
		}
		file, err := io.ReadAll(part)
		if err != nil {
			return nil, unread(err, malformed)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, newProblem(http.StatusUnprocessableEntity, "field required: the form has no file in the field image")
	}
	return files, nil
}

// readPictures reads a body that is a form of pictures, or else one picture
// whatever its type claims: the content decides, and clients such as curl
// announce a form by habit.
func (s *Server) readPictures(r *http.Request) ([][]byte, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && media == "multipart/form-data" {
		return s.readForm(r)
	}
	file, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unread(err, "the body ends before the request said it would")
	}
	return [][]byte{file}, nil
}

// unread maps a failed read of a body: too long, too slow, or otherwise wrong
// in the way that malformed says.
func unread(err error, malformed string) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*problem](err); ok {
		return err
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return newProblem(http.StatusRequestTimeout, "the request did not arrive in time; send it again")
	}
	return newProblem(http.StatusBadRequest, malformed)
}
