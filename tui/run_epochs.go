package tui

import (
	tea "charm.land/bubbletea/v2"

	"ringlab/models"
)

// How a run's curves and the pictures of an epoch go together: the epoch is
// that of the curves' cursor or, without one, the newest, so that the pictures
// follow a training.

// hasEpochs tells whether the run learns in epochs; trees do not.
func (v *runView) hasEpochs() bool {
	preset, err := models.PresetByName(v.run.Spec.Preset)
	return v.loaded && err == nil && preset.HasEpochs()
}

// followCursor shows the pictures of the epoch at the cursor.
func (v *runView) followCursor() tea.Cmd {
	newest := int64(v.run.Epoch)
	return v.epoch.show(v.curves.cursorOr(newest), newest)
}

// actOnEpoch opens and leaves the pictures of an epoch, and moves in them.
func (v *runView) actOnEpoch(a action) (cmd tea.Cmd, done bool) {
	newest := int64(v.run.Epoch)
	switch {
	case a == actEpoch:
		v.epoch.open, v.curves.linked = true, true
		if v.run.State.Ended() && newest > 0 {
			cmd = v.curves.moveTo(v.curves.cursorOr(newest))
		}
		return tea.Batch(cmd, v.followCursor()), true
	case !v.epoch.open:
		return nil, false
	}
	if v.epoch.differences.bar.typing || a == actFilter {
		return v.epoch.act(a)
	}
	switch a {
	case actLeaveEpoch:
		if v.keeps() {
			return v.epoch.act(a)
		}
		v.epoch.open, v.curves.linked = false, false
		return nil, true
	}
	if newest == 0 { // there is nothing to move to
		_, done = v.epoch.act(a)
		return nil, done || a == actEpochBefore || a == actEpochAfter || a == actCursorLeft || a == actCursorRight
	}
	switch a {
	case actEpochBefore:
		cmd = v.curves.moveTo(v.curves.cursorOr(newest) - 1)
	case actEpochAfter:
		if next := v.curves.cursorOr(newest) + 1; next < newest || v.run.State.Ended() {
			cmd = v.curves.moveTo(min(next, newest))
		} else {
			v.curves.cursor = 0 // and on with the training
		}
	case actCursorLeft, actCursorRight:
		v.curves.cursor = v.curves.cursorOr(newest) // not from an epoch that has not been
		return nil, false
	default:
		return v.epoch.act(a)
	}
	return tea.Batch(cmd, v.followCursor()), true
}

// epochLayout shares the room between the charts and, after air, the pictures
// of an epoch. Charts have nothing where both would be too small to read.
func (v *runView) epochLayout() (charts, air, pictures int) {
	room := v.height - headHeight
	least := 7
	if v.width < twoPanels { // one below the other
		least = 10
	}
	if room >= 2*least {
		charts = min(max(room*2/5, least), 16)
	}
	if room >= 22 {
		air = 1
	}
	return charts, air, room - charts - air
}

func (v *runView) resizeEpoch() tea.Cmd {
	_, _, pictures := v.epochLayout()
	return v.epoch.resize(v.width, pictures)
}

// linkedLines are the charts with the pictures of the epoch at their cursor.
func (v *runView) linkedLines() []string {
	charts, air, _ := v.epochLayout()
	var lines []string
	if charts > 0 {
		lines = v.curves.view(v.width, charts)
	}
	return append(block(lines, v.width, charts+air), v.epoch.view()...)
}
