package engine

import (
	"fmt"
	"math"
)

// passes are the functions of a kernel that go once over arrays. Unlike tiles
// they give the same bits in every kernel: nothing is fused, and sums have one
// order.
type passes struct {
	addRows     func(sum, rows []float32, stride, n int)
	adam        func(s *AdamStep, value, grad, mean, square []float32)
	drop        func(values []float32, key uint64, limit uint16, scale float32)
	rectify     func(values []float32)
	rectifyGrad func(grads, values []float32)
	dot         func(x, y []float32) float32
	blend       func(average, values []float32, keep float32)
}

var plainPasses = passes{
	addRows: plainAddRows, adam: plainAdam, drop: plainDrop, rectify: plainRectify, rectifyGrad: plainRectifyGrad,
	dot: plainDot, blend: plainBlend,
}

// sameLength panics where slices that belong together differ: a defect of the
// caller, which must not become a write behind the shorter one.
func sameLength(what string, a, b []float32) {
	if len(a) != len(b) {
		panic(fmt.Sprintf("engine: %s of arrays of %d and %d numbers", what, len(a), len(b)))
	}
}

// AddRows adds n rows of len(sum) numbers, whose beginnings lie stride apart,
// to sum, one after the other.
func (k *Kernel) AddRows(sum, rows []float32, stride, n int) {
	if len(sum) == 0 || n <= 0 {
		return
	}
	if need := (n-1)*stride + len(sum); stride < 0 || need > len(rows) {
		panic(fmt.Sprintf("engine: %d rows of %d numbers, %d apart, do not fit %d", n, len(sum), stride, len(rows)))
	}
	k.addRows(sum, rows, stride, n)
}

func plainAddRows(sum, rows []float32, stride, n int) {
	for i := range n {
		for j, v := range rows[i*stride:][:len(sum)] {
			sum[j] += v
		}
	}
}

// AdamStep are the numbers of one step of Adam (Kingma and Ba 2015), with
// weight decay beside the gradient (Loshchilov and Hutter 2019).
type AdamStep struct {
	Rate, Decay  float32 // Rate over the first moment's correction; Rate·weight decay
	Beta1, Rest1 float32 // what of the first moment stays, and what is new: together 1
	Beta2, Rest2 float32 // of the second moment
	Correction   float32 // of the second moment
	Epsilon      float32
	Clip         float32 // factor of every gradient
}

// Adam moves values against their gradients and updates both moments.
func (k *Kernel) Adam(s *AdamStep, value, grad, mean, square []float32) {
	for _, other := range [][]float32{grad, mean, square} {
		sameLength("a step of Adam", value, other)
	}
	k.adam(s, value, grad, mean, square)
}

// Conversions to float32 keep a compiler from fusing a multiply with an add.
func plainAdam(s *AdamStep, value, grad, mean, square []float32) {
	for i, g := range grad {
		g *= s.Clip
		m := float32(s.Beta1*mean[i]) + float32(s.Rest1*g)
		v := float32(s.Beta2*square[i]) + float32(float32(s.Rest2*g)*g)
		mean[i], square[i] = m, v
		root := float32(math.Sqrt(float64(v * s.Correction)))
		value[i] -= float32(s.Decay*value[i]) + float32(s.Rate*m)/(root+s.Epsilon)
	}
}

// Drop sets some numbers to zero and multiplies the others by scale. Number i
// goes where 16 bits, those numbered i mod 4 from the lowest, of
// Mix(key + i/4·2⁶⁴/φ) are below limit: a share of limit/2¹⁶.
func (k *Kernel) Drop(values []float32, key uint64, limit uint16, scale float32) {
	k.drop(values, key, limit, scale)
}

// golden is 2⁶⁴ over the golden ratio: counters that differ by it differ in
// many bits (Steele et al. 2014).
const golden = 0x9E3779B97F4A7C15

// Mix spreads each bit of a counter over all bits: the finaliser of SplitMix64
// (Steele et al. 2014).
func Mix(z uint64) uint64 {
	z = (z ^ z>>30) * mixFactor1
	z = (z ^ z>>27) * mixFactor2
	return z ^ z>>31
}

const (
	mixFactor1 = 0xBF58476D1CE4E5B9
	mixFactor2 = 0x94D049BB133111EB
)

func plainDrop(values []float32, key uint64, limit uint16, scale float32) {
	for from := 0; from < len(values); from += 4 {
		word := Mix(key + uint64(from/4)*golden)
		for i, v := range values[from:min(from+4, len(values))] {
			// Without a branch, since none could be predicted.
			off := uint32((int32(uint16(word>>(16*i))) - int32(limit)) >> 31)
			values[from+i] = math.Float32frombits(math.Float32bits(v*scale) &^ off)
		}
	}
}

// Rectify replaces negative numbers, and -0, by 0. NaN stays.
func (k *Kernel) Rectify(values []float32) { k.rectify(values) }

func plainRectify(values []float32) {
	for i, v := range values {
		values[i] = max(v, 0)
	}
}

// RectifyGrad sets to zero the gradients of rectified values that are zero.
func (k *Kernel) RectifyGrad(grads, values []float32) {
	sameLength("a gradient of ReLU", grads, values)
	k.rectifyGrad(grads, values)
}

func plainRectifyGrad(grads, values []float32) {
	// Without a branch: half of them would be predicted wrong. A value is
	// positive where its bits, as a signed number, are 1 or more.
	for i, v := range values {
		off := uint32((int64(int32(math.Float32bits(v))) - 1) >> 63)
		grads[i] = math.Float32frombits(math.Float32bits(grads[i]) &^ off)
	}
}

// dotLanes sums run beside each other in a dot product.
const dotLanes = 32

// Dot is Σ x·y: product i goes to sum i mod 32, and the sums are added in
// halves.
func (k *Kernel) Dot(x, y []float32) float32 {
	sameLength("a dot product", x, y)
	return k.dot(x, y)
}

func plainDot(x, y []float32) float32 {
	var sums [dotLanes]float32
	whole := 0
	for ; whole+dotLanes <= len(x); whole += dotLanes {
		x, y := x[whole:][:dotLanes], y[whole:][:dotLanes]
		for i := range sums {
			sums[i] += float32(x[i] * y[i])
		}
	}
	return endDot(&sums, x[whole:], y[whole:])
}

// endDot adds the products behind the last whole block, and then the sums.
func endDot(sums *[dotLanes]float32, x, y []float32) float32 {
	for i, v := range x {
		sums[i] += float32(v * y[i])
	}
	for half := dotLanes / 2; half > 0; half /= 2 {
		for i := range half {
			sums[i] += sums[i+half]
		}
	}
	return sums[0]
}

// Blend moves a running mean towards values: average = value + keep·(average-value).
func (k *Kernel) Blend(average, values []float32, keep float32) {
	sameLength("a running mean", average, values)
	k.blend(average, values, keep)
}

func plainBlend(average, values []float32, keep float32) {
	for i, v := range values {
		average[i] = v + float32(keep*(average[i]-v))
	}
}
