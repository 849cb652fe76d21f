package models

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	strict "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A safetensors file is an 8-byte little-endian length, a JSON header of that
// length that names each tensor's type, shape and place, and the tensors'
// bytes, back to back. See docs/formats/bundle.md.

const (
	// maxTensorHeader bounds what is parsed before anything can be trusted.
	maxTensorHeader = 1 << 20
	maxTensors      = 10_000
	maxTensorRank   = 8
	// tensorAlignment is what the data starts at: the widest value.
	tensorAlignment = 8

	tensorMetadataKey = "__metadata__"
)

type tensorHeader struct {
	DType   string    `json:"dtype"`
	Shape   []int64   `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"` // in the data, half open
}

// dtypeSize is the size of one value in bytes, 0 for a type not known here.
func dtypeSize(dtype string) int {
	switch dtype {
	case "F64", "I64", "U64":
		return 8
	case "F32", "I32", "U32":
		return 4
	case "F16", "BF16", "I16", "U16":
		return 2
	case "I8", "U8", "BOOL":
		return 1
	}
	return 0
}

// encodeTensors writes tensors as a safetensors file: wide types first, so that
// each is aligned, then by name, so that equal tensors give equal bytes.
func encodeTensors(tensors map[string]Tensor) ([]byte, error) {
	names := slices.Collect(maps.Keys(tensors))
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(dtypeSize(tensors[b].DType)-dtypeSize(tensors[a].DType), cmp.Compare(a, b))
	})
	header := make(map[string]tensorHeader, len(names))
	var offset uint64
	for _, name := range names {
		t := tensors[name]
		shape := make([]int64, len(t.Shape))
		for i, side := range t.Shape {
			shape[i] = int64(side)
		}
		size := uint64(len(t.Data))
		h := tensorHeader{DType: t.DType, Shape: shape, Offsets: [2]uint64{offset, offset + size}}
		if err := h.check(name, offset); err != nil {
			return nil, fmt.Errorf("write tensors: %w", err)
		}
		if err := checkFinite(name, t); err != nil {
			return nil, fmt.Errorf("write tensors: %w", err)
		}
		header[name] = h
		offset += size
	}
	text, err := strict.Marshal(header, strict.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("write tensors: %w", err)
	}
	for len(text)%tensorAlignment != 0 {
		text = append(text, ' ')
	}
	if len(text) > maxTensorHeader || len(names) > maxTensors {
		return nil, fmt.Errorf("write tensors: %d tensors need a header of %d bytes, limit %d", len(names), len(text), maxTensorHeader)
	}
	file := make([]byte, 0, 8+len(text)+int(offset))
	file = binary.LittleEndian.AppendUint64(file, uint64(len(text)))
	file = append(file, text...)
	for _, name := range names {
		file = append(file, tensors[name].Data...)
	}
	return file, nil
}

