package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/workspace"
)

func (a *app) dataCommand() *cobra.Command {
	return group("data", "Look at records, snapshots and numbers; export them",
		"ringlab data stats\nringlab data list --rings 5 --limit 10\nringlab data show 1117973",
		a.dataListCommand(), a.dataShowCommand(), a.dataSnapshotsCommand(), a.dataExportCommand(), a.dataStatsCommand())
}

func (a *app) dataListCommand() *cobra.Command {
	var q data.Query
	var text, model string
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the records of a snapshot",
		Example: "ringlab data list --limit 5\nringlab data list --rings 4 --rings 5 --text Br\nringlab data list --filter 'rings>=3 and split=holdout and predicted!=rings'",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if q.Limit < 0 || q.Offset < 0 {
				return usage(c, "--limit and --offset count records: give 0 or more")
			}
			for _, n := range q.Labels {
				if n < 0 {
					return usage(c, "--rings %d: a count is 0 or more", n)
				}
			}
			if model != "" && text == "" {
				return usage(c, "--model says whose answers --filter means: give both")
			}
			ctx := c.Context()
			return a.with(ctx, workspace.Open, func(r *rooms) error {
				records, total, err := listRecords(ctx, r, q, text, model)
				if err != nil {
					return err
				}
				if a.json {
					return printEachJSON(a, records, asItIs)
				}
				task, err := r.data.Task(ctx)
				if err != nil {
					return err
				}
				t := newTable(">compound", ">"+task.LabelName, "image", "SMILES")
				for _, record := range records {
					t.row(record.CompoundID, record.Label, record.Image, shorten(record.SMILES, 80))
				}
				a.printTable(t)
				a.print("%d of %s", len(records), plural(total, "record", "records"))
				return nil
			})
		},
	}
	flags := c.Flags()
	flags.StringVar(&q.Snapshot, "snapshot", "", "which `SNAPSHOT`; the newest if empty")
	flags.IntSliceVar(&q.Labels, "rings", nil, "only records with `N` rings; may be repeated")
	flags.StringVar(&q.Text, "text", "", "only records with this `TEXT` in their SMILES or formula, or with this compound id")
	flags.IntVar(&q.Limit, "limit", 0, "at most `N`")
	flags.IntVar(&q.Offset, "offset", 0, "leave out the first `N`")
	flags.StringVar(&model, "model", "", "whose answers the filter's predicted is, a `MODEL`: run, version or alias; the one in production if empty")
	filterFlag(c, &text)
	return c
}

// listRecords lists what q and the filter's text select, and counts it without
// q's Offset and Limit.
func listRecords(ctx context.Context, r *rooms, q data.Query, text, model string) ([]data.Record, int, error) {
	if text != "" {
		return filteredRecords(ctx, r, q, text, model)
	}
	records, err := r.data.Records(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	total, err := r.data.Count(ctx, q)
	return records, total, err
}

func (a *app) dataShowCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:     "show COMPOUND",
		Short:   "Show a record as it came; with -o write its picture",
		Example: "ringlab data show 1117973\nringlab data show 1117973 -o picture.png",
		Args:    arguments(1, 1, "COMPOUND"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage(c, "%q is not a compound id: ringlab data list shows them", args[0])
			}
			ctx := c.Context()
			return a.with(ctx, workspace.Open, func(r *rooms) error {
				record, err := r.data.Record(ctx, id)
				if err != nil {
					return err
				}
				if file != "" {
					png, err := r.data.PicturePNG(ctx, record)
					if err != nil {
						return err
					}
					if err := os.WriteFile(file, png, 0o644); err != nil {
						return fmt.Errorf("write picture: %w", err)
					}
				}
				if a.json {
					return a.printJSON(record)
				}
				task, err := r.data.Task(ctx)
				if err != nil {
					return err
				}
				t := newTable("compound", strconv.FormatInt(record.CompoundID, 10))
				t.row(task.LabelName, record.Label)
				t.row("SMILES", record.SMILES)
				t.row("image", record.Image)
				t.row("picture", record.Picture)
				t.row("group", record.Group)
				a.printTable(t)
				a.print("\n%s", cleanLines(string(record.Fields)))
				return nil
			})
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "also write the picture to this `FILE`")
	return c
}

func (a *app) dataSnapshotsCommand() *cobra.Command {
	var text string
	c := &cobra.Command{
		Use:     "snapshots",
		Short:   "List snapshots, newest first",
		Example: "ringlab data snapshots\nringlab data snapshots --filter 'created>=-7d'",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			f, err := parseFilter(data.SnapshotFields(), text)
			if err != nil {
				return err
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				all, err := r.data.Snapshots(c.Context())
				if err != nil {
					return err
				}
				snapshots := selected(f, data.SnapshotLines(all))
				if a.json {
					return printEachJSON(a, snapshots, func(s data.SnapshotLine) data.Snapshot {
						s.Created = s.Created.UTC()
						return s.Snapshot
					})
				}
				switch {
				case len(all) == 0:
					a.print("no snapshots: ringlab ingest FOLDER makes one")
					return nil
				case len(snapshots) == 0:
					a.print("no snapshots are selected")
					return nil
				}
				t := newTable("snapshot", ">records", "created")
				for _, s := range snapshots {
					t.row(s.ID, s.Records, localTime(s.Created))
				}
				a.printTable(t)
				return nil
			})
		},
	}
	filterFlag(c, &text)
	return c
}

func (a *app) dataStatsCommand() *cobra.Command {
	var snapshot string
	c := &cobra.Command{
		Use:     "stats",
		Short:   "Say what a snapshot holds, and how balanced it is",
		Example: "ringlab data stats",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return a.with(ctx, workspace.Open, func(r *rooms) error {
				s, err := r.data.Stats(ctx, snapshot)
				if err != nil {
					return err
				}
				if a.json {
					s.Created = s.Created.UTC()
					return a.printJSON(s)
				}
				task, err := r.data.Task(ctx)
				if err != nil {
					return err
				}
				a.printStats(s, task)
				return nil
			})
		},
	}
	c.Flags().StringVar(&snapshot, "snapshot", "", "which `SNAPSHOT`; the newest if empty")
	return c
}

func (a *app) printStats(s data.Stats, task data.Task) {
	t := newTable("snapshot", s.ID)
	t.row("records", s.Records)
	t.row("groups", s.Groups)
	t.row("pictures", fmt.Sprintf("%.1f MB", float64(s.PictureSize)/1e6))
	t.row("waiting dead letters", s.Waiting)
	a.printTable(t)
	most := 0
	for _, n := range s.Labels {
		most = max(most, n)
	}
	a.print("")
	t = newTable(">"+task.LabelName, ">records", ">share", "")
	for _, label := range slices.Sorted(maps.Keys(s.Labels)) {
		n := s.Labels[label]
		t.row(label, n, percent(float64(n)/float64(max(s.Records, 1))), strings.Repeat("█", (30*n+most-1)/most))
	}
	a.printTable(t)
}
