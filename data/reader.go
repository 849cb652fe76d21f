package data

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// maxRecordBytes bounds one element of the list, and so the memory that
// reading takes. A record of the original data has about 500 bytes.
const maxRecordBytes = 4 << 20

// RefusedFileError says why a data file cannot be read at all.
type RefusedFileError struct {
	File   string
	Offset int64 // in bytes, where known; -1 elsewhere
	Reason string
}

func (e *RefusedFileError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("read %s: %s; nothing was changed", Printable(e.File), e.Reason)
	}
	return fmt.Sprintf("read %s at byte %d: %s; nothing was changed", Printable(e.File), e.Offset, e.Reason)
}

// rawRecord is one element of the list as it stands in the file.
type rawRecord struct {
	source string // the file, absolute
	row    int    // 0-based
	offset int64  // of its first byte in the file
	raw    []byte
}

// recordReader streams the elements of a JSON list. It checks the syntax of
// all that it passes, and leaves to others what the elements mean: names may
// repeat and strings may hold bytes that are not UTF-8.
type recordReader struct {
	file  string
	in    *boundedReader
	dec   *jsontext.Decoder
	start int64 // bytes before the JSON text: the byte-order mark
	row   int
	begun bool
}

// newRecordReader reads from in, whose path is file.
func newRecordReader(file string, in io.Reader) *recordReader {
	return &recordReader{file: file, in: &boundedReader{in: bufio.NewReaderSize(in, 256<<10)}}
}

// next returns the next record, or io.EOF after the list has ended and nothing
// follows. All other errors are *RefusedFileError or of the disk. The bytes
// are the caller's.
func (r *recordReader) next() (rawRecord, error) {
	if !r.begun {
		if err := r.begin(); err != nil {
			return rawRecord{}, err
		}
		r.begun = true
	}
	r.in.left = maxRecordBytes
	if r.dec.PeekKind() == ']' {
		return rawRecord{}, r.end()
	}
	value, err := r.dec.ReadValue()
	if err != nil {
		return rawRecord{}, r.refuse(err)
	}
	if len(value) > maxRecordBytes {
		return rawRecord{}, r.refuse(errRecordTooLong)
	}
	record := rawRecord{
		source: r.file,
		row:    r.row,
		offset: r.start + r.dec.InputOffset() - int64(len(value)),
		raw:    bytes.Clone(value),
	}
	r.row++
	return record, nil
}

// begin skips the byte-order mark and demands the start of a list.
func (r *recordReader) begin() error {
	head, err := r.in.in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", Printable(r.file), err)
	}
	switch {
	case len(head) == 0:
		return &RefusedFileError{File: r.file, Offset: 0, Reason: "the file is empty; a JSON list of records was expected"}
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		if _, err := r.in.in.Discard(3); err != nil {
			return fmt.Errorf("read %s: %w", Printable(r.file), err)
		}
		r.start = 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.IndexByte(head, 0) >= 0:
		return &RefusedFileError{File: r.file, Offset: 0, Reason: "the text is UTF-16 or binary; save it as UTF-8"}
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return &RefusedFileError{File: r.file, Offset: 0, Reason: "the file is gzip-compressed; unpack it first"}
	}
	r.dec = jsontext.NewDecoder(r.in, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	r.in.left = maxRecordBytes
	switch kind := r.dec.PeekKind(); kind {
	case '[':
		_, err := r.dec.ReadToken()
		if err != nil {
			return r.refuse(err)
		}
		return nil
	case jsontext.KindInvalid:
		_, err := r.dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return &RefusedFileError{File: r.file, Offset: 0, Reason: "the file holds only white space; a JSON list of records was expected"}
		}
		return r.refuse(err)
	default:
		return &RefusedFileError{File: r.file, Offset: r.start, Reason: fmt.Sprintf("the top level is %s; a JSON list of records was expected", kindName(kind))}
	}
}

// end passes the closing bracket and demands that nothing follows it.
func (r *recordReader) end() error {
	if _, err := r.dec.ReadToken(); err != nil {
		return r.refuse(err)
	}
	kind := r.dec.PeekKind()
	at := r.start + r.dec.InputOffset()
	if kind != jsontext.KindInvalid {
		return &RefusedFileError{File: r.file, Offset: at, Reason: "something follows the end of the list"}
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return r.refuse(err)
	}
	return io.EOF
}

var errRecordTooLong = fmt.Errorf("one record is longer than %d MiB", maxRecordBytes>>20)

// refuse turns an error of the decoder into the file's refusal.
func (r *recordReader) refuse(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errRecordTooLong):
		return &RefusedFileError{File: r.file, Offset: r.start + r.dec.InputOffset(), Reason: errRecordTooLong.Error()}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &RefusedFileError{File: r.file, Offset: r.start + r.dec.InputOffset(), Reason: fmt.Sprintf("the file ends in the middle of the list; whole records before: %d", r.row)}
	case errors.As(err, &syntax):
		return &RefusedFileError{File: r.file, Offset: r.start + syntax.ByteOffset, Reason: fmt.Sprintf("not JSON: %s (record %d)", Printable(syntax.Err.Error()), r.row)}
	default:
		return fmt.Errorf("read %s: %w", Printable(r.file), err)
	}
}

func kindName(k jsontext.Kind) string {
	switch k {
	case '{':
		return "an object"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	default:
		return "not a list"
	}
}

// boundedReader fails once more than left bytes were asked for: the decoder
// keeps a whole value in memory, and a value may be without end.
type boundedReader struct {
	in   *bufio.Reader
	left int
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRecordTooLong
	}
	n, err := b.in.Read(p)
	b.left -= n
	return n, err
}
