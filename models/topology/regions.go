package topology

import "slices"

// run is a stretch [from, to) of one row whose pixels belong together.
type run struct {
	from, to int32
	parent   int32 // index of a run of the same region, never a later one
}

// regions are the connected sets of pixels of a picture.
type regions struct {
	width, height int
	runs          []run
	rows          []int32 // index of the first run of each row; one more at the end
}

// findRegions joins the pixels that are at least threshold: those that touch
// along a side, and with corners also those that touch at a corner. Runs of
// pixels are joined with union-find, row by row.
func findRegions(plane []byte, threshold byte, width, height int, corners bool) *regions {
	r := &regions{width: width, height: height, runs: make([]run, 0, 8*height), rows: make([]int32, 0, height+1)}
	reach := int32(0)
	if corners {
		reach = 1
	}
	above := int32(0) // the first run of the row above that may still touch
	for y := range height {
		first := int32(len(r.runs))
		r.rows = append(r.rows, first)
		row := plane[y*width : (y+1)*width]
		var to int
		for from := nextAtLeast(row, 0, threshold); from < len(row); from = nextAtLeast(row, to, threshold) {
			to = nextBelow(row, from, threshold)
			self := int32(len(r.runs))
			r.runs = append(r.runs, run{int32(from), int32(to), self})
			for above < first && r.runs[above].to+reach <= int32(from) {
				above++
			}
			for other := above; other < first && r.runs[other].from < int32(to)+reach; other++ {
				r.join(self, other)
			}
		}
		above = first
	}
	r.rows = append(r.rows, int32(len(r.runs)))
	return r
}

// root is the first run of the region of a run. Paths are halved on the way.
func (r *regions) root(i int32) int32 {
	for r.runs[i].parent != i {
		r.runs[i].parent = r.runs[r.runs[i].parent].parent
		i = r.runs[i].parent
	}
	return i
}

func (r *regions) join(a, b int32) {
	a, b = r.root(a), r.root(b)
	r.runs[max(a, b)].parent = min(a, b)
}

// areas returns the pixels of each region, in the order of their first pixels.
// Enclosed leaves out the regions that touch the border of the picture. If
// label is not nil, it receives for each run the index of its region in the
// result, or -1.
func (r *regions) areas(enclosed bool, label []int32) []int {
	sums := make([]int32, len(r.runs))
	open := make([]bool, len(r.runs))
	for y := range r.height {
		edge := y == 0 || y == r.height-1
		for i := r.rows[y]; i < r.rows[y+1]; i++ {
			root := r.root(i)
			sums[root] += r.runs[i].to - r.runs[i].from
			open[root] = open[root] || edge || r.runs[i].from == 0 || r.runs[i].to == int32(r.width)
		}
	}
	var areas []int
	for i := range r.runs {
		switch root := r.root(int32(i)); {
		case enclosed && open[root]:
			sums[i] = -1
		case root == int32(i):
			areas = append(areas, int(sums[i]))
			sums[i] = int32(len(areas) - 1) // from here on the number of the region
		default:
			sums[i] = sums[root]
		}
		if label != nil {
			label[i] = sums[i]
		}
	}
	return areas
}

// holes returns the areas of the regions farther from ink than radii[at] that
// do not touch the border, in pixels of a reference drawing, descending.
func (k *Ink) holes(at int) []float64 {
	areas := k.paper(at).areas(true, nil)
	slices.Sort(areas)
	slices.Reverse(areas)
	return k.inReferencePixels(areas)
}

// paper finds the regions farther from ink than radii[at].
func (k *Ink) paper(at int) *regions {
	return findRegions(k.depth, byte(at+1), k.Width, k.Height, false)
}

func (k *Ink) inReferencePixels(areas []int) []float64 {
	scaled := make([]float64, len(areas))
	for i, area := range areas {
		scaled[i] = float64(area) / (k.unit * k.unit)
	}
	return scaled
}
