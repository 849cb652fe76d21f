package models

import (
	"context"
	"errors"
	"fmt"

	"ringlab/data/picture"
)

const (
	// DefaultPictureSide is the side in pixels that models get where
	// Config.PictureSide is 0: that of the pictures in the replaced demo.
	DefaultPictureSide = 300

	minPictureSide, maxPictureSide = 16, 1024
)

// Config is all that training depends on besides the samples: the same config
// and samples give the same bits.
type Config struct {
	Preset string
	Values Values // what is missing gets the preset's default
	Seed   uint64
	// PictureSide is the side in pixels to which each picture is brought, in
	// training and later in Predict: 16 to 1,024, 0 means DefaultPictureSide.
	PictureSide int
	// From is a model to go on from, nil to begin anew. It must be of an ensemble
	// with a network of the same form: see FormOf.
	From *Model
}

// Epoch reports one epoch. Shares are 0 to 1, losses nats.
type Epoch struct {
	Epoch, Epochs         int
	Loss, ValLoss         float64
	Accuracy, ValAccuracy float64
	Seconds               float64
	PicturesPerSecond     float64
	// Answers are those to the validation pictures, in their order, of the
	// network as ValAccuracy judges it: without the forest of an ensemble, and
	// not calibrated. Nil of a family without epochs. The callee owns them.
	Answers []Answer
}

// Answer is what training says of one picture while it learns.
type Answer struct {
	Label int     // -1: none, where the training went astray
	Share float64 // of the label, 0 to 1
}

// Hooks connect training to its surroundings. Any may be nil. They are called
// from the training goroutine.
type Hooks struct {
	// Phase tells people what goes on before and after epochs, such as
	// "preparing pictures", with a share done.
	Phase func(name string, done, total int)
	Epoch func(Epoch) error
	// Checkpoint receives a state from which Resume continues bit for bit.
	Checkpoint func(state []byte) error
	Resume     []byte
}

func (h Hooks) phase(name string, done, total int) {
	if h.Phase != nil {
		h.Phase(name, done, total)
	}
}

// Train learns from train, chooses by validation. When ctx ends it stops at
// once and returns ctx's error together with the best model so far (nil if
// there is none); that model is not calibrated. Families without epochs report
// one.
//
// Labels are 0 or more. train must not be empty; validation may be, then
// nothing is chosen by it and nothing calibrated.
func Train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (*Model, error) {
	preset, err := PresetByName(c.Preset)
	if err != nil {
		return nil, err
	}
	if c.Values, err = preset.Restore(c.Values); err != nil {
		return nil, err
	}
	f, err := familyByName(preset.Family)
	if err != nil {
		return nil, err
	}
	return learn(ctx, f, preset.Family, c, train, validation, h)
}

// learn is Train for a family already found and values already checked.
func learn(ctx context.Context, f family, name string, c Config, train, validation []Sample, h Hooks) (*Model, error) {
	if c.PictureSide == 0 {
		c.PictureSide = DefaultPictureSide
	}
	if err := checkPictureSide(c.PictureSide); err != nil {
		return nil, err
	}
	if len(train) == 0 {
		return nil, errors.New("train: there is no picture to learn from; ingest more records or choose another split")
	}
	for _, samples := range [][]Sample{train, validation} {
		for _, s := range samples {
			if s.Label < 0 {
				return nil, fmt.Errorf("train: record %d has label %d; labels are 0 or more", s.Record, s.Label)
			}
		}
	}
	// First, so that a model stopped half way knows it too.
	usual, err := learnUsual(ctx, train, validation, c.PictureSide, h)
	if err != nil {
		return nil, err
	}
	if cleans(name) {
		train, validation = cleaned(train, c.PictureSide), cleaned(validation, c.PictureSide)
	} else {
		train, validation = atSide(train, c.PictureSide), atSide(validation, c.PictureSide)
	}
	learned, err := f.train(ctx, c, train, validation, h)
	if learned == nil {
		if err == nil {
			err = fmt.Errorf("train preset %s: it learned nothing; this is a defect of the preset", c.Preset)
		}
		return nil, err
	}
	var answers [][]float64
	if r, ok := learned.(rehearsed); ok {
		learned, answers = r.predictor, r.answers
	}
	m := &Model{
		preset:      c.Preset,
		family:      name,
		values:      c.Values,
		side:        c.PictureSide,
		predictor:   learned,
		temperature: 1,
		usual:       usual,
	}
	if err != nil {
		return m, err
	}
	m.temperature, err = calibrate(ctx, learned, validation, answers, h)
	return m, err
}

func checkPictureSide(side int) error {
	if side < minPictureSide || side > maxPictureSide {
		return fmt.Errorf("picture side %d: it must be from %d to %d pixels", side, minPictureSide, maxPictureSide)
	}
	return nil
}

// atSide wraps the samples so that they load at side x side pixels.
func atSide(samples []Sample, side int) []Sample {
	wrapped := make([]Sample, len(samples))
	for i, s := range samples {
		load := s.Load
		s.Load = func(ctx context.Context) (*picture.Picture, error) {
			p, err := load(ctx)
			if err != nil {
				return nil, err
			}
			return prepare(p, side)
		}
		wrapped[i] = s
	}
	return wrapped
}

// cleans tells whether a family gets the drawing alone, in place of the picture
// as it is. The replaced demo's network, there for comparison, does not.
func cleans(family string) bool { return family == "trees" || family == "ensemble" }

// cleaned wraps the samples so that they load as drawings of side x side pixels.
func cleaned(samples []Sample, side int) []Sample {
	wrapped := make([]Sample, len(samples))
	for i, s := range samples {
		load := s.Load
		s.Load = func(ctx context.Context) (*picture.Picture, error) {
			p, err := load(ctx)
			if err != nil {
				return nil, err
			}
			if err := checkPicture(p); err != nil {
				return nil, err
			}
			return p.Clean(side), nil
		}
		wrapped[i] = s
	}
	return wrapped
}

// prepare brings a picture to side x side pixels. Paper, inversion and colour
// are left to the family. It refuses a picture whose fields contradict each
// other, so that nothing behind it reads past Pix.
func prepare(p *picture.Picture, side int) (*picture.Picture, error) {
	if err := checkPicture(p); err != nil {
		return nil, err
	}
	return p.Resize(side, side), nil
}

func checkPicture(p *picture.Picture) error {
	if p == nil {
		return errors.New("prepare picture: there is none")
	}
	const most = 1 << 15 // 3*most*most fits any int
	if p.Width < 1 || p.Height < 1 || p.Width > most || p.Height > most || len(p.Pix) != 3*p.Width*p.Height {
		return fmt.Errorf("prepare picture: %d×%d pixels do not go with %d bytes of RGB", p.Width, p.Height, len(p.Pix))
	}
	return nil
}
