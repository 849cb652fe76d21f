package onnx

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a protobuf message that is being written. The numbers of its
// fields are those of onnx.proto (https://github.com/onnx/onnx), named where
// they are used.
type message []byte

func (m *message) number(field protowire.Number, v int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

func (m *message) text(field protowire.Number, v string) {
	*m = protowire.AppendString(protowire.AppendTag(*m, field, protowire.BytesType), v)
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), v)
}

func appendFloats(to []byte, values []float32) []byte {
	for _, v := range values {
		to = binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
	}
	return to
}

func appendFixed64(to []byte, v uint64) []byte { return binary.LittleEndian.AppendUint64(to, v) }

// Encode writes the graph as a ModelProto. metadata is kept with it for
// programs to read. The same graph gives the same bytes.
func (g *Graph) Encode(producerVersion string, metadata map[string]string) ([]byte, error) {
	if g.mistake != nil {
		return nil, g.mistake
	}
	var m message
	m.number(1, irVersion)         // ir_version
	m.text(2, "ringlab")           // producer_name
	m.text(3, producerVersion)     // producer_version
	m.bytes(7, g.encode())         // graph
	m.bytes(8, set("", operators)) // opset_import
	if slices.ContainsFunc(g.nodes, func(n node) bool { return n.domain == treeDomain }) {
		m.bytes(8, set(treeDomain, treeOperators))
	}
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		var entry message
		entry.text(1, key)
		entry.text(2, metadata[key])
		m.bytes(14, entry) // metadata_props
	}
	if len(m) > maxBytes {
		return nil, fmt.Errorf("write ONNX graph %s: %d bytes, limit %d", g.name, len(m), maxBytes)
	}
	return m, nil
}

// set is an OperatorSetIdProto.
func set(domain string, version int64) (m message) {
	m.text(1, domain)
	m.number(2, version)
	return m
}

// encode writes a GraphProto.
func (g *Graph) encode() (m message) {
	for _, n := range g.nodes {
		m.bytes(1, n.encode())
	}
	m.text(2, g.name)
	for _, c := range g.constants {
		m.bytes(5, c.encode()) // initializer
	}
	for _, in := range g.inputs {
		m.bytes(11, in.encode())
	}
	for _, out := range g.outputs {
		m.bytes(12, out.encode())
	}
	return m
}

// encode writes a NodeProto. It is named like its result.
func (n node) encode() (m message) {
	for _, v := range n.in {
		m.text(1, string(v))
	}
	m.text(2, string(n.out))
	m.text(3, string(n.out))
	m.text(4, n.op)
	for _, a := range n.attributes {
		m.bytes(5, a.encode())
	}
	if n.domain != "" {
		m.text(7, n.domain)
	}
	return m
}

// encode writes an AttributeProto. Lists of numbers are packed, as every
// reader of protobuf accepts.
func (a Attribute) encode() (m message) {
	m.text(1, a.name)
	switch a.kind {
	case aFloat:
		m = protowire.AppendTag(m, 2, protowire.Fixed32Type)
		m = appendFloats(m, a.floats)
	case anInt:
		m.number(3, a.ints[0])
	case aText:
		m.text(4, a.texts[0])
	case floatList:
		m.bytes(7, appendFloats(nil, a.floats))
	case intList:
		packed := make([]byte, 0, 2*len(a.ints))
		for _, v := range a.ints {
			packed = protowire.AppendVarint(packed, uint64(v))
		}
		m.bytes(8, packed)
	case textList:
		for _, v := range a.texts {
			m.text(9, v)
		}
	}
	m.number(20, int64(a.kind)) // type
	return m
}

// encode writes a TensorProto.
func (c constant) encode() (m message) {
	for _, d := range c.dims {
		m.number(1, int64(d))
	}
	m.number(2, int64(c.of))
	m.text(8, string(c.name))
	m.bytes(9, c.data) // raw_data
	return m
}

// encode writes a ValueInfoProto, which holds a TypeProto of a tensor.
func (p port) encode() (m message) {
	var shape message
	for _, d := range p.dims {
		var dim message
		if d == Batch {
			dim.text(2, "pictures")
		} else {
			dim.number(1, int64(d))
		}
		shape.bytes(1, dim)
	}
	var tensor, kind message
	tensor.number(1, int64(p.of))
	tensor.bytes(2, shape)
	kind.bytes(1, tensor)
	m.text(1, string(p.name))
	m.bytes(2, kind)
	m.text(3, p.doc)
	return m
}
