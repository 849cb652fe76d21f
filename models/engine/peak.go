package engine

import "time"

const (
	peakSums  = 12
	peakSteps = 1 << 15 // of one part: some tenths of a millisecond
	peakParts = 8       // a thread and burst
)

// Peak is the rate, in GFLOP/s, at which all threads of the pool multiply and
// add float32 with k's vectors when nothing comes from memory: the limit of
// every layer. A multiply and an add are two. It is the best of the bursts that
// fit in the time, at least one, since what disturbs can only slow them down.
func (k *Kernel) Peak(pool *Pool, during time.Duration) float64 {
	parts := peakParts * pool.Workers()
	part := func(int, int) { k.multiplyAdds(peakSteps) }
	work := 2 * float64(parts) * peakSteps * peakSums * float64(k.lanes)
	best := 0.0
	for begin := time.Now(); best == 0 || time.Since(begin) < during; {
		start := time.Now()
		pool.Run(parts, part)
		best = max(best, work/time.Since(start).Seconds()/1e9)
	}
	return best
}

// Peak is the highest Peak of all kernels of this machine, each measured for
// the given time.
func Peak(pool *Pool, during time.Duration) float64 {
	best := 0.0
	for _, k := range Kernels() {
		best = max(best, k.Peak(pool, during))
	}
	return best
}

// plainMultiplyAdds keeps its sums in local variables, so that the compiler
// keeps them in registers. Each tends to 2.
func plainMultiplyAdds(steps uintptr) {
	half, one := float32(.5), float32(1)
	var s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11 float32
	for range steps {
		s0 = s0*half + one
		s1 = s1*half + one
		s2 = s2*half + one
		s3 = s3*half + one
		s4 = s4*half + one
		s5 = s5*half + one
		s6 = s6*half + one
		s7 = s7*half + one
		s8 = s8*half + one
		s9 = s9*half + one
		s10 = s10*half + one
		s11 = s11*half + one
	}
	if total := s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11; total > 2*peakSums {
		panic("engine: multiplying and adding went past its limit") // so that it is computed at all
	}
}
