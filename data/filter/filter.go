// Package filter is the one language that selects rows, on the command line
// and in the workbench: of records, snapshots, dead letters, runs, answers,
// model versions and servers.
//
//	rings>=3 and split=holdout and predicted!=rings
//
// [Columns] declare the fields of one kind of row and where a row has their
// values; their [Schema] is the part for people. [Parse] checks a text against
// it, once; the [Filter] it makes becomes a [Matcher], which is asked for each
// row. Nothing in a text can make any of them slow or large: length, depth,
// number of conditions and the size of regular expressions are bounded.
//
// The language, for people: docs/filter.md.
package filter

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Kind is what a field's values are.
type Kind int

const (
	Number Kind = iota
	Text
	Time
	Bool
	Any // a number or a text, row by row: parameters of a run
)

func (k Kind) String() string {
	return [...]string{"number", "text", "time", "yes or no", "number or text"}[k]
}

// Field is a column that a filter can name.
type Field struct {
	Name   string // lower case letters, digits and _
	Also   string // a second name, or ""
	Kind   Kind
	Help   string   // one line for people
	Values []string // what completion offers: values, or keys where Keyed
	Closed bool     // the field has no other values than Values
	Words  bool     // a word alone is looked for here
	Keyed  bool     // a family of fields: it is followed by a point and a key
	Many   bool     // a row has a list of texts, such as its tags
}

// Schema is the table of fields of one kind of row.
type Schema struct {
	Rows   string // what the rows are, for people: "records"
	Fields []Field
}

// find is the place of a field in the table.
func (s *Schema) find(name string) (int, bool) {
	name = strings.ToLower(name)
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name || f.Also != "" && f.Also == name })
	return i, i >= 0
}

// Value is a field's value in a row. The zero Value is one that is not there.
type Value struct {
	form   form
	number float64
	text   string
	list   []string
}

type form uint8

const (
	absent form = iota
	isNumber
	isText
	isList
)

// OfNumber is a number; one that is not finite is not there.
func OfNumber(v float64) Value {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Value{}
	}
	return Value{form: isNumber, number: v}
}

// OfText is a text.
func OfText(s string) Value { return Value{form: isText, text: s} }

// OfName is a text that is not there where it is empty.
func OfName(s string) Value {
	if s == "" {
		return Value{}
	}
	return OfText(s)
}

// OfTime is a time; the zero time is not there.
func OfTime(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return OfNumber(float64(t.UnixMilli()))
}

// OfBool is a yes or no.
func OfBool(b bool) Value {
	if b {
		return OfNumber(1)
	}
	return OfNumber(0)
}

// OfList is the value of a field with Many.
func OfList(list []string) Value {
	if len(list) == 0 {
		return Value{}
	}
	return Value{form: isList, list: list}
}

// Filter is a parsed text. The zero Filter, and that of an empty text, selects
// every row. Safe for concurrent use.
type Filter struct {
	schema *Schema
	root   node
	uses   []Ref
}

// Ref names a field in a filter.
type Ref struct {
	Field int // in the schema's Fields
	Key   string
}

// All tells that every row is selected.
func (f Filter) All() bool { return f.root == nil }

// Uses lists the fields that the filter asks a row for, so that a caller can
// fetch what is not at hand. A word alone asks for all fields with Words.
func (f Filter) Uses() []Ref { return f.uses }

// AsksFor tells whether a field of this name is among those that it Uses.
func (f Filter) AsksFor(name string) bool {
	return slices.ContainsFunc(f.uses, func(use Ref) bool { return f.schema.Fields[use.Field].Name == name })
}

// Number is the value's number; ok is false where it is a text, a list or not
// there.
func (v Value) Number() (number float64, ok bool) { return v.number, v.form == isNumber }

// String is the value for people; "" where it is not there.
func (v Value) String() string {
	switch v.form {
	case isNumber:
		return decimal(v.number)
	case isText:
		return v.text
	case isList:
		return strings.Join(v.list, ", ")
	}
	return ""
}

// Ref finds a field by the name that a filter would use: metric.loss. The error
// is an *Error.
func (s *Schema) Ref(name string) (Ref, error) {
	p := parser{schema: s, text: name}
	if len(name) > MostBytes {
		return Ref{}, p.wrong(0, 0, "the name is too long", "write the name of a field")
	}
	name, err := p.fieldName()
	if err != nil {
		return Ref{}, err
	}
	if p.at < len(p.text) {
		return Ref{}, p.wrong(p.at, len(p.text), "something follows the name", "write the name alone; a key with special characters goes in quotes")
	}
	return p.field(name, 0)
}
