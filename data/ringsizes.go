package data

import (
	"cmp"
	"slices"
)

// largestRingGraph bounds the bonds of a molecule whose rings are measured.
const largestRingGraph = 512

// RingSizes are the sizes of a smallest set of rings of the molecule that a
// SMILES spells, ascending; nil where the text is none, the molecule is very
// large, or the set is not made of shortest rings through its bonds.
//
// Each bond's shortest ring is a candidate; by size, those that are not sums of
// smaller ones are taken (Horton 1987, with fewer candidates).
func RingSizes(smiles string) []int {
	m, err := readSMILES(smiles)
	if err != nil || len(m.bonds) > largestRingGraph {
		return nil
	}
	g := newRingGraph(m)
	var rings []ring
	for bond := range g.bonds {
		if r, ok := g.shortestRing(bond); ok {
			rings = append(rings, r)
		}
	}
	slices.SortStableFunc(rings, func(a, b ring) int { return cmp.Compare(a.size, b.size) })
	var basis []ring // each with a lowest bond that no other has as its lowest
	var sizes []int
	for _, r := range rings {
		size := r.size
		for _, b := range basis {
			if r.has(b.lowest()) {
				r = r.plus(b)
			}
		}
		if low := r.lowest(); low >= 0 {
			basis = append(basis, r)
			sizes = append(sizes, size)
		}
	}
	if len(sizes) != g.cycles() {
		return nil
	}
	return sizes
}

// ring is a set of bonds, one bit each.
type ring struct {
	bits []uint64
	size int
}

func (r ring) has(bond int) bool { return r.bits[bond/64]>>(bond%64)&1 == 1 }

func (r ring) lowest() int {
	for i := range 64 * len(r.bits) {
		if r.has(i) {
			return i
		}
	}
	return -1
}

func (r ring) plus(b ring) ring {
	sum := ring{bits: slices.Clone(r.bits)}
	for i, v := range b.bits {
		sum.bits[i] ^= v
	}
	return sum
}

type ringGraph struct {
	bonds [][2]int
	at    [][]int // bonds of each atom
}

func newRingGraph(m molecule) ringGraph {
	g := ringGraph{at: make([][]int, len(m.elements))}
	seen := make(map[[2]int]bool)
	for _, b := range m.bonds {
		if b[0] > b[1] {
			b[0], b[1] = b[1], b[0]
		}
		if b[0] == b[1] || seen[b] {
			continue
		}
		seen[b] = true
		for _, atom := range b {
			g.at[atom] = append(g.at[atom], len(g.bonds))
		}
		g.bonds = append(g.bonds, b)
	}
	return g
}

// cycles is the number of independent rings: bonds less atoms plus fragments.
func (g ringGraph) cycles() int {
	parent := make([]int, len(g.at))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	cycles := 0
	for _, b := range g.bonds {
		if x, y := root(b[0]), root(b[1]); x == y {
			cycles++
		} else {
			parent[x] = y
		}
	}
	return cycles
}

// shortestRing goes from one end of a bond to the other without it.
func (g ringGraph) shortestRing(bond int) (ring, bool) {
	from, to := g.bonds[bond][0], g.bonds[bond][1]
	came := make([]int, len(g.at)) // bond by which an atom was reached, -1 for none
	for i := range came {
		came[i] = -1
	}
	queue := []int{from}
	for len(queue) > 0 && came[to] < 0 {
		atom := queue[0]
		queue = queue[1:]
		for _, b := range g.at[atom] {
			next := g.bonds[b][0] + g.bonds[b][1] - atom
			if b != bond && next != from && came[next] < 0 {
				came[next] = b
				queue = append(queue, next)
			}
		}
	}
	if came[to] < 0 {
		return ring{}, false
	}
	r := ring{bits: make([]uint64, len(g.bonds)/64+1), size: 1}
	r.bits[bond/64] |= 1 << (bond % 64)
	for atom := to; atom != from; r.size++ {
		b := came[atom]
		r.bits[b/64] |= 1 << (b % 64)
		atom = g.bonds[b][0] + g.bonds[b][1] - atom
	}
	return r, true
}
