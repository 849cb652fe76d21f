package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"ringlab/data/picture"
	"ringlab/data/workspace"
)

// DefaultFile is the name of the list of records in a folder.
const DefaultFile = "compounds.json"

// source is a folder of the ingest form. Nothing outside it can be opened
// through it: a link is followed while it stays inside, and refused else.
type source struct {
	folder string // absolute
	file   string // name of the list inside folder
	root   *os.Root
}

func openSource(folder, file string) (*source, error) {
	if file == "" {
		file = DefaultFile
	}
	if !filepath.IsLocal(file) {
		return nil, fmt.Errorf("read %s: the file must lie inside the folder", shown(file))
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("read folder %s: %w", Printable(folder), err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, &RefusedFileError{File: folder, Offset: -1, Reason: "the folder cannot be opened: " + cause(err)}
	}
	// A folder has one name, however one came to it: its dead letters are known
	// again by it.
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	return &source{folder: abs, file: file, root: root}, nil
}

// path is the absolute path of the list of records.
func (s *source) path() string { return filepath.Join(s.folder, s.file) }

// close frees the folder. It was only read: no error of closing matters.
func (s *source) close() { _ = s.root.Close() }

// openList opens the list of records and tells its size.
func (s *source) openList() (*os.File, int64, error) {
	f, info, err := s.openRegular(s.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, &RefusedFileError{File: s.path(), Offset: -1, Reason: "there is no such file; name another with --file"}
	case err != nil:
		return nil, 0, &RefusedFileError{File: s.path(), Offset: -1, Reason: cause(err)}
	}
	return f, info.Size(), nil
}

var errNotRegular = errors.New("not a regular file")

// openRegular opens a file inside the folder if it is a regular one. It never
// waits: a pipe without a writer would hang a blocking open.
func (s *source) openRegular(name string) (*os.File, fs.FileInfo, error) {
	f, err := s.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// readImage reads the whole file of a picture into buf.
func (s *source) readImage(name string, buf *bytes.Buffer) *refusal {
	f, info, err := s.openRegular(name)
	if err != nil {
		return refuseImage(name, err)
	}
	defer f.Close()
	limit := int64(picture.DefaultLimits.MaxBytes)
	if info.Size() <= limit {
		buf.Reset()
		buf.Grow(int(info.Size()) + bytes.MinRead)
		_, err = buf.ReadFrom(io.LimitReader(f, limit+1))
		if err != nil {
			return refuseImage(name, err)
		}
	}
	if size := max(info.Size(), int64(buf.Len())); size > limit {
		return refuse(picture.CodeTooLarge, "image %s has %d bytes, limit %d", shown(name), size, limit)
	}
	return nil
}

func refuseImage(name string, err error) *refusal {
	var system syscall.Errno
	switch {
	case errors.Is(err, errNotRegular):
		return refuse(CodeImageNotFile, "image %s is not a regular file", shown(name))
	case errors.Is(err, fs.ErrNotExist):
		return refuse(CodeImageNotFound, "image %s does not exist in the folder", shown(name))
	case errors.As(err, &system):
		return refuse(CodeImageUnreadable, "image %s cannot be read: %s", shown(name), cause(err))
	default:
		// os.Root has no exported error for this; all others come from the system.
		return refuse(CodeImageOutside, "image %s leads out of the folder through a link", shown(name))
	}
}

// cause is the system's word for a failed call, without the path around it.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return Printable(err.Error())
}

// checkedPicture is what is known of a picture file after it was looked at.
type checkedPicture struct {
	sum     string
	blank   bool
	refused *refusal
}

// checkImage reads and hashes the picture at path into buf, and lets look judge
// it: a picture is refused where look returns an error.
func (s *source) checkImage(path string, buf *bytes.Buffer, look func(sum string, file []byte) (blank bool, err error)) (c checkedPicture) {
	if c.refused = s.readImage(path, buf); c.refused != nil {
		return c
	}
	c.sum = workspace.Sum(buf.Bytes())
	var err error
	if c.blank, err = look(c.sum, buf.Bytes()); err != nil {
		c.refused = refusePicture(path, err)
	}
	return c
}

func refusePicture(path string, err error) *refusal {
	code := "picture_unreadable"
	var refused *picture.RefusedError
	if errors.As(err, &refused) {
		code = refused.Code
	}
	return refuse(code, "image %s: %s", shown(path), Printable(err.Error()))
}
