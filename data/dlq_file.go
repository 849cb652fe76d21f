package data

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"ringlab/data/workspace"
)

// dlqLine is a line of the replaced demo's log of dead letters: its six
// fields, and after them what the demo lacked.
type dlqLine struct {
	Time   time.Time       `json:"time"`
	File   string          `json:"file"`
	Row    int             `json:"row"`
	Error  string          `json:"error"`
	Trace  *string         `json:"trace"` // always null: a rule has no trace
	Data   json.RawMessage `json:"data"`  // the record; a string where it is not JSON in UTF-8
	Code   string          `json:"code"`
	Ingest int64           `json:"ingest"`
}

// maxDLQLine bounds a line: a record at its limit, every byte escaped.
const maxDLQLine = 6*maxRecordBytes + 64<<10

// checkDLQFile tells before an ingest that its dead letters could not be
// appended after it. Opening a pipe, say, would wait for ever.
func checkDLQFile(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(filepath.Dir(path))
	} else if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", Printable(path))
	}
	if err != nil {
		return fmt.Errorf("append dead letters to %s: %w; nothing was changed", Printable(path), err)
	}
	return nil
}

// AppendDLQFile appends the dead letters of an ingest to a file in the
// replaced demo's form, one JSON object a line, and answers how many lines
// were added. A letter that the file has already is not written again.
func (s *Store) AppendDLQFile(ctx context.Context, path string, ingest int64) (added int, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("append dead letters to %s: %w", Printable(path), err)
		}
	}()
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666) //nolint:gosec // the user's own file
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	present, complete, err := readDLQFile(file)
	if err != nil {
		return 0, err
	}
	out := bufio.NewWriter(file)
	if !complete {
		if err := out.WriteByte('\n'); err != nil {
			return 0, err
		}
	}
	err = s.eachLetterOf(ctx, ingest, func(l DeadLetter) error {
		line, key, err := newDLQLine(l)
		if err != nil || present[key] {
			return err
		}
		added++
		_, err = out.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return added, err
	}
	return added, out.Flush()
}

// newDLQLine spells a letter, and answers the key by which it is found again.
func newDLQLine(l DeadLetter) (line []byte, key string, err error) {
	data := jsontext.Value(bytes.Clone(l.Raw))
	if data.Compact(jsontext.AllowInvalidUTF8(false)) != nil {
		if data, err = json.Marshal(string(l.Raw)); err != nil {
			return nil, "", err
		}
	}
	line, err = json.Marshal(dlqLine{Time: l.Time, File: l.Source, Row: l.Row, Error: l.Reason, Data: json.RawMessage(data), Code: l.Code, Ingest: l.Ingest})
	if err != nil {
		return nil, "", err
	}
	// The encoder has its own spelling of some characters: compare what it wrote.
	var written dlqLine
	if err := json.Unmarshal(line, &written); err != nil {
		return nil, "", err
	}
	return line, written.key(), nil
}

// key tells letters apart as the workspace does: by file and bytes.
func (l *dlqLine) key() string { return workspace.Sum([]byte(l.File + "\x00" + string(l.Data))) }

// readDLQFile finds which letters the file has, and whether it ends with a
// whole line. Lines of another form are left alone.
func readDLQFile(file *os.File) (present map[string]bool, complete bool, err error) {
	present, complete = make(map[string]bool), true
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxDLQLine)
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		advance, token, err := bufio.ScanLines(data, atEOF)
		if atEOF && advance > 0 && advance == len(data) {
			complete = data[advance-1] == '\n'
		}
		return advance, token, err
	})
	for lines.Scan() {
		var l dlqLine
		if json.Unmarshal(lines.Bytes(), &l) == nil {
			present[l.key()] = true
		}
	}
	return present, complete, lines.Err()
}
