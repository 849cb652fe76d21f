package data

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Side is the part of a split that a record belongs to.
type Side string

const (
	SideTrain      Side = "train"
	SideValidation Side = "validation"
	SideHoldout    Side = "holdout"
)

const (
	splitHash         = "hash"
	splitDemo         = "demo"
	defaultHoldout    = 0.1
	defaultValidation = 0.1
	demoHoldout       = 0.25
	demoValidation    = 0.2
	demoSeed          = 42
)

// Split says how a snapshot is cut. Its text form is "hash" (10 % holdout by
// group, 10 % of the rest validation), "hash:0.25" (another holdout),
// "hash:0.25:0.2" (another validation too), or "demo" (the notebook's own
// 75/25).
type Split struct {
	Method     string  // "hash" or "demo"
	Holdout    float64 // share of the records, above 0 and below 1
	Validation float64 // share of what is not holdout, above 0 and below 1
}

// ErrUnknownSplit is returned for a text that names no split.
var ErrUnknownSplit = errors.New("unknown split")

// ParseSplit reads the text form.
func ParseSplit(text string) (Split, error) {
	method, shares, hasShares := strings.Cut(text, ":")
	split := Split{Method: method, Holdout: defaultHoldout, Validation: defaultValidation}
	switch {
	case method == splitDemo && !hasShares:
		split.Holdout, split.Validation = demoHoldout, demoValidation
	case method == splitHash && hasShares:
		holdout, validation, hasValidation := strings.Cut(shares, ":")
		ok := parseShare(holdout, &split.Holdout)
		if hasValidation {
			ok = ok && parseShare(validation, &split.Validation)
		}
		if !ok {
			return Split{}, fmt.Errorf("%w %s: the shares of holdout and validation are numbers between 0 and 1, as in hash:0.25 or hash:0.25:0.1", ErrUnknownSplit, shown(text))
		}
	case method == splitHash:
	default:
		return Split{}, fmt.Errorf("%w %s: hash, hash:SHARE, hash:SHARE:SHARE or demo was expected", ErrUnknownSplit, shown(text))
	}
	return split, nil
}

// parseShare reads a number above 0 and below 1.
func parseShare(text string, to *float64) bool {
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || !(share > 0 && share < 1) {
		return false
	}
	*to = share
	return true
}

// RestoreSplit reads the text form that a run or a bundle has stored. Where it
// does not name both shares, it was written when a fifth of the rest was
// validation, and "hash" alone held out a fifth.
func RestoreSplit(stored string) (Split, error) {
	switch {
	case stored == splitHash:
		stored = splitHash + ":0.2:0.2"
	case strings.HasPrefix(stored, splitHash) && strings.Count(stored, ":") == 1:
		stored += ":0.2"
	}
	return ParseSplit(stored)
}

// String is the text form that names everything, "hash:0.1:0.1": what is
// stored must not change its meaning with the defaults.
func (s Split) String() string {
	if s.Method != splitHash {
		return s.Method
	}
	share := func(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }
	return splitHash + ":" + share(s.Holdout) + ":" + share(s.Validation)
}

// Parts is a snapshot cut by a split, each part in the order of ingest.
// Records that belong to no side are in none.
type Parts struct{ Train, Validation, Holdout []Record }

// Parts cuts a snapshot.
//
// "hash": a record's side is a hash of its group, so records of one molecule or
// one picture share a side, and a record keeps its side when data is added. A
// group is in the holdout with the probability Holdout, else in the validation
// with the probability Validation; the shares hold on average. Where a side
// would be empty, as with a handful of records, one group is lent to it, and
// goes back once the side has groups of its own.
//
// "demo": the holdout is that of scikit-learn's
// train_test_split(test_size=.25, random_state=42) over the records in the
// order of ingest: the first quarter, rounded up, of numpy's
// RandomState(42).permutation. Of the rest, whole groups go to the validation,
// in the order of their hash, until it has its share. Records of one group may
// be on both sides of the holdout: this split is for comparison with the
// notebook.
func (s *Store) Parts(ctx context.Context, snapshot string, split Split) (Parts, error) {
	found, err := s.Snapshot(ctx, snapshot)
	if err != nil {
		return Parts{}, err
	}
	records, err := s.Records(ctx, Query{Snapshot: found.ID})
	if err != nil {
		return Parts{}, err
	}
	return split.cut(records)
}

