package picture

const (
	// A sheet of paper that lies on something: at least deskBorder of the picture's
	// border is not paper, the paper is deskContrast of 255 lighter than that, and
	// makes between leastSheet and mostSheet of the picture, in one piece that fills
	// at least sheetFills of its box.
	deskBorder   = .9
	deskContrast = 60
	leastSheet   = .1
	mostSheet    = .8
	sheetFills   = .6
)

// eraseDesk paints what lies around a sheet of paper in the colour of the sheet, if
// the picture is a photograph of a sheet on something darker. It goes by the
// blocks of g, and takes the edge of the sheet with it.
func (s *sheet) eraseDesk(g *paperGrid) bool {
	light := make([]int, g.columns*g.rows)
	var counts [256]int
	for b := range light {
		v := g.value[3*b : 3*b+3]
		light[b] = (2*int(v[0]) + 5*int(v[1]) + int(v[2])) / 8
		counts[light[b]]++
	}
	threshold, dark, bright := twoTones(&counts)
	if bright-dark < deskContrast {
		return false
	}
	border, desk := 0, 0
	for b := range light {
		column, row := b%g.columns, b/g.columns
		if column == 0 || row == 0 || column == g.columns-1 || row == g.rows-1 {
			border++
			if light[b] <= threshold {
				desk++
			}
		}
	}
	if float64(desk) < deskBorder*float64(border) {
		return false
	}
	paper := g.largest(func(b int) bool { return light[b] > threshold })
	left, right, top, bottom := g.columns, -1, g.rows, -1
	isPaper := make([]bool, len(light))
	var tones [3][256]int
	for _, b := range paper {
		isPaper[b] = true
		column, row := b%g.columns, b/g.columns
		left, right, top, bottom = min(left, column), max(right, column), min(top, row), max(bottom, row)
		for c := range 3 {
			tones[c][g.value[3*b+c]]++
		}
	}
	share := float64(len(paper)) / float64(len(light))
	if share < leastSheet || share > mostSheet ||
		float64(len(paper)) < sheetFills*float64((right-left+1)*(bottom-top+1)) {
		return false
	}
	var colour [3]byte
	for c := range 3 {
		colour[c] = middle(&tones[c], len(paper))
	}
	// Dark blocks within the sheet are of the drawing, so what is not paper counts
	// only where it hangs together with the border.
	around := make([]bool, len(light))
	for _, b := range g.fromBorder(func(b int) bool { return !isPaper[b] }) {
		around[b] = true
	}
	s.touch()
	for b := range light {
		if !g.beside(b, around) {
			continue
		}
		column, row := b%g.columns, b/g.columns
		for y := row * g.size; y < min((row+1)*g.size, s.h); y++ {
			for x := column * g.size; x < min((column+1)*g.size, s.w); x++ {
				copy(s.pix[3*(y*s.w+x):], colour[:])
			}
		}
	}
	return true
}

// twoTones divides values, given as counts, where the variance between both parts
// is greatest (Otsu 1979): the last value of the lower part, and both means.
func twoTones(counts *[256]int) (threshold, dark, bright int) {
	n, sum := 0, 0
	for v, c := range counts {
		n, sum = n+c, sum+v*c
	}
	best := -1.
	below, sumBelow := 0, 0
	for v, c := range counts {
		below, sumBelow = below+c, sumBelow+v*c
		if below == 0 || below == n {
			continue
		}
		low, high := float64(sumBelow)/float64(below), float64(sum-sumBelow)/float64(n-below)
		if between := float64(below) * float64(n-below) * (high - low) * (high - low); between > best {
			best, threshold, dark, bright = between, v, int(low), int(high)
		}
	}
	return threshold, dark, bright
}

// largest is the largest set of blocks that are in and hang together along edges.
func (g *paperGrid) largest(in func(block int) bool) (most []int) {
	seen := make([]bool, g.columns*g.rows)
	for b := range seen {
		if part := g.spread([]int{b}, seen, in); len(part) > len(most) {
			most = part
		}
	}
	return most
}

// fromBorder is the set of blocks that are in and hang together with the border.
func (g *paperGrid) fromBorder(in func(block int) bool) []int {
	var border []int
	for b := range g.columns * g.rows {
		if column, row := b%g.columns, b/g.columns; column == 0 || row == 0 || column == g.columns-1 || row == g.rows-1 {
			border = append(border, b)
		}
	}
	return g.spread(border, make([]bool, g.columns*g.rows), in)
}

// spread collects the blocks that are in, from some of them along edges; seen
// blocks are left out.
func (g *paperGrid) spread(from []int, seen []bool, in func(block int) bool) (part []int) {
	add := func(b int) {
		if !seen[b] && in(b) {
			seen[b] = true
			part = append(part, b)
		}
	}
	for _, b := range from {
		add(b)
	}
	for next := 0; next < len(part); next++ {
		b := part[next]
		column, row := b%g.columns, b/g.columns
		if column > 0 {
			add(b - 1)
		}
		if column < g.columns-1 {
			add(b + 1)
		}
		if row > 0 {
			add(b - g.columns)
		}
		if row < g.rows-1 {
			add(b + g.columns)
		}
	}
	return part
}

// beside tells whether a block or one around it is of a set.
func (g *paperGrid) beside(b int, set []bool) bool {
	column, row := b%g.columns, b/g.columns
	for r := max(0, row-1); r <= min(g.rows-1, row+1); r++ {
		for c := max(0, column-1); c <= min(g.columns-1, column+1); c++ {
			if set[r*g.columns+c] {
				return true
			}
		}
	}
	return false
}
