package filter

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// node is a part of a filter: allOf, anyOf, not, has, condition or pair.
type node any

type (
	allOf []node
	anyOf []node
	not   struct{ node }
)

// has: the value is there.
type has Ref

// condition tests a field's value. A value that is not there passes no test,
// also no negated one: nothing is known of it. Of a list one element must
// pass, and for a negated test none may.
type condition struct {
	Ref
	many   bool
	negate bool
	test   test
}

// pair compares two fields of the same row.
type pair struct {
	left, right Ref
	op          string
}

// Matcher tells for rows of one type whether the filter selects them. The
// columns are looked up once, here: a row costs a call for each value.
// The filter is of the schema of the type's columns.
func Matcher[T Row[T]](f Filter) func(row T) bool {
	if f.All() {
		return func(T) bool { return true }
	}
	var row T
	return compile(f.root, row.Columns())
}

func compile[T any](n node, c Columns[T]) func(T) bool {
	switch n := n.(type) {
	case allOf:
		parts := compileAll(n, c)
		return func(row T) bool {
			for _, part := range parts {
				if !part(row) {
					return false
				}
			}
			return true
		}
	case anyOf:
		parts := compileAll(n, c)
		return func(row T) bool {
			for _, part := range parts {
				if part(row) {
					return true
				}
			}
			return false
		}
	case not:
		part := compile(n.node, c)
		return func(row T) bool { return !part(row) }
	case has:
		value := c.Getter(Ref(n))
		return func(row T) bool { return value(row).form != absent }
	case condition:
		value := c.Getter(n.Ref)
		return func(row T) bool {
			switch v := value(row); v.form {
			case isNumber:
				return n.test.number(v.number) != n.negate
			case isText:
				return n.test.text(v.text) != n.negate
			case isList:
				return slices.ContainsFunc(v.list, n.test.text) != n.negate
			}
			return n.negate && n.many
		}
	}
	p := n.(pair)
	left, right := c.Getter(p.left), c.Getter(p.right)
	return func(row T) bool { return p.holds(left(row), right(row)) }
}

func compileAll[T any](nodes []node, c Columns[T]) []func(T) bool {
	parts := make([]func(T) bool, len(nodes))
	for i, n := range nodes {
		parts[i] = compile(n, c)
	}
	return parts
}

// test decides about one value.
type test interface {
	number(float64) bool
	text(string) bool
}

// span is the numbers from low to high. Ends count unless they are open.
type span struct {
	low, high         float64
	lowOpen, highOpen bool
}

func (t span) number(v float64) bool {
	return (v > t.low || v == t.low && !t.lowOpen) && (v < t.high || v == t.high && !t.highOpen)
}
func (t span) text(string) bool { return false }

// same is a text, or the number that it spells.
type same struct {
	is     string
	value  float64
	spells bool
}

func (t same) number(v float64) bool { return t.spells && v == t.value }
func (t same) text(s string) bool    { return s == t.is }

type oneOf []test

func (t oneOf) number(v float64) bool {
	return slices.ContainsFunc(t, func(one test) bool { return one.number(v) })
}

func (t oneOf) text(s string) bool {
	return slices.ContainsFunc(t, func(one test) bool { return one.text(s) })
}

// pattern is a regular expression that is found anywhere.
type pattern struct{ *regexp.Regexp }

func (t pattern) number(v float64) bool { return t.MatchString(decimal(v)) }
func (t pattern) text(s string) bool    { return t.MatchString(s) }

// part is a text that is found anywhere. Letters of a part without capitals
// match capitals too.
type part struct {
	of   string
	fold bool
}

func newPart(s string) part { return part{of: s, fold: strings.ToLower(s) == s} }

func (t part) number(v float64) bool {
	var digits [32]byte
	return bytes.Contains(appendDecimal(digits[:0], v), []byte(t.of))
}

func (t part) text(s string) bool {
	if !t.fold {
		return strings.Contains(s, t.of)
	}
	return containsFold(s, t.of)
}

// containsFold is strings.Contains where ASCII capitals of s count as small
// letters; letters beyond ASCII go the slow way. Without allocation it looks
// through a hundred thousand SMILES in a few milliseconds.
func containsFold(s, lower string) bool {
	if lower == "" {
		return true
	}
	first, capital := lower[0], lower[0]
	if 'a' <= first && first <= 'z' {
		capital = first - 'a' + 'A'
	}
	for i := 0; i+len(lower) <= len(s); i++ {
		if c := s[i]; c >= 0x80 {
			return strings.Contains(strings.ToLower(s[i:]), lower)
		} else if c != first && c != capital {
			continue
		}
		j := 1
		for ; j < len(lower); j++ {
			c := s[i+j]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c != lower[j] {
				break
			}
		}
		if j == len(lower) {
			return true
		}
		if s[i+j] >= 0x80 {
			return strings.Contains(strings.ToLower(s[i:]), lower)
		}
	}
	return false
}

func decimal(v float64) string { return string(appendDecimal(nil, v)) }

func appendDecimal(b []byte, v float64) []byte {
	if whole := int64(v); float64(whole) == v {
		return strconv.AppendInt(b, whole, 10)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

func (n *pair) holds(a, b Value) bool {
	if a.form == absent || b.form == absent {
		return false
	}
	order := 0
	switch {
	case a.form == isText && b.form == isText:
		order = strings.Compare(a.text, b.text)
	case a.form == isNumber && b.form == isNumber:
		switch {
		case a.number < b.number:
			order = -1
		case a.number > b.number:
			order = 1
		}
	default:
		return n.op == "!="
	}
	switch n.op {
	case "=":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}
