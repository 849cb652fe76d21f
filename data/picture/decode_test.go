package picture

import (
	"bytes"
	"errors"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// bad reads the third picture, the one that each case breaks, of the corpus of
// malformed inputs.
func bad(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("../../testdata/bad", name, "images/103.png"))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func good(t testing.TB) []byte {
	t.Helper()
	file, err := os.ReadFile("../../testdata/bad/104-pic-299x300/images/101.png")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestPictures checks what testdata/bad/cases.json demands of each broken or
// unusual picture: refused under a stable code, or kept with its size.
func TestPictures(t *testing.T) {
	for _, c := range []struct{ name, code, says string }{
		{"089-pic-0-bytes", CodeEmpty, "0 bytes"},
		{"090-pic-text", CodeNotPNG, "it is text"},
		{"091-pic-signature-only", CodeCut, "ends after 8 bytes"},
		{"093-pic-cut-in-data", CodeCut, "middle of its data"},
		{"094-pic-no-end", CodeCut, "middle of its data"},
		{"095-pic-bad-header-crc", CodeCorrupt, "checksum of the PNG header"},
		{"096-pic-bad-data-crc", CodeCorrupt, "checksum"},
		{"098-pic-0x0", CodeBadHeader, "0×0"},
		{"099-pic-claims-100000", CodeTooLarge, "100000×100000 pixels, limit 4096×4096"},
		{"100-pic-bomb", CodeTooLarge, "20000×20000 pixels, limit 4096×4096"},
		{"101-pic-extra-data", CodeCorrupt, "too much pixel data"},
		{"106-pic-5000x20", CodeTooLarge, "5000×20"},
		{"115-pic-jpeg", CodeNotPNG, "JPEG"},
		{"116-pic-gif", CodeNotPNG, "GIF"},
		{"118-pic-svg", CodeNotPNG, "SVG"},
		{"123-pic-bad-colour-type", CodeBadHeader, "colour type 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode(bad(t, c.name), DefaultLimits)
			var refused *RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if refused.Code != c.code || !strings.Contains(refused.Detail, c.says) {
				t.Errorf("got %s: %s; want %s: …%s…", refused.Code, refused.Detail, c.code, c.says)
			}
		})
	}
	for _, c := range []struct {
		name          string
		width, height int
		blank         bool
	}{
		{"104-pic-299x300", 299, 300, false},
		{"105-pic-600x200", 600, 200, false},
		{"107-pic-16-bit", 300, 300, false},
		{"108-pic-grey", 300, 300, false},
		{"110-pic-palette", 300, 300, false},
		{"111-pic-transparent", 300, 300, false},
		{"113-pic-interlaced", 300, 300, false},
		{"114-pic-inverted", 300, 300, false},
		{"120-pic-big-text-chunk", 300, 300, false},
		{"121-pic-text-bomb", 300, 300, false},
		{"124-pic-trailing-bytes", 300, 300, false},
		{"125-pic-white", 300, 300, true},
		{"127-pic-white-no-rings", 300, 300, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Decode(bad(t, c.name), DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if p.Width != c.width || p.Height != c.height || len(p.Pix) != 3*c.width*c.height {
				t.Errorf("got %d×%d with %d bytes, want %d×%d", p.Width, p.Height, len(p.Pix), c.width, c.height)
			}
			if p.Blank() != c.blank {
				t.Errorf("blank: %v, want %v", p.Blank(), c.blank)
			}
		})
	}
}

// TestTransparencyIsLaidOnWhite holds the formula for each way in which PNG
// spells transparency.
func TestTransparencyIsLaidOnWhite(t *testing.T) {
	for _, c := range []struct {
		name string
		file []byte
		want []byte
	}{
		{"RGB with alpha 51 of 255", made(1, 1, 8, 6, 0, []byte{0, 0, 100, 255, 51}), []byte{204, 224, 255}},
		{"RGB with alpha, 16 bits", made(1, 1, 16, 6, 0, []byte{0, 0, 0, 100, 100, 255, 255, 51, 51}), []byte{204, 224, 255}},
		{"grey with alpha 0 is white", made(1, 1, 8, 4, 0, []byte{0, 7, 0}), []byte{255, 255, 255}},
		{"grey with alpha, 16 bits", made(1, 1, 16, 4, 0, []byte{0, 0, 0, 51, 51}), []byte{204, 204, 204}},
		{"one grey is transparent", made(2, 1, 8, 0, 0, []byte{0, 9, 10}, "tRNS\x00\x09"), []byte{255, 255, 255, 10, 10, 10}},
		{"one colour is transparent", made(2, 1, 8, 2, 0, []byte{0, 1, 2, 3, 1, 2, 4}, "tRNS\x00\x01\x00\x02\x00\x03"),
			[]byte{255, 255, 255, 1, 2, 4}},
		{"an entry of the palette is transparent", made(2, 1, 8, 3, 0, []byte{0, 0, 1}, "PLTE\x00\x00\x64\x05\x06\x07", "tRNS\x33"),
			[]byte{204, 204, 224, 5, 6, 7}},
		{"palette of 2 bits", made(3, 1, 2, 3, 0, []byte{0, 0b01_00_10_00}, "PLTE\x01\x02\x03\x04\x05\x06\x07\x08\x09"),
			[]byte{4, 5, 6, 1, 2, 3, 7, 8, 9}},
		{"grey of 1 bit", made(3, 1, 1, 0, 0, []byte{0, 0b101_00000}), []byte{255, 255, 255, 0, 0, 0, 255, 255, 255}},
		{"grey of 16 bits is rounded", made(2, 1, 16, 0, 0, []byte{0, 0x80, 0xff, 0x00, 0x80}), []byte{128, 128, 128, 0, 0, 0}},
		{"RGB of 16 bits", made(1, 1, 16, 2, 0, []byte{0, 0xff, 0xff, 0x10, 0x10, 0, 0}), []byte{255, 16, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Decode(c.file, DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(p.Pix, c.want) {
				t.Errorf("got %v, want %v", p.Pix, c.want)
			}
		})
	}
}

// TestSameDrawingSamePixels holds that depth, palette and interlacing of a file
// do not change what is seen.
func TestSameDrawingSamePixels(t *testing.T) {
	for _, name := range []string{"107-pic-16-bit", "110-pic-palette", "113-pic-interlaced", "124-pic-trailing-bytes", "120-pic-big-text-chunk"} {
		file := bad(t, name)
		p, err := Decode(file, DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Width * p.Height {
			c := color.NRGBA64Model.Convert(decoded.At(i%p.Width, i/p.Width)).(color.NRGBA64)
			want := [3]byte{byte(c.R >> 8), byte(c.G >> 8), byte(c.B >> 8)}
			if got := [3]byte(p.Pix[3*i:]); got != want {
				t.Fatalf("%s: pixel %d is %v, want %v", name, i, got, want)
			}
		}
	}
}

// TestHeaderBoundsMemory holds that a small file cannot make Decode take much
// memory, whatever its header says.
func TestHeaderBoundsMemory(t *testing.T) {
	small := bad(t, "108-pic-grey")
	files := map[string][]byte{
		"pixels that the data cannot hold": made(4096, 4096, 16, 6, 0, []byte{0}),
		"interlaced, the same":             made(4096, 4096, 16, 6, 1, []byte{0}),
		"more pixels than the data holds":  bad(t, "101-pic-extra-data"),
		"packed text":                      bad(t, "121-pic-text-bomb"),
		"100,000 pixels a side":            bad(t, "099-pic-claims-100000"),
		"a chunk that claims 4 GiB":        append(bytes.Clone(small[:33]), "\xff\xff\xff\xffIDAT"...),
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _ = Decode(file, DefaultLimits)
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 2<<20 {
				t.Errorf("%d bytes allocated for a file of %d", got, len(file))
			}
		})
	}
}

func TestLimitsAreTheCallers(t *testing.T) {
	file := good(t)
	for _, limits := range []Limits{{MaxSide: 299, MaxBytes: 1 << 20}, {MaxSide: 300, MaxBytes: len(file) - 1}, {}} {
		_, err := Decode(file, limits)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Code != CodeTooLarge {
			t.Errorf("limits %+v: got %v, want %s", limits, err, CodeTooLarge)
		}
	}
	if _, err := Decode(file, Limits{MaxSide: 300, MaxBytes: len(file)}); err != nil {
		t.Error(err)
	}
}

func TestWhatItIsInsteadIsSaid(t *testing.T) {
	for start, want := range map[string]string{
		"BM\x8a\x00":                         "BMP",
		"II*\x00\x08":                        "TIFF",
		"RIFF\x10\x00\x00\x00WEBPVP8 ":       "WebP",
		"\x00\x00\x00\x1cftypavif":           "AVIF",
		"%PDF-1.7":                           "PDF",
		"<?xml version='1.0'?>\n<SVG>":       "SVG",
		"<!DOCTYPE html>":                    "HTML",
		"version https://git-lfs.github.com": "git lfs pull",
		"\x89PN":                             "beginning of a PNG signature",
		"\x00\x01\x02":                       "unknown format",
		"Benzol, völlig":                     "text",
		"\x1b[2J":                            "unknown format",
	} {
		_, err := Decode([]byte(start), DefaultLimits)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Code != CodeNotPNG || !strings.Contains(refused.Detail, want) {
			t.Errorf("%q: got %v, want one that says %s", start, err, want)
		}
	}
}

func TestEncodedPictureDecodesToItself(t *testing.T) {
	p := &Picture{Width: 5, Height: 3, Pix: make([]byte, 45)}
	for i := range p.Pix {
		p.Pix[i] = byte(i * 7)
	}
	file, err := p.EncodePNG()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(file, DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	if back.Width != 5 || back.Height != 3 || !bytes.Equal(back.Pix, p.Pix) {
		t.Errorf("got %+v, want %+v", back, p)
	}
}

// go test -run '^$' -bench Decode -count 10 ./data/picture
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"104-pic-299x300", "107-pic-16-bit", "108-pic-grey", "110-pic-palette", "111-pic-transparent", "113-pic-interlaced"} {
		file := bad(b, name)
		b.Run("picture="+name[8:], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(file, DefaultLimits); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("picture=original", func(b *testing.B) {
		names, err := filepath.Glob("../../testdata/original/images/*.png")
		if err != nil || len(names) == 0 {
			b.Fatal("no pictures", err)
		}
		var files [][]byte
		for _, name := range names {
			file, err := os.ReadFile(name)
			if err != nil {
				b.Fatal(err)
			}
			files = append(files, file)
		}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := Decode(files[i%len(files)], DefaultLimits); err != nil {
				b.Fatal(err)
			}
		}
	})
}
