package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
)

// A dead letter's record is repaired in the person's own editor, and retried
// with what they made of it. What is refused again is opened as it was left.

// editedLetter is a record as it was left in the editor.
type editedLetter struct {
	id  int64
	raw []byte
}

// letterFileMsg: the record lies in a file of its own, ready for the editor.
type letterFileMsg struct {
	request int
	id      int64
	editor  []string // with its arguments
	file    string
	before  []byte
}

// letterEditedMsg: the editor was left.
type letterEditedMsg struct {
	id            int64
	before, after []byte
	err           error
}

type letterRepairedMsg struct {
	request int
	id      int64
	result  data.IngestResult
}

// letterRefusedMsg: the repaired record is refused too.
type letterRefusedMsg struct {
	request int
	err     error
}

// local tells whether the person sits at the terminal of this process: a
// guest's editor would run on the host.
func (s *shell) local() bool {
	_, file := s.session.Input.(*os.File)
	return file
}

// edit puts the record into a file for the editor.
func (l *letterList) edit(letter data.DeadLetter) tea.Cmd {
	raw := l.full.Raw
	if l.full.ID != letter.ID {
		return nil // not there yet; pressed again it will be
	}
	if l.edited.id == letter.ID {
		raw = l.edited.raw
	}
	_, cmd := l.shell.ask(writeLetter(letter.ID, raw, l.shell.session.Environ))
	return cmd
}

func writeLetter(id int64, raw []byte, environ []string) question {
	doing := fmt.Sprintf("edit dead letter %d", id)
	return func(_ context.Context, request int) tea.Msg {
		editor, err := findEditor(environ)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		folder, err := os.MkdirTemp("", "ringlab-letter-")
		if err != nil {
			return failedMsg{request, doing, err}
		}
		file := filepath.Join(folder, fmt.Sprintf("letter-%d.json", id))
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			return failedMsg{request, doing, errors.Join(err, os.RemoveAll(folder))}
		}
		return letterFileMsg{request, id, editor, file, raw}
	}
}

// findEditor is $VISUAL or $EDITOR, which may have arguments, or what is there.
func findEditor(environ []string) ([]string, error) {
	for _, name := range []string{"VISUAL=", "EDITOR="} {
		for _, entry := range environ {
			if value, ok := strings.CutPrefix(entry, name); ok && strings.TrimSpace(value) != "" {
				return strings.Fields(value), nil
			}
		}
	}
	for _, name := range []string{"nano", "vi"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}, nil
		}
	}
	return nil, errors.New("no editor is known; set EDITOR, such as EDITOR=nano")
}

// openEditor hands the terminal to the editor until it is left.
func openEditor(m letterFileMsg, environ []string) tea.Cmd {
	command := exec.Command(m.editor[0], append(m.editor[1:len(m.editor):len(m.editor)], m.file)...) //nolint:gosec,noctx // the person's own editor: it is left by the person
	command.Env = environ
	return tea.ExecProcess(command, func(err error) tea.Msg {
		after, readErr := readEdited(m.file)
		if err == nil {
			err = readErr
		}
		return letterEditedMsg{m.id, m.before, after, errors.Join(err, os.RemoveAll(filepath.Dir(m.file)))}
	})
}

// mostEdited is more than ingest takes.
const mostEdited = 8 << 20

func readEdited(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, mostEdited))
}

// retryEdited ingests what the person made of the record.
func (l *letterList) retryEdited(m letterEditedMsg) tea.Cmd {
	doing := fmt.Sprintf("edit dead letter %d", m.id)
	switch {
	case m.err != nil:
		l.shell.fail(failedMsg{doing: doing, err: m.err})
		return nil
	case bytes.Equal(bytes.TrimSpace(m.before), bytes.TrimSpace(m.after)):
		l.shell.say("Nothing was changed; dead letter %d waits on.", m.id)
		return nil
	}
	l.edited = editedLetter{m.id, m.after}
	store, user := l.shell.session.Data, l.shell.session.User
	_, cmd := l.shell.ask(func(ctx context.Context, request int) tea.Msg {
		result, err := store.RetryEdited(ctx, m.id, m.after, user)
		if refused, ok := errors.AsType[*data.StillRefusedError](err); ok {
			return letterRefusedMsg{request, fmt.Errorf("%s; e opens it as you left it", refused.Reason)}
		}
		if err != nil {
			return failedMsg{request, doing, err}
		}
		return letterRepairedMsg{request, m.id, result}
	})
	return cmd
}
