package unlike

import (
	"encoding/binary"
	"math"
	"slices"

	"ringlab/data/picture"
)

// feature is one number that tells drawings of molecules from other pictures.
// Lengths are shares of the drawing's longer side, so that a small drawing
// measures as a large one; angles do not change when the sheet is turned.
type feature struct {
	name  string
	value float64
}

// Names of the features that Measure returns, in its order.
func Names() []string {
	blank := &picture.Picture{Width: 1, Height: 1, Pix: make([]byte, 3)}
	var names []string
	for _, f := range measure(newSheet(blank)) {
		names = append(names, f.name)
	}
	return names
}

// Measure returns the features of a picture whose fields agree. All are finite.
func Measure(p *picture.Picture) []float32 {
	features := measure(newSheet(p))
	values := make([]float32, len(features))
	for i, f := range features {
		values[i] = float32(f.value)
	}
	return values
}

func measure(s *sheet) []feature {
	ink, holes := s.pieces(true), s.holes()
	drawn := s.findStrokes()
	features := slices.Concat(s.tones(), s.colours(), s.edges(), s.inkPieces(ink), s.solids(), s.runs(), s.regions(holes, ink), s.borders())
	return append(features, s.bonds(drawn)...)
}

func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return part / whole
}

// quantile of ascending values; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return values[int(q*float64(len(values)-1))]
}

// tones tell how light and even the paper is, and how much lies between paper and ink.
func (s *sheet) tones() []feature {
	papers := slices.Sorted(slices.Values(s.papers))
	grey, pale := 0, 0
	faint := byte(max(leastContrast/2, int(s.threshold)/4))
	for _, m := range s.marked {
		for _, d := range s.dark[m.From:m.To] {
			if d < s.threshold && d > faint {
				grey++
			}
			if d > 3 {
				pale++
			}
		}
	}
	n := float64(len(s.dark))
	steps := 0.
	columns := s.columns()
	for i, v := range s.papers {
		if i%columns > 0 {
			steps = max(steps, math.Abs(v-s.papers[i-1]))
		}
		if i >= columns {
			steps = max(steps, math.Abs(v-s.papers[i-columns]))
		}
	}
	inverted := 0.
	if s.inverted {
		inverted = 1
	}
	return []feature{
		{"paper", quantile(papers, .5)},
		{"paper range", quantile(papers, .95) - quantile(papers, .05)},
		{"paper step", steps},
		{"inverted", inverted},
		{"contrast", float64(s.contrast)},
		{"noise", s.noise},
		{"rulings", math.Log1p(float64(s.rulings))},
		{"ink", float64(s.inked) / n},
		{"ink in box", float64(s.inked) / (float64(s.right-s.left+1) * float64(s.bottom-s.top+1))},
		{"ink by extent", float64(s.inked) / s.extent},
		{"grey", float64(grey) / n},
		{"grey beside ink", share(float64(grey), float64(s.inked))},
		{"not paper", float64(pale) / n},
		{"above paper", float64(s.above) / n},
	}
}

// colours tell whether ink and paper are coloured, and in how many hues.
func (s *sheet) colours() []feature {
	const colourful, hues = 60, 12
	var inked, paper float64
	var counts [hues]float64
	for _, m := range s.marked {
		for i := m.From; i < m.To; i++ {
			pixel := s.rgb[3*i : 3*i+3]
			if max(pixel[0], pixel[1], pixel[2])-min(pixel[0], pixel[1], pixel[2]) < colourful {
				continue
			}
			r, g, b := float64(pixel[0]), float64(pixel[1]), float64(pixel[2])
			high, low := max(r, g, b), min(r, g, b)
			if s.ink[i] {
				inked++
			} else {
				paper++
			}
			var hue float64
			switch high {
			case r:
				hue = math.Mod((g-b)/(high-low)+6, 6)
			case g:
				hue = (b-r)/(high-low) + 2
			default:
				hue = (r-g)/(high-low) + 4
			}
			counts[min(int(hue*hues/6), hues-1)]++
		}
	}
	n := float64(len(s.ink))
	used := 0.
	for _, c := range counts {
		if c > .002*n {
			used++
		}
	}
	return []feature{
		{"coloured ink", share(inked, float64(s.inked))},
		{"coloured paper", paper / n},
		{"hues", used},
		{"hue entropy", entropy(counts[:])},
	}
}

