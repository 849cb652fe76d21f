package filter

import (
	"context"
	"slices"
	"testing"
)

// rowsOf is a source of rows by name.
type rowsOf []testRow

func (r rowsOf) Len() int         { return len(r) }
func (r rowsOf) At(i int) testRow { return r[i] }

func by(name string, down bool) Order {
	i, _ := testSchema().find(name)
	return Order{Ref{Field: i}, down}
}

// TestRowsAreSelectedInOrder: the first key counts most, equal rows stay as they
// were, and what is not there comes last, up or down.
func TestRowsAreSelectedInOrder(t *testing.T) {
	rows := rowsOf{{"rings": 3, "name": "b"}, {"rings": 5, "name": "a"}, {"name": "c"}, {"rings": 3, "name": "a"}, {"rings": 5}}
	for _, c := range []struct {
		orders []Order
		want   []int32
	}{
		{nil, []int32{0, 1, 2, 3, 4}},
		{[]Order{by("rings", false)}, []int32{0, 3, 1, 4, 2}},
		{[]Order{by("rings", true)}, []int32{1, 4, 0, 3, 2}},
		{[]Order{by("rings", false), by("name", false)}, []int32{3, 0, 1, 4, 2}},
		{[]Order{by("name", true)}, []int32{2, 0, 1, 3, 4}},
	} {
		if got, err := Select(t.Context(), rows, Filter{}, c.orders); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%v gives %v, %v, want %v", c.orders, got, err, c.want)
		}
	}
}

// TestALongTableIsSelectedInParts that come out in their order, and a selection
// that nobody wants any more ends.
func TestALongTableIsSelectedInParts(t *testing.T) {
	rows := make(rowsOf, 3*sliceRows+17)
	for i := range rows {
		rows[i] = testRow{"rings": i % 5}
	}
	f, err := Parse(testSchema(), "rings=2", now)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Select(t.Context(), rows, f, nil)
	if err != nil || len(got) != (len(rows)+2)/5 || !slices.IsSorted(got) {
		t.Errorf("%d rows, %v", len(got), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Select(ctx, rows, f, nil); err == nil {
		t.Error("a cancelled selection goes on")
	}
}
