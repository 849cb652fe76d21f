package filter

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a filter.
const (
	MostBytes      = 2000
	mostDepth      = 50
	mostConditions = 200
	mostPattern    = 200  // bytes of a regular expression
	mostSteps      = 1000 // of its compiled form: matching costs steps × text
)

// Parse reads a filter. now is what dates such as today and -2h start from,
// and its location is that of dates. The error is an *Error.
func Parse(s *Schema, text string, now time.Time) (Filter, error) {
	p := parser{schema: s, text: text, now: now}
	f, err := p.parse()
	if err != nil {
		return Filter{}, err
	}
	return f, nil
}

// parser reads the text from left to right with one function a rule of the
// grammar. What may stand at a place decides how its characters are read: a
// value may hold the characters that are operators elsewhere.
type parser struct {
	schema     *Schema
	text       string
	now        time.Time
	at         int
	depth      int
	conditions int
	uses       []Ref
	want       want // what could stand where the text ends, for completion
	wordEnd    int  // where the last bare word ended
	joining    bool // a condition ended, and a connector may stand here too
}

func (p *parser) parse() (Filter, error) {
	if len(p.text) > MostBytes {
		return Filter{}, p.wrong(MostBytes, len(p.text), fmt.Sprintf("the filter is longer than %d bytes", MostBytes), "write a shorter one")
	}
	if !utf8.ValidString(p.text) {
		at := strings.IndexRune(strings.ToValidUTF8(p.text, "\uFFFD"), '\uFFFD')
		return Filter{}, p.wrong(at, at+1, "this is not UTF-8", "write text")
	}
	p.expect(wantOperand, 0)
	if p.end() {
		return Filter{}, nil
	}
	root, err := p.any()
	if err != nil {
		return Filter{}, err
	}
	if !p.end() {
		return Filter{}, p.wrong(p.at, p.at+1, "this parenthesis closes nothing", "take it away, or open one before")
	}
	return Filter{root, p.uses}, nil
}

func (p *parser) wrong(from, to int, problem, hint string) *Error {
	from = min(from, len(p.text))
	return &Error{Text: p.text, From: from, To: min(max(from, to), len(p.text)), Problem: problem, Hint: hint}
}

// space passes over white space.
func (p *parser) space() {
	for p.at < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		if !unicode.IsSpace(r) {
			return
		}
		p.at += size
	}
}

func (p *parser) end() bool {
	p.space()
	return p.at == len(p.text)
}

// take passes over a symbol.
func (p *parser) take(symbol string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], symbol) {
		return false
	}
	p.at += len(symbol)
	return true
}

// takeWord passes over a keyword, in any case.
func (p *parser) takeWord(keyword string) bool {
	p.space()
	from := p.at
	if strings.EqualFold(p.bare(), keyword) {
		return true
	}
	p.at = from
	return false
}

const operators = "<>=!~:"

// bare reads a word of an operand: up to white space or a symbol.
func (p *parser) bare() string {
	from := p.at
	for i, r := range p.text[from:] {
		if unicode.IsSpace(r) || strings.ContainsRune(operators+`()|&,"'`, r) {
			return p.word(from, from+i)
		}
	}
	return p.word(from, len(p.text))
}

func (p *parser) word(from, to int) string {
	p.at, p.wordEnd = to, to
	return p.text[from:to]
}

