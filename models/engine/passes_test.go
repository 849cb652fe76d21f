package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// pass is one function that goes over arrays: how long its arrays are where it
// is given n and m, and how to run it.
type pass struct {
	name  string
	sizes func(n, m int) []int
	run   func(k *Kernel, arrays [][]float32, n, m int, rng *rand.Rand)
}

func each(arrays int) func(n, m int) []int {
	return func(n, _ int) []int {
		sizes := make([]int, arrays)
		for i := range sizes {
			sizes[i] = n
		}
		return sizes
	}
}

// allPasses are held to their twins by the tests below. Each draws the same
// numbers from rng whatever the kernel.
var allPasses = append(normPassesUnderTest(), []pass{
	{"AddRows", func(n, m int) []int { return []int{n, (m-1)*(n+m) + n} },
		func(k *Kernel, a [][]float32, n, m int, _ *rand.Rand) { k.AddRows(a[0], a[1], n+m, m) }},
	{"Adam", each(4), func(k *Kernel, a [][]float32, _, _ int, rng *rand.Rand) {
		for i, v := range a[3] {
			a[3][i] = float32(math.Abs(float64(v)))
		}
		s := AdamStep{Rate: rng.Float32(), Decay: rng.Float32(), Beta1: rng.Float32(), Rest1: rng.Float32(), Beta2: rng.Float32(), Rest2: rng.Float32(),
			Correction: 1 + rng.Float32(), Epsilon: 1e-7, Clip: rng.Float32()}
		k.Adam(&s, a[0], a[1], a[2], a[3])
	}},
	{"Drop", each(1), func(k *Kernel, a [][]float32, _, _ int, rng *rand.Rand) {
		k.Drop(a[0], rng.Uint64(), uint16(rng.Uint32()), 1+rng.Float32())
	}},
	{"Rectify", each(1), func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) { k.Rectify(a[0]) }},
	{"RectifyGrad", each(2), func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) { k.RectifyGrad(a[0], a[1]) }},
	{"Dot", func(n, _ int) []int { return []int{n, n, 1} },
		func(k *Kernel, a [][]float32, _, _ int, _ *rand.Rand) { a[2][0] = k.Dot(a[0], a[1]) }},
	{"Blend", each(2), func(k *Kernel, a [][]float32, _, _ int, rng *rand.Rand) { k.Blend(a[0], a[1], rng.Float32()) }},
}...)

// input draws the arrays of a pass: normal numbers, and some that are special.
func (p pass) input(rng *rand.Rand, n, m int) [][]float32 {
	var arrays [][]float32
	for _, size := range p.sizes(n, m) {
		values := random(rng, size)
		for i := range values {
			if rng.IntN(8) == 0 {
				values[i] = specials[rng.IntN(len(specials))]
			}
		}
		arrays = append(arrays, values)
	}
	return arrays
}

