package tui

import (
	"charm.land/lipgloss/v2"

	"ringlab/experiments"
)

// theme is how a session looks. The terminal's own background and text colour
// stay; everything that colour tells is also told by a word, a mark or weight.
type theme struct {
	mono     bool
	plain    lipgloss.Style
	dim      lipgloss.Style // second to read
	rule     lipgloss.Style // lines between things
	strong   lipgloss.Style
	title    lipgloss.Style
	accent   lipgloss.Style
	good     lipgloss.Style
	warn     lipgloss.Style
	bad      lipgloss.Style
	selected lipgloss.Style
	button   lipgloss.Style
	pressed  lipgloss.Style // the button that has the focus
	curve    lipgloss.Style
	curve2   lipgloss.Style
	heat     []lipgloss.Style // share of a row, least first
}

// newTheme makes a theme for a dark or light terminal; mono uses no colour at
// all, for NO_COLOR and terminals without.
func newTheme(dark, mono bool) theme {
	plain := lipgloss.NewStyle()
	if mono {
		bold, faint, reverse := plain.Bold(true), plain.Faint(true), plain.Reverse(true)
		return theme{
			mono: true, plain: plain, dim: faint, rule: faint, strong: bold, title: bold,
			accent: bold, good: plain, warn: bold, bad: bold, selected: reverse,
			button: plain, pressed: reverse, curve: plain, curve2: faint,
			heat: []lipgloss.Style{faint, plain, plain, bold, bold},
		}
	}
	pick := lipgloss.LightDark(dark)
	fg := func(light, dark string) lipgloss.Style {
		return plain.Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	accent := fg("#1f56c4", "#7aa9ff")
	heat := make([]lipgloss.Style, 0, 5)
	for _, shade := range [][2]string{
		{"", ""}, {"#e3ecfb", "#1d2a44"}, {"#bcd2f7", "#26406f"}, {"#7ea6ee", "#31599f"}, {"#2f66d0", "#4a7fdc"},
	} {
		style := plain
		if shade[0] != "" {
			style = style.Background(pick(lipgloss.Color(shade[0]), lipgloss.Color(shade[1])))
		}
		heat = append(heat, style)
	}
	heat[0] = fg("#8a929e", "#6b7686")
	heat[4] = heat[4].Foreground(lipgloss.Color("#ffffff"))
	return theme{
		plain:  plain,
		dim:    fg("#5f6875", "#8b95a5"),
		rule:   fg("#c8cfd9", "#3c4658"),
		strong: plain.Bold(true),
		title:  accent.Bold(true),
		accent: accent,
		good:   fg("#1d7a3c", "#7fc98f"),
		warn:   fg("#8a5a00", "#e3b862"),
		bad:    fg("#bf2b3a", "#f27e85"),
		selected: plain.Background(pick(lipgloss.Color("#dfe9fb"), lipgloss.Color("#243350"))).
			Bold(true),
		button: plain.Background(pick(lipgloss.Color("#e6eaf0"), lipgloss.Color("#2c3442"))),
		pressed: plain.Background(pick(lipgloss.Color("#1f56c4"), lipgloss.Color("#7aa9ff"))).
			Foreground(pick(lipgloss.Color("#ffffff"), lipgloss.Color("#0d1420"))).Bold(true),
		curve:  accent,
		curve2: fg("#b25000", "#f0a35e"),
		heat:   heat,
	}
}

// state is a run's state as symbol, word and style.
func (t theme) state(s experiments.State) (text string, style lipgloss.Style) {
	switch s {
	case experiments.Queued:
		return "○ queued", t.dim
	case experiments.Running:
		return "▶ running", t.accent
	case experiments.Finished:
		return "✓ finished", t.good
	case experiments.Failed:
		return "✗ failed", t.bad
	case experiments.Cancelled:
		return "⊘ cancelled", t.warn
	case experiments.Interrupted:
		return "◐ interrupted", t.warn
	}
	return "? " + string(s), t.dim
}
