package picture

import (
	"math/rand/v2"
	"testing"
)

// TestHolesAreWhatInkEncloses: counted beside a flood from the edge.
func TestHolesAreWhatInkEncloses(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	for range 200 {
		w, h := 1+random.IntN(30), 1+random.IntN(30)
		p := &Picture{Width: w, Height: h, Pix: make([]byte, 3*w*h)}
		for i := range w * h {
			v := byte(255)
			if random.IntN(5) < 2 {
				v = 0
			}
			p.Pix[3*i], p.Pix[3*i+1], p.Pix[3*i+2] = v, v, v
		}
		s := newSheet(p)
		s.dark, s.least = make([]byte, w*h), 25
		for i := range s.dark {
			s.dark[i] = 255 - p.Pix[3*i]
		}
		area, holes := 0, s.holes()
		for _, hole := range holes {
			area += hole.area
		}
		wantHoles, wantArea := flooded(s)
		if len(holes) != wantHoles || area != wantArea {
			t.Fatalf("%d holes of %d pixels in all, want %d of %d", len(holes), area, wantHoles, wantArea)
		}
	}
}

// flooded counts regions of paper that do not reach the edge of the sheet, and
// their pixels.
func flooded(s *sheet) (regions, pixels int) {
	seen := make([]bool, s.w*s.h)
	for i := range seen {
		if seen[i] || s.dark[i] >= s.least {
			continue
		}
		seen[i] = true
		queue, outside := []int{i}, false
		for next := 0; next < len(queue); next++ {
			x, y := queue[next]%s.w, queue[next]/s.w
			for _, step := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				nx, ny := x+step[0], y+step[1]
				if nx < 0 || ny < 0 || nx >= s.w || ny >= s.h {
					outside = true
					continue
				}
				if j := ny*s.w + nx; !seen[j] && s.dark[j] < s.least {
					seen[j] = true
					queue = append(queue, j)
				}
			}
		}
		if !outside {
			regions++
			pixels += len(queue)
		}
	}
	return regions, pixels
}
