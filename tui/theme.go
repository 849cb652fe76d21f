package tui

import (
	"image/color"
	"regexp"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

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

// colours are the hues of a theme; everything else is the same in all.
type colours struct {
	accent, dim, rule, good, warn, bad shade
	selected, button, onAccent         shade
	heat                               [4]shade
	heatText                           shade
	lines                              [5]shade // of a chart, after the accent
}

// linesOnDark and linesOnLight are hues that stay apart for the colour-blind.
func linesOnDark() [5]shade {
	return [5]shade{{"#f0a35e", "215", "11"}, {"#5fd7b0", "79", "10"}, {"#e59ad6", "176", "13"}, {"#e6dc6a", "185", "14"}, {"#d5dae2", "253", "15"}}
}

func linesOnLight() [5]shade {
	return [5]shade{{"#b25000", "130", "3"}, {"#00785a", "29", "2"}, {"#a0338a", "126", "5"}, {"#6b6300", "58", "6"}, {"#4a4f57", "239", "0"}}
}

func darkColours() colours {
	return colours{
		accent: shade{"#7aa9ff", "111", "12"}, dim: shade{"#8b95a5", "247", "7"}, rule: shade{"#465064", "240", "8"},
		good: shade{"#7fc98f", "114", "10"}, warn: shade{"#e3b862", "179", "11"}, bad: shade{"#f27e85", "210", "9"},
		lines:    linesOnDark(),
		selected: shade{"#2a3550", "237", "8"}, button: shade{"#2c3442", "237", "8"},
		onAccent: shade{"#0d1420", "233", "0"}, heatText: shade{"#ffffff", "15", "15"},
		heat: [4]shade{{"#1d2a44", "17", "0"}, {"#26406f", "18", "4"}, {"#31599f", "25", "4"}, {"#4a7fdc", "68", "12"}},
	}
}

func lightColours() colours {
	return colours{
		accent: shade{"#1f56c4", "26", "4"}, dim: shade{"#5f6875", "241", "8"}, rule: shade{"#c8cfd9", "252", "7"},
		good: shade{"#1d7a3c", "28", "2"}, warn: shade{"#8a5a00", "94", "3"}, bad: shade{"#bf2b3a", "160", "1"},
		lines:    linesOnLight(),
		selected: shade{"#dfe9fb", "189", "7"}, button: shade{"#e6eaf0", "254", "7"},
		onAccent: shade{"#ffffff", "231", "15"}, heatText: shade{"#ffffff", "15", "15"},
		heat: [4]shade{{"#e3ecfb", "195", "7"}, {"#bcd2f7", "153", "7"}, {"#7ea6ee", "111", "12"}, {"#2f66d0", "26", "4"}},
	}
}

// contrastColours keep at least 7:1 against black or white (WCAG 2, AAA).
func contrastColours(dark bool) colours {
	c := colours{
		accent: shade{"#0a3a99", "18", "4"}, dim: shade{"#303030", "236", "0"}, rule: shade{"#5a5a5a", "240", "8"},
		good: shade{"#00501e", "22", "2"}, warn: shade{"#5c3a00", "58", "3"}, bad: shade{"#8f0010", "88", "1"},
		lines: linesOnLight(), selected: shade{"#ffe680", "222", "11"}, button: shade{"#d0d0d0", "252", "7"},
		onAccent: shade{"#ffffff", "231", "15"}, heatText: shade{"#ffffff", "15", "15"},
		heat: [4]shade{{"#e3ecfb", "195", "7"}, {"#bcd2f7", "153", "7"}, {"#8fb4f5", "111", "7"}, {"#0a3a99", "18", "4"}},
	}
	if dark {
		c = colours{
			accent: shade{"#8fd0ff", "117", "14"}, dim: shade{"#d8d8d8", "253", "15"}, rule: shade{"#a0a0a0", "247", "7"},
			good: shade{"#6dff8f", "84", "10"}, warn: shade{"#ffd74a", "221", "11"}, bad: shade{"#ff9d9d", "217", "9"},
			lines: linesOnDark(), selected: shade{"#004a9e", "25", "4"}, button: shade{"#3a3a3a", "237", "8"},
			onAccent: shade{"#000000", "16", "0"}, heatText: shade{"#000000", "16", "0"},
			heat: [4]shade{{"#1d2a44", "17", "0"}, {"#26406f", "18", "4"}, {"#31599f", "25", "4"}, {"#8fd0ff", "117", "14"}},
		}
	}
	return c
}

// safeColours differ for people who see red and green alike: blue, orange,
// yellow and a reddish purple of Okabe and Ito (2008), lighter on dark.
func safeColours(dark bool) colours {
	c := lightColours()
	c.accent, c.good, c.warn, c.bad = shade{"#0072b2", "25", "4"}, shade{"#00664d", "23", "6"},
		shade{"#7d5a00", "94", "3"}, shade{"#a8400a", "130", "5"}
	if dark {
		c = darkColours()
		c.accent, c.good, c.warn, c.bad = shade{"#56b4e9", "74", "12"}, shade{"#3fd0a4", "79", "14"},
			shade{"#f0e442", "227", "11"}, shade{"#ff9a4d", "215", "13"}
	}
	return c
}

// colourless tells of a terminal that gets no colours where Bubble Tea would
// send some: NO_COLOR counts with any value (https://no-color.org), not only
// with one that reads as true, and some terminals never had colours: DEC's, and
// those whose name says so, as xterm-mono.
func colourless(environ []string) bool {
	env := uv.Environ(environ)
	name := env.Getenv("TERM")
	return env.Getenv("NO_COLOR") != "" || regexp.MustCompile(`^vt\d+(-|$)`).MatchString(name) ||
		strings.HasSuffix(name, "-mono") || strings.HasSuffix(name, "-m")
}

// newTheme makes one of Themes for a dark or light terminal. Without colours
// (also NO_COLOR) weight and reversal do what colours do.
func newTheme(name string, dark bool, profile colorprofile.Profile) theme {
	if profile <= colorprofile.ASCII {
		return monochrome()
	}
	var c colours
	switch name {
	case "dark":
		c = darkColours()
	case "light":
		c = lightColours()
	case "contrast":
		c = contrastColours(dark)
	case "colourblind":
		c = safeColours(dark)
	default:
		if c = lightColours(); dark {
			c = darkColours()
		}
	}
	pick := func(s shade) color.Color {
		return lipgloss.Complete(profile)(lipgloss.Color(s.of16), lipgloss.Color(s.of256), lipgloss.Color(s.exact))
	}
	plain := lipgloss.NewStyle()
	fg := func(s shade) lipgloss.Style { return plain.Foreground(pick(s)) }
	bg := func(s shade) lipgloss.Style { return plain.Background(pick(s)) }
	return theme{
		plain:    plain,
		dim:      fg(c.dim),
		rule:     fg(c.rule),
		strong:   plain.Bold(true),
		title:    fg(c.accent).Bold(true),
		accent:   fg(c.accent),
		good:     fg(c.good),
		warn:     fg(c.warn),
		bad:      fg(c.bad),
		selected: bg(c.selected).Bold(true),
		button:   bg(c.button),
		pressed:  bg(c.accent).Foreground(pick(c.onAccent)).Bold(true),
		lines:    []lipgloss.Style{fg(c.accent), fg(c.lines[0]), fg(c.lines[1]), fg(c.lines[2]), fg(c.lines[3]), fg(c.lines[4])},
		heat: []lipgloss.Style{fg(c.dim), bg(c.heat[0]), bg(c.heat[1]), bg(c.heat[2]),
			bg(c.heat[3]).Foreground(pick(c.heatText))},
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
