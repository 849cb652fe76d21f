package topology

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ringlab/data/picture"
)

func original(t testing.TB, name string) *picture.Picture {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("../../testdata/original/images", name))
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Decode(file, picture.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// drawing returns paper with rectangles drawn one pixel wide, given as left,
// top, right, bottom.
func drawing(side int, paper, ink byte, rectangles ...[4]int) *picture.Picture {
	p := &picture.Picture{Width: side, Height: side, Pix: bytes.Repeat([]byte{paper}, 3*side*side)}
	dot := func(x, y int) {
		for c := range 3 {
			p.Pix[3*(y*side+x)+c] = ink
		}
	}
	for _, r := range rectangles {
		for x := r[0]; x <= r[2]; x++ {
			dot(x, r[1])
			dot(x, r[3])
		}
		for y := r[1]; y <= r[3]; y++ {
			dot(r[0], y)
			dot(r[2], y)
		}
	}
	return p
}

func feature(t *testing.T, k *Ink, name string) float32 {
	t.Helper()
	i := slices.Index(FeatureNames(), name)
	if i < 0 {
		t.Fatalf("no feature %q", name)
	}
	return k.Features()[i]
}

// TestDistancesAreExact compares with a search through all ink.
func TestDistancesAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][2]int{{1, 1}, {1, 9}, {9, 1}, {17, 23}, {40, 31}} {
		for _, share := range []float64{0, .003, .03, .3, 1} {
			width, height := size[0], size[1]
			darkness := make([]byte, width*height)
			for i := range darkness {
				if random.Float64() < share {
					darkness[i] = 100
				}
			}
			got := squaredDistances(darkness, 100, width, height)
			for i := range darkness {
				want := far * far
				for j, v := range darkness {
					if v == 100 {
						dx, dy := i%width-j%width, i/width-j/width
						want = min(want, dx*dx+dy*dy)
					}
				}
				if int(got[i]) != want {
					t.Fatalf("%v, share %g: squared distance at %d is %d, want %d", size, share, i, got[i], want)
				}
			}
		}
	}
}

// TestDepthsAreThoseOfDistances compares the depths found near ink with those
// looked up for the distance of each pixel.
func TestDepthsAreThoseOfDistances(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 2))
	for range 300 {
		width, height := 1+random.IntN(60), 1+random.IntN(60)
		k := &Ink{Width: width, Height: height, unit: .02 + 2*random.Float64(), stroke: byte(1 + random.IntN(255)),
			darkness: make([]byte, width*height), depth: make([]byte, width*height)}
		share := math.Pow(random.Float64(), 4)
		for i := range k.darkness {
			if random.Float64() < share {
				k.darkness[i] = byte(random.IntN(256))
			}
		}
		k.measureDepth()
		for i, d := range squaredDistances(k.darkness, k.stroke, width, height) {
			want := byte(0)
			for _, r := range radii {
				if float64(d) > math.Floor(r*r*k.unit*k.unit) {
					want++
				}
			}
			if k.depth[i] != want {
				t.Fatalf("%dx%d, unit %v: depth %d at %d, want %d", width, height, k.unit, k.depth[i], i, want)
			}
		}
	}
	// So large that distances do not fit a byte.
	k := &Ink{Width: 600, Height: 2, unit: 45, stroke: 1, darkness: make([]byte, 1200), depth: make([]byte, 1200)}
	k.darkness[0] = 1
	k.measureDepth()
	for x, want := range map[int]byte{0: 0, 45: 0, 46: 1, 269: 6, 270: 6, 271: 7, 599: 7} {
		if k.depth[x] != want {
			t.Errorf("depth %d at %d, want %d", k.depth[x], x, want)
		}
	}
}

// TestScanningFindsTheNext compares with looking at one value after another.
func TestScanningFindsTheNext(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	for range 3000 {
		row := make([]byte, random.IntN(40))
		threshold := byte(1 + random.IntN(255))
		for i := range row {
			row[i] = byte(int(threshold) + random.IntN(3) - 1)
			if random.IntN(8) == 0 {
				row[i] = byte(random.IntN(256))
			}
		}
		at := random.IntN(len(row) + 1)
		for reaches, next := range map[bool]func([]byte, int, byte) int{true: nextAtLeast, false: nextBelow} {
			want := at
			for want < len(row) && (row[want] >= threshold) != reaches {
				want++
			}
			if got := next(row, at, threshold); got != want {
				t.Fatalf("%v from %d on, at least %d %v: %d, want %d", row, at, threshold, reaches, got, want)
			}
		}
	}
}

