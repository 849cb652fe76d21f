package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"sync"
)

// decodeCommon decodes what nearly all files are: 8 bits a sample, grey, RGB
// or RGBA, not interlaced, without a transparent colour. It takes a third of the
// time of image/png. Wherever a file is unusual or broken in any way it returns
// false, and image/png, its slow twin, has the last word: so it needs no reasons
// of its own, but must never accept what the twin refuses.
func decodeCommon(file []byte, h header) (*Picture, bool) {
	work := workspaces.Get().(*workspace)
	defer work.release()
	rows, ok := work.unpack(file, h)
	if !ok {
		return nil, false
	}
	pix := make([]byte, 3*h.width*h.height)
	for y := range h.height {
		if !rows.rgb(pix[3*y*h.width:3*(y+1)*h.width], y) {
			return nil, false
		}
	}
	return &Picture{Width: h.width, Height: h.height, Pix: pix}, true
}

// checkCommon accepts what decodeCommon accepts, and tells whether all pixels
// have one colour. It saves the work of turning into pixels more rows than that
// takes: nothing in them can be wrong but the names of their filters.
func checkCommon(file []byte, h header) (blank, ok bool) {
	work := workspaces.Get().(*workspace)
	defer work.release()
	rows, ok := work.unpack(file, h)
	if !ok {
		return false, false
	}
	first, row := make([]byte, 3*h.width), make([]byte, 3*h.width)
	blank = true
	for y := range h.height {
		switch {
		case !blank:
			ok = rows.filter(y) <= maxFilter
		case y == 0:
			ok = rows.rgb(first, y)
			blank = oneColour(first)
		default:
			ok = rows.rgb(row, y)
			blank = bytes.Equal(row, first)
		}
		if !ok {
			return false, false
		}
	}
	return blank, true
}

// workspace is the memory in which a file is unpacked, used again and again.
type workspace struct {
	unpacker unpacker
	pixels   []byte
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// maxKept is the largest memory that is kept for the next file.
const maxKept = 4 << 20

func (w *workspace) release() {
	if cap(w.pixels) > maxKept {
		w.pixels = nil
	}
	workspaces.Put(w)
}

// filteredRows are the rows of a picture as they are packed: a byte that names
// a filter, and the row's bytes. The rows are unfiltered in place, in order.
type filteredRows struct {
	packed  []byte
	length  int // of a row, without the name of its filter
	samples int
	above   []byte
}

// unpack returns the rows of a common file, valid until release.
func (w *workspace) unpack(file []byte, h header) (filteredRows, bool) {
	rows := filteredRows{}
	switch {
	case h.depth != 8 || h.interlaced:
		return rows, false
	case h.colourType == 0:
		rows.samples = 1
	case h.colourType == 2:
		rows.samples = 3
	case h.colourType == 6:
		rows.samples = 4
	default:
		return rows, false
	}
	packed, ok := plainChunks(file[len(signature):])
	if !ok {
		return rows, false
	}
	rows.length = rows.samples * h.width
	// Behind the rows lies one of zeros, which is above the first.
	size := (1 + rows.length) * h.height
	if cap(w.pixels) < size+rows.length {
		w.pixels = make([]byte, size+rows.length)
	}
	rows.packed, rows.above = w.pixels[:size], w.pixels[size:size+rows.length]
	clear(rows.above)
	return rows, w.unpacker.unpack(rows.packed, packed)
}

func (r *filteredRows) filter(y int) byte { return r.packed[y*(1+r.length)] }

// rgb turns row y into RGB on white. The rows before it must have been.
func (r *filteredRows) rgb(to []byte, y int) bool {
	row := r.packed[y*(1+r.length)+1 : (y+1)*(1+r.length)]
	if !unfilter(r.filter(y), row, r.above, r.samples) {
		return false
	}
	r.above = row
	switch r.samples {
	case 1:
		greyRow(to, row)
	case 3:
		copy(to, row)
	case 4:
		blendedRow(to, row)
	}
	return true
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

const maxFilter = 4

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
