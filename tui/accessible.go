package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"github.com/charmbracelet/x/ansi"
)

// errEnded: the input has no more lines.
var errEnded = errors.New("the input ended")

// RunAccessible is the workbench without a full screen: questions with numbered
// answers, and plain text, for screen readers, braille lines and terminals that
// are none. It reads and writes through the same stores as the pages, and ends
// when the person leaves, the input ends, or ctx does, all of which return nil.
func RunAccessible(ctx context.Context, s Session) error {
	s = s.withDefaults()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &plain{session: s, out: s.Output, in: &lineReader{from: bufio.NewReader(s.Input)}}
	ended := make(chan error, 1)
	go func() { ended <- p.run(ctx) }()
	select {
	case <-ctx.Done(): // a read of the terminal cannot be interrupted, and ends with the process
		return nil
	case err := <-ended:
		if errors.Is(err, errEnded) {
			return nil
		}
		return err
	}
}

// lineReader gives one line a read, so that a prompt which looks ahead takes no
// answer of the next.
type lineReader struct {
	from  *bufio.Reader
	rest  []byte
	ended bool
}

func (l *lineReader) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		line, err := l.from.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			l.ended = true
		}
		l.rest = slices.Clone(line)
		if len(l.rest) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// plain is one accessible session.
type plain struct {
	session Session
	out     io.Writer
	in      *lineReader
	lost    error // output that could not be written
}

// say writes one line of ours, with text from outside cleaned by the caller.
func (p *plain) say(format string, args ...any) {
	if _, err := fmt.Fprintln(p.out, ansi.Strip(fmt.Sprintf(format, args...))); err != nil && p.lost == nil {
		p.lost = fmt.Errorf("write to the terminal: %w", err)
	}
}

// lines writes lines as a page draws them, without colour, padding and what
// is drawn rather than written.
func (p *plain) lines(lines []string) {
	for _, line := range lines {
		words := strings.FieldsFunc(ansi.Strip(line), func(r rune) bool { return r == ' ' || r >= 0x2500 && r < 0x25A0 })
		p.say("%s", strings.Join(words, " "))
	}
}

// Write lets huh's prompts through as plain text.
func (p *plain) Write(text []byte) (int, error) {
	if _, err := io.WriteString(p.out, ansi.Strip(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// ask runs one field of a form.
func (p *plain) ask(field huh.Field) (err error) {
	defer func() {
		// A select of huh v2.0.3 indexes by the last wrong number when the input ends.
		if cause := recover(); cause != nil {
			if !p.in.ended {
				panic(cause)
			}
			err = errEnded
		}
	}()
	err = huh.NewForm(huh.NewGroup(field)).WithAccessible(true).WithInput(p.in).WithOutput(p).Run()
	if err == nil && p.in.ended {
		return errEnded
	}
	return errors.Join(err, p.lost)
}

// choose asks for one of several answers and returns its number. The last is
// what an empty line means.
func (p *plain) choose(title string, answers ...string) (int, error) {
	options := make([]huh.Option[int], len(answers))
	for i, a := range answers {
		options[i] = huh.NewOption(clean(a), i)
	}
	chosen := len(answers) - 1
	err := p.ask(huh.NewSelect[int]().Title(title).Options(options...).Value(&chosen))
	return chosen, err
}

func (p *plain) text(title string) (string, error) {
	value := ""
	err := p.ask(huh.NewInput().Title(title).CharLimit(mostTyped).Value(&value))
	return strings.TrimSpace(value), err
}

// answer asks the stores a question and waits. A failure is said, and the
// session goes on.
func (p *plain) answer(ctx context.Context, q question) tea.Msg {
	msg := answered(ctx, q, 1, p.session.Workspace)
	if failed, ok := msg.(failedMsg); ok {
		p.say("Cannot %s: %s", clean(failed.doing), clean(failed.err.Error()))
		return nil
	}
	return msg
}

// run is the main menu.
func (p *plain) run(ctx context.Context) error {
	p.say("ringlab, workspace %s", clean(p.session.Dir))
	if p.session.Workspace == nil {
		if err := p.begin(ctx); err != nil || p.session.Workspace == nil {
			return err
		}
	}
	if err := p.overview(ctx); err != nil {
		return err
	}
	menu := []struct {
		name string
		do   func(context.Context) error
	}{
		{"Overview", p.overview},
		{"Records", p.records},
		{"Dead letters", p.letters},
		{"Train", p.train},
		{"Runs", p.runs},
		{"Models", p.models},
		{"Serving", p.serving},
		{"Read a folder", p.ingest},
		{"Leave", nil},
	}
	names := make([]string, len(menu))
	for i, m := range menu {
		names[i] = m.name
	}
	for ctx.Err() == nil {
		chosen, err := p.choose("What next?", names...)
		if err != nil || menu[chosen].do == nil {
			return err
		}
		if err := menu[chosen].do(ctx); err != nil {
			return err
		}
	}
	return nil
}
