package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image/png"
	"io"
	"slices"
)

// Decode checks the header before it allocates, decodes a PNG of any bit
// depth, colour type or interlacing, and lays transparency on white. Errors
// are *RefusedError. Memory is bounded by the size that the header states, and
// that by the limits and by what the file's own pixel data can fill.
func Decode(file []byte, limits Limits) (*Picture, error) {
	h, refused := readHeader(file, limits)
	if refused != nil {
		return nil, refused
	}
	if p, ok := decodeCommon(file, h); ok {
		return p, nil
	}
	return decodeAny(file, h)
}

// Check accepts what Decode accepts, refuses the rest with the same errors, and
// tells whether the picture is blank. It unpacks and checks all that Decode does,
// but makes no picture of it, which takes less than half the time.
func Check(file []byte, limits Limits) (blank bool, err error) {
	h, refused := readHeader(file, limits)
	if refused != nil {
		return false, refused
	}
	if blank, ok := checkCommon(file, h); ok {
		return blank, nil
	}
	p, err := decodeAny(file, h)
	if err != nil {
		return false, err
	}
	return p.Blank(), nil
}

// decodeAny decodes whatever image/png can, and says why it cannot.
func decodeAny(file []byte, h header) (*Picture, error) {
	decoded, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, explain(err)
	}
	bounds := decoded.Bounds()
	if bounds.Dx() != h.width || bounds.Dy() != h.height {
		return nil, refuse(CodeCorrupt, "decode picture: %d×%d pixels decoded where the header says %d×%d",
			bounds.Dx(), bounds.Dy(), h.width, h.height)
	}
	pix, err := layOnWhite(decoded)
	if err != nil {
		return nil, refuse(CodeCorrupt, "decode picture: %s", err)
	}
	return &Picture{Width: h.width, Height: h.height, Pix: pix}, nil
}

type header struct {
	width, height     int
	colourType, depth byte
	interlaced        bool
}

// bitsPerPixel by colour type and bit depth; 0 where PNG does not allow it.
func bitsPerPixel(colourType, depth byte) int {
	samples, depths := 0, []byte{8, 16}
	switch colourType {
	case 0: // grey
		samples, depths = 1, []byte{1, 2, 4, 8, 16}
	case 2: // RGB
		samples = 3
	case 3: // palette
		samples, depths = 1, []byte{1, 2, 4, 8}
	case 4: // grey with alpha
		samples = 2
	case 6: // RGB with alpha
		samples = 4
	}
	if !slices.Contains(depths, depth) {
		return 0
	}
	return samples * int(depth)
}

// maxInflation is how many bytes one byte of deflate data can become at most:
// a match of 258 bytes takes 2 bits (RFC 1951, 3.2.5).
const maxInflation = 1032

// readHeader checks everything that can be known without decoding.
func readHeader(file []byte, limits Limits) (header, *RefusedError) {
	switch {
	case len(file) == 0:
		return header{}, refuse(CodeEmpty, "read picture: the file has 0 bytes")
	case len(file) > limits.MaxBytes:
		return header{}, refuse(CodeTooLarge, "read picture: %d bytes, limit %d", len(file), limits.MaxBytes)
	case !bytes.HasPrefix(file, []byte(signature)):
		return header{}, refuse(CodeNotPNG, "read picture: it is %s; only PNG is accepted", sniff(file))
	}
	chunks := file[len(signature):]
	// length 4, name 4, data 13, checksum 4
	if len(chunks) < 25 {
		return header{}, refuse(CodeCut, "read picture: the file ends after %d bytes, inside the PNG header", len(file))
	}
	data := chunks[8:21]
	if binary.BigEndian.Uint32(chunks) != 13 || string(chunks[4:8]) != "IHDR" {
		return header{}, refuse(CodeBadHeader, "read picture: the PNG does not begin with a header (IHDR)")
	}
	if crc32.ChecksumIEEE(chunks[4:21]) != binary.BigEndian.Uint32(chunks[21:]) {
		return header{}, refuse(CodeCorrupt, "read picture: wrong checksum of the PNG header (IHDR)")
	}
	width, height := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	side := uint32(max(0, min(limits.MaxSide, 1<<31-1)))
	switch {
	case width == 0 || height == 0:
		return header{}, refuse(CodeBadHeader, "read picture: %d×%d pixels is no picture", width, height)
	case width > side || height > side:
		return header{}, refuse(CodeTooLarge, "read picture: %d×%d pixels, limit %d×%d; make it smaller",
			width, height, side, side)
	}
	bits := bitsPerPixel(data[9], data[8])
	if bits == 0 {
		return header{}, refuse(CodeBadHeader, "read picture: PNG knows no colour type %d with %d bits", data[9], data[8])
	}
	if data[10] != 0 || data[11] != 0 || data[12] > 1 {
		return header{}, refuse(CodeBadHeader, "read picture: PNG knows no compression %d, filter %d, interlacing %d",
			data[10], data[11], data[12])
	}
	packed := pixelDataLength(chunks)
	if needed := uint64(width) * uint64(height) * uint64(bits) / 8; needed > maxInflation*uint64(packed) {
		return header{}, refuse(CodeCut, "read picture: %d bytes of pixel data cannot hold %d×%d pixels", packed, width, height)
	}
	return header{int(width), int(height), data[9], data[8], data[12] == 1}, nil
}

// pixelDataLength adds up the IDAT chunks that lie in the file.
func pixelDataLength(chunks []byte) int {
	total := 0
	for len(chunks) >= 12 {
		length := binary.BigEndian.Uint32(chunks)
		name := string(chunks[4:8])
		have := min(uint64(length), uint64(len(chunks)-8))
		if name == "IDAT" {
			total += int(have)
		}
		if name == "IEND" || uint64(length)+12 > uint64(len(chunks)) {
			break
		}
		chunks = chunks[12+length:]
	}
	return total
}

// explain says in this package's words what image/png found wrong.
func explain(err error) *RefusedError {
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, png.FormatError("not enough pixel data")):
		return refuse(CodeCut, "decode picture: the PNG ends in the middle of its data; copy it again from its source")
	default:
		return refuse(CodeCorrupt, "decode picture: the PNG is broken (%s); copy it again from its source", err)
	}
}
