//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// program is the ringlab that was built, and where it works.
type program struct{ path, workspace string }

func (p *program) command(ctx context.Context, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.path, arguments...)
	home := filepath.Dir(filepath.Dir(p.workspace)) // so that the screen shows ~/rings
	c.Env = append(os.Environ(), "HOME="+home, "RINGLAB_WORKSPACE="+p.workspace, "NO_COLOR=", "RINGLAB_THEME=", "RINGLAB_PICTURES=")
	return c
}

// terminal is a pseudo-terminal with a screen.
type terminal struct {
	pty    *os.File
	cmd    *exec.Cmd
	mu     sync.Mutex
	screen *vt.Emulator
	last   time.Time // when something was drawn
}

func open(ctx context.Context, p *program, workspace string, s scene) (*terminal, error) {
	c := p.command(ctx, s.arguments...)
	c.Env = append(c.Env, "RINGLAB_WORKSPACE="+workspace, "TERM=xterm-256color", "COLORTERM=truecolor", "TMUX=")
	file, err := pty.StartWithSize(c, &pty.Winsize{Cols: uint16(s.width), Rows: uint16(s.height)}) //nolint:gosec // sizes of ours
	if err != nil {
		return nil, err
	}
	t := &terminal{pty: file, cmd: c, screen: vt.NewEmulator(s.width, s.height)}
	go func() { _, _ = io.Copy(file, t.screen) }() // answers to questions about the terminal
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := file.Read(buffer)
			t.mu.Lock()
			_, _ = t.screen.Write(buffer[:n])
			t.last = time.Now()
			t.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return t, nil
}

func (t *terminal) close() {
	_ = t.cmd.Process.Signal(os.Interrupt)
	_ = t.cmd.Wait()
	_ = t.pty.Close()
}

func (t *terminal) types(keys string) error {
	_, err := io.WriteString(t.pty, keys)
	return err
}

func (t *terminal) sees(pattern string) error {
	wanted := regexp.MustCompile(pattern)
	text := ""
	for range 600 {
		t.mu.Lock()
		text = t.screen.String()
		t.mu.Unlock()
		if wanted.MatchString(text) {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("the screen never had %q:\n%s", pattern, text)
}

// settles waits until nothing was drawn for a while.
func (t *terminal) settles() {
	for range 100 {
		time.Sleep(100 * time.Millisecond)
		t.mu.Lock()
		quiet := time.Since(t.last) > 700*time.Millisecond
		t.mu.Unlock()
		if quiet {
			return
		}
	}
}
