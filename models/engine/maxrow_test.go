package engine

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// specials are values whose order or bits are easily got wrong.
var specials = []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)),
	float32(math.NaN()), math.Float32frombits(0xFFC00000), 0x1p-149, -0x1p-149, math.MaxFloat32, -math.MaxFloat32}

func randomRow(rng *rand.Rand, size, width, channels, gap int, rectify bool) MaxRow {
	r := MaxRow{Size: size, Width: width, Channels: channels, Stride: size*width*channels + gap, Rectify: rectify}
	r.Large = random(rng, (size-1)*r.Stride+size*width*channels)
	for i := range r.Large {
		switch rng.IntN(4) {
		case 0:
			r.Large[i] = specials[rng.IntN(len(specials))]
		case 1:
			r.Large[i] = float32(rng.IntN(3) - 1) // often equal
		}
	}
	r.Small, r.From = make([]float32, width*channels), make([]uint8, width*channels)
	return r
}

// maximum is the rule by its words.
func maximum(r *MaxRow, x, c int) (best float32, from uint8) {
	best, from = float32(math.Inf(-1)), 0
	if r.Rectify {
		best, from = 0, uint8(r.Size*r.Size)
	}
	isNaN := func(v float32) bool { return v != v }
	for i := range r.Size * r.Size {
		v := r.Large[i/r.Size*r.Stride+(x*r.Size+i%r.Size)*r.Channels+c]
		positiveZero := v == 0 && best == 0 && math.Signbit(float64(best)) && !math.Signbit(float64(v))
		if v > best || positiveZero || isNaN(v) && !isNaN(best) {
			best, from = v, uint8(i)
		}
	}
	return best, from
}

func checkMaxRow(t *testing.T, k *Kernel, r MaxRow) {
	t.Helper()
	var allLarge, allSmall []float32
	allLarge, r.Large = surround(r.Large)
	allSmall, r.Small = surround(r.Small)
	allFrom := bytes.Repeat([]byte{99}, len(r.From)+64)
	r.From = allFrom[32 : 32+len(r.From)]
	before := append([]float32(nil), allLarge...)
	k.Maxima(&r)
	if !same(before, allLarge) {
		t.Fatalf("%s: maxima of %d squares of %d, %d channels wrote to their map", k.Name, r.Width, r.Size, r.Channels)
	}
	for x := range r.Width {
		for c := range r.Channels {
			best, from := maximum(&r, x, c)
			at := x*r.Channels + c
			sameNaN := best != best && r.Small[at] != r.Small[at]
			if !sameNaN && math.Float32bits(best) != math.Float32bits(r.Small[at]) || r.From[at] != from && !sameNaN {
				t.Fatalf("%s: maximum of square %d, channel %d of %d, size %d is %v from %d, want %v from %d",
					k.Name, x, c, r.Channels, r.Size, r.Small[at], r.From[at], best, from)
			}
		}
	}
	for i := range r.Small {
		r.Small[i] = float32(i + 1)
	}
	k.Spread(&r)
	for y := range r.Size {
		for x := range r.Size * r.Width {
			for c := range r.Channels {
				at, want := x/r.Size*r.Channels+c, float32(0)
				if int(r.From[at]) == y*r.Size+x%r.Size {
					want = r.Small[at]
				}
				index := y*r.Stride + x*r.Channels + c
				if r.Large[index] != want {
					t.Fatalf("%s: spread of %d squares of %d, %d channels: (%d, %d, %d) is %v, want %v",
						k.Name, r.Width, r.Size, r.Channels, y, x, c, r.Large[index], want)
				}
				before[64+index] = want
			}
		}
	}
	if !same(before, allLarge) || allSmall[63] != canary || allSmall[64+len(r.Small)] != canary ||
		allFrom[31] != 99 || allFrom[32+len(r.From)] != 99 {
		t.Fatalf("%s: %d squares of %d, %d channels: wrote outside", k.Name, r.Width, r.Size, r.Channels)
	}
}

func TestEachKernelTakesMaximaAndSpreadsThem(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	for _, k := range Kernels() {
		for _, size := range []int{1, 2, 3, MaxSize} {
			for _, width := range []int{1, 2, 5} {
				for _, channels := range []int{1, 7, 8, 9, 16, 24} {
					for _, rectify := range []bool{false, true} {
						checkMaxRow(t, k, randomRow(rng, size, width, channels, rng.IntN(2)*5, rectify))
					}
				}
			}
		}
	}
}

func FuzzMaxRow(f *testing.F) {
	f.Add(uint8(2), uint8(3), uint8(16), uint8(0), true, uint64(1))
	f.Fuzz(func(t *testing.T, size, width, channels, gap uint8, rectify bool, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 2))
		r := randomRow(rng, 1+int(size)%MaxSize, 1+int(width)%9, 1+int(channels)%40, int(gap)%9, rectify)
		for _, k := range Kernels() {
			checkMaxRow(t, k, r)
		}
	})
}

func TestARowThatIsTooShortPanics(t *testing.T) {
	r := randomRow(rand.New(rand.NewPCG(8, 8)), 2, 3, 4, 0, false)
	for name, q := range map[string]MaxRow{
		"large": func() MaxRow { q := r; q.Large = q.Large[1:]; return q }(),
		"small": func() MaxRow { q := r; q.Small = q.Small[1:]; return q }(),
		"from":  func() MaxRow { q := r; q.From = q.From[1:]; return q }(),
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a row whose %s is too short was computed", name)
				}
			}()
			plain.Maxima(&q)
		}()
	}
}
