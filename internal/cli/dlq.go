package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/workspace"
)

func (a *app) dlqCommand() *cobra.Command {
	return group("dlq", "Look at dead letters, retry them, or settle them",
		"ringlab dlq list\nringlab dlq show 1\nringlab dlq retry",
		a.dlqListCommand(), a.dlqShowCommand(), a.dlqRetryCommand(), a.dlqDiscardCommand(), a.dlqExportCommand())
}

// letterStates are the states asked for: all, or what DeadLetters lists when
// none is named.
func letterStates(all bool) []string {
	if !all {
		return nil
	}
	return []string{data.StateWaiting, data.StateIngested, data.StateDiscarded}
}

func (a *app) dlqListCommand() *cobra.Command {
	var all bool
	var limit int
	var text string
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the dead letters that wait for someone",
		Example: "ringlab dlq list\n# Also those that were ingested or discarded since\nringlab dlq list --all\nringlab dlq list --filter 'code~^image and seen>1'",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			f, err := parseFilter(data.LetterFields(), text)
			if err != nil {
				return err
			}
			// Whoever filters by state means letters of all states.
			q := data.LetterQuery{States: letterStates(all || f.AsksFor("state")), Limit: limit}
			if !f.All() {
				q.Limit = 0 // of those that it selects
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				letters, err := r.data.FindLetters(c.Context(), q)
				if err != nil {
					return err
				}
				return a.printLetters(first(selected(f, letters), limit))
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "also the settled ones")
	c.Flags().IntVar(&limit, "limit", 0, "at most `N`")
	filterFlag(c, &text)
	return c
}

// first is the beginning of a list; a limit of 0 is none.
func first[T any](list []T, limit int) []T {
	if limit > 0 && limit < len(list) {
		return list[:limit]
	}
	return list
}

func (a *app) printLetters(letters []data.DeadLetter) error {
	if a.json {
		return printEachJSON(a, letters, asItIs)
	}
	if len(letters) == 0 {
		a.print("no dead letters")
		return nil
	}
	t := newTable(">id", ">row", "compound", "state", "code", "reason")
	for _, l := range letters {
		t.row(l.ID, l.Row, compound(l.CompoundID), l.State, l.Code, l.Reason)
	}
	a.printTable(t)
	a.print("%s", plural(len(letters), "dead letter", "dead letters"))
	return nil
}

func compound(id *int64) string {
	if id == nil {
		return "–"
	}
	return strconv.FormatInt(*id, 10)
}

func (a *app) dlqShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "show ID",
		Short:   "Show a dead letter with the record as it came",
		Example: "ringlab dlq show 1",
		Args:    arguments(1, 1, "ID"),
		RunE: func(c *cobra.Command, args []string) error {
			ids, err := letterIDs(c, args)
			if err != nil {
				return err
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				l, err := r.data.DeadLetter(c.Context(), ids[0])
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(newWholeLetter(l))
				}
				a.printLetter(l)
				return nil
			})
		},
	}
}

// wholeLetter is a dead letter with its record.
type wholeLetter struct {
	data.DeadLetter
	Data json.RawMessage `json:"data"` // a string where the record is no JSON
}

func newWholeLetter(l data.DeadLetter) wholeLetter {
	record := json.RawMessage(l.Raw)
	if !json.Valid(record) || !utf8.Valid(record) {
		// Bytes that are not UTF-8 become U+FFFD; dlq export keeps them.
		record, _ = json.Marshal(string(l.Raw))
	}
	return wholeLetter{l, record}
}

// writeLetters writes each letter as a line of JSON.
func writeLetters(ctx context.Context, r *rooms, w io.Writer, states []string) error {
	return r.data.EachDeadLetter(ctx, func(l data.DeadLetter) error {
		line, err := jsonLine(newWholeLetter(l))
		if err != nil {
			return err
		}
		_, err = w.Write(line)
		return err
	}, states...)
}

func (a *app) printLetter(l data.DeadLetter) {
	t := newTable("dead letter", strconv.FormatInt(l.ID, 10))
	t.row("state", l.State)
	t.row("code", l.Code)
	t.row("reason", l.Reason)
	t.row("compound", compound(l.CompoundID))
	t.row("file", l.Source)
	t.row("row", fmt.Sprintf("%d, at byte %d", l.Row, l.Offset))
	t.row("seen", fmt.Sprintf("%s, first %s, last %s", plural(l.Seen, "time", "times"), localTime(l.FirstSeen), localTime(l.Time)))
	t.row("ingest", l.Ingest)
	if l.SettledBy != "" || l.SettledWhy != "" {
		t.row("settled by", l.SettledBy)
		t.row("settled why", l.SettledWhy)
	}
	a.printTable(t)
	a.print("\n%s", cleanLines(string(l.Raw)))
}

