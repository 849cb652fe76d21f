package filter

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// literal is a value as it is written in a filter: a number, or for a time the
// whole of what was named: a day, a minute, an instant. low counts, high does
// not; of a number they are equal.
type literal struct{ low, high float64 }

// notANumber is what a text is where a number could also stand.
var notANumber = literal{1, 0}

// readNumber reads 3, 0.25, 1e-3 and 95%.
func readNumber(s string) (literal, bool) {
	digits, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return literal{}, false
	}
	if percent {
		v /= 100
	}
	return literal{v, v}, true
}

func readBool(s string) (literal, bool) {
	switch strings.ToLower(s) {
	case "true", "yes":
		return literal{1, 1}, true
	case "false", "no":
		return literal{0, 0}, true
	}
	return literal{}, false
}

// timeForms are the ways to write a time, with the end of what each names.
var timeForms = [...]struct {
	layout string
	end    func(time.Time) time.Time
}{
	{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
	{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02T15:04:05", func(t time.Time) time.Time { return t.Add(time.Second) }},
	{time.RFC3339, func(t time.Time) time.Time { return t.Add(time.Second) }},
}

// readTime reads dates and times in now's zone, today, yesterday, now, and how
// long ago: -90s, -30m, -2h, -3d, -1w.
func readTime(s string, now time.Time) (literal, bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch strings.ToLower(s) {
	case "now":
		return instants(now, now.Add(time.Millisecond)), true
	case "today":
		return instants(day, day.AddDate(0, 0, 1)), true
	case "yesterday":
		return instants(day.AddDate(0, 0, -1), day), true
	}
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form.layout, s, now.Location()); err == nil {
			return instants(t, form.end(t)), true
		}
	}
	if len(s) < 3 || s[0] != '-' {
		return literal{}, false
	}
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	unit, known := units[s[len(s)-1]]
	n, err := strconv.ParseUint(s[1:len(s)-1], 10, 32)
	if !known || err != nil || n > uint64(100*365*24*time.Hour/unit) {
		return literal{}, false
	}
	t := now.Add(-time.Duration(n) * unit)
	return instants(t, t.Add(time.Millisecond)), true
}

func instants(from, to time.Time) literal {
	return literal{float64(from.UnixMilli()), float64(to.UnixMilli())}
}

// than is the numbers that stand to the literal as op says. A named day is
// before what comes after its end, and not before its own hours.
func (l literal) than(op string) span {
	instant := l.low == l.high
	all := span{low: math.Inf(-1), high: math.Inf(1)}
	switch op {
	case "<":
		all.high, all.highOpen = l.low, true
	case "<=":
		all.high, all.highOpen = l.high, !instant
	case ">":
		all.low, all.lowOpen = l.high, instant
	case ">=":
		all.low = l.low
	default:
		return span{low: l.low, high: l.high, highOpen: !instant}
	}
	return all
}

// to is a range of two literals; both ends count.
func (l literal) to(end literal) span {
	return span{low: l.low, high: end.high, highOpen: end.low != end.high}
}
