package trees

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Samples are what a forest learns from.
type Samples struct {
	Features int       // of each sample
	Values   []float32 // [samples][Features], finite
	Classes  int
	Class    []int // [samples] 0 to Classes-1
}

// Options say how to grow a forest.
type Options struct {
	Trees   int
	Tried   int // features tried at each split, 1 to all
	MinLeaf int // fewest samples in a leaf
	Seed    uint64
	Grown   func(trees int) // called by Grow after each tree, with how many there are; may be nil
}

// Grow grows a forest on all cores. Each tree draws from a stream of its own,
// so a seed gives the same forest with any number of threads. When ctx ends it
// stops at once.
func Grow(ctx context.Context, s Samples, o Options) (*Forest, error) {
	if err := s.check(o); err != nil {
		return nil, fmt.Errorf("grow forest: %w", err)
	}
	columns := s.transposed()
	grown := make([]*tree, o.Trees)
	finished := make(chan int, o.Trees) // indices of grown
	var started atomic.Int64
	group, growing := errgroup.WithContext(ctx)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for i := int(started.Add(1)) - 1; i < o.Trees; i = int(started.Add(1)) - 1 {
				g := newGrower(s, columns, o, uint64(i))
				if err := g.grow(growing); err != nil {
					return err
				}
				grown[i] = &g.tree
				finished <- i
			}
			return nil
		})
	}
	for n := range o.Trees {
		select {
		case <-finished:
			if o.Grown != nil {
				o.Grown(n + 1)
			}
		case <-growing.Done():
			if err := group.Wait(); err != nil {
				return nil, err
			}
			return nil, ctx.Err()
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return joined(s, grown)
}

func (s *Samples) check(o Options) error {
	switch {
	case s.Features < 1 || s.Classes < 1 || len(s.Class) == 0:
		return fmt.Errorf("%d samples of %d features in %d classes", len(s.Class), s.Features, s.Classes)
	case len(s.Values) != len(s.Class)*s.Features:
		return fmt.Errorf("%d values for %d samples of %d features", len(s.Values), len(s.Class), s.Features)
	case o.Trees < 1 || o.MinLeaf < 1 || o.Tried < 1 || o.Tried > s.Features:
		return fmt.Errorf("%d trees, %d of %d features tried, leaves of %d", o.Trees, o.Tried, s.Features, o.MinLeaf)
	}
	for _, c := range s.Class {
		if c < 0 || c >= s.Classes {
			return fmt.Errorf("class %d of %d", c, s.Classes)
		}
	}
	for _, v := range s.Values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("a feature is %v", v)
		}
	}
	return nil
}

// transposed returns the values by feature, [Features][samples]: growing looks
// at one feature of many samples at a time.
func (s *Samples) transposed() []float32 {
	columns := make([]float32, len(s.Values))
	for i := range s.Class {
		for j := range s.Features {
			columns[j*len(s.Class)+i] = s.Values[i*s.Features+j]
		}
	}
	return columns
}

// tree is one tree as in Arrays, with rows of its own.
type tree struct {
	feature    []int32
	threshold  []float32
	child      []int32
	shares     []float32
	importance []float64
}

// grower grows one tree.
type grower struct {
	tree

	samples Samples
	columns []float32
	options Options
	random  *rand.Rand
	order   []int32   // samples, in the order of the leaves that they are going to
	chosen  []int32   // all features; those that were drawn at a split are brought to its end
	left    []int32   // samples of each class at the left of the cut that is tried
	total   []int32   // samples of each class at the split
	class   []int32   // of each sample at the split
	values  []float32 // of each sample at the split
}

func newGrower(s Samples, columns []float32, o Options, stream uint64) *grower {
	g := &grower{samples: s, columns: columns, options: o,
		random: rand.New(rand.NewPCG(o.Seed, stream)),
		order:  make([]int32, len(s.Class)), chosen: make([]int32, s.Features),
		left: make([]int32, s.Classes), total: make([]int32, s.Classes),
		class: make([]int32, len(s.Class)), values: make([]float32, len(s.Class))}
	g.importance = make([]float64, s.Features)
	for i := range g.order {
		g.order[i] = int32(i)
	}
	for i := range g.chosen {
		g.chosen[i] = int32(i)
	}
	return g
}

// pending is a stretch of order that becomes a node; parent is the node whose
// greater values it holds, or -1.
type pending struct{ from, to, parent int32 }

// grow splits until nothing can be split. Depth first with the smaller values
// first, which puts each node before its children. A stack in place of
// recursion: a tree of outliers can be as deep as there are samples.
func (g *grower) grow(ctx context.Context) error {
	stack := []pending{{0, int32(len(g.order)), -1}}
	for len(stack) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		node := int32(len(g.feature))
		if p.parent >= 0 {
			g.child[p.parent] = node
		}
		best := g.bestCut(p)
		g.feature = append(g.feature, best.feature)
		g.threshold = append(g.threshold, best.threshold)
		g.child = append(g.child, 0)
		if best.feature == Leaf {
			g.child[node] = int32(len(g.shares) / g.samples.Classes)
			for _, n := range g.total {
				g.shares = append(g.shares, float32(float64(n)/float64(p.to-p.from)))
			}
			continue
		}
		g.importance[best.feature] += best.gain
		middle := g.partition(p, best)
		stack = append(stack, pending{middle, p.to, node}, pending{p.from, middle, -1})
	}
	return nil
}

