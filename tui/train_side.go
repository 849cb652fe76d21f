package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// advice is the right pane: what the field means, what is wrong, and the
// command.
func (p *trainPage) advice(width int) []string {
	th := p.shell.theme
	var lines []string
	if field := p.form.current(); field != nil {
		lines = append(lines, th.heading(field.name, width))
		lines = append(lines, wrap(field.help, width, 5)...)
		if field.allowed != "" {
			lines = append(lines, styled(th.dim, wrap(field.allowed, width, 3))...)
		}
		if field.initial != "" && field.name != fieldPreset {
			lines = append(lines, th.dim.Render(fit("default "+field.initial, width)))
		}
	} else {
		lines = append(lines, th.heading("start", width))
		lines = append(lines, wrap("Queues the run. A worker trains it in the background, also when you leave the workbench.", width, 5)...)
	}
	if why := p.blocked(); why != "" {
		lines = append(lines, "")
		for i, line := range wrap(why, width-2, 4) {
			mark := "  "
			if i == 0 {
				mark = "✗ "
			}
			lines = append(lines, th.bad.Render(mark+line))
		}
	}
	lines = append(lines, p.cost(width)...)
	lines = append(lines, "", th.heading("the same from a shell", width))
	for _, line := range wrapWords(p.command(), width, 6) {
		lines = append(lines, th.accent.Render(line))
	}
	if snapshot := p.around.snapshot; snapshot.ID != "" {
		lines = append(lines, "", th.heading("data", width),
			th.dim.Render(fit(fmt.Sprintf("%s records, snapshot %s", thousands(snapshot.Records), short(snapshot.ID)), width)))
	}
	lines = append(lines, p.queue(width)...)
	return lines
}

// cost is what the form's runs take, as far as that is known.
func (p *trainPage) cost(width int) []string {
	th := p.shell.theme
	if p.blocked() != "" || p.around.snapshot.ID == "" {
		return nil
	}
	lines := []string{"", th.heading("cost", width)}
	sub, sweep := p.submission()
	if n := sweep.Runs(); n > 1 {
		lines = append(lines, th.strong.Render(fit(fmt.Sprintf("%s runs", thousands(n)), width)))
	}
	known := func(f experiments.Forecast, source string) {
		text := "about " + took(f.Duration)
		if f.Memory > 0 {
			text += fmt.Sprintf(", %.0f MiB", f.Memory)
		}
		lines = append(lines, fit(text, width))
		lines = append(lines, styled(th.dim, wrap(source, width, 3))...)
	}
	switch f, none := p.forecast, "No run of "+sub.Preset+" has finished here yet"; {
	case p.forecastOf != p.work():
		lines = append(lines, th.dim.Render("…"))
	case f.Like != "":
		source := "as run " + f.Like + " was here"
		if len(f.Differs) > 0 {
			source += ", with other " + strings.Join(f.Differs, ", ")
		}
		known(f, source)
	case f.Measured:
		known(f, "by this machine's speed, measured with the preset's defaults; memory is known after a run")
	case p.speeds.trouble[sub.Preset] != "":
		lines = append(lines, styled(th.dim, wrap("Not known. "+none+", and its speed could not be measured: "+p.speeds.trouble[sub.Preset], width, 5))...)
	case p.training():
		lines = append(lines, styled(th.dim, wrap("Not known. "+none+"; its speed is measured when none trains.", width, 3))...)
	default:
		lines = append(lines, styled(th.dim, wrap(none+": measuring this machine's speed …", width, 3))...)
	}
	return lines
}

// queue lists what runs and waits, the next first.
func (p *trainPage) queue(width int) []string {
	th := p.shell.theme
	if len(p.around.queue) == 0 {
		return nil
	}
	lines := []string{"", th.heading("queue", width)}
	if p.around.waiting > shownQueue {
		lines = append(lines, th.dim.Render(fit(fmt.Sprintf("%s wait, the newest:", thousands(p.around.waiting)), width)))
	}
	for _, run := range slices.Backward(p.around.queue) {
		state, style := th.state(run.State)
		text := fmt.Sprintf("  %s  %s", run.ID, clean(run.Name))
		if run.Epochs > 0 && run.State == experiments.Running {
			text += fmt.Sprintf("  %d/%d", run.Epoch, run.Epochs)
		}
		lines = append(lines, pad(style.Render(state)+fit(text, max(width-ansi.StringWidth(state), 8)), width))
	}
	return lines
}
