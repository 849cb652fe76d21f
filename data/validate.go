package data

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Codes of dead letters. They are stable: scripts may rely on them. The codes
// of pictures that cannot be decoded come from [picture.RefusedError].
const (
	CodeNotObject         = "record_not_object"
	CodeNotUTF8           = "record_not_utf8"
	CodeDuplicateKey      = "record_duplicate_key"
	CodeIDMissing         = "compound_id_missing"
	CodeIDInvalid         = "compound_id_invalid"
	CodeIDConflict        = "compound_id_conflict"
	CodeSMILESMissing     = "smiles_missing"
	CodeSMILESInvalid     = "smiles_invalid"
	CodeSMILESTooLong     = "smiles_too_long"
	CodeLabelMissing      = "label_missing"
	CodeLabelInvalid      = "label_invalid"
	CodeLabelOutOfRange   = "label_out_of_range"
	CodeImageMissing      = "image_missing"
	CodeImageInvalid      = "image_invalid"
	CodeImageOutside      = "image_outside_folder"
	CodeImageNotFound     = "image_not_found"
	CodeImageNotFile      = "image_not_file"
	CodeImageUnreadable   = "image_unreadable"
	CodePictureBlank      = "picture_blank"
	CodePictureConflict   = "picture_conflict"
	maxSMILESBytes        = 10_000
	maxImagePathBytes     = 1024
	contentFormatVersion  = "ringlab record 1\n"
	recordFieldCompoundID = "compound_id"
	recordFieldSMILES     = "smiles"
	recordFieldImage      = "image"
)

// refusal says why a record becomes a dead letter: a stable code and a
// sentence that is safe to print.
type refusal struct{ code, reason string }

func refuse(code, format string, args ...any) *refusal {
	return &refusal{code: code, reason: fmt.Sprintf(format, args...)}
}

// candidate is a record that obeys the rules that can be checked without its
// picture and without other records.
type candidate struct {
	compoundID int64
	smiles     string
	label      int
	image      string // as it came, local to the folder
	rest       []member
}

// member is one name and value of a JSON object.
type member struct {
	name      []byte
	value     jsontext.Value // a part of the object's bytes
	start     int            // of value in the object's bytes
	canonical []byte         // spelling of value, nil where that was not asked yet
}

// recordParser parses records one after the other, and reuses its memory: what
// a candidate refers to is valid until the next parse.
type recordParser struct {
	scanner memberScanner
	text    []byte
}

var recordParsers = sync.Pool{New: func() any { return new(recordParser) }}

// parse checks the fields of one record. The id is returned even where the
// record is refused, if it could be read; 0 is none.
func (p *recordParser) parse(raw []byte, task Task) (c candidate, id int64, refused *refusal) {
	if !utf8.Valid(raw) {
		return c, 0, refuse(CodeNotUTF8, "the record holds bytes that are not UTF-8")
	}
	members, ok := p.scanner.scan(raw)
	if !ok {
		members, refused = parseMembers(raw)
	}
	if members != nil {
		id, _ = parseID(find(members, recordFieldCompoundID))
	}
	if refused != nil {
		return c, id, refused
	}
	if c.compoundID, refused = parseID(find(members, recordFieldCompoundID)); refused != nil {
		return c, id, refused
	}
	if c.smiles, refused = parseSMILES(find(members, recordFieldSMILES)); refused != nil {
		return c, id, refused
	}
	if c.label, refused = parseLabel(find(members, task.LabelField), task); refused != nil {
		return c, id, refused
	}
	if c.image, refused = parseImage(find(members, recordFieldImage)); refused != nil {
		return c, id, refused
	}
	c.rest = slices.DeleteFunc(members, func(m member) bool {
		switch string(m.name) {
		case recordFieldCompoundID, recordFieldSMILES, recordFieldImage, task.LabelField:
			return true
		}
		return false
	})
	return c, id, nil
}

// parseMembers splits an object, in the order of the file. It returns what it
// has also where it refuses.
func parseMembers(raw []byte) ([]member, *refusal) {
	// The reader has checked the syntax already, except for lone surrogates in
	// strings, which it passes on: they have no UTF-8 form.
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	if kind := dec.PeekKind(); kind != '{' {
		return nil, refuse(CodeNotObject, "the record is %s, not an object", kindName(kind))
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, refuse(CodeNotObject, "the record cannot be read: %s", Printable(err.Error()))
	}
	members := make([]member, 0, 8)
	names := make(map[string]bool, 8) // a record has room for half a million: never compare each with each
	var twice *refusal
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return members, refuseSyntax(err)
		}
		name := token.String()
		value, err := dec.ReadValue()
		if err != nil {
			return members, refuseSyntax(err)
		}
		end := int(dec.InputOffset())
		start := end - len(value)
		if twice == nil && names[name] {
			twice = refuse(CodeDuplicateKey, "the key %s stands twice", shown(name))
			continue
		}
		names[name] = true
		members = append(members, member{name: []byte(name), value: raw[start:end], start: start})
	}
	return members, twice
}

func refuseSyntax(err error) *refusal {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return refuse(CodeNotObject, "the record ends too early")
	}
	return refuse(CodeNotUTF8, "the record holds text that is not valid Unicode: %s", Printable(err.Error()))
}

// find returns the value of a name, nil if there is none.
func find(members []member, name string) jsontext.Value {
	for i := range members {
		if string(members[i].name) == name {
			return members[i].value
		}
	}
	return nil
}

func missing(v jsontext.Value) bool { return v == nil || v.Kind() == 'n' }

