package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
)

func plainInt(n int) string { return strconv.Itoa(n) }

// bar fills a share of width cells, in eighths of a cell.
func (t theme) bar(share float64, width int, style lipgloss.Style) string {
	if width <= 0 {
		return ""
	}
	share = min(max(share, 0), 1)
	eighths := int(share*float64(width)*8 + .5)
	full := min(eighths/8, width)
	filled := strings.Repeat("█", full)
	if part := eighths % 8; part > 0 && full < width {
		filled += string([]rune("▏▎▍▌▋▊▉")[part-1])
		full++
	}
	return style.Render(filled) + strings.Repeat(" ", width-full)
}

// progress draws how far something is: a track, the count and the share.
func (t theme) progress(done, total, width int, note string) string {
	label := "waiting"
	part := 0.0
	if total > 0 {
		part = min(float64(done)/float64(total), 1)
		label = fmt.Sprintf("%d/%d  %3.0f %%", done, total, part*100)
	}
	if note != "" {
		label += "  " + note
	}
	track := min(max(width-len([]rune(label))-3, 8), 60)
	full := int(part * float64(track))
	return t.accent.Render(strings.Repeat("━", full)) +
		t.rule.Render(strings.Repeat("─", track-full)) + "  " + label
}

// timeLeft estimates from the epochs done so far; negative if it cannot tell.
func timeLeft(now, started time.Time, epoch, epochs int) time.Duration {
	if epoch <= 0 || epochs <= 0 || started.IsZero() || now.Before(started) {
		return -1
	}
	each := now.Sub(started) / time.Duration(epoch)
	return each * time.Duration(max(epochs-epoch, 0))
}

// balance draws how many records there are of each label, a line each; the
// label here has a mark.
func (t theme) balance(counts map[int]int, here, width int) []string {
	labels := make([]int, 0, len(counts))
	most := 1
	for label, n := range counts {
		labels, most = append(labels, label), max(most, n)
	}
	slices.Sort(labels)
	lines := make([]string, 0, len(labels))
	for _, label := range labels {
		n := counts[label]
		style, mark := t.dim, "  "
		if label == here {
			style, mark = t.accent, t.accent.Render("▸ ")
		}
		lines = append(lines, mark+fitRight(strconv.Itoa(label), 2)+"  "+
			t.bar(float64(n)/float64(most), max(width-16, 4), style)+" "+fitRight(thousands(n), 7))
	}
	return lines
}
