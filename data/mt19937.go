package data

// mersenneTwister is the generator MT19937, seeded as numpy's RandomState
// seeds it from one integer.
// Matsumoto and Nishimura, ACM Trans. Model. Comput. Simul. 1998, 8(1), 3.
type mersenneTwister struct {
	state [mtWords]uint32
	at    int
}

const (
	mtWords = 624
	mtShift = 397
)

func newMersenneTwister(seed uint32) *mersenneTwister {
	m := &mersenneTwister{at: mtWords}
	m.state[0] = seed
	for i := uint32(1); i < mtWords; i++ {
		before := m.state[i-1]
		m.state[i] = 1812433253*(before^before>>30) + i
	}
	return m
}

func (m *mersenneTwister) uint32() uint32 {
	if m.at == mtWords {
		m.twist()
	}
	x := m.state[m.at]
	m.at++
	x ^= x >> 11
	x ^= x << 7 & 0x9d2c5680
	x ^= x << 15 & 0xefc60000
	return x ^ x>>18
}

func (m *mersenneTwister) twist() {
	for i := range m.state {
		x := m.state[i]&0x80000000 | m.state[(i+1)%mtWords]&0x7fffffff
		next := m.state[(i+mtShift)%mtWords] ^ x>>1
		if x&1 == 1 {
			next ^= 0x9908b0df
		}
		m.state[i] = next
	}
	m.at = 0
}

// below is a whole number from 0 to limit, each equally likely: draws are cut
// to the bits of limit and thrown away while they are over it.
func (m *mersenneTwister) below(limit uint32) uint32 {
	mask := limit
	for shift := 1; shift < 32; shift *= 2 {
		mask |= mask >> shift
	}
	for {
		if x := m.uint32() & mask; x <= limit {
			return x
		}
	}
}

// permutation of 0 to n-1 as numpy's RandomState.permutation(n) draws it:
// Fisher and Yates, from the last place to the first.
func (m *mersenneTwister) permutation(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := m.below(uint32(i)) //nolint:gosec // n is a number of records in memory
		order[i], order[j] = order[j], order[i]
	}
	return order
}