func parseID(v jsontext.Value) (int64, *refusal) {
	if missing(v) {
		return 0, refuse(CodeIDMissing, "the record has no compound_id")
	}
	id, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil || id <= 0 {
		return 0, refuse(CodeIDInvalid, "compound_id is %s; a whole number from 1 to %d, without quotes, was expected", shown(string(v)), int64(math.MaxInt64))
	}
	return id, nil
}

func parseSMILES(v jsontext.Value) (string, *refusal) {
	if missing(v) {
		return "", refuse(CodeSMILESMissing, "the record has no smiles")
	}
	if v.Kind() != '"' {
		return "", refuse(CodeSMILESInvalid, "smiles is %s, not a string", kindName(v.Kind()))
	}
	text := unquote(v)
	if strings.TrimSpace(text) == "" {
		return "", refuse(CodeSMILESInvalid, "smiles is blank")
	}
	if len(text) > maxSMILESBytes {
		return "", refuse(CodeSMILESTooLong, "smiles has %d bytes, limit %d", len(text), maxSMILESBytes)
	}
	return text, nil
}

// parseLabel accepts any spelling of a whole number: 2, 2.0, 2e0.
func parseLabel(v jsontext.Value, task Task) (int, *refusal) {
	name := Printable(task.LabelField)
	if missing(v) {
		return 0, refuse(CodeLabelMissing, "the record has no %s", name)
	}
	if v.Kind() != '0' {
		return 0, refuse(CodeLabelInvalid, "%s is %s, not a number", name, kindName(v.Kind()))
	}
	label, err := strconv.ParseFloat(string(v), 64)
	switch {
	case err != nil && math.IsInf(label, 0):
		return 0, refuse(CodeLabelOutOfRange, "%s is %s; %d to %d was expected", name, shown(string(v)), task.LabelMin, task.LabelMax)
	case err != nil, label != math.Trunc(label):
		return 0, refuse(CodeLabelInvalid, "%s is %s, not a whole number", name, shown(string(v)))
	case label < float64(task.LabelMin), label > float64(task.LabelMax):
		return 0, refuse(CodeLabelOutOfRange, "%s is %s; %d to %d was expected", name, shown(string(v)), task.LabelMin, task.LabelMax)
	}
	return int(label), nil
}

// parseImage accepts a relative path with forward slashes that stays inside
// the folder, on any system.
func parseImage(v jsontext.Value) (string, *refusal) {
	if missing(v) {
		return "", refuse(CodeImageMissing, "the record has no image")
	}
	if v.Kind() != '"' {
		return "", refuse(CodeImageInvalid, "image is %s, not a string", kindName(v.Kind()))
	}
	path := unquote(v)
	switch {
	case strings.TrimSpace(path) == "":
		return "", refuse(CodeImageInvalid, "image is empty")
	case len(path) > maxImagePathBytes:
		return "", refuse(CodeImageInvalid, "image is a path of %d bytes, limit %d", len(path), maxImagePathBytes)
	case strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", refuse(CodeImageInvalid, "image %s holds control characters", shown(path))
	case strings.Contains(path, "://"):
		return "", refuse(CodeImageOutside, "image %s is a URL; nothing is fetched, a path inside the folder was expected", shown(path))
	case strings.Contains(path, `\`):
		return "", refuse(CodeImageInvalid, "image %s holds a backslash; write paths with /", shown(path))
	case !filepath.IsLocal(filepath.FromSlash(path)), strings.HasPrefix(path, "/"), len(path) > 1 && path[1] == ':':
		return "", refuse(CodeImageOutside, "image %s leads out of the folder; a relative path inside it was expected", shown(path))
	}
	return path, nil
}

// unquote returns the text of a JSON string whose syntax was checked.
func unquote(v jsontext.Value) string {
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1])
	}
	text, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return ""
	}
	return string(text)
}

// contentSum names what a record says: its id, SMILES, label, the content of
// its picture, and every other field, whatever their order and spelling. Where
// the picture's file lies and how it is called is no part of it.
func (p *recordParser) contentSum(c *candidate, picture string) [32]byte {
	text := append(p.text[:0], contentFormatVersion...)
	text = append(strconv.AppendInt(text, c.compoundID, 10), '\n')
	text = append(strconv.AppendInt(text, int64(c.label), 10), '\n')
	text = append(append(text, picture...), '\n')
	text = append(appendQuoted(text, c.smiles), '\n')
	slices.SortFunc(c.rest, func(a, b member) int { return bytes.Compare(a.name, b.name) })
	for _, m := range c.rest {
		if m.canonical == nil {
			m.canonical = canonical(m.value)
		}
		text = append(appendQuoted(text, string(m.name)), ':')
		text = append(append(text, m.canonical...), '\n')
	}
	p.text = text
	return sha256.Sum256(text)
}

// appendQuoted is strconv.AppendQuote, faster where nothing is to be escaped.
func appendQuoted(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(to, text)
		}
	}
	return append(append(append(to, '"'), text...), '"')
}

// canonical is one spelling for equal values (RFC 8785), except that whole
// numbers keep all their digits.
func canonical(v jsontext.Value) jsontext.Value {
	if v.Kind() == '"' && bytes.IndexByte(v, '\\') < 0 {
		return v // without escapes a string has one spelling
	}
	c := v.Clone()
	if err := c.Canonicalize(jsontext.CanonicalizeRawInts(false), jsontext.AllowDuplicateNames(true)); err != nil {
		return v
	}
	return c
}