func (a *app) dlqRetryCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "retry [ID...]",
		Short:   "Ingest what now passes of the waiting letters, or of those named",
		Example: "# After the cause was repaired\nringlab dlq retry\nringlab dlq retry 1 2",
		Args:    arguments(0, -1, "ID"),
		RunE: func(c *cobra.Command, args []string) error {
			ids, err := letterIDs(c, args)
			if err != nil {
				return err
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				result, err := r.data.Retry(c.Context(), ids, author())
				if err != nil {
					return err
				}
				if a.json {
					return a.printJSON(result)
				}
				a.printIngest(result)
				return nil
			})
		},
	}
}

func (a *app) dlqDiscardCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     "discard ID...",
		Short:   "Settle letters that nobody will repair; they stay listed with --all",
		Example: `ringlab dlq discard 2 --reason "the source knows this compound already"`,
		Args:    arguments(1, -1, "ID"),
		RunE: func(c *cobra.Command, args []string) error {
			ids, err := letterIDs(c, args)
			if err != nil {
				return err
			}
			if reason == "" {
				return usage(c, "say why with --reason: it is kept with the letter")
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				if err := r.data.Discard(c.Context(), ids, author(), reason); err != nil {
					return err
				}
				if a.json {
					return a.printJSON(struct {
						Discarded []int64 `json:"discarded"`
					}{ids})
				}
				a.print("discarded %s", plural(len(ids), "dead letter", "dead letters"))
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "`WHY` nobody will repair it")
	return c
}

func (a *app) dlqExportCommand() *cobra.Command {
	var file string
	var all bool
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the records of dead letters as a list to repair and ingest again",
		Long: `Writes the original bytes of the waiting records as one JSON list, the form
that ingest reads. With --json it writes each letter as one object a line, with
the record in data.`,
		Example: "ringlab dlq export -o repaired/compounds.json\nringlab dlq export --json",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := c.Context()
			return a.with(ctx, workspace.Open, func(r *rooms) error {
				return a.writeOutput(file, func(w io.Writer) error {
					if a.json {
						return writeLetters(ctx, r, w, letterStates(all))
					}
					return r.data.WriteDeadLetters(ctx, w, letterStates(all)...)
				})
			})
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "`FILE` to write; standard output if empty")
	c.Flags().BoolVar(&all, "all", false, "also the settled ones")
	return c
}

// writeOutput lets write fill the file named, which appears whole or not at
// all, or standard output; a terminal gets the text escaped.
func (a *app) writeOutput(file string, write func(io.Writer) error) error {
	if file != "" && file != "-" {
		if err := workspace.WriteFileFrom(file, write); err != nil {
			return fmt.Errorf("write %s: %w", file, err)
		}
		return nil
	}
	if isTerminal(a.stdout) {
		out := &cleanWriter{to: a.stdout}
		return errors.Join(write(out), out.end())
	}
	return write(a.stdout)
}

// cleanWriter passes on text line by line, escaped for a terminal.
type cleanWriter struct {
	to   io.Writer
	line []byte // begun
}

func (w *cleanWriter) Write(text []byte) (int, error) {
	w.line = append(w.line, text...)
	end := bytes.LastIndexByte(w.line, '\n') + 1
	if _, err := io.WriteString(w.to, cleanLines(string(w.line[:end]))); err != nil {
		return 0, err
	}
	w.line = append(w.line[:0], w.line[end:]...)
	return len(text), nil
}

// end passes on the last line, which has no end.
func (w *cleanWriter) end() error {
	_, err := io.WriteString(w.to, cleanLines(string(w.line)))
	return err
}

// letterIDs reads the ids of dead letters.
func letterIDs(c *cobra.Command, args []string) ([]int64, error) {
	ids := make([]int64, len(args))
	for i, text := range args {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 {
			return nil, usage(c, "%q is not the id of a dead letter: ringlab dlq list shows them", text)
		}
		ids[i] = id
	}
	return ids, nil
}
