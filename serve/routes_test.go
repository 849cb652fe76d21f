package serve

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ringlab/data/picture"
	"ringlab/experiments"
	"ringlab/models"
)

func TestWithNothingInProductionItStartsAndSaysWhatToDo(t *testing.T) {
	_, store := newWorkspace(t)
	r := start(t, store, Limits{})
	if live := get(t, r.url+"/livez"); live.status != http.StatusOK {
		t.Errorf("livez: %d", live.status)
	}
	ready := get(t, r.url+"/readyz")
	if ready.status != http.StatusServiceUnavailable || !strings.Contains(string(ready.body), "ringlab promote RUN") {
		t.Errorf("readyz: %d %s", ready.status, ready.body)
	}
	media, body := form(t, "image", aDrawing(t))
	for name, answer := range map[string]reply{
		"/v1/predict":       post(t, r.url+"/v1/predict", "image/png", aDrawing(t)),
		"/predict/":         post(t, r.url+"/predict/", media, body),
		"/deployed_version": get(t, r.url+"/deployed_version/"),
	} {
		checkProblem(t, answer, http.StatusServiceUnavailable)
		if !strings.Contains(string(answer.body), "ringlab promote RUN") {
			t.Errorf("%s does not say what to do: %s", name, answer.body)
		}
	}
	promote(t, store, "v2")
	until(t, "the promoted version is served", func() bool { return get(t, r.url+"/readyz").status == http.StatusOK })
	if got := get(t, r.url+"/readyz").object(t); got["version"] != "v2" || got["status"] != "ok" {
		t.Errorf("readyz: %v", got)
	}
}

func TestTheDemosRoutesKeepTheirFields(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v2")
	r := start(t, store, Limits{})

	root := get(t, r.url+"/").object(t)
	if root["message:"] != "Welcome to the MLOps Demo!" || root["message"] != root["message:"] {
		t.Errorf("/: %v", root)
	}
	media, body := form(t, "image", aDrawing(t))
	for _, slash := range []string{"", "/"} {
		models := get(t, r.url+"/models"+slash).object(t)
		for _, key := range []string{"avaliable_models", "available_models"} { //nolint:misspell // as the demo spells it
			if list, _ := models[key].([]any); !slices.Equal(list, []any{"v1", "v2"}) {
				t.Errorf("/models%s: %s is %v, want v1, v2", slash, key, models[key])
			}
		}
		if version := get(t, r.url+"/deployed_version"+slash).object(t); version["version"] != "v2" {
			t.Errorf("/deployed_version%s: %v", slash, version)
		}
		answer := post(t, r.url+"/predict"+slash, media, body)
		said := answer.object(t)
		rings, isNumber := said["n_rings_pred"].(float64)
		if answer.status != http.StatusOK || !isNumber || rings != said["rings"] || said["model"] != "v2" || said["request_id"] == "" {
			t.Errorf("/predict%s: %d %s", slash, answer.status, answer.body)
		}
	}
	wrong, body := form(t, "picture", aDrawing(t))
	checkProblem(t, post(t, r.url+"/predict/", wrong, body), http.StatusUnprocessableEntity)
	two, body := form(t, "image", aDrawing(t), aDrawing(t))
	checkProblem(t, post(t, r.url+"/predict/", two, body), http.StatusUnprocessableEntity)
	checkProblem(t, post(t, r.url+"/predict/", "image/png", aDrawing(t)), http.StatusUnsupportedMediaType)
}

func TestPredictAnswersAsTheModelDoes(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	found, err := store.Resolve(t.Context(), "v1")
	if err != nil {
		t.Fatal(err)
	}
	model, _, err := models.LoadVerified(found.Bundle, found.Sum)
	if err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob("../testdata/original/images/11*.png")
	if err != nil || len(names) < 3 {
		t.Fatalf("%d pictures (%v)", len(names), err)
	}
	var files [][]byte
	var want []prediction
	for _, name := range names[:3] {
		file := readFile(t, name)
		decoded, err1 := picture.Decode(file, picture.DefaultLimits)
		said, err2 := model.Predict(t.Context(), []*picture.Picture{decoded})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		files, want = append(files, file), append(want, answer(said[0], "v1"))
	}
	same := func(a, b prediction) bool {
		return a.Rings == b.Rings && a.Confidence == b.Confidence && a.Unlike == b.Unlike && a.Model == b.Model &&
			maps.Equal(a.Probabilities, b.Probabilities)
	}
	var one prediction
	media, body := form(t, "image", files[0])
	for name, answer := range map[string]reply{
		"raw":              post(t, r.url+"/v1/predict", "image/png", files[0]),
		"raw, no type":     post(t, r.url+"/v1/predict", "", files[0]),
		"form of one":      post(t, r.url+"/v1/predict", media, body),
		"raw, parameters":  post(t, r.url+"/v1/predict", "image/png; q=1", files[0]),
		"raw, as curl":     post(t, r.url+"/v1/predict", "application/x-www-form-urlencoded", files[0]),
		"raw, half a type": post(t, r.url+"/v1/predict", "image/", files[0]),
	} {
		if err := json.Unmarshal(answer.body, &one); err != nil || answer.status != http.StatusOK || !same(one, want[0]) {
			t.Errorf("%s: %d %s, want %+v", name, answer.status, answer.body, want[0])
		}
		if answer.header.Get("Content-Type") != "application/json" || bytes.Count(answer.body, []byte("\n")) != 1 {
			t.Errorf("%s: not one line of JSON: %q", name, answer.body)
		}
	}
	var several predictions
	media, body = form(t, "image", files...)
	reply := post(t, r.url+"/v1/predict", media, body)
	if err := json.Unmarshal(reply.body, &several); err != nil || !slices.EqualFunc(several.Predictions, want, same) {
		t.Errorf("form of three: %s, want %+v", reply.body, want)
	}
}

