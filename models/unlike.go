package models

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/models/unlike"
)

// Whether a picture is unlike those learned from is not asked of the model: it
// is sure of noise, too. A detector that knows whole drawings of molecules and
// six kinds of other pictures gives each a score; a picture with a higher score
// than almost all that the model learned from is unlike. It has seen more
// programs than any one model, so that another style alone is not unlike. Where
// the training pictures are themselves nothing that it knows, it is not asked,
// and their appearance decides.

// usual is what a model keeps of how the pictures looked that it learned from.
type usual struct {
	appearance appearance
	// above is the score over which a picture is unlike, 0 to 1. At 1 none is,
	// and the appearance decides.
	above float64
}

const (
	// usualSamples bounds the pictures that are looked at.
	usualSamples = 300
	// oddShare of a model's own pictures may have a higher score than above;
	// also of few, one may.
	oddShare = .01
	// strangeShare of a model's own pictures have a higher score than the
	// detector's own threshold if they are no drawings of molecules.
	strangeShare = .5
)

// learnUsual looks at up to usualSamples of the pictures, evenly spaced; at the
// side that models get for their appearance.
func learnUsual(ctx context.Context, train, validation []Sample, side int, h Hooks) (usual, error) {
	all := slices.Concat(train, validation)
	count := min(len(all), usualSamples)
	seen, scores := make([]looks, count), make([]float64, count)
	const together = 50
	for from := 0; from < count; from += together {
		h.phase("looking at pictures", from, count)
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := from; i < min(from+together, count); i++ {
			group.Go(func() error {
				s := all[i*len(all)/count]
				p, err := s.Load(ctx)
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					return fmt.Errorf("load the picture of record %d: %w", s.Record, err)
				}
				prepared, err := prepare(p, side)
				if err != nil {
					return fmt.Errorf("look at the picture of record %d: %w", s.Record, err)
				}
				seen[i] = look(prepared)
				scores[i] = unlike.Judge(p).Score
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return usual{}, err
		}
	}
	h.phase("looking at pictures", count, count)
	return usual{spans(seen), threshold(scores)}, nil
}

// threshold is the score over which a picture is unlike those with these.
func threshold(scores []float64) float64 {
	scores = slices.Sorted(slices.Values(scores))
	n := len(scores)
	if scores[int((1-strangeShare)*float64(n-1))] > unlike.Threshold {
		return 1
	}
	odd := int(math.Ceil(oddShare * float64(n)))
	return max(unlike.Threshold, scores[max(n-1-odd, 0)])
}

// verdict says whether a picture is unlike; prepared is the same picture at the
// side that models get.
func (u usual) verdict(p, prepared *picture.Picture) (is bool, v unlike.Verdict) {
	v = unlike.Judge(p)
	if u.above >= 1 {
		return u.appearance.unlike(look(prepared)), unlike.Verdict{Score: v.Score}
	}
	if is = v.Score > u.above; !is {
		v.Kind = ""
	}
	return is, v
}
