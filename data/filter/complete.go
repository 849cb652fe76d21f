package filter

import (
	"slices"
	"strings"
	"time"
)

// want is what may stand at a place of a filter.
type want struct {
	kind    wanted
	at      int
	field   int  // of an operator or a value
	joining bool // of an operand: a connector may stand here too
}

type wanted int

const (
	wantOperand wanted = iota
	wantField
	wantOperator
	wantValue
	wantConnector
)

// expect notes what may stand here. A word that the text ends with may still
// grow: what could come after it is only of interest where there is a space.
func (p *parser) expect(kind wanted, field int) {
	p.space()
	if p.at == len(p.text) && p.at > 0 && p.wordEnd == p.at {
		return
	}
	p.want = want{kind, p.at, field, p.joining}
}

func (p *parser) fieldAt(name string) int {
	family, _, _ := strings.Cut(name, ".")
	i, _ := p.schema.find(family)
	return max(i, 0)
}

// Option is one way to go on with a filter.
type Option struct {
	Text string
	Help string
	Name bool // of a field, or a keyword: half of it is not a word to look for
}

// Completion is what may stand for the bytes From to To of a text.
type Completion struct {
	From, To int
	Options  []Option
}

// mostOptions bounds a completion.
const mostOptions = 200

// Complete tells how the word that ends at byte cursor of text may go on, or
// what may come next where no word is begun.
func Complete(s *Schema, text string, cursor int, now time.Time) Completion {
	cursor = min(max(cursor, 0), len(text))
	p := parser{schema: s, text: text[:cursor], now: now}
	_, _ = p.parse() // what is wrong after the place to complete is no matter
	c := Completion{From: p.want.at, To: cursor}
	if begun := text[min(c.From, cursor):cursor]; c.From > cursor || strings.ContainsAny(begun, " \t\n") && !strings.Contains(begun, `"`) {
		return Completion{From: cursor, To: cursor}
	}
	begun := strings.ToLower(text[c.From:cursor])
	if i, ok := s.find(begun); ok && !s.Fields[i].Keyed && p.want.kind == wantOperand {
		c.From, begun = cursor, ""
		p.want.kind, p.want.field = wantOperator, i
	}
	for _, o := range p.options(begun) {
		if strings.HasPrefix(strings.ToLower(o.Text), begun) && strings.ToLower(o.Text) != begun && len(c.Options) < mostOptions {
			c.Options = append(c.Options, o)
		}
	}
	return c
}

func (p *parser) options(begun string) []Option {
	switch p.want.kind {
	case wantOperand:
		options := p.fieldOptions(begun)
		if p.want.joining {
			options = append(connectors(), options...)
		}
		return append(options, Option{Text: "has:", Help: "the value is there", Name: true},
			Option{Text: "not ", Help: "what follows is not so", Name: true}, Option{Text: "(", Help: "conditions that belong together"})
	case wantField:
		return p.fieldOptions(begun)
	case wantOperator:
		return operatorOptions(p.schema.Fields[p.want.field])
	case wantValue:
		return p.valueOptions()
	}
	return connectors()
}

func connectors() []Option {
	return []Option{{Text: "and ", Help: "both", Name: true}, {Text: "or ", Help: "one of them, or both", Name: true}}
}

func (p *parser) fieldOptions(begun string) []Option {
	var options []Option
	for _, f := range p.schema.Fields {
		if !f.Keyed {
			options = append(options, Option{f.Name, f.Help, true})
			continue
		}
		if !strings.HasPrefix(begun, f.Name+".") {
			options = append(options, Option{f.Name + ".", f.Help, true})
			continue
		}
		for _, key := range f.Values {
			if strings.ContainsFunc(key, func(r rune) bool { return strings.ContainsRune(operators+`()|&,"' `, r) }) {
				key = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
			}
			options = append(options, Option{f.Name + "." + key, f.Help, true})
		}
	}
	return options
}

func operatorOptions(f Field) []Option {
	var all []Option
	for _, o := range [][2]string{
		{"=", "is"}, {"!=", "is not"}, {">=", "is at least"}, {"<=", "is at most"}, {">", "is more than"}, {"<", "is less than"},
		{":", "contains"}, {"~", "fits the regular expression"}, {"!~", "does not fit the regular expression"}, {"in (", "is one of"},
	} {
		all = append(all, Option{Text: o[0], Help: o[1]})
	}
	return slices.DeleteFunc(all, func(o Option) bool { return unfit(f, strings.TrimPrefix(o.Text, "!")) != "" })
}

func (p *parser) valueOptions() []Option {
	f := p.schema.Fields[p.want.field]
	var options []Option
	switch f.Kind {
	case Bool:
		options = []Option{{Text: "yes"}, {Text: "no"}}
	case Time:
		options = []Option{{Text: "today"}, {Text: "yesterday"}, {Text: "-1h", Help: "an hour ago"}, {Text: "-7d", Help: "seven days ago"}}
	}
	if !f.Keyed {
		for _, value := range f.Values {
			if strings.ContainsAny(value, `,|&"'() `) {
				value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
			}
			options = append(options, Option{Text: value})
		}
	}
	for i, other := range p.schema.Fields {
		if i != p.want.field && !other.Keyed && !other.Many && other.Kind == f.Kind && (f.Kind == Number || f.Kind == Time) {
			options = append(options, Option{other.Name, other.Help, true})
		}
	}
	return options
}
