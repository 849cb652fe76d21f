package filter

import (
	"fmt"
	"slices"
	"strings"

	"ringlab/internal/spelling"
)

// condition reads what begins with the name of a field, has: or a word.
func (p *parser) condition(from int) (node, error) {
	if p.end() {
		return nil, p.wrong(from, from, "something is missing at the end", "write a condition such as "+p.example())
	}
	if quote := p.text[p.at]; quote == '"' || quote == '\'' {
		text, err := p.quoted()
		if err != nil {
			return nil, err
		}
		return p.find(text), nil
	}
	name := p.bare()
	if name == "" {
		return nil, p.wrong(p.at, p.at+1, "a condition was expected here", "write one such as "+p.example()+`; text with special characters goes in quotes: "C(=O)"`)
	}
	if strings.EqualFold(name, "has") && p.take(":") {
		p.expect(wantField, 0)
		p.space()
		at := p.at
		name, err := p.fieldName()
		if err != nil {
			return nil, err
		}
		ref, err := p.field(name, at)
		if err != nil {
			return nil, err
		}
		return has(ref), nil
	}
	switch strings.ToLower(name) {
	case "and", "or", "in":
		return nil, p.wrong(p.at-len(name), p.at, "a condition was expected before "+name, "write one, or put the word in quotes if it is looked for")
	}
	key, err := p.quotedKey(name)
	if err != nil {
		return nil, err
	}
	return p.compared(name+key, from)
}

// quotedKey reads the rest of a keyed field such as metric."val loss", if
// that is what stands here.
func (p *parser) quotedKey(name string) (string, error) {
	if !strings.HasSuffix(name, ".") || p.at == len(p.text) || p.text[p.at] != '"' {
		return "", nil
	}
	return p.quoted()
}

func (p *parser) fieldName() (string, error) {
	from := p.at
	name := p.bare()
	key, err := p.quotedKey(name)
	if err != nil {
		return "", err
	}
	if name+key == "" {
		return "", p.wrong(from, from, "the name of a field is missing", "write one of "+p.names())
	}
	return name + key, nil
}

// field finds a field by its name, and the key after the point of a keyed one.
func (p *parser) field(name string, from int) (Ref, error) {
	if i, ok := p.schema.find(name); ok && !p.schema.Fields[i].Keyed {
		return p.use(Ref{Field: i}), nil
	}
	family, key, pointed := strings.Cut(name, ".")
	if i, ok := p.schema.find(family); ok && p.schema.Fields[i].Keyed {
		if !pointed || key == "" {
			return Ref{}, p.wrong(from, p.at, family+" needs a key", fmt.Sprintf("write it after a point: %s.%s", family, p.exampleKey(i)))
		}
		return p.use(Ref{i, key}), nil
	}
	var names []string
	for _, f := range p.schema.Fields {
		names = append(names, f.Name)
		// val_loss alone is meant as metric.val_loss, trees as param.trees.
		for _, key := range f.Values {
			if f.Keyed && strings.EqualFold(key, name) {
				return Ref{}, p.noField(from, name, fmt.Sprintf("did you mean %s.%s?", f.Name, key))
			}
		}
	}
	hint := "the fields are " + p.names()
	if like := spelling.Nearest(name, names); like != "" {
		hint = "did you mean " + like + "?"
	}
	return Ref{}, p.noField(from, name, hint)
}

func (p *parser) noField(from int, name, hint string) error {
	return p.wrong(from, p.at, fmt.Sprintf("%s have no field %q", p.schema.Rows, Line(name)), hint)
}

func (p *parser) use(r Ref) Ref {
	if !slices.Contains(p.uses, r) {
		p.uses = append(p.uses, r)
	}
	return r
}

