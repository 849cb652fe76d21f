package data

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// memberScanner splits a record into its members and spells their values in
// canonical form, in one pass and without allocating. It knows what nearly all
// records are made of, and gives up wherever one is out of the ordinary:
// parseMembers and canonical, its slow twins, then have the word. So it must
// never accept what they refuse, nor spell a value in another way.
//
// It relies on the syntax and the UTF-8 of the record having been checked, as
// recordReader and parse do, but not for its own safety.
type memberScanner struct {
	raw     []byte
	at      int
	escapes bool // raw holds a backslash somewhere
	depth   int

	members []member
	out     []byte // canonical values
	spans   []span // members of nested objects that are open
	scratch []byte
}

// span is a member of a nested object: where in out its name and all of it lie.
type span struct{ from, nameEnd, to int }

const (
	maxScannedDepth   = 32
	maxScannedMembers = 32
)

// scan splits a record. What it returns is valid until the next call.
func (s *memberScanner) scan(raw []byte) ([]member, bool) {
	s.raw, s.at, s.depth = raw, 0, 0
	s.escapes = bytes.IndexByte(raw, '\\') >= 0
	s.members, s.out, s.spans = s.members[:0], s.out[:0], s.spans[:0]
	if !s.take('{') || s.peek() == '}' {
		return nil, false
	}
	for {
		name, ok := s.name()
		if !ok || len(s.members) == maxScannedMembers || find(s.members, string(name)) != nil {
			return nil, false
		}
		s.peek()
		start, canonical := s.at, len(s.out)
		if !s.value() {
			return nil, false
		}
		s.members = append(s.members, member{name: name, value: raw[start:s.at], start: start, canonical: s.out[canonical:len(s.out):len(s.out)]})
		if s.take(',') {
			continue
		}
		break
	}
	if !s.take('}') || s.at != len(raw) {
		return nil, false
	}
	return s.members, true
}

// peek skips white space and answers what stands there, 0 at the end.
func (s *memberScanner) peek() byte {
	for ; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// take skips white space and then c, if that is what follows.
func (s *memberScanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// name reads a member's name and the colon behind it. One that is not plain
// ASCII text would be sorted in another way.
func (s *memberScanner) name() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}
	length := bytes.IndexByte(s.raw[s.at:], '"')
	if length < 0 {
		return nil, false
	}
	name := s.raw[s.at : s.at+length]
	for _, c := range name {
		if c < ' ' || c > '~' || c == '\\' {
			return nil, false
		}
	}
	s.at += length + 1
	return name, s.take(':')
}

// value reads any value and appends its canonical form to out.
func (s *memberScanner) value() bool {
	switch s.peek() {
	case '"':
		return s.text()
	case '{':
		return s.nested(s.object)
	case '[':
		return s.nested(s.list)
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		return s.number()
	}
}

func (s *memberScanner) nested(read func() bool) bool {
	s.depth++
	defer func() { s.depth-- }()
	return s.depth <= maxScannedDepth && read()
}

func (s *memberScanner) literal(word string) bool {
	if !bytes.HasPrefix(s.raw[s.at:], []byte(word)) {
		return false
	}
	s.at += len(word)
	s.out = append(s.out, word...)
	return true
}

// text reads a string. Without escapes it has one spelling.
func (s *memberScanner) text() bool {
	start := s.at
	if !s.escapes {
		length := bytes.IndexByte(s.raw[start+1:], '"')
		if length < 0 {
			return false
		}
		s.at += length + 2
		s.out = append(s.out, s.raw[start:s.at]...)
		return true
	}
	escaped := false
	for i := start + 1; i < len(s.raw); i++ {
		switch s.raw[i] {
		case '"':
			s.at = i + 1
			if escaped {
				return s.respell(s.raw[start:s.at])
			}
			s.out = append(s.out, s.raw[start:s.at]...)
			return true
		case '\\':
			escaped = true
			if i++; surrogate(s.raw[min(i, len(s.raw)):]) {
				return false // half a pair is no text
			}
		}
	}
	return false
}

