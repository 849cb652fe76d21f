// Package engine multiplies float32 matrices: the arithmetic under the layers
// of models/nn. A convolution needs no copy of its input: Product walks the
// feature maps where they lie.
//
// Every result depends only on the shapes and the kernel, never on the number
// of threads: work is cut into the same parts, and each sum is taken in the
// same order.
package engine

import "fmt"

// Product is C = Start + A·B on matrices that lie in memory with strides (in
// elements):
//
//	C[i*CRow+j] = Start[i*StartRow+j] + Σs Σk A[i*ARow + s*ASegment + k*AStep] · B[s*BSegment + k*BStep + j]
//
// for 0 ≤ i < M, 0 ≤ j < N, 0 ≤ s < Segments, 0 ≤ k < K. The sum of one element
// is taken in that order: Start, then s, in it k. Without a Start it is zero;
// with C and CRow the product is added to what is there; with a StartRow of 0
// each row starts from the same numbers, such as biases. Rows of C must not
// overlap each other, nor A, B or another Start. Strides are not negative.
//
// The two levels of the sum are what makes a convolution one product: a
// segment is a row of the kernel (or of the picture), a step an element of it.
type Product struct {
	M, N, K, Segments int

	A                     []float32
	ARow, AStep, ASegment int
	B                     []float32
	BStep, BSegment       int
	C                     []float32
	CRow                  int
	Start                 []float32 // nil: zero
	StartRow              int
}

// Kernel computes a Product in tiles. Kernels differ in speed and, within
// rounding, in the last bits.
type Kernel struct {
	Name string
	// A tile has at most Rows x Columns elements of C.
	Rows, Columns int
	// column computes the whole of a Product with 1 ≤ M and 1 ≤ N ≤ Columns,
	// whose bounds were checked: tiles below each other. It touches no element
	// outside those named by the formula.
	column func(*Product)
	// maxima and spread compute a MaxRow whose bounds were checked, every
	// kernel to the same bits.
	maxima, spread func(*MaxRow)
	passes
	normPasses
	// multiplyAdds does peakSums multiply-adds of lanes elements each step,
	// none of which waits for another of the same step.
	multiplyAdds func(steps uintptr)
	lanes        int
}

// Multiply computes p on the calling goroutine. column is scratch of the caller,
// kept by it so that nothing is allocated here. It panics when a matrix is
// shorter than the shape and strides say: that is a defect of the caller.
func (k *Kernel) Multiply(p, column *Product) {
	if p.M <= 0 || p.N <= 0 {
		return
	}
	p.check()
	*column = *p
	for j := 0; j < p.N; j += k.Columns {
		column.N = min(k.Columns, p.N-j)
		column.B = p.B[min(j, len(p.B)):]
		column.C = p.C[j:]
		if p.Start != nil {
			column.Start = p.Start[j:]
		}
		k.column(column)
	}
}

func (p *Product) check() {
	if last := (p.M-1)*p.CRow + p.N; last > len(p.C) {
		panic(fmt.Sprintf("engine: C of %d x %d needs %d elements, has %d", p.M, p.N, last, len(p.C)))
	}
	if last := (p.M-1)*p.StartRow + p.N; p.Start != nil && last > len(p.Start) {
		panic(fmt.Sprintf("engine: Start of %d x %d needs %d elements, has %d", p.M, p.N, last, len(p.Start)))
	}
	if p.K <= 0 || p.Segments <= 0 {
		return // an empty sum reads nothing
	}
	if last := (p.M-1)*p.ARow + (p.Segments-1)*p.ASegment + (p.K-1)*p.AStep + 1; last > len(p.A) {
		panic(fmt.Sprintf("engine: A of %d rows, %d x %d steps needs %d elements, has %d", p.M, p.Segments, p.K, last, len(p.A)))
	}
	if last := (p.Segments-1)*p.BSegment + (p.K-1)*p.BStep + p.N; last > len(p.B) {
		panic(fmt.Sprintf("engine: B of %d x %d steps, %d columns needs %d elements, has %d", p.Segments, p.K, p.N, last, len(p.B)))
	}
}
