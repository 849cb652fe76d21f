package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// shape is a Product's shape with strides that leave gaps of gap elements.
type shape struct{ m, n, k, segments, gap int }

// layout says where A's and B's steps lie: a convolution's forward pass reads
// A along its steps, its weight gradient reads A along its rows.
type layout struct {
	name      string
	alongRows bool
	aliased   bool   // A's rows overlap, as the windows of a convolution do
	start     string // "C" itself, a "row" for all, or other "rows"; else none
}

var layouts = []layout{
	{name: "steps"},
	{name: "steps, added to C", start: "C"},
	{name: "rows", alongRows: true},
	{name: "rows, from other rows", alongRows: true, start: "rows"},
	{name: "windows, added to C", aliased: true, start: "C"},
	{name: "windows, from a row", aliased: true, start: "row"},
}

const canary = -12345.5

// surround puts values between canaries, so that a write past either end shows.
// Reads past the end show because the canaries would change the sum.
func surround(values []float32) (all, inner []float32) {
	const margin = 64
	all = make([]float32, len(values)+2*margin)
	for i := range all {
		all[i] = canary
	}
	inner = all[margin : margin+len(values) : margin+len(values)]
	copy(inner, values)
	return all, inner
}

func random(rng *rand.Rand, n int) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(rng.NormFloat64())
	}
	return out
}

// make lays a random product out.
func (l layout) product(rng *rand.Rand, s shape) Product {
	p := Product{M: s.m, N: s.n, K: s.k, Segments: s.segments}
	if l.alongRows {
		p.ARow, p.AStep, p.ASegment = 1, s.m+s.gap, s.k*(s.m+s.gap)+s.gap
	} else {
		p.ARow, p.AStep, p.ASegment = s.k*s.segments+s.gap, 1, s.k
		if l.aliased {
			p.ARow, p.ASegment = 1+s.gap, s.m*(1+s.gap)+s.k
		}
	}
	p.BStep, p.BSegment, p.CRow = s.n+s.gap, s.k*(s.n+s.gap)+s.gap, s.n+s.gap
	p.A = random(rng, (s.m-1)*p.ARow+(s.segments-1)*p.ASegment+(s.k-1)*p.AStep+1)
	p.B = random(rng, (s.segments-1)*p.BSegment+(s.k-1)*p.BStep+s.n)
	p.C = random(rng, (s.m-1)*p.CRow+s.n)
	switch l.start {
	case "C":
		p.Start, p.StartRow = p.C, p.CRow
	case "row":
		p.Start = random(rng, s.n)
	case "rows":
		p.StartRow = s.n + 2*s.gap
		p.Start = random(rng, (s.m-1)*p.StartRow+s.n)
	}
	return p
}

// startsFromC tells whether the product is added to what C holds.
func (p *Product) startsFromC() bool { return p.Start != nil && &p.Start[0] == &p.C[0] }

// into replaces C, and Start with it where that is C.
func (p Product) into(c []float32) Product {
	if p.startsFromC() {
		p.Start = c
	}
	p.C = c
	return p
}

// exact computes one element in float64, and the sum of magnitudes that bounds
// the rounding of any order of float32 sums.
func exact(p *Product, i, j int) (sum, magnitude float64) {
	if p.Start != nil {
		sum = float64(p.Start[i*p.StartRow+j])
		magnitude = math.Abs(sum)
	}
	for s := range p.Segments {
		for k := range p.K {
			v := float64(p.A[i*p.ARow+s*p.ASegment+k*p.AStep]) * float64(p.B[s*p.BSegment+k*p.BStep+j])
			sum += v
			magnitude += math.Abs(v)
		}
	}
	return sum, magnitude
}

