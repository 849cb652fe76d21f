package topology

// far stands for "no ink in this column". Its square, and the largest squared
// distance in a picture of 4,096 pixels a side, fit an int32.
const far = 1 << 14

// squaredDistances returns for each pixel the squared Euclidean distance, in
// pixels, to the nearest pixel of at least threshold; far*far where there is
// none. Exact, in whole numbers: distances along columns first, then along
// each row the lower envelope of the parabolas that stand on them
// (Felzenszwalb and Huttenlocher 2012, with the integer separators of Meijster
// et al. 2000).
func squaredDistances(darkness []byte, threshold byte, width, height int) []int32 {
	squared := make([]int32, width*height)
	column := columnDistances(darkness, threshold, width, height)
	// The envelope: parabola i stands on column base[i] and is lowest from start[i] on.
	base, start := make([]int32, width), make([]int32, width)
	for y := range height {
		g, out := column[y*width:(y+1)*width], squared[y*width:(y+1)*width]
		top := -1
		for x := range int32(width) {
			if g[x] == far {
				continue
			}
			// A parabola that the new one undercuts from its start on is gone.
			from := int32(0)
			for top >= 0 {
				i := base[top]
				from = separator(i, x, int32(g[i]), int32(g[x]))
				if from > start[top] {
					break
				}
				top--
			}
			if top < 0 {
				from = 0
			}
			if from < int32(width) {
				top++
				base[top], start[top] = x, from
			}
		}
		if top < 0 {
			for x := range out {
				out[x] = far * far
			}
			continue
		}
		for x := int32(width) - 1; x >= 0; x-- {
			d, c := x-base[top], int32(g[base[top]])
			out[x] = d*d + c*c
			if x == start[top] {
				top--
			}
		}
	}
	return squared
}

// separator is the first x at which the parabola of column u > i is lower than
// that of column i.
func separator(i, u, gi, gu int32) int32 {
	numerator := u*u - i*i + gu*gu - gi*gi
	if numerator < 0 {
		return 0
	}
	return numerator/(2*(u-i)) + 1
}

// columnDistances are the distances to the nearest ink above or below.
func columnDistances(darkness []byte, threshold byte, width, height int) []int16 {
	column := make([]int16, width*height)
	for x := range width {
		column[x] = far
		if darkness[x] >= threshold {
			column[x] = 0
		}
	}
	for at := width; at < width*height; at++ {
		switch {
		case darkness[at] >= threshold:
			column[at] = 0
		case column[at-width] == far:
			column[at] = far
		default:
			column[at] = column[at-width] + 1
		}
	}
	for at := width*(height-1) - 1; at >= 0; at-- {
		if below := column[at+width]; below < column[at] {
			column[at] = below + 1
		}
	}
	return column
}
