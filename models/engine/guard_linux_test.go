package engine

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guarded copies values so that they end where a page begins that may not be
// touched: a read or write past the end kills the test.
func guarded(t *testing.T, values []float32) []float32 {
	t.Helper()
	page := unix.Getpagesize()
	size := (4*len(values) + page - 1) / page * page
	memory, err := unix.Mmap(-1, 0, size+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(memory) })
	if err := unix.Mprotect(memory[size:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	out := unsafe.Slice((*float32)(unsafe.Pointer(&memory[size-4*len(values)])), len(values))
	copy(out, values)
	return out
}

func TestNoKernelTouchesWhatLiesBehindItsMatrices(t *testing.T) {
	for _, k := range kernels() {
		rng := rand.New(rand.NewPCG(21, 22))
		for m := 1; m <= k.Rows; m++ {
			for n := 1; n <= k.Columns; n++ {
				p := layouts[n%len(layouts)].product(rng, shape{m, n, 1 + rng.IntN(4), 1 + rng.IntN(2), 0})
				p.A, p.B, p.C = guarded(t, p.A), guarded(t, p.B), guarded(t, p.C)
				k.Multiply(&p, new(Product))
			}
		}
	}
}