// compared reads the operator and the value after a name, or takes the name
// for a word to look for.
func (p *parser) compared(name string, from int) (node, error) {
	afterName := p.at
	p.expect(wantOperator, p.fieldAt(name))
	op, negated := p.operator()
	if op == "" {
		p.at = afterName
		if i, ok := p.schema.find(name); ok && p.schema.Fields[i].Kind == Bool {
			return condition{Ref: p.use(Ref{Field: i}), test: span{low: 1, high: 1}}, nil
		}
		return p.find(name), nil
	}
	opAt := p.at - len(op)
	end := p.at
	p.at = afterName
	ref, err := p.field(name, from)
	if err != nil {
		return nil, err
	}
	p.at = end
	field := p.schema.Fields[ref.Field]
	if hint := unfit(field, op); hint != "" {
		return nil, p.wrong(opAt, end, fmt.Sprintf("%s is a %s, which %s does not compare", field.Name, field.Kind, op), hint)
	}
	p.expect(wantValue, ref.Field)
	if op == "in" && p.take("(") {
		tests, err := p.list(field)
		if err != nil {
			return nil, err
		}
		return condition{ref, field.Many, negated, tests}, nil
	}
	if op == "~" {
		t, err := p.regexp()
		if err != nil {
			return nil, err
		}
		return condition{ref, field.Many, negated, t}, nil
	}
	return p.against(ref, field, op, negated)
}

// operator reads one; negated is !=, !~ and not in, whose op is without it.
func (p *parser) operator() (op string, negated bool) {
	for _, symbol := range [...]string{"<=", ">=", "!=", "!~", "==", "<", ">", "=", "~", ":"} {
		if p.take(symbol) {
			switch symbol {
			case "!=":
				return "=", true
			case "!~":
				return "~", true
			case "==":
				return "=", false
			}
			return symbol, false
		}
	}
	from := p.at
	negated = p.takeWord("not")
	if p.takeWord("in") {
		return "in", negated
	}
	p.at = from
	return "", false
}

// unfit is what to write where a field of this kind has no such operator.
func unfit(f Field, op string) string {
	ordered := f.Kind == Number || f.Kind == Time || f.Kind == Any
	switch op {
	case "<", "<=", ">", ">=":
		if !ordered {
			return "write =, !=, : (contains), ~ (regular expression) or in (…)"
		}
	case "~", ":":
		if f.Kind != Text && f.Kind != Any {
			return "write =, !=, <, <=, >, >=, in (…) or a range such as =3..5"
		}
	}
	return ""
}

// against reads the value after an operator: another field, or what is written.
func (p *parser) against(ref Ref, field Field, op string, negated bool) (node, error) {
	p.space()
	from := p.at
	text, isQuoted, err := p.value()
	if err != nil {
		return nil, err
	}
	if i, ok := p.schema.find(text); ok && !isQuoted && op != ":" && op != "in" && !p.rangeFollows() {
		other := p.schema.Fields[i]
		if other.Keyed || other.Many || field.Many || !sameKind(field.Kind, other.Kind) {
			return nil, p.wrong(from, p.at, fmt.Sprintf("%s is a %s and the field %s a %s", field.Name, field.Kind, other.Name, other.Kind),
				fmt.Sprintf("put it in quotes if the text is meant: %q", text))
		}
		if negated {
			op = "!="
		}
		return pair{ref, p.use(Ref{Field: i}), op}, nil
	}
	t, err := p.test(field, op, text, isQuoted, from)
	if err != nil {
		return nil, err
	}
	return condition{ref, field.Many, negated, t}, nil
}

// sameKind tells whether values of two kinds can be compared.
func sameKind(a, b Kind) bool { return a == b || a == Any || b == Any }

func (p *parser) rangeFollows() bool { return strings.HasPrefix(p.text[p.at:], "..") }

// list reads the values of in ( … ) up to its end.
func (p *parser) list(field Field) (oneOf, error) {
	open := p.at - 1
	var tests oneOf
	for {
		p.expect(wantValue, p.fieldAt(field.Name))
		from := p.at
		if p.conditions++; p.conditions > mostConditions {
			return nil, p.wrong(from, from+1, fmt.Sprintf("the filter has more than %d conditions", mostConditions), "write fewer values")
		}
		text, isQuoted, err := p.value()
		if err != nil {
			return nil, err
		}
		t, err := p.test(field, "=", text, isQuoted, from)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
		if p.take(")") {
			return tests, nil
		}
		if !p.take(",") {
			return nil, p.wrong(open, open+1, "this list is not closed", "write , between values and ) after the last")
		}
	}
}

