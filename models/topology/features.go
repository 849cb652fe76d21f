package topology

import (
	"fmt"
	"slices"
)

// Holes are counted by area, in pixels of a reference drawing, at each radius.
var leastAreas = [...]float64{10, 30, 60, 90, 120, 220, 1000}

// At these of radii the sizes of holes are features too.
var sizedRadii = [...]int{0, 3}

const largestHoles = 10

// FeatureNames names each number of Features, in order.
func FeatureNames() []string {
	var names []string
	for _, r := range radii {
		for _, area := range leastAreas {
			names = append(names, fmt.Sprintf("holes, radius %g, at least %g px", r, area))
		}
	}
	for _, at := range sizedRadii {
		for i := range largestHoles {
			names = append(names, fmt.Sprintf("area of hole %d, radius %g", i+1, radii[at]))
		}
		names = append(names,
			fmt.Sprintf("median area of holes, radius %g", radii[at]),
			fmt.Sprintf("holes over 0.35 medians, radius %g", radii[at]),
			fmt.Sprintf("holes over 1.8 medians, radius %g", radii[at]))
	}
	for _, strokes := range []string{"strokes", "dark strokes"} {
		names = append(names, strokes, strokes+" under 40 px", strokes+" over 200 px", "area of the largest of "+strokes)
	}
	names = append(names, "ink pixels", "width of the ink", "height of the ink")
	return names
}

// Features are counts and areas of holes and strokes: what another pen or a
// drawing without colours leaves as it is. All
// are finite and not negative; lengths and areas are in pixels of a drawing of
// 300 pixels a side.
func (k *Ink) Features() []float32 {
	features := make([]float32, 0, 90)
	add := func(v float64) { features = append(features, float32(v)) }

	var sized [len(sizedRadii)][]float64
	for at := range radii {
		areas := k.holes(at)
		for _, least := range leastAreas {
			add(countOver(areas, least))
		}
		if i := slices.Index(sizedRadii[:], at); i >= 0 {
			sized[i] = areas
		}
	}
	for _, areas := range sized {
		for i := range largestHoles {
			if i < len(areas) {
				add(areas[i])
			} else {
				add(0)
			}
		}
		rings := areas[:int(countOver(areas, 60))]
		if len(rings) == 0 {
			add(0)
			add(0)
			add(0)
			continue
		}
		middle := (rings[len(rings)/2] + rings[(len(rings)-1)/2]) / 2
		add(middle)
		add(countOver(areas, .35*middle))
		add(countOver(areas, 1.8*middle))
	}
	for _, threshold := range []byte{k.stroke, max(k.stroke, 128)} {
		areas := k.inReferencePixels(findRegions(k.darkness, threshold, k.Width, k.Height, true).areas(false, nil))
		slices.Sort(areas)
		slices.Reverse(areas)
		add(float64(len(areas)))
		add(float64(len(areas)) - countOver(areas, 40))
		add(countOver(areas, 200))
		if len(areas) > 0 {
			add(areas[0])
		} else {
			add(0)
		}
	}
	strokes := k.strokes
	area := k.unit * k.unit
	add(float64(strokes.pixels) / area)
	add(float64(strokes.width) / k.unit)
	add(float64(strokes.height) / k.unit)
	return features
}

// countOver counts the areas, descending, that are at least least.
func countOver(areas []float64, least float64) float64 {
	n := 0
	for n < len(areas) && areas[n] >= least {
		n++
	}
	return float64(n)
}

// strokes tell how much ink there is, and the box around it.
type strokes struct{ pixels, width, height int }

func (k *Ink) measureStrokes() strokes {
	var s strokes
	left, right, top, bottom := k.Width, -1, k.Height, -1
	for y := range k.Height {
		row := k.darkness[y*k.Width : (y+1)*k.Width]
		for x := nextAtLeast(row, 0, k.stroke); x < len(row); x = nextAtLeast(row, x+1, k.stroke) {
			s.pixels++
			left, right, top, bottom = min(left, x), max(right, x), min(top, y), y
		}
	}
	if s.pixels > 0 {
		s.width, s.height = right-left+1, bottom-top+1
	}
	return s
}