// edges tell in which directions tones change. A drawing of bonds has few, a
// sixth of a turn apart; letters have many, charts two.
func (s *sheet) edges() []feature {
	const bins = 36 // of 5 degrees
	var counts [bins]float64
	least := max(int(s.threshold), leastContrast)
	strong := 0.
	for y := 1; y < s.height-1; y++ {
		up, here, down := s.dark[(y-1)*s.width:], s.dark[y*s.width:], s.dark[(y+1)*s.width:]
		for x := 1; x < s.width-1; x++ {
			for x+9 <= s.width && alike(up[x-1:]) && alike(here[x-1:]) && alike(down[x-1:]) && up[x-1] == here[x-1] && here[x-1] == down[x-1] {
				x += 6 // whose neighbours are all the same: no edge
			}
			gx := int(up[x+1]) + 2*int(here[x+1]) + int(down[x+1]) - int(up[x-1]) - 2*int(here[x-1]) - int(down[x-1])
			gy := int(down[x-1]) + 2*int(down[x]) + int(down[x+1]) - int(up[x-1]) - 2*int(up[x]) - int(up[x+1])
			if max(gx, -gx)+max(gy, -gy) < 2*least {
				continue
			}
			strong++
			direction := math.Atan2(float64(gy), float64(gx))/math.Pi*bins + .5
			counts[(int(direction+2*bins))%bins]++
		}
	}
	total, squares := 0., 0.
	for _, c := range counts {
		total += c
		squares += c * c
	}
	lag := func(step int) float64 {
		sum := 0.
		for i, c := range counts {
			sum += c * counts[(i+step)%bins]
		}
		return share(sum, squares)
	}
	around := func(i int) float64 {
		return counts[(i+bins-1)%bins] + counts[i] + counts[(i+1)%bins]
	}
	sorted := slices.Sorted(slices.Values(counts[:]))
	return []feature{
		{"edges", strong / float64(len(s.dark))},
		{"edges of ink", share(strong, float64(s.inked))},
		{"directions", entropy(counts[:])},
		{"upright edges", share(around(0)+around(bins/2), total)},
		{"edges at 30", lag(bins / 6)},
		{"edges at 60", lag(bins / 3)},
		{"edges at 90", lag(bins / 2)},
		{"edges at 45", lag(bins / 4)},
		{"edges at 15", lag(bins / 12)},
		{"commonest edge", share(sorted[bins-1]+sorted[bins-2], total)},
	}
}

// inkPieces tell how the ink hangs together, and whether pieces stand in lines
// as letters do.
func (s *sheet) inkPieces(ink []piece) []feature {
	const speck = 4 // pixels
	var letters []piece
	var sizes []float64
	large, dots := 0., 0.
	for _, p := range ink {
		if p.pixels < speck {
			dots++
			continue
		}
		size := float64(max(p.width(), p.height())) / s.extent
		sizes = append(sizes, size)
		if size >= .2 {
			large++
		}
		if size < .2 && p.height() >= 4 && p.width() <= 3*p.height() {
			letters = append(letters, p)
		}
	}
	slices.Sort(sizes)
	most, second := 0., 0.
	for _, p := range ink {
		if v := float64(p.pixels); v > most {
			most, second = v, most
		} else if v > second {
			second = v
		}
	}
	lettered, longest, inLines, heights := 0., 0, 0., []float64{}
	lengths := lines(letters)
	for i, p := range letters {
		lettered += float64(p.pixels)
		heights = append(heights, float64(p.height()))
		longest = max(longest, lengths[i])
		if lengths[i] >= 4 {
			inLines++
		}
	}
	slices.Sort(heights)
	largest := quantile(sizes, 1)
	return []feature{
		{"pieces", math.Log1p(float64(len(sizes)))},
		{"specks", math.Log1p(dots)},
		{"large pieces", large},
		{"largest piece", share(most, float64(s.inked))},
		{"two largest", share(most+second, float64(s.inked))},
		{"largest size", largest},
		{"median size", quantile(sizes, .5)},
		{"letters", math.Log1p(float64(len(letters)))},
		{"ink of letters", share(lettered, float64(s.inked))},
		{"longest line", float64(longest)},
		{"letters in lines", share(inLines, float64(len(letters)))},
		{"lines", math.Log1p(inLines)},
		{"height of letters", quantile(heights, .5) / s.extent},
		{"spread of letters", share(quantile(heights, .9)-quantile(heights, .1), quantile(heights, .5))},
	}
}

