package data

import "context"

// firstCompound is the oldest that shows a picture.
func (s *Store) firstCompound(ctx context.Context, picture string) (id int64, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT compound_id FROM records WHERE picture = ? ORDER BY id LIMIT 1`, picture).Scan(&id)
	return id, err
}
