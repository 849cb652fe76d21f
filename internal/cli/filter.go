package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/experiments"
)

// filterFlag adds --filter to a list's command.
func filterFlag(c *cobra.Command, text *string) {
	c.Flags().StringVar(text, "filter", "", "only those that this `EXPRESSION` selects, as in docs/filter.md")
	if c.Long == "" {
		c.Long = c.Short + "."
	}
	c.Long = strings.TrimSpace(c.Long + `

--filter takes an expression of fields, =, !=, <, <=, >, >=, in (A, B), ranges
A..B, : for a part of a text, ~ for a regular expression, has:FIELD, words, and,
or, not and parentheses. A wrong one is answered with the fields there are.`)
}

// parseFilter reads --filter. A wrong one is wrong use, and the answer points
// at the place.
func parseFilter(schema *filter.Schema, text string) (filter.Filter, error) {
	f, err := filter.Parse(schema, text, time.Now())
	if wrong, ok := errors.AsType[*filter.Error](err); ok {
		line, marks := wrong.Pointed(ansi.StringWidth)
		return filter.Filter{}, &usageError{message: fmt.Sprintf("--filter: %s: %s\n%s\n%s", wrong.Problem, wrong.Hint, line, marks)}
	}
	return f, err
}

// selected are the rows that a filter selects.
func selected[T any, P interface {
	*T
	filter.Row[P]
}](f filter.Filter, rows []T) []T {
	if f.All() {
		return rows
	}
	selects := filter.Matcher[P](f)
	return slices.DeleteFunc(rows, func(row T) bool { return !selects(&row) })
}

// filteredRecords lists the records that --filter and q select together, and
// how many there are without q's Offset and Limit.
func filteredRecords(ctx context.Context, r *rooms, q data.Query, text, model string) ([]data.Record, int, error) {
	task, err := r.data.Task(ctx)
	if err != nil {
		return nil, 0, err
	}
	f, err := parseFilter(experiments.RecordFields(task), text)
	if err != nil {
		return nil, 0, err
	}
	table, err := r.experiments.NewRecordTable(ctx, model)
	if errors.Is(err, data.ErrNoSnapshot) && model == "" {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	snapshot, err := r.data.Snapshot(ctx, q.Snapshot)
	if err != nil {
		return nil, 0, err
	}
	const slice = 5_000
	for done := false; !done; {
		if done, err = table.More(ctx, r.data, slice); err != nil {
			return nil, 0, err
		}
	}
	rows, err := filter.Select(ctx, table, f, nil)
	if err != nil {
		return nil, 0, err
	}
	var ids []int64
	for _, i := range rows {
		row := table.Row(int(i))
		// An older snapshot is the beginning of the newest.
		if int(i) >= snapshot.Records || len(q.Labels) > 0 && !slices.Contains(q.Labels, row.Label) {
			continue
		}
		if q.Text != "" && !strings.Contains(row.SMILES, q.Text) && !strings.Contains(row.Formula, q.Text) && strconv.FormatInt(row.Compound, 10) != q.Text {
			continue
		}
		ids = append(ids, row.ID)
	}
	records, err := r.data.RecordsByID(ctx, first(ids[min(q.Offset, len(ids)):], q.Limit))
	return records, len(ids), err
}
