package topology

import "math"

// measureDepth finds, for each pixel, how many of radii its distance to the
// nearest ink exceeds.
func (k *Ink) measureDepth() {
	var limits [len(radii)]int32 // squared distances are whole: d > r is d² > floor(r²)
	for i, r := range radii {
		limits[i] = int32(r * r * k.unit * k.unit)
	}
	farthest := limits[len(limits)-1]
	// level[d] is the depth at a squared distance of d.
	level := make([]byte, farthest+1)
	for d, depth := 0, byte(0); d < len(level); d++ {
		for int32(d) > limits[depth] {
			depth++
		}
		level[d] = depth
	}
	for i := range k.depth {
		k.depth[i] = byte(len(limits))
	}
	if reach := int(math.Sqrt(float64(farthest))); reach < beyond {
		k.spreadDepth(level, reach)
	} else {
		k.lookUpDepth(level)
	}
}

// beyond stands for a distance that does not matter. Drawings of some ten
// thousand pixels a side have radii as large.
const beyond = math.MaxUint8

// lookUpDepth measures the distance of each pixel, however far it is.
func (k *Ink) lookUpDepth(level []byte) {
	for i, d := range squaredDistances(k.darkness, k.stroke, k.Width, k.Height) {
		if int(d) < len(level) {
			k.depth[i] = level[d]
		}
	}
}

// spreadDepth does the same for the pixels near ink only, which are few: from
// the upper and lower edges of ink to what lies within reach in their columns,
// from there to both sides. A distance counts to one side only if the next pixel
// there is not as near to ink in its own column: if it is, it is nearer to all
// pixels beyond it.
func (k *Ink) spreadDepth(level []byte, reach int) {
	near := k.columnsNear(reach)
	for y := range k.Height {
		row, depth := near[y*k.Width:(y+1)*k.Width], k.depth[y*k.Width:(y+1)*k.Width]
		var to int
		for from := nextBelow(row, 0, beyond); from < len(row); from = nextBelow(row, to, beyond) {
			to = nextAtLeast(row, from, beyond)
			for x := from; x < to; x++ {
				c := int(row[x])
				depth[x] = min(depth[x], level[c*c])
				if x > 0 && row[x-1] > row[x] {
					for d := 1; d <= x && c*c+d*d < len(level); d++ {
						depth[x-d] = min(depth[x-d], level[c*c+d*d])
					}
				}
				if x+1 < len(row) && row[x+1] > row[x] {
					for d := 1; x+d < len(row) && c*c+d*d < len(level); d++ {
						depth[x+d] = min(depth[x+d], level[c*c+d*d])
					}
				}
			}
		}
	}
}

// columnsNear are the distances to the nearest ink above or below, up to reach;
// beyond where it is farther.
func (k *Ink) columnsNear(reach int) []byte {
	near := make([]byte, len(k.darkness))
	for i := range near {
		near[i] = beyond
	}
	for y := range k.Height {
		row := k.darkness[y*k.Width : (y+1)*k.Width]
		for x := nextAtLeast(row, 0, k.stroke); x < len(row); x = nextAtLeast(row, x+1, k.stroke) {
			i := y*k.Width + x
			near[i] = 0
			if y > 0 && k.darkness[i-k.Width] < k.stroke {
				for d := 1; d <= min(reach, y) && near[i-d*k.Width] > byte(d); d++ {
					near[i-d*k.Width] = byte(d)
				}
			}
			if y+1 < k.Height && k.darkness[i+k.Width] < k.stroke {
				for d := 1; d <= min(reach, k.Height-1-y); d++ {
					near[i+d*k.Width] = byte(d) // ink that follows there comes later
				}
			}
		}
	}
	return near
}