// checkProduct runs p with kernel k between canaries and compares every
// element with float64; |error| ≤ (terms+1)·2⁻²⁴·Σ|terms| holds for any order
// of summing (Higham 2002, eq. 3.5).
func checkProduct(t *testing.T, k *Kernel, p Product) {
	t.Helper()
	want, bound := make([]float64, p.M*p.N), make([]float64, p.M*p.N)
	for i := range p.M {
		for j := range p.N {
			sum, magnitude := exact(&p, i, j)
			want[i*p.N+j], bound[i*p.N+j] = sum, magnitude*float64(p.K*p.Segments+1)*0x1p-24
		}
	}
	before := append([]float32(nil), p.C...)
	var allA, allB, allC []float32
	allA, p.A = surround(p.A)
	allB, p.B = surround(p.B)
	allStart, start := surround(p.Start)
	if p.Start != nil && !p.startsFromC() {
		p.Start = start
	}
	allC, inner := surround(p.C)
	p = p.into(inner)
	copyStart := append([]float32(nil), allStart...)
	copyA, copyB := append([]float32(nil), allA...), append([]float32(nil), allB...)
	k.Multiply(&p, new(Product))
	for i, v := range p.C {
		row, column := i/p.CRow, i%p.CRow
		if column >= p.N {
			if v != before[i] {
				t.Fatalf("%s %+v: wrote between the rows of C at %d", k.Name, shapeOf(p), i)
			}
			continue
		}
		at := row*p.N + column
		if d := math.Abs(float64(v) - want[at]); !(d <= bound[at]) {
			t.Fatalf("%s %+v: C[%d,%d] is %v, want %v ± %v", k.Name, shapeOf(p), row, column, v, want[at], bound[at])
		}
	}
	for i := range allC {
		if inside := i >= 64 && i < len(allC)-64; !inside && allC[i] != canary {
			t.Fatalf("%s %+v: wrote outside C at %d", k.Name, shapeOf(p), i-64)
		}
	}
	if !same(allA, copyA) || !same(allB, copyB) || !same(allStart, copyStart) {
		t.Fatalf("%s %+v: wrote to A, B or Start", k.Name, shapeOf(p))
	}
}

func shapeOf(p Product) shape { return shape{m: p.M, n: p.N, k: p.K, segments: p.Segments} }

func same(a, b []float32) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) {
			return false
		}
	}
	return true
}

func TestEachKernelAgreesWithFloat64OnRaggedShapes(t *testing.T) {
	for _, k := range Kernels() {
		t.Run(k.Name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(5, 6))
			var ms, ns []int
			for m := 1; m <= k.Rows+1; m++ {
				ms = append(ms, m)
			}
			for n := 1; n <= k.Columns+1; n++ {
				ns = append(ns, n)
			}
			ms, ns = append(ms, 2*k.Rows-1, 3*k.Rows+1), append(ns, 2*k.Columns-1, 3*k.Columns+1)
			for _, l := range layouts {
				for _, m := range ms {
					for _, n := range ns {
						s := shape{m, n, 1 + rng.IntN(9), 1 + rng.IntN(3), rng.IntN(3)}
						checkProduct(t, k, l.product(rng, s))
					}
				}
				for _, s := range []shape{{1, 1, 1, 1, 0}, {k.Rows, k.Columns, 300, 3, 0}, {k.Rows - 1, k.Columns - 1, 1000, 1, 5}, {5, 7, 1, 50, 1}} {
					checkProduct(t, k, l.product(rng, s))
				}
			}
		})
	}
}

func FuzzProduct(f *testing.F) {
	f.Add(uint8(12), uint8(32), uint8(9), uint8(3), uint8(0), uint8(0), uint64(1))
	f.Add(uint8(7), uint8(17), uint8(1), uint8(1), uint8(2), uint8(3), uint64(2))
	f.Fuzz(func(t *testing.T, m, n, k, segments, gap, which uint8, seed uint64) {
		s := shape{1 + int(m)%40, 1 + int(n)%80, 1 + int(k)%40, 1 + int(segments)%6, int(gap) % 5}
		rng := rand.New(rand.NewPCG(seed, 1))
		p := layouts[int(which)%len(layouts)].product(rng, s)
		for _, kernel := range Kernels() {
			checkProduct(t, kernel, p.into(append([]float32(nil), p.C...)))
		}
	})
}

func TestAnEmptySumIsItsStart(t *testing.T) {
	for _, k := range Kernels() {
		for want, start := range map[float32][]float32{0: nil, 7: {7, 7, 7}} {
			c := []float32{5, 5, 5}
			k.Multiply(&Product{M: 1, N: 3, Segments: 1, CRow: 3, C: c, Start: start}, new(Product))
			for _, v := range c {
				if v != want {
					t.Errorf("%s: an empty sum from %v gave %v", k.Name, start, c)
				}
			}
		}
	}
}

