package tui

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// speeds are how fast presets learn on this machine, measured once for each
// that no run here tells of, while the workbench is open. The zero value is
// ready to use.
type speeds struct {
	known   map[string]experiments.Speed
	trouble map[string]string // why one is not known
	request int               // under way, 0 for none
	preset  string            // that is measured
	leave   func()
}

// take keeps an answer; it is true if it tells something new.
func (s *speeds) take(m measuredMsg) bool {
	if m.request != s.request {
		return false
	}
	s.leave()
	s.request = 0
	switch {
	case m.err == nil:
		if s.known == nil {
			s.known = map[string]experiments.Speed{}
		}
		s.known[m.preset] = m.speed
		return true
	case !errors.Is(m.err, context.Canceled):
		s.stop(m.preset, m.err)
	}
	return false
}

// fail hears of a defect in measuring.
func (s *speeds) fail(m failedMsg) {
	if s.request != 0 && m.request == s.request {
		s.leave()
		s.request = 0
		s.stop(s.preset, m.err)
	}
}

// stop remembers why a preset could not be measured, so that it is tried once.
func (s *speeds) stop(preset string, why error) {
	if s.trouble == nil {
		s.trouble = map[string]string{}
	}
	s.trouble[preset] = why.Error()
}

// measure asks how fast the form's preset learns here where no run tells, and
// ends what is measured for another form. A training that runs would be slowed
// down, and the figure be wrong.
func (p *trainPage) measure() tea.Cmd {
	sub, _ := p.submission()
	s := &p.speeds
	if s.request != 0 {
		if s.preset != sub.Preset || p.training() {
			s.leave()
		}
		return nil
	}
	_, known := s.known[sub.Preset]
	if known || s.trouble[sub.Preset] != "" || p.training() || !p.unknownCost() {
		return nil
	}
	s.preset = sub.Preset
	var cmd tea.Cmd
	s.request, s.leave, cmd = p.shell.askLong(measurePreset(p.shell.session.Experiments, sub))
	return cmd
}

// unknownCost: it was asked for, and nothing tells what the form would cost.
func (p *trainPage) unknownCost() bool {
	return p.blocked() == "" && p.around.snapshot.ID != "" && p.forecastOf != "" && p.forecastOf == p.work() &&
		p.forecast.Like == "" && !p.forecast.Measured
}

// training tells whether a run is being trained or about to be.
func (p *trainPage) training() bool {
	return p.submitting || slices.ContainsFunc(p.around.queue, func(r experiments.Run) bool { return !r.Silent })
}
