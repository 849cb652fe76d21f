package workspace

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
)

// find looks up where a blob is packed, if it is.
func (b *Blobs) find(sum string) (at place, packed bool, err error) {
	key, err := hex.DecodeString(sum)
	if err != nil {
		return place{}, false, err
	}
	err = b.ws.Reader().QueryRowContext(context.Background(), `SELECT pack, start, length FROM packed_blobs WHERE sum = ?`, key).
		Scan(&at.pack, &at.start, &at.length)
	if errors.Is(err, sql.ErrNoRows) {
		return place{}, false, nil
	}
	return at, err == nil, err
}

// insertPack makes a new pack of a batch.
func (b *Blobs) insertPack(ctx context.Context, batch string) (id int64, err error) {
	err = b.ws.WriteLazily(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO blob_packs (batch) VALUES (?) RETURNING id`, batch).Scan(&id)
	})
	return id, err
}

// packsOf names the packs of a batch that was not kept.
func (b *Blobs) packsOf(ctx context.Context, batch string) ([]int64, error) {
	return AllRows(ctx, b.ws.Reader(), `SELECT id FROM blob_packs WHERE batch = ? ORDER BY id`, []any{batch}, Scanned[int64])
}

// forgetPack removes a pack from the index. Its blobs are found by looking at
// all.
func (b *Blobs) forgetPack(ctx context.Context, id int64) error {
	return b.ws.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM packed_blobs WHERE pack = ?`, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM blob_packs WHERE id = ?`, id)
		return err
	})
}

// insertPacked says where blobs lie. A blob that was packed before now lies
// here: whoever packs it again found the other place damaged or did not look.
func insertPacked(ctx context.Context, tx *sql.Tx, blobs []packedBlob) error {
	if len(blobs) == 0 {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO packed_blobs (sum, pack, start, length) VALUES (?, ?, ?, ?)
		ON CONFLICT (sum) DO UPDATE SET pack = excluded.pack, start = excluded.start, length = excluded.length`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for _, blob := range blobs {
		if _, err := insert.ExecContext(ctx, blob.sum, blob.at.pack, blob.at.start, blob.at.length); err != nil {
			return err
		}
	}
	return nil
}

func keepPacks(ctx context.Context, tx *sql.Tx, batch string) error {
	_, err := tx.ExecContext(ctx, `UPDATE blob_packs SET batch = '' WHERE batch = ?`, batch)
	return err
}
