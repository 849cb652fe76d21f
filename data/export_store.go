package data

import "context"

// firstCompound is the oldest that shows a picture.
func (s *Store) firstCompound(ctx context.Context, picture string) (id int64, err error) {
	err = s.ws.Reader().QueryRowContext(ctx, `SELECT compound_id FROM pictures WHERE sum = ?`, picture).Scan(&id)
	return id, err
}
