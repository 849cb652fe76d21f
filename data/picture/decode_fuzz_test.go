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
	limits := Limits{MaxSide: 512, MaxBytes: 1 << 20}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := Decode(file, limits)
		if err != nil {
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Code == "" || refused.Detail == "" {
				t.Fatalf("refused without a reason: %#v", err)
			}
			return
		}
		if p.Width < 1 || p.Height < 1 || p.Width > 512 || p.Height > 512 || len(p.Pix) != 3*p.Width*p.Height {
			t.Fatalf("%d×%d pixels in %d bytes", p.Width, p.Height, len(p.Pix))
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
