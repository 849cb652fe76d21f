package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// peakSums is how many sums run beside each other: more than the multiply-adds
// that any machine has in flight.
const peakSums = 12

// peak writes a loop of nothing but multiply-adds.
func peak(name string, vector func() reg.VecVirtual) {
	TEXT(name, NOSPLIT, "func(steps uintptr)")
	Pragma("noescape")
	Doc(name + " adds 1·2⁻²⁰ to each lane of 12 vectors, steps times.")
	spread := func(bits uint32) reg.VecVirtual {
		one, lanes := GP32(), vector()
		MOVL(U32(bits), one)
		VMOVD(one, lanes.AsX())
		VBROADCASTSS(lanes.AsX(), lanes)
		return lanes
	}
	one, little := spread(0x3F800000), spread(0x35800000)
	var sums [peakSums]reg.VecVirtual
	for i := range sums {
		sums[i] = vector()
		VXORPS(sums[i].AsX(), sums[i].AsX(), sums[i].AsX())
	}
	steps := Load(Param("steps"), GP64())
	Label("step")
	for _, sum := range sums {
		VFMADD231PS(one, little, sum)
	}
	DECQ(steps)
	JNZ(LabelRef("step"))
	VZEROUPPER()
	RET()
}
