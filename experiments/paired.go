package experiments

import (
	"math"

	"ringlab/models"
)

// paired counts how two models did on the same records.
type paired struct {
	both   int // both right
	first  int // only the first
	second int // only the second
	none   int
}

func (c paired) n() int { return c.both + c.first + c.second + c.none }

// difference is the second model's share of right answers minus the first's,
// with its 95 % interval and the p of the exact McNemar test. At least one
// record.
//
// The interval is method 10 of R. G. Newcombe 1998, "Improved confidence
// intervals for the difference between binomial proportions based on paired
// data", Statistics in Medicine 17, 2635–2650: the Wilson limits of the two
// shares, joined as
//
//	low  = θ − √(dl2² − 2φ·dl2·du1 + du1²)
//	high = θ + √(du2² − 2φ·du2·dl1 + dl1²)
//
// where θ is the difference, dl and du are the distances from a share to its
// lower and upper limit, and φ is the correlation of the fourfold table, whose
// numerator is brought half a table (n/2) nearer to 0 where it is positive.
func (c paired) difference() Difference {
	n := c.n()
	p1 := float64(c.both+c.first) / float64(n)
	p2 := float64(c.both+c.second) / float64(n)
	low1, high1 := models.Wilson(c.both+c.first, n)
	low2, high2 := models.Wilson(c.both+c.second, n)
	phi := c.phi()
	theta := float64(c.second-c.first) / float64(n)
	return Difference{
		Value: theta,
		Low:   max(theta-joined(p2-low2, high1-p1, phi), -1),
		High:  min(theta+joined(high2-p2, p1-low1, phi), 1),
		P:     mcnemar(c.first, c.second),
		N:     n,
	}
}

// joined adds two distances as sides of a triangle with the cosine phi.
func joined(a, b, phi float64) float64 {
	return math.Sqrt(max(a*a-2*phi*a*b+b*b, 0))
}

func (c paired) phi() float64 {
	a, b, d, e := float64(c.both), float64(c.first), float64(c.second), float64(c.none)
	product := (a + b) * (d + e) * (a + d) * (b + e)
	if product == 0 {
		return 0
	}
	numerator := a*e - b*d
	if numerator > 0 {
		numerator = max(numerator-(a+b+d+e)/2, 0)
	}
	return numerator / math.Sqrt(product)
}

// mcnemar is the two-sided exact p that two models are equally good, from the
// records that only one of them got right: twice the binomial tail at 1/2. 1
// where they never differ. Q. McNemar 1947, Psychometrika 12, 153–157.
func mcnemar(first, second int) float64 {
	n, least := first+second, min(first, second)
	logAll, _ := math.Lgamma(float64(n + 1))
	p := 0.0
	for k := 0; k <= least; k++ {
		a, _ := math.Lgamma(float64(k + 1))
		b, _ := math.Lgamma(float64(n - k + 1))
		p += math.Exp(logAll - a - b - float64(n)*math.Ln2)
	}
	return min(2*p, 1)
}
