package engine

// plain is the kernel in plain Go: it runs everywhere and defines the result
// that every other kernel is tested against. Large tiles keep the cost of a
// call small; inside, 2 x 4 elements stay in registers, as many as the
// compiler can hold without spilling.
var plain = &Kernel{Name: "go", Rows: 16, Columns: 16, column: plainColumn, maxima: plainMaxima, spread: plainSpread,
	passes: plainPasses, normPasses: plainNormPasses, lanes: 1, multiplyAdds: plainMultiplyAdds}

func plainColumn(p *Product) { plainColumns(p, 0) }

// plainColumns computes the columns from a multiple of 4 on.
func plainColumns(p *Product, from int) {
	for j := from; j < p.N; j += 4 {
		for i := 0; i < p.M; i += 2 {
			if i+2 <= p.M && j+4 <= p.N {
				plain2x4(p, i, j)
			} else {
				plainEdge(p, i, min(i+2, p.M), j, min(j+4, p.N))
			}
		}
	}
}

func plain2x4(p *Product, i, j int) {
	var c00, c01, c02, c03, c10, c11, c12, c13 float32
	c0, c1 := p.C[i*p.CRow+j:][:4], p.C[(i+1)*p.CRow+j:][:4]
	if p.Start != nil {
		s0, s1 := p.Start[i*p.StartRow+j:][:4], p.Start[(i+1)*p.StartRow+j:][:4]
		c00, c01, c02, c03 = s0[0], s0[1], s0[2], s0[3]
		c10, c11, c12, c13 = s1[0], s1[1], s1[2], s1[3]
	}
	for s := range p.Segments {
		ia, ib := i*p.ARow+s*p.ASegment, s*p.BSegment+j
		a, b, row, aStep, bStep := p.A, p.B, p.ARow, p.AStep, p.BStep
		for range p.K {
			a0, a1 := a[ia], a[ia+row]
			bb := b[ib : ib+4 : ib+4]
			c00 += a0 * bb[0]
			c01 += a0 * bb[1]
			c02 += a0 * bb[2]
			c03 += a0 * bb[3]
			c10 += a1 * bb[0]
			c11 += a1 * bb[1]
			c12 += a1 * bb[2]
			c13 += a1 * bb[3]
			ia += aStep
			ib += bStep
		}
	}
	c0[0], c0[1], c0[2], c0[3] = c00, c01, c02, c03
	c1[0], c1[1], c1[2], c1[3] = c10, c11, c12, c13
}

func plainEdge(p *Product, i0, i1, j0, j1 int) {
	for i := i0; i < i1; i++ {
		for j := j0; j < j1; j++ {
			var sum float32
			if p.Start != nil {
				sum = p.Start[i*p.StartRow+j]
			}
			for s := range p.Segments {
				ia, ib := i*p.ARow+s*p.ASegment, s*p.BSegment+j
				for range p.K {
					sum += p.A[ia] * p.B[ib]
					ia += p.AStep
					ib += p.BStep
				}
			}
			p.C[i*p.CRow+j] = sum
		}
	}
}
