package data

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"ringlab/data/workspace"
)

const (
	// DemoCSV is the table that the replaced demo wrote for its notebook.
	DemoCSV    = "compound_rings.csv"
	demoImages = "images"
)

// demoOutput writes what the replaced demo wrote: a table of the accepted
// records, in the order of the file, and their pictures. All is prepared in a
// temporary folder beside, and put in place by commit.
type demoOutput struct {
	made  []string // folders that were not there before; none once committed
	root  *os.Root
	tmp   string // inside root
	table *os.File
	csv   *csv.Writer
	blobs *workspace.Blobs
}

// newDemoOutput prepares to write into folder, which is made if need be. It
// must not be the folder that is read: its images would be replaced.
func newDemoOutput(folder string, src *source, blobs *workspace.Blobs) (_ *demoOutput, err error) {
	made := missingFolders(folder)
	root, err := makeRoot(folder)
	if err != nil {
		removeEmpty(made)
		return nil, fmt.Errorf("write output: %w", err)
	}
	d := &demoOutput{made: made, root: root, tmp: fmt.Sprintf(".ringlab-%d", os.Getpid()), blobs: blobs}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write output to %s: %w", Printable(folder), err), d.close())
		}
	}()
	here, err := root.Stat(".")
	if err != nil {
		return nil, err
	}
	there, err := src.root.Stat(".")
	if err != nil {
		return nil, err
	}
	if os.SameFile(here, there) {
		return nil, errors.New("it is the folder that is read; choose another")
	}
	if err := errors.Join(root.RemoveAll(d.tmp), root.MkdirAll(path.Join(d.tmp, demoImages), 0o777)); err != nil {
		return nil, err
	}
	if d.table, err = root.Create(path.Join(d.tmp, DemoCSV)); err != nil {
		return nil, err
	}
	d.csv = csv.NewWriter(d.table)
	return d, d.csv.Write([]string{"compound_id", "num_rings", "image"})
}

// makeRoot opens folder, which is made if need be with those above it.
func makeRoot(folder string) (*os.Root, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	return os.OpenRoot(folder)
}

// missingFolders lists folder and those above it that are not there, the
// innermost first.
func missingFolders(folder string) (missing []string) {
	for dir := filepath.Clean(folder); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
			return missing
		}
		missing = append(missing, dir)
	}
}

// removeEmpty removes folders, the innermost first, up to one that somebody
// uses or has removed.
func removeEmpty(folders []string) {
	for _, dir := range folders {
		if os.Remove(dir) != nil {
			return
		}
	}
}

// add takes an accepted record, whose picture is stored.
func (d *demoOutput) add(c checkedRecord) error {
	err := d.csv.Write([]string{strconv.FormatInt(c.entry.compoundID, 10), strconv.Itoa(c.entry.label), c.image})
	if err != nil {
		return fmt.Errorf("write %s: %w", DemoCSV, err)
	}
	name := path.Join(d.tmp, path.Clean(c.image))
	if _, err := d.root.Lstat(name); err == nil {
		return nil // several records may share a picture
	}
	content, err := d.blobs.Read(c.entry.picture)
	if err == nil {
		err = d.root.MkdirAll(path.Dir(name), 0o777)
	}
	if err == nil {
		err = d.root.WriteFile(name, content, 0o666)
	}
	if err != nil {
		return fmt.Errorf("write picture %s: %w", shown(c.image), err)
	}
	return nil
}

// commit puts everything in place, after which the folder stays: the folder images as a whole, so that no
// picture of before stays in it, then what lies elsewhere, the table last.
func (d *demoOutput) commit() error {
	d.made = nil
	d.csv.Flush()
	if err := errors.Join(d.csv.Error(), d.table.Sync()); err != nil {
		return fmt.Errorf("write %s: %w", DemoCSV, err)
	}
	old := path.Join(d.tmp, "old")
	if err := d.root.Rename(demoImages, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace images: %w", err)
	}
	if err := d.root.Rename(path.Join(d.tmp, demoImages), demoImages); err != nil {
		return fmt.Errorf("replace images: %w", errors.Join(err, d.root.Rename(old, demoImages)))
	}
	if err := d.root.RemoveAll(old); err != nil {
		return fmt.Errorf("remove the images of before: %w", err)
	}
	if err := d.moveOthers(); err != nil {
		return fmt.Errorf("write pictures: %w", err)
	}
	if err := d.root.Rename(path.Join(d.tmp, DemoCSV), DemoCSV); err != nil {
		return fmt.Errorf("write %s: %w", DemoCSV, err)
	}
	return nil
}

// moveOthers puts in place the pictures whose paths begin with another name
// than images. Nothing that is there already is removed, only replaced.
func (d *demoOutput) moveOthers() error {
	return fs.WalkDir(d.root.FS(), d.tmp, func(name string, entry fs.DirEntry, err error) error {
		target := strings.TrimPrefix(strings.TrimPrefix(name, d.tmp), "/")
		if err != nil || entry.IsDir() || target == DemoCSV {
			return err
		}
		if err := d.root.MkdirAll(path.Dir(target), 0o777); err != nil {
			return err
		}
		return d.root.Rename(name, target)
	})
}

// close removes what was not put in place, and the folders made for it.
func (d *demoOutput) close() error {
	var errs []error
	if d.table != nil {
		errs = append(errs, ignoreClosed(d.table.Close()))
	}
	errs = append(errs, d.root.RemoveAll(d.tmp), d.root.Close())
	removeEmpty(d.made)
	return errors.Join(errs...)
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
