package experiments

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// newLogger writes a run's log: one JSON object a line, with time (RFC 3339 in
// UTC), level and msg first.
func newLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Value.Kind() {
			case slog.KindTime:
				a.Value = slog.TimeValue(a.Value.Time().UTC())
			case slog.KindFloat64:
				// JSON has no number for these.
				if f := a.Value.Float64(); math.IsNaN(f) || math.IsInf(f, 0) {
					a.Value = slog.StringValue(strconv.FormatFloat(f, 'g', -1, 64))
				}
			default:
			}
			return a
		},
	}))
}

// FormatLogLine spells a line of a run's log for people: the time of day here,
// the level where it is not INFO, the message, and key=value pairs, with the
// keys of nested objects joined by points. A line of another form stays as it
// is. Nothing is escaped for a terminal.
func FormatLogLine(line string) string {
	var head struct {
		Time    time.Time `json:"time"`
		Level   string    `json:"level"`
		Message string    `json:"msg"`
	}
	if json.Unmarshal([]byte(line), &head) != nil || head.Time.IsZero() {
		return line
	}
	var b strings.Builder
	b.WriteString(head.Time.Local().Format("15:04:05") + "  ")
	if head.Level != slog.LevelInfo.String() {
		b.WriteString(head.Level + " ")
	}
	b.WriteString(head.Message)
	if err := writePairs(&b, "", []byte(line)); err != nil {
		return line
	}
	return b.String()
}

// writePairs writes the members of a JSON object in their order, without the
// three that every line of the log begins with.
func writePairs(b *strings.Builder, prefix string, object []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		name, _ := key.(string)
		if prefix == "" && (name == slog.TimeKey || name == slog.LevelKey || name == slog.MessageKey) {
			continue
		}
		if value[0] == '{' {
			if err := writePairs(b, prefix+name+".", value); err != nil {
				return err
			}
			continue
		}
		text := string(value)
		if value[0] == '"' {
			if err := json.Unmarshal(value, &text); err != nil {
				return err
			}
			if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r == '"' || r == '=' || unicode.IsSpace(r) }) {
				text = strconv.Quote(text)
			}
		}
		b.WriteString(" " + prefix + name + "=" + text)
	}
	return nil
}
