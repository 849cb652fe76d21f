package data

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"ringlab/data/workspace"
)

// Export writes a snapshot as a folder of the ingest form: compounds.json and
// images/. Ingesting it into an empty workspace gives the same snapshot.
// A picture is named by the first compound that shows it. The folder must not
// exist, or be empty; it appears whole or not at all.
func (s *Store) Export(ctx context.Context, snapshot, folder string) (records int, err error) {
	found, err := s.Snapshot(ctx, snapshot)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("export snapshot to %s: %w", Printable(folder), err)
		}
	}()
	folder = filepath.Clean(folder)
	if err := os.MkdirAll(filepath.Dir(folder), 0o777); err != nil {
		return 0, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(folder), ".export-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	if err := os.Chmod(tmp, 0o755); err != nil { //nolint:gosec // a folder for people, like any other
		return 0, err
	}
	if records, err = s.exportTo(ctx, tmp, found); err != nil {
		return 0, err
	}
	// An empty folder gives way; one that holds anything is an error.
	if err := os.Remove(folder); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("the folder must be new or empty: %w", err)
	}
	if err := os.Rename(tmp, folder); err != nil {
		return 0, err
	}
	return records, workspace.SyncDir(filepath.Dir(folder))
}

// exportPage is how many records are in memory at a time.
const exportPage = 1000

func (s *Store) exportTo(ctx context.Context, folder string, snapshot Snapshot) (int, error) {
	if err := os.Mkdir(filepath.Join(folder, "images"), 0o755); err != nil { //nolint:gosec // as above
		return 0, err
	}
	file, err := os.Create(filepath.Join(folder, DefaultFile))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	out := bufio.NewWriterSize(file, 64<<10)
	written, separator := 0, "[\n"
	for {
		page, err := s.Records(ctx, Query{Snapshot: snapshot.ID, Offset: written, Limit: exportPage})
		if err != nil {
			return written, err
		}
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			image, err := s.exportPicture(ctx, folder, r)
			if err != nil {
				return written, err
			}
			record, err := withImage(r.Fields, image)
			if err != nil {
				return written, fmt.Errorf("compound %d: %w", r.CompoundID, err)
			}
			if _, err := fmt.Fprintf(out, "%s%s", separator, record); err != nil {
				return written, err
			}
			separator = ",\n"
			written++
		}
	}
	if written == 0 {
		separator = "["
	} else {
		separator = "\n"
	}
	if _, err := out.WriteString(separator + "]\n"); err != nil {
		return written, err
	}
	return written, errors.Join(out.Flush(), file.Sync(), file.Close(), workspace.SyncDir(filepath.Join(folder, "images")), workspace.SyncDir(folder))
}

// exportPicture writes a record's picture once and answers its path.
func (s *Store) exportPicture(ctx context.Context, folder string, r Record) (string, error) {
	first, err := s.firstCompound(ctx, r.Picture)
	if err != nil {
		return "", err
	}
	image := "images/" + strconv.FormatInt(first, 10) + ".png"
	if first != r.CompoundID {
		return image, nil
	}
	content, err := s.PicturePNG(ctx, r)
	if err != nil {
		return "", err
	}
	return image, os.WriteFile(filepath.Join(folder, image), content, 0o666) //nolint:gosec // as above
}

// withImage is the record as it came, except for the path of its picture.
func withImage(fields json.RawMessage, image string) (json.RawMessage, error) {
	members, refused := parseMembers(fields)
	if refused != nil {
		return nil, errors.New(refused.reason)
	}
	i := slices.IndexFunc(members, func(m member) bool { return string(m.name) == recordFieldImage })
	if i < 0 {
		return nil, errors.New("the record has no image")
	}
	quoted, err := jsontext.AppendQuote(nil, image)
	if err != nil {
		return nil, err
	}
	value := members[i]
	return slices.Concat(fields[:value.start], quoted, fields[value.start+len(value.value):]), nil
}
