package tui

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"ringlab/tui/picture"
)

// recorder keeps what a program sends to its terminal.
type recorder struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bytes.Write(p)
}

func (r *recorder) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text := r.bytes.String()
	r.bytes.Reset()
	return text
}

// until waits for the terminal to have got texts, and returns all it got.
func (r *recorder) until(t *testing.T, texts ...string) string {
	t.Helper()
	var all strings.Builder
	for range 500 {
		all.WriteString(r.take())
		missing := slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(all.String(), text) })
		if !missing {
			return all.String()
		}
		time.Sleep(10 * time.Millisecond) // the renderer works at its own pace
	}
	t.Fatalf("the terminal never got %q; it got %.2000q", texts, all.String())
	return ""
}

// TestTheTerminalIsAskedAndTheRendererKeepsPictures runs the real renderer: a
// picture is sent when its cells are drawn, and by nothing else.
func TestTheTerminalIsAskedAndTheRendererKeepsPictures(t *testing.T) {
	for name, answers := range map[string][]tea.Msg{
		"kitty": {uv.KittyGraphicsEvent{Payload: []byte("OK")}, uv.PrimaryDeviceAttributesEvent{62, 4}},
		"sixel": {uv.CellSizeEvent{Width: 9, Height: 18}, uv.PrimaryDeviceAttributesEvent{62, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			sign := map[string]string{"kitty": "a=p,", "sixel": "\x1bP0;1q"}[name]
			screen := &recorder{}
			s := Session{User: "ada", Clock: testTime, Output: screen, Environ: []string{"TERM=xterm-256color", "COLORTERM=truecolor"}}
			r := newRoot(t.Context(), s.withDefaults())
			r.shell.start = func(question, int) tea.Cmd { return nil } // there are no stores
			b := &bench{t, r}
			b.give(tea.WindowSizeMsg{Width: 100, Height: 30})
			b.giveRecords()
			in, _ := io.Pipe()
			program := tea.NewProgram(r, tea.WithInput(in), tea.WithOutput(output(screen, r.shell.canvas)),
				tea.WithEnvironment(r.shell.session.Environ), tea.WithWindowSize(100, 30), tea.WithContext(t.Context()))
			ended := make(chan error, 1)
			go func() { _, err := program.Run(); ended <- err }()
			asked := screen.until(t, "a=q,", "1117973")
			if strings.Contains(asked, sign) {
				t.Error("a picture was sent to a terminal that had not answered")
			}
			for _, m := range answers {
				program.Send(m)
			}
			screen.until(t, sign)
			program.Send(tea.WindowSizeMsg{Width: 110, Height: 30})
			screen.until(t, sign)
			program.Send(failedMsg{doing: "change the message line", err: io.EOF})
			if text := screen.until(t, "message line"); strings.Contains(text, sign) {
				t.Error("a frame that changes nothing of the picture sends it again")
			}
			program.Send(keyPress("?"))
			covered := screen.until(t, "Keys")
			if strings.Contains(covered, sign) {
				t.Error("the picture is drawn over the help")
			}
			program.Send(keyPress("esc"))
			screen.until(t, sign)
			program.Quit()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if strings.ContainsRune(screen.take(), 0xF0080) {
				t.Error("a mark reached the terminal")
			}
		})
	}
}

func TestPicturesAreDrawnAsThePersonDemands(t *testing.T) {
	for setting, want := range map[string]picture.Mode{"kitty": picture.Kitty, "sixel": picture.Sixel,
		"blocks": picture.Blocks, "ascii": picture.Letters, "off": picture.Off, "auto": picture.Blocks, "": picture.Blocks} {
		s := Session{User: "ada", Clock: testTime, Settings: Settings{Pictures: setting}, Environ: []string{"TERM=xterm"}}
		b := &bench{t, newRoot(t.Context(), s.withDefaults())}
		b.give(tea.WindowSizeMsg{Width: 100, Height: 30})
		b.root.choosePictures()
		if got := b.root.shell.canvas.Mode(); got != want {
			t.Errorf("%q draws in mode %d", setting, got)
		}
		b.giveRecords()
		if setting == "ascii" || setting == "off" {
			b.wantsNot("▀")
			checkFrame(t, b.frame(), 100, 30)
		}
	}
}

func TestAnAnswerThatComesTooLateIsNoise(t *testing.T) {
	b := newBench(t, 100, 30)
	b.give(graphicsOverMsg{})
	b.give(uv.KittyGraphicsEvent{Payload: []byte("OK")})
	if b.root.shell.canvas.Mode() != picture.Blocks {
		t.Error("it was believed")
	}
}
