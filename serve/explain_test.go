package serve

import (
	"encoding/base64"
	"net/http"
	"testing"

	"ringlab/data/picture"
)

func TestAnAnswerIsExplainedWhenAsked(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v2")
	r := start(t, store, Limits{})
	plain := post(t, r.url+"/v1/predict", "image/png", aDrawing(t)).object(t)
	if _, there := plain["explanation"]; there {
		t.Errorf("explained without being asked: %v", plain)
	}
	said := post(t, r.url+"/v1/predict?explain=regions", "image/png", aDrawing(t)).object(t)
	if said["rings"] != plain["rings"] || said["confidence"] != plain["confidence"] {
		t.Errorf("explained, the answer is %v, else %v", said, plain)
	}
	why, _ := said["explanation"].(map[string]any)
	text, _ := why["image"].(string)
	file, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(file) > 1<<20 {
		t.Fatalf("image of %d bytes (%v)", len(file), err)
	}
	if p, err := picture.Decode(file, picture.DefaultLimits); err != nil || p.Blank() {
		t.Errorf("image %v (%v)", p, err)
	}
	regions, _ := why["regions"].(map[string]any)
	if counted, _ := regions["counted"].(float64); counted < 1 || regions["words"] == nil {
		t.Errorf("regions %v", regions)
	}
	if why["map"] != nil {
		t.Error("there is a map, and none was asked for")
	}
}

func TestExplanationsThatCannotBeAreProblems(t *testing.T) {
	_, store := newWorkspace(t)
	promote(t, store, "v2")
	r := start(t, store, Limits{})
	checkProblem(t, post(t, r.url+"/v1/predict?explain=map", "image/png", aDrawing(t)), http.StatusUnprocessableEntity)
	checkProblem(t, post(t, r.url+"/v1/predict?explain=all", "image/png", aDrawing(t)), http.StatusBadRequest)
	media, body := form(t, "image", aDrawing(t), aDrawing(t))
	checkProblem(t, post(t, r.url+"/v1/predict?explain=regions", media, body), http.StatusBadRequest)
	if !r.explaining.TryAcquire(1) {
		t.Fatal("a picture is still being explained")
	}
	checkProblem(t, post(t, r.url+"/v1/predict?explain=regions", "image/png", aDrawing(t)), http.StatusServiceUnavailable)
	r.explaining.Release(1)
}
