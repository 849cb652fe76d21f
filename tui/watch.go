package tui

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/workspace"
	"ringlab/experiments"
)

const (
	// lookEvery is how often the database is asked whether it changed. Two
	// workbenches on one workspace see each other's changes this soon.
	lookEvery = 250 * time.Millisecond
	// clockEvery is how often ages on screen move on when nothing changed.
	clockEvery = 2 * time.Second
	// quietEvery is how often the page looks again when nothing changed: a server
	// of another machine or a worker that died is known by its silence only.
	quietEvery = 10 * time.Second
)

// refreshMsg: time went on, and perhaps the workspace changed.
type refreshMsg struct {
	now     time.Time
	changed bool
	gone    bool // the workspace was deleted
	there   bool // a workspace was made by another process
}

// watcher looks for changes. One look is under way at a time, perhaps also
// while the workbench closes it.
type watcher struct {
	mu      sync.Mutex
	watch   *workspace.Watch
	version int64
}

// close gives the connection back; a look after it finds ctx ended.
func (w *watcher) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watch != nil {
		_ = w.watch.Close() // nothing was written through it
	}
}

// changed tells whether somebody committed since it was last asked.
func (w *watcher) changed(ctx context.Context, ws *workspace.Workspace) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if w.watch == nil {
		watch, err := ws.Watch(ctx)
		if err != nil {
			return false, err
		}
		w.watch = watch
	}
	version, err := w.watch.Version(ctx)
	if err != nil || version == w.version {
		return false, err
	}
	w.version = version
	return true, nil
}

// listsServers is a page that shows servers.
type listsServers interface {
	listedServers() []experiments.Server
}

// watch waits for the workspace to change, or for the clock.
func (r *root) watch() tea.Cmd {
	s := r.shell.session
	var alive []experiments.Server // as the page has them
	if p, ok := r.page().(listsServers); ok {
		alive = living(p.listedServers())
	}
	return r.shell.run(func(ctx context.Context) tea.Msg {
		deadline := time.NewTimer(clockEvery)
		defer deadline.Stop()
		look := time.NewTicker(lookEvery)
		defer look.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-deadline.C:
				return refreshMsg{now: s.Clock(), gone: s.Workspace != nil && s.Workspace.Gone()}
			case <-look.C:
			}
			if s.Workspace == nil {
				if s.Begin != nil && workspace.Exists(s.Dir) {
					return refreshMsg{now: s.Clock(), there: true}
				}
				continue
			}
			changed, err := r.watcher.changed(ctx, s.Workspace)
			if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, fs.ErrNotExist) {
				continue // the clock goes on, and the next look may work
			}
			// That one died changes nothing in the workspace.
			if changed || slices.ContainsFunc(alive, s.Experiments.Died) {
				return refreshMsg{now: s.Clock(), changed: true}
			}
		}
	})
}

// tick takes what the watch saw and watches on.
func (r *root) tick(m refreshMsg) tea.Cmd {
	r.shell.tick(m.now)
	r.shell.tellIngest()
	cmds := []tea.Cmd{r.watch()}
	switch {
	case m.gone && !r.gone:
		r.gone = true
		r.shell.fail(failedMsg{doing: "look any further", err: errors.New("the workspace was deleted. This is what was last read; q leaves")})
	case m.there && r.shell.homeless():
		cmds = append(cmds, r.shell.begin(false, ingestPlan{}))
	case m.changed || m.now.Sub(r.refreshed) >= quietEvery:
		cmds = append(cmds, r.refresh())
	}
	return tea.Batch(append(cmds, r.ensureWorker(), r.saveState())...)
}
