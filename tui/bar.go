package tui

import (
	"fmt"
	"maps"
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
		label = fmt.Sprintf("%s/%s  %3.0f %%", thousands(done), thousands(total), part*100)
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

// trace draws the newest of values as columns, the newest at the right, height
// lines high; the highest value is written at its height.
func (t theme) trace(values []float64, width, height int) []string {
	const label = 8
	columns := max(width-label, 1)
	values = values[max(len(values)-columns, 0):]
	most := 0.
	for _, v := range values {
		most = max(most, v)
	}
	lines := make([]string, height)
	for row := range lines {
		var b strings.Builder
		for range columns - len(values) {
			b.WriteByte(' ')
		}
		for _, v := range values {
			part := 0.
			if most > 0 {
				part = v / most * float64(height)
			}
			eighths := min(max(int((part-float64(height-1-row))*8+.5), 0), 8)
			if row == height-1 && v > 0 {
				eighths = max(eighths, 1) // little is not nothing
			}
			b.WriteRune([]rune(" ▁▂▃▄▅▆▇█")[eighths])
		}
		name := ""
		switch row {
		case 0:
			name = rateText(most)
		case height - 1:
			name = "0"
		}
		lines[row] = t.dim.Render(fitRight(name, label-1)) + " " + t.accent.Render(b.String())
	}
	return lines
}

// line fills a share of width cells with a thick line, in halves of a cell:
// lines under one another stay apart, as bars do not.
func (t theme) line(share float64, width int, style lipgloss.Style) string {
	if width <= 0 {
		return ""
	}
	halves := int(min(max(share, 0), 1)*float64(2*width) + .5)
	if share > 0 {
		halves = max(halves, 1) // little is not nothing
	}
	filled := strings.Repeat("━", halves/2)
	if halves%2 == 1 {
		filled += "╸"
	}
	return style.Render(filled) + strings.Repeat(" ", width-(halves+1)/2)
}

// bars draws how many records there are of each label, a line each.
func (t theme) bars(counts map[int]int, width int) []string {
	most := 1
	for _, n := range counts {
		most = max(most, n)
	}
	var lines []string
	for _, label := range slices.Sorted(maps.Keys(counts)) {
		n := counts[label]
		lines = append(lines, fitRight(strconv.Itoa(label), 4)+"  "+
			t.line(float64(n)/float64(most), max(width-14, 4), t.accent)+" "+fitRight(thousands(n), 7))
	}
	return lines
}
