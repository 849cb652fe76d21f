package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"ringlab/data"
	"ringlab/data/workspace"
)

// demoFiles writes what the demo's upload.py left behind, so that its notebook
// still runs on it: compound_rings.csv with the pictures of the records kept,
// and lines appended to a dead-letter file.
type demoFiles struct {
	output  string // folder, "" for none
	letters string // file, "" for none
}

const demoTable = "compound_rings.csv"

// check finds out before the ingest whether both places can be written.
func (d demoFiles) check() error {
	if d.output != "" {
		if err := os.MkdirAll(d.output, 0o777); err != nil {
			return fmt.Errorf("make --output_path: %w", err)
		}
	}
	if d.letters != "" {
		f, err := os.OpenFile(d.letters, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
		if err != nil {
			return fmt.Errorf("open --dlq: %w", err)
		}
		return f.Close()
	}
	return nil
}

// write is called with the ingest that has just ended.
func (d demoFiles) write(ctx context.Context, r *rooms, folder, file string, ingest int64) error {
	letters, err := lettersOf(ctx, r, ingest)
	if err != nil {
		return err
	}
	if d.letters != "" {
		if err := d.appendLetters(ctx, r, letters); err != nil {
			return fmt.Errorf("write --dlq: %w", err)
		}
	}
	if d.output != "" {
		if err := d.writeTable(ctx, r, folder, file, letters); err != nil {
			return fmt.Errorf("write --output_path: %w", err)
		}
	}
	return nil
}

// lettersOf lists the dead letters that an ingest saw, in order of the file.
func lettersOf(ctx context.Context, r *rooms, ingest int64) ([]data.DeadLetter, error) {
	all, err := r.data.DeadLetters(ctx, letterStates(true)...)
	if err != nil {
		return nil, err
	}
	letters := slices.DeleteFunc(all, func(l data.DeadLetter) bool { return l.Ingest != ingest })
	slices.SortFunc(letters, func(a, b data.DeadLetter) int { return a.Row - b.Row })
	return letters, nil
}

// demoLine is a dead letter as the demo wrote it, and what it lacked.
type demoLine struct {
	Time       string          `json:"time"`
	File       string          `json:"file"`
	Row        int             `json:"row"`
	Error      string          `json:"error"`
	Trace      *string         `json:"trace"` // ringlab has none to tell
	Data       json.RawMessage `json:"data"`  // a string where the record is no JSON
	ID         int64           `json:"id"`
	Code       string          `json:"code"`
	State      string          `json:"state"`
	CompoundID *int64          `json:"compound_id"`
	ByteOffset int64           `json:"byte_offset"`
	Ingest     int64           `json:"ingest"`
}

// writeDemoLines writes letters as JSON lines.
func writeDemoLines(ctx context.Context, r *rooms, w io.Writer, letters []data.DeadLetter) error {
	for _, l := range letters {
		whole, err := r.data.DeadLetter(ctx, l.ID)
		if err != nil {
			return err
		}
		record := json.RawMessage(whole.Raw)
		if !json.Valid(record) {
			if record, err = json.Marshal(string(whole.Raw)); err != nil {
				return err
			}
		}
		line, err := jsonLine(demoLine{
			Time: l.Time.UTC().Format(time.RFC3339Nano), File: l.Source, Row: l.Row, Error: l.Reason, Data: record,
			ID: l.ID, Code: l.Code, State: l.State, CompoundID: l.CompoundID, ByteOffset: l.Offset, Ingest: l.Ingest,
		})
		if err != nil {
			return err
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// appendLetters leaves out what the file holds already, so that a repeated
// ingest does not double its lines as the demo did.
func (d demoFiles) appendLetters(ctx context.Context, r *rooms, letters []data.DeadLetter) (err error) {
	f, err := os.OpenFile(d.letters, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	type place struct {
		File  string `json:"file"`
		Row   int    `json:"row"`
		Error string `json:"error"`
	}
	there := map[place]bool{}
	for lines := bufio.NewReader(f); ; {
		line, err := lines.ReadBytes('\n')
		var p place
		if json.Unmarshal(line, &p) == nil {
			there[p] = true
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	letters = slices.DeleteFunc(letters, func(l data.DeadLetter) bool {
		return there[place{l.Source, l.Row, l.Reason}]
	})
	return writeDemoLines(ctx, r, f, letters)
}

// writeTable writes the good records of the folder, in its order, and their
// pictures under the names that the table gives.
func (d demoFiles) writeTable(ctx context.Context, r *rooms, folder, file string, letters []data.DeadLetter) error {
	root, err := os.OpenRoot(d.output)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	task, err := r.data.Task(ctx)
	if err != nil {
		return err
	}
	dead := map[int]bool{}
	for _, l := range letters {
		dead[l.Row] = true
	}
	var rows bytes.Buffer
	w := csv.NewWriter(&rows)
	if err := w.Write([]string{"compound_id", "num_rings", "image"}); err != nil {
		return err
	}
	written := map[int64]bool{}
	err = data.ReadFolder(ctx, folder, file, task, func(f data.FolderRecord) error {
		if f.Code != "" || dead[f.Row] || written[f.Record.CompoundID] {
			return nil
		}
		written[f.Record.CompoundID] = true
		// The kept record is asked for its picture: the file may have changed since.
		kept, err := r.data.Record(ctx, f.Record.CompoundID)
		if err != nil {
			return err
		}
		png, err := r.data.PicturePNG(ctx, kept)
		if err != nil {
			return err
		}
		name := path.Clean(kept.Image)
		if err := writeInside(root, filepath.FromSlash(name), png); err != nil {
			return err
		}
		return w.Write([]string{strconv.FormatInt(kept.CompoundID, 10), strconv.Itoa(kept.Label), name})
	})
	if err != nil {
		return err
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return workspace.WriteFile(filepath.Join(d.output, demoTable), rows.Bytes())
}

// writeInside writes a file below root, whatever its name tries.
func writeInside(root *os.Root, name string, content []byte) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return root.WriteFile(name, content, 0o644)
}
