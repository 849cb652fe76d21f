package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"ringlab/data/picture"
	"ringlab/data/workspace"
	"ringlab/models"
)

func (a *app) predictCommand() *cobra.Command {
	var ref, inputs string
	c := &cobra.Command{
		Use:     "predict PICTURE...",
		Short:   "Count the rings in pictures; - is standard input",
		Example: "ringlab predict compound.png\nringlab predict --model 3 images/*.png --json\nringlab predict - < compound.png",
		Args:    arguments(1, -1, "PICTURE"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withModel(c.Context(), ref, func(r *rooms) error {
				return a.predict(c.Context(), r, ref, args, inputs)
			})
		},
	}
	c.Flags().StringVar(&ref, "model", "production", "`MODEL`: a run, a version, or an alias")
	c.Flags().StringVar(&inputs, "inputs", "", "also write what the model's ONNX graph reads for these pictures, as a `FILE.npz`")
	return c
}

// prediction is what predict --json prints for a picture.
type prediction struct {
	Picture       string             `json:"picture"`
	Rings         int                `json:"rings"`
	Probabilities map[string]float64 `json:"probabilities"`
	Confidence    float64            `json:"confidence"`
	Unlike        bool               `json:"unlike"`
	Unlikeness    float64            `json:"unlikeness"`
	LooksLike     string             `json:"looks_like"`
	Model         string             `json:"model"`
}

// predict answers for each picture that can be read. The others are named on
// standard error and make the status 1. inputs, unless empty, is a file for the
// prepared pictures, in the order of the answers.
func (a *app) predict(ctx context.Context, r *rooms, ref string, names []string, inputs string) error {
	model, _, modelName, err := loadModel(ctx, r, ref)
	if err != nil {
		return err
	}
	var refused error
	var prepared map[string]models.Tensor
	for _, name := range names {
		p, err := a.readPicture(ctx, name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			refused = errors.Join(refused, err)
			continue
		}
		answers, err := model.Predict(ctx, []*picture.Picture{p})
		if err != nil {
			return fmt.Errorf("predict %s: %w", name, err)
		}
		if err := a.printPrediction(name, modelName, answers[0]); err != nil {
			return err
		}
		if inputs != "" {
			if prepared, err = model.AppendONNXInputs(prepared, p); err != nil {
				return err
			}
		}
	}
	if prepared != nil {
		return errors.Join(refused, writeInputs(inputs, prepared))
	}
	return refused
}

func writeInputs(file string, arrays map[string]models.Tensor) error {
	var archive bytes.Buffer
	if err := models.WriteNPZ(&archive, arrays); err != nil {
		return err
	}
	return workspace.WriteFile(file, archive.Bytes())
}

func newPrediction(name, model string, p models.Prediction) prediction {
	probabilities := make(map[string]float64, len(p.Probabilities))
	for label, share := range p.Probabilities {
		probabilities[strconv.Itoa(label)] = share
	}
	return prediction{name, p.Label, probabilities, p.Confidence, p.Unlike, p.Unlikeness, p.LooksLike, model}
}

func (a *app) printPrediction(name, model string, p models.Prediction) error {
	if a.json {
		return a.printJSON(newPrediction(name, model, p))
	}
	note := ""
	if p.Unlike {
		note = ", but " + unlikeSentence(p.LooksLike)
	}
	a.print("%s: %s, confidence %s%s (model %s)", clean(name), plural(p.Label, "ring", "rings"), percent(p.Confidence), note, model)
	if others := alternatives(p); others != "" {
		a.print("  else %s", others)
	}
	return nil
}

// unlikeSentence says what a picture that is unlike looks like.
func unlikeSentence(kind string) string {
	switch kind {
	case "cut":
		return "the drawing seems to be cut at the edge"
	case "noise":
		return "the picture looks like noise, unlike those it learned from"
	case "text":
		return "the picture looks like text, unlike those it learned from"
	case "":
		return "the picture is unlike those it learned from"
	}
	return "the picture looks like a " + kind + ", unlike those it learned from"
}

// alternatives names the next likely answers, of at least 1 %.
func alternatives(p models.Prediction) string {
	labels := slices.SortedFunc(maps.Keys(p.Probabilities), func(x, y int) int {
		switch {
		case p.Probabilities[x] > p.Probabilities[y]:
			return -1
		case p.Probabilities[x] < p.Probabilities[y]:
			return 1
		}
		return x - y
	})
	text := ""
	for _, label := range first(labels, 4) {
		if share := p.Probabilities[label]; label != p.Label && share >= .01 {
			if text != "" {
				text += ", "
			}
			text += fmt.Sprintf("%d: %s", label, percent(share))
		}
	}
	return text
}

// readPicture reads and decodes a file, or standard input for "-". A pipe may
// keep it waiting for ever: it returns when ctx ends, and leaves the pipe to the
// end of the process.
func (a *app) readPicture(ctx context.Context, name string) (*picture.Picture, error) {
	type answer struct {
		file []byte
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		file, err := a.readPictureFile(name)
		read <- answer{file, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case got := <-read:
		if got.err != nil {
			return nil, got.err
		}
		p, err := picture.Decode(got.file, picture.DefaultLimits)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return p, nil
	}
}

// readPictureFile reads no more than what Decode refuses for its length.
func (a *app) readPictureFile(name string) ([]byte, error) {
	in := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil {
			return nil, fmt.Errorf("read picture: %w", err)
		}
		if info.IsDir() {
			return nil, fmt.Errorf("read picture %s: it is a folder; name the files in it, or use ringlab evaluate for a folder with labels", name)
		}
		in = f
	}
	file, err := io.ReadAll(io.LimitReader(in, int64(picture.DefaultLimits.MaxBytes)+1))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return file, nil
}
