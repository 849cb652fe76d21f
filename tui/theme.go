package tui

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

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
	pressed  lipgloss.Style   // the button that has the focus
	lines    []lipgloss.Style // of a chart, the first to draw first
	heat     []lipgloss.Style // share of a row, least first
}

// shade is one colour as each kind of terminal can show it. Bringing the first
// down to 256 or 16 by distance turns quiet blues into teal.
type shade struct{ exact, of256, of16 string }

// newTheme makes a theme for a dark or light terminal. Without colours (also
// NO_COLOR) weight and reversal do what colours do.
func newTheme(dark bool, profile colorprofile.Profile) theme {
	if profile <= colorprofile.ASCII {
		return monochrome()
	}
	pick := func(light, night shade) color.Color {
		s := light
		if dark {
			s = night
		}
		return lipgloss.Complete(profile)(lipgloss.Color(s.of16), lipgloss.Color(s.of256), lipgloss.Color(s.exact))
	}
	plain := lipgloss.NewStyle()
	fg := func(light, night shade) lipgloss.Style { return plain.Foreground(pick(light, night)) }
	bg := func(light, night shade) lipgloss.Style { return plain.Background(pick(light, night)) }

	accentLight, accentDark := shade{"#1f56c4", "26", "4"}, shade{"#7aa9ff", "111", "12"}
	accent := fg(accentLight, accentDark)
	dim := fg(shade{"#5f6875", "241", "8"}, shade{"#8b95a5", "247", "7"})
	return theme{
		plain:  plain,
		dim:    dim,
		rule:   fg(shade{"#c8cfd9", "252", "7"}, shade{"#465064", "240", "8"}),
		strong: plain.Bold(true),
		title:  accent.Bold(true),
		accent: accent,
		good:   fg(shade{"#1d7a3c", "28", "2"}, shade{"#7fc98f", "114", "10"}),
		warn:   fg(shade{"#8a5a00", "94", "3"}, shade{"#e3b862", "179", "11"}),
		bad:    fg(shade{"#bf2b3a", "160", "1"}, shade{"#f27e85", "210", "9"}),
		selected: bg(shade{"#dfe9fb", "189", "7"}, shade{"#2a3550", "237", "8"}).
			Bold(true),
		button: bg(shade{"#e6eaf0", "254", "7"}, shade{"#2c3442", "237", "8"}),
		pressed: bg(accentLight, accentDark).
			Foreground(pick(shade{"#ffffff", "231", "15"}, shade{"#0d1420", "233", "0"})).Bold(true),
		lines: []lipgloss.Style{ // hues that stay apart for the colour-blind
			accent,
			fg(shade{"#b25000", "130", "3"}, shade{"#f0a35e", "215", "11"}),
			fg(shade{"#00785a", "29", "2"}, shade{"#5fd7b0", "79", "10"}),
			fg(shade{"#a0338a", "126", "5"}, shade{"#e59ad6", "176", "13"}),
			fg(shade{"#6b6300", "58", "6"}, shade{"#e6dc6a", "185", "14"}),
			fg(shade{"#4a4f57", "239", "0"}, shade{"#d5dae2", "253", "15"}),
		},
		heat: []lipgloss.Style{
			dim,
			bg(shade{"#e3ecfb", "195", "7"}, shade{"#1d2a44", "17", "0"}),
			bg(shade{"#bcd2f7", "153", "7"}, shade{"#26406f", "18", "4"}),
			bg(shade{"#7ea6ee", "111", "12"}, shade{"#31599f", "25", "4"}),
			bg(shade{"#2f66d0", "26", "4"}, shade{"#4a7fdc", "68", "12"}).Foreground(lipgloss.Color("15")),
		},
	}
}

func monochrome() theme {
	plain := lipgloss.NewStyle()
	bold, faint, reverse := plain.Bold(true), plain.Faint(true), plain.Reverse(true)
	return theme{
		mono: true, plain: plain, dim: faint, rule: faint, strong: bold, title: bold,
		accent: bold, good: plain, warn: bold, bad: bold, selected: reverse,
		button: plain.Underline(true), pressed: reverse, lines: []lipgloss.Style{plain, faint, bold, plain, faint, bold},
		heat: []lipgloss.Style{faint, plain, plain, bold, bold},
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