// decodeTensors reads a safetensors file, which may be hostile. The tensors
// share its bytes; nothing is allocated by what the header claims.
func decodeTensors(file []byte) (map[string]Tensor, error) {
	if len(file) < 8 {
		return nil, fmt.Errorf("read tensors: %d bytes are too short for a safetensors file", len(file))
	}
	length := binary.LittleEndian.Uint64(file)
	rest := file[8:]
	if length > maxTensorHeader || length > uint64(len(rest)) {
		return nil, fmt.Errorf("read tensors: a header of %d bytes; the file has %d, limit %d", length, len(rest), maxTensorHeader)
	}
	text, data := rest[:length], rest[length:]
	if len(text) == 0 || text[0] != '{' {
		return nil, errors.New("read tensors: the header is not a JSON object")
	}
	// Strict: a name that occurs twice would hide a tensor.
	var raw map[string]jsontext.Value
	if err := strict.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("read tensors: header: %w", err)
	}
	if metadata, ok := raw[tensorMetadataKey]; ok {
		var texts map[string]string
		if err := strict.Unmarshal(metadata, &texts); err != nil {
			return nil, fmt.Errorf("read tensors: %s: %w", tensorMetadataKey, err)
		}
		delete(raw, tensorMetadataKey)
	}
	if len(raw) > maxTensors {
		return nil, fmt.Errorf("read tensors: %d tensors, limit %d", len(raw), maxTensors)
	}
	headers := make(map[string]tensorHeader, len(raw))
	for name, value := range raw {
		var h tensorHeader
		if err := strict.Unmarshal(value, &h, strict.RejectUnknownMembers(true)); err != nil {
			return nil, fmt.Errorf("read tensor %.60q: %w", name, err)
		}
		headers[name] = h
	}
	names := slices.SortedFunc(maps.Keys(headers), func(a, b string) int {
		x, y := headers[a].Offsets, headers[b].Offsets
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]), cmp.Compare(a, b))
	})
	tensors := make(map[string]Tensor, len(names))
	var end uint64
	for _, name := range names {
		h := headers[name]
		if err := h.check(name, end); err != nil {
			return nil, fmt.Errorf("read tensors: %w", err)
		}
		end = h.Offsets[1]
		if end > uint64(len(data)) {
			return nil, fmt.Errorf("read tensor %.60q: it ends at byte %d of %d", name, end, len(data))
		}
		shape := make([]int, len(h.Shape))
		for i, side := range h.Shape {
			shape[i] = int(side)
		}
		t := Tensor{DType: h.DType, Shape: shape, Data: data[h.Offsets[0]:end:end]}
		if err := checkFinite(name, t); err != nil {
			return nil, fmt.Errorf("read tensors: %w", err)
		}
		tensors[name] = t
	}
	if end != uint64(len(data)) {
		return nil, fmt.Errorf("read tensors: %d bytes belong to no tensor", uint64(len(data))-end)
	}
	return tensors, nil
}

// check tells whether the header is one that this program writes and reads, for
// a tensor that must begin at offset.
func (h tensorHeader) check(name string, offset uint64) error {
	size := uint64(dtypeSize(h.DType))
	if name == "" || name == tensorMetadataKey {
		return fmt.Errorf("tensor %q: not a name for a tensor", name)
	}
	if size == 0 {
		return fmt.Errorf("tensor %.60q: type %.20q is not supported", name, h.DType)
	}
	if len(h.Shape) > maxTensorRank {
		return fmt.Errorf("tensor %.60q: %d dimensions, limit %d", name, len(h.Shape), maxTensorRank)
	}
	bytes := size
	for _, side := range h.Shape {
		if side < 0 {
			return fmt.Errorf("tensor %.60q: a dimension of %d", name, side)
		}
		if side > 0 && bytes > math.MaxInt64/uint64(side) {
			return fmt.Errorf("tensor %.60q: its shape is too large", name)
		}
		bytes *= uint64(side)
	}
	if h.Offsets[0] != offset {
		return fmt.Errorf("tensor %.60q: begins at byte %d, the one before ends at %d", name, h.Offsets[0], offset)
	}
	if h.Offsets[1] < h.Offsets[0] || h.Offsets[1]-h.Offsets[0] != bytes {
		return fmt.Errorf("tensor %.60q: bytes %d to %d do not hold %d", name, h.Offsets[0], h.Offsets[1], bytes)
	}
	return nil
}

// checkFinite refuses NaN and infinity: one would make every answer NaN.
func checkFinite(name string, t Tensor) error {
	finite := true
	switch t.DType {
	case "F32":
		for data := t.Data; len(data) >= 4 && finite; data = data[4:] {
			finite = binary.LittleEndian.Uint32(data)&0x7f800000 != 0x7f800000
		}
	case "F64":
		for data := t.Data; len(data) >= 8 && finite; data = data[8:] {
			finite = binary.LittleEndian.Uint64(data)&0x7ff0000000000000 != 0x7ff0000000000000
		}
	}
	if !finite {
		return fmt.Errorf("tensor %.60q: it holds a value that is not finite", name)
	}
	return nil
}