func TestMetricsTellWhatHappened(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	post(t, r.url+"/v1/predict", "image/png", aDrawing(t))
	post(t, r.url+"/v1/predict", "image/png", []byte("GIF89a"))
	media, body := form(t, "image", aDrawing(t))
	post(t, r.url+"/predict/", media, body)
	get(t, r.url+"/nowhere")
	text := string(get(t, r.url+"/metrics").body)
	for _, want := range []string{
		`ringlab_http_requests_total{code="200",route="POST /v1/predict"} 1`,
		`ringlab_http_requests_total{code="415",route="POST /v1/predict"} 1`,
		`ringlab_http_requests_total{code="200",route="POST /predict"} 1`,
		`ringlab_http_requests_total{code="404",route="none"} 1`,
		`ringlab_http_request_seconds_count{route="POST /v1/predict"} 2`,
		`ringlab_http_requests_in_flight 1`, // this one
		`ringlab_model_info{run="1",version="v1"} 1`,
		`ringlab_model_stale 0`,
		`ringlab_build_info{code="test"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("metrics lack %s", want)
		}
	}
	said := 0
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "ringlab_predictions_total{") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("the same picture twice was counted under %d ring counts", said)
	}
}

func TestEachRequestIsLoggedWithItsID(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/no%0awhere", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(requestIDHeader, "from-the-client.1")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := response.Header.Get(requestIDHeader); got != "from-the-client.1" {
		t.Errorf("the client's id came back as %q", got)
	}
	request.Header[requestIDHeader] = []string{"two words"}
	response, err = http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	own := response.Header.Get(requestIDHeader)
	if !plainID(own) || own == "from-the-client.1" {
		t.Errorf("an id that is not plain became %q", own)
	}
	until(t, "both are logged", func() bool { return strings.Count(r.log.String(), `"msg":"request"`) == 2 })
	seen := map[string]bool{}
	lines := bufio.NewScanner(strings.NewReader(r.log.String()))
	for lines.Scan() {
		var line map[string]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		if line["msg"] == "request" {
			seen[line["request_id"].(string)] = line["status"] == 404. && line["path"] == "/no\nwhere" && line["version"] == "v1"
		}
	}
	if !seen["from-the-client.1"] || !seen[own] {
		t.Errorf("logged: %v\n%s", seen, r.log)
	}
}

func TestTheOpenAPIDocumentNamesWhatIsAnswered(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v1")
	r := start(t, store, Limits{})
	document := get(t, r.url+"/openapi.json").object(t)
	if document["openapi"] != "3.1.0" {
		t.Errorf("openapi: %v", document["openapi"])
	}
	for path, item := range document["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			answer, err := send(http.DefaultClient, strings.ToUpper(method), r.url+path, "", nil)
			if err != nil || answer.status == http.StatusNotFound || answer.status == http.StatusMethodNotAllowed {
				t.Errorf("%s %s is documented and answers %d (%v)", method, path, answer.status, err)
			}
		}
	}
	schemas := document["components"].(map[string]any)["schemas"].(map[string]any)
	answered := post(t, r.url+"/v1/predict?explain=regions", "image/png", aDrawing(t)).object(t)
	documented := schemas["Prediction"].(map[string]any)["properties"].(map[string]any)
	if got, want := slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(answered)); !slices.Equal(got, want) {
		t.Errorf("documented %v, answered %v", got, want)
	}
	if want := []string{"confidence", "explanation", "looks_like", "model", "probabilities", "rings", "unlike", "unlikeness"}; !slices.Equal(slices.Sorted(maps.Keys(answered)), want) {
		t.Errorf("answered %v, want %v", answered, want)
	}
}

func TestRoutesThatDoNotExistAnswerProblems(t *testing.T) {
	_, store := newWorkspace(t)
	r := start(t, store, Limits{})
	checkProblem(t, get(t, r.url+"/nowhere"), http.StatusNotFound)
	wrong := get(t, r.url+"/v1/predict")
	checkProblem(t, wrong, http.StatusMethodNotAllowed)
	if wrong.header.Get("Allow") != "POST" {
		t.Errorf("Allow: %q, want POST", wrong.header.Get("Allow"))
	}
}

// TestTheModelInTheBinaryAnswersUntilOneIsPromoted and says so.
func TestTheModelInTheBinaryAnswersUntilOneIsPromoted(t *testing.T) {
	_, store := newWorkspace(t)
	s, err := New(t.Context(), Config{Experiments: store})
	if err != nil {
		t.Fatal(err)
	}
	if s.Version() != experiments.BuiltinBest {
		t.Fatalf("%q answers", s.Version())
	}
	if ready := serveOnce(t, s, "/readyz"); !strings.Contains(ready, experiments.BuiltinBest) {
		t.Errorf("readyz: %s", ready)
	}
	promote(t, store, "v2")
	f := follower{server: s}
	f.look(t.Context(), time.Now())
	if s.Version() != "v2" {
		t.Errorf("after a promotion %q answers", s.Version())
	}
}
