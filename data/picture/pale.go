package picture

const (
	// coreReach: a line's darkest pixel, its core, is at most so far from its edge's.
	coreReach = 2
	// Ink is pale if its core is less dark than the valley between pale ink and black,
	// which lies between these. A thin black line between two rows of pixels is half
	// as dark in each, which is more.
	leastValley, paleCore = 80, 120
	// paleShare of the ink, at least, is worth looking at; where more than
	// mostPale is, the drawing itself has pale lines.
	paleShare, mostPale = .01, .4
	// emptyValley of the pale ink, at most, is as dark as the valley.
	emptyValley = .1
	// What differs so much between its channels is coloured. A drawing in coloured ink
	// was made with a marker, which a lamp or a dry tip pales.
	coloured = 90
	// letterShare of the longer side: pale pieces no larger may be letters of atoms.
	letterShare = .04
)

// erasePale takes away pale strokes beside black ones: stains, stamps, pencil,
// watermarks, what shows through. What stands within coreReach of black ink stays.
func (s *sheet) erasePale() {
	pixels := s.inkPixels()
	cores := make([]byte, len(pixels)) // 255 for all that is not pale
	var counts [paleCore + 1]int
	for n, i := range pixels {
		cores[n] = s.core(int(i))
		counts[min(cores[n], paleCore)]++
	}
	pale := len(pixels) - counts[paleCore]
	if share := float64(pale) / float64(max(1, len(pixels))); share < paleShare || share > mostPale {
		return
	}
	if s.inkIsColoured() {
		return
	}
	const width = 8 // of a valley
	in := func(from int) (n int) {
		for v := from; v < from+width; v++ {
			n += counts[v]
		}
		return n
	}
	valley := leastValley
	for v := leastValley; v+width <= paleCore; v++ {
		if in(v) <= in(valley) {
			valley = v
		}
	}
	if float64(in(valley)) > emptyValley*float64(pale) {
		return
	}
	isPale := make([]byte, s.w*s.h)
	palePixels := make([]int32, 0, pale)
	for n, i := range pixels {
		if int(cores[n]) < valley+width {
			isPale[i] = 1
			palePixels = append(palePixels, i)
		}
	}
	letter := int(letterShare * float64(max(s.w, s.h)))
	s.touch()
	for _, b := range s.join(palePixels, 1, func(int) byte { return 1 }) {
		if b.extent() <= letter {
			continue
		}
		for _, i := range b.pixels {
			x, y := int(i)%s.w, int(i)/s.w
			for ny := max(y-1, 0); ny <= min(y+1, s.h-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, s.w-1); nx++ {
					if j := ny*s.w + nx; s.dark[j] < s.least || isPale[j] == 1 {
						s.white(j)
					}
				}
			}
		}
	}
}

// inkIsColoured tells whether most of the ink that is not pale has a colour.
func (s *sheet) inkIsColoured() bool {
	colours, inked := 0, 0
	for _, i := range s.inkPixels() {
		if s.dark[i] < paleCore {
			continue
		}
		inked++
		r, g, b := s.pix[3*i], s.pix[3*i+1], s.pix[3*i+2]
		if max(r, g, b)-min(r, g, b) > coloured {
			colours++
		}
	}
	return 2*colours > inked
}

// core is the greatest darkness within coreReach of a pixel, or 255 if that is
// paleCore or more.
func (s *sheet) core(i int) byte {
	if s.dark[i] >= paleCore {
		return 255
	}
	x, y := i%s.w, i/s.w
	var most byte
	for ny := max(y-coreReach, 0); ny <= min(y+coreReach, s.h-1); ny++ {
		for _, d := range s.dark[ny*s.w+max(x-coreReach, 0) : ny*s.w+min(x+coreReach, s.w-1)+1] {
			if d >= paleCore {
				return 255
			}
			most = max(most, d)
		}
	}
	return most
}
