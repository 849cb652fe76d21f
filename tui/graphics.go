package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"ringlab/tui/picture"
)

// graphics is what the terminal has said about pictures. Until it answers, and
// where it never does, half blocks are drawn.
type graphics struct {
	kitty, sixel bool
	cell         [2]int // pixels of a cell, 0 where unknown
	over         bool   // the time to answer is up
}

// graphicsPatience is how long answers count. What comes later is taken for
// noise: a terminal does not change what it is.
const graphicsPatience = 3 * time.Second

type graphicsOverMsg struct{}

const askCellSize = 16 // XTWINOPS: report the size of a cell in pixels

// askGraphics asks the terminal what it can draw. The device attributes come
// last, and tell of sixel.
func (r *root) askGraphics() tea.Cmd {
	env := uv.Environ(r.shell.session.Environ)
	if name := env.Getenv("TERM"); name == "dumb" || name == "linux" || name == "" {
		return nil
	}
	query := ansi.WindowOp(askCellSize) + picture.Query(env.Getenv("TMUX") != "") + ansi.RequestPrimaryDeviceAttributes
	return tea.Batch(tea.Raw(query), r.shell.after(graphicsPatience, graphicsOverMsg{}))
}

// hear takes an answer; it tells whether msg was one.
func (g *graphics) hear(msg tea.Msg) bool {
	switch msg.(type) {
	case uv.KittyGraphicsEvent, uv.PrimaryDeviceAttributesEvent, uv.CellSizeEvent, graphicsOverMsg:
	default:
		return false
	}
	if g.over {
		return true
	}
	switch msg := msg.(type) {
	case uv.KittyGraphicsEvent:
		g.kitty = g.kitty || strings.HasPrefix(string(msg.Payload), "OK")
	case uv.PrimaryDeviceAttributesEvent:
		g.sixel = slices.Contains(msg, 4)
	case uv.CellSizeEvent:
		g.cell = [2]int{msg.Width, msg.Height}
	case graphicsOverMsg:
		g.over = true
	}
	return true
}

// choosePictures takes the best way to draw that the terminal has, or the one
// that the person demands.
func (r *root) choosePictures() tea.Cmd {
	c, g := r.shell.canvas, r.graphics
	env := uv.Environ(r.shell.session.Environ)
	kitty := picture.Kitty
	if env.Getenv("TMUX") != "" {
		kitty = picture.KittyTmux
	}
	mode := picture.Blocks
	switch r.shell.session.Settings.Pictures {
	case "kitty":
		mode = kitty
	case "sixel":
		mode = picture.Sixel
	case "blocks":
	case "ascii":
		mode = picture.Letters
	case "off":
		mode = picture.Off
	default:
		switch {
		case g.kitty:
			mode = kitty
		case g.sixel && g.cell[0] > 0: // without the size of a cell a sixel picture runs over its pane
			mode = picture.Sixel
		case env.Getenv("TERM") == "dumb":
			mode = picture.Letters
		}
	}
	c.SetCell(g.cell[0], g.cell[1])
	c.SetMode(mode)
	return r.hear(repaintMsg{})
}

// suspend takes pictures off the screen and stops the program until fg.
func (r *root) suspend() tea.Cmd {
	r.suspended = true
	return tea.Suspend
}
