package experiments

import (
	"math"

	"ringlab/data/filter"
)

// RunGroups are runs of a table, those that differ by the seed alone together.
// As a source of rows, a group has the mean of a number and the first run's
// other values.
type RunGroups struct {
	table  *RunTable
	groups [][]int32
}

// Group puts rows of the table together, in their order: a group stands where
// its first run does.
func (t *RunTable) Group(rows []int32) *RunGroups {
	g := &RunGroups{table: t}
	at := make(map[string]int, len(rows))
	for _, row := range rows {
		spec := t.Runs[row].Spec
		key := spec.group
		if key == "" {
			key = spec.withoutSeed()
		}
		if i, known := at[key]; known {
			g.groups[i] = append(g.groups[i], row)
			continue
		}
		at[key] = len(g.groups)
		g.groups = append(g.groups, []int32{row})
	}
	return g
}

// Rows are the runs of group i.
func (g *RunGroups) Rows(i int) []int32 { return g.groups[i] }

// Len is how many groups there are.
func (g *RunGroups) Len() int { return len(g.groups) }

// At is group i as a row of RunFields.
func (g *RunGroups) At(i int) runGroup { return runGroup{g.table, g.groups[i]} }

type runGroup struct {
	table *RunTable
	rows  []int32
}

// runGroupColumns are those of runs, with the mean of a number.
var runGroupColumns = func() filter.Columns[runGroup] {
	columns := make(filter.Columns[runGroup], len(runColumns))
	for field := range columns {
		columns[field].Keyed = func(g runGroup, key string) filter.Value {
			ref := filter.Ref{Field: field, Key: key}
			if field != RunNumber {
				if mean, _, n := g.table.Spread(g.rows, ref); n > 0 {
					return filter.OfNumber(mean)
				}
			}
			return g.table.Runs[g.rows[0]].Value(ref)
		}
	}
	return columns
}()

// Columns makes it a filter.Row.
func (runGroup) Columns() filter.Columns[runGroup] { return runGroupColumns }

// Spread is the mean of a number of some rows, its sample's standard deviation
// (NaN for fewer than two), and how many of them have the number.
func (t *RunTable) Spread(rows []int32, ref filter.Ref) (mean, spread float64, n int) {
	value := runColumns.Getter(ref)
	var values []float64
	for _, row := range rows {
		if v, ok := value(&t.Runs[row]).Number(); ok {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return math.NaN(), math.NaN(), 0
	}
	mean, spread = meanAndSpread(values)
	return mean, spread, len(values)
}