// cut is a way to split a node.
type cut struct {
	feature   int32
	threshold float32
	gain      float64 // samples times decrease of Gini impurity
}

// bestCut draws features without repeating, leaves out those that are constant
// here, tries one random cut through each of Options.Tried others, and returns
// the one that leaves the purest sides (Gini impurity). It is a Leaf if no cut
// is possible or needed.
func (g *grower) bestCut(p pending) cut {
	here := g.order[p.from:p.to]
	clear(g.total)
	class, values := g.class[:len(here)], g.values[:len(here)]
	for j, i := range here {
		class[j] = int32(g.samples.Class[i])
		g.total[class[j]]++
	}
	best := cut{feature: Leaf}
	whole := purity(g.total, len(here))
	if len(here) < 2*g.options.MinLeaf || whole >= float64(len(here)) {
		return best
	}
	tried := 0
	for undrawn := len(g.chosen); undrawn > 0 && tried < g.options.Tried; undrawn-- {
		draw := g.random.IntN(undrawn)
		g.chosen[draw], g.chosen[undrawn-1] = g.chosen[undrawn-1], g.chosen[draw]
		feature := g.chosen[undrawn-1]
		column := g.columns[int(feature)*len(g.order):]
		low, high := column[here[0]], column[here[0]]
		for j, i := range here {
			v := column[i]
			values[j] = v
			if v < low { // finite: min and max would ask for NaN first
				low = v
			}
			if v > high {
				high = v
			}
		}
		if low == high {
			continue
		}
		tried++
		// The conversion around the product forbids fusing it with the sum, which
		// some CPUs do and others do not.
		threshold := float32(float64(low) + float64(g.random.Float64()*(float64(high)-float64(low))))
		if threshold >= high { // by rounding
			threshold = low
		}
		clear(g.left)
		n := 0
		for j, c := range class {
			// Added without a branch, which no CPU could foretell.
			is := 0
			if values[j] <= threshold {
				is = 1
			}
			g.left[c] += int32(is)
			n += is
		}
		if n < g.options.MinLeaf || len(here)-n < g.options.MinLeaf {
			continue
		}
		sides := purity(g.left, n)
		for c := range g.left {
			g.left[c] = g.total[c] - g.left[c]
		}
		sides += purity(g.left, len(here)-n)
		if gain := sides - whole; best.feature == Leaf || gain > best.gain {
			best = cut{feature, threshold, gain}
		}
	}
	return best
}

// purity is n times one minus the Gini impurity of n samples with these counts.
func purity(counts []int32, n int) float64 {
	var squares int64
	for _, c := range counts {
		squares += int64(c) * int64(c)
	}
	return float64(squares) / float64(n)
}

// partition brings the samples up to the threshold to the front and returns
// where the others begin. The order among them is kept.
func (g *grower) partition(p pending, c cut) int32 {
	column := g.columns[int(c.feature)*len(g.order):]
	here := g.order[p.from:p.to]
	var greater []int32
	n := 0
	for _, i := range here {
		if column[i] <= c.threshold {
			here[n] = i
			n++
		} else {
			greater = append(greater, i)
		}
	}
	copy(here[n:], greater)
	return p.from + int32(n)
}

// joined puts trees one after another. Equal leaves, and most are of one class
// alone, share a row.
func joined(s Samples, grown []*tree) (*Forest, error) {
	nodes := 0
	for _, t := range grown {
		nodes += len(t.feature)
	}
	if nodes > math.MaxInt32 {
		return nil, fmt.Errorf("grow forest: %d nodes; grow fewer trees or larger leaves", nodes)
	}
	a := Arrays{Features: s.Features, Classes: s.Classes,
		Roots: make([]int32, 0, len(grown)), Feature: make([]int32, 0, nodes),
		Threshold: make([]float32, 0, nodes), Child: make([]int32, 0, nodes),
		Importance: make([]float32, s.Features)}
	rows := make(map[string]int32)
	importance := make([]float64, s.Features)
	for _, t := range grown {
		start := int32(len(a.Feature))
		a.Roots = append(a.Roots, start)
		a.Feature = append(a.Feature, t.feature...)
		a.Threshold = append(a.Threshold, t.threshold...)
		for i, child := range t.child {
			if t.feature[i] == Leaf {
				child = a.row(rows, t.shares[int(child)*s.Classes:int(child+1)*s.Classes])
			} else {
				child += start
			}
			a.Child = append(a.Child, child)
		}
		for j, gain := range t.importance {
			importance[j] += gain
		}
	}
	sum := 0.
	for _, gain := range importance {
		sum += gain
	}
	for j, gain := range importance {
		if sum > 0 {
			a.Importance[j] = float32(gain / sum)
		}
	}
	return New(a)
}

// row finds or adds a row of Shares.
func (a *Arrays) row(rows map[string]int32, shares []float32) int32 {
	var key []byte
	for _, v := range shares {
		key = binary.LittleEndian.AppendUint32(key, math.Float32bits(v))
	}
	at, known := rows[string(key)]
	if !known {
		at = int32(len(rows))
		rows[string(key)] = at
		a.Shares = append(a.Shares, shares...)
	}
	return at
}
