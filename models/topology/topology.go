// Package topology reads a drawing as ink on paper: the strokes, the regions
// they enclose at several gap-closing radii, and numbers and channels made of
// them. Both model families learn from it.
package topology

import "ringlab/data/picture"

// Ink is a drawing with its paper taken out.
type Ink struct {
	Width, Height int
}

// Read finds paper and ink. The picture may have any size; callers bring it to
// the task's size first.
func Read(p *picture.Picture) *Ink { panic("contract") }

// FeatureNames names each number of Features, in order.
func FeatureNames() []string { panic("contract") }

// Features are counts and areas of holes, strokes, junctions and colours.
func (k *Ink) Features() []float32 { panic("contract") }

// ChannelCount is the number of planes that Channels returns.
const ChannelCount = 7

// Channels returns ink and hole planes averaged down to side x side pixels,
// [ChannelCount][side][side], each about 0 to 1.
func (k *Ink) Channels(side int) []float32 { panic("contract") }
