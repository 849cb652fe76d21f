package tui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
)

// ingestPlan is what is read into the workspace, which is made first where
// there is none.
type ingestPlan struct {
	folder  string
	example bool // the built-in data; folder is found then
	first   bool // the workspace was made for it
}

func (p ingestPlan) any() bool { return p.folder != "" || p.example }

// begunMsg: there is a workspace now.
type begunMsg struct {
	request int
	stores  Stores
	plan    ingestPlan
}

// ingestedMsg: a folder was read.
type ingestedMsg struct {
	request int
	result  data.IngestResult
}

func (m ingestedMsg) sentence() string {
	r := m.result
	text := plural(r.Kept, "new record")
	if r.Repeated > 0 {
		text += fmt.Sprintf(", %d known already", r.Repeated)
	}
	if r.Dead > 0 {
		text += fmt.Sprintf(", %d refused: see the dead letters", r.Dead)
	}
	return text + "."
}

// ingestJob is an ingest under way. Its progress is written by the ingest and
// read at each tick.
type ingestJob struct {
	request  int
	what     string
	progress atomic.Pointer[data.Progress]
}

// begin opens the workspace, with create makes it first, and then goes on with
// the plan. While one is being opened it does nothing.
func (s *shell) begin(create bool, plan ingestPlan) tea.Cmd {
	if s.beginning != 0 {
		return nil
	}
	session := s.session
	var cmd tea.Cmd
	s.beginning, cmd = s.ask(func(ctx context.Context, request int) tea.Msg {
		if create && !plan.example { // a folder that is none is no reason to make a workspace
			if err := data.CheckIngest(plan.folder, data.IngestOptions{}); err != nil {
				return failedMsg{request, "read " + plan.folder, err}
			}
		}
		stores, err := session.Begin(ctx, create)
		if err != nil {
			return failedMsg{request, "open the workspace", err}
		}
		plan.first = create
		return begunMsg{request, stores, plan}
	})
	return cmd
}

// ingest reads what is planned, one ingest at a time.
func (s *shell) ingest(plan ingestPlan) tea.Cmd {
	switch {
	case s.homeless():
		return s.begin(true, plan)
	case s.job != nil:
		s.say("An ingest is under way already.")
		return nil
	}
	job := &ingestJob{what: plan.folder}
	if plan.example {
		job.what = "the example data"
	}
	session := s.session
	var cmd tea.Cmd
	job.request, cmd = s.ask(func(ctx context.Context, request int) tea.Msg {
		folder := plan.folder
		if plan.example {
			var err error
			if folder, err = session.Example(session.Workspace); err != nil {
				return failedMsg{request, "unpack the example data", err}
			}
		}
		result, err := session.Data.Ingest(ctx, folder, data.IngestOptions{MaxDead: -1, MaxDeadShare: -1,
			Progress: func(p data.Progress) { job.progress.Store(&p) }})
		if err != nil && plan.first {
			return failedMsg{request, "read " + job.what + " into the new workspace, which stays empty", err}
		}
		if err != nil {
			return failedMsg{request, "read " + job.what, err}
		}
		return ingestedMsg{request, result}
	})
	s.job = job
	s.say("Reading %s …", clean(job.what))
	return cmd
}

// tellIngest puts the progress of an ingest into the message line.
func (s *shell) tellIngest() {
	if s.job == nil {
		return
	}
	if p := s.job.progress.Load(); p != nil {
		s.say("Reading %s … %s, %d refused", clean(s.job.what), plural(p.Read, "record"), p.Dead)
	}
}

// settle ends what was under way when its answer came.
func (s *shell) settle(request int) {
	if request == 0 {
		return
	}
	if s.job != nil && s.job.request == request {
		s.job = nil
	}
	if s.beginning == request {
		s.beginning = 0
	}
}

// askIngest asks which folder to read.
func (s *shell) askIngest() {
	lines := []string{"A folder with compounds.json and the pictures that it names.",
		"Good records are kept, bad ones become dead letters with their reason."}
	if s.homeless() {
		lines = append(lines, "", "This makes the workspace "+s.theme.strong.Render(clean(s.session.Dir)))
	}
	s.open(dialog{
		title:  "Read a folder",
		lines:  lines,
		button: "Read it",
		reason: true, needed: true, label: "folder",
		confirm: func(folder string) tea.Cmd { return s.ingest(ingestPlan{folder: homePath(folder)}) },
	})
}

// homePath reads ~ as a shell would, and drops the quotes and spaces that a
// terminal adds to a dropped path.
func homePath(path string) string {
	path = strings.Trim(strings.TrimSpace(path), `'"`)
	path = strings.ReplaceAll(path, `\ `, " ")
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/') {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}
