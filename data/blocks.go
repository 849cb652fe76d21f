package data

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/s2"
)

// Records are stored some hundreds in a row of the database. Such a block is
//
//	blockBinary, the number of records (varint), their labels (varints),
//	the rest of all records in their order, compressed (S2 block format)
//
// and the rest of a record is its compound id (varint), content and picture (32
// bytes each), and group, SMILES, image and fields, each with its length before
// it (varint). Numbers are unsigned. Labels stand apart because most questions
// are about them.
//
// A block that begins with [ comes from a workspace that had a row for each
// record: JSON, as its migration wrote it.
const (
	blockBinary = 1
	blockJSON   = '['
	// blockRecords is how many records a block holds at most.
	blockRecords = 1024
	// maxBlockBytes bounds a block when it is unpacked. The bytes of a batch and
	// the limits of a record keep blocks far below.
	maxBlockBytes = 128 << 20
)

var errBlockDamaged = errors.New("a block of records is damaged: restore a backup of the workspace")

// stored is a record in a block, with what later records are compared with.
type stored struct {
	Record
	content [32]byte
}

// blockWriter gathers records of a block. The zero value is ready.
type blockWriter struct {
	records int
	labels  []byte
	rest    []byte
	body    []byte // of the last block, for its memory
}

func (w *blockWriter) add(c *checkedRecord, group string) error {
	w.labels = binary.AppendUvarint(w.labels, uint64(c.entry.label)) //nolint:gosec // not negative: a rule of labels
	rest := binary.AppendUvarint(w.rest, uint64(c.entry.compoundID)) //nolint:gosec // positive: a rule of ids
	rest = append(rest, c.entry.content[:]...)
	rest, err := hex.AppendDecode(rest, []byte(c.entry.picture))
	if err != nil {
		return fmt.Errorf("store compound %d: picture %q: %w", c.entry.compoundID, c.entry.picture, err)
	}
	rest = appendSized(rest, group)
	rest = appendSized(rest, c.smiles)
	rest = appendSized(rest, c.image)
	w.rest = appendSized(rest, c.raw)
	w.records++
	return nil
}

func appendSized[T string | []byte](to []byte, text T) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

// bytes is the block of what was added, valid until the next. The writer is
// empty after.
func (w *blockWriter) bytes() []byte {
	body := slices.Grow(w.body[:0], 1+binary.MaxVarintLen64+len(w.labels)+s2.MaxEncodedLen(len(w.rest)))
	w.body = body
	body = binary.AppendUvarint(append(body, blockBinary), uint64(w.records)) //nolint:gosec // a count
	body = append(body, w.labels...)
	head := len(body)
	body = body[:cap(body)]
	packed := s2.Encode(body[head:], w.rest)
	w.reset()
	return body[:head+len(packed)]
}

// reset forgets what was added, and keeps the memory.
func (w *blockWriter) reset() { w.records, w.labels, w.rest = 0, w.labels[:0], w.rest[:0] }

// readLabels reads the labels of a block, and answers what follows them.
func readLabels(body []byte) (labels []int, rest []byte, err error) {
	in := blockReader{left: body}
	in.take(1)
	records := in.number()
	if records > uint64(len(in.left)) { // a label has a byte at least
		return nil, nil, errBlockDamaged
	}
	labels = make([]int, records)
	for i := range labels {
		labels[i] = int(in.number()) //nolint:gosec // checked below
		if labels[i] < 0 {
			return nil, nil, errBlockDamaged
		}
	}
	if in.damaged {
		return nil, nil, errBlockDamaged
	}
	return labels, in.left, nil
}

// decodeLabels reads the labels of a block without unpacking it.
func decodeLabels(body []byte) ([]int, error) {
	if len(body) > 0 && body[0] == blockJSON {
		records, err := decodeJSONBlock(body)
		labels := make([]int, len(records))
		for i, r := range records {
			labels[i] = r.Label
		}
		return labels, err
	}
	labels, _, err := readLabels(body)
	return labels, err
}

// decodeBlock reads a block whose first record has the id first. It may come
// from a damaged database: nothing is taken for granted.
func decodeBlock(body []byte, first int64) ([]stored, error) {
	if len(body) == 0 {
		return nil, errBlockDamaged
	}
	var records []stored
	var err error
	switch body[0] {
	case blockBinary:
		records, err = decodeBinaryBlock(body)
	case blockJSON:
		records, err = decodeJSONBlock(body)
	default:
		err = errBlockDamaged
	}
	if err != nil {
		return nil, err
	}
	for i := range records {
		records[i].ID = first + int64(i)
	}
	return records, nil
}

func decodeBinaryBlock(body []byte) ([]stored, error) {
	labels, packed, err := readLabels(body)
	if err != nil {
		return nil, err
	}
	size, err := s2.DecodedLen(packed)
	if err != nil || size > maxBlockBytes {
		return nil, errBlockDamaged
	}
	rest, err := s2.Decode(nil, packed)
	if err != nil {
		return nil, errBlockDamaged
	}
	in := blockReader{left: rest}
	records := make([]stored, len(labels))
	for i := range records {
		r := &records[i]
		r.Label = labels[i]
		r.CompoundID = int64(in.number()) //nolint:gosec // checked below
		copy(r.content[:], in.take(32))
		r.Picture = hex.EncodeToString(in.take(32))
		r.Group, r.SMILES, r.Image = string(in.sized()), string(in.sized()), string(in.sized())
		r.Fields = in.sized()
		if in.damaged || r.CompoundID <= 0 {
			return nil, errBlockDamaged
		}
	}
	if len(in.left) != 0 {
		return nil, errBlockDamaged
	}
	return records, nil
}

func decodeJSONBlock(body []byte) ([]stored, error) {
	var rows [][]json.RawMessage
	if err := json.Unmarshal(body, &rows); err != nil {
		return nil, errBlockDamaged
	}
	records := make([]stored, len(rows))
	for i, row := range rows {
		var content, fields string
		r := &records[i]
		columns := []any{&r.CompoundID, &r.Label, &content, &r.Picture, &r.Group, &r.SMILES, &r.Image, &fields}
		if len(row) != len(columns) {
			return nil, errBlockDamaged
		}
		for c, column := range columns {
			if json.Unmarshal(row[c], column) != nil {
				return nil, errBlockDamaged
			}
		}
		hash, err := hex.DecodeString(content)
		if err != nil || len(hash) != len(r.content) || r.CompoundID <= 0 || r.Label < 0 {
			return nil, errBlockDamaged
		}
		copy(r.content[:], hash)
		r.Fields = json.RawMessage(fields)
	}
	return records, nil
}

// blockReader takes a block apart. What would lie past its end is empty, and
// damaged tells of it.
type blockReader struct {
	left    []byte
	damaged bool
}

func (r *blockReader) take(n uint64) []byte {
	if n > uint64(len(r.left)) {
		r.damaged, n = true, 0
	}
	taken := r.left[:n:n]
	r.left = r.left[n:]
	return taken
}

func (r *blockReader) number() uint64 {
	value, n := binary.Uvarint(r.left)
	if n <= 0 {
		r.damaged = true
		return 0
	}
	r.left = r.left[n:]
	return value
}

func (r *blockReader) sized() []byte { return r.take(r.number()) }
