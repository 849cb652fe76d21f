package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"ringlab/data/workspace"
	"ringlab/tui/picture"
)

// shell is what the root lends to its pages: the session, its theme, the time
// of the latest tick, and ways to ask, to tell and to confirm. Pages know the
// shell; the shell knows no page.
type shell struct {
	session  Session
	theme    theme
	canvas   *picture.Canvas // draws pictures on this session's terminal
	profile  colorprofile.Profile
	now      time.Time // View reads no clock
	start    func(question, int) tea.Cmd
	requests int
	dialog   *dialog // nil when nothing is asked
	notice   notice
	failures []failure // oldest first

	beginning int        // the request that opens the workspace, 0 when none does
	job       *ingestJob // nil when nothing is being read
}

// question is work outside Update. Its answer carries the request's number.
type question func(ctx context.Context, request int) tea.Msg

// notice is the message line.
type notice struct {
	text   string
	failed bool
	since  time.Time
}

// failure is one entry of the error history; the same failure twice in a row
// is one entry that counts.
type failure struct {
	when  time.Time
	text  string
	times int
}

const (
	keptFailures = 200
	noticeTime   = 8 * time.Second
)

func newShell(ctx context.Context, s Session) *shell {
	return &shell{
		session: s,
		theme:   newTheme(s.Settings.Theme, true, colorprofile.TrueColor),
		canvas:  picture.NewCanvas(s.Output, os.Getpid()),
		profile: colorprofile.TrueColor,
		now:     s.Clock(),
		start: func(q question, request int) tea.Cmd {
			return func() tea.Msg { return answered(ctx, q, request, s.Workspace) }
		},
	}
}

// answered asks a question. A panic in it is an answer like any other: what
// runs beside Update must not take the terminal down with it.
func answered(ctx context.Context, q question, request int, ws *workspace.Workspace) (msg tea.Msg) {
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("a defect of ringlab: %v", p)
			if path, kept := keepPanic(ws, p, debug.Stack()); kept {
				err = fmt.Errorf("%w; please report it with %s", err, path)
			}
			msg = failedMsg{request, "do what was asked", err}
		}
	}()
	return q(ctx, request)
}

// run starts work that nobody waits for by its number.
func (s *shell) run(work func(context.Context) tea.Msg) tea.Cmd {
	return s.start(func(ctx context.Context, _ int) tea.Msg { return work(ctx) }, 0)
}

// after answers with msg when so much time went by, unless the workbench ends
// before.
func (s *shell) after(d time.Duration, msg tea.Msg) tea.Cmd {
	return s.run(func(ctx context.Context) tea.Msg {
		if rest(ctx, d); ctx.Err() != nil {
			return nil
		}
		return msg
	})
}

// homeless: there is no workspace yet. Pages other than the Overview have
// nothing to ask then.
func (s *shell) homeless() bool { return s.session.Workspace == nil && s.session.Begin != nil }

// ink is how a picture in the frame may use colours: 16 of them do not make a
// picture.
func (s *shell) ink() picture.Ink {
	if s.theme.mono || s.profile <= colorprofile.ANSI {
		return picture.Mono
	}
	return picture.Colour
}

// ask starts a question and returns its number, by which the answer is known.
func (s *shell) ask(q question) (int, tea.Cmd) {
	s.requests++
	return s.requests, s.start(q, s.requests)
}

// askLong is ask for what takes seconds: leave ends it when nobody waits for it
// any longer, and its answer is that it was cancelled.
func (s *shell) askLong(q question) (request int, leave func(), cmd tea.Cmd) {
	left, leave := context.WithCancel(context.Background())
	request, cmd = s.ask(func(ctx context.Context, request int) tea.Msg {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(left, cancel)()
		if left.Err() != nil {
			cancel() // now: what AfterFunc starts may come after the work is done
		}
		return q(ctx, request)
	})
	return request, leave, cmd
}

// rest waits for so long, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// say puts a sentence into the message line.
func (s *shell) say(format string, args ...any) {
	s.notice = notice{text: fmt.Sprintf(format, args...), since: s.now}
}

// fail puts what went wrong into the message line and the error history. A
// command that ended because the workbench ends is no failure.
func (s *shell) fail(m failedMsg) {
	if errors.Is(m.err, context.Canceled) {
		return
	}
	text := fmt.Sprintf("Cannot %s: %v", m.doing, m.err)
	s.notice = notice{text: text, failed: true, since: s.now}
	if n := len(s.failures); n > 0 && s.failures[n-1].text == text {
		s.failures[n-1].times++
		s.failures[n-1].when = s.now
		return
	}
	s.failures = append(s.failures, failure{when: s.now, text: text, times: 1})
	if len(s.failures) > keptFailures {
		s.failures = s.failures[1:]
	}
}

// tick moves the session's time and lets old notices fade; failures stay until
// something newer is said.
func (s *shell) tick(now time.Time) {
	s.now = now
	if s.notice.text != "" && !s.notice.failed && now.Sub(s.notice.since) > noticeTime {
		s.notice = notice{}
	}
}

// page is one screen of the workbench. The root forwards to it and never looks
// inside.
type page interface {
	// Refresh asks again for what the page shows: on entry and a few times a
	// second while it is on screen.
	Refresh() tea.Cmd
	// Update hears answers and, while Typing, keys and pastes.
	Update(tea.Msg) tea.Cmd
	// Act does what a key of the page's context stands for.
	Act(action) tea.Cmd
	// Why is the reason why an action cannot be done now, "" if it can.
	Why(action) string
	// Resize tells the room there is for View, in cells.
	Resize(width, height int) tea.Cmd
	// View draws at most that room.
	View() []string
	// Context says which keys apply.
	Context() keyContext
	// Typing: a text field has the focus, and letters are letters.
	Typing() bool
}
