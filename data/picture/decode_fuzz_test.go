package picture

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzDecode holds that any bytes are either refused with a code, or give a
// picture of the stated size which survives being written and read again.
func FuzzDecode(f *testing.F) {
	names, err := filepath.Glob("../../testdata/bad/*/images/103.png")
	if err != nil || len(names) == 0 {
		f.Fatal("no pictures", err)
	}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(file) < 8<<10 {
			f.Add(file)
		}
	}
	f.Add(good(f))
	for colourType, samples := range []int{0: 1, 2: 3, 4: 2, 6: 4} {
		if samples > 0 { // small ones are tried more often in the same time
			f.Add(made(3, 2, 8, byte(colourType), 0, make([]byte, 2+6*samples)))
			f.Add(made(3, 2, 16, byte(colourType), 0, make([]byte, 2+12*samples)))
		}
	}
	limits := Limits{MaxSide: 512, MaxBytes: 1 << 20}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := Decode(file, limits)
		if blank, checkErr := Check(file, limits); (err == nil) != (checkErr == nil) || err == nil && blank != p.Blank() || err != nil && err.Error() != checkErr.Error() {
			t.Fatalf("decoded with %v, but checked with blank %v, %v", err, blank, checkErr)
		}
		if err != nil {
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Code == "" || refused.Detail == "" {
				t.Fatalf("refused without a reason: %#v", err)
			}
			return
		}
		h, _ := readHeader(file, limits)
		if twin, err := decodeAny(file, h); err != nil || !bytes.Equal(twin.Pix, p.Pix) {
			t.Fatalf("accepted, where image/png says %v", err)
		}
		if p.Width < 1 || p.Height < 1 || p.Width > 512 || p.Height > 512 || len(p.Pix) != 3*p.Width*p.Height {
			t.Fatalf("%d×%d pixels in %d bytes", p.Width, p.Height, len(p.Pix))
		}
		if len(p.Pix) > 30_000 {
			return // writing takes long
		}
		again, err := p.EncodePNG()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(again, limits)
		if err != nil || !bytes.Equal(back.Pix, p.Pix) {
			t.Fatalf("written and read again: %v", err)
		}
		small := p.Resize(16, 16)
		if len(small.Pix) != 3*16*16 {
			t.Fatalf("resized to %d bytes", len(small.Pix))
		}
	})
}
