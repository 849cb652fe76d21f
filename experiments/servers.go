package experiments

import (
	"context"
	"fmt"
	"time"
)

const (
	serverSilence = 15 * time.Second // after this a server counts as gone
	serverMourned = time.Minute      // for this long one that died is listed
	serverForget  = 24 * time.Hour   // after this its row is deleted
)

// Server is a serving process on this workspace, as it last said.
type Server struct {
	ID       string    `json:"id"`
	Host     string    `json:"host"`
	PID      int       `json:"pid"`
	Address  string    `json:"address"`
	Version  string    `json:"version"` // "" for none
	Started  time.Time `json:"started"`
	Seen     time.Time `json:"seen"`
	Requests int64     `json:"requests"`
	Errors   int64     `json:"errors"`
	P50      float64   `json:"p50_ms"`
	P99      float64   `json:"p99_ms"`

	// Died says that its process, on this machine, has ended without a word.
	Died bool `json:"died"`
}

// Servers lists those heard of within the last 15 seconds, the oldest first, and
// for a minute those that died.
func (s *Store) Servers(ctx context.Context) ([]Server, error) {
	servers, err := s.selectServers(ctx, s.now().Add(-serverMourned))
	if err != nil {
		return nil, fmt.Errorf("list servers: %w", err)
	}
	for i, v := range servers {
		servers[i].Died = s.Died(v)
	}
	return stillListed(servers, s.now()), nil
}

// ReportServer is what a server calls every few seconds, with how it fares
// now. Seen is set here.
func (s *Store) ReportServer(ctx context.Context, v Server) error {
	now := s.now()
	v.Seen = now
	if err := s.upsertServer(ctx, v, now.Add(-serverForget)); err != nil {
		return fmt.Errorf("report server %s: %w", v.ID, err)
	}
	return nil
}

// RemoveServer is what a server calls when it ends.
func (s *Store) RemoveServer(ctx context.Context, id string) error {
	if err := s.deleteServer(ctx, id); err != nil {
		return fmt.Errorf("remove server %s: %w", id, err)
	}
	return nil
}
