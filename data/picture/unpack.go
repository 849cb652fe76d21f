package picture

import (
	"encoding/binary"
	"math/bits"
)

// unpacker unpacks zlib streams (RFC 1950, 1951) whose unpacked length is
// known. All lies in memory before it begins, so it writes where the data stays
// and copies matches from there, in a third of the time of compress/zlib. What
// is unusual or broken in any way it leaves to that, its slow twin: so it needs
// no reasons of its own, but must never accept what the twin refuses.
type unpacker struct {
	in   []byte
	at   int    // of the next byte of in that is not in held
	held uint64 // bits of in, the next one lowest
	n    uint   // how many of them there are

	out     []byte
	written int

	literals, distances prefixCode
	lengths             [maxLiterals + maxDistances]uint8
}

const (
	maxLiterals  = 286
	maxDistances = 30
)

// unpack fills out from packed, or tells that it cannot. Nothing may be left of
// packed, and the checksum must be right.
func (u *unpacker) unpack(out, packed []byte) bool {
	const header, checksum = 2, 4
	if len(packed) < header+checksum {
		return false
	}
	// Deflate, a window that it allows, no dictionary.
	if packed[0]&0x0f != 8 || packed[0]>>4 > 7 || packed[1]&0x20 != 0 || binary.BigEndian.Uint16(packed)%31 != 0 {
		return false
	}
	sum := binary.BigEndian.Uint32(packed[len(packed)-checksum:])
	u.in, u.at, u.held, u.n = packed[header:len(packed)-checksum], 0, 0, 0
	u.out, u.written = out, 0
	defer func() { u.in, u.out = nil, nil }()
	return u.blocks() && checksum32(out) == sum
}

// blocks fills out with all blocks of in.
func (u *unpacker) blocks() bool {
	for last := false; !last; {
		u.fill()
		last = u.take(1) == 1
		var ok bool
		switch u.take(2) {
		case 0:
			ok = u.stored()
		case 1:
			ok = u.fixedCodes() && u.block()
		case 2:
			ok = u.ownCodes() && u.block()
		}
		if !ok {
			return false
		}
	}
	return u.written == len(u.out) && u.at-int(u.n/8) == len(u.in)
}

// fill brings at least 56 bits into held, fewer only where in ends.
func (u *unpacker) fill() {
	if len(u.in)-u.at >= 8 {
		u.held |= binary.LittleEndian.Uint64(u.in[u.at:]) << u.n
		u.at += int((63 - u.n) / 8)
		u.n |= 56
		return
	}
	for u.n <= 56 && u.at < len(u.in) {
		u.held |= uint64(u.in[u.at]) << u.n
		u.at++
		u.n += 8
	}
}

// missing is what take answers where in has ended: no count of bits that is
// asked for gives it.
const missing = 1 << 31

// take takes up to 16 bits that fill has brought.
func (u *unpacker) take(count uint) uint32 {
	if count > u.n {
		return missing
	}
	value := uint32(u.held) & (1<<count - 1)
	u.held >>= count
	u.n -= count
	return value
}

// stored copies a block that is not packed.
func (u *unpacker) stored() bool {
	u.at -= int(u.n / 8)
	u.held, u.n = 0, 0
	if len(u.in)-u.at < 4 {
		return false
	}
	length, inverse := binary.LittleEndian.Uint16(u.in[u.at:]), binary.LittleEndian.Uint16(u.in[u.at+2:])
	u.at += 4
	if length != ^inverse || int(length) > len(u.in)-u.at || int(length) > len(u.out)-u.written {
		return false
	}
	copy(u.out[u.written:], u.in[u.at:u.at+int(length)])
	u.at += int(length)
	u.written += int(length)
	return true
}

func (u *unpacker) fixedCodes() bool {
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	distances := [32]uint8{}
	for i := range distances {
		distances[i] = 5
	}
	return u.literals.build(lengths[:]) && u.distances.build(distances[:])
}

