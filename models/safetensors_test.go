package models

import (
	"bytes"
	"encoding/binary"
	"maps"
	"reflect"
	"strings"
	"testing"
)

// tensorFile is a file with this header and data, as another program writes it.
func tensorFile(header string, data ...byte) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), data...)
}

func floats(values ...float32) []byte {
	var data []byte
	for _, v := range values {
		data, _ = binary.Append(data, binary.LittleEndian, v)
	}
	return data
}

func someTensors() map[string]Tensor {
	return map[string]Tensor{
		"weight": {DType: "F32", Shape: []int{2, 3}, Data: floats(1, 2, 3, 4, 5, 6)},
		"bias":   {DType: "F32", Shape: []int{1}, Data: floats(-1)},
		"flags":  {DType: "U8", Shape: []int{3}, Data: []byte{1, 2, 3}},
		"wide":   {DType: "I64", Shape: nil, Data: make([]byte, 8)},
		"none":   {DType: "I32", Shape: []int{0, 4}, Data: []byte{}},
	}
}

func TestTensorsSurviveTheFile(t *testing.T) {
	file, err := encodeTensors(someTensors())
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeTensors(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range someTensors() {
		g := got[name]
		if g.DType != want.DType || len(g.Shape) != len(want.Shape) || !bytes.Equal(g.Data, want.Data) {
			t.Errorf("%s: %+v, want %+v", name, g, want)
		}
	}
	if len(got) != len(someTensors()) {
		t.Errorf("%d tensors, want %d", len(got), len(someTensors()))
	}
	again, err := encodeTensors(maps.Clone(got))
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("writing the same tensors again gave other bytes (%v)", err)
	}
	length := binary.LittleEndian.Uint64(file)
	if length%8 != 0 || file[8] != '{' {
		t.Errorf("header of %d bytes that begins with %q: data would not be aligned", length, file[8])
	}
}

func TestTensorsOfAnotherWriterAreRead(t *testing.T) {
	got, err := decodeTensors(tensorFile(
		`{"__metadata__":{"format":"pt"},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"I16","shape":[],"data_offsets":[2,4]}}   `,
		7, 8, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Tensor{
		"a": {DType: "I16", Shape: []int{}, Data: []byte{1, 0}},
		"b": {DType: "U8", Shape: []int{2}, Data: []byte{7, 8}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

var brokenTensorFiles = map[string][]byte{
	"empty":                         {},
	"shorter than its length":       {1, 2, 3},
	"header longer than the file":   tensorFile(`{}`)[:9],
	"header of 2^63 bytes":          {0, 0, 0, 0, 0, 0, 0, 0x80, '{', '}'},
	"no header":                     tensorFile(``),
	"header that is a list":         tensorFile(`[]`),
	"header with a space before it": tensorFile(` {}`),
	"header that is no JSON":        tensorFile(`{"a":`),
	"text after the header":         tensorFile(`{} x`),
	"bytes that belong to none":     tensorFile(`{}`, 1),
	"tensor that is a number":       tensorFile(`{"a":1}`),
	"a field that is not known":     tensorFile(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}`, 1),
	"a type that is not known":      tensorFile(`{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}`, 1),
	"the same name twice":           tensorFile(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1),
	"a name that is empty":          tensorFile(`{"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1),
	"negative dimension":            tensorFile(`{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}`, 1),
	"negative offset":               tensorFile(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[-1,0]}}`, 1),
	"shape whose product overflows": tensorFile(`{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`),
	"nine dimensions":               tensorFile(`{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}`, 1),
	"fewer bytes than the shape":    tensorFile(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}`, 1),
	"end past the file":             tensorFile(`{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]}}`, 1),
	"end before the beginning":      tensorFile(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}`, 1),
	"a gap before the first":        tensorFile(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 1, 2),
	"two that overlap":              tensorFile(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 1, 2, 3),
	"NaN":                           tensorFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 0, 0, 0xc0, 0x7f),
	"infinity":                      tensorFile(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, 0, 0, 0, 0, 0, 0, 0xf0, 0xff),
	"metadata that is not a text":   tensorFile(`{"__metadata__":{"a":1}}`),
	"deep nesting":                  tensorFile(strings.Repeat(`{"a":`, 20000)),
}

func TestBrokenTensorFilesAreRefused(t *testing.T) {
	for name, file := range brokenTensorFiles {
		if got, err := decodeTensors(file); err == nil {
			t.Errorf("%s: read as %v", name, got)
		}
	}
}

func TestTensorsThatContradictThemselvesAreNotWritten(t *testing.T) {
	for name, tensor := range map[string]Tensor{
		"too few bytes":  {DType: "F32", Shape: []int{2}, Data: make([]byte, 4)},
		"unknown type":   {DType: "float", Shape: []int{1}, Data: make([]byte, 4)},
		"not finite":     {DType: "F32", Shape: []int{1}, Data: []byte{0, 0, 0x80, 0x7f}},
		"negative shape": {DType: "U8", Shape: []int{-1}},
	} {
		if _, err := encodeTensors(map[string]Tensor{"t": tensor}); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

// What is read is what would be written: names, types, shapes and bytes.
func FuzzDecodeTensors(f *testing.F) {
	file, err := encodeTensors(someTensors())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	for _, broken := range brokenTensorFiles {
		f.Add(broken)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		tensors, err := decodeTensors(file)
		if err != nil {
			return
		}
		written, err := encodeTensors(tensors)
		if err != nil {
			t.Fatalf("cannot write what was read: %v", err)
		}
		again, err := decodeTensors(written)
		if err != nil {
			t.Fatalf("cannot read what was written: %v", err)
		}
		if len(again) != len(tensors) {
			t.Fatalf("%d tensors became %d", len(tensors), len(again))
		}
		for name, want := range tensors {
			if got := again[name]; got.DType != want.DType || !bytes.Equal(got.Data, want.Data) {
				t.Fatalf("tensor %q changed", name)
			}
		}
	})
}
