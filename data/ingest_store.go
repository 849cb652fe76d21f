package data

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ringlab/data/workspace"
)

func (s *Store) insertIngest(ctx context.Context, folder, file string, now time.Time) (id int64, err error) {
	err = s.ws.Write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO ingests (folder, file, state, started_at_ms) VALUES (?, ?, 'staging', ?) RETURNING id`,
			folder, file, now.UnixMilli()).Scan(&id)
	})
	return id, err
}

// hasOpenLetters tells whether some record may settle a letter by passing.
func (s *Store) hasOpenLetters(ctx context.Context) (has bool, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM dead_letters WHERE state <> 'ingested')`).Scan(&has)
	return has, err
}

// hasPicture tells whether some record, staged ones included, has the picture,
// and the picture is stored undamaged. A file that merely lies there under the
// sum does not count: it may be an artifact of a run that is being deleted.
func (s *Store) hasPicture(ctx context.Context, sum string) (has bool, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pictures WHERE sum = ?)`, sum).Scan(&has)
	if err != nil || !has {
		return false, err
	}
	_, damaged := s.ws.Blobs().Read(sum)
	return damaged == nil, nil
}

// stage judges the batch against all records before it and writes what became
// of each record, and where its pictures lie, in one transaction. It is durable
// with the ingest's last, not before: until then nobody sees it. The verdicts
// are those of the batch, in order.
func (s *Store) stage(ctx context.Context, in *ingest, batch []checkedRecord, pictures workspace.PackedBlobs) (verdicts []verdict, err error) {
	known := in.ledger
	var after *ledger
	err = s.ws.WriteLazily(ctx, func(tx *sql.Tx) error {
		// A ledger that has judged a batch must not judge it again: a transaction
		// that is repeated begins with an empty one.
		after, known = known, newLedger()
		verdicts = make([]verdict, len(batch))
		if err := pictures.Record(ctx, tx); err != nil {
			return err
		}
		if err := after.load(ctx, tx, batch); err != nil {
			return err
		}
		w, err := newStageWriter(ctx, tx, in)
		if err != nil {
			return err
		}
		defer w.close()
		for i := range batch {
			c := &batch[i]
			v := verdict{refused: c.refused}
			if v.refused == nil {
				v = after.judge(&c.entry)
			}
			verdicts[i] = v
			if err := w.write(ctx, c, v, in.settles); err != nil {
				return err
			}
		}
		return w.flush(ctx)
	})
	in.ledger = after
	if err != nil {
		in.ledger = newLedger()
	}
	return verdicts, err
}

// load adds what the workspace knows of the ids, pictures and graphs in the
// batch.
func (l *ledger) load(ctx context.Context, tx *sql.Tx, batch []checkedRecord) error {
	clear(l.contents) // ids hardly come again
	if len(l.pictures) > maxCached {
		clear(l.pictures)
	}
	if len(l.groups) > maxCached {
		clear(l.groups)
	}
	var ids []int64
	pictures, graphs := make(map[string]bool), make(map[string]bool)
	for i := range batch {
		c := &batch[i]
		if c.refused != nil {
			continue
		}
		ids = append(ids, c.entry.compoundID)
		if _, ok := l.pictures[c.entry.picture]; !ok {
			pictures[c.entry.picture] = true
		}
		if _, ok := l.groups[c.entry.graph]; !ok {
			graphs[c.entry.graph] = true
		}
	}
	if err := l.loadContents(ctx, tx, ids); err != nil {
		return err
	}
	err := eachIn(ctx, tx, `SELECT sum, label, group_key FROM pictures WHERE sum IN (SELECT value FROM json_each(?))`, slices.Collect(maps.Keys(pictures)),
		func(rows *sql.Rows) error {
			var picture string
			var use pictureUse
			err := rows.Scan(&picture, &use.label, &use.group)
			l.pictures[picture] = use
			return err
		})
	if err != nil {
		return err
	}
	return eachIn(ctx, tx, `SELECT graph, group_key FROM graphs WHERE graph IN (SELECT value FROM json_each(?))`, slices.Collect(maps.Keys(graphs)),
		func(rows *sql.Rows) error {
			var graph, group string
			err := rows.Scan(&graph, &group)
			l.groups[graph] = group
			return err
		})
}

// loadContents reads what the records of compounds say, where they are there.
func (l *ledger) loadContents(ctx context.Context, tx *sql.Tx, compounds []int64) error {
	records, err := idsOf(ctx, tx, compounds)
	if err != nil || len(records) == 0 {
		return err
	}
	found, err := storedRecords(ctx, tx, slices.Collect(maps.Values(records)))
	if err != nil {
		return err
	}
	for compound, id := range records {
		r, ok := found[id]
		if !ok || r.CompoundID != compound {
			return fmt.Errorf("compound %d: %w", compound, errBlockDamaged)
		}
		l.contents[compound] = r.content
	}
	return nil
}

// eachIn runs a query whose one argument is a JSON list.
func eachIn[T any](ctx context.Context, tx *sql.Tx, query string, list []T, each func(*sql.Rows) error) error {
	if len(list) == 0 {
		return nil
	}
	argument, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return workspace.EachRow(ctx, tx, query, []any{string(argument)}, each)
}

// stageWriter writes records and letters of one ingest in one transaction.
type stageWriter struct {
	tx             *sql.Tx
	ingest         int64
	picture, graph *sql.Stmt
	letter, open   *sql.Stmt

	next      int64 // id of the next block's first record
	block     *blockWriter
	compounds []int64 // in the block
}

func newStageWriter(ctx context.Context, tx *sql.Tx, in *ingest) (*stageWriter, error) {
	w := &stageWriter{tx: tx, ingest: in.id, block: &in.blocks}
	w.block.reset()
	var errs []error
	prepare := func(text string) *sql.Stmt {
		statement, err := tx.PrepareContext(ctx, text) //nolint:sqlclosecheck // closed by close
		errs = append(errs, err)
		return statement
	}
	w.picture = prepare(`INSERT INTO pictures (sum, label, group_key, compound_id, ingest_id) VALUES (?, ?, ?, ?, ?)`)
	w.graph = prepare(`INSERT INTO graphs (graph, group_key, ingest_id) VALUES (?, ?, ?)`)
	w.letter = prepare(`INSERT INTO staged_letters (ingest_id, source, folder, raw_sum, raw, compound_id, code, reason, row, byte_offset)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	w.open = prepare(`SELECT EXISTS (SELECT 1 FROM dead_letters WHERE source = ? AND raw_sum = ? AND state <> 'ingested')`)
	newest, err := newestRecord(ctx, tx)
	w.next = newest + 1
	if err := errors.Join(append(errs, err)...); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *stageWriter) close() {
	for _, statement := range []*sql.Stmt{w.picture, w.graph, w.letter, w.open} {
		if statement != nil {
			_ = statement.Close()
		}
	}
}