// test makes a value, or a range if two points follow, into a test.
func (p *parser) test(field Field, op, text string, isQuoted bool, from int) (test, error) {
	low, err := p.literal(field, op, text, isQuoted, from)
	if err != nil {
		return nil, err
	}
	isRange := !isQuoted && p.rangeFollows()
	if op == "in" && !isRange {
		return nil, p.wrong(from, p.at, "in needs a list or a range", fmt.Sprintf("write %s in (A, B), %s in A..B, or %s=A", field.Name, field.Name, field.Name))
	}
	if isRange {
		return p.rangeTest(field, op, low, text, from)
	}
	switch {
	case op == ":":
		return newPart(text), nil
	case field.Kind == Text:
		return same{is: text}, nil
	case field.Kind == Any && op == "=":
		return same{is: text, value: low.low, spells: low != notANumber}, nil
	}
	return low.than(op), nil
}

// rangeTest reads the second half of A..B; one of the two may be missing.
func (p *parser) rangeTest(field Field, op string, low literal, text string, from int) (test, error) {
	if op != "=" && op != "in" || field.Kind == Text || field.Kind == Bool {
		return nil, p.wrong(from, p.at+2, "a range is of numbers or times, after = or in", fmt.Sprintf("write %s=A..B with numbers, or one value", field.Name))
	}
	if low == notANumber {
		return nil, p.wrong(from, p.at, fmt.Sprintf("%q is no value of %s", Line(text), field.Name), "a range is of numbers")
	}
	p.take("..")
	end := p.at
	highText := p.unquoted()
	if text == "" && highText == "" {
		return nil, p.wrong(from, end, "a range needs an end", "write A..B, A.. or ..B")
	}
	if highText == "" {
		return low.than(">="), nil
	}
	high, err := p.literal(field, ">=", highText, false, end)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return high.than("<="), nil
	}
	whole := low.to(high)
	if whole.low > whole.high {
		return nil, p.wrong(from, p.at, "the range ends before it begins", "write the smaller end first")
	}
	return whole, nil
}

// literal reads a value as the field's kind. For an open end of a range the
// text is empty.
func (p *parser) literal(f Field, op, text string, isQuoted bool, from int) (literal, error) {
	if text == "" && !isQuoted {
		return literal{}, nil
	}
	var l literal
	ok, hint := true, ""
	switch f.Kind {
	case Number:
		l, ok = readNumber(text)
		hint = "write a number such as 3, 0.95 or 95%"
	case Bool:
		l, ok = readBool(text)
		hint = "write yes or no"
	case Time:
		l, ok = readTime(text, p.now)
		hint = "write 2026-11-24, 2026-11-24T21:00, today, yesterday, or how long ago: -2h, -3d"
	case Any:
		if l, ok = readNumber(text); !ok {
			l, ok = notANumber, op == "=" || op == ":"
			hint = "write a number, or = with a text"
		}
	case Text:
		if f.Closed && !slices.Contains(f.Values, text) {
			ok, hint = false, "it is one of "+strings.Join(f.Values, ", ")
			if like := spelling.Nearest(text, f.Values); like != "" {
				hint = "did you mean " + like + "?"
			}
		}
	}
	if !ok {
		return literal{}, p.wrong(from, p.at, fmt.Sprintf("%q is no value of %s", Line(text), f.Name), hint)
	}
	return l, nil
}

// find looks for text in every field with Words.
func (p *parser) find(text string) node {
	var fields anyOf
	t := newPart(text)
	for i, f := range p.schema.Fields {
		if f.Words {
			fields = append(fields, condition{Ref: p.use(Ref{Field: i}), many: f.Many, test: t})
		}
	}
	return fields
}

func (p *parser) names() string {
	var names []string
	for _, f := range p.schema.Fields {
		name := f.Name
		if f.Keyed {
			name += ".…"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// example is a condition on the first field that compares well.
func (p *parser) example() string {
	for _, f := range p.schema.Fields {
		if f.Kind == Number && !f.Keyed {
			return f.Name + ">=3"
		}
	}
	return "has:" + p.schema.Fields[0].Name
}

func (p *parser) exampleKey(field int) string {
	if values := p.schema.Fields[field].Values; len(values) > 0 {
		return values[0]
	}
	return "NAME"
}
