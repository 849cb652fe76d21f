package picture

import (
	"math/rand/v2"
	"testing"
)

// TestSlideFindsTheBestOfEachWindow, at the ends of a line as well, for lines
// shorter and longer than the window.
func TestSlideFindsTheBestOfEachWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 2, 3, 7, 8, 9, 20, 61} {
		for reach := range 12 {
			for stride := 1; stride <= 3; stride += 2 {
				values := make([]byte, n*stride)
				for i := range values {
					values[i] = byte(random.IntN(256))
				}
				before := append([]byte(nil), values...)
				slide(values, stride, n, reach, make([]byte, n), make([]byte, n), func(a, b byte) byte { return max(a, b) })
				for i := range n {
					want := byte(0)
					for j := max(0, i-reach); j <= min(n-1, i+reach); j++ {
						want = max(want, before[j*stride])
					}
					if values[i*stride] != want {
						t.Fatalf("%d values, reach %d, place %d: %d, want %d", n, reach, i, values[i*stride], want)
					}
				}
			}
		}
	}
}
