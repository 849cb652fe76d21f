package tui

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	pixels "ringlab/data/picture"
	"ringlab/experiments"
	"ringlab/models"
)

const (
	// serverPatience is how long a server may take to answer the workbench.
	serverPatience = 5 * time.Second
	mostMetrics    = 4 << 20
	mostAnswer     = 1 << 20
)

// servingLoadedMsg is what is in production and who serves.
type servingLoadedMsg struct {
	request    int
	servers    []experiments.Server
	production experiments.Version // no name: nothing is in production
	since      experiments.Promotion
	learned    map[int]int // records of each label in the production run's snapshot
}

func loadServing(stores Stores) question {
	const doing = "look up what is served"
	return func(ctx context.Context, request int) tea.Msg {
		answer := servingLoadedMsg{request: request}
		var err error
		if answer.servers, err = stores.Experiments.Servers(ctx); err != nil {
			return failedMsg{request, doing, err}
		}
		if answer.production, answer.since, err = inProduction(ctx, stores.Experiments); err != nil {
			return failedMsg{request, doing, err}
		}
		if answer.production.Name == "" {
			return answer
		}
		run, err := stores.Experiments.Run(ctx, answer.production.Run)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		if answer.learned, err = stores.Data.LabelCounts(ctx, run.Spec.Snapshot); err != nil {
			return failedMsg{request, doing, err}
		}
		return answer
	}
}

// trafficLoadedMsg is what the servers have answered, by their metrics.
type trafficLoadedMsg struct {
	request int
	said    map[int]int // pictures answered with each label
	unlike  int
	silent  string // why some could not be asked, "" if none
}

// loadTraffic asks each server of this machine for its metrics. One of another
// machine is left alone: an address in a workspace is no reason to call it.
func loadTraffic(servers []experiments.Server) question {
	return func(ctx context.Context, request int) tea.Msg {
		answer := trafficLoadedMsg{request: request, said: map[int]int{}}
		for _, s := range living(servers) {
			address, ok := localAddress(s.Address)
			if !ok {
				answer.silent = "servers of other machines are not asked"
				continue
			}
			if err := addTraffic(ctx, address, &answer); err != nil {
				answer.silent = err.Error()
			}
		}
		return answer
	}
}

// localAddress is where a server of this machine is reached.
func localAddress(address string) (string, bool) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", false
	}
	ip := net.ParseIP(host)
	switch {
	case host == "localhost" || ip != nil && ip.IsLoopback():
		return address, true
	case host == "" || ip != nil && ip.IsUnspecified():
		return net.JoinHostPort("127.0.0.1", port), true
	}
	return "", false
}

var metricLine = regexp.MustCompile(`^ringlab_predictions_total\{rings="(\d+)"\} ([0-9.e+]+)$|^ringlab_predictions_unlike_total ([0-9.e+]+)$`)

func addTraffic(ctx context.Context, address string, to *trafficLoadedMsg) error {
	ctx, cancel := context.WithTimeout(ctx, serverPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(io.LimitReader(response.Body, mostMetrics))
	for lines.Scan() {
		m := metricLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		n, err := strconv.ParseFloat(m[2]+m[3], 64)
		if err != nil {
			continue
		}
		if label, err := strconv.Atoi(m[1]); err == nil {
			to.said[label] += int(n)
		} else {
			to.unlike += int(n)
		}
	}
	return lines.Err()
}

// triedMsg is an answer to a picture that the person named.
type triedMsg struct {
	request int
	path    string
	picture *pixels.Picture
	said    models.Prediction
	model   string // that answered
	by      string // the server, "" where the workbench asked the model itself
	took    time.Duration
}

// tryPicture asks a server, or where none is up the model in production.
func tryPicture(stores Stores, servers []experiments.Server, path string) question {
	return func(ctx context.Context, request int) tea.Msg {
		doing := "try " + path
		file, err := readPictureFile(path)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		answer := triedMsg{request: request, path: path}
		if answer.picture, err = pixels.Decode(file, pixels.DefaultLimits); err != nil {
			return failedMsg{request, doing, err}
		}
		started := time.Now()
		for _, s := range living(servers) {
			address, ok := localAddress(s.Address)
			if !ok || s.Version == "" {
				continue
			}
			answer.by = s.Address
			if answer.said, answer.model, err = askServer(ctx, address, file); err != nil {
				return failedMsg{request, doing, err}
			}
			answer.took = time.Since(started)
			return answer
		}
		m, err := stores.Experiments.Serving(ctx)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		model, _, err := m.Load()
		if err != nil {
			return failedMsg{request, doing, err}
		}
		said, err := model.Predict(ctx, []*pixels.Picture{answer.picture})
		if err != nil {
			return failedMsg{request, doing, err}
		}
		answer.said, answer.model, answer.took = said[0], m.Name, time.Since(started)
		return answer
	}
}

func readPictureFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file", filepath.Base(path))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, int64(pixels.DefaultLimits.MaxBytes)+1))
}

// askServer sends a picture as any client does.
func askServer(ctx context.Context, address string, file []byte) (said models.Prediction, model string, err error) {
	ctx, cancel := context.WithTimeout(ctx, serverPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/v1/predict", bytes.NewReader(file))
	if err != nil {
		return said, "", err
	}
	request.Header.Set("Content-Type", "image/png")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return said, "", err
	}
	defer response.Body.Close()
	var answer struct {
		Rings         int             `json:"rings"`
		Probabilities map[int]float64 `json:"probabilities"`
		Confidence    float64         `json:"confidence"`
		Unlike        bool            `json:"unlike"`
		Model         string          `json:"model"`
		Detail        string          `json:"detail"` // of a problem
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, mostAnswer)).Decode(&answer); err != nil {
		return said, "", fmt.Errorf("%s answered %s: %w", address, response.Status, err)
	}
	if response.StatusCode != http.StatusOK {
		return said, "", fmt.Errorf("%s answered %s: %s", address, response.Status, answer.Detail)
	}
	said.Label, said.Confidence, said.Probabilities, said.Unlike = answer.Rings, answer.Confidence, answer.Probabilities, answer.Unlike
	return said, answer.Model, nil
}