// cut decides on values alone.
func (s Split) cut(records []Record) (Parts, error) {
	if !(s.Holdout > 0 && s.Holdout < 1 && s.Validation > 0 && s.Validation < 1) {
		return Parts{}, fmt.Errorf("%w: the shares of holdout (%g) and validation (%g) must be between 0 and 1", ErrUnknownSplit, s.Holdout, s.Validation)
	}
	var side func(Record, int) Side
	switch s.Method {
	case splitHash:
		groups := s.groupSides(records)
		side = func(r Record, _ int) Side { return groups[r.Group] }
	case splitDemo:
		side = s.demoSides(records)
	default:
		return Parts{}, fmt.Errorf("%w %s", ErrUnknownSplit, shown(s.Method))
	}
	var parts Parts
	for i, r := range records {
		switch side(r, i) {
		case SideTrain:
			parts.Train = append(parts.Train, r)
		case SideValidation:
			parts.Validation = append(parts.Validation, r)
		case SideHoldout:
			parts.Holdout = append(parts.Holdout, r)
		}
	}
	return parts, nil
}

// draw is where a group falls in [0, 1) for the holdout and, independently,
// for the validation.
type draw struct {
	group               string
	holdout, validation float64
}

func drawGroup(group string) draw {
	sum := sha256.Sum256([]byte("ringlab split 1\n" + group))
	unit := func(b []byte) float64 { return float64(binary.BigEndian.Uint64(b)>>11) / (1 << 53) }
	return draw{group: group, holdout: unit(sum[0:8]), validation: unit(sum[8:16])}
}

// drawGroups draws each group once. The group "" is none.
func drawGroups(records []Record) []draw {
	seen := make(map[string]bool, len(records))
	draws := make([]draw, 0, len(records))
	for _, r := range records {
		if r.Group != "" && !seen[r.Group] {
			seen[r.Group] = true
			draws = append(draws, drawGroup(r.Group))
		}
	}
	return draws
}

func (s Split) groupSides(records []Record) map[string]Side {
	draws := drawGroups(records)
	sides := make(map[string]Side, len(draws))
	count := make(map[Side]int)
	for _, d := range draws {
		side := SideTrain
		switch {
		case d.holdout < s.Holdout:
			side = SideHoldout
		case d.validation < s.Validation:
			side = SideValidation
		}
		sides[d.group] = side
		count[side]++
	}
	fillSides(draws, sides, count)
	return sides
}

// fillSides lends each empty side one group of the side that has most, where
// one can be spared: a model can do without a validation, but not without
// records to learn from. Who goes is drawn as before: the one nearest to the
// empty side's share.
func fillSides(draws []draw, sides map[string]Side, count map[Side]int) {
	order := []Side{SideTrain, SideHoldout, SideValidation} // the more needed first
	nearness := []func(draw) float64{
		func(d draw) float64 { return -d.holdout },
		func(d draw) float64 { return d.holdout },
		func(d draw) float64 { return d.validation },
	}
	for need, to := range order {
		if count[to] > 0 {
			continue
		}
		var from Side
		for rank, side := range order {
			spare := count[side] > 1 || count[side] == 1 && rank > need
			if spare && count[side] > count[from] {
				from = side
			}
		}
		var lent *draw
		for i, d := range draws {
			if sides[d.group] == from && (lent == nil || nearness[need](d) < nearness[need](*lent)) {
				lent = &draws[i]
			}
		}
		if lent == nil {
			continue
		}
		sides[lent.group] = to
		count[from]--
		count[to]++
	}
}

func (s Split) demoSides(records []Record) func(Record, int) Side {
	n := len(records)
	order := newMersenneTwister(demoSeed).permutation(n)
	held := int(math.Ceil(s.Holdout * float64(n)))
	holdout := make(map[int]bool, held)
	for _, i := range order[:held] {
		holdout[i] = true
	}
	rest := make([]Record, 0, n-held)
	size := make(map[string]int)
	for i, r := range records {
		if !holdout[i] {
			rest = append(rest, r)
			size[r.Group]++
		}
	}
	draws := drawGroups(rest)
	slices.SortFunc(draws, func(a, b draw) int { return cmp.Compare(a.validation, b.validation) })
	validation := make(map[string]bool)
	want := int(s.Validation * float64(len(rest)))
	for _, d := range draws {
		if want <= 0 {
			break
		}
		validation[d.group] = true
		want -= size[d.group]
	}
	return func(r Record, i int) Side {
		switch {
		case holdout[i]:
			return SideHoldout
		case validation[r.Group]:
			return SideValidation
		default:
			return SideTrain
		}
	}
}