// surrogate tells whether an escape begins with u and one half of a pair of
// surrogates: d800 to dfff.
func surrogate(escape []byte) bool {
	return len(escape) > 2 && escape[0] == 'u' && escape[1]|0x20 == 'd' && escape[2] > '7'
}

// number reads a number. A whole number keeps its digits; a decimal fraction of
// at most 15 digits, without superfluous zeros and not tiny, is how the number
// nearest to it is spelled.
func (s *memberScanner) number() bool {
	start := s.at
	digits, point, plain := 0, -1, true
scan:
	for ; s.at < len(s.raw); s.at++ {
		switch c := s.raw[s.at]; {
		case '0' <= c && c <= '9':
			digits++
		case c == '-' && s.at == start:
		case c == '.' && point < 0:
			point = s.at
		case c == '.', c == 'e', c == 'E', c == '+', c == '-':
			plain = false
		default:
			break scan
		}
	}
	token := s.raw[start:s.at]
	if digits == 0 {
		return false
	}
	if point < 0 && plain && string(token) != "-0" {
		s.out = append(s.out, token...)
		return true
	}
	tiny := point >= 0 && bytes.HasPrefix(s.raw[point:s.at], []byte(".00000"))
	if point < 0 || !plain || digits > 15 || tiny || token[len(token)-1] == '0' || token[len(token)-1] == '.' {
		return s.respell(token)
	}
	s.out = append(s.out, token...)
	return true
}

// respell appends a string or number that needs more than a look.
func (s *memberScanner) respell(token jsontext.Value) bool {
	s.out = append(s.out, canonical(token)...)
	return true
}

func (s *memberScanner) list() bool {
	s.at++
	s.out = append(s.out, '[')
	if s.take(']') {
		s.out = append(s.out, ']')
		return true
	}
	for {
		if !s.value() {
			return false
		}
		if !s.take(',') {
			break
		}
		s.out = append(s.out, ',')
	}
	s.out = append(s.out, ']')
	return s.take(']')
}

// object reads an object inside a record, and sorts its members by name.
func (s *memberScanner) object() bool {
	s.at++
	start, base := len(s.out), len(s.spans)
	s.out = append(s.out, '{')
	if s.take('}') {
		s.out = append(s.out, '}')
		return true
	}
	for {
		from := len(s.out)
		name, ok := s.name()
		if !ok {
			return false
		}
		s.out = append(append(append(s.out, '"'), name...), '"', ':')
		nameEnd := len(s.out) - 2
		if !s.value() {
			return false
		}
		s.spans = append(s.spans, span{from, nameEnd, len(s.out)})
		if !s.take(',') {
			break
		}
		s.out = append(s.out, ',')
	}
	s.out = append(s.out, '}')
	if !s.take('}') {
		return false
	}
	ok := s.sort(start, s.spans[base:])
	s.spans = s.spans[:base]
	return ok
}

// sort brings the members of an object, which begins at start of out, into the
// order of their names.
func (s *memberScanner) sort(start int, members []span) bool {
	name := func(m span) []byte { return s.out[m.from+1 : m.nameEnd] }
	sorted := true
	for i := 1; i < len(members) && sorted; i++ {
		sorted = bytes.Compare(name(members[i-1]), name(members[i])) < 0
	}
	if sorted {
		return true
	}
	slices.SortFunc(members, func(a, b span) int { return bytes.Compare(name(a), name(b)) })
	for i := 1; i < len(members); i++ {
		if bytes.Equal(name(members[i-1]), name(members[i])) {
			return false // which of both comes first is the slow twin's to say
		}
	}
	s.scratch = append(s.scratch[:0], s.out[start:]...)
	s.out = s.out[:start+1]
	for i, m := range members {
		if i > 0 {
			s.out = append(s.out, ',')
		}
		s.out = append(s.out, s.scratch[m.from-start:m.to-start]...)
	}
	s.out = append(s.out, '}')
	return true
}
