package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"ringlab/data"
	"ringlab/experiments"
	"ringlab/internal/build"
	"ringlab/serve"
)

// answer is what the server said about one picture, and what is true.
type answer struct {
	Address    string  `json:"address"`
	Picture    string  `json:"picture"`
	Rings      int     `json:"rings"`
	Confidence float64 `json:"confidence"`
	Model      string  `json:"model"`
	Truth      int     `json:"truth"`
}

// serve starts the server in this process, asks it one picture, and keeps it
// running while then does.
func (d *demo) serve(ctx context.Context, then func(context.Context) error) (err error) {
	// The log has its own file: the workbench may draw on this terminal.
	log, err := os.OpenFile(d.ws.Path("logs", "serve.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	server, err := serve.New(ctx, serve.Config{
		Experiments: d.experiments,
		Logger:      slog.New(slog.NewJSONHandler(log, nil)),
		Code:        build.Version(),
	})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(serving, listener) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()

	d.answer.Address = "http://" + listener.Addr().String()
	if err := d.ask(ctx); err != nil {
		return err
	}
	return then(ctx)
}

// ask sends the first picture of the holdout to the server.
func (d *demo) ask(ctx context.Context) error {
	split, err := data.ParseSplit(demoSplit)
	if err != nil {
		return err
	}
	parts, err := d.data.Parts(ctx, d.ingested.Snapshot, split)
	if err != nil {
		return err
	}
	record := parts.Holdout[0]
	png, err := d.data.PicturePNG(ctx, record)
	if err != nil {
		return err
	}
	d.say("  POST %s/v1/predict < %s", d.answer.Address, clean(record.Image))
	body, err := post(ctx, d.answer.Address+"/v1/predict", png)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &d.answer); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	d.answer.Picture, d.answer.Truth = record.Image, record.Label
	if !slices.ContainsFunc(d.versions, func(v experiments.Version) bool { return v.Name == d.answer.Model }) {
		d.say("  (%s is none of the demo's two: it may have learned from this picture)", clean(d.answer.Model))
	}
	d.say("  answer: %s, confidence %s, by %s", plural(d.answer.Rings, "ring", "rings"), percent(d.answer.Confidence), clean(d.answer.Model))
	verdict := "right"
	if d.answer.Rings != d.answer.Truth {
		verdict = "wrong"
	}
	d.say("  truth:  %s, so it is %s", plural(record.Label, "ring", "rings"), verdict)
	return nil
}

// post sends a picture and returns the answer's body.
func post(ctx context.Context, url string, png []byte) (body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(png))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "image/png")
	// No proxy: the address is this machine's.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	body, err = io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read the server's answer: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask the server: %s: %s", response.Status, body)
	}
	return body, nil
}

// demoResult is what demo --json prints.
type demoResult struct {
	Workspace  string   `json:"workspace"`
	Snapshot   string   `json:"snapshot"`
	Read       int      `json:"read"`
	Kept       int      `json:"kept"`
	Repeated   int      `json:"repeated"`
	Dead       int      `json:"dead"`
	Runs       []string `json:"runs"`
	Versions   []string `json:"versions"`
	Production string   `json:"production"`
	Answer     answer   `json:"answer"`
	Seconds    float64  `json:"seconds"`
}

func (d *demo) result() demoResult {
	r := demoResult{
		Workspace: d.ws.Dir(), Snapshot: d.ingested.Snapshot,
		Read: d.ingested.Read, Kept: d.ingested.Kept, Repeated: d.ingested.Repeated, Dead: d.ingested.Dead,
		Production: d.answer.Model, Answer: d.answer, Seconds: time.Since(d.started).Seconds(),
	}
	for i := range d.runs {
		r.Runs = append(r.Runs, d.runs[i].ID)
		r.Versions = append(r.Versions, d.versions[i].Name)
	}
	return r
}
