package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// squares writes the loops that all functions share: begin for lanes channels
// of a square, pixel for each of its pixels, end after them.
type squares struct {
	lanes                 int
	size, small, from, at reg.Register // at: the pixel, of its first channel
	begin, pixel, end     func(s *squares)
}

func (s *squares) loops() {
	large, stride := Load(Param("large"), GP64()), Load(Param("stride"), GP64())
	s.small, s.from = Load(Param("small"), GP64()), Load(Param("from"), GP64())
	s.size = Load(Param("size"), GP64())
	width := Load(Param("width"), GP64())
	channelBytes := Load(Param("channels"), GP64())
	SHLQ(Imm(2), channelBytes)
	row, channels, y, x := GP64(), GP64(), GP64(), GP64()
	s.at = GP64()

	Label("square")
	MOVQ(channelBytes, channels)
	Label("channels")
	s.begin(s)
	MOVQ(large, row)
	MOVQ(s.size, y)
	Label("row")
	MOVQ(row, s.at)
	MOVQ(s.size, x)
	Label("pixel")
	s.pixel(s)
	ADDQ(channelBytes, s.at)
	DECQ(x)
	JNZ(LabelRef("pixel"))
	ADDQ(stride, row)
	DECQ(y)
	JNZ(LabelRef("row"))
	s.end(s)
	ADDQ(Imm(uint64(4*s.lanes)), large)
	ADDQ(Imm(uint64(4*s.lanes)), s.small)
	ADDQ(Imm(uint64(s.lanes)), s.from)
	SUBQ(Imm(uint64(4*s.lanes)), channels)
	JNZ(LabelRef("channels"))
	// All channels of the first pixel are behind; skip its neighbours.
	MOVQ(s.size, x)
	JMP(LabelRef("skip"))
	Label("skipping")
	ADDQ(channelBytes, large)
	Label("skip")
	DECQ(x)
	JNZ(LabelRef("skipping"))
	DECQ(width)
	JNZ(LabelRef("square"))
	VZEROUPPER()
	RET()
}

// everyLane fills a vector with a number.
func everyLane(value uint32) reg.VecVirtual {
	number, lanes := GP32(), YMM()
	MOVL(U32(value), number)
	VMOVD(number, lanes.AsX())
	VPBROADCASTD(lanes.AsX(), lanes)
	return lanes
}

func maxima() {
	TEXT("avx2Maxima", NOSPLIT, "func(large *float32, stride uintptr, small *float32, from *uint8, size, width, channels uintptr, least float32, none uint32)")
	Pragma("noescape")
	Doc("avx2Maxima is plainMaxima for channels in eights. stride is in bytes.")
	least, none := YMM(), YMM()
	Load(Param("least"), least.AsX())
	VBROADCASTSS(least.AsX(), least)
	VMOVD(Load(Param("none"), GP32()), none.AsX())
	VPBROADCASTD(none.AsX(), none)
	one, magnitude, shift := everyLane(1), everyLane(0x7FFFFFFF), everyLane(0x007FFFFF)
	best, bestRank, from, pixel := YMM(), YMM(), YMM(), YMM()
	rank := func(of, to reg.VecVirtual) {
		VPSRAD(Imm(31), of, to)
		VPAND(magnitude, to, to)
		VPXOR(of, to, to)
		VPSUBD(shift, to, to)
	}
	s := squares{
		lanes: 8,
		begin: func(*squares) {
			VMOVAPS(least, best)
			rank(best, bestRank)
			VMOVDQA(none, from)
			VPXOR(pixel, pixel, pixel)
		},
		pixel: func(s *squares) {
			value, valueRank, wins := YMM(), YMM(), YMM()
			VMOVUPS(Mem{Base: s.at}, value)
			rank(value, valueRank)
			VPCMPGTD(bestRank, valueRank, wins)
			VPMAXSD(valueRank, bestRank, bestRank)
			VBLENDVPS(wins, value, best, best)
			VPBLENDVB(wins, pixel, from, from)
			VPADDD(one, pixel, pixel)
		},
		end: func(s *squares) {
			VMOVUPS(best, Mem{Base: s.small})
			high := XMM()
			VEXTRACTI128(Imm(1), from, high)
			VPACKUSDW(high, from.AsX(), high)
			VPACKUSWB(high, high, high)
			VMOVQ(high, Mem{Base: s.from})
		},
	}
	s.loops()
}

