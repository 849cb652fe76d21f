package topology

import "math"

// ChannelCount is the number of planes that Channels returns.
const ChannelCount = 7

// Two planes that are equal where a drawing has no colours.
const (
	DarkPlane  = 0
	BlackPlane = 2
)

// Three of radii whose holes are planes, and the one whose holes are counted
// by the last plane.
var (
	channelRadii = [...]int{1, 3, 5}
	countedHoles = 3
)

const (
	largestHole  = 30000. // a hole of this area, in reference pixels, has the value 1
	smallestRing = 120.   // holes of this area or less have the value 1 in the last plane
)

// Channels returns ink and hole planes averaged down to side x side pixels,
// [ChannelCount][side][side], each 0 to 1:
//
//	0 darkness, the mean       3 log area of the hole, radius 1.5
//	1 darkness, the largest    4 log area of the hole, radius 3
//	2 blackness, the mean      5 log area of the hole, radius 5
//	                           6 smallestRing / area of the hole, radius 3
//
// The sum of plane 6, times (300/side)²/120, is the number of holes at radius
// 3 of at least 120 pixels (of a square drawing, if side divides its own).
func (k *Ink) Channels(side int) []float32 {
	planes := make([]float32, ChannelCount*side*side)
	plane := func(i int) []float32 { return planes[i*side*side : (i+1)*side*side] }
	boxes := newBoxes(k.Width, k.Height, side)
	boxes.means(plane(0), k.darkness)
	boxes.largest(plane(1), k.darkness)
	boxes.means(plane(2), k.black)
	values := make([]float32, k.Width*k.Height)
	for i, at := range channelRadii {
		paper := k.paper(at)
		labels := make([]int32, len(paper.runs))
		areas := k.inReferencePixels(paper.areas(true, labels))
		logs := make([]float32, len(areas))
		for j, area := range areas {
			logs[j] = float32(min(1, math.Log(max(area, 1))/math.Log(largestHole)))
		}
		paper.paint(values, labels, logs)
		boxes.averages(plane(3+i), values)
		if at == countedHoles {
			for j, area := range areas {
				logs[j] = float32(min(1, smallestRing/area))
			}
			paper.paint(values, labels, logs)
			boxes.averages(plane(6), values)
		}
	}
	return planes
}

// paint writes the value of its region over each pixel, 0 outside.
func (r *regions) paint(to []float32, labels []int32, values []float32) {
	clear(to)
	for y := range r.height {
		row := to[y*r.width : (y+1)*r.width]
		for i := r.rows[y]; i < r.rows[y+1]; i++ {
			if labels[i] < 0 {
				continue
			}
			value := values[labels[i]]
			stretch := row[r.runs[i].from:r.runs[i].to]
			for x := range stretch {
				stretch[x] = value
			}
		}
	}
}

// boxes divide a picture into side x side boxes of at least one pixel.
type boxes struct {
	width, side int
	x, y        []span
}

type span struct{ from, to int }

func newBoxes(width, height, side int) boxes {
	return boxes{width, side, spans(width, side), spans(height, side)}
}

func spans(length, side int) []span {
	all := make([]span, side)
	for i := range all {
		from := i * length / side
		all[i] = span{from, max((i+1)*length/side, from+1)}
	}
	return all
}

// means writes the mean of each box, as a share of 255.
func (b boxes) means(to []float32, from []byte) {
	for i, y := range b.y {
		for j, x := range b.x {
			sum := 0
			for row := y.from; row < y.to; row++ {
				for _, v := range from[row*b.width+x.from : row*b.width+x.to] {
					sum += int(v)
				}
			}
			to[i*b.side+j] = float32(sum) / float32(255*(y.to-y.from)*(x.to-x.from))
		}
	}
}

// largest writes the largest value of each box, as a share of 255.
func (b boxes) largest(to []float32, from []byte) {
	for i, y := range b.y {
		for j, x := range b.x {
			most := byte(0)
			for row := y.from; row < y.to; row++ {
				for _, v := range from[row*b.width+x.from : row*b.width+x.to] {
					most = max(most, v)
				}
			}
			to[i*b.side+j] = float32(most) / 255
		}
	}
}

// averages writes the mean of each box.
func (b boxes) averages(to, from []float32) {
	for i, y := range b.y {
		for j, x := range b.x {
			var sum float32
			for row := y.from; row < y.to; row++ {
				for _, v := range from[row*b.width+x.from : row*b.width+x.to] {
					sum += v
				}
			}
			to[i*b.side+j] = sum / float32((y.to-y.from)*(x.to-x.from))
		}
	}
}
