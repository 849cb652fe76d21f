package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/workspace"
)

// CrashError is a defect of the workbench. The terminal was put in order
// before it is returned.
type CrashError struct {
	Cause  any
	Report string // path of the report, "" if it could not be written
	Lost   error  // why not
}

func (e *CrashError) Error() string {
	text := fmt.Sprintf("the workbench ended by a defect of ringlab: %v.", e.Cause)
	if e.Report != "" {
		return text + " Please report it with " + e.Report
	}
	return fmt.Sprintf("%s The report could not be written: %v", text, e.Lost)
}

// keptMessages is how many messages a crash report looks back.
const keptMessages = 60

// guard is the model that Bubble Tea runs: it keeps the last messages, and
// turns each panic of the root into an orderly end with a report.
type guard struct {
	root  *root
	last  []string // ring of the last messages
	next  int
	crash *CrashError
}

func (g *guard) Init() (cmd tea.Cmd) {
	defer g.recovered(&cmd)
	return g.root.Init()
}

func (g *guard) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer g.recovered(&cmd)
	if g.crash != nil {
		return g, tea.Quit
	}
	g.note(msg)
	_, cmd = g.root.Update(msg)
	return g, cmd
}

// recovered is deferred: a panic becomes the command that ends the workbench.
func (g *guard) recovered(cmd *tea.Cmd) {
	if p := recover(); p != nil {
		*cmd = g.crashed(p)
	}
}

// View draws an empty screen after a crash. One that crashes here ends with the
// next message, which the watch brings within two seconds.
func (g *guard) View() (v tea.View) {
	defer func() {
		if p := recover(); p != nil {
			g.crashed(p)
			v = tea.NewView("")
			v.AltScreen = true
		}
	}()
	if g.crash != nil {
		v = tea.NewView("")
		v.AltScreen = true
		return v
	}
	return g.root.View()
}

// note keeps what a message was: its kind, and of keys outside a text field
// which one. What a person types into a field is nobody's business.
func (g *guard) note(msg tea.Msg) {
	text := fmt.Sprintf("%T", msg)
	defer func() { g.keep(text) }() // also of the message that breaks context
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		if !g.root.context().typing() {
			text += " " + m.String()
		}
	case tea.WindowSizeMsg:
		text += fmt.Sprintf(" %d×%d", m.Width, m.Height)
	case failedMsg:
		text += fmt.Sprintf(" cannot %s: %v", m.doing, m.err)
	}
}

func (g *guard) keep(text string) {
	if len(g.last) < keptMessages {
		g.last = append(g.last, text)
		return
	}
	g.last[g.next] = text
	g.next = (g.next + 1) % keptMessages
}

func (g *guard) crashed(cause any) tea.Cmd {
	if g.crash != nil {
		return tea.Quit
	}
	g.crash = &CrashError{Cause: cause}
	g.crash.Report, g.crash.Lost = writeReport(g.root.shell.session, g.report(cause, debug.Stack()))
	return tea.Quit
}

func (g *guard) report(cause any, stack []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The workbench of ringlab crashed.\n\ntime: %s\nscreen: %d×%d\npage: %s\ncause: %v\n\nlast messages, oldest first:\n",
		time.Now().UTC().Format(time.RFC3339), g.root.width, g.root.height, g.root.names[g.root.active], cause)
	for i := range g.last {
		fmt.Fprintf(&b, "  %s\n", clean(g.last[(g.next+i)%len(g.last)]))
	}
	fmt.Fprintf(&b, "\nstack:\n%s", stack)
	return b.String()
}

// writeReport puts a report into the workspace's logs, or where there is no
// workspace into the system's folder for temporary files.
func writeReport(s Session, text string) (path string, err error) {
	dir := os.TempDir()
	if s.Workspace != nil && !s.Workspace.Gone() {
		dir = s.Workspace.Path("logs")
	}
	file, err := os.CreateTemp(dir, "workbench-crash-*.txt")
	if err != nil {
		return "", fmt.Errorf("write the crash report: %w", err)
	}
	_, err = file.WriteString(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return file.Name(), err
}

// keepPanic appends a panic of a command to the workbench's log, for who
// repairs it.
func keepPanic(ws *workspace.Workspace, cause any, stack []byte) (path string, kept bool) {
	if ws == nil {
		return "", false
	}
	path = ws.Path("logs", "workbench.log")
	file, err := os.OpenFile(filepath.Clean(path), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return "", false
	}
	_, err = fmt.Fprintf(file, "%s panic: %v\n%s\n", time.Now().UTC().Format(time.RFC3339), cause, stack)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return path, err == nil
}
