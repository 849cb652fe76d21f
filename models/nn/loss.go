package nn

import "math"

// SoftmaxCrossEntropy is the mean over n rows of -log softmax(logits)[label],
// in nats (Goodfellow et al. 2016, eq. 6.30). logits: [n][classes], any finite
// values; it writes the loss' derivative to grad (nil: not wanted) and the
// softmax to shares, of the same shape.
func SoftmaxCrossEntropy(logits []float32, labels []int, grad, shares []float32) float64 {
	n := len(labels)
	classes := len(logits) / n
	var loss float64
	for i, label := range labels {
		row, share := logits[i*classes:][:classes], shares[i*classes:][:classes]
		Softmax(row, share)
		loss -= LogSoftmax(row, label)
		if grad == nil {
			continue
		}
		for c, s := range share {
			if c == label {
				s--
			}
			grad[i*classes+c] = s / float32(n)
		}
	}
	return loss / float64(n)
}

// Softmax writes exp(logits)/Σexp(logits) to shares.
func Softmax(logits, shares []float32) {
	most := logits[0]
	for _, v := range logits {
		most = max(most, v)
	}
	var sum float64
	for c, v := range logits {
		e := math.Exp(float64(v - most))
		shares[c] = float32(e)
		sum += e
	}
	for c := range shares {
		shares[c] = float32(float64(shares[c]) / sum)
	}
}

// LogSoftmax is the logarithm of one share, exact where the share itself
// would round to zero.
func LogSoftmax(logits []float32, class int) float64 {
	most := logits[0]
	for _, v := range logits {
		most = max(most, v)
	}
	var sum float64
	for _, v := range logits {
		sum += math.Exp(float64(v - most))
	}
	return float64(logits[class]-most) - math.Log(sum)
}

// SmoothL1 is the mean of the distance between guess and truth, squared (over
// 2 beta) below beta and straight (less beta/2) above (Girshick 2015, with the
// corner at beta). It adds weight times its derivative to grad.
func SmoothL1(guess, truth []float32, beta, weight float64, grad []float32) float64 {
	var loss float64
	n := float64(len(guess))
	for i, g := range guess {
		d := float64(g - truth[i])
		if math.Abs(d) < beta {
			loss += d * d / (2 * beta)
			grad[i] += float32(weight * d / beta / n)
		} else {
			loss += math.Abs(d) - beta/2
			grad[i] += float32(math.Copysign(weight/n, d))
		}
	}
	return loss / n
}
