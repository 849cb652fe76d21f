package topology

import "slices"

// HoleFeature is a feature that counts holes.
type HoleFeature struct {
	Radius float64 // from ink, in pixels of a reference drawing: gaps up to twice as wide are closed
	Least  float64 // area of a hole that counts, in pixels of a reference drawing
}

// HoleFeatures tells of each feature that counts holes, by its index in
// Features.
func HoleFeatures() map[int]HoleFeature {
	all := make(map[int]HoleFeature, len(radii)*len(leastAreas))
	for _, r := range radii {
		for _, least := range leastAreas {
			all[len(all)] = HoleFeature{r, least} // they come first
		}
	}
	return all
}

// Hole is a region of paper that ink encloses.
type Hole struct {
	Area float64 // in pixels of a reference drawing
	// X and Y are the pixel of the hole that is farthest from its edge.
	X, Y int
}

// Holes finds the holes that a feature counts, and those that are too small for
// it, the largest first. of holds for each pixel the index of its hole, or -1.
func (k *Ink) Holes(f HoleFeature) (holes []Hole, of []int32) {
	at := slices.Index(radii[:], f.Radius)
	if at < 0 {
		return nil, nil
	}
	paper := k.paper(at)
	runs := make([]int32, len(paper.runs))
	areas := k.inReferencePixels(paper.areas(true, runs))
	order := make([]int32, len(areas)) // of the largest first
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		switch {
		case areas[a] > areas[b]:
			return -1
		case areas[a] < areas[b]:
			return 1
		}
		return 0
	})
	place := make([]int32, len(areas))
	holes = make([]Hole, len(areas))
	for i, region := range order {
		place[region] = int32(i)
		holes[i].Area = areas[region]
	}
	of = make([]int32, k.Width*k.Height)
	outside := make([]byte, k.Width*k.Height)
	for i := range of {
		of[i], outside[i] = -1, 255
	}
	for y := range k.Height {
		for i := paper.rows[y]; i < paper.rows[y+1]; i++ {
			if runs[i] < 0 {
				continue
			}
			for x := paper.runs[i].from; x < paper.runs[i].to; x++ {
				of[y*k.Width+int(x)], outside[y*k.Width+int(x)] = place[runs[i]], 0
			}
		}
	}
	farthest := make([]int32, len(holes))
	for i, d := range squaredDistances(outside, 1, k.Width, k.Height) {
		if hole := of[i]; hole >= 0 && d > farthest[hole] {
			farthest[hole] = d
			holes[hole].X, holes[hole].Y = i%k.Width, i/k.Width
		}
	}
	return holes, of
}
