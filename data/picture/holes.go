package picture

// hole is paper that ink encloses: its box and its area, in pixels.
type hole struct{ left, right, top, bottom, area int }

// holes finds the paper from which no way along rows and columns leads to the
// edge of the sheet.
func (s *sheet) holes() []hole {
	paper := stretches{all: []stretch{{}}, parent: []int{outside}}
	var above []int // stretches of the last row with ink
	aboveY := -2
	pixels := s.inkPixels()
	for len(pixels) > 0 {
		y := int(pixels[0]) / s.w
		n := 1
		for n < len(pixels) && int(pixels[n])/s.w == y {
			n++
		}
		row := paper.addRow(y, s.w, pixels[:n])
		pixels = pixels[n:]
		open := aboveY != y-1 || y == s.h-1 || len(pixels) == 0 || int(pixels[0])/s.w > y+1
		for _, k := range row {
			if open { // there is a row of nothing but paper above or below
				paper.join(k, outside)
			}
		}
		if aboveY == y-1 {
			paper.joinRows(above, row)
		}
		above, aboveY = row, y
	}
	return paper.holes()
}

// stretch is paper in a row between ink: columns from to before to.
type stretch struct{ y, from, to int }

// stretches hang together by a union-find: the parent of each, itself at the root.
type stretches struct {
	all    []stretch
	parent []int
}

// outside is the stretch that stands for all that reaches the edge; it stays the
// root of its own, since the lower number becomes the parent.
const outside = 0

func (p *stretches) find(k int) int {
	for p.parent[k] != k {
		p.parent[k] = p.parent[p.parent[k]]
		k = p.parent[k]
	}
	return k
}

func (p *stretches) join(a, b int) {
	a, b = p.find(a), p.find(b)
	p.parent[max(a, b)] = min(a, b)
}

// addRow adds the stretches between the ink of a row.
func (p *stretches) addRow(y, width int, ink []int32) (row []int) {
	add := func(from, to int) {
		if from >= to {
			return
		}
		k := len(p.all)
		p.all, p.parent = append(p.all, stretch{y, from, to}), append(p.parent, k)
		if from == 0 || to == width {
			p.join(k, outside)
		}
		row = append(row, k)
	}
	from := 0
	for _, i := range ink {
		x := int(i) % width
		add(from, x)
		from = x + 1
	}
	add(from, width)
	return row
}

// joinRows joins what lies below each other in two rows.
func (p *stretches) joinRows(above, below []int) {
	for a, b := 0, 0; a < len(above) && b < len(below); {
		q, r := p.all[above[a]], p.all[below[b]]
		if q.from < r.to && r.from < q.to {
			p.join(above[a], below[b])
		}
		if q.to < r.to {
			a++
		} else {
			b++
		}
	}
}

func (p *stretches) holes() (holes []hole) {
	places := map[int]int{} // of a root among the holes
	for k := 1; k < len(p.all); k++ {
		root := p.find(k)
		if root == outside {
			continue
		}
		a := p.all[k]
		at, known := places[root]
		if !known {
			at = len(holes)
			places[root] = at
			holes = append(holes, hole{a.from, a.to - 1, a.y, a.y, 0})
		}
		h := &holes[at]
		h.left, h.right, h.bottom = min(h.left, a.from), max(h.right, a.to-1), max(h.bottom, a.y)
		h.area += a.to - a.from
	}
	return holes
}
