package workspace

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Blobs stores contents under their SHA-256: each as a file of its own,
// blobs/ab/abcdef…, or many in one file, a pack. A blob is never changed.
type Blobs struct {
	dir string
	ws  *Workspace
}

// Sum is the name of a blob with this content: SHA-256 in lower-case hex.
func Sum(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (b *Blobs) path(sum string) (string, error) {
	raw, err := hex.DecodeString(sum)
	if err != nil || len(raw) != sha256.Size {
		return "", fmt.Errorf("blob %q: not a SHA-256 sum", sum)
	}
	return filepath.Join(b.dir, sum[:2], sum), nil
}

// Has tells whether the blob is stored.
func (b *Blobs) Has(sum string) bool {
	_, err := b.Size(sum)
	return err == nil
}

// Size is the blob's length in bytes.
func (b *Blobs) Size(sum string) (int64, error) {
	path, err := b.path(sum)
	if err != nil {
		return 0, err
	}
	at, packed, err := b.find(sum)
	if err != nil {
		return 0, fmt.Errorf("read blob: %w", err)
	}
	if packed {
		return at.length, nil
	}
	info, err := os.Lstat(path)
	if err != nil {
		return 0, fmt.Errorf("read blob: %w", err)
	}
	return info.Size(), nil
}

// Read returns the blob's content, checked against its name.
func (b *Blobs) Read(sum string) ([]byte, error) {
	path, err := b.path(sum)
	if err != nil {
		return nil, err
	}
	at, packed, err := b.find(sum)
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", err)
	}
	var content []byte
	if packed {
		content, err = b.readPacked(at)
	} else {
		content, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read blob: %w", err)
	}
	if Sum(content) != sum {
		return nil, fmt.Errorf("blob %s is damaged: its content does not match its name; restore a backup or ingest its picture again", sum)
	}
	return content, nil
}

// Put stores content durably as a file of its own and returns its name. When
// Put returns, the blob survives a crash of the machine. A pack that has the
// content counts for nothing here: who removes the file again, as with an
// artifact of a run, must not meet anyone else who relies on it.
func (b *Blobs) Put(content []byte) (string, error) {
	sum := Sum(content)
	path, err := b.path(sum)
	if err != nil {
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		return sum, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return "", fmt.Errorf("store blob: %w", explainFull(err))
	}
	if err := WriteFile(path, content); err != nil {
		return "", fmt.Errorf("store blob: %w", err)
	}
	return sum, nil
}

// WriteFile writes content to path so that a crash leaves either the old file
// or the whole new one: temporary file, fsync, rename, fsync of the folder.
func WriteFile(path string, content []byte) error {
	return WriteFileFrom(path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// WriteFileFrom is WriteFile for content that is written bit by bit. An error
// of write leaves the old file. A full disk is ErrFull. What is no file, such as
// /dev/stdout or a pipe, is written to as it is: it must not be replaced.
func WriteFileFrom(path string, write func(io.Writer) error) (err error) {
	switch info, err := os.Lstat(path); {
	case err != nil || info.Mode().IsRegular():
	case info.IsDir():
		return fmt.Errorf("write %s: it is a folder; name a file in it", path)
	default:
		return writeInto(path, write)
	}
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, TemporaryFor(path)+"*")
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		// The temporary file's name says nothing to the caller.
		return explainFull(&fs.PathError{Op: "create a file in", Path: dir, Err: failed.Err})
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = explainFull(errors.Join(err, os.Remove(tmp.Name())))
		}
	}()
	out := bufio.NewWriter(tmp)
	if err = write(out); err == nil {
		err = errors.Join(out.Flush(), tmp.Sync())
	}
	if failed, ok := errors.AsType[*fs.PathError](err); ok && failed.Path == tmp.Name() {
		failed.Path = path
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err = os.Chmod(tmp.Name(), 0o644); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return SyncDir(dir)
}

// writeInto writes to what is there under path, or where a link there leads.
func writeInto(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	if err = write(out); err == nil {
		err = out.Flush()
	}
	return explainFull(errors.Join(err, file.Close()))
}

// TemporaryFor is how the names begin of files and folders beside path that are
// to become it. A process that is killed leaves one.
func TemporaryFor(path string) string {
	const most = 100 // bytes: with what makes it unique it is a name like any other
	name := filepath.Base(path)
	return ".tmp-" + strings.ToValidUTF8(name[:min(len(name), most)], "") + "-"
}

// SyncDir makes renames and new names in dir durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(ignoreUnsupported(err), d.Close())
}

// ignoreUnsupported forgives systems that cannot sync a folder (Windows).
func ignoreUnsupported(err error) error {
	if err == nil || errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrInvalid) {
		return nil
	}
	return err
}
