package tui

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// Random keys, pastes and sizes, from every screen: nothing panics, and every
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
