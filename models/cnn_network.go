package models

import (
	"fmt"
	"math"

	"ringlab/models/nn"
	"ringlab/models/topology"
)

const (
	notebookNetwork = "notebook"
	counterNetwork  = "counter"

	// placeWeight is how much a squared error of a density counts in the loss,
	// halved, where places are known.
	placeWeight = 10
	// trunkPools is how many pixels a side of its input the trunk pools into one
	// of its densities.
	trunkPools = 4
	// countBeta is where the counted number's loss turns from squared to straight.
	countBeta = .5
	// densityOffset makes an untrained counter count about one on 12 x 12 pixels,
	// all kinds together.
	densityOffset = -4
	// batchNormMomentum suits short trainings: running statistics follow in some
	// 50 steps.
	batchNormMomentum = .05
)

// cnnPlan describes a network; a bundle keeps it, so it may be hostile until
// checked.
type cnnPlan struct {
	Network string `json:"network"`
	Labels  []int  `json:"labels"`
	Side    int    `json:"side"` // pixels a side of the input
	Width   int    `json:"width,omitempty"`
	// Unshuffle puts squares of as many pixels a side into channels. 0 is 1.
	Unshuffle int `json:"unshuffle,omitempty"`
	// Kinds are the densities that the count is the sum of. 0 is 1.
	Kinds int `json:"kinds,omitempty"`
	// Deep has two convolutions where a plain counter has one, but for the first.
	Deep    bool    `json:"deep,omitempty"`
	Dropout float64 `json:"dropout"`
}

func (p cnnPlan) check() error {
	switch p.Network {
	case notebookNetwork:
		if p.Side < minPictureSide || p.Side > maxPictureSide {
			return fmt.Errorf("network %s: side %d is not from %d to %d", p.Network, p.Side, minPictureSide, maxPictureSide)
		}
	case counterNetwork:
		if p.Side < 8 || p.Side > 150 || p.Width < 1 || p.Width > 64 {
			return fmt.Errorf("network %s: side %d and width %d are not from 8 to 150 and 1 to 64", p.Network, p.Side, p.Width)
		}
		if p.Unshuffle < 0 || p.Unshuffle > 5 || p.Side%max(1, p.Unshuffle) != 0 || p.Side/max(1, p.Unshuffle) < 8 {
			return fmt.Errorf("network %s: side %d cannot be unshuffled by %d", p.Network, p.Side, p.Unshuffle)
		}
		if p.Kinds < 0 || p.Kinds > 64 {
			return fmt.Errorf("network %s: %d kinds are not from 0 to 64", p.Network, p.Kinds)
		}
	default:
		return fmt.Errorf("network %.40q is not known; use the ringlab that made it", p.Network)
	}
	if n := len(p.Labels); n == 0 || n > maxLabels {
		return fmt.Errorf("network with %d labels: there must be 1 to %d", n, maxLabels)
	}
	for i, label := range p.Labels {
		if label < 0 || i > 0 && label <= p.Labels[i-1] {
			return fmt.Errorf("network labels must be 0 or more, ascending, each once")
		}
	}
	if !(p.Dropout >= 0 && p.Dropout < 1) {
		return fmt.Errorf("network dropout %v is not in [0, 1)", p.Dropout)
	}
	return nil
}

// cnnNetwork is a plan built. The notebook's network is one chain from pixels
// to logits. The counter joins three: a trunk from planes to a count and a
// vector, a layer on the features, and a head on both, whose logits are also
// pulled towards the counted number: logit k loses sharpness·(count-k)².
type cnnNetwork struct {
	plan                  cnnPlan
	trunk, features, head *nn.Sequence  // features and head are nil in the notebook's
	sharpness             *nn.Parameter // before softplus
	weights               *nn.Weights   // nil until built for training

	out            *nn.Map
	logits, shares []float32 // [batch][label]
	counts, truth  []float32 // [batch]
	countGrads     []float32
	// Of each kind [batch][kind]: known is 1 where the truth is known, else 0.
	kinds, kindTruth, known, kindGrads []float32
	// places are the densities of each kind where the places are known.
	places nn.CountTargets
}

