package picture

import (
	"fmt"
	"image"
	"image/color"
)

// layOnWhite returns the RGB bytes of what image/png decodes to. Each concrete
// type has a loop of its own: asking image.Image pixel by pixel costs an
// interface call and an allocation for each.
func layOnWhite(decoded image.Image) ([]byte, error) {
	width, height := decoded.Bounds().Dx(), decoded.Bounds().Dy()
	var row func(to []byte, y int)
	switch m := decoded.(type) {
	case *image.Gray:
		row = func(to []byte, y int) { greyRow(to, m.Pix[y*m.Stride:]) }
	case *image.Gray16:
		row = func(to []byte, y int) { grey16Row(to, m.Pix[y*m.Stride:]) }
	case *image.Paletted:
		colours := paletteOnWhite(m.Palette)
		row = func(to []byte, y int) { palettedRow(to, m.Pix[y*m.Stride:], colours) }
	case *image.RGBA: // only where no pixel is transparent
		row = func(to []byte, y int) { opaqueRow(to, m.Pix[y*m.Stride:]) }
	case *image.NRGBA:
		row = func(to []byte, y int) { blendedRow(to, m.Pix[y*m.Stride:]) }
	case *image.RGBA64: // only where no pixel is transparent
		row = func(to []byte, y int) { blended16Row(to, m.Pix[y*m.Stride:]) }
	case *image.NRGBA64:
		row = func(to []byte, y int) { blended16Row(to, m.Pix[y*m.Stride:]) }
	default:
		return nil, fmt.Errorf("pixels of an unexpected kind, %T", decoded)
	}
	pix := make([]byte, 3*width*height)
	for y := range height {
		row(pix[3*y*width:3*(y+1)*width], y)
	}
	return pix, nil
}

// onWhite is a sample, of the given alpha, over white.
func onWhite(sample, alpha byte) byte {
	v := uint32(sample)*uint32(alpha) + 255*(255-uint32(alpha))
	return byte((v + 127) / 255)
}

// onWhite16 is the same for samples of 16 bits.
func onWhite16(sample, alpha uint16) byte {
	const full = 65535
	v := uint64(sample)*uint64(alpha) + full*(full-uint64(alpha))
	return byte((v*255 + full*full/2) / (full * full))
}

func greyRow(to, from []byte) {
	for x := range len(to) / 3 {
		grey := from[x]
		pixel := to[3*x : 3*x+3]
		pixel[0], pixel[1], pixel[2] = grey, grey, grey
	}
}

func grey16Row(to, from []byte) {
	for x := range len(to) / 3 {
		grey := onWhite16(uint16(from[2*x])<<8|uint16(from[2*x+1]), 65535)
		pixel := to[3*x : 3*x+3]
		pixel[0], pixel[1], pixel[2] = grey, grey, grey
	}
}

func opaqueRow(to, from []byte) {
	for x := range len(to) / 3 {
		sample, pixel := from[4*x:4*x+4], to[3*x:3*x+3]
		pixel[0], pixel[1], pixel[2] = sample[0], sample[1], sample[2]
	}
}

func blendedRow(to, from []byte) {
	for x := range len(to) / 3 {
		sample, pixel := from[4*x:4*x+4], to[3*x:3*x+3]
		for c := range pixel {
			pixel[c] = onWhite(sample[c], sample[3])
		}
	}
}

func blended16Row(to, from []byte) {
	for x := range len(to) / 3 {
		sample, pixel := from[8*x:8*x+8], to[3*x:3*x+3]
		alpha := uint16(sample[6])<<8 | uint16(sample[7])
		for c := range pixel {
			pixel[c] = onWhite16(uint16(sample[2*c])<<8|uint16(sample[2*c+1]), alpha)
		}
	}
}

// paletteOnWhite has room for every index that a byte can hold; image/png
// refuses those that the palette lacks, or fills it up with opaque black.
func paletteOnWhite(palette color.Palette) *[256][3]byte {
	var colours [256][3]byte
	for i, entry := range palette[:min(len(palette), 256)] {
		c := color.NRGBAModel.Convert(entry).(color.NRGBA)
		colours[i] = [3]byte{onWhite(c.R, c.A), onWhite(c.G, c.A), onWhite(c.B, c.A)}
	}
	return &colours
}

func palettedRow(to, from []byte, colours *[256][3]byte) {
	for x := range len(to) / 3 {
		copy(to[3*x:3*x+3], colours[from[x]][:])
	}
}
