package tui

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
)

// Text and colours of every screen at the three sizes. Rewrite them with
// go test ./tui -run TestFrames -update, and look at each difference.
func TestFrames(t *testing.T) {
	for name, fill := range screens() {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				b := newBench(t, size[0], size[1])
				fill(b)
				frame := b.frame()
				checkFrame(t, frame, size[0], size[1])
				if frame != b.frame() {
					t.Error("a second View differs from the first")
				}
				// Colours are checked at one size; the text is easier to read at all.
				if size[0] != 120 {
					frame = ansi.Strip(frame)
				}
				golden.RequireEqual(t, trimRight(frame))
			})
		}
	}
}

func trimRight(frame string) string {
	lines := strings.Split(frame, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// checkFrame: exactly the terminal's size, and nothing but text and colours.
func checkFrame(t *testing.T, frame string, width, height int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) != height {
		t.Errorf("%d lines on a screen of %d", len(lines), height)
	}
	for i, line := range lines {
		if w := ansi.StringWidth(line); w != width {
			t.Errorf("line %d is %d cells wide, the screen %d: %q", i, w, width, ansi.Strip(line))
		}
	}
	checkHarmless(t, frame)
}

// checkHarmless: no control character but line feeds and colour sequences.
func checkHarmless(t *testing.T, frame string) {
	t.Helper()
	rest := frame
	for {
		before, after, found := strings.Cut(rest, "\x1b")
		for _, r := range before {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Fatalf("the frame has the control character %U", r)
			}
		}
		if !found {
			return
		}
		end := strings.IndexFunc(after, func(r rune) bool { return !strings.ContainsRune("[;:0123456789", r) })
		if !strings.HasPrefix(after, "[") || end < 0 || after[end] != 'm' {
			t.Fatalf("the frame has an escape sequence that is no colour: %q", after[:min(len(after), 20)])
		}
		rest = after[end+1:]
	}
}

func TestLightDarkAndMonochromeDifferInOneProcess(t *testing.T) {
	dark, light, mono := newBench(t, 80, 24), newBench(t, 80, 24), newBench(t, 80, 24)
	light.give(tea.BackgroundColorMsg{Color: ansi.White})
	mono.give(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	for _, b := range []*bench{dark, light, mono} {
		b.giveRecords()
	}
	if ansi.Strip(dark.frame()) != ansi.Strip(light.frame()) {
		t.Error("light and dark differ in more than colour")
	}
	if dark.frame() == light.frame() {
		t.Error("light and dark are the same")
	}
	if strings.Contains(mono.frame(), "38;") || strings.Contains(mono.frame(), "48;") {
		t.Error("the monochrome theme uses a colour")
	}
	if !strings.Contains(mono.frame(), "▸") {
		t.Error("without colour the selection has no mark")
	}
}

func TestATooSmallTerminalIsToldPolitely(t *testing.T) {
	for _, size := range [][2]int{{59, 18}, {60, 17}, {20, 5}, {1, 1}, {10, 60}} {
		b := newBench(t, size[0], size[1])
		frame := b.frame()
		checkFrame(t, frame, size[0], size[1])
		if size[0] > 40 && !strings.Contains(frame, "60×18") {
			t.Errorf("%v: the frame does not say what is needed:\n%s", size, frame)
		}
	}
}

func TestAResizeStormKeepsEveryFrameWhole(t *testing.T) {
	for name, fill := range screens() {
		b := newBench(t, 120, 40)
		fill(b)
		for i := range 15 {
			width, height := 1+(i*67)%230, 1+(i*29)%80
			b.give(tea.WindowSizeMsg{Width: width, Height: height})
			b.press("down", "pgdown", "right", "up")
			checkFrame(t, b.frame(), width, height)
			if t.Failed() {
				t.Fatalf("%s at %d×%d", name, width, height)
			}
		}
	}
}
