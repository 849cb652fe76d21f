package filter

import (
	"fmt"
	"strings"
	"time"
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
		p.text = p.text[:MostBytes] // what is quoted is bounded, too
		return Filter{}, p.wrong(MostBytes, MostBytes, fmt.Sprintf("the filter is longer than %d bytes", MostBytes), "write a shorter one")
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
	return Filter{p.schema, root, p.uses}, nil
}

func (p *parser) wrong(from, to int, problem, hint string) *Error {
	from = min(from, len(p.text))
	return &Error{Text: p.text, From: from, To: min(max(from, to), len(p.text)), Problem: problem, Hint: hint}
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
