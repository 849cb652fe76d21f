package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/workspace"
)

func (a *app) dataExportCommand() *cobra.Command {
	var q data.Query
	c := &cobra.Command{
		Use:   "export FOLDER",
		Short: "Write records and pictures as a folder that ingest reads",
		Example: `ringlab data export copy
# Only the rare ones
ringlab data export rare --rings 1 --rings 2`,
		Args: arguments(1, 1, "FOLDER"),
		RunE: func(c *cobra.Command, args []string) error {
			ctx := c.Context()
			return a.with(ctx, workspace.Open, func(r *rooms) error {
				records, err := r.data.Records(ctx, q)
				if err != nil {
					return err
				}
				if err := a.export(ctx, r, records, args[0]); err != nil {
					return fmt.Errorf("export to %s: %w", args[0], err)
				}
				if a.json {
					return a.printJSON(map[string]any{"folder": args[0], "records": len(records)})
				}
				a.print("wrote %s to %s", plural(len(records), "record", "records"), clean(args[0]))
				return nil
			})
		},
	}
	c.Flags().StringVar(&q.Snapshot, "snapshot", "", "which `SNAPSHOT`; the newest if empty")
	c.Flags().IntSliceVar(&q.Labels, "rings", nil, "only records with `N` rings; may be repeated")
	return c
}

// export writes the pictures first and the list last: a list that is there is
// whole.
func (a *app) export(ctx context.Context, r *rooms, records []data.Record, folder string) error {
	list := filepath.Join(folder, "compounds.json")
	if _, err := os.Lstat(list); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already; choose an empty folder", list)
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()

	p := a.progress()
	defer p.clear()
	var out bytes.Buffer
	out.WriteString("[")
	for i, record := range records {
		p.update("export %d of %d", i, len(records))
		png, err := r.data.PicturePNG(ctx, record)
		if err != nil {
			return err
		}
		image := "images/" + strconv.FormatInt(record.CompoundID, 10) + ".png"
		if err := writeInside(root, filepath.FromSlash(image), png); err != nil {
			return err
		}
		fields, err := withImage(record.Fields, image)
		if err != nil {
			return fmt.Errorf("compound %d: %w", record.CompoundID, err)
		}
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString("\n")
		out.Write(fields)
	}
	out.WriteString("\n]\n")
	return workspace.WriteFile(list, out.Bytes())
}

// withImage is the record as it came, on one line, with another image path:
// two sources may have used one path for two pictures.
func withImage(record json.RawMessage, image string) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(record, &fields); err != nil {
		return nil, err
	}
	path, err := json.Marshal(image)
	if err != nil {
		return nil, err
	}
	fields["image"] = path
	return json.Marshal(fields)
}
