package filter

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Source is a table of rows that is not written any more.
type Source interface {
	Len() int
	// Cursor reads rows one after the other; each goroutine has its own.
	Cursor() Cursor
}

// Cursor is the row that Seek put it on.
type Cursor interface {
	Row
	Seek(i int)
}

// Order is one key of a sort.
type Order struct {
	Ref
	Down bool // the greatest first
}

// sliceRows is how many rows are looked at before somebody may cancel.
const sliceRows = 4096

// Select lists the numbers of the rows of src that f selects, in the given
// orders, the first being the most important; rows that are equal in all stay
// in the order of src. A value that is not there comes last, up or down. The
// error is the context's.
func Select(ctx context.Context, src Source, f Filter, orders []Order) ([]int32, error) {
	rows, err := matching(ctx, src, f)
	if err != nil || len(orders) == 0 {
		return rows, err
	}
	columns := make([]column, len(orders))
	for i, o := range orders {
		columns[i] = newColumn(src, o, rows)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	places := make([]int32, len(rows))
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortFunc(places, func(a, b int32) int {
		for i := range columns {
			if c := columns[i].compare(a, b); c != 0 {
				return c
			}
		}
		return cmp.Compare(a, b)
	})
	sorted := make([]int32, len(rows))
	for i, place := range places {
		sorted[i] = rows[place]
	}
	return sorted, ctx.Err()
}

// matching looks through slices of the rows on all processors.
func matching(ctx context.Context, src Source, f Filter) ([]int32, error) {
	n := src.Len()
	if f.All() {
		all := make([]int32, n)
		for i := range all {
			all[i] = int32(i)
		}
		return all, nil
	}
	found := make([][]int32, (n+sliceRows-1)/sliceRows)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for part := range found {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			cursor := src.Cursor()
			for i := part * sliceRows; i < min((part+1)*sliceRows, n); i++ {
				if cursor.Seek(i); f.Match(cursor) {
					found[part] = append(found[part], int32(i))
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(found...), nil
}

// column holds the values of one sort key, as far as they compare: sorting
// asks for each a dozen times.
type column struct {
	down    bool
	numbers []float64 // NaN is not there
	texts   []string  // nil where no value is a text; of lists the first
	there   []bool
}

func newColumn(src Source, o Order, rows []int32) column {
	c := column{down: o.Down, numbers: make([]float64, len(rows)), there: make([]bool, len(rows))}
	cursor := src.Cursor()
	for i, row := range rows {
		cursor.Seek(int(row))
		v := cursor.Value(o.Field, o.Key)
		c.numbers[i], c.there[i] = math.NaN(), v.form != absent
		switch v.form {
		case isNumber:
			c.numbers[i] = v.number
		case isText, isList:
			if c.texts == nil {
				c.texts = make([]string, len(rows))
			}
			c.texts[i] = v.text
			if v.form == isList {
				c.texts[i] = v.list[0]
			}
		}
	}
	return c
}

// compare puts what is not there last, numbers before texts.
func (c column) compare(a, b int32) int {
	if !c.there[a] || !c.there[b] {
		switch {
		case c.there[a]:
			return -1
		case c.there[b]:
			return 1
		}
		return 0
	}
	order := cmp.Compare(c.numbers[b], c.numbers[a]) // NaN is the least: texts come last
	if !math.IsNaN(c.numbers[a]) && !math.IsNaN(c.numbers[b]) {
		order = cmp.Compare(c.numbers[a], c.numbers[b])
	} else if order == 0 && c.texts != nil {
		order = strings.Compare(c.texts[a], c.texts[b])
	}
	if c.down {
		return -order
	}
	return order
}