// solids tell how much of the ink lies in the middle of ink.
func (s *sheet) solids() []feature {
	// depth is how many pixels a pixel is from the nearest paper, up to 15, by
	// steps to the eight neighbours.
	const deepest = 15
	depth := make([]byte, len(s.ink))
	var counts [deepest + 1]float64
	for _, at := range s.inkAt {
		i := int(at)
		x, y := i%s.width, i/s.width
		var least byte
		if x > 0 && y > 0 && x < s.width-1 {
			least = min(depth[i-1], depth[i-s.width], depth[i-s.width-1], depth[i-s.width+1])
		}
		depth[i] = min(least+1, deepest)
	}
	for _, at := range slices.Backward(s.inkAt) {
		i := int(at)
		x, y := i%s.width, i/s.width
		if x == 0 || y == s.height-1 || x == s.width-1 {
			depth[i] = 1
		} else {
			depth[i] = min(depth[i], min(depth[i+1], depth[i+s.width], depth[i+s.width-1], depth[i+s.width+1])+1)
		}
		counts[depth[i]]++
	}
	over := func(d int) float64 {
		sum := 0.
		for _, c := range counts[d:] {
			sum += c
		}
		return share(sum, float64(s.inked))
	}
	return []feature{
		{"deeper than 1", over(2)},
		{"deeper than 2", over(3)},
		{"deeper than 4", over(5)},
		{"deeper than 8", over(9)},
	}
}

// runs tell of straight lines along the sheet: axes, frames, boxes.
func (s *sheet) runs() []feature {
	acrossBest, downBest := s.longestRuns()
	across, across2, acrossLong := s.longRuns(acrossBest)
	down, down2, downLong := s.longRuns(downBest)
	return []feature{
		{"longest run", max(across, down)},
		{"longest run, other way", min(across, down)},
		{"second run", max(across2, down2)},
		{"long runs", math.Log1p(float64(acrossLong + downLong))},
		{"long runs, lesser way", math.Log1p(float64(min(acrossLong, downLong)))},
	}
}

// longestRuns are the lengths of the longest run of ink of each row and column.
func (s *sheet) longestRuns() (rows, columns []int) {
	rows, columns = make([]int, s.height), make([]int, s.width)
	// Of each column the run that ends in row last.
	run, last := make([]int, s.width), make([]int, s.width)
	along, before := 0, -1
	for _, i := range s.inkAt {
		x, y := int(i)%s.width, int(i)/s.width
		if x == 0 || int(i) != before+1 {
			along = 0
		}
		along, before = along+1, int(i)
		rows[y] = max(rows[y], along)
		if last[x] != y-1 {
			run[x] = 0
		}
		run[x], last[x] = run[x]+1, y
		columns[x] = max(columns[x], run[x])
	}
	return rows, columns
}

// longRuns tells of lines with these longest runs the two longest, by extent,
// and how many are long.
func (s *sheet) longRuns(best []int) (longest, second float64, long int) {
	for _, length := range best {
		v := float64(length) / s.extent
		if v > .3 {
			long++
		}
		if v > longest {
			longest, second = v, longest
		} else {
			second = max(second, v)
		}
	}
	return longest, second, long
}

// alike tells whether the first eight values are the same.
func alike(values []byte) bool {
	return binary.LittleEndian.Uint64(values) == uint64(values[0])*0x0101010101010101
}
