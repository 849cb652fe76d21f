package trees

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// striped samples: the class is the stripe, of width 1, in which the sum of
// the first two features lies; the other features say nothing.
func striped(n int, seed uint64) Samples {
	random := rand.New(rand.NewPCG(seed, 0))
	s := Samples{Features: 6, Classes: 4}
	for range n {
		var row [6]float32
		for j := range row {
			row[j] = 2 * random.Float32()
		}
		s.Values = append(s.Values, row[:]...)
		s.Class = append(s.Class, int(row[0]+row[1]))
	}
	return s
}

func grown(t testing.TB, s Samples, o Options) *Forest {
	t.Helper()
	f, err := Grow(context.Background(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestForestLearnsStripes(t *testing.T) {
	f := grown(t, striped(800, 1), Options{Trees: 60, Tried: 3, MinLeaf: 1, Seed: 7})
	test := striped(400, 2)
	right := 0
	shares := make([]float64, 4)
	for i, class := range test.Class {
		f.Predict(test.Values[i*6:(i+1)*6], shares)
		sum := 0.
		for _, v := range shares {
			sum += v
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("shares sum to %v", sum)
		}
		if slices.Index(shares, slices.Max(shares)) == class {
			right++
		}
	}
	if right < 360 {
		t.Errorf("%d of 400 right, want at least 360", right)
	}
	importance := f.Arrays().Importance
	if told := importance[0] + importance[1]; told < .7 {
		t.Errorf("the two features that tell the class have an importance of %v together", told)
	}
}

func TestSameSeedSameForestOnAnyNumberOfThreads(t *testing.T) {
	s, o := striped(200, 1), Options{Trees: 20, Tried: 2, MinLeaf: 2, Seed: 5}
	many := grown(t, s, o)
	before := runtime.GOMAXPROCS(1)
	one := grown(t, s, o)
	runtime.GOMAXPROCS(before)
	if !reflect.DeepEqual(many, one) {
		t.Error("one thread grows another forest than several")
	}
	o.Seed++
	if reflect.DeepEqual(many, grown(t, s, o)) {
		t.Error("another seed grows the same forest")
	}
}

func TestLeavesAreNoSmallerThanAsked(t *testing.T) {
	s := striped(100, 1)
	f := grown(t, s, Options{Trees: 10, Tried: 6, MinLeaf: 9, Seed: 1})
	a := f.Arrays()
	for _, root := range a.Roots {
		held := map[int32]int{}
		for i := range s.Class {
			node := root
			for a.Feature[node] != Leaf {
				if s.Values[i*6+int(a.Feature[node])] <= a.Threshold[node] {
					node++
				} else {
					node = a.Child[node]
				}
			}
			held[node]++
		}
		for node, n := range held {
			if n < 9 {
				t.Errorf("leaf %d holds %d samples", node, n)
			}
		}
	}
}

func TestSamplesThatCannotBeToldApartShareALeaf(t *testing.T) {
	s := Samples{Features: 2, Values: []float32{1, 2, 1, 2, 1, 2, 1, 2}, Classes: 3, Class: []int{0, 2, 2, 2}}
	shares := make([]float64, 3)
	grown(t, s, Options{Trees: 3, Tried: 2, MinLeaf: 1}).Predict([]float32{9, 9}, shares)
	if !slices.Equal(shares, []float64{.25, 0, .75}) {
		t.Errorf("got %v", shares)
	}
}

func TestNeighbouringValuesAreSplit(t *testing.T) {
	v := float32(1)
	next := math.Nextafter32(v, 2)
	s := Samples{Features: 1, Values: []float32{v, next}, Classes: 2, Class: []int{0, 1}}
	shares := make([]float64, 2)
	grown(t, s, Options{Trees: 50, Tried: 1, MinLeaf: 1}).Predict([]float32{next}, shares)
	if shares[1] != 1 {
		t.Errorf("got %v", shares)
	}
}

func TestGrowingStopsWhenTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := Options{Trees: 1 << 20, Tried: 6, MinLeaf: 1, Grown: func(n int) {
		if n == 3 {
			cancel()
		}
	}}
	if _, err := Grow(ctx, striped(300, 1), o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestImpossibleSamplesAreRefused(t *testing.T) {
	fine := Options{Trees: 1, Tried: 1, MinLeaf: 1}
	for _, c := range []struct {
		says string
		s    Samples
		o    Options
	}{
		{"0 samples", Samples{Features: 1, Classes: 1}, fine},
		{"3 values", Samples{Features: 2, Classes: 1, Values: []float32{1, 2, 3}, Class: []int{0, 0}}, fine},
		{"class 1 of 1", Samples{Features: 1, Classes: 1, Values: []float32{1}, Class: []int{1}}, fine},
		{"NaN", Samples{Features: 1, Classes: 1, Values: []float32{float32(math.NaN())}, Class: []int{0}}, fine},
		{"2 of 1 features tried", Samples{Features: 1, Classes: 1, Values: []float32{1}, Class: []int{0}}, Options{Trees: 1, Tried: 2, MinLeaf: 1}},
	} {
		if _, err := Grow(context.Background(), c.s, c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want an error that says %q", err, c.says)
		}
	}
}

func TestArraysMakeTheSameForest(t *testing.T) {
	f := grown(t, striped(100, 3), Options{Trees: 5, Tried: 2, MinLeaf: 1})
	again, err := New(f.Arrays())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(f, again) {
		t.Error("another forest")
	}
}

// small is a forest of two trees: a split with two leaves, and a leaf.
func small() Arrays {
	return Arrays{Features: 2, Classes: 2, Roots: []int32{0, 3}, Feature: []int32{1, Leaf, Leaf, Leaf},
		Threshold: []float32{.5, 0, 0, 0}, Child: []int32{2, 0, 1, 2},
		Shares: []float32{1, 0, 0, 1, .5, .5}, Importance: []float32{0, 1}}
}

func TestBrokenArraysAreRefused(t *testing.T) {
	if _, err := New(small()); err != nil {
		t.Fatal(err)
	}
	nan := float32(math.NaN())
	for says, breaks := range map[string]func(*Arrays){
		"0 features":                         func(a *Arrays) { a.Features = 0 },
		"-1 classes":                         func(a *Arrays) { a.Classes = -1 },
		"0 trees":                            func(a *Arrays) { a.Roots = nil },
		"5 trees with 4 nodes":               func(a *Arrays) { a.Roots = []int32{0, 1, 2, 3, 4} },
		"starts at node 1":                   func(a *Arrays) { a.Roots[0] = 1 },
		"tree 0 has nodes 0 to -3":           func(a *Arrays) { a.Roots[1] = -3 },
		"tree 0 has nodes 0 to 9 of 4":       func(a *Arrays) { a.Roots[1] = 9 },
		"tree 0 has nodes 0 to 0":            func(a *Arrays) { a.Roots[1] = 0 },
		"child 2 is not between 2 and 2":     func(a *Arrays) { a.Roots[1] = 2 },
		"3 thresholds":                       func(a *Arrays) { a.Threshold = a.Threshold[1:] },
		"3 children":                         func(a *Arrays) { a.Child = a.Child[1:] },
		"5 shares for 2 classes":             func(a *Arrays) { a.Shares = a.Shares[1:] },
		"0 shares":                           func(a *Arrays) { a.Shares = nil },
		"a share of NaN":                     func(a *Arrays) { a.Shares[3] = nan },
		"a share of -1":                      func(a *Arrays) { a.Shares[3] = -1 },
		"row 2 of the leaves sums to 0.75":   func(a *Arrays) { a.Shares[5] = .25 },
		"row 3 of 3":                         func(a *Arrays) { a.Child[3] = 3 },
		"row -1 of 3":                        func(a *Arrays) { a.Child[1] = -1 },
		"feature 2 of 2":                     func(a *Arrays) { a.Feature[0] = 2 },
		"feature -2 of 2":                    func(a *Arrays) { a.Feature[0] = -2 },
		"child 0 is not between":             func(a *Arrays) { a.Child[0] = 0 },
		"child 1 is not between":             func(a *Arrays) { a.Child[0] = 1 },
		"child 3 is not between":             func(a *Arrays) { a.Child[0] = 3 },
		"threshold NaN":                      func(a *Arrays) { a.Threshold[0] = nan },
		"threshold +Inf":                     func(a *Arrays) { a.Threshold[0] = float32(math.Inf(1)) },
		"1 importances for 2 features":       func(a *Arrays) { a.Importance = a.Importance[1:] },
		"a feature of importance NaN":        func(a *Arrays) { a.Importance[0] = nan },
		"node 3 of tree 1: child 4 is not b": func(a *Arrays) { a.Feature[3] = 0; a.Child[3] = 4 },
	} {
		a := small()
		breaks(&a)
		if _, err := New(a); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want an error that says %q", err, says)
		}
	}
}

// go test -run '^$' -bench . -count 10 ./models/trees
func BenchmarkGrow(b *testing.B) {
	s := striped(1000, 1)
	for b.Loop() {
		if _, err := Grow(context.Background(), s, Options{Trees: 10, Tried: 3, MinLeaf: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	s := striped(1000, 1)
	f := grown(b, s, Options{Trees: 300, Tried: 3, MinLeaf: 1})
	shares := make([]float64, 4)
	for i := 0; b.Loop(); i++ {
		f.Predict(s.Values[i%1000*6:][:6], shares)
	}
}
