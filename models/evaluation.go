package models

import (
	"math"
	"slices"
)

// Evaluation is how well predictions match the truth. Shares are 0 to 1.
//
// MacroF1 is the plain mean of F1 over the labels that occur in the truth or
// among the predictions, as scikit-learn's f1_score(average="macro") does
// without a list of labels; a label without hits has F1 0.
type Evaluation struct {
	Records       int            `json:"records"`
	Accuracy      float64        `json:"accuracy"`
	AccuracyLow   float64        `json:"accuracy_low"` // Wilson 95 %
	AccuracyHigh  float64        `json:"accuracy_high"`
	MacroF1       float64        `json:"macro_f1"`
	WeightedF1    float64        `json:"weighted_f1"` // mean of F1, weighted by support
	WithinOne     float64        `json:"within_one"`
	ECE           float64        `json:"ece"`      // 15 equal bins of confidence
	Majority      float64        `json:"majority"` // accuracy of always saying the most frequent true label
	MajorityLabel int            `json:"majority_label"`
	Labels        []int          `json:"labels"`    // of the confusion matrix's rows and columns, ascending
	Confusion     [][]int        `json:"confusion"` // [truth][predicted]
	PerClass      []ClassMetrics `json:"per_class"`
}

// ClassMetrics is one label's row of an evaluation. A share whose denominator
// is 0 is 0, and its interval 0 to 1.
type ClassMetrics struct {
	Label      int     `json:"label"`
	Support    int     `json:"support"`
	Precision  float64 `json:"precision"`
	Recall     float64 `json:"recall"`
	RecallLow  float64 `json:"recall_low"`
	RecallHigh float64 `json:"recall_high"`
	F1         float64 `json:"f1"`
}

const calibrationBins = 15

// Evaluate compares predictions with the truth, position by position. Slices
// of unequal length are a defect of the caller and panic. Without records all
// shares are 0 and the interval is 0 to 1.
func Evaluate(truth []int, predictions []Prediction) Evaluation {
	if len(truth) != len(predictions) {
		panic("models: Evaluate needs one prediction for each true label")
	}
	predicted := make([]int, len(predictions))
	for i, p := range predictions {
		predicted[i] = p.Label
	}
	labels := slices.Concat(truth, predicted)
	slices.Sort(labels)
	labels = slices.Compact(labels)
	e := Evaluation{
		Records:   len(truth),
		Labels:    labels,
		Confusion: make([][]int, len(labels)),
		PerClass:  make([]ClassMetrics, len(labels)),
	}
	for i := range e.Confusion {
		e.Confusion[i] = make([]int, len(labels))
	}
	hits, near := 0, 0
	for i, label := range truth {
		row, _ := slices.BinarySearch(labels, label)
		column, _ := slices.BinarySearch(labels, predicted[i])
		e.Confusion[row][column]++
		if row == column {
			hits++
		}
		// Subtracting could overflow for labels far apart.
		if d := math.Abs(float64(label) - float64(predicted[i])); d <= 1 {
			near++
		}
	}
	e.Accuracy = share(hits, len(truth))
	e.AccuracyLow, e.AccuracyHigh = Wilson(hits, len(truth))
	e.WithinOne = share(near, len(truth))
	e.ECE = expectedCalibrationError(truth, predictions)
	majority := 0
	for i, label := range labels {
		support, said := 0, 0
		for j := range labels {
			support += e.Confusion[i][j]
			said += e.Confusion[j][i]
		}
		right := e.Confusion[i][i]
		c := ClassMetrics{
			Label:     label,
			Support:   support,
			Precision: share(right, said),
			Recall:    share(right, support),
			F1:        share(2*right, support+said),
		}
		c.RecallLow, c.RecallHigh = Wilson(right, support)
		e.PerClass[i] = c
		e.MacroF1 += c.F1 / float64(len(labels))
		e.WeightedF1 += c.F1 * share(support, len(truth))
		if support > majority { // of equals the smallest label
			majority, e.MajorityLabel = support, label
		}
	}
	e.Majority = share(majority, len(truth))
	return e
}

// expectedCalibrationError is the mean distance between confidence and
// accuracy in bins of confidence ((0, 1/15], …), weighted by their size. Guo et
// al. 2017, "On Calibration of Modern Neural Networks", eq. 3.
func expectedCalibrationError(truth []int, predictions []Prediction) float64 {
	var confidence, hits [calibrationBins]float64
	for i, p := range predictions {
		bin := int(math.Ceil(p.Confidence*calibrationBins)) - 1
		bin = min(max(bin, 0), calibrationBins-1)
		confidence[bin] += p.Confidence
		if p.Label == truth[i] {
			hits[bin]++
		}
	}
	sum := 0.0
	for bin := range confidence {
		sum += math.Abs(confidence[bin] - hits[bin])
	}
	if len(truth) == 0 {
		return 0
	}
	return sum / float64(len(truth))
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// Wilson is the 95 % Wilson score interval of hits among n: the shares from
// which hits is less than 1.96 standard errors away. 0 to 1 for n = 0.
// E. B. Wilson 1927, JASA 22, p. 209.
func Wilson(hits, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(hits)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	low, high = max(centre-half, 0), min(centre+half, 1)
	if hits == 0 {
		low = 0 // exact, where rounding would leave 1e-17
	}
	if hits == n {
		high = 1
	}
	return low, high
}
