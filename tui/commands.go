package tui

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/data/filter"
	pixels "ringlab/data/picture"
)

// Everything that reads or writes stands in this file and in commands_runs.go,
// as questions that run outside Update. Each answers with one message of facts
// that carries the question's number, or with failedMsg.

// failedMsg says what could not be done; doing completes "Cannot …".
type failedMsg struct {
	request int
	doing   string
	err     error
}

// recordRow is a record with what is shown of its fields.
type recordRow struct {
	record  data.Record
	formula string
	fields  []pair
}

// overviewLoadedMsg is what the Data page watches.
type overviewLoadedMsg struct {
	request  int
	snapshot string // the newest, "" for none
	model    string // in production, "" for none
	waiting  int    // dead letters
	task     data.Task
}

type pictureLoadedMsg struct {
	request int
	picture *pixels.Picture
	trouble string
}

// lettersLoadedMsg is a window of the list of dead letters.
type lettersLoadedMsg struct {
	request int
	letters []data.DeadLetter
	offset  int // of the first of them in the list
	total   int
	waiting int // of all letters
}

type letterLoadedMsg struct {
	request int
	letter  data.DeadLetter
}

type lettersRetriedMsg struct {
	request int
	result  data.IngestResult
}

type letterDiscardedMsg struct {
	request int
	id      int64
}

// newestSnapshot is the zero snapshot where nothing was ingested.
func newestSnapshot(ctx context.Context, store *data.Store) (data.Snapshot, error) {
	all, err := store.Snapshots(ctx)
	if err != nil || len(all) == 0 {
		return data.Snapshot{}, err
	}
	return all[0], nil
}

// newRecordRow reads the record's own fields; what is not read as JSON is
// simply not shown.
func newRecordRow(r data.Record) recordRow {
	row := recordRow{record: r}
	var fields map[string]json.RawMessage
	if json.Unmarshal(r.Fields, &fields) != nil {
		return row
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := fieldText(fields[name])
		switch name {
		case "molecular_formula":
			row.formula = value
		case "compound_id", "smiles", "image":
		default:
			row.fields = append(row.fields, pair{name, value})
		}
	}
	return row
}

func fieldText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return fmt.Sprintf("list of %d", len(list))
	}
	return string(raw[:min(len(raw), 200)])
}

// loadOverview looks what there is now; counting is somebody else's.
func loadOverview(stores Stores) question {
	const doing = "load the overview of the data"
	return func(ctx context.Context, request int) tea.Msg {
		answer := overviewLoadedMsg{request: request}
		var err error
		if answer.waiting, err = stores.Data.CountLetters(ctx, data.LetterQuery{}); err != nil {
			return failedMsg{request, doing, err}
		}
		if answer.task, err = stores.Data.Task(ctx); err != nil {
			return failedMsg{request, doing, err}
		}
		snapshot, err := newestSnapshot(ctx, stores.Data)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		answer.snapshot = snapshot.ID
		production, _, err := stores.Experiments.InProduction(ctx)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		answer.model = production.Name
		return answer
	}
}

func loadPicture(store *data.Store, r data.Record) question {
	return func(ctx context.Context, request int) tea.Msg {
		p, err := store.Picture(ctx, r)
		if err != nil {
			return pictureLoadedMsg{request: request, trouble: err.Error()}
		}
		return pictureLoadedMsg{request: request, picture: p}
	}
}

// loadLetters reads what is on screen and around it, never all letters.
func loadLetters(store *data.Store, q data.LetterQuery, f filter.Filter) question {
	const doing = "load dead letters"
	return func(ctx context.Context, request int) tea.Msg {
		answer := lettersLoadedMsg{request: request, offset: q.Offset}
		var err error
		if answer.waiting, err = store.CountLetters(ctx, data.LetterQuery{}); err != nil {
			return failedMsg{request, doing, err}
		}
		if !f.All() {
			if answer.letters, err = store.FindLetters(ctx, data.LetterQuery{States: q.States}); err != nil {
				return failedMsg{request, doing, err}
			}
			selects := filter.Matcher[*data.DeadLetter](f)
			answer.letters = slices.DeleteFunc(answer.letters, func(l data.DeadLetter) bool { return !selects(&l) })
			answer.offset, answer.total = 0, len(answer.letters)
			return answer
		}
		if answer.letters, err = store.FindLetters(ctx, q); err != nil {
			return failedMsg{request, doing, err}
		}
		if answer.total, err = store.CountLetters(ctx, q); err != nil {
			return failedMsg{request, doing, err}
		}
		return answer
	}
}

// mostRaw bounds how much of a letter's original bytes is shown.
const mostRaw = 16 << 10

func loadLetter(store *data.Store, id int64) question {
	return func(ctx context.Context, request int) tea.Msg {
		letter, err := store.DeadLetter(ctx, id)
		if err != nil {
			return failedMsg{request, fmt.Sprintf("load dead letter %d", id), err}
		}
		letter.Raw = letter.Raw[:min(len(letter.Raw), mostRaw)]
		return letterLoadedMsg{request, letter}
	}
}

// retryLetters tries all waiting letters if ids is empty.
func retryLetters(store *data.Store, ids []int64, by string) question {
	return func(ctx context.Context, request int) tea.Msg {
		result, err := store.Retry(ctx, ids, by)
		if err != nil {
			return failedMsg{request, "retry dead letters", err}
		}
		return lettersRetriedMsg{request, result}
	}
}

func discardLetter(store *data.Store, id int64, by, why string) question {
	return func(ctx context.Context, request int) tea.Msg {
		if err := store.Discard(ctx, []int64{id}, by, why); err != nil {
			return failedMsg{request, fmt.Sprintf("discard dead letter %d", id), err}
		}
		return letterDiscardedMsg{request, id}
	}
}

// tail reads the last lines of a log, of which at most the last bytes are kept.
func tail(log io.ReadSeeker, bytes int64) ([]string, error) {
	size, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if _, err := log.Seek(max(size-bytes, 0), io.SeekStart); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(log, bytes))
	if err != nil || len(text) == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), nil
}