func spread() {
	TEXT("avx2Spread", NOSPLIT, "func(large *float32, stride uintptr, small *float32, from *uint8, size, width, channels uintptr)")
	Pragma("noescape")
	Doc("avx2Spread is plainSpread for channels in eights. stride is in bytes.")
	one := everyLane(1)
	value, from, pixel := YMM(), YMM(), YMM()
	s := squares{
		lanes: 8,
		begin: func(s *squares) {
			VMOVUPS(Mem{Base: s.small}, value)
			VPMOVZXBD(Mem{Base: s.from}, from)
			VPXOR(pixel, pixel, pixel)
		},
		pixel: func(s *squares) {
			is := YMM()
			VPCMPEQD(pixel, from, is)
			VPAND(value, is, is)
			VMOVUPS(is, Mem{Base: s.at})
			VPADDD(one, pixel, pixel)
		},
		end: func(*squares) {},
	}
	s.loops()
}

// maxima512 keeps the highest rank alone, and makes a number of it at the end.
func maxima512() {
	TEXT("avx512Maxima", NOSPLIT, "func(large *float32, stride uintptr, small *float32, from *uint8, size, width, channels uintptr, least float32, none uint32)")
	Pragma("noescape")
	Doc("avx512Maxima is plainMaxima for channels in sixteens. stride is in bytes.")
	every := func(value reg.Register) reg.VecVirtual {
		lanes := ZMM()
		VPBROADCASTD(value.(reg.GPVirtual).As32(), lanes)
		return lanes
	}
	constant := func(value uint32) reg.VecVirtual {
		number := GP32()
		MOVL(U32(value), number)
		return every(number)
	}
	none := every(Load(Param("none"), GP32()))
	least := ZMM()
	Load(Param("least"), least.AsX())
	VBROADCASTSS(least.AsX(), least)
	one, magnitude, shift := constant(1), constant(0x7FFFFFFF), constant(0x007FFFFF)
	// turn is (of >> 31 & magnitude) ^ of, which undoes itself.
	const xorOfAnd = 0x78 // of three operands a, b, c: a ^ (b & c)
	turn := func(of, to reg.VecVirtual) {
		sign := ZMM()
		VPSRAD(Imm(31), of, sign)
		VMOVDQA32(of, to)
		VPTERNLOGD(Imm(xorOfAnd), magnitude, sign, to)
	}
	leastRank := ZMM()
	turn(least, leastRank)
	VPSUBD(shift, leastRank, leastRank)
	bestRank, from, pixel := ZMM(), ZMM(), ZMM()
	s := squares{
		lanes: 16,
		begin: func(*squares) {
			VMOVDQA32(leastRank, bestRank)
			VMOVDQA32(none, from)
			VPXORD(pixel, pixel, pixel)
		},
		pixel: func(s *squares) {
			value, rank := ZMM(), ZMM()
			VMOVDQU32(Mem{Base: s.at}, value)
			turn(value, rank)
			VPSUBD(shift, rank, rank)
			VPCMPGTD(bestRank, rank, reg.K1)
			VPMAXSD(rank, bestRank, bestRank)
			VMOVDQA32(pixel, reg.K1, from)
			VPADDD(one, pixel, pixel)
		},
		end: func(s *squares) {
			VPADDD(shift, bestRank, bestRank)
			best := ZMM()
			turn(bestRank, best)
			VMOVUPS(best, Mem{Base: s.small})
			VPMOVDB(from, Mem{Base: s.from})
		},
	}
	s.loops()
}

func spread512() {
	TEXT("avx512Spread", NOSPLIT, "func(large *float32, stride uintptr, small *float32, from *uint8, size, width, channels uintptr)")
	Pragma("noescape")
	Doc("avx512Spread is plainSpread for channels in sixteens. stride is in bytes.")
	number, one := GP32(), ZMM()
	MOVL(U32(1), number)
	VPBROADCASTD(number, one)
	value, from, pixel := ZMM(), ZMM(), ZMM()
	s := squares{
		lanes: 16,
		begin: func(s *squares) {
			VMOVUPS(Mem{Base: s.small}, value)
			VPMOVZXBD(Mem{Base: s.from}, from)
			VPXORD(pixel, pixel, pixel)
		},
		pixel: func(s *squares) {
			is := ZMM()
			VPCMPEQD(pixel, from, reg.K1)
			VMOVAPS_Z(value, reg.K1, is)
			VMOVUPS(is, Mem{Base: s.at})
			VPADDD(one, pixel, pixel)
		},
		end: func(*squares) {},
	}
	s.loops()
}
