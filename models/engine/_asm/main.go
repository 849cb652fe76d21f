// Command asm writes the tile kernels of models/engine for amd64. Run it with
// "go generate ./models/engine". The shape of a tile is rows and columns of
// vectors in the table of main; the registers limit both.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	ConstraintExpr("!purego")
	// AVX-512 masks cost nothing: one form does for whole and ragged tiles.
	for columns := 1; columns <= 2; columns++ {
		for rows := 1; rows <= 12; rows++ {
			tile(avx512{}, rows, columns)
		}
	}
	for rows := 1; rows <= 6; rows++ {
		tile(avx2{}, rows, 2)
	}
	// Masks take two registers, so ragged tiles have fewer rows.
	for columns := 1; columns <= 2; columns++ {
		for rows := 1; rows <= 4; rows++ {
			tile(avx2{masked: true}, rows, columns)
		}
	}
	peak("avx512MultiplyAdds", ZMM)
	peak("avx2MultiplyAdds", YMM)
	passes()
	norms()
	maxima()
	spread()
	maxima512()
	spread512()
	Generate()
}

// vectors is what differs between instruction sets.
type vectors interface {
	name() string
	maskParameter() string
	bytes() int // of one vector
	vector() reg.VecVirtual
	// masks loads the masks of the columns of one row.
	masks(columns int)
	load(m Mem, column int, to reg.VecVirtual)
	store(from reg.VecVirtual, m Mem, column int)
}

// tile writes one function: rows x columns vectors of C stay in registers,
// over all segments and steps. Pointers move by bytes.
func tile(v vectors, rows, columns int) {
	TEXT(fmt.Sprintf("%s%dx%d", v.name(), rows, columns), NOSPLIT,
		"func(a, b, c, start *float32, aRow, aStep, aNext, bStep, bNext, cRow, startRow, steps, segments, tiles uintptr, "+v.maskParameter()+")")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s%dx%d computes tiles below each other, each of %d rows of %d vectors. start may be nil; aNext and bNext lead from behind the last step of a segment to the next one.",
		v.name(), rows, columns, rows, columns))

	v.masks(columns)
	a, c := argument("a"), argument("c")
	startAt, tiles := argument("start"), argument("tiles")
	Label("tile")
	accumulators := make([][]reg.VecVirtual, rows)
	for i := range accumulators {
		for range columns {
			accumulators[i] = append(accumulators[i], v.vector())
		}
	}

	start, startRow := GP64(), Load(Param("startRow"), GP64())
	MOVQ(startAt, start)
	TESTQ(start, start)
	JZ(LabelRef("empty"))
	for i := range rows {
		for j := range columns {
			v.load(Mem{Base: start, Disp: j * v.bytes()}, j, accumulators[i][j])
		}
		ADDQ(startRow, start)
	}
	MOVQ(start, startAt) // of the next tile
	JMP(LabelRef("begin"))
	Label("empty")
	for i := range rows {
		for j := range columns {
			VXORPS(accumulators[i][j].AsX(), accumulators[i][j].AsX(), accumulators[i][j].AsX())
		}
	}
	Label("begin")

	// One register reaches three rows of A: itself, +row and +2 row.
	row := Load(Param("aRow"), GP64())
	first := GP64()
	MOVQ(a, first)
	bases := []reg.Register{first}
	for i := 3; i < rows; i += 3 {
		base := GP64()
		LEAQ(Mem{Base: bases[len(bases)-1], Index: row, Scale: 2}, base)
		ADDQ(row, base)
		bases = append(bases, base)
	}
	next, nextRow := GP64(), Load(Param("aRow"), GP64())
	IMUL3Q(U32(rows), nextRow, next)
	ADDQ(first, next)
	MOVQ(next, a)
	b := Load(Param("b"), GP64())
	aStep, bStep := Load(Param("aStep"), GP64()), Load(Param("bStep"), GP64())
	aNext, bNext := Load(Param("aNext"), GP64()), Load(Param("bNext"), GP64())
	segments := Load(Param("segments"), GP64())

	Label("segment")
	steps := Load(Param("steps"), GP64())
	Label("step")
	line := make([]reg.VecVirtual, columns)
	for j := range line {
		line[j] = v.vector()
		v.load(Mem{Base: b, Disp: j * v.bytes()}, j, line[j])
	}
	for i := range rows {
		element := v.vector()
		m := Mem{Base: bases[i/3]}
		if i%3 > 0 {
			m.Index, m.Scale = row, uint8(i%3)
		}
		VBROADCASTSS(m, element)
		for j := range columns {
			VFMADD231PS(line[j], element, accumulators[i][j])
		}
	}
	for _, base := range bases {
		ADDQ(aStep, base)
	}
	ADDQ(bStep, b)
	DECQ(steps)
	JNZ(LabelRef("step"))
	for _, base := range bases {
		ADDQ(aNext, base)
	}
	ADDQ(bNext, b)
	DECQ(segments)
	JNZ(LabelRef("segment"))

	to, cRow := GP64(), Load(Param("cRow"), GP64())
	MOVQ(c, to)
	for i := range rows {
		for j := range columns {
			v.store(accumulators[i][j], Mem{Base: to, Disp: j * v.bytes()}, j)
		}
		ADDQ(cRow, to)
	}
	MOVQ(to, c)
	DECQ(tiles)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

// argument is where a parameter lies: it is kept there between tiles, since
// registers are few.
func argument(name string) Mem {
	component, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return component.Addr
}

type avx512 struct{}

func (avx512) name() string           { return "avx512Tile" }
func (avx512) maskParameter() string  { return "mask uint32" }
func (avx512) bytes() int             { return 64 }
func (avx512) vector() reg.VecVirtual { return ZMM() }

func (avx512) masks(columns int) {
	mask := Load(Param("mask"), GP32())
	KMOVW(mask, reg.K1)
	if columns > 1 {
		SHRL(Imm(16), mask)
		KMOVW(mask, reg.K2)
	}
}

var masks512 = []reg.OpmaskPhysical{reg.K1, reg.K2}

func (avx512) load(m Mem, column int, to reg.VecVirtual) { VMOVUPS_Z(m, masks512[column], to) }

func (avx512) store(from reg.VecVirtual, m Mem, column int) { VMOVUPS(from, masks512[column], m) }

type avx2 struct{ masked bool }

// The registers of the masks of the tile being written.
var masks2 [2]reg.VecVirtual

func (v avx2) name() string {
	if v.masked {
		return "avx2Ragged"
	}
	return "avx2Tile"
}
func (avx2) maskParameter() string  { return "mask *int32" }
func (avx2) bytes() int             { return 32 }
func (avx2) vector() reg.VecVirtual { return YMM() }

func (v avx2) masks(columns int) {
	if !v.masked {
		return
	}
	mask := Load(Param("mask"), GP64())
	for j := range columns {
		masks2[j] = YMM()
		VMOVUPS(Mem{Base: mask, Disp: 32 * j}, masks2[j])
	}
}

func (v avx2) load(m Mem, column int, to reg.VecVirtual) {
	if v.masked {
		VMASKMOVPS(m, masks2[column], to)
	} else {
		VMOVUPS(m, to)
	}
}

func (v avx2) store(from reg.VecVirtual, m Mem, column int) {
	if v.masked {
		VMASKMOVPS(from, masks2[column], m)
	} else {
		VMOVUPS(from, m)
	}
}