// ownCodes reads the codes that stand at the head of a block.
func (u *unpacker) ownCodes() bool {
	literals, distances, count := u.take(5)+257, u.take(5)+1, u.take(4)+4
	if literals > maxLiterals || distances > maxDistances || count > 19 {
		return false
	}
	order := [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
	var lengths [19]uint8
	for _, i := range order[:count] {
		u.fill()
		length := u.take(3)
		if length == missing {
			return false
		}
		lengths[i] = uint8(length)
	}
	code := &u.distances // until it gets its own
	if !code.build(lengths[:]) {
		return false
	}
	all := u.lengths[:literals+distances]
	for i := 0; i < len(all); {
		u.fill()
		symbol := u.symbol(code)
		if symbol < 16 {
			all[i] = uint8(symbol)
			i++
			continue
		}
		var repeat uint32
		var length uint8
		switch symbol {
		case 16:
			if i == 0 {
				return false
			}
			length, repeat = all[i-1], 3+u.take(2)
		case 17:
			repeat = 3 + u.take(3)
		case 18:
			repeat = 11 + u.take(7)
		default:
			return false
		}
		if repeat > uint32(len(all)-i) {
			return false
		}
		for range repeat {
			all[i] = length
			i++
		}
	}
	return u.literals.build(all[:literals]) && u.distances.build(all[literals:])
}

// symbol reads one symbol of a code, missing if there is none.
func (u *unpacker) symbol(code *prefixCode) uint32 {
	entry := code.short[u.held&(1<<shortBits-1)]
	if entry == 0 {
		entry = code.long(u.held)
	}
	length := uint(entry & 15)
	if length > u.n || length == 0 {
		return missing
	}
	u.held >>= length
	u.n -= length
	return uint32(entry >> 4)
}

// What a length or distance symbol begins at, and how many bits follow it.
var (
	lengthBase = [29]uint16{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthBits = [29]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase   = [30]uint16{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distBits   = [30]uint8{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
)

// block unpacks a block by its codes.
func (u *unpacker) block() bool {
	const endOfBlock = 256
	out, at := u.out, u.written
	for {
		// A literal or length, its bits, a distance and its bits take 48 at most.
		u.fill()
		symbol := u.symbol(&u.literals)
		for symbol < endOfBlock && at < len(out) {
			out[at] = byte(symbol)
			at++
			if u.n < 48 {
				u.fill()
			}
			symbol = u.symbol(&u.literals)
		}
		if symbol == endOfBlock {
			u.written = at
			return true
		}
		symbol -= endOfBlock + 1 // past all lengths where it was a literal or missing
		if symbol >= uint32(len(lengthBase)) {
			return false
		}
		length := int(uint32(lengthBase[symbol]) + u.take(uint(lengthBits[symbol])))
		symbol = u.symbol(&u.distances)
		if symbol >= uint32(len(distBase)) {
			return false
		}
		distance := int(uint32(distBase[symbol]) + u.take(uint(distBits[symbol])))
		if distance > at || length > len(out)-at {
			return false
		}
		// A match may reach into what it writes: then what there is of it doubles
		// with each copy.
		for from, end := at-distance, at+length; at < end; {
			at += copy(out[at:end], out[from:at])
		}
	}
}

// shortBits is the length of codes that one look decodes.
const shortBits = 10

// prefixCode is a Huffman code. An entry is symbol<<4 | length, 0 for none.
type prefixCode struct {
	short [1 << shortBits]uint16 // by the next bits
	// Longer codes, by canonical order.
	count   [16]uint16 // of codes of each length
	symbols [288]uint16
}

// build makes the code in which each symbol has the given length, 0 for none.
// It refuses a set of lengths that is no complete code.
func (c *prefixCode) build(lengths []uint8) bool {
	clear(c.count[:])
	for _, length := range lengths {
		c.count[length&15]++
	}
	c.count[0] = 0
	var next, offset [16]uint16
	free := 1
	for length := 1; length < 16; length++ {
		free = 2*free - int(c.count[length])
		if free < 0 {
			return false
		}
		next[length] = (next[length-1] + c.count[length-1]) << 1
		offset[length] = offset[length-1] + c.count[length-1]
	}
	// One code of one bit is complete enough, and so is none that is never used.
	if codes := offset[15] + c.count[15]; free != 0 && codes > 0 && (codes > 1 || c.count[1] == 0) {
		return false
	}
	clear(c.short[:])
	for symbol, length := range lengths {
		if length == 0 {
			continue
		}
		code := next[length]
		next[length]++
		c.symbols[offset[length]] = uint16(symbol)
		offset[length]++
		if length <= shortBits {
			entry := uint16(symbol)<<4 | uint16(length)
			for i := int(bits.Reverse16(code) >> (16 - length)); i < len(c.short); i += 1 << length {
				c.short[i] = entry
			}
		}
	}
	return true
}

// long finds the code at the beginning of held bit by bit.
func (c *prefixCode) long(held uint64) uint16 {
	var code, first, index uint16
	for length := 1; length < 16; length++ {
		code |= uint16(held & 1)
		held >>= 1
		if n := c.count[length]; code < first+n {
			return c.symbols[index+code-first]<<4 | uint16(length)
		}
		index += c.count[length]
		first = (first + c.count[length]) << 1
		code <<= 1
	}
	return 0
}

// checksum32 is Adler-32 (RFC 1950, 8.2), with eight bytes at a time in the
// lanes of two words: a third of the time of hash/adler32.
func checksum32(data []byte) uint32 {
	const (
		modulus = 65521
		lanes   = 0x00ff00ff00ff00ff
		// Words until a lane of 16 bits could overflow: 255·n·(n+1)/2 < 65536.
		words = 21
	)
	low, high := uint64(1), uint64(0)
	for len(data) >= 8*words {
		var even, odd, evens, odds uint64 // sums of bytes, and sums of those sums before each word
		for i := 0; i < 8*words; i += 8 {
			word := binary.LittleEndian.Uint64(data[i:])
			evens += even
			odds += odd
			even += word & lanes
			odd += word >> 8 & lanes
		}
		data = data[8*words:]
		high += 8 * words * low
		high += 8 * (laneSum(evens) + laneSum(odds))
		// Byte k of a word counts 8-k times within it.
		high += 8*lane(even, 0) + 7*lane(odd, 0) + 6*lane(even, 1) + 5*lane(odd, 1) + 4*lane(even, 2) + 3*lane(odd, 2) + 2*lane(even, 3) + lane(odd, 3)
		low += laneSum(even) + laneSum(odd)
		low %= modulus
		high %= modulus
	}
	for _, b := range data {
		low += uint64(b)
		high += low
	}
	return uint32(high%modulus)<<16 | uint32(low%modulus)
}

func lane(word uint64, i uint) uint64 { return word >> (16 * i) & 0xffff }

func laneSum(word uint64) uint64 {
	return lane(word, 0) + lane(word, 1) + lane(word, 2) + lane(word, 3)
}
