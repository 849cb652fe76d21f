package engine

// gemm is a Product in bands of rows over the threads of a pool, as layers use
// the two together. Nothing is allocated after newGEMM.
type gemm struct {
	kernel  *Kernel
	pool    *Pool
	rows    int // of C in one part
	product Product
	parts   []Product // one a worker
	tiles   []Product // one a worker
	run     func(part, worker int)
}

func newGEMM(kernel *Kernel, pool *Pool, p Product) *gemm {
	g := &gemm{kernel: kernel, pool: pool, product: p,
		rows:  4 * kernel.Rows,
		parts: make([]Product, pool.Workers()), tiles: make([]Product, pool.Workers())}
	g.run = g.part
	return g
}

func (g *gemm) multiply() { g.pool.Run((g.product.M+g.rows-1)/g.rows, g.run) }

func (g *gemm) part(part, worker int) {
	p, row := &g.parts[worker], part*g.rows
	*p = g.product
	p.M = min(g.rows, p.M-row)
	p.A = p.A[min(row*p.ARow, len(p.A)):]
	p.C = p.C[row*p.CRow:]
	if p.Start != nil {
		p.Start = p.Start[row*p.StartRow:]
	}
	g.kernel.Multiply(p, &g.tiles[worker])
}
