package nn

import "ringlab/models/engine"

// Hash mixes numbers into one (the finaliser of SplitMix64, Steele et al.
// 2014, over a running state). Noise is made by hashing what it belongs to, so
// that it depends on no order of calls and needs no state to be saved.
func Hash(keys ...uint64) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, k := range keys {
		h = engine.Mix(h + k*0x9E3779B97F4A7C15)
	}
	return h
}

// Uniform is number i of the sequence that key names, in [0, 1).
func Uniform(key, i uint64) float64 {
	return float64(engine.Mix(key+i*0x9E3779B97F4A7C15)>>11) / (1 << 53)
}
