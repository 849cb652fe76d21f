package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"ringlab/data"
)

// print writes one line of a result for people.
func (a *app) print(format string, args ...any) { a.write(fmt.Sprintf(format+"\n", args...)) }

func (a *app) printTable(t *table) {
	var b strings.Builder
	t.write(&b)
	a.write(b.String())
}

// write remembers the first failure, so that a full disk is not status 0.
func (a *app) write(text string) {
	if _, err := io.WriteString(a.stdout, text); err != nil && a.lost == nil {
		a.lost = fmt.Errorf("write results: %w", err)
	}
}

// results is the stream of results as an io.Writer; failures are remembered as
// by write.
type results struct{ *app }

func (r results) Write(text []byte) (int, error) {
	r.write(string(text))
	return len(text), nil
}

// printJSON writes one object on one line.
func (a *app) printJSON(v any) error {
	line, err := jsonLine(v)
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(line)
	return err
}

// printEachJSON writes what object makes of each item, one a line.
func printEachJSON[T, O any](a *app, items []T, object func(T) O) error {
	for _, item := range items {
		if err := a.printJSON(object(item)); err != nil {
			return err
		}
	}
	return nil
}

// asItIs is for items that are written as they are.
func asItIs[T any](item T) T { return item }

// jsonLine is v as compact JSON with a line end, safe for a terminal.
func jsonLine(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return escapeJSON(b.Bytes()), nil
}

// escapeJSON spells characters that a terminal could act on, and that
// encoding/json leaves as they are, as \u escapes. They can only stand in
// strings.
func escapeJSON(text []byte) []byte {
	var out []byte
	copied := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r != '\n' && !printable(r) {
			out = append(out, text[copied:i]...)
			if r > 0xffff {
				high, low := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
				out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
			copied = i + size
		}
		i += size
	}
	if copied == 0 {
		return text
	}
	return append(out, text[copied:]...)
}

func printable(r rune) bool { return r == ' ' || unicode.IsPrint(r) }

// clean makes text from outside safe for a terminal.
func clean(text string) string { return data.Printable(text) }

// cleanLines is clean for text of several lines: line ends stay, tabs become
// spaces.
func cleanLines(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	lines := strings.Split(strings.ReplaceAll(text, "\t", "  "), "\n")
	for i, line := range lines {
		lines[i] = clean(line)
	}
	return strings.Join(lines, "\n")
}

// shorten cuts text to a width in cells.
func shorten(text string, width int) string { return ansi.Truncate(text, width, "…") }

// table lays rows out in columns. Cells are escaped. Columns whose heading
// begins with ">" are set flush right.
type table struct {
	headings []string
	rows     [][]string
}

func newTable(headings ...string) *table { return &table{headings: headings} }

func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = clean(fmt.Sprint(c))
	}
	t.rows = append(t.rows, row)
}

func (t *table) write(w io.Writer) {
	right := make([]bool, len(t.headings))
	head := make([]string, len(t.headings))
	for i, h := range t.headings {
		head[i], right[i] = strings.CutPrefix(h, ">")
	}
	all := append([][]string{head}, t.rows...)
	widths := make([]int, len(head))
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-ansi.StringWidth(cell))
			if i > 0 {
				line.WriteString("  ")
			}
			if right[i] {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		_, _ = fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// percent writes a share as people read it.
func percent(share float64) string {
	if math.IsNaN(share) {
		return "–"
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64) + " %"
}

// interval writes the two ends of a 95 % interval of a share.
func interval(low, high float64) string {
	return fmt.Sprintf("%.1f to %.1f %%", 100*low, 100*high)
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

func localTime(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// seconds is a duration for people: 0.8 s, 12 s, 2 min 5 s.
func seconds(s float64) string {
	switch {
	case s < 10:
		return fmt.Sprintf("%.1f s", s)
	case s < 60:
		return fmt.Sprintf("%.0f s", s)
	}
	whole := int(math.Round(s))
	return fmt.Sprintf("%d min %d s", whole/60, whole%60)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
