package engine

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// guarded copies values so that they end where a page begins that may not be
// touched: a read or write past the end kills the test.
func guarded[T float32 | uint8](t *testing.T, values []T) []T {
	t.Helper()
	page := unix.Getpagesize()
	bytes := len(values) * int(unsafe.Sizeof(values[0]))
	size := (bytes + page - 1) / page * page
	memory, err := unix.Mmap(-1, 0, size+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(memory) })
	if err := unix.Mprotect(memory[size:], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	out := unsafe.Slice((*T)(unsafe.Pointer(&memory[size-bytes])), len(values))
	copy(out, values)
	return out
}

func TestNoKernelTouchesWhatLiesBehindItsMatrices(t *testing.T) {
	for _, k := range Kernels() {
		rng := rand.New(rand.NewPCG(21, 22))
		for m := 1; m <= k.Rows; m++ {
			for n := 1; n <= k.Columns; n++ {
				p := layouts[n%len(layouts)].product(rng, shape{m, n, 1 + rng.IntN(4), 1 + rng.IntN(2), 0})
				p.A, p.B = guarded(t, p.A), guarded(t, p.B)
				if p.Start != nil && !p.startsFromC() {
					p.Start = guarded(t, p.Start)
				}
				p = p.into(guarded(t, p.C))
				k.Multiply(&p, new(Product))
			}
		}
	}
}

func TestNoKernelTouchesWhatLiesBehindARowOfSquares(t *testing.T) {
	for _, k := range Kernels() {
		rng := rand.New(rand.NewPCG(23, 24))
		for size := 1; size <= 3; size++ {
			for channels := 1; channels <= 17; channels++ {
				r := randomRow(rng, size, 1+rng.IntN(3), channels, 0, true)
				r.Large, r.Small, r.From = guarded(t, r.Large), guarded(t, r.Small), guarded(t, r.From)
				k.Maxima(&r)
				k.Spread(&r)
			}
		}
	}
}

func TestNoPassTouchesWhatLiesBehindItsArrays(t *testing.T) {
	for _, k := range Kernels() {
		rng := rand.New(rand.NewPCG(25, 26))
		for _, p := range allPasses {
			for n := 1; n <= 70; n++ {
				arrays := p.input(rng, n, 3)
				for i, a := range arrays {
					arrays[i] = guarded(t, a)
				}
				p.run(k, arrays, n, 3, rng)
			}
		}
	}
}
