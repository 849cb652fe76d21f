// Package onnx writes models in the Open Neural Network Exchange format
// (https://onnx.ai/onnx/intro/), protobuf messages that other programs compute.
// It knows tensors and operators, not what they mean, and writes only the few
// messages that ringlab's models need.
package onnx

import (
	"fmt"
	"math"
)

// The versions of the format, of its operators and of those for trees. Old
// enough for every onnxruntime since 1.14.
const (
	irVersion     = 8
	operators     = 17
	treeOperators = 3

	treeDomain = "ai.onnx.ml"
)

// maxBytes is what a protobuf message may have.
const maxBytes = math.MaxInt32

// Type of a tensor's elements.
type Type int

// The numbers are those of TensorProto.DataType.
const (
	Float32 Type = 1
	Uint8   Type = 2
	Int64   Type = 7
	Float64 Type = 11
)

// Batch stands for a dimension that each call chooses: its number of pictures.
const Batch = -1

// Value names a tensor of a graph: an input, a constant, or what an operator
// makes.
type Value string

// Graph is a computation, made in its order: each operator takes values that
// are there already. Mistakes are kept and told by Encode.
type Graph struct {
	name            string
	inputs, outputs []port
	constants       []constant
	nodes           []node
	names           map[Value]bool
	mistake         error
}

type port struct {
	name Value
	of   Type
	dims []int
	doc  string
}

type constant struct {
	name Value
	of   Type
	dims []int
	data []byte // little-endian
}

type node struct {
	domain, op string
	in         []Value
	out        Value
	attributes []Attribute
}

// NewGraph begins an empty graph.
func NewGraph(name string) *Graph { return &Graph{name: name, names: make(map[Value]bool)} }

// Input declares a tensor that the caller gives. doc tells people what it holds.
func (g *Graph) Input(name string, of Type, doc string, dims ...int) Value {
	v := g.declare(Value(name))
	g.inputs = append(g.inputs, port{v, of, dims, doc})
	return v
}

// Output declares v a result, under its own name.
func (g *Graph) Output(name string, v Value, of Type, doc string, dims ...int) {
	out := g.declare(Value(name))
	g.nodes = append(g.nodes, node{op: "Identity", in: []Value{g.known(v)}, out: out})
	g.outputs = append(g.outputs, port{out, of, dims, doc})
}

// Floats adds a constant of values in these dimensions, row-major.
func (g *Graph) Floats(name string, values []float32, dims ...int) Value {
	size := 1
	for _, d := range dims {
		size *= d
	}
	if size != len(values) {
		g.fail("constant %s: %d values for the shape %v", name, len(values), dims)
	}
	v := g.declare(Value(name))
	g.constants = append(g.constants, constant{v, Float32, dims, appendFloats(nil, values)})
	return v
}

// Number is a constant of one number, of no dimension, for use wherever that
// number is needed.
func (g *Graph) Number(value float32) Value {
	return g.shared(fmt.Sprintf("float32 %v", value), Float32, appendFloats(nil, []float32{value}), nil)
}

// Double is Number in float64.
func (g *Graph) Double(value float64) Value {
	return g.shared(fmt.Sprintf("float64 %v", value), Float64, appendFixed64(nil, math.Float64bits(value)), nil)
}

// Ints is a constant of one dimension, for use wherever these numbers are
// needed.
func (g *Graph) Ints(values ...int64) Value {
	var data []byte
	for _, v := range values {
		data = appendFixed64(data, uint64(v))
	}
	return g.shared(fmt.Sprintf("int64 %d", values), Int64, data, []int{len(values)})
}

// shared adds a constant whose name says all of it, unless it is there.
func (g *Graph) shared(name string, of Type, data []byte, dims []int) Value {
	v := Value(name)
	if !g.names[v] {
		g.constants = append(g.constants, constant{g.declare(v), of, dims, data})
	}
	return v
}

// Do adds an operator of the standard domain with one result.
func (g *Graph) Do(op string, in []Value, attributes ...Attribute) Value {
	return g.do("", op, in, attributes)
}

// DoTrees adds an operator of the domain ai.onnx.ml with one result.
func (g *Graph) DoTrees(op string, in []Value, attributes ...Attribute) Value {
	return g.do(treeDomain, op, in, attributes)
}

func (g *Graph) do(domain, op string, in []Value, attributes []Attribute) Value {
	for _, v := range in {
		g.known(v)
	}
	out := g.declare(Value(fmt.Sprintf("%d.%s", len(g.nodes), op)))
	g.nodes = append(g.nodes, node{domain, op, in, out, attributes})
	return out
}

func (g *Graph) declare(v Value) Value {
	if v == "" || g.names[v] {
		g.fail("a second value named %q", v)
	}
	g.names[v] = true
	return v
}

func (g *Graph) known(v Value) Value {
	if !g.names[v] {
		g.fail("there is no value %q", v)
	}
	return v
}

func (g *Graph) fail(format string, arguments ...any) {
	if g.mistake == nil {
		g.mistake = fmt.Errorf("write ONNX graph %s: "+format, append([]any{g.name}, arguments...)...)
	}
}

// Attribute is a setting of an operator.
type Attribute struct {
	name string
	kind attributeKind
	// One of these holds one value or a list, by kind.
	ints   []int64
	floats []float32
	texts  []string
}

// attributeKind has the numbers of AttributeProto.AttributeType.
type attributeKind int

const (
	aFloat    attributeKind = 1
	anInt     attributeKind = 2
	aText     attributeKind = 3
	floatList attributeKind = 6
	intList   attributeKind = 7
	textList  attributeKind = 8
)

// Float is an attribute of one number.
func Float(name string, v float32) Attribute {
	return Attribute{name: name, kind: aFloat, floats: []float32{v}}
}

// Int is an attribute of one whole number.
func Int(name string, v int64) Attribute {
	return Attribute{name: name, kind: anInt, ints: []int64{v}}
}

// Text is an attribute of one text.
func Text(name, v string) Attribute {
	return Attribute{name: name, kind: aText, texts: []string{v}}
}

// Floats is an attribute of a list of numbers.
func Floats(name string, v []float32) Attribute {
	return Attribute{name: name, kind: floatList, floats: v}
}

// Ints is an attribute of a list of whole numbers.
func Ints(name string, v ...int64) Attribute { return Attribute{name: name, kind: intList, ints: v} }

// Texts is an attribute of a list of texts.
func Texts(name string, v []string) Attribute { return Attribute{name: name, kind: textList, texts: v} }