// newCNN lays the network out. The caller fills it with Build or Adopt.
func newCNN(plan cnnPlan, b *nn.Builder) (*cnnNetwork, error) {
	net := &cnnNetwork{plan: plan}
	var err error
	if plan.Network == notebookNetwork {
		net.trunk, err = b.Sequence("net", plan.Side, plan.Side, 3, false,
			nn.Conv{Out: 32, Kernel: 3}, nn.ReLU{}, nn.MaxPool{Size: 2},
			nn.Conv{Out: 64, Kernel: 3}, nn.ReLU{}, nn.MaxPool{Size: 2},
			nn.Flatten{}, nn.Dropout{Rate: plan.Dropout}, nn.Dense{Out: len(plan.Labels)})
		if err != nil {
			return nil, err
		}
		net.out = net.trunk.Out
	} else if err = net.layOutCounter(b); err != nil {
		return nil, err
	}
	n := net.out.N
	net.logits, net.shares = make([]float32, n*len(plan.Labels)), make([]float32, n*len(plan.Labels))
	net.counts, net.truth, net.countGrads = make([]float32, n), make([]float32, n), make([]float32, n)
	k := max(1, plan.Kinds)
	net.kinds, net.kindTruth = make([]float32, n*k), make([]float32, n*k)
	net.known, net.kindGrads = make([]float32, n), make([]float32, n*k)
	return net, nil
}

func (net *cnnNetwork) layOutCounter(b *nn.Builder) (err error) {
	w, norm := net.plan.Width, nn.BatchNorm{Momentum: batchNormMomentum}
	conv := func(out int) nn.Conv { return nn.Conv{Out: out, Kernel: 3, Padding: 1, NoBias: true} }
	u, kinds := max(1, net.plan.Unshuffle), max(1, net.plan.Kinds)
	layers := []nn.Spec{conv(w), norm, nn.ReLU{}, nn.MaxPool{Size: 2}}
	stage := func(out int) {
		layers = append(layers, conv(out), norm, nn.ReLU{})
		if net.plan.Deep {
			layers = append(layers, conv(out), norm, nn.ReLU{})
		}
	}
	stage(2 * w)
	layers = append(layers, nn.MaxPool{Size: 2})
	stage(4 * w)
	layers = append(layers, nn.Conv{Out: kinds + 3*w, Kernel: 1}, nn.CountPool{Offset: densityOffset - math.Log(float64(kinds)), Densities: kinds, Targets: &net.places})
	net.trunk, err = b.Sequence("trunk", net.plan.Side/u, net.plan.Side/u, u*u*topology.ChannelCount, false, layers...)
	if err != nil {
		return err
	}
	net.features, err = b.Sequence("features", 1, 1, len(topology.FeatureNames()), false,
		nn.Dense{Out: 32}, nn.ReLU{}, nn.Dropout{Rate: .2})
	if err != nil {
		return err
	}
	net.head, err = b.Sequence("head", 1, 1, net.trunk.Out.C+net.features.Out.C, true,
		nn.Dense{Out: 64}, nn.ReLU{}, nn.Dropout{Rate: net.plan.Dropout}, nn.Dense{Out: len(net.plan.Labels)})
	if err != nil {
		return err
	}
	net.out = net.head.Out
	net.sharpness, err = b.Scalar("sharpness", 0)
	return err
}

// forward fills logits for p.N pictures.
func (net *cnnNetwork) forward(p nn.Pass) {
	labels := net.plan.Labels
	net.trunk.Forward(p)
	if net.head == nil {
		copy(net.logits[:p.N*len(labels)], net.out.Value)
		return
	}
	net.features.Forward(p)
	trunk, features, joined := net.trunk.Out, net.features.Out, net.head.In
	for n := range p.N {
		to := joined.Value[n*joined.C:][:joined.C]
		copy(to, trunk.Value[n*trunk.C:][:trunk.C])
		copy(to[trunk.C:], features.Value[n*features.C:][:features.C])
		k := max(1, net.plan.Kinds)
		net.counts[n] = 0
		for i, c := range to[:k] {
			net.kinds[n*k+i] = c
			net.counts[n] += c
		}
	}
	net.head.Forward(p)
	sharpness := float32(nn.Softplus(float64(net.sharpness.Value[0])))
	for n := range p.N {
		for k, label := range labels {
			d := net.counts[n] - float32(label)
			net.logits[n*len(labels)+k] = net.out.Value[n*len(labels)+k] - sharpness*d*d
		}
	}
}

// loss of the last forward pass, whose shares it also leaves in net.shares.
// classes: index of the right label of each picture. With grad it prepares
// backward.
func (net *cnnNetwork) loss(classes []int, countWeight float64, grad bool) float64 {
	n, k := len(classes), len(net.plan.Labels)
	var to []float32
	if grad {
		to = net.out.Grad[:n*k]
	}
	loss := nn.SoftmaxCrossEntropy(net.logits[:n*k], classes, to, net.shares[:n*k])
	if net.head == nil {
		return loss
	}
	for i, class := range classes {
		net.truth[i] = float32(net.plan.Labels[class])
	}
	clear(net.countGrads)
	clear(net.kindGrads)
	loss += countWeight * nn.SmoothL1(net.counts[:n], net.truth[:n], countBeta, countWeight, net.countGrads[:n])
	return loss + net.kindLoss(n, countWeight) + net.places.Loss(n)
}

