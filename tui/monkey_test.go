package tui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// Random keys, pastes, mouse events and sizes, from every screen: nothing panics, and every
// frame is whole. RINGLAB_LONG=1 presses a hundred times as many keys.
func TestAMonkeyBreaksNothing(t *testing.T) {
	presses := 60
	if os.Getenv("RINGLAB_LONG") != "" {
		presses *= 100
	}
	random := rand.New(rand.NewPCG(3, 1))
	var keys []string
	for _, b := range keyTable() {
		keys = append(keys, b.key.Keys()...)
	}
	keys = append(keys, "x", "ü", "環", "'", "0", "9", ".", "-", "space", "backspace")
	keys = slices.DeleteFunc(keys, func(k string) bool { return k == "ctrl+z" })
	fills := screens()
	var names []string
	for name := range fills {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			width, height := 100, 30
			b := newBench(t, width, height)
			fills[name](b)
			var pressed []string
			for range presses {
				switch n := random.IntN(40); n {
				case 0:
					width, height = 40+random.IntN(180), 12+random.IntN(60)
					b.give(tea.WindowSizeMsg{Width: width, Height: height})
				case 1:
					b.give(tea.PasteMsg{Content: "pasted\x1b[2J\ntext"})
				case 2:
					b.give(refreshMsg{now: testTime()})
				case 3, 4, 5, 6:
					event := randomMouse(random, width, height)
					pressed = append(pressed, fmt.Sprintf("%T %v", event, event))
					b.give(event)
				default:
					key := keys[random.IntN(len(keys))]
					pressed = append(pressed, key)
					b.press(key)
				}
				checkFrame(t, b.frame(), width, height)
				if t.Failed() {
					t.Fatalf("after %q", pressed)
				}
			}
		})
	}
}

// randomMouse is a click, a drag, a release or the wheel, at any place of the
// screen and a little outside.
func randomMouse(random *rand.Rand, width, height int) tea.MouseMsg {
	at := tea.Mouse{X: random.IntN(width+4) - 2, Y: random.IntN(height+4) - 2, Button: tea.MouseLeft}
	switch random.IntN(6) {
	case 0:
		at.Button = tea.MouseWheelUp
		return tea.MouseWheelMsg(at)
	case 1:
		at.Button = tea.MouseWheelDown
		return tea.MouseWheelMsg(at)
	case 2:
		return tea.MouseReleaseMsg(at)
	case 3:
		return tea.MouseMotionMsg(at)
	case 4:
		at.Button = tea.MouseRight
		return tea.MouseClickMsg(at)
	default:
		return tea.MouseClickMsg(at)
	}
}
