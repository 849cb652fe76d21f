package onnx

import (
	"bytes"
	"strings"
	"testing"
)

func TestMistakesAreToldWhenTheGraphIsWritten(t *testing.T) {
	for name, c := range map[string]struct {
		build func(g *Graph)
		says  string
	}{
		"an input that is not there":  {func(g *Graph) { g.Do("Relu", []Value{"x"}) }, `no value "x"`},
		"two inputs of one name":      {func(g *Graph) { g.Input("x", Float32, "", 1); g.Input("x", Float32, "", 1) }, `second value named "x"`},
		"values that do not fit":      {func(g *Graph) { g.Floats("w", []float32{1, 2, 3}, 2, 2) }, "3 values for the shape"},
		"an output that is not there": {func(g *Graph) { g.Output("y", "x", Float32, "") }, `no value "x"`},
	} {
		g := NewGraph("mistaken")
		c.build(g)
		if _, err := g.Encode("test", nil); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %s", name, err, c.says)
		}
	}
}

// TestTheSameGraphGivesTheSameBytes also holds that numbers used twice are
// written once.
func TestTheSameGraphGivesTheSameBytes(t *testing.T) {
	write := func() []byte {
		g := NewGraph("sum")
		x := g.Input("x", Float32, "what is added to", Batch, 3)
		x = g.Do("Add", []Value{x, g.Number(2)})
		x = g.Do("Add", []Value{x, g.Number(2)})
		g.Output("y", x, Float32, "", Batch, 3)
		file, err := g.Encode("test", map[string]string{"b": "2", "a": "1"})
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	file := write()
	if !bytes.Equal(file, write()) {
		t.Error("the same graph gave other bytes")
	}
	// As an input of two operators, and once as a constant.
	if n := bytes.Count(file, []byte("float32 2")); n != 3 {
		t.Errorf("the number 2 is named %d times, want 3", n)
	}
}