// any reads: all { or all }.
func (p *parser) any() (node, error) {
	if p.depth++; p.depth > mostDepth {
		return nil, p.wrong(p.at, p.at+1, fmt.Sprintf("more than %d parentheses are open", mostDepth), "write a flatter filter")
	}
	defer func() { p.depth-- }()
	var parts anyOf
	for {
		part, err := p.all()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
		if !p.takeWord("or") && !p.take("||") && !p.take("|") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

// all reads: one { [and] one }.
func (p *parser) all() (node, error) {
	var parts allOf
	for {
		part, err := p.one()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
		p.expect(wantConnector, 0)
		if p.takeWord("and") || p.take("&&") || p.take("&") {
			continue
		}
		from := p.at
		done := p.end() || p.takeWord("or") || p.take("|") || p.take(")")
		p.at = from
		if done {
			break
		}
		p.joining = true
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

// one reads: not one | ( any ) | condition.
func (p *parser) one() (node, error) {
	p.expect(wantOperand, 0)
	p.joining = false
	negated := false
	for p.takeWord("not") || p.take("!") {
		negated = !negated
		p.expect(wantOperand, 0)
	}
	p.space()
	from := p.at
	inner, err := p.unnegated(from)
	if err != nil {
		return nil, err
	}
	if p.conditions++; p.conditions > mostConditions {
		return nil, p.wrong(from, p.at, fmt.Sprintf("the filter has more than %d conditions", mostConditions), "write fewer, or use in (…)")
	}
	if negated {
		return not{inner}, nil
	}
	return inner, nil
}

func (p *parser) unnegated(from int) (node, error) {
	if !p.take("(") {
		return p.condition(from)
	}
	inner, err := p.any()
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, p.wrong(from, from+1, "this parenthesis is not closed", "write ) where it ends")
	}
	return inner, nil
}

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
	names := make([]string, 0, len(p.schema.Fields))
	for _, f := range p.schema.Fields {
		names = append(names, f.Name)
	}
	hint := "the fields are " + p.names()
	if like := nearest(name, names); like != "" {
		hint = "did you mean " + like + "?"
	}
	return Ref{}, p.wrong(from, p.at, fmt.Sprintf("%s have no field %q", p.schema.Rows, Line(name)), hint)
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
		if other.Keyed || other.Many || field.Many || !comparable2(field.Kind, other.Kind) {
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

// comparable2 tells whether fields of two kinds can be compared.
func comparable2(a, b Kind) bool { return a == b || a == Any || b == Any }

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

// value reads what stands after an operator.
func (p *parser) value() (text string, isQuoted bool, err error) {
	p.space()
	if p.at < len(p.text) && (p.text[p.at] == '"' || p.text[p.at] == '\'') {
		text, err = p.quoted()
		return text, true, err
	}
	from := p.at
	text = p.unquoted()
	if text == "" && !p.rangeFollows() {
		return "", false, p.wrong(from, from+1, "a value is missing here", `write one; an empty text is ""`)
	}
	return text, false, nil
}

// unquoted reads a value up to white space, a comma, two points, or a
// parenthesis that it did not open: CC(=O)O is one value.
func (p *parser) unquoted() string {
	from, open := p.at, 0
	for i, r := range p.text[from:] {
		at := from + i
		switch {
		case r == '(':
			open++
		case r == ')':
			open--
		case unicode.IsSpace(r), strings.ContainsRune(`,|&"'`, r), strings.HasPrefix(p.text[at:], ".."):
			return p.word(from, at)
		}
		if open < 0 {
			return p.word(from, at)
		}
	}
	return p.word(from, len(p.text))
}

// quoted reads text between quotes; \" and \\ stand for the characters.
func (p *parser) quoted() (string, error) {
	from, quote := p.at, p.text[p.at]
	var b strings.Builder
	for i := from + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == quote:
			p.at = i + 1
			return b.String(), nil
		case c == '\\' && i+1 < len(p.text) && (p.text[i+1] == quote || p.text[i+1] == '\\'):
			i++
			b.WriteByte(p.text[i])
		default:
			b.WriteByte(c)
		}
	}
	p.at = len(p.text)
	return "", p.wrong(from, from+1, "this quote is not closed", fmt.Sprintf("write %c where the text ends", quote))
}

// regexp reads a regular expression: in quotes, in which only the quote itself
// needs \, or up to white space or a parenthesis that it did not open.
func (p *parser) regexp() (test, error) {
	p.space()
	from := p.at
	var text string
	switch {
	case from < len(p.text) && (p.text[from] == '"' || p.text[from] == '\''):
		var err error
		if text, err = p.rawQuoted(); err != nil {
			return nil, err
		}
	default:
		text = p.rawPattern()
	}
	switch {
	case text == "":
		return nil, p.wrong(from, from+1, "a regular expression is missing here", "write one such as ^C")
	case len(text) > mostPattern:
		return nil, p.wrong(from, p.at, fmt.Sprintf("the regular expression is longer than %d bytes", mostPattern), "write a shorter one")
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return nil, p.wrong(from, p.at, "the regular expression is not one: "+Line(reason), `a \ before a character takes it literally`)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > mostSteps {
		return nil, p.wrong(from, p.at, "the regular expression is too large", "repeat less in it")
	}
	compiled, err := regexp.Compile(text)
	if err != nil {
		return nil, p.wrong(from, p.at, "the regular expression is not one", `a \ before a character takes it literally`)
	}
	return pattern{compiled}, nil
}

func (p *parser) rawPattern() string {
	from, open := p.at, 0
	for i := from; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\':
			i++
			continue
		case c == '(':
			open++
		case c == ')':
			open--
		case c == ' ' || c == '\t' || c == '\n':
			return p.word(from, i)
		}
		if open < 0 {
			return p.word(from, i)
		}
	}
	return p.word(from, len(p.text))
}

func (p *parser) rawQuoted() (string, error) {
	from, quote := p.at, p.text[p.at]
	var b strings.Builder
	for i := from + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == quote:
			p.at = i + 1
			return b.String(), nil
		case c == '\\' && i+1 < len(p.text):
			if p.text[i+1] != quote {
				b.WriteByte(c)
			}
			i++
			b.WriteByte(p.text[i])
		default:
			b.WriteByte(c)
		}
	}
	p.at = len(p.text)
	return "", p.wrong(from, from+1, "this quote is not closed", fmt.Sprintf("write %c where it ends", quote))
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
			if like := nearest(text, f.Values); like != "" {
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
