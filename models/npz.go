package models

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteNPZ writes arrays for numpy.load: a zip file with one .npy file for
// each, not compressed. Equal arrays give equal bytes.
//
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
func WriteNPZ(to io.Writer, arrays map[string]Tensor) error {
	archive := zip.NewWriter(to)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		header, err := npyHeader(arrays[name])
		if err != nil {
			return fmt.Errorf("write array %s: %w", name, err)
		}
		file, err := archive.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
		if err != nil {
			return fmt.Errorf("write array %s: %w", name, err)
		}
		for _, part := range [][]byte{header, arrays[name].Data} {
			if _, err := file.Write(part); err != nil {
				return fmt.Errorf("write array %s: %w", name, err)
			}
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write arrays: %w", err)
	}
	return nil
}

// npyHeader is version 1.0: a magic number, a length, and a Python dictionary
// that is padded so that the values begin at a multiple of 64 bytes.
func npyHeader(t Tensor) ([]byte, error) {
	kinds := map[string]string{"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "|u1"}
	kind, ok := kinds[t.DType]
	if !ok {
		return nil, fmt.Errorf("values of type %.10q have no form there", t.DType)
	}
	shape := make([]string, len(t.Shape))
	for i, d := range t.Shape {
		shape[i] = fmt.Sprint(d) + ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, strings.Join(shape, " "))
	const before = len("\x93NUMPY") + 2 + 2
	padding := 63 - (before+len(text))%64
	text += strings.Repeat(" ", padding) + "\n"
	header := append([]byte("\x93NUMPY"), 1, 0)
	header = binary.LittleEndian.AppendUint16(header, uint16(len(text)))
	return append(header, text...), nil
}
