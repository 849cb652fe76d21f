package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ringlab/models/trees"
	"ringlab/models/unlike"
)

// judged is a picture and what the forest says of it.
type judged struct {
	file string
	unlike.Verdict
}

// judge prints how the forest tells the pictures apart that it has not seen.
func (g *grow) judge(ctx context.Context, f *trees.Forest) error {
	drawings := make(map[string][]judged)
	others := make(map[string][]judged)
	for _, dir := range g.judgeDrawings {
		all, err := ask(ctx, f, dir)
		if err != nil {
			return err
		}
		drawings[dir] = all
	}
	for _, dir := range g.judgeOthers {
		all, err := ask(ctx, f, dir)
		if err != nil {
			return err
		}
		for _, j := range all {
			kind := filepath.Base(filepath.Dir(j.file))
			others[kind] = append(others[kind], j)
		}
	}
	report(drawings, others)
	if g.list == "" {
		return nil
	}
	var lines strings.Builder
	for _, sets := range []map[string][]judged{drawings, others} {
		for _, j := range gathered(sets) {
			fmt.Fprintf(&lines, "%.3f %s %s\n", j.Score, j.Kind, j.file)
		}
	}
	return os.WriteFile(g.list, []byte(lines.String()), 0o666)
}

func ask(ctx context.Context, f *trees.Forest, dir string) ([]judged, error) {
	files, err := find(dir, 1<<30)
	if err != nil {
		return nil, err
	}
	rows, err := measure(ctx, files)
	if err != nil {
		return nil, err
	}
	all := make([]judged, len(rows))
	for i, row := range rows {
		all[i] = judged{files[i], unlike.VerdictOf(f, row)}
	}
	return all, nil
}

// gathered puts the sets together, lowest score first.
func gathered(sets map[string][]judged) []judged {
	var all []judged
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		all = append(all, sets[name]...)
	}
	slices.SortStableFunc(all, func(a, b judged) int { return cmp.Compare(a.Score, b.Score) })
	return all
}

func report(drawings, others map[string][]judged) {
	fmt.Printf("%-40s %6s  share with a score over .3, .4, .5, .6, .7\n", "drawings", "n")
	for _, set := range slices.Sorted(maps.Keys(drawings)) {
		fmt.Printf("%-40s %6d", set, len(drawings[set]))
		for _, threshold := range []float64{.3, .4, .5, .6, .7} {
			fmt.Printf("  %.3f", over(drawings[set], threshold))
		}
		fmt.Println()
	}
	fmt.Printf("%-10s %6s  %6s  over .5  right kind  AUROC, beside all drawings and each set\n", "others", "n", "")
	row := func(name string, kind []judged) {
		right := 0
		for _, j := range kind {
			if j.Kind == filepath.Base(filepath.Dir(j.file)) {
				right++
			}
		}
		fmt.Printf("%-10s %6d  %.3f  %.3f  %.4f ", name, len(kind), over(kind, .5), float64(right)/float64(len(kind)), auroc(gathered(drawings), kind))
		for _, set := range slices.Sorted(maps.Keys(drawings)) {
			fmt.Printf(" %.4f", auroc(drawings[set], kind))
		}
		fmt.Println()
	}
	for _, kind := range slices.Sorted(maps.Keys(others)) {
		row(kind, others[kind])
	}
	row("all", gathered(others))
}

func over(all []judged, threshold float64) float64 {
	n := 0
	for _, j := range all {
		if j.Score > threshold {
			n++
		}
	}
	return float64(n) / float64(max(len(all), 1))
}

// auroc is the probability that one of others has a higher score than one of
// drawings, equal ones counting half.
func auroc(drawings, others []judged) float64 {
	scores := make([]float64, len(drawings))
	for i, j := range drawings {
		scores[i] = j.Score
	}
	slices.Sort(scores)
	sum := 0.
	for _, j := range others {
		low, _ := slices.BinarySearch(scores, j.Score)
		high := low
		for high < len(scores) && scores[high] == j.Score {
			high++
		}
		sum += float64(low+high) / 2
	}
	return sum / float64(max(len(scores), 1)) / float64(max(len(others), 1))
}
