package engine

import (
	"fmt"
	"math"
)

// MaxRow is a row of squares that lie side by side in a large map, channels
// last, and of one value a square and channel in a small one.
type MaxRow struct {
	Size, Width, Channels int // pixels a side of a square, squares, channels

	// Large has Size rows of at least Size·Width pixels, Stride elements apart.
	Large  []float32
	Stride int
	// Small has Width pixels, and From as many bytes: which pixel of the
	// square, row by row, was the maximum; Size² says that zero was.
	Small []float32
	From  []uint8
	// Rectify also takes zero into each maximum: ReLU and max pool in one.
	Rectify bool
}

// MaxSize bounds MaxRow.Size: From counts the pixels of a square in a byte.
const MaxSize = 15

// Maxima writes Small and From from Large. Of equal values the first wins
// (zero before all pixels, +0 over -0), and NaN over every number.
func (k *Kernel) Maxima(r *MaxRow) {
	if r.check() {
		k.maxima(r)
	}
}

// Spread writes Large from Small and From: each value to the pixel that was
// the maximum, 0 to the others. Pixels behind the last square are left alone.
func (k *Kernel) Spread(r *MaxRow) {
	if r.check() {
		k.spread(r)
	}
}

// check is false when there is nothing to do, and panics when a slice is too
// short: a defect of the caller.
func (r *MaxRow) check() bool {
	if r.Width <= 0 || r.Channels <= 0 {
		return false
	}
	n, large := r.Width*r.Channels, (r.Size-1)*r.Stride+r.Size*r.Width*r.Channels
	if r.Size < 1 || r.Size > MaxSize || r.Stride < 0 || len(r.Large) < large || len(r.Small) < n || len(r.From) < n {
		panic(fmt.Sprintf("engine: a row of %d squares of %d, %d channels does not fit maps of %d, %d and %d",
			r.Width, r.Size, r.Channels, len(r.Large), len(r.Small), len(r.From)))
	}
	return true
}

// begin is the value that every maximum starts from, and what From says where
// no pixel is greater.
func (r *MaxRow) begin() (least float32, from uint8) {
	if r.Rectify {
		return 0, uint8(r.Size * r.Size)
	}
	return float32(math.Inf(-1)), 0
}

// rank maps the bits of floats to numbers in the same order: -Inf is least,
// and NaNs of both signs, shifted round the end, are above +Inf.
func rank(bits uint32) int32 {
	signed := int32(bits)
	return signed ^ (signed>>31)&math.MaxInt32 - rankShift
}

const rankShift = 0x007FFFFF

func plainMaxima(r *MaxRow) {
	least, none := r.begin()
	for x := range r.Width {
		best, from := r.Small[x*r.Channels:][:r.Channels], r.From[x*r.Channels:][:r.Channels]
		for j := range best {
			best[j], from[j] = least, none
		}
		for i := range r.Size * r.Size {
			for j, v := range r.Large[i/r.Size*r.Stride+(x*r.Size+i%r.Size)*r.Channels:][:r.Channels] {
				// Without a branch: which pixel wins cannot be predicted.
				was, is := math.Float32bits(best[j]), math.Float32bits(v)
				wins := (int64(rank(was)) - int64(rank(is))) >> 63
				best[j] = math.Float32frombits(was ^ (was^is)&uint32(wins))
				from[j] ^= (from[j] ^ uint8(i)) & uint8(wins)
			}
		}
	}
}

func plainSpread(r *MaxRow) {
	for x := range r.Width {
		small, from := r.Small[x*r.Channels:][:r.Channels], r.From[x*r.Channels:][:r.Channels]
		for i := range r.Size * r.Size {
			large := r.Large[i/r.Size*r.Stride+(x*r.Size+i%r.Size)*r.Channels:][:r.Channels]
			for j, v := range small {
				is := uint32((int32(from[j]^uint8(i)) - 1) >> 31)
				large[j] = math.Float32frombits(math.Float32bits(v) & is)
			}
		}
	}
}
