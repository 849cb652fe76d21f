package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	pixels "ringlab/data/picture"
)

// sixelColours is how many colours a sixel picture has: all terminals know at
// least so many, and drawings have fewer.
const sixelColours = 64

// sixel encodes a picture as DEC sixel graphics (VT330/340 manual, chapter
// 14): six rows at a time, one pass a colour, runs shortened.
func sixel(p *pixels.Picture) string {
	palette, index := quantise(p, sixelColours)
	var b strings.Builder
	fmt.Fprintf(&b, "\x1bP0;1q\"1;1;%d;%d", p.Width, p.Height)
	for i, c := range palette {
		percent := func(v uint8) int { return (int(v)*100 + 127) / 255 }
		fmt.Fprintf(&b, "#%d;2;%d;%d;%d", i, percent(c[0]), percent(c[1]), percent(c[2]))
	}
	for top := 0; top < p.Height; top += 6 {
		rows := min(6, p.Height-top)
		used := make([]bool, len(palette))
		for _, c := range index[top*p.Width : (top+rows)*p.Width] {
			used[c] = true
		}
		first := true
		for c := range palette {
			if !used[c] {
				continue
			}
			if !first {
				b.WriteByte('$') // back to the start of the band
			}
			first = false
			fmt.Fprintf(&b, "#%d", c)
			last, run := byte(0), 0
			flush := func() {
				if run > 3 {
					fmt.Fprintf(&b, "!%d%c", run, last)
					return
				}
				for range run {
					b.WriteByte(last)
				}
			}
			for x := range p.Width {
				bits := byte(0)
				for y := range rows {
					if int(index[(top+y)*p.Width+x]) == c {
						bits |= 1 << y
					}
				}
				if char := '?' + bits; char != last || run == 0 {
					flush()
					last, run = char, 1
				} else {
					run++
				}
			}
			flush()
		}
		b.WriteByte('-') // the next band
	}
	b.WriteString("\x1b\\")
	return b.String()
}

// quantise chooses at most most colours, the frequent ones among 15-bit
// colours, and gives each pixel the nearest.
func quantise(p *pixels.Picture, most int) (palette []rgb, index []uint8) {
	coarse := func(c rgb) uint16 {
		return uint16(c[0]>>3)<<10 | uint16(c[1]>>3)<<5 | uint16(c[2]>>3)
	}
	type bucket struct {
		sum [3]int
		n   int
	}
	buckets := map[uint16]*bucket{}
	for i := 0; i < len(p.Pix); i += 3 {
		c := rgb(p.Pix[i : i+3])
		b := buckets[coarse(c)]
		if b == nil {
			b = &bucket{}
			buckets[coarse(c)] = b
		}
		for k := range c {
			b.sum[k] += int(c[k])
		}
		b.n++
	}
	keys := make([]uint16, 0, len(buckets))
	for key := range buckets {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b uint16) int {
		return cmp.Or(cmp.Compare(buckets[b].n, buckets[a].n), cmp.Compare(a, b))
	})
	for _, key := range keys[:min(len(keys), most)] {
		b := buckets[key]
		palette = append(palette, rgb{uint8(b.sum[0] / b.n), uint8(b.sum[1] / b.n), uint8(b.sum[2] / b.n)})
	}
	nearest := make(map[uint16]uint8, len(keys))
	for i, key := range keys {
		if i < most {
			nearest[key] = uint8(i)
			continue
		}
		b := buckets[key]
		best, least := 0, 1<<30
		for n, c := range palette {
			d := 0
			for k := range c {
				e := b.sum[k]/b.n - int(c[k])
				d += e * e
			}
			if d < least {
				best, least = n, d
			}
		}
		nearest[key] = uint8(best)
	}
	index = make([]uint8, len(p.Pix)/3)
	for i := range index {
		index[i] = nearest[coarse(rgb(p.Pix[3*i:3*i+3]))]
	}
	return palette, index
}
