package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestFastPathAgreesWithItsTwin compares with image/png: pictures with every
// filter, of every common kind, of ragged sizes; those of the demo; and those
// of the corpus of malformed inputs.
func TestFastPathAgreesWithItsTwin(t *testing.T) {
	files := map[string][]byte{}
	random := rand.New(rand.NewPCG(1, 2))
	for colourType, samples := range map[byte]int{0: 1, 2: 3, 6: 4} {
		for _, size := range [][2]int{{1, 1}, {1, 7}, {7, 1}, {13, 11}, {64, 40}} {
			width, height := size[0], size[1]
			var raw []byte
			for y := range height {
				raw = append(raw, byte(y%5))
				for range width * samples {
					raw = append(raw, byte(random.Uint32()))
				}
			}
			file := made(uint32(width), uint32(height), 8, colourType, 0, raw, "tEXthello")
			files[fmt.Sprint(colourType, size)] = file
			if _, ok := decodeCommon(file, header{width, height, colourType, 8, false}); !ok {
				t.Errorf("colour type %d, %v: left to image/png", colourType, size)
			}
		}
	}
	for _, pattern := range []string{"../../testdata/original/images/*.png", "../../testdata/bad/*/images/10?.png"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			file, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = file
		}
	}
	taken := 0
	for name, file := range files {
		h, refused := readHeader(file, DefaultLimits)
		if refused != nil {
			continue
		}
		p, ok := decodeCommon(file, h)
		blank, checked := checkCommon(file, h)
		if ok != checked || ok && blank != p.Blank() {
			t.Errorf("%s: checked as %v, blank %v", name, checked, blank)
		}
		if !ok {
			continue
		}
		taken++
		twin, err := decodeAny(file, h)
		if err != nil || !bytes.Equal(p.Pix, twin.Pix) {
			t.Errorf("%s: other pixels than image/png's (%v)", name, err)
		}
	}
	if taken < 200 {
		t.Errorf("the fast path took %d pictures of %d", taken, len(files))
	}
}

// TestFastPathLeavesTheUnusual holds that what is broken or unusual is decided
// by image/png.
func TestFastPathLeavesTheUnusual(t *testing.T) {
	raw := []byte{0, 1, 2, 3, 0, 4, 5, 6}
	file := made(3, 2, 8, 0, 0, raw)
	h := header{3, 2, 0, 8, false}
	if _, ok := decodeCommon(file, h); !ok {
		t.Fatal("a good file is left to image/png")
	}
	cut := func(n int) []byte { return file[:len(file)-n] }
	flipped := func(at int) []byte {
		broken := bytes.Clone(file)
		broken[at] ^= 1
		return broken
	}
	idat := bytes.Index(file, []byte("IDAT"))
	for name, broken := range map[string][]byte{
		"a byte of the data is wrong":     flipped(idat + 6),
		"a checksum is wrong":             flipped(len(file) - 13),
		"no end":                          cut(12),
		"half an end":                     cut(5),
		"more pixels than the size":       made(3, 2, 8, 0, 0, append(slices.Clone(raw), 0)),
		"fewer pixels":                    made(3, 2, 8, 0, 0, raw[:7]),
		"a filter that does not exist":    made(3, 2, 8, 0, 0, []byte{5, 1, 2, 3, 0, 4, 5, 6}),
		"a transparent grey":              made(3, 2, 8, 0, 0, raw, "tRNS\x00\x01"),
		"a chunk that may not be ignored": made(3, 2, 8, 0, 0, raw, "ABCD"),
		"two headers":                     made(3, 2, 8, 0, 0, raw, "IHDR"+string(file[16:29])),
	} {
		if _, ok := decodeCommon(broken, h); ok {
			t.Errorf("%s: accepted", name)
		}
		if _, ok := checkCommon(broken, h); ok {
			t.Errorf("%s: accepted by a check", name)
		}
	}
}

// made writes a PNG by hand, so that each field can be wrong on purpose.
func made(width, height uint32, depth, colourType, interlace byte, raw []byte, before ...string) []byte {
	var file bytes.Buffer
	file.WriteString(signature)
	chunk := func(name string, data []byte) {
		part := append([]byte(name), data...)
		_ = binary.Write(&file, binary.BigEndian, uint32(len(data)))
		file.Write(part)
		_ = binary.Write(&file, binary.BigEndian, crc32.ChecksumIEEE(part))
	}
	head := binary.BigEndian.AppendUint32(nil, width)
	head = binary.BigEndian.AppendUint32(head, height)
	chunk("IHDR", append(head, depth, colourType, 0, 0, interlace))
	for _, b := range before {
		chunk(b[:4], []byte(b[4:]))
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write(raw)
	_ = w.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return file.Bytes()
}

// go test -run '^$' -bench DecodeTwin -count 10 ./data/picture
func BenchmarkDecodeTwin(b *testing.B) {
	file := good(b)
	h, refused := readHeader(file, DefaultLimits)
	if refused != nil {
		b.Fatal(refused)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeAny(file, h); err != nil {
			b.Fatal(err)
		}
	}
}

// go test -run '^$' -bench DecodeCommon -count 10 ./data/picture
func BenchmarkDecodeCommon(b *testing.B) {
	file := good(b)
	h, refused := readHeader(file, DefaultLimits)
	if refused != nil {
		b.Fatal(refused)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := decodeCommon(file, h); !ok {
			b.Fatal("left to image/png")
		}
	}
}

// go test -run '^$' -bench CheckCommon -count 10 ./data/picture
func BenchmarkCheckCommon(b *testing.B) {
	file := good(b)
	h, refused := readHeader(file, DefaultLimits)
	if refused != nil {
		b.Fatal(refused)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := checkCommon(file, h); !ok {
			b.Fatal("left to image/png")
		}
	}
}
