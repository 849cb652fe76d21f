package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Settings are a person's choices. The empty value of each is its default.
type Settings struct {
	Theme    string // one of Themes
	Pictures string // one of PictureModes
	Mouse    string // on or off
	Keys     Remap
	// Fixed says for a setting that cannot be changed in the workbench who has
	// decided: "--theme", "RINGLAB_THEME".
	Fixed map[string]string
}

// Themes are the choices of a theme, the default first.
func Themes() []string { return []string{"auto", "dark", "light", "contrast", "colourblind"} }

// PictureModes are the ways to draw pictures, the default first.
func PictureModes() []string { return []string{"auto", "kitty", "sixel", "blocks", "ascii", "off"} }

// Mice are the choices of the mouse, the default first.
func Mice() []string { return []string{"on", "off"} }

// setting is one line of the settings.
type setting struct {
	name, what string
	choices    []string
	value      func(*Settings) *string
}

func settingTable() []setting {
	return []setting{
		{"theme", "colours; auto follows the terminal's background", Themes(), func(s *Settings) *string { return &s.Theme }},
		{"pictures", "auto takes the best that the terminal says it can", PictureModes(), func(s *Settings) *string { return &s.Pictures }},
		{"mouse", "off leaves the mouse to the terminal, for selecting text", Mice(), func(s *Settings) *string { return &s.Mouse }},
	}
}

// CheckSetting says what is wrong with a value of a setting, nil if nothing.
func CheckSetting(name, value string) error {
	for _, s := range settingTable() {
		if s.name == name && !slices.Contains(s.choices, value) {
			return fmt.Errorf("%s %q is none of %v", name, value, s.choices)
		}
	}
	return nil
}

// settings is the overlay that changes them.
type settings struct {
	now    Settings
	cursor int
}

func newSettings(now Settings) *settings { return &settings{now: now} }

// settingSavedMsg: a choice is in the configuration.
type settingSavedMsg struct {
	request int
	what    string
}

func (r *root) pressSettings(a action) tea.Cmd {
	s, table := r.settings, settingTable()
	switch a {
	case actUp:
		s.cursor = max(s.cursor-1, 0)
		return nil
	case actDown:
		s.cursor = min(s.cursor+1, len(table)-1)
		return nil
	case actClose:
		r.settings = nil
		return nil
	case actPrevChoice:
		return r.choose(func(at, n int) int { return (at + n - 1) % n })
	case actNextChoice:
		return r.choose(func(at, n int) int { return (at + 1) % n })
	}
	return nil
}

// choose takes another choice for the setting under the cursor: next tells
// which, of n, from where it stands.
func (r *root) choose(next func(at, n int) int) tea.Cmd {
	s := r.settings
	line := settingTable()[s.cursor]
	if who := s.now.Fixed[line.name]; who != "" {
		r.shell.say("Cannot change the %s: %s has decided.", line.name, who)
		return nil
	}
	value := line.value(&s.now)
	at := max(slices.Index(line.choices, *value), 0)
	*value = line.choices[next(at, len(line.choices))]
	r.shell.session.Settings = s.now
	return tea.Batch(r.repaint(), r.choosePictures(), r.shell.saveSetting(line.name, *value))
}

func (s *shell) saveSetting(name, value string) tea.Cmd {
	save := s.session.SaveSetting
	if save == nil || s.homeless() {
		return nil
	}
	_, cmd := s.ask(func(_ context.Context, request int) tea.Msg {
		if err := save(name, value); err != nil {
			return failedMsg{request, "save the setting", err}
		}
		return settingSavedMsg{request, fmt.Sprintf("%s is %s from now on, here and in ringlab.toml.", name, value)}
	})
	return cmd
}

// settingName is the room of a setting's name and the mark before it.
const settingName = 12

// labels are the choices as they are drawn.
func (s setting) labels() []string {
	labels := make([]string, len(s.choices))
	for i, choice := range s.choices {
		labels[i] = " " + choice + " "
	}
	return labels
}

// gap is the air between two choices: none where there is no room for it.
func (s setting) gap(inner int) int {
	if settingName+len(strings.Join(s.choices, "   "))+2 > inner {
		return 0
	}
	return 1
}

func (s *settings) inner(width int) int { return min(width-6, 72) }

// height is how many lines a setting takes: choices, what it is, who has
// decided, and air.
func (s *settings) height(line setting, inner int) int {
	lines := 2 + len(wrap(line.what, inner-4, 2))
	if s.now.Fixed[line.name] != "" {
		lines++
	}
	return lines
}

func (s *settings) view(th theme, width int) []string {
	inner := s.inner(width)
	lines := []string{th.title.Render("Settings"), ""}
	for i, line := range settingTable() {
		mark, style := "  ", th.plain
		if i == s.cursor {
			mark, style = th.accent.Render("▸ "), th.strong
		}
		value := *line.value(&s.now)
		choices := strings.Join(th.sections(line.labels(), max(slices.Index(line.choices, value), 0)), strings.Repeat(" ", line.gap(inner)))
		lines = append(lines, ansi.Truncate(mark+style.Render(fit(line.name, settingName-2))+choices, inner, "…"))
		for _, text := range wrap(line.what, inner-4, 2) {
			lines = append(lines, "    "+th.dim.Render(text))
		}
		if who := s.now.Fixed[line.name]; who != "" {
			lines = append(lines, "    "+th.warn.Render("decided by "+clean(who)))
		}
		lines = append(lines, "")
	}
	lines = append(lines, styled(th.dim, wrap("Keys are changed in ringlab.toml, [keys]; ringlab config shows all.", inner, 2))...)
	return th.box(lines, inner)
}
