package cli

import (
	"github.com/spf13/cobra"

	"ringlab/data/workspace"
)

func (a *app) dataExportCommand() *cobra.Command {
	var snapshot string
	c := &cobra.Command{
		Use:   "export FOLDER",
		Short: "Write a snapshot as a folder that ingest reads",
		Long: `Writes compounds.json and images into FOLDER, which must be empty or not be
there. Ingested into an empty workspace it gives the same snapshot.`,
		Example: "ringlab data export copy",
		Args:    arguments(1, 1, "FOLDER"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				records, err := r.data.Export(c.Context(), snapshot, args[0])
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(map[string]any{"folder": args[0], "records": records})
				}
				a.print("wrote %s to %s", plural(records, "record", "records"), clean(args[0]))
				return nil
			})
		},
	}
	c.Flags().StringVar(&snapshot, "snapshot", "", "which `SNAPSHOT`; the newest if empty")
	return c
}
