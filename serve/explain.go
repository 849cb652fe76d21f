package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"ringlab/data/picture"
	"ringlab/models"
)

// explanation is why a model answers so, when it is asked.
type explanation struct {
	models.ExplanationDetails
	Image []byte `json:"image" doc:"A PNG of it, in base64: the drawing as the model reads it, with the regions or the map and words"`
}

// wantedExplanation reads the parameter explain: 0 where there is none.
func wantedExplanation(r *http.Request) (models.Parts, error) {
	switch said := r.URL.Query().Get("explain"); said {
	case "":
		return 0, nil
	case "regions":
		return models.WithRegions, nil
	case "map":
		return models.WithMap, nil
	default:
		return 0, newProblem(http.StatusBadRequest, fmt.Sprintf("explain=%.40q is not known; ask for regions or map", said))
	}
}

// explain answers for one picture, and says why. The size of what it draws does
// not depend on the picture. It must have a turn to predict; of those, one at a
// time may explain, since a map keeps all CPUs busy.
func (s *Server) explain(ctx context.Context, model *loaded, p *picture.Picture, wanted models.Parts) (prediction, error) {
	if !s.explaining.TryAcquire(1) {
		return prediction{}, busy("another picture is being explained; send the request again in a moment")
	}
	defer s.explaining.Release(1)
	e, err := model.Explain(ctx, p, wanted)
	if errors.Is(err, models.ErrNoExplanation) {
		return prediction{}, newProblem(http.StatusUnprocessableEntity,
			fmt.Sprintf("model %s has no such explanation: trees have regions, a network has a map", model.name))
	}
	if err != nil {
		return prediction{}, err
	}
	drawn, err := e.Picture()
	if err != nil {
		return prediction{}, err
	}
	png, err := drawn.EncodePNG()
	if err != nil {
		return prediction{}, err
	}
	said := answer(e.Prediction, model.name)
	said.Explanation = &explanation{e.Details(), png}
	return said, nil
}
