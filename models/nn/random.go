package nn

// Hash mixes numbers into one (the finaliser of SplitMix64, Steele et al.
// 2014, over a running state). Noise is made by hashing what it belongs to, so
// that it depends on no order of calls and needs no state to be saved.
func Hash(keys ...uint64) uint64 {
	h := uint64(0x9E3779B97F4A7C15)
	for _, k := range keys {
		h = mix(h + k*0x9E3779B97F4A7C15)
	}
	return h
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Uniform is number i of the sequence that key names, in [0, 1).
func Uniform(key, i uint64) float64 {
	return float64(bits53(key, i)) / (1 << 53)
}

func bits53(key, i uint64) int64 { return int64(mix(key+i*0x9E3779B97F4A7C15) >> 11) }
