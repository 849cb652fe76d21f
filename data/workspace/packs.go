package workspace

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// A pack is a file of many blobs, blobs/packs/N.pack: the line packHeader, then
// for each blob its sum (32 bytes), its length (4 bytes, little endian) and its
// content. The table packed_blobs says where each lies. A pack is only appended
// to while its batch is open, and never changed after.
const (
	packHeader      = "ringlab pack 1\n"
	packEntryHeader = 32 + 4
	packFolder      = "packs"
	// maxPackBytes ends a pack once it is longer.
	maxPackBytes = 64 << 20
)

// place is where a blob lies.
type place struct {
	pack   int64
	start  int64
	length int64
}

func (b *Blobs) packPath(id int64) string {
	return filepath.Join(b.dir, packFolder, strconv.FormatInt(id, 10)+".pack")
}

// readPacked reads what lies at a place, which the index may have wrong: more
// than the file holds is never allocated.
func (b *Blobs) readPacked(at place) (content []byte, err error) {
	file, err := os.Open(b.packPath(at.pack))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if at.start < 0 || at.length < 0 || at.start > info.Size() || at.length > info.Size()-at.start {
		return nil, fmt.Errorf("%s is damaged: it has %d bytes, a blob of %d should begin at byte %d: %w", file.Name(), info.Size(), at.length, at.start, io.ErrUnexpectedEOF)
	}
	content = make([]byte, at.length)
	_, err = file.ReadAt(content, at.start)
	return content, err
}

// packEntry is what stands before a blob's content in a pack.
func packEntry(sum string, length int) ([]byte, error) {
	entry, err := hex.DecodeString(sum)
	if err != nil || len(entry)+4 != packEntryHeader {
		return nil, fmt.Errorf("blob %q: not a SHA-256 sum", sum)
	}
	if length > maxPackedBlob {
		return nil, fmt.Errorf("blob %s has %d bytes, limit %d in a pack", sum, length, maxPackedBlob)
	}
	return binary.LittleEndian.AppendUint32(entry, uint32(length)), nil //nolint:gosec // checked above
}

// maxPackedBlob bounds what its length's 4 bytes must hold.
const maxPackedBlob = 1 << 30

// removePack removes a file that nothing names any more.
func (b *Blobs) removePack(id int64) error {
	if err := os.Remove(b.packPath(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
