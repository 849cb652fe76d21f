package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"ringlab/data/picture"
	"ringlab/models"
)

// inferencePatience is how long a picture waits for its turn.
const inferencePatience = 10 * time.Second

// prediction is the answer for one picture, as `ringlab predict --json` gives it.
type prediction struct {
	Rings         int             `json:"rings" doc:"The number of rings, the most probable" minimum:"0"`
	Probabilities map[int]float64 `json:"probabilities" doc:"Ring count to its share; the shares sum to 1"`
	Confidence    float64         `json:"confidence" doc:"The share of rings" minimum:"0" maximum:"1"`
	Unlike        bool            `json:"unlike" doc:"The picture is unlike those that the model learned from: do not trust the answer"`
	Unlikeness    float64         `json:"unlikeness" doc:"How surely the picture is no whole drawing of a molecule" minimum:"0" maximum:"1"`
	LooksLike     string          `json:"looks_like" doc:"What a picture that is unlike is taken for: chart, cut, diagram, noise, photo or text; else empty"`
	Model         string          `json:"model" doc:"The model version that answered" example:"v3"`
	Explanation   *explanation    `json:"explanation,omitempty" doc:"Only where explain asks for it"`
}

// predictions is the answer for several pictures, in their order.
type predictions struct {
	Predictions []prediction `json:"predictions"`
}

// predict answers for PNG files, all by the same model. Errors for the client
// are problems.
//
// Pictures are answered one by one; gathering those of many requests into
// batches would begin here.
//
// One picture may be explained, too.
func (s *Server) predict(ctx context.Context, files [][]byte, wanted models.Parts) ([]prediction, error) {
	if wanted != 0 && len(files) > 1 {
		return nil, newProblem(http.StatusBadRequest, "one picture at a time can be explained; send each by itself")
	}
	model := s.model.Load()
	if model == nil {
		return nil, newProblem(http.StatusServiceUnavailable, s.why())
	}
	answers := make([]prediction, 0, len(files))
	for i, file := range files {
		said, err := s.predictOne(ctx, model, file, wanted)
		if refused, ok := errors.AsType[*picture.RefusedError](err); ok {
			detail := refused.Detail
			if len(files) > 1 {
				detail = fmt.Sprintf("picture %d of %d: %s", i+1, len(files), detail)
			}
			return nil, refusedPicture(refused, detail)
		}
		if err != nil {
			return nil, err
		}
		answers = append(answers, said)
	}
	for _, a := range answers {
		s.metrics.predicted(a.Rings, a.Unlike)
	}
	return answers, nil
}

// predictOne waits for a turn, so that decoding and answering never have more
// pictures in memory than there are turns. Each picture has its own: a request
// of many does not keep the others waiting for all of them.
func (s *Server) predictOne(ctx context.Context, model *loaded, file []byte, wanted models.Parts) (prediction, error) {
	turn, cancel := context.WithTimeout(ctx, inferencePatience)
	err := s.inference.Acquire(turn, 1)
	cancel()
	if err != nil {
		return prediction{}, busy("every turn to predict is taken; send the request again in a moment")
	}
	defer s.inference.Release(1)
	decoded, err := picture.Decode(file, picture.DefaultLimits)
	if err != nil {
		return prediction{}, err
	}
	if wanted != 0 {
		return s.explain(ctx, model, decoded, wanted)
	}
	said, err := model.Predict(ctx, []*picture.Picture{decoded})
	if err != nil {
		return prediction{}, err
	}
	return answer(said[0], model.name), nil
}

func answer(p models.Prediction, model string) prediction {
	return prediction{Rings: p.Label, Probabilities: p.Probabilities, Confidence: p.Confidence, Unlike: p.Unlike,
		Unlikeness: p.Unlikeness, LooksLike: p.LooksLike, Model: model}
}

// why says why there is no model to answer, and what to do.
func (s *Server) why() string {
	if trouble := s.trouble.Load(); trouble != nil {
		return *trouble
	}
	return nothingPromoted
}

// predictWith reads the pictures of a request under the limits, answers them,
// and leaves the form of the answer to write.
func (s *Server) predictWith(read func(*http.Request) ([][]byte, error), write func(http.ResponseWriter, *http.Request, []prediction)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answers, err := func() ([]prediction, error) {
			// Before the body: what cannot be answered need not be sent.
			if s.model.Load() == nil {
				return nil, newProblem(http.StatusServiceUnavailable, s.why())
			}
			wanted, err := wantedExplanation(r)
			if err != nil {
				return nil, err
			}
			body, release, err := s.admit(w, r)
			if err != nil {
				return nil, err
			}
			defer release()
			files, err := read(r)
			if err != nil {
				return nil, err
			}
			if err := body.hold(uploadLeast); err != nil {
				return nil, err
			}
			// As long as the body may take: WriteTimeout has room for both.
			ctx, cancel := context.WithTimeout(r.Context(), s.limits.Read)
			defer cancel()
			return s.predict(ctx, files, wanted)
		}()
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		write(w, r, answers)
	}
}

// refuse answers an error as a problem, and logs what is not the client's doing.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := asProblem(err)
	if p.Status == http.StatusInternalServerError {
		s.log.Error("request failed", "request_id", requestID(r), "error", err)
	}
	p.write(w, requestID(r))
}
