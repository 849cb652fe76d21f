package cli

import (
	"github.com/spf13/cobra"

	"ringlab/data/workspace"
)

func (a *app) modelsExportCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "export MODEL",
		Short: "Write a model as ONNX, for other programs to compute",
		Long: "Write a run's or a version's model as an ONNX file, which answers as ringlab does: calibrated probabilities of prepared pictures.\n" +
			"\"ringlab predict PICTURE... --inputs FILE.npz\" prepares pictures for it; docs/formats/bundle.md has a program that uses both.",
		Example: "ringlab models export production --onnx rings.onnx\nringlab predict compound.png --inputs prepared.npz",
		Args:    arguments(1, 1, "MODEL"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.withModel(c.Context(), args[0], func(r *rooms) error {
				model, card, name, err := loadModel(c.Context(), r, args[0])
				if err != nil {
					return err
				}
				graph, err := model.ONNX(card.Lineage)
				if err != nil {
					return err
				}
				if err := workspace.WriteFile(file, graph); err != nil {
					return err
				}
				if a.json {
					return a.printJSON(struct {
						Model string `json:"model"`
						File  string `json:"file"`
						Bytes int    `json:"bytes"`
						Sum   string `json:"sha256"`
					}{name, file, len(graph), workspace.Sum(graph)})
				}
				a.print("wrote %s: model %s, preset %s, %d bytes", clean(file), name, model.Preset(), len(graph))
				return nil
			})
		},
	}
	c.Flags().StringVar(&file, "onnx", "model.onnx", "`FILE` to write")
	return c
}
