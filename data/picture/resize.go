package picture

// Resize returns p scaled to width x height by area average, keeping the
// aspect ratio and padding with paper (the most frequent border colour). A
// picture that has this size already is returned itself. The arithmetic is in
// whole numbers: the result has the same bits on every machine.
func (p *Picture) Resize(width, height int) *Picture {
	if p.Width == width && p.Height == height {
		return p
	}
	// The larger of both scale factors that still fits decides.
	w, h := width, max(1, (p.Height*width+p.Width/2)/p.Width)
	if h > height {
		w, h = max(1, (p.Width*height+p.Height/2)/p.Height), height
	}
	left, top := (width-w)/2, (height-h)/2

	out := &Picture{Width: width, Height: height, Pix: make([]byte, 3*width*height)}
	if w != width || h != height {
		paper := p.Paper()
		for i := 0; i < len(out.Pix); i += 3 {
			copy(out.Pix[i:i+3], paper[:])
		}
	}

	columns, rows := overlaps(p.Width, w), overlaps(p.Height, h)
	narrow := make([]uint32, 3*w) // one source row, averaged to w pixels, times p.Width
	narrowed := -1                // which source row that is
	sums := make([]uint64, 3*w)
	area := uint64(p.Width) * uint64(p.Height)
	white := 255 * area
	for y, row := range rows {
		clear(sums)
		for j, weight := range row.weights {
			if source := row.first + j; source != narrowed {
				narrowed = source
				narrowRow(narrow, p.Pix[3*source*p.Width:], columns)
			}
			for i, v := range narrow {
				sums[i] += uint64(weight) * uint64(v)
			}
		}
		to := out.Pix[3*((top+y)*width+left):]
		for i, sum := range sums {
			if sum == white { // as most are, and dividing takes the longest
				to[i] = 255
			} else {
				to[i] = byte((sum + area/2) / area)
			}
		}
	}
	return out
}

// overlap tells how much of each source pixel, from first on, lies under one
// pixel of the result.
type overlap struct {
	first   int
	weights []uint32
}

// overlaps lays to pixels over from pixels. In units of 1/(from*to) of the
// whole length, a source pixel is to long, a pixel of the result is from long,
// and so are its weights together.
func overlaps(from, to int) []overlap {
	all := make([]overlap, to)
	for i := range all {
		start, end := i*from, (i+1)*from
		first, last := start/to, (end-1)/to
		weights := make([]uint32, last-first+1)
		for j := range weights {
			left, right := (first+j)*to, (first+j+1)*to
			weights[j] = uint32(min(end, right) - max(start, left))
		}
		all[i] = overlap{first, weights}
	}
	return all
}

func narrowRow(to []uint32, from []byte, columns []overlap) {
	for x, column := range columns {
		var r, g, b uint32
		at := 3 * column.first
		for _, weight := range column.weights {
			pixel := from[at : at+3]
			r += weight * uint32(pixel[0])
			g += weight * uint32(pixel[1])
			b += weight * uint32(pixel[2])
			at += 3
		}
		to[3*x], to[3*x+1], to[3*x+2] = r, g, b
	}
}
