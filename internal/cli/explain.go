package cli

import (
	"context"
	"os"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	pixels "ringlab/data/picture"
	"ringlab/data/workspace"
	"ringlab/models"
	"ringlab/tui/picture"
)

func (a *app) explainCommand() *cobra.Command {
	var ref, out string
	c := &cobra.Command{
		Use:   "explain PICTURE",
		Short: "Show what a model counted in a picture, and where it looked",
		Long: "Show what a model answered from: for trees the regions that they counted, for a network what it would count with parts of the drawing covered.\n" +
			"In a terminal both are drawn; --out writes them as a PNG, with a legend.",
		Example: "ringlab explain compound.png\nringlab explain compound.png --out why.png\nringlab explain compound.png --json",
		Args:    arguments(1, 1, "PICTURE"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withModel(c.Context(), ref, func(r *rooms) error {
				return a.explain(c.Context(), r, ref, args[0], out)
			})
		},
	}
	c.Flags().StringVar(&ref, "model", "production", "`MODEL`: a run, a version, or an alias")
	c.Flags().StringVar(&out, "out", "", "write the explanation as a `FILE.png`")
	return c
}

// explanation is what explain --json prints.
type explanation struct {
	prediction
	models.ExplanationDetails
	File string `json:"file,omitempty"`
}

func (a *app) explain(ctx context.Context, r *rooms, ref, name, out string) error {
	model, _, modelName, err := loadModel(ctx, r, ref)
	if err != nil {
		return err
	}
	p, err := a.readPicture(ctx, name)
	if err != nil {
		return err
	}
	e, err := model.Explain(ctx, p, models.WithRegions|models.WithMap)
	if err != nil {
		return err
	}
	if out != "" {
		if err := writeExplanation(out, e); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(explanation{newPrediction(name, modelName, e.Prediction), e.Details(), out})
	}
	if err := a.printPrediction(name, modelName, e.Prediction); err != nil {
		return err
	}
	if e.Regions != nil {
		a.printPart("What the trees counted:", e.Regions.Tinted(e.Drawing), e.Drawing, e.Regions.Marks(), e.Regions.Words(e.Prediction.Label))
	}
	if e.Map != nil {
		a.printPart("Where the network looked:", e.Map.Tinted(e.Drawing), e.Drawing, e.Map.Marks(), e.Map.Words())
	}
	if out != "" {
		a.print("wrote %s", clean(out))
	}
	return nil
}

func writeExplanation(file string, e models.Explanation) error {
	drawn, err := e.Picture()
	if err != nil {
		return err
	}
	png, err := drawn.EncodePNG()
	if err != nil {
		return err
	}
	return workspace.WriteFile(file, png)
}

// explanationRows of a terminal are for a picture.
const explanationRows = 24

// printPart draws one part in a terminal, and says it everywhere.
func (a *app) printPart(heading string, tinted, plain *pixels.Picture, marks []models.Mark, words []string) {
	a.print("\n%s", heading)
	if isTerminal(a.stdout) {
		ink := picture.Colour
		if os.Getenv("NO_COLOR") != "" {
			ink, tinted = picture.Mono, plain
		}
		places := make([]picture.Mark, len(marks))
		for i, m := range marks {
			places[i] = picture.Mark(m)
		}
		for _, line := range picture.Marked(tinted, screenWidth(a.stdout)-4, explanationRows, ink, places) {
			a.print("  %s", line)
		}
	}
	for _, w := range words {
		if isTerminal(a.stdout) {
			w = ansi.Wordwrap(w, screenWidth(a.stdout)-4, "")
		}
		a.print("  %s", strings.ReplaceAll(w, "\n", "\n  "))
	}
}
