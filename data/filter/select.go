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
type Source[T Row[T]] interface {
	Len() int
	At(i int) T // from 0 to Len-1; for several goroutines at once
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
func Select[T Row[T]](ctx context.Context, src Source[T], f Filter, orders []Order) ([]int32, error) {
	rows, err := matching(ctx, src, f)
	if err != nil || len(orders) == 0 {
		return rows, err
	}
	columns := make([]sortKey, len(orders))
	for i, o := range orders {
		columns[i] = newSortKey(src, o, rows)
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
func matching[T Row[T]](ctx context.Context, src Source[T], f Filter) ([]int32, error) {
	n := src.Len()
	if f.All() {
		all := make([]int32, n)
		for i := range all {
			all[i] = int32(i)
		}
		return all, nil
	}
	selects := Matcher[T](f)
	found := make([][]int32, (n+sliceRows-1)/sliceRows)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for part := range found {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			for i := part * sliceRows; i < min((part+1)*sliceRows, n); i++ {
				if selects(src.At(i)) {
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

// sortKey holds the values of one order, as far as they compare: sorting
// asks for each a dozen times.
type sortKey struct {
	down    bool
	numbers []float64 // NaN is not there
	texts   []string  // nil where no value is a text; of lists the first
	there   []bool
}

func newSortKey[T Row[T]](src Source[T], o Order, rows []int32) sortKey {
	c := sortKey{down: o.Down, numbers: make([]float64, len(rows)), there: make([]bool, len(rows))}
	var none T
	value := none.Columns().Getter(o.Ref)
	for i, row := range rows {
		v := value(src.At(int(row)))
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
func (c sortKey) compare(a, b int32) int {
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
