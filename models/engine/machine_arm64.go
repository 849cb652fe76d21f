//go:build !purego

package engine

// machineKernels are the kernels in assembly that this machine can run: every
// arm64 has NEON.
func machineKernels() []*Kernel {
	return []*Kernel{{Name: "neon", Rows: len(neonTiles[0]), Columns: 4 * len(neonTiles), column: neonColumn,
		maxima: plainMaxima, spread: plainSpread, passes: plainPasses, normPasses: plainNormPasses, lanes: 4, multiplyAdds: neonMultiplyAdds}}
}

// neonColumn takes columns in fours; what is left over goes through plain Go,
// since NEON loads no part of a vector.
func neonColumn(p *Product) {
	whole := p.N &^ 3
	if p.K <= 0 || p.Segments <= 0 || whole == 0 {
		plainColumn(p)
		return
	}
	aRow, aStep, aNext, bStep, bNext, cRow, startRow := p.strides()
	functions := &neonTiles[whole/4-1]
	for i := 0; i < p.M; i += len(functions) {
		functions[min(len(functions), p.M-i)-1](&p.A[i*p.ARow], &p.B[0], &p.C[i*p.CRow], p.start(i),
			aRow, aStep, aNext, bStep, bNext, cRow, startRow, uintptr(p.K), uintptr(p.Segments))
	}
	if whole < p.N {
		plainColumns(p, whole)
	}
}
