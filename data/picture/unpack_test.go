package picture

import (
	"bytes"
	"compress/zlib"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"testing"
)

// unpackTwin is what compress/zlib makes of a stream that must give length
// bytes, and nothing behind it.
func unpackTwin(packed []byte, length int) ([]byte, bool) {
	in := bytes.NewReader(packed)
	r, err := zlib.NewReader(in)
	if err != nil {
		return nil, false
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(length)+1))
	return out, err == nil && len(out) == length && in.Len() == 0
}

func packed(t testing.TB, level int, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, level)
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestUnpackAgreesWithItsTwin over data of many kinds, packed at every level,
// and cut off at each byte.
func TestUnpackAgreesWithItsTwin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	few := make([]byte, 70_000)
	for i := range few {
		few[i] = "abcd"[random.IntN(4)]
	}
	skewed := make([]byte, 70_000) // gives codes of more bits than one look takes
	for i := range skewed {
		skewed[i] = byte(random.ExpFloat64() * 12)
	}
	for name, data := range map[string][]byte{
		"nothing": {}, "a byte": {1}, "zeros": make([]byte, 70_000), "noise": noise, "few letters": few, "skewed": skewed,
		"repeats": bytes.Repeat(noise[:300], 200), "repeats from far": append(noise[:30_000:30_000], noise[:30_000]...),
	} {
		for _, level := range []int{zlib.HuffmanOnly, 0, 1, 6, 9} {
			var u unpacker
			file, out := packed(t, level, data), make([]byte, len(data))
			if !u.unpack(out, file) || !bytes.Equal(out, data) {
				t.Errorf("%s at level %d: left to the twin, or wrong", name, level)
			}
			for _, size := range []int{len(data) - 1, len(data) + 1} {
				if size >= 0 && u.unpack(make([]byte, size), file) {
					t.Errorf("%s at level %d: fills %d bytes too", name, level, size)
				}
			}
			for n := range min(len(file), 300) {
				if u.unpack(out, file[:n]) || u.unpack(out, file[:len(file)-1-n]) {
					t.Errorf("%s at level %d: accepted when cut at %d", name, level, n)
				}
			}
		}
	}
}

func TestChecksumAgreesWithItsTwin(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	full := bytes.Repeat([]byte{255}, 300_000)
	for range 200 {
		data := full[:random.IntN(len(full))]
		if got, want := checksum32(data), adler32.Checksum(data); got != want {
			t.Fatalf("%d bytes of 255: %x, want %x", len(data), got, want)
		}
		mixed := make([]byte, random.IntN(2000))
		for i := range mixed {
			mixed[i] = byte(random.Uint32())
		}
		if got, want := checksum32(mixed), adler32.Checksum(mixed); got != want {
			t.Fatalf("%d bytes: %x, want %x", len(mixed), got, want)
		}
	}
}

// FuzzUnpack holds that nothing is accepted that compress/zlib refuses, or
// unpacked to anything else.
func FuzzUnpack(f *testing.F) {
	text := []byte("a text, a text, and another text")
	for _, level := range []int{zlib.HuffmanOnly, 0, 1, 9} {
		f.Add(packed(f, level, text), len(text))
	}
	f.Add(packed(f, 9, bytes.Repeat(text, 100)), 100*len(text))
	f.Add(packed(f, 9, nil), 0)
	f.Fuzz(func(t *testing.T, file []byte, length int) {
		if length < 0 || length > 1<<20 {
			return
		}
		var u unpacker
		// The checksum hides the rest from a fuzzer: it gets the right one.
		if want, ok := deflateTwin(file, length); ok {
			fixed := append(bytes.Clone(file[:len(file)-4]), sumOf(want)...)
			out := make([]byte, length)
			twin, accepts := unpackTwin(fixed, length)
			if u.unpack(out, fixed) && (!accepts || !bytes.Equal(out, twin)) {
				t.Fatal("accepted, where compress/zlib is of another mind")
			}
		}
		out := make([]byte, length)
		if u.unpack(out, file) {
			if twin, ok := unpackTwin(file, length); !ok || !bytes.Equal(out, twin) {
				t.Fatal("accepted, where compress/zlib is of another mind")
			}
		}
	})
}

// deflateTwin unpacks what lies between the header and the checksum.
func deflateTwin(file []byte, length int) ([]byte, bool) {
	if len(file) < 6 {
		return nil, false
	}
	var u unpacker
	out := make([]byte, length)
	u.in, u.out = file[2:len(file)-4], out
	return out, u.blocks()
}

func sumOf(data []byte) []byte {
	sum := adler32.Checksum(data)
	return []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}
}
