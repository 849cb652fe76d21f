package unlike

import (
	"math"
	"slices"
)

// bonds tell how bonds differ from other strokes: straight, of one length, a
// third of a turn apart, few of them meeting in a point.
func (s *sheet) bonds(drawn strokes) []feature {
	thick, length := 0., 0.
	if drawn.left {
		thick = 1
	}
	// A letter is made of segments too; only longer ones can be bonds.
	least := max(.03*s.extent, 5)
	var lengths []float64
	var directions [36]float64 // length by direction, of 5 degrees
	upright := 0.
	for _, g := range drawn.segments {
		l := g.length()
		length += l
		if l < least {
			continue
		}
		lengths = append(lengths, l/s.extent)
		d := g.direction()
		directions[int(d/5+.5)%36] += l
		if off := math.Mod(d+45, 90) - 45; math.Abs(off) < 4 {
			upright += l
		}
	}
	slices.Sort(lengths)
	straight := 0.
	for _, l := range lengths {
		straight += l * s.extent
	}
	usual := commonLength(lengths)
	alike, longer, longerSum := 0., 0., 0.
	for _, l := range lengths {
		if l > .82*usual && l < 1.2*usual {
			alike++
		}
		if l > 2.2*usual {
			longer++
			longerSum += l * s.extent
		}
	}
	squares, at := 0., [4]float64{}
	for i, c := range directions {
		squares += c * c
		for k, step := range []int{6, 12, 18, 9} {
			at[k] += c * directions[(i+step)%36]
		}
	}
	edgeEnds := 0.
	reach := max(2, int(.012*float64(max(s.width, s.height))))
	for _, e := range drawn.ends {
		if e.x < reach || e.y < reach || e.x >= s.width-reach || e.y >= s.height-reach {
			edgeEnds++
		}
	}
	features := []feature{
		{"too thick", thick},
		{"stroke width", share(float64(s.inked), float64(drawn.pixels))},
		{"stroke width by extent", share(float64(s.inked), float64(drawn.pixels)) / s.extent},
		{"stroke length", float64(drawn.pixels) / s.extent},
		{"segments", math.Log1p(float64(len(lengths)))},
		{"straight", share(straight, length)},
		{"upright", share(upright, straight)},
		{"usual length", usual},
		{"of usual length", share(alike, float64(len(lengths)))},
		{"longest segment", quantile(lengths, 1)},
		{"median segment", quantile(lengths, .5)},
		{"longer segments", longer},
		{"length of longer", share(longerSum, straight)},
		{"segment directions", entropy(directions[:])},
		{"segments at 30", share(at[0], squares)},
		{"segments at 60", share(at[1], squares)},
		{"segments at 90", share(at[2], squares)},
		{"segments at 45", share(at[3], squares)},
		{"on a lattice of 30", lattice(directions[:], 6)},
		{"on a lattice of 90", lattice(directions[:], 18)},
		{"ends", math.Log1p(float64(len(drawn.ends)))},
		{"ends by segment", share(float64(len(drawn.ends)), float64(len(lengths)))},
		{"ends at edge", edgeEnds},
		{"junctions", math.Log1p(float64(len(drawn.junctions)))},
		{"junctions by segment", share(float64(len(drawn.junctions)), float64(len(lengths)))},
	}
	return append(features, meetings(drawn)...)
}

// commonLength is the length, of ascending ones, around which most lie.
func commonLength(lengths []float64) float64 {
	best, usual := 0, 0.
	for i, l := range lengths {
		n := 0
		for _, other := range lengths[i:] {
			if other > 1.25*l {
				break
			}
			n++
		}
		if n > best {
			best, usual = n, lengths[i+n/2]
		}
	}
	return usual
}

// lattice is the greatest share of the lengths that lies in directions a step
// apart, one bin of tolerance to either side.
func lattice(directions []float64, step int) float64 {
	best, sum := 0., 0.
	for _, d := range directions {
		sum += d
	}
	n := len(directions)
	for first := range step {
		here := 0.
		for i := first; i < n; i += step {
			here += directions[i] + .5*directions[(i+1)%n] + .5*directions[(i+n-1)%n]
		}
		best = max(best, here)
	}
	return share(best, sum)
}

// meetings tell at which angles strokes meet and bend.
func meetings(drawn strokes) []feature {
	var arms [6]float64 // junctions by arms, 5 and more together
	var corners [13]float64
	through, square, even := 0., 0., 0.
	for _, j := range drawn.junctions {
		arms[min(len(j.arms), 5)]++
		if len(j.arms) < 3 {
			continue
		}
		sorted := slices.Sorted(slices.Values(j.arms))
		straight, least, most := false, 360., 0.
		right := 0
		for i, a := range sorted {
			next := math.Mod(sorted[(i+1)%len(sorted)]-a+360, 360)
			least, most = min(least, next), max(most, next)
			corners[min(int(angle(next, 0)/15+.5), 12)]++
			if math.Abs(next-90) < 12 {
				right++
			}
			for _, b := range sorted[i+1:] {
				straight = straight || angle(a, b) > 165
			}
		}
		if straight {
			through++
			if right > 0 {
				square++
			}
		}
		if len(sorted) == 3 && least > 100 && most < 145 {
			even++
		}
	}
	met := arms[3] + arms[4] + arms[5]
	var bends [13]float64
	for _, b := range drawn.bends {
		bends[min(int(b/15+.5), 12)]++
	}
	bent := float64(len(drawn.bends))
	features := []feature{
		{"junctions of 4", share(arms[4], met)},
		{"junctions of 5", share(arms[5], met)},
		{"straight through", share(through, met)},
		{"square through", share(square, met)},
		{"even junctions", share(even, met)},
		{"bends", math.Log1p(bent)},
		{"bends at 90", share(bends[6], bent)},
		{"bends at 105", share(bends[7], bent)},
		{"bends at 120", share(bends[8], bent)},
		{"bends at 135", share(bends[9], bent)},
		{"bends at 150", share(bends[10]+bends[11], bent)},
		{"sharp bends", share(bends[0]+bends[1]+bends[2]+bends[3]+bends[4]+bends[5], bent)},
	}
	total := 0.
	for _, c := range corners {
		total += c
	}
	return append(features,
		feature{"corners at 60", share(corners[4], total)},
		feature{"corners at 90", share(corners[6], total)},
		feature{"corners at 120", share(corners[8], total)},
		feature{"corners at 180", share(corners[12], total)},
	)
}
