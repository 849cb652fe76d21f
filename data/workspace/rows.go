package workspace

import (
	"context"
	"database/sql"
)

// Querier is a transaction or a pool of connections.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// EachRow calls each for every row of a query, in order; its error ends it.
// What is scanned into sql.RawBytes is there during the call.
func EachRow(ctx context.Context, db Querier, query string, args []any, each func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// AllRows reads all rows of a query, of none an empty list.
func AllRows[T any](ctx context.Context, db Querier, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	list := []T{}
	err := EachRow(ctx, db, query, args, func(rows *sql.Rows) error {
		item, err := scan(rows)
		list = append(list, item)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Scanned is the only column of a row.
func Scanned[T any](rows *sql.Rows) (value T, err error) {
	err = rows.Scan(&value)
	return value, err
}
