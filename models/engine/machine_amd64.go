//go:build !purego

package engine

import "golang.org/x/sys/cpu"

// machineKernels are the kernels in assembly that this machine can run, the
// fastest first.
func machineKernels() []*Kernel {
	x := cpu.X86
	if !x.HasAVX2 || !x.HasFMA {
		return nil
	}
	var kernels []*Kernel
	if x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL {
		kernels = append(kernels, &Kernel{Name: "avx512", Rows: len(avx512Tiles[0]), Columns: 32, column: avx512Column,
			maxima: sixteensMaxima, spread: sixteensSpread, passes: avx2Passes, normPasses: avx2NormPasses, lanes: 16, multiplyAdds: avx512MultiplyAdds})
	}
	return append(kernels, &Kernel{Name: "avx2", Rows: len(avx2Tiles), Columns: 16, column: avx2Column,
		maxima: eightsMaxima, spread: eightsSpread, passes: avx2Passes, normPasses: avx2NormPasses, lanes: 8, multiplyAdds: avx2MultiplyAdds})
}

func sixteensMaxima(r *MaxRow) {
	if r.Channels%16 != 0 {
		eightsMaxima(r)
		return
	}
	least, none := r.begin()
	avx512Maxima(&r.Large[0], uintptr(r.Stride*floatBytes), &r.Small[0], &r.From[0],
		uintptr(r.Size), uintptr(r.Width), uintptr(r.Channels), least, uint32(none))
}

func sixteensSpread(r *MaxRow) {
	if r.Channels%16 != 0 {
		eightsSpread(r)
		return
	}
	avx512Spread(&r.Large[0], uintptr(r.Stride*floatBytes), &r.Small[0], &r.From[0],
		uintptr(r.Size), uintptr(r.Width), uintptr(r.Channels))
}

func eightsMaxima(r *MaxRow) {
	if r.Channels%8 != 0 {
		plainMaxima(r)
		return
	}
	least, none := r.begin()
	avx2Maxima(&r.Large[0], uintptr(r.Stride*floatBytes), &r.Small[0], &r.From[0],
		uintptr(r.Size), uintptr(r.Width), uintptr(r.Channels), least, uint32(none))
}

func eightsSpread(r *MaxRow) {
	if r.Channels%8 != 0 {
		plainSpread(r)
		return
	}
	avx2Spread(&r.Large[0], uintptr(r.Stride*floatBytes), &r.Small[0], &r.From[0],
		uintptr(r.Size), uintptr(r.Width), uintptr(r.Channels))
}

// The generated functions, by vectors of columns and by rows, each from 1.
var (
	avx512Tiles = [2][12]func(a, b, c, start *float32, aRow, aStep, aNext, bStep, bNext, cRow, startRow, steps, segments, tiles uintptr, mask uint32){
		{avx512Tile1x1, avx512Tile2x1, avx512Tile3x1, avx512Tile4x1, avx512Tile5x1, avx512Tile6x1,
			avx512Tile7x1, avx512Tile8x1, avx512Tile9x1, avx512Tile10x1, avx512Tile11x1, avx512Tile12x1},
		{avx512Tile1x2, avx512Tile2x2, avx512Tile3x2, avx512Tile4x2, avx512Tile5x2, avx512Tile6x2,
			avx512Tile7x2, avx512Tile8x2, avx512Tile9x2, avx512Tile10x2, avx512Tile11x2, avx512Tile12x2},
	}
	avx2Tiles  = [6]avx2Function{avx2Tile1x2, avx2Tile2x2, avx2Tile3x2, avx2Tile4x2, avx2Tile5x2, avx2Tile6x2}
	avx2Ragged = [2][4]avx2Function{
		{avx2Ragged1x1, avx2Ragged2x1, avx2Ragged3x1, avx2Ragged4x1},
		{avx2Ragged1x2, avx2Ragged2x2, avx2Ragged3x2, avx2Ragged4x2},
	}
)

type avx2Function func(a, b, c, start *float32, aRow, aStep, aNext, bStep, bNext, cRow, startRow, steps, segments, tiles uintptr, mask *int32)

// avx2Masks has 16 lanes that are on and 16 that are off: the 16 from 16-n on
// select n columns.
var avx2Masks = [32]int32{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}

func avx512Column(p *Product) {
	if p.K <= 0 || p.Segments <= 0 {
		plainColumn(p)
		return
	}
	aRow, aStep, aNext, bStep, bNext, cRow, startRow := p.strides()
	functions, mask := &avx512Tiles[(p.N-1)/16], uint32(1<<p.N-1)
	tall := len(functions)
	if tiles := p.M / tall; tiles > 0 {
		functions[tall-1](&p.A[0], &p.B[0], &p.C[0], p.start(0), aRow, aStep, aNext, bStep, bNext, cRow, startRow,
			uintptr(p.K), uintptr(p.Segments), uintptr(tiles), mask)
	}
	if rest := p.M % tall; rest > 0 {
		i := p.M - rest
		functions[rest-1](&p.A[i*p.ARow], &p.B[0], &p.C[i*p.CRow], p.start(i), aRow, aStep, aNext, bStep, bNext, cRow, startRow,
			uintptr(p.K), uintptr(p.Segments), 1, mask)
	}
}

func avx2Column(p *Product) {
	if p.K <= 0 || p.Segments <= 0 {
		plainColumn(p)
		return
	}
	aRow, aStep, aNext, bStep, bNext, cRow, startRow := p.strides()
	functions, mask := avx2Tiles[:], (*int32)(nil)
	if p.N < 16 {
		functions, mask = avx2Ragged[(p.N-1)/8][:], &avx2Masks[16-p.N]
	}
	tall := len(functions)
	if tiles := p.M / tall; tiles > 0 {
		functions[tall-1](&p.A[0], &p.B[0], &p.C[0], p.start(0), aRow, aStep, aNext, bStep, bNext, cRow, startRow,
			uintptr(p.K), uintptr(p.Segments), uintptr(tiles), mask)
	}
	if rest := p.M % tall; rest > 0 {
		i := p.M - rest
		functions[rest-1](&p.A[i*p.ARow], &p.B[0], &p.C[i*p.CRow], p.start(i), aRow, aStep, aNext, bStep, bNext, cRow, startRow,
			uintptr(p.K), uintptr(p.Segments), 1, mask)
	}
}