func (w *stageWriter) write(ctx context.Context, c *checkedRecord, v verdict, settle bool) error {
	if v.refused != nil {
		return w.writeLetter(ctx, c, c.raw, v.refused)
	}
	if settle {
		var open bool
		if err := w.open.QueryRowContext(ctx, c.source, workspace.Sum(c.raw)).Scan(&open); err != nil {
			return err
		}
		if open {
			if err := w.writeLetter(ctx, c, nil, &refusal{}); err != nil {
				return err
			}
		}
	}
	if v.repeated {
		return nil
	}
	if v.newPicture {
		if _, err := w.picture.ExecContext(ctx, c.entry.picture, c.entry.label, v.group, c.entry.compoundID, w.ingest); err != nil {
			return err
		}
	}
	if v.newGraph {
		if _, err := w.graph.ExecContext(ctx, c.entry.graph, v.group, w.ingest); err != nil {
			return err
		}
	}
	if err := w.block.add(c, v.group); err != nil {
		return err
	}
	w.compounds = append(w.compounds, c.entry.compoundID)
	if len(w.compounds) < blockRecords {
		return nil
	}
	return w.flush(ctx)
}

// flush stores the block that was begun, if one was.
func (w *stageWriter) flush(ctx context.Context) error {
	if len(w.compounds) == 0 {
		return nil
	}
	if err := insertBlock(ctx, w.tx, w.ingest, w.next, w.compounds, w.block.bytes()); err != nil {
		return err
	}
	w.next += int64(len(w.compounds))
	w.compounds = w.compounds[:0]
	return nil
}

