package topology

import (
	"encoding/binary"
	"math/bits"
)

// nextAtLeast is the first index from at on whose value is at least threshold,
// or the length of the row. Threshold is not 0.
func nextAtLeast(row []byte, at int, threshold byte) int {
	for ; at+8 <= len(row); at += 8 {
		if found := atLeast(binary.LittleEndian.Uint64(row[at:]), threshold); found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for at < len(row) && row[at] < threshold {
		at++
	}
	return at
}

// nextBelow is the same for values less than threshold.
func nextBelow(row []byte, at int, threshold byte) int {
	for ; at+8 <= len(row); at += 8 {
		if found := atLeast(binary.LittleEndian.Uint64(row[at:]), threshold) ^ topBits; found != 0 {
			return at + bits.TrailingZeros64(found)/8
		}
	}
	for at < len(row) && row[at] >= threshold {
		at++
	}
	return at
}

const (
	eachByte = 0x0101010101010101 // times a byte: that byte, eight times
	topBits  = 0x80 * eachByte
)

// atLeast sets the top bit of each of eight bytes that is at least threshold, 1
// to 255, and no other. The lower seven bits of each carry into the top bit if
// they are large enough; then the byte's own top bit decides.
func atLeast(eight uint64, threshold byte) uint64 {
	low := eight &^ topBits
	if threshold <= 0x80 {
		return (low + uint64(0x80-threshold)*eachByte | eight) & topBits
	}
	return (low + (0x100-uint64(threshold))*eachByte) & eight & topBits
}