// TestRegionsAreConnected compares with a flood fill.
func TestRegionsAreConnected(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		width, height := 1+random.IntN(20), 1+random.IntN(20)
		plane := make([]byte, width*height)
		for i := range plane {
			plane[i] = byte(random.IntN(2))
		}
		for _, corners := range []bool{false, true} {
			for _, enclosed := range []bool{false, true} {
				got := findRegions(plane, 1, width, height, corners).areas(enclosed, nil)
				if want := flooded(plane, width, height, corners, enclosed); !slices.Equal(got, want) {
					t.Fatalf("corners %v, enclosed %v, %dx%d %v: got %v, want %v", corners, enclosed, width, height, plane, got, want)
				}
			}
		}
	}
}

func flooded(plane []byte, width, height int, corners, enclosed bool) []int {
	left := bytes.Clone(plane)
	var areas []int
	for start := range left {
		area, open := 0, false
		queue := []int{start}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			if left[at] == 0 {
				continue
			}
			left[at] = 0
			area++
			x, y := at%width, at/width
			open = open || x == 0 || y == 0 || x == width-1 || y == height-1
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if dx != 0 && dy != 0 && !corners || x+dx < 0 || y+dy < 0 || x+dx >= width || y+dy >= height {
						continue
					}
					queue = append(queue, at+dy*width+dx)
				}
			}
		}
		if area > 0 && (!enclosed || !open) {
			areas = append(areas, area)
		}
	}
	return areas
}

