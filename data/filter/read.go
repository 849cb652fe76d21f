package filter

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// operators are the characters that end a name.
const operators = "<>=!~:"

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
		switch p.text[i] {
		case '\\':
			i++
			continue
		case '(':
			open++
		case ')':
			open--
		case ' ', '\t', '\n':
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