func (w *stageWriter) writeLetter(ctx context.Context, c *checkedRecord, raw []byte, why *refusal) error {
	if raw == nil {
		raw = []byte{}
	}
	id := sql.NullInt64{Int64: c.id, Valid: c.id != 0}
	_, err := w.letter.ExecContext(ctx, w.ingest, c.source, c.folder, workspace.Sum(c.raw), raw, id, why.code, why.reason, c.row, c.offset)
	return err
}

// publish makes the ingest visible: the snapshot, the dead letters, and the
// ingest's own row, in one transaction, which lets its pictures stay.
func (s *Store) publish(ctx context.Context, in *ingest, sightings int, now time.Time) error {
	t, ms := in.tally, now.UnixMilli()
	return s.ws.Write(ctx, func(tx *sql.Tx) error {
		if err := in.blobs.Keep(ctx, tx); err != nil {
			return err
		}
		if t.kept > 0 {
			if _, err := tx.ExecContext(ctx, `INSERT INTO snapshots (id, ingest_id, last_record, records, created_at_ms)
				SELECT ?, ?, max(first_record + records - 1), sum(records), ? FROM record_blocks`, in.chain, in.id, ms); err != nil {
				return err
			}
		}
		if err := publishLetters(ctx, tx, in.id, sightings, in.settledBy, ms); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE ingests SET state = 'done', ended_at_ms = ?, read = ?, kept = ?, repeated = ?, dead = ?, snapshot = nullif(?, '')
			WHERE id = ?`, ms, t.read, t.kept, t.repeated, t.dead, in.chain, in.id)
		return err
	})
}

func publishLetters(ctx context.Context, tx *sql.Tx, ingest int64, sightings int, by string, ms int64) error {
	// A letter that someone discarded stays so when it is seen again; one that
	// was ingested and is bad again waits again.
	_, err := tx.ExecContext(ctx, strings.TrimSpace(`
		INSERT INTO dead_letters (source, folder, raw_sum, raw, compound_id, code, reason, row, byte_offset, seen,
			first_ingest_id, last_ingest_id, first_seen_at_ms, last_seen_at_ms, state)
		SELECT source, folder, raw_sum, raw, compound_id, code, reason, row, byte_offset, ?1, ingest_id, ingest_id, ?2, ?2, 'waiting'
		FROM staged_letters WHERE ingest_id = ?3 AND code <> '' ORDER BY id
		ON CONFLICT (source, raw_sum) DO UPDATE SET
			folder = excluded.folder, code = excluded.code, reason = excluded.reason,
			row = excluded.row, byte_offset = excluded.byte_offset,
			seen = seen + ?1, last_ingest_id = excluded.last_ingest_id,
			last_seen_at_ms = CASE WHEN ?1 > 0 THEN ?2 ELSE last_seen_at_ms END,
			settled_at_ms = CASE WHEN state = 'ingested' THEN NULL ELSE settled_at_ms END,
			settled_by = CASE WHEN state = 'ingested' THEN NULL ELSE settled_by END,
			settled_why = CASE WHEN state = 'ingested' THEN NULL ELSE settled_why END,
			state = CASE WHEN state = 'ingested' THEN 'waiting' ELSE state END`), sightings, ms, ingest)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE dead_letters SET state = 'ingested', settled_at_ms = ?2, settled_by = coalesce(nullif(?3, ''), 'ingest ' || ?1),
			settled_why = CASE WHEN ?3 = '' THEN 'passes now' ELSE 'retry' END
		WHERE (source, raw_sum) IN (SELECT source, raw_sum FROM staged_letters WHERE ingest_id = ?1 AND code = '')`, ingest, ms, by); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM staged_letters WHERE ingest_id = ?`, ingest)
	return err
}