func TestHolesAreCountedAndMeasured(t *testing.T) {
	// Two closed squares, and one with a gap of 4 pixels in its top.
	p := drawing(300, 255, 0, [4]int{20, 20, 60, 60}, [4]int{60, 20, 100, 60}, [4]int{240, 240, 290, 290})
	for x := 260; x < 264; x++ {
		for c := range 3 {
			p.Pix[3*(240*300+x)+c] = 255
		}
	}
	k := Read(p)
	for name, want := range map[string]float32{
		"holes, radius 1, at least 60 px":   2,
		"holes, radius 1.5, at least 60 px": 2,
		"holes, radius 3, at least 60 px":   3, // the gap is closed
		"holes, radius 6, at least 1000 px": 1,
		"area of hole 1, radius 1":          37 * 37,
		"area of hole 2, radius 1":          37 * 37,
		"area of hole 3, radius 1":          0,
		"median area of holes, radius 3":    33 * 33,
		"strokes":                           2,
		"width of the ink":                  271,
	} {
		if got := feature(t, k, name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

// TestASmallDrawingOnMuchPaperIsReadInItsOwnScale draws two squares side by
// side with a gap that the radius 3 closes; at a third of the size, with a third
// of the gap, it is the same drawing.
func TestASmallDrawingOnMuchPaperIsReadInItsOwnScale(t *testing.T) {
	large := drawing(300, 255, 0, [4]int{15, 100, 149, 220}, [4]int{153, 100, 284, 220})
	small := drawing(300, 255, 0, [4]int{115, 100, 159, 140}, [4]int{160, 100, 204, 140})
	for name, most := range map[string]float64{"holes, radius 3, at least 1000 px": 0, "width of the ink": 1, "area of hole 1, radius 1": 1500} {
		a, b := float64(feature(t, Read(large), name)), float64(feature(t, Read(small), name))
		if math.Abs(a-b) > most {
			t.Errorf("%s: %v, and %v when small", name, a, b)
		}
	}
}

func TestInvertedDrawingReadsTheSame(t *testing.T) {
	rectangles := [][4]int{{20, 20, 60, 60}, {90, 90, 140, 200}}
	black, white := Read(drawing(300, 255, 0, rectangles...)), Read(drawing(300, 0, 255, rectangles...))
	if !slices.Equal(black.Features(), white.Features()) || !slices.Equal(black.Channels(100), white.Channels(100)) {
		t.Error("white on black is read as another drawing than black on white")
	}
}

func TestTurnedAndMirroredDrawingHasTheSameHoles(t *testing.T) {
	p := original(t, firstOriginal(t))
	turned := &picture.Picture{Width: p.Height, Height: p.Width, Pix: make([]byte, len(p.Pix))}
	for y := range p.Height {
		for x := range p.Width {
			copy(turned.Pix[3*(x*p.Height+y):][:3], p.Pix[3*(y*p.Width+x):])
		}
	}
	a, b := Read(p).Features(), Read(turned).Features()
	for i, name := range FeatureNames() {
		if a[i] != b[i] && name != "width of the ink" && name != "height of the ink" {
			t.Errorf("%s: %v, and %v when turned", name, a[i], b[i])
		}
	}
}

func firstOriginal(t testing.TB) string {
	t.Helper()
	entries, err := os.ReadDir("../../testdata/original/images")
	if err != nil || len(entries) == 0 {
		t.Fatal("no pictures", err)
	}
	return entries[0].Name()
}

// TestAnyPictureHasFiniteNumbers feeds sizes and contents that no drawing has.
func TestAnyPictureHasFiniteNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	noise := &picture.Picture{Width: 90, Height: 70, Pix: make([]byte, 3*90*70)}
	for i := range noise.Pix {
		noise.Pix[i] = byte(random.Uint32())
	}
	pictures := []*picture.Picture{noise, drawing(1, 0, 0), drawing(1, 255, 255), drawing(300, 255, 255),
		drawing(300, 0, 0), drawing(7, 255, 0, [4]int{1, 1, 5, 5}), original(t, firstOriginal(t)).Resize(600, 450)}
	for i, p := range pictures {
		k := Read(p)
		features := k.Features()
		if len(features) != len(FeatureNames()) {
			t.Fatalf("%d features, %d names", len(features), len(FeatureNames()))
		}
		for j, v := range features {
			if !(v >= 0 && v < math.MaxFloat32) {
				t.Errorf("picture %d: %s is %v", i, FeatureNames()[j], v)
			}
		}
		for _, side := range []int{1, 64, 100, 301} {
			channels := k.Channels(side)
			if len(channels) != ChannelCount*side*side {
				t.Fatalf("%d numbers for side %d", len(channels), side)
			}
			for _, v := range channels {
				if !(v >= 0 && v <= 1.00001) {
					t.Fatalf("picture %d, side %d: channel value %v", i, side, v)
				}
			}
		}
	}
}

func TestLastPlaneCountsHoles(t *testing.T) {
	k := Read(drawing(300, 255, 0, [4]int{20, 20, 60, 60}, [4]int{80, 20, 130, 70}, [4]int{150, 150, 250, 250}))
	var sum float64
	for _, v := range k.Channels(100)[6*100*100:] {
		sum += float64(v)
	}
	if got := sum * 9 / 120; math.Abs(got-3) > 1e-3 {
		t.Errorf("%v holes, want 3", got)
	}
}

func TestNamesDiffer(t *testing.T) {
	names := FeatureNames()
	slices.Sort(names)
	if len(slices.Compact(names)) != len(FeatureNames()) {
		t.Error("two features have one name")
	}
}

// The models in the binary were trained on these numbers: whoever makes Read or
// Features faster may not change one.
func TestFeaturesKeepEachBit(t *testing.T) {
	hash := sha256.New()
	paths, err := filepath.Glob("../../testdata/original/images/*.png")
	if err != nil || len(paths) != 100 {
		t.Fatalf("%d pictures, %v", len(paths), err)
	}
	for i, path := range paths {
		p := original(t, filepath.Base(path))
		switch i % 4 {
		case 1: // on grey paper
			for j, v := range p.Pix {
				p.Pix[j] = v - v/5
			}
		case 2: // white on black
			for j, v := range p.Pix {
				p.Pix[j] = 255 - v
			}
		case 3:
			p = p.Resize(p.Width/(1+i%3)+i, p.Height/(1+i%3))
		}
		k := Read(p)
		for _, part := range []any{k.darkness, k.black, k.depth, k.Features()} {
			if err := binary.Write(hash, binary.LittleEndian, part); err != nil {
				t.Fatal(err)
			}
		}
	}
	const want = "1ae1ae09a5d0c36ff20a0d573d99c9be23d8d2f175016de97b6e9b0481e2fe53"
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("their hash is %s, was %s", got, want)
	}
}

// go test -run '^$' -bench . -count 10 ./models/topology
func BenchmarkRead(b *testing.B) {
	p := original(b, firstOriginal(b))
	b.ReportAllocs()
	for b.Loop() {
		Read(p)
	}
}

func BenchmarkFeatures(b *testing.B) {
	k := Read(original(b, firstOriginal(b)))
	b.ReportAllocs()
	for b.Loop() {
		k.Features()
	}
}

func BenchmarkChannels(b *testing.B) {
	k := Read(original(b, firstOriginal(b)))
	b.ReportAllocs()
	for b.Loop() {
		k.Channels(100)
	}
}