// setParts tells the sizes of the parts of the picture in a slot, or nil.
func (net *cnnNetwork) setParts(slot int, parts []int) {
	k := max(1, net.plan.Kinds)
	truth := net.kindTruth[slot*k:][:k]
	clear(truth)
	net.known[slot] = 0
	if parts == nil {
		return
	}
	net.known[slot] = 1
	for _, size := range parts {
		truth[partKind(size, k)]++
	}
}

// setPlaces tells where the parts of the picture in a slot lie, which is shown
// under a symmetry; nil if that is not known. Each spreads over the four pixels
// of the densities around its middle, the nearer the more.
func (net *cnnNetwork) setPlaces(slot int, places []Place, symmetry int, weight float64) {
	t := &net.places
	target := t.Value[slot*t.H*t.W*t.Densities:][:t.H*t.W*t.Densities]
	clear(target)
	t.Weight[slot] = 0
	if places == nil {
		return
	}
	t.Weight[slot] = float32(weight)
	scale := float64(net.plan.Side) / float64(max(1, net.plan.Unshuffle)*trunkPools)
	for _, place := range places {
		x, y := turnPlace(place.X, place.Y, symmetry)
		x, y = x*scale-.5, y*scale-.5
		column, row := math.Floor(x), math.Floor(y)
		right, below := x-column, y-row
		add := func(dx, dy int, share float64) {
			at := min(max(int(row)+dy, 0), t.H-1)*t.W + min(max(int(column)+dx, 0), t.W-1)
			target[at*t.Densities+partKind(place.Size, t.Densities)] += float32(share)
		}
		add(0, 0, (1-right)*(1-below))
		add(1, 0, right*(1-below))
		add(0, 1, (1-right)*below)
		add(1, 1, right*below)
	}
}

// turnPlace maps a place, in shares of a square, as turn maps its pixel.
func turnPlace(x, y float64, symmetry int) (float64, float64) {
	if symmetry&1 != 0 {
		y = 1 - y
	}
	if symmetry&2 != 0 {
		x = 1 - x
	}
	if symmetry&4 != 0 {
		x, y = y, x
	}
	return x, y
}

// kindLoss is the error of the counts of each kind, as that of the whole count,
// for the pictures where they are known.
func (net *cnnNetwork) kindLoss(n int, weight float64) float64 {
	k := max(1, net.plan.Kinds)
	if k == 1 {
		return 0
	}
	loss := 0.0
	for i := range n {
		if net.known[i] == 0 {
			continue
		}
		from, to := i*k, (i+1)*k
		// SmoothL1 is a mean over the kinds; their sum is meant, and the mean over
		// the batch.
		loss += nn.SmoothL1(net.kinds[from:to], net.kindTruth[from:to], countBeta, weight*float64(k)/float64(n), net.kindGrads[from:to]) * float64(k)
	}
	return weight * loss / float64(n)
}

// partKind is the density that a part of this size belongs to: rings of 3 to 7
// atoms each have their own, larger ones share the last.
func partKind(size, kinds int) int { return min(max(size-3, 0), kinds-1) }

// backward follows forward and loss with grad.
func (net *cnnNetwork) backward(p nn.Pass) {
	if net.head == nil {
		net.trunk.Backward(p)
		return
	}
	labels := net.plan.Labels
	sharpness, slope := float32(nn.Softplus(float64(net.sharpness.Value[0]))), float32(nn.Sigmoid(float64(net.sharpness.Value[0])))
	var sharpnessGrad float32
	for n := range p.N {
		for k, label := range labels {
			d, g := net.counts[n]-float32(label), net.out.Grad[n*len(labels)+k]
			sharpnessGrad -= g * slope * d * d
			net.countGrads[n] -= g * sharpness * 2 * d
		}
	}
	net.sharpness.Grad[0] = sharpnessGrad
	net.head.Backward(p)
	trunk, features, joined := net.trunk.Out, net.features.Out, net.head.In
	for n := range p.N {
		from := joined.Grad[n*joined.C:][:joined.C]
		copy(trunk.Grad[n*trunk.C:][:trunk.C], from)
		copy(features.Grad[n*features.C:][:features.C], from[trunk.C:])
		for i, kinds := 0, max(1, net.plan.Kinds); i < kinds; i++ {
			trunk.Grad[n*trunk.C+i] += net.countGrads[n] + net.kindGrads[n*kinds+i]
		}
	}
	net.features.Backward(p)
	net.trunk.Backward(p)
}
