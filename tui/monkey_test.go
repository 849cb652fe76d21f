package tui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// monkeyEvents is how much the monkey does in all: 20,000, a million in the
// long form. The race detector has nothing to watch in one goroutine and makes
// it ten times as long, so that there the short form is always enough.
func monkeyEvents() int {
	if os.Getenv("RINGLAB_LONG") != "" && !RaceEnabled {
		return 1_000_000
	}
	return 20_000
}

// Random keys, pastes, mouse events and sizes, from every screen: nothing
// panics, every frame is whole, and no goroutine is left. Each screen has its
// own seed, so that one alone goes the same way again.
func TestAMonkeyBreaksNothing(t *testing.T) {
	leavesNoGoroutine(t)
	fills := screens()
	var names []string
	for name := range fills {
		names = append(names, name)
	}
	slices.Sort(names)
	each := (monkeyEvents() + len(names) - 1) / len(names)
	started := time.Now()
	t.Run("on", func(t *testing.T) {
		for i, name := range names {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				m := newMonkey(t, uint64(i))
				fills[name](m.bench)
				for range each {
					m.act()
				}
			})
		}
	})
	took := time.Since(started)
	t.Logf("%d events on %d screens in %v: %.0f a second", each*len(names), len(names), took.Round(time.Millisecond), float64(each*len(names))/took.Seconds())
}

// monkey is somebody who understands nothing and never tires.
type monkey struct {
	*bench
	random        *rand.Rand
	keys          []string
	width, height int
	last          []string // what it did last, newest at the end
}

// rememberedEvents tell how it came to a failure; the seed repeats all of it.
const rememberedEvents = 100

func newMonkey(t *testing.T, seed uint64) *monkey {
	m := &monkey{random: rand.New(rand.NewPCG(3, seed)), width: 100, height: 30}
	for _, b := range keyTable() {
		m.keys = append(m.keys, b.key.Keys()...)
	}
	m.keys = append(m.keys, "x", "ü", "環", "'", "0", "9", ".", "-", "space", "backspace")
	m.keys = slices.DeleteFunc(m.keys, func(k string) bool { return k == "ctrl+z" })
	m.bench = newBench(t, m.width, m.height)
	return m
}

// act does one thing and looks at the frame that comes of it.
func (m *monkey) act() {
	m.t.Helper()
	defer func() {
		if p := recover(); p != nil {
			m.t.Fatalf("panic: %v after %q\n%s", p, m.last, debug.Stack())
		}
	}()
	switch n := m.random.IntN(40); n {
	case 0:
		m.width, m.height = 40+m.random.IntN(180), 12+m.random.IntN(60)
		m.does("resize to %d×%d", m.width, m.height)
		m.give(tea.WindowSizeMsg{Width: m.width, Height: m.height})
	case 1:
		m.does("paste")
		m.give(tea.PasteMsg{Content: "pasted\x1b[2J\ntext"})
	case 2:
		m.does("look again")
		m.give(refreshMsg{now: testTime()})
	case 3, 4, 5, 6:
		event := randomMouse(m.random, m.width, m.height)
		m.does("%T %v", event, event)
		m.give(event)
	default:
		key := m.keys[m.random.IntN(len(m.keys))]
		m.does("%s", key)
		m.press(key)
	}
	checkFrame(m.t, m.frame(), m.width, m.height)
	if m.t.Failed() {
		m.t.Fatalf("after %q", m.last)
	}
}

func (m *monkey) does(format string, args ...any) {
	if len(m.last) == rememberedEvents {
		m.last = slices.Delete(m.last, 0, 1)
	}
	m.last = append(m.last, fmt.Sprintf(format, args...))
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

// leavesNoGoroutine fails the test if at its end more goroutines run than now,
// also after those that are ending have had time to end.
func leavesNoGoroutine(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		deadline := time.Now().Add(10 * time.Second)
		for runtime.NumGoroutine() > before {
			if time.Now().After(deadline) {
				var stacks strings.Builder
				_ = pprof.Lookup("goroutine").WriteTo(&stacks, 1) // a builder takes all
				t.Errorf("%d goroutines, before there were %d:\n%s", runtime.NumGoroutine(), before, stacks.String())
				return
			}
			time.Sleep(time.Millisecond)
		}
	})
}
