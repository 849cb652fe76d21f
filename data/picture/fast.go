package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
	"sync"
)

// decodeCommon decodes what nearly all files are: 8 bits a sample, grey, RGB
// or RGBA, not interlaced, without a transparent colour. It takes half the time
// and memory of image/png, because it unfilters the rows where they are wanted
// and keeps its inflater. Wherever a file is unusual or broken in any way it
// returns false, and image/png, its slow twin, has the last word: so it needs no
// reasons of its own, but must never accept what the twin refuses.
func decodeCommon(file []byte, h header) (*Picture, bool) {
	var samples int
	switch {
	case h.depth != 8 || h.interlaced:
		return nil, false
	case h.colourType == 0:
		samples = 1
	case h.colourType == 2:
		samples = 3
	case h.colourType == 6:
		samples = 4
	default:
		return nil, false
	}
	packed, ok := plainChunks(file[len(signature):])
	if !ok {
		return nil, false
	}
	in := inflaters.Get().(*inflater)
	defer inflaters.Put(in)
	if !in.open(packed) {
		return nil, false
	}
	defer in.packed.Reset(nil) // or the pool would keep the file alive

	length := samples * h.width // bytes of a row
	pix := make([]byte, 3*h.width*h.height)
	above, row := in.rows(length)
	for y := range h.height {
		to := pix[3*y*h.width : 3*(y+1)*h.width]
		if samples == 3 {
			row = to // already as wanted
		}
		if !in.read(in.filter[:]) || !in.read(row) || !unfilter(in.filter[0], row, above, samples) {
			return nil, false
		}
		switch samples {
		case 1:
			greyRow(to, row)
		case 4:
			blendedRow(to, row)
		}
		above, row = row, above
	}
	if !in.ended() {
		return nil, false
	}
	return &Picture{Width: h.width, Height: h.height, Pix: pix}, true
}

// plainChunks returns the pixel data of chunks that are a header, then
// whatever may be ignored, then pixel data in one stretch, then the end, all
// with right checksums.
func plainChunks(chunks []byte) (packed []byte, ok bool) {
	const before, inside, after = 0, 1, 2
	stage, first := before, true
	for len(chunks) >= 12 {
		length := binary.BigEndian.Uint32(chunks)
		if uint64(length) > uint64(len(chunks)-12) {
			return nil, false
		}
		end := 8 + int(length)
		if crc32.ChecksumIEEE(chunks[4:end]) != binary.BigEndian.Uint32(chunks[end:]) {
			return nil, false
		}
		switch name := string(chunks[4:8]); {
		case name == "IHDR" && first:
			first = false
		case name == "IDAT" && stage == before:
			packed, stage = chunks[8:end:end], inside
		case name == "IDAT" && stage == inside:
			packed = append(packed, chunks[8:end]...)
		case name == "IEND":
			return packed, stage != before && length == 0
		case name[0]&0x20 != 0 && name != "tRNS": // may be ignored
			if stage == inside {
				stage = after
			}
		default:
			return nil, false
		}
		chunks = chunks[end+4:]
	}
	return nil, false
}

// inflater unpacks pixel data. Its window and tables, 40 KB, are worth keeping.
type inflater struct {
	packed   bytes.Reader
	unpacked io.ReadCloser // from packed; nil before the first use
	filter   [1]byte
	scratch  []byte
}

var inflaters = sync.Pool{New: func() any { return new(inflater) }}

func (in *inflater) open(packed []byte) bool {
	in.packed.Reset(packed)
	var err error
	if in.unpacked == nil {
		in.unpacked, err = zlib.NewReader(&in.packed)
	} else {
		err = in.unpacked.(zlib.Resetter).Reset(&in.packed, nil)
	}
	return err == nil
}

// rows returns two rows of length bytes, the first one zero.
func (in *inflater) rows(length int) (above, row []byte) {
	if len(in.scratch) < 2*length {
		in.scratch = make([]byte, 2*length)
	}
	clear(in.scratch[:length])
	return in.scratch[:length:length], in.scratch[length : 2*length]
}

func (in *inflater) read(to []byte) bool {
	_, err := io.ReadFull(in.unpacked, to)
	return err == nil
}

// ended tells whether nothing is left, packed or unpacked, and the checksum of
// what was unpacked is right.
func (in *inflater) ended() bool {
	n, err := in.unpacked.Read(in.filter[:])
	return n == 0 && err == io.EOF && in.packed.Len() == 0
}

// unfilter undoes a row's filter in place. above: the row before, of the same
// length, zero for the first. size: bytes of a pixel. PNG, third edition,
// section 9.2.
func unfilter(filter byte, row, above []byte, size int) bool {
	above = above[:len(row)]
	switch filter {
	case 0:
	case 1: // difference to the pixel at the left
		for i := size; i < len(row); i++ {
			row[i] += row[i-size]
		}
	case 2: // to the one above
		for i, v := range above {
			row[i] += v
		}
	case 3: // to the mean of both
		for i := range size {
			row[i] += above[i] / 2
		}
		for i := size; i < len(row); i++ {
			row[i] += byte((int(row[i-size]) + int(above[i])) / 2)
		}
	case 4: // to the nearest of left, above, and upper left to left+above-upper left
		for i := range size {
			row[i] += above[i]
		}
		for i := size; i < len(row); i++ {
			row[i] += nearest(int(row[i-size]), int(above[i]), int(above[i-size]))
		}
	default:
		return false
	}
	return true
}

func nearest(left, up, corner int) byte {
	toLeft, toUp := up-corner, left-corner
	toCorner := max(toLeft+toUp, -toLeft-toUp)
	toLeft, toUp = max(toLeft, -toLeft), max(toUp, -toUp)
	switch {
	case toLeft <= toUp && toLeft <= toCorner:
		return byte(left)
	case toUp <= toCorner:
		return byte(up)
	default:
		return byte(corner)
	}
}
