package filter

// Column is a field of rows of type T with where its value stands: one of
// Value and Keyed is there.
type Column[T any] struct {
	Name, Also, Help string // as in Field
	Kind             Kind
	Values           []string
	Closed           bool
	Words            bool
	Many             bool

	Value func(row T) Value
	Keyed func(row T, key string) Value // makes the field a family, as in Field
}

// Columns declare all that a filter can name of rows of type T. They are not
// written any more once they are made.
type Columns[T any] []Column[T]

// Row is what has columns: a pointer, or a small value that knows where its
// values stand. Columns gives the same for all rows, also for the zero T.
type Row[T any] interface{ Columns() Columns[T] }

// Schema is the table of the columns' fields, each at its column's place. It is
// the caller's, who may rename fields and give them other Values.
func (c Columns[T]) Schema(rows string) *Schema {
	s := &Schema{Rows: rows, Fields: make([]Field, len(c))}
	for i := range c {
		s.Fields[i] = Field{
			Name: c[i].Name, Also: c[i].Also, Kind: c[i].Kind, Help: c[i].Help, Values: c[i].Values,
			Closed: c[i].Closed, Words: c[i].Words, Keyed: c[i].Keyed != nil, Many: c[i].Many,
		}
	}
	return s
}

// Getter reads the field's value of any row.
func (c Columns[T]) Getter(r Ref) func(row T) Value {
	if keyed := c[r.Field].Keyed; keyed != nil {
		return func(row T) Value { return keyed(row, r.Key) }
	}
	return c[r.Field].Value
}
