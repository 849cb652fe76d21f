package unlike

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"ringlab/data/picture"
)

// The forest in the binary was grown on these numbers: whoever makes Measure
// faster may not change one. It computes with math.Log1p and others, which do
// not have the same last bit on every CPU.
func TestFeaturesKeepEachBit(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the hash is that of amd64")
	}
	hash := sha256.New()
	for _, pictures := range []map[string]*picture.Picture{opened(t, "testdata"), drawings(t)} {
		for i, path := range slices.Sorted(maps.Keys(pictures)) {
			p := pictures[path]
			switch i % 4 {
			case 1:
				p = changed(p, func(v byte) byte { return v - v/5 })
			case 2:
				p = changed(p, func(v byte) byte { return 255 - v })
			case 3:
				p = p.Resize(p.Width/(1+i%3)+i, p.Height/(1+i%3))
			}
			if err := binary.Write(hash, binary.LittleEndian, Measure(p)); err != nil {
				t.Fatal(err)
			}
		}
	}
	const want = "973d6c48e8cf1fffd177f425c5d51f8f3a2501a89dda2a0a7c6a0a0076206e6e"
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("their hash is %s, was %s", got, want)
	}
}

// dotted is a sheet of random ink.
func dotted(random *rand.Rand) *sheet {
	s := &sheet{width: 1 + random.IntN(14), height: 1 + random.IntN(14), extent: 1}
	s.ink = make([]bool, s.width*s.height)
	some := random.Float64()
	for i := range s.ink {
		if s.ink[i] = random.Float64() < some; s.ink[i] {
			s.inkAt = append(s.inkAt, int32(i))
		}
	}
	s.inked = len(s.inkAt)
	return s
}

// TestPiecesAreWhatHangsTogether compares with joining pairs of pixels until
// nothing changes.
func TestPiecesAreWhatHangsTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		s := dotted(random)
		for _, ink := range []bool{false, true} {
			label := make([]int, len(s.ink))
			for i := range label {
				label[i] = i
			}
			for changed := true; changed; {
				changed = false
				for i := range s.ink {
					for j := range s.ink {
						dx, dy := i%s.width-j%s.width, i/s.width-j/s.width
						touch := dx*dx+dy*dy <= 1 || ink && dx*dx+dy*dy == 2
						if touch && s.ink[i] == ink && s.ink[j] == ink && label[i] < label[j] {
							label[j], changed = label[i], true
						}
					}
				}
			}
			var want []piece
			for first := range s.ink {
				p := piece{left: s.width, top: s.height}
				for i, l := range label {
					if s.ink[i] == ink && l == first {
						x, y := i%s.width, i/s.width
						p = piece{min(p.left, x), max(p.right, x), min(p.top, y), max(p.bottom, y), p.pixels + 1}
					}
				}
				if p.pixels > 0 {
					want = append(want, p)
				}
			}
			if got := s.pieces(ink); !slices.Equal(got, want) {
				t.Fatalf("%v of %d wide, ink %v: pieces %v, want %v", s.ink, s.width, ink, got, want)
			}
		}
	}
}

// TestLongestRuns compares with looking along each line.
func TestLongestRuns(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 2))
	for range 500 {
		s := dotted(random)
		longest := func(lines, along int, at func(line, i int) int) []int {
			all := make([]int, lines)
			for line := range lines {
				run := 0
				for i := range along {
					if run++; !s.ink[at(line, i)] {
						run = 0
					}
					all[line] = max(all[line], run)
				}
			}
			return all
		}
		rows, columns := s.longestRuns()
		if want := longest(s.height, s.width, func(y, x int) int { return y*s.width + x }); !slices.Equal(rows, want) {
			t.Fatalf("rows %v, want %v", rows, want)
		}
		if want := longest(s.width, s.height, func(x, y int) int { return y*s.width + x }); !slices.Equal(columns, want) {
			t.Fatalf("columns %v, want %v", columns, want)
		}
	}
}

func TestTallyCountsEachValue(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	for range 500 {
		values := make([]byte, random.IntN(50))
		var want, got [256]int
		for i := range values {
			values[i] = byte(random.IntN(40) / 39)
			want[values[i]]++
		}
		if tally(&got, values); got != want {
			t.Fatalf("%v", values)
		}
	}
}
