package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Passes over arrays are bound by memory, so eight lanes do for every machine.
// None fuses a multiply with an add: their bits are those of plain Go.

func passes() {
	addRows()
	adam()
	drop()
	rectify()
	rectifyGrad()
	dots()
	blend()
}

// pointer loads a parameter that is a pointer.
func pointer(name string) reg.GPVirtual { return Load(Param(name), GP64()).(reg.GPVirtual) }

// every loads a float32 parameter into each lane.
func every(name string) reg.VecVirtual {
	lanes := YMM()
	Load(Param(name), lanes.AsX())
	VBROADCASTSS(lanes.AsX(), lanes)
	return lanes
}

// eights writes a loop over as many vectors of eight numbers, moving pointers.
func eights(count reg.GPVirtual, pointers []reg.GPVirtual, body func()) {
	Label("loop")
	body()
	for _, p := range pointers {
		ADDQ(Imm(32), p)
	}
	DECQ(count)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func addRows() {
	TEXT("avx2AddRows", NOSPLIT, "func(sum, rows *float32, stride, n, vectors uintptr)")
	Pragma("noescape")
	Doc("avx2AddRows is plainAddRows for columns in eights. stride is in bytes.")
	sum, rows, vectors := pointer("sum"), pointer("rows"), pointer("vectors")
	stride := Load(Param("stride"), GP64())
	at, n := GP64(), GP64()
	columns := func(wide int) {
		sums := make([]reg.VecVirtual, wide)
		for i := range sums {
			sums[i] = YMM()
			VMOVUPS(Mem{Base: sum, Disp: 32 * i}, sums[i])
		}
		MOVQ(rows, at)
		Load(Param("n"), n)
		label := map[int]string{1: "row1", 4: "row4"}[wide]
		Label(label)
		for i := range sums {
			VADDPS(Mem{Base: at, Disp: 32 * i}, sums[i], sums[i])
		}
		ADDQ(stride, at)
		DECQ(n)
		JNZ(LabelRef(label))
		for i := range sums {
			VMOVUPS(sums[i], Mem{Base: sum, Disp: 32 * i})
		}
		ADDQ(U32(32*wide), sum)
		ADDQ(U32(32*wide), rows)
		SUBQ(U32(wide), vectors)
	}
	Label("wide")
	CMPQ(vectors, U32(4))
	JLT(LabelRef("narrow"))
	columns(4)
	JMP(LabelRef("wide"))
	Label("narrow")
	TESTQ(vectors, vectors)
	JZ(LabelRef("done"))
	columns(1)
	JMP(LabelRef("narrow"))
	Label("done")
	VZEROUPPER()
	RET()
}

func adam() {
	TEXT("avx2Adam", NOSPLIT, "func(value, grad, mean, square *float32, vectors uintptr, rate, decay, beta1, rest1, beta2, rest2, correction, epsilon, clip float32)")
	Pragma("noescape")
	Doc("avx2Adam is plainAdam for numbers in eights.")
	value, grad, mean, square := pointer("value"), pointer("grad"), pointer("mean"), pointer("square")
	vectors := pointer("vectors")
	rate, decay := every("rate"), every("decay")
	beta1, rest1, beta2, rest2 := every("beta1"), every("rest1"), every("beta2"), every("rest2")
	correction, epsilon, clip := every("correction"), every("epsilon"), every("clip")
	g, m, s, v := YMM(), YMM(), YMM(), YMM()
	eights(vectors, []reg.GPVirtual{value, grad, mean, square}, func() {
		VMULPS(Mem{Base: grad}, clip, g)
		VMULPS(Mem{Base: mean}, beta1, m)
		VMULPS(g, rest1, s)
		VADDPS(s, m, m)
		VMOVUPS(m, Mem{Base: mean})
		VMULPS(Mem{Base: square}, beta2, s)
		VMULPS(g, rest2, v)
		VMULPS(g, v, v)
		VADDPS(v, s, s)
		VMOVUPS(s, Mem{Base: square})
		VMULPS(correction, s, s)
		VSQRTPS(s, s)
		VADDPS(epsilon, s, s)
		VMULPS(rate, m, m)
		VDIVPS(s, m, m)
		VMOVUPS(Mem{Base: value}, v)
		VMULPS(decay, v, g)
		VADDPS(m, g, g)
		VSUBPS(g, v, v)
		VMOVUPS(v, Mem{Base: value})
	})
}

// drop makes four words of noise for sixteen numbers: sixteen bits decide of one.
func drop() {
	TEXT("avx2Drop", NOSPLIT, "func(values *float32, words *uint64, blocks uintptr, limit uint32, scale float32)")
	Pragma("noescape")
	Doc("avx2Drop is plainDrop for numbers in sixteens. words: the first four counters, then four times the step between them, then the two factors of Mix, each four times.")
	values, words, blocks := pointer("values"), pointer("words"), pointer("blocks")
	counter, step := YMM(), YMM()
	VMOVDQU(Mem{Base: words}, counter)
	VMOVDQU(Mem{Base: words, Disp: 32}, step)
	factors := [2]reg.VecVirtual{YMM(), YMM()}
	high := [2]reg.VecVirtual{YMM(), YMM()}
	for i := range factors {
		VMOVDQU(Mem{Base: words, Disp: 64 + 32*i}, factors[i])
		VPSRLQ(Imm(32), factors[i], high[i])
	}
	limit, scale := YMM(), every("scale")
	VMOVD(Load(Param("limit"), GP32()), limit.AsX())
	VPBROADCASTW(limit.AsX(), limit)
	word, shifted, cross := YMM(), YMM(), YMM()
	scramble := func(shift uint8, factor int) {
		VPSRLQ(Imm(uint64(shift)), word, shifted)
		VPXOR(shifted, word, word)
		if factor < 0 {
			return
		}
		// 64 bits of the product from those of 32: low·low + (high·low + low·high)·2³².
		VPSRLQ(Imm(32), word, shifted)
		VPMULUDQ(factors[factor], shifted, shifted)
		VPMULUDQ(high[factor], word, cross)
		VPADDQ(cross, shifted, shifted)
		VPSLLQ(Imm(32), shifted, shifted)
		VPMULUDQ(factors[factor], word, word)
		VPADDQ(shifted, word, word)
	}
	Label("loop")
	VMOVDQA(counter, word)
	VPADDQ(step, counter, counter)
	scramble(30, 0)
	scramble(27, 1)
	scramble(31, -1)
	VPMAXUW(limit, word, shifted)
	VPCMPEQW(word, shifted, shifted) // all ones where the number stays
	for half := range 2 {
		stays, value := YMM(), YMM()
		if half == 0 {
			VPMOVSXWD(shifted.AsX(), stays)
		} else {
			upper := XMM()
			VEXTRACTI128(Imm(1), shifted, upper)
			VPMOVSXWD(upper, stays)
		}
		VMULPS(Mem{Base: values, Disp: 32 * half}, scale, value)
		VANDPS(stays, value, value)
		VMOVUPS(value, Mem{Base: values, Disp: 32 * half})
	}
	ADDQ(Imm(64), values)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

func rectify() {
	TEXT("avx2Rectify", NOSPLIT, "func(values *float32, vectors uintptr)")
	Pragma("noescape")
	Doc("avx2Rectify is plainRectify for numbers in eights.")
	values, vectors := pointer("values"), pointer("vectors")
	zero, v := YMM(), YMM()
	VXORPS(zero, zero, zero)
	eights(vectors, []reg.GPVirtual{values}, func() {
		// MAXPS answers its second operand, here the number, where one is NaN or
		// both are zero; adding zero takes the sign from -0.
		VMAXPS(Mem{Base: values}, zero, v)
		VADDPS(zero, v, v)
		VMOVUPS(v, Mem{Base: values})
	})
}

func rectifyGrad() {
	TEXT("avx2RectifyGrad", NOSPLIT, "func(grads, values *float32, vectors uintptr)")
	Pragma("noescape")
	Doc("avx2RectifyGrad is plainRectifyGrad for numbers in eights.")
	grads, values, vectors := pointer("grads"), pointer("values"), pointer("vectors")
	zero, v := YMM(), YMM()
	VPXOR(zero, zero, zero)
	eights(vectors, []reg.GPVirtual{grads, values}, func() {
		VMOVDQU(Mem{Base: values}, v)
		VPCMPGTD(zero, v, v)
		VANDPS(Mem{Base: grads}, v, v)
		VMOVUPS(v, Mem{Base: grads})
	})
}

func dots() {
	TEXT("avx2Dots", NOSPLIT, "func(x, y, sums *float32, blocks uintptr)")
	Pragma("noescape")
	Doc("avx2Dots adds to the 32 sums of plainDot. A block is 32 numbers.")
	x, y, sums, blocks := pointer("x"), pointer("y"), pointer("sums"), pointer("blocks")
	var all [4]reg.VecVirtual
	for i := range all {
		all[i] = YMM()
		VMOVUPS(Mem{Base: sums, Disp: 32 * i}, all[i])
	}
	Label("loop")
	for i := range all {
		v := YMM()
		VMOVUPS(Mem{Base: x, Disp: 32 * i}, v)
		VMULPS(Mem{Base: y, Disp: 32 * i}, v, v)
		VADDPS(v, all[i], all[i])
	}
	ADDQ(U32(128), x)
	ADDQ(U32(128), y)
	DECQ(blocks)
	JNZ(LabelRef("loop"))
	for i := range all {
		VMOVUPS(all[i], Mem{Base: sums, Disp: 32 * i})
	}
	VZEROUPPER()
	RET()
}

func blend() {
	TEXT("avx2Blend", NOSPLIT, "func(average, values *float32, vectors uintptr, keep float32)")
	Pragma("noescape")
	Doc("avx2Blend is plainBlend for numbers in eights.")
	average, values, vectors := pointer("average"), pointer("values"), pointer("vectors")
	keep, v, a := every("keep"), YMM(), YMM()
	eights(vectors, []reg.GPVirtual{average, values}, func() {
		VMOVUPS(Mem{Base: values}, v)
		VMOVUPS(Mem{Base: average}, a)
		VSUBPS(v, a, a)
		VMULPS(keep, a, a)
		VADDPS(v, a, a)
		VMOVUPS(a, Mem{Base: average})
	})
}
