package tui

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/workspace"
)

// keeper is a page that remembers something from one session to the next:
// filters, columns, marks.
type keeper interface {
	// Keep is what to remember, as something that JSON can hold.
	Keep() any
	// Restore takes what Keep gave in an earlier session, or an older version
	// of it: what does not fit is left out.
	Restore(json.RawMessage) tea.Cmd
}

// rootState is what the root itself remembers.
type rootState struct {
	Page string `json:"page"`
}

const rootStateName = "workbench"

// keeping follows what was kept, to write only what changed.
type keeping struct {
	loaded  bool
	saved   map[string]string
	request int // a write under way, 0 for none
}

// stateLoadedMsg is what an earlier session kept.
type stateLoadedMsg struct {
	request int
	state   map[string]string
}

type stateSavedMsg struct{ request int }

func (r *root) loadState() tea.Cmd {
	if r.shell.session.Workspace == nil || r.keep.loaded {
		return nil
	}
	s := r.shell.session
	_, cmd := r.shell.ask(func(ctx context.Context, request int) tea.Msg {
		state, err := s.Workspace.State(ctx, s.User)
		if err != nil {
			return failedMsg{request, "read what was kept of the last session", err}
		}
		return stateLoadedMsg{request, state}
	})
	return cmd
}

// restore takes what was kept. A person who was faster than the answer keeps
// the page that they are on.
func (r *root) restore(m stateLoadedMsg) tea.Cmd {
	r.keep = keeping{loaded: true, saved: m.state}
	var cmds []tea.Cmd
	for i, p := range r.pages {
		if k, ok := p.(keeper); ok && m.state[r.names[i]] != "" {
			cmds = append(cmds, k.Restore(json.RawMessage(m.state[r.names[i]])))
		}
	}
	var mine rootState
	if json.Unmarshal([]byte(m.state[rootStateName]), &mine) == nil && !r.touched {
		for i, name := range r.names {
			if name == mine.Page {
				cmds = append(cmds, r.show(i))
			}
		}
	}
	return tea.Batch(cmds...)
}

// state is what to keep now, by name, as JSON.
func (r *root) state() map[string]string {
	now := map[string]string{}
	add := func(name string, value any) {
		if text, err := json.Marshal(value); err == nil {
			now[name] = string(text)
		}
	}
	add(rootStateName, rootState{Page: r.names[r.active]})
	for i, p := range r.pages {
		if k, ok := p.(keeper); ok {
			add(r.names[i], k.Keep())
		}
	}
	return now
}

// saveState writes what changed since it was last kept.
func (r *root) saveState() tea.Cmd {
	if !r.keep.loaded || r.keep.request != 0 || r.idle() {
		return nil
	}
	now := r.state()
	if reflect.DeepEqual(now, r.keep.saved) {
		return nil
	}
	s := r.shell.session
	changed := map[string]string{}
	for name, value := range now {
		if r.keep.saved[name] != value {
			changed[name] = value
		}
	}
	r.keep.saved = now
	var cmd tea.Cmd
	r.keep.request, cmd = r.shell.ask(func(ctx context.Context, request int) tea.Msg {
		err := s.Workspace.KeepState(ctx, s.User, changed)
		if err != nil && !errors.Is(err, workspace.ErrReadOnly) { // that is no reason to complain about this
			return failedMsg{request, "keep where you are", err}
		}
		return stateSavedMsg{request}
	})
	return cmd
}

// leave ends the workbench, after what changed was kept.
func (r *root) leave() tea.Cmd {
	if save := r.saveState(); save != nil {
		return tea.Sequence(save, tea.Quit)
	}
	return tea.Quit
}
