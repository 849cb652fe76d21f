package serve

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"ringlab/data/picture"
)

// problem is an error that a client gets: RFC 9457, application/problem+json.
// Its detail says what to do and nothing of this machine.
type problem struct {
	Title     string `json:"title" doc:"The meaning of the status"`
	Status    int    `json:"status" doc:"The HTTP status"`
	Detail    string `json:"detail" doc:"What was wrong and what to do"`
	Code      string `json:"code,omitempty" doc:"A stable word for what was wrong with a picture, such as picture_not_png"`
	RequestID string `json:"request_id,omitempty" doc:"As in the server's log"`

	// retryAfter is the Retry-After header, "" for none.
	retryAfter string
}

func (p *problem) Error() string { return p.Detail }

func newProblem(status int, detail string) *problem {
	return &problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

// busy asks the client to come back.
func busy(detail string) *problem {
	p := newProblem(http.StatusServiceUnavailable, detail)
	p.retryAfter = "1"
	return p
}

// refusedPicture maps the reasons of the picture decoder to a status.
func refusedPicture(err *picture.RefusedError, detail string) *problem {
	status := http.StatusUnprocessableEntity
	switch err.Code {
	case picture.CodeEmpty:
		status = http.StatusBadRequest
	case picture.CodeNotPNG:
		status = http.StatusUnsupportedMediaType
	case picture.CodeTooLarge:
		status = http.StatusRequestEntityTooLarge
	}
	p := newProblem(status, detail)
	p.Code = err.Code
	return p
}

// asProblem is what a client gets for err. Only an error that nobody foresaw
// is a 500; its text goes to the log alone.
func asProblem(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return newProblem(http.StatusRequestEntityTooLarge, "the request is larger than this server accepts; send a smaller picture, or fewer at a time")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return busy("the request was given up before it was answered; send it again")
	}
	return newProblem(http.StatusInternalServerError, "something unforeseen went wrong; the server's log has it under the request id")
}

// write answers with the problem.
func (p *problem) write(w http.ResponseWriter, requestID string) {
	body := *p
	body.RequestID = requestID
	if p.retryAfter != "" {
		w.Header().Set("Retry-After", p.retryAfter)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	writeBody(w, p.Status, body)
}

// writeJSON answers with a compact object on one line.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	writeBody(w, status, v)
}

func writeBody(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil { // a defect: all that is written here can be marshalled
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that has gone away is no error of ours
}
