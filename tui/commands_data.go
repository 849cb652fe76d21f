package tui

import (
	"context"
	"errors"
	"fmt"
	"sync"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/data/picture"
	"ringlab/experiments"
	"ringlab/models"
)

// Questions of the Data page about its records.

// firstRecords is how many records are shown before all are read.
const firstRecords = 300

// recordsLoadedMsg is a table of records: the first of them, or all.
type recordsLoadedMsg struct {
	request int
	table   *experiments.RecordTable // nil: nothing was ingested yet
	balance balance
}

// loadRecords reads the newest snapshot: its first records where there is no
// older table to show meanwhile, else all.
func loadRecords(stores Stores, old *experiments.RecordTable) question {
	const doing = "load records"
	return func(ctx context.Context, request int) tea.Msg {
		table, err := stores.Experiments.NewRecordTable(ctx, "")
		if errors.Is(err, data.ErrNoSnapshot) {
			return recordsLoadedMsg{request: request}
		}
		if err != nil {
			return failedMsg{request, doing, err}
		}
		most := table.Snapshot.Records
		if old == nil {
			most = min(most, firstRecords)
		} else {
			old.Grow(table)
		}
		for table.Len() < most {
			if _, err := table.More(ctx, stores.Data, min(most, 5_000)); err != nil {
				return failedMsg{request, doing, err}
			}
			if err := ctx.Err(); err != nil {
				return failedMsg{request, doing, err}
			}
		}
		if table.Whole() {
			if _, err := table.More(ctx, stores.Data, 1); err != nil { // the sides
				return failedMsg{request, doing, err}
			}
		}
		return recordsLoadedMsg{request, table, balanceOf(table, nil)}
	}
}

// rowsSelectedMsg lists the rows that a filter selects, sorted.
type rowsSelectedMsg struct {
	request int
	rows    []int32
	balance balance
}

// selectRecords filters and sorts a whole table. A closed stop ends it: a
// newer question was asked.
func selectRecords(table *experiments.RecordTable, f filter.Filter, orders []filter.Order, stop <-chan struct{}) question {
	return func(ctx context.Context, request int) tea.Msg {
		rows, err := selectRows(ctx, table, f, orders, stop)
		if err != nil {
			return failedMsg{request, "filter records", err}
		}
		return rowsSelectedMsg{request, rows, balanceOf(table, rows)}
	}
}

// selectRows is filter.Select that also ends when stop is closed, as if ctx
// had ended.
func selectRows(ctx context.Context, table *experiments.RecordTable, f filter.Filter, orders []filter.Order, stop <-chan struct{}) ([]int32, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer cancel()
	waiting.Go(func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	})
	return filter.Select(ctx, table, f, orders)
}

// balance counts records by label and side of the split.
type balance map[int]sideCounts

type sideCounts struct{ train, validation, holdout, none int }

func (c sideCounts) all() int { return c.train + c.validation + c.holdout + c.none }

// balanceOf counts some rows of a table, nil being all.
func balanceOf(table *experiments.RecordTable, rows []int32) balance {
	counts := balance{}
	count := func(i int) {
		label, side := table.LabelSide(i)
		c := counts[label]
		switch side {
		case data.SideTrain:
			c.train++
		case data.SideValidation:
			c.validation++
		case data.SideHoldout:
			c.holdout++
		default:
			c.none++
		}
		counts[label] = c
	}
	if rows == nil {
		for i := range table.Len() {
			count(i)
		}
	}
	for _, i := range rows {
		count(int(i))
	}
	return counts
}

// recordLoadedMsg is a record's picture and its own fields.
type recordLoadedMsg struct {
	request int
	id      int64
	picture pictureLoadedMsg
	fields  []pair
	raw     []byte // the record as it came
}

func loadRecord(store *data.Store, row experiments.RecordRow) question {
	return func(ctx context.Context, request int) tea.Msg {
		answer := recordLoadedMsg{request: request, id: row.ID, picture: pictureLoadedMsg{request: request}}
		p, err := store.Picture(ctx, data.Record{CompoundID: row.Compound, Picture: row.Picture})
		if err != nil {
			answer.picture.trouble = err.Error()
		}
		answer.picture.picture = p
		records, err := store.RecordsByID(ctx, []int64{row.ID})
		if err != nil {
			return failedMsg{request, "load a record", err}
		}
		answer.fields, answer.raw = newRecordRow(records[0]).fields, records[0].Fields
		return answer
	}
}

// loadedModel is a model in memory, to ask it again without reading it again.
type loadedModel struct {
	name  string
	model *models.Model
}

// answeredMsg is the answer of the model in production for a record's picture.
type answeredMsg struct {
	request    int
	id         int64
	model      loadedModel // no name: nothing is in production
	prediction models.Prediction
}

func answerRecord(stores Stores, id int64, p *picture.Picture, known loadedModel) question {
	return func(ctx context.Context, request int) tea.Msg {
		version, ok, err := stores.Experiments.InProduction(ctx)
		if err != nil || !ok {
			return answeredMsg{request: request, id: id}
		}
		doing := fmt.Sprintf("ask %s for its answer", version.Name)
		if known.name != version.Name || known.model == nil {
			ref, err := stores.Experiments.Resolve(ctx, version.Name)
			if err != nil {
				return failedMsg{request, doing, err}
			}
			model, _, err := ref.Load()
			if err != nil {
				return failedMsg{request, doing, err}
			}
			known = loadedModel{version.Name, model}
		}
		answers, err := known.model.Predict(ctx, []*picture.Picture{p})
		if err != nil {
			return failedMsg{request, doing, err}
		}
		return answeredMsg{request, id, known, answers[0]}
	}
}