// NaN, infinities and their products go where IEEE 754 sends them, and only
// into their own row and column.
func TestEachKernelPassesOnWhatIsNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, k := range Kernels() {
		for _, special := range []float32{nan, inf, -inf, 0x1p-149, math.MaxFloat32} {
			for at := range 7 {
				rng := rand.New(rand.NewPCG(7, uint64(at)))
				p := layouts[0].product(rng, shape{k.Rows + 3, k.Columns + 5, 7, 1, 0})
				row := at * 2 % p.M
				p.A[row*p.ARow+at] = special
				p.B[at*p.BStep+at] = 0 // 0·Inf is NaN
				k.Multiply(&p, new(Product))
				for i := range p.M {
					for j := range p.N {
						sum, _ := exact(&p, i, j)
						got, want := p.C[i*p.CRow+j], float32(sum)
						switch {
						case math.IsNaN(sum) != math.IsNaN(float64(got)):
							t.Fatalf("%s with %v: C[%d,%d] is %v, want %v", k.Name, special, i, j, got, want)
						case math.IsInf(float64(want), 0) && got != want:
							t.Fatalf("%s with %v: C[%d,%d] is %v, want %v", k.Name, special, i, j, got, want)
						}
					}
				}
			}
		}
	}
}

func TestAProductThatIsTooShortPanics(t *testing.T) {
	p := layouts[0].product(rand.New(rand.NewPCG(8, 8)), shape{3, 4, 5, 2, 0})
	for name, q := range map[string]Product{
		"A":     func() Product { q := p; q.A = q.A[1:]; return q }(),
		"B":     func() Product { q := p; q.B = q.B[1:]; return q }(),
		"C":     func() Product { q := p; q.C = q.C[1:]; return q }(),
		"Start": func() Product { q := p; q.Start = q.C[1:]; q.StartRow = q.CRow; return q }(),
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a product whose %s is too short was computed", name)
				}
			}()
			plain.Multiply(&q, new(Product))
		}()
	}
}

func TestGEMMGivesTheSameBitsForAnyNumberOfThreads(t *testing.T) {
	p := layouts[3].product(rand.New(rand.NewPCG(9, 9)), shape{301, 70, 45, 2, 1})
	for _, k := range Kernels() {
		var first []float32
		for _, threads := range []int{1, 2, 16} {
			pool := NewPool(threads)
			q := p
			q.C = make([]float32, len(p.C))
			g := newGEMM(k, pool, q)
			g.multiply()
			if first == nil {
				first = q.C
			} else if !same(first, q.C) {
				t.Errorf("%s: %d threads gave other bits than 1", k.Name, threads)
			}
			// The scheduler may allocate to park a thread; what we would allocate,
			// we would each time.
			allocs := testing.AllocsPerRun(5, g.multiply)
			for try := 0; try < 5 && allocs != 0; try++ {
				allocs = testing.AllocsPerRun(5, g.multiply)
			}
			if allocs != 0 {
				t.Errorf("%s with %d threads: %v allocations a run", k.Name, threads, allocs)
			}
			pool.Close()
		}
	}
}

func TestAnUnknownKernelIsRefusedWithTheNamesThereAre(t *testing.T) {
	if _, err := choose("cuda"); err == nil {
		t.Fatal("kernel cuda was found")
	}
	if k, err := choose("go"); err != nil || k != plain {
		t.Fatalf("kernel go: %v, %v", k, err)
	}
}

// go test -run '^$' -bench GEMM -count 10 ./models/engine | go tool benchstat -col /kernel -
func BenchmarkGEMM(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range Kernels() {
		for _, n := range []int{64, 256, 512} {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("kernel=%s/m=%d/threads=%d", k.Name, n, threads), func(b *testing.B) {
					pool := NewPool(threads)
					defer pool.Close()
					g := newGEMM(k, pool, Product{M: n, N: n, K: n, Segments: 1,
						A: random(rng, n*n), ARow: n, AStep: 1, B: random(rng, n*n), BStep: n, C: make([]float32, n*n), CRow: n})
					for b.Loop() {
						g.multiply()
					}
					b.ReportMetric(2*float64(n*n*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
		}
	}
}
