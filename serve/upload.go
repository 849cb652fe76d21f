package serve

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
)

// imageField is the name of a form's parts that hold pictures.
const imageField = "image"

// admit takes the request's share of the memory for uploads before a byte of
// its body is read. release gives it back.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (release func(), err error) {
	if r.ContentLength > s.limits.Body {
		return nil, newProblem(http.StatusRequestEntityTooLarge,
			fmt.Sprintf("the request has %d bytes, limit %d; send a smaller picture, or fewer at a time", r.ContentLength, s.limits.Body))
	}
	// The least share bounds the number of requests; a length that is not known
	// may turn out to be the longest.
	share := max(r.ContentLength, 1<<20)
	if r.ContentLength < 0 {
		share = s.limits.Body
	}
	share = min(share, s.limits.Buffered)
	if !s.buffer.TryAcquire(share) {
		return nil, busy("this server has more to do than it can hold; send the request again in a moment")
	}
	r.Body = http.MaxBytesReader(w, r.Body, s.limits.Body)
	return func() { s.buffer.Release(share) }, nil
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
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return newProblem(http.StatusRequestTimeout, "the request did not arrive in time; send it again")
	}
	return newProblem(http.StatusBadRequest, malformed)
}
