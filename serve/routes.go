package serve

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"ringlab/experiments"
)

// The routes that answer pictures, as the mux and the metrics name them.
const (
	routePredict     = "POST /v1/predict"
	routeDemoPredict = "POST /predict"
)

func (s *Server) routes() (http.Handler, error) {
	document, err := openAPI(s.code)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc(routePredict, s.predictWith(s.readPictures, writePredictions))
	mux.HandleFunc("GET /livez", s.livez)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", s.metrics.handler())
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(document)
	})

	// The routes of the demo that this program replaces: its fields, spelling
	// included, and more. It redirected to the slash; here both answer.
	mux.HandleFunc("GET /{$}", s.demoRoot)
	for _, slash := range []string{"", "/{$}"} {
		mux.HandleFunc("GET /models"+slash, s.demoModels)
		mux.HandleFunc("GET /deployed_version"+slash, s.demoVersion)
		mux.HandleFunc("POST /predict"+slash, s.predictWith(s.readForm, writeDemoPrediction))
	}
	return s.watch(mux), nil
}

func writePredictions(w http.ResponseWriter, _ *http.Request, answers []prediction) {
	if len(answers) == 1 {
		writeJSON(w, http.StatusOK, answers[0])
		return
	}
	writeJSON(w, http.StatusOK, predictions{answers})
}

// health is the answer of livez and readyz.
type health struct {
	Status  string `json:"status" doc:"ok; stale: an older model answers; empty: none does; draining: the server ends" enum:"ok,empty,stale,draining"`
	Version string `json:"version" doc:"The model version that answers, empty for none"`
	Run     string `json:"run" doc:"The run that trained it"`
	Detail  string `json:"detail,omitempty" doc:"What is wrong and what to do"`
	Code    string `json:"code" doc:"The version of ringlab"`
}

func (s *Server) health() health {
	h := health{Status: "ok", Code: s.code}
	if m := s.model.Load(); m != nil {
		h.Version, h.Run = m.name, m.run
		if trouble := s.trouble.Load(); trouble != nil {
			h.Status, h.Detail = "stale", *trouble
		}
	} else {
		h.Status, h.Detail = "empty", s.why()
	}
	if s.draining.Load() {
		h.Status, h.Detail = "draining", "the server is shutting down"
	}
	return h
}

// livez says that the process answers; a restart would not help more.
func (s *Server) livez(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether predictions are answered. An old model that goes on
// serving because the new one cannot be loaded is ready, with a detail.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	h := s.health()
	status := http.StatusOK
	if h.Status == "empty" || h.Status == "draining" {
		status = http.StatusServiceUnavailable
	}
	writeJSON(w, status, h)
}

func (s *Server) demoRoot(w http.ResponseWriter, _ *http.Request) {
	const welcome = "Welcome to the MLOps Demo!"
	writeJSON(w, http.StatusOK, map[string]string{"message:": welcome, "message": welcome})
}

func (s *Server) demoModels(w http.ResponseWriter, r *http.Request) {
	versions, err := s.store.Versions(r.Context())
	if err != nil {
		s.log.Error("list models", "request_id", requestID(r), "error", err)
		s.refuse(w, r, busy("the workspace cannot be read just now; send the request again in a moment"))
		return
	}
	slices.SortFunc(versions, byNumber)
	names := make([]string, len(versions))
	for i, v := range versions {
		names[i] = v.Name
	}
	writeJSON(w, http.StatusOK, map[string][]string{"avaliable_models": names, "available_models": names}) //nolint:misspell // as the demo spells it
}

// byNumber sorts v2 before v10.
func byNumber(a, b experiments.Version) int {
	number := func(v experiments.Version) int {
		n, _ := strconv.Atoi(strings.TrimPrefix(v.Name, "v"))
		return n
	}
	return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a.Name, b.Name))
}

func (s *Server) demoVersion(w http.ResponseWriter, r *http.Request) {
	m := s.model.Load()
	if m == nil {
		s.refuse(w, r, newProblem(http.StatusServiceUnavailable, s.why()))
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"version": m.name, "run": m.run})
}

// demoPrediction is the demo's answer and what ringlab knows besides.
type demoPrediction struct {
	Rings int `json:"n_rings_pred"`
	prediction
	Version   string `json:"version"`
	RequestID string `json:"request_id"`
}

func writeDemoPrediction(w http.ResponseWriter, r *http.Request, answers []prediction) {
	if len(answers) != 1 {
		newProblem(http.StatusUnprocessableEntity,
			fmt.Sprintf("this address answers one picture, the form has %d; send several to /v1/predict", len(answers))).write(w, requestID(r))
		return
	}
	a := answers[0]
	writeJSON(w, http.StatusOK, demoPrediction{Rings: a.Rings, prediction: a, Version: a.Model, RequestID: requestID(r)})
}
