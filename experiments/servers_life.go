package experiments

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// A server holds a lock on a file of its own while it lives; the system frees
// it with the process, however that ends. Whoever lists servers on the same
// machine tells so who has died at once, and no other process that got the same
// number since can pass for it.

// serversDir has those files.
const serversDir = "servers"

// serverFile is where the server of this id holds its lock. An id comes from the
// database: one that could name another file is none.
func (s *Store) serverFile(id string) (path string, ok bool) {
	if _, err := hex.DecodeString(id); err != nil || id == "" {
		return "", false
	}
	return s.ws.Path(serversDir, id+".lock"), true
}

// HoldServer shows that the server of this id, hexadecimal digits, lives: until
// release, or until its process ends. It is to be called before the first
// report.
func (s *Store) HoldServer(id string) (release func() error, err error) {
	path, ok := s.serverFile(id)
	if !ok {
		return nil, fmt.Errorf("hold server %.40q: its id is not hexadecimal", id)
	}
	// A workspace that was deleted is not begun anew.
	if err := os.Mkdir(s.ws.Path(serversDir), 0o777); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("hold server %s: %w", id, err)
	}
	s.sweepServers()
	lock := flock.New(path, flock.SetPermissions(0o644)) // others of the workspace look at it, too
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("hold server %s: %w", id, err)
	case !ok:
		return nil, fmt.Errorf("hold server %s: another process has its lock", id)
	}
	return func() error {
		if err := errors.Join(lock.Unlock(), os.Remove(path)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("release server %s: %w", id, err)
		}
		return nil
	}, nil
}

// sweepServers removes the files of servers that died long ago. What cannot be
// removed now is left for another time.
func (s *Store) sweepServers() {
	files, _ := os.ReadDir(s.ws.Path(serversDir))
	for _, file := range files {
		info, err := file.Info()
		if err != nil || s.now().Sub(info.ModTime()) < serverForget {
			continue
		}
		path := s.ws.Path(serversDir, file.Name())
		lock := flock.New(path)
		if alone, err := lock.TryLock(); err != nil || !alone {
			continue
		}
		_ = lock.Unlock()
		_ = os.Remove(path)
	}
}

// Died tells whether the server's process has ended without a word. It is false
// where that cannot be known: on another machine, or of a server that holds no
// lock. It asks the system alone, and costs microseconds.
func (s *Store) Died(v Server) bool {
	path, ok := s.serverFile(v.ID)
	if here, err := os.Hostname(); !ok || err != nil || v.Host != here {
		return false
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return false
	}
	lock := flock.New(filepath.Clean(path), flock.SetFlag(os.O_RDONLY)) // a look makes no file
	free, err := lock.TryRLock()
	if err != nil || !free {
		return false
	}
	return lock.Unlock() == nil
}

// stillListed leaves out the servers that are not heard of any more: those that
// may live after 15 seconds of silence, those that died after a minute or once
// another has their address.
func stillListed(servers []Server, now time.Time) []Server {
	newest := map[string]time.Time{} // of each address the last start
	for i := range servers {
		if v := &servers[i]; v.Started.After(newest[v.Address]) {
			newest[v.Address] = v.Started
		}
	}
	listed := servers[:0]
	for _, v := range servers {
		switch silence := now.Sub(v.Seen); {
		case v.Died && v.Started.Before(newest[v.Address]):
		case !v.Died && silence > serverSilence:
		default:
			listed = append(listed, v)
		}
	}
	return listed
}
