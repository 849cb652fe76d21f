package engine

// GEMM is a Product over all threads of a pool. It is meant to be kept and run
// many times; nothing is allocated after NewGEMM.
type GEMM struct {
	kernel  *Kernel
	pool    *Pool
	rows    int // of C in one part
	product Product
	parts   []Product // one a worker
	tiles   []Product // one a worker
	run     func(part, worker int)
}

// NewGEMM prepares p. Its matrices may change between runs, in place.
func NewGEMM(kernel *Kernel, pool *Pool, p Product) *GEMM {
	g := &GEMM{kernel: kernel, pool: pool, product: p,
		rows:  4 * kernel.Rows,
		parts: make([]Product, pool.Workers()), tiles: make([]Product, pool.Workers())}
	g.run = g.part
	return g
}

// Run computes the product.
func (g *GEMM) Run() { g.pool.Run((g.product.M+g.rows-1)/g.rows, g.run) }

func (g *GEMM) part(part, worker int) {
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
