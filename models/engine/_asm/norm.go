package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// norms writes the passes of batch normalisation over a row of pixels. Eight
// channels at a time go down the row, whose other channels lie between.
func norms() {
	sumRow()
	squareRow()
	norm()
	normGradSums()
	normGrad()
}

// alongRow writes the loops: begin loads what belongs to eight channels, pixel
// handles one pixel of them, end stores. rows move by pixels and channels, each
// vector of perChannel numbers by channels; doubles likewise, of 8 bytes.
func alongRow(rows, perChannel, doubles []string, begin, pixel, end func(at map[string]Mem)) {
	at := map[string]Mem{}
	begins, moves := map[string]reg.GPVirtual{}, map[string]reg.GPVirtual{}
	for _, name := range rows {
		begins[name], moves[name] = pointer(name), GP64()
		at[name] = Mem{Base: moves[name]}
	}
	for _, name := range append(append([]string(nil), perChannel...), doubles...) {
		begins[name] = pointer(name)
		at[name] = Mem{Base: begins[name]}
	}
	stride, groups, pixels := Load(Param("stride"), GP64()), pointer("groups"), GP64()
	Label("channels")
	for _, name := range rows {
		MOVQ(begins[name], moves[name])
	}
	Load(Param("pixels"), pixels)
	begin(at)
	Label("pixel")
	pixel(at)
	for _, name := range rows {
		ADDQ(stride, moves[name])
	}
	DECQ(pixels)
	JNZ(LabelRef("pixel"))
	end(at)
	for _, name := range append(append([]string(nil), rows...), perChannel...) {
		ADDQ(Imm(32), begins[name])
	}
	for _, name := range doubles {
		ADDQ(Imm(64), begins[name])
	}
	DECQ(groups)
	JNZ(LabelRef("channels"))
	VZEROUPPER()
	RET()
}

func function(name, parameters, doc string) {
	TEXT(name, NOSPLIT, "func("+parameters+", stride, pixels, groups uintptr)")
	Pragma("noescape")
	Doc(name + " is " + doc + " for channels in eights. stride is in bytes.")
}

// sums are eight sums in float64.
type sums [2]reg.VecVirtual

func (s *sums) load(m Mem) {
	for i := range s {
		s[i] = YMM()
		VMOVUPD(m.Offset(32*i), s[i])
	}
}

func (s *sums) store(m Mem) {
	for i := range s {
		VMOVUPD(s[i], m.Offset(32*i))
	}
}

// add adds eight numbers, squared or not.
func (s *sums) add(v reg.VecVirtual, squared bool) {
	high, wide := XMM(), YMM()
	VEXTRACTF128(Imm(1), v, high)
	for i, half := range []reg.VecVirtual{v.AsX().(reg.VecVirtual), high} {
		VCVTPS2PD(half, wide)
		if squared {
			VMULPD(wide, wide, wide)
		}
		VADDPD(wide, s[i], s[i])
	}
}

func nothing(map[string]Mem) {}

func sumRow() {
	function("avx2SumRow", "sums *float64, row *float32", "plainSumRow")
	var s sums
	v := YMM()
	alongRow([]string{"row"}, nil, []string{"sums"},
		func(at map[string]Mem) { s.load(at["sums"]) },
		func(at map[string]Mem) {
			VMOVUPS(at["row"], v)
			s.add(v, false)
		},
		func(at map[string]Mem) { s.store(at["sums"]) })
}

func squareRow() {
	function("avx2SquareRow", "sums *float64, mean, row *float32", "plainSquareRow")
	var s sums
	v, mean := YMM(), YMM()
	alongRow([]string{"row"}, []string{"mean"}, []string{"sums"},
		func(at map[string]Mem) {
			s.load(at["sums"])
			VMOVUPS(at["mean"], mean)
		},
		func(at map[string]Mem) {
			VMOVUPS(at["row"], v)
			VSUBPS(mean, v, v)
			s.add(v, true)
		},
		func(at map[string]Mem) { s.store(at["sums"]) })
}

// loads loads a vector a name.
func loads(at map[string]Mem, names []string) map[string]reg.VecVirtual {
	loaded := map[string]reg.VecVirtual{}
	for _, name := range names {
		loaded[name] = YMM()
		VMOVUPS(at[name], loaded[name])
	}
	return loaded
}

func norm() {
	names := []string{"mean", "inverse", "scale", "shift"}
	function("avx2Norm", "to, from, mean, inverse, scale, shift *float32", "plainNorm")
	var c map[string]reg.VecVirtual
	v := YMM()
	alongRow([]string{"to", "from"}, names, nil,
		func(at map[string]Mem) { c = loads(at, names) },
		func(at map[string]Mem) {
			VMOVUPS(at["from"], v)
			VSUBPS(c["mean"], v, v)
			VMULPS(c["inverse"], v, v)
			VMULPS(c["scale"], v, v)
			VADDPS(c["shift"], v, v)
			VMOVUPS(v, at["to"])
		}, nothing)
}

func normGradSums() {
	names := []string{"mean", "inverse"}
	function("avx2NormGradSums", "grads, gradXs *float64, from, grad, mean, inverse *float32", "plainNormGradSums")
	var c map[string]reg.VecVirtual
	var plain, times sums
	v, g := YMM(), YMM()
	alongRow([]string{"from", "grad"}, names, []string{"grads", "gradXs"},
		func(at map[string]Mem) {
			c = loads(at, names)
			plain.load(at["grads"])
			times.load(at["gradXs"])
		},
		func(at map[string]Mem) {
			VMOVUPS(at["from"], v)
			VMOVUPS(at["grad"], g)
			VSUBPS(c["mean"], v, v)
			VMULPS(g, v, v)
			VMULPS(c["inverse"], v, v)
			plain.add(g, false)
			times.add(v, false)
		},
		func(at map[string]Mem) {
			plain.store(at["grads"])
			times.store(at["gradXs"])
		})
}

func normGrad() {
	names := []string{"mean", "inverse", "factor", "meanGrad", "meanGradX"}
	function("avx2NormGrad", "to, from, grad, mean, inverse, factor, meanGrad, meanGradX *float32", "plainNormGrad")
	var c map[string]reg.VecVirtual
	v, g := YMM(), YMM()
	alongRow([]string{"to", "from", "grad"}, names, nil,
		func(at map[string]Mem) { c = loads(at, names) },
		func(at map[string]Mem) {
			VMOVUPS(at["from"], v)
			VMOVUPS(at["grad"], g)
			VSUBPS(c["mean"], v, v)
			VMULPS(c["inverse"], v, v)
			VMULPS(c["meanGradX"], v, v)
			VSUBPS(c["meanGrad"], g, g)
			VSUBPS(v, g, g)
			VMULPS(c["factor"], g, g)
			VMOVUPS(g, at["to"])
		}, nothing)
}