// sameNumbers compares bits, except of NaNs, which are all alike.
func sameNumbers(a, b []float32) bool {
	for i, v := range a {
		if math.Float32bits(v) != math.Float32bits(b[i]) && !(v != v && b[i] != b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// checkPass runs a pass with k between canaries and with its twin.
func checkPass(t *testing.T, k *Kernel, p pass, n, m int, seed uint64) {
	t.Helper()
	arrays := p.input(rand.New(rand.NewPCG(seed, 1)), n, m)
	want := make([][]float32, len(arrays))
	around, got := make([][]float32, len(arrays)), make([][]float32, len(arrays))
	for i, a := range arrays {
		want[i] = append([]float32(nil), a...)
		around[i], got[i] = surround(a)
	}
	p.run(plain, want, n, m, rand.New(rand.NewPCG(seed, 2)))
	p.run(k, got, n, m, rand.New(rand.NewPCG(seed, 2)))
	for i := range want {
		if !sameNumbers(want[i], got[i]) {
			t.Fatalf("%s of %s, %d numbers, %d: array %d is\n%v, its twin gives\n%v", k.Name, p.name, n, m, i, got[i], want[i])
		}
		for _, v := range append(around[i][:64:64], around[i][64+len(got[i]):]...) {
			if v != canary {
				t.Fatalf("%s of %s, %d numbers, %d: wrote outside array %d", k.Name, p.name, n, m, i)
			}
		}
	}
}

func TestEachPassGivesTheBitsOfItsTwin(t *testing.T) {
	for _, k := range Kernels() {
		for _, p := range allPasses {
			t.Run(k.Name+"/"+p.name, func(t *testing.T) {
				for n := 1; n <= 70; n++ {
					checkPass(t, k, p, n, 1+n%5, uint64(n))
				}
				checkPass(t, k, p, 1000, 40, 1)
			})
		}
	}
}

func FuzzPass(f *testing.F) {
	f.Add(uint8(0), uint8(33), uint8(3), uint64(1))
	f.Fuzz(func(t *testing.T, which, n, m uint8, seed uint64) {
		for _, k := range Kernels() {
			checkPass(t, k, allPasses[int(which)%len(allPasses)], 1+int(n), 1+int(m)%20, seed)
		}
	})
}

// What a pass computes is said by its twin; these few are worked by hand.
func TestPassesByHand(t *testing.T) {
	sum := []float32{1, 2}
	plain.AddRows(sum, []float32{10, 20, 99, 100, 200}, 3, 2)
	if fmt.Sprint(sum) != "[111 222]" {
		t.Errorf("the sum of rows is %v", sum)
	}
	if dot := plain.Dot([]float32{1, 2, 3}, []float32{4, 5, 6}); dot != 32 {
		t.Errorf("1·4 + 2·5 + 3·6 is %v", dot)
	}
	values := []float32{-1, 2, 0}
	plain.Rectify(values)
	grads := []float32{7, 8, 9}
	plain.RectifyGrad(grads, values)
	if fmt.Sprint(values, grads) != "[0 2 0] [0 8 0]" {
		t.Errorf("rectified %v, gradients %v", values, grads)
	}
	average := []float32{1}
	plain.Blend(average, []float32{3}, .75)
	if average[0] != 1.5 {
		t.Errorf("a running mean went from 1 towards 3 to %v, keeping three quarters", average[0])
	}
}

func TestAShareOfTheNumbersIsDropped(t *testing.T) {
	for _, rate := range []float64{0, .1, .5, .9} {
		values := make([]float32, 100_000)
		for i := range values {
			values[i] = 1
		}
		plain.Drop(values, 42, uint16(rate*(1<<16)), 2)
		dropped := 0
		for _, v := range values {
			if v == 0 {
				dropped++
			} else if v != 2 {
				t.Fatalf("a number that stays became %v, scaled by 2", v)
			}
		}
		if share := float64(dropped) / float64(len(values)); math.Abs(share-rate) > .006 {
			t.Errorf("%v of the numbers were dropped, want %v", share, rate)
		}
	}
}

// The first two words of SplitMix64 from seed 0, whose counter is raised first.
func TestMixIsThatOfSplitMix64(t *testing.T) {
	counter := uint64(golden)
	if a, b := Mix(golden), Mix(2*counter); a != 0xE220A8397B1DCDAF || b != 0x6E789E6AA1B965F4 {
		t.Errorf("Mix gives %#x and %#x", a, b)
	}
}

func TestArraysOfDifferentLengthsPanic(t *testing.T) {
	a, b := make([]float32, 9), make([]float32, 8)
	for name, run := range map[string]func(){
		"Adam":        func() { plain.Adam(&AdamStep{}, a, a, b, a) },
		"RectifyGrad": func() { plain.RectifyGrad(a, b) },
		"Dot":         func() { plain.Dot(a, b) },
		"Blend":       func() { plain.Blend(b, a, 1) },
		"AddRows":     func() { plain.AddRows(b, a, 2, 2) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s of arrays that do not fit was computed", name)
				}
			}()
			run()
		}()
	}
}
