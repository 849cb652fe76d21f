package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
	"ringlab/models"
)

// trainPage is a form made from the preset's parameters. It shows the command
// that would do the same, and starts the run.
type trainPage struct {
	shell         *shell
	width, height int
	presets       []models.Preset
	form          form
	around        surroundings
	looked        bool
	lookRequest   int
	lookPending   bool
	submitRequest int
	submitting    bool

	forecast        experiments.Forecast
	forecastOf      string // the work that it is of
	forecastRequest int
	asked           string // the work that was asked about last
	asking          string // the work that is being asked about, "" when none is
	speeds          speeds
}

func newTrainPage(s *shell) *trainPage {
	p := &trainPage{shell: s, presets: models.Presets()}
	p.form.button = "Start training"
	if len(p.presets) > 0 {
		p.form.fields = p.fields(p.presets[0].Name)
	}
	return p
}

func (p *trainPage) Context() keyContext { return inTrain }
func (p *trainPage) Typing() bool        { return p.form.editing }

func (p *trainPage) Refresh() tea.Cmd {
	cmds := []tea.Cmd{p.askForecast(), p.measure()}
	if !p.lookPending {
		p.lookPending = true
		var cmd tea.Cmd
		p.lookRequest, cmd = p.shell.ask(lookAround(p.shell.session.Stores))
		cmds = append(cmds, cmd)
	}
	return tea.Batch(cmds...)
}

// askForecast asks what the form's runs would cost, when the form is another
// than the last time. One question is under way at a time: who types fast does
// not pile them up.
func (p *trainPage) askForecast() tea.Cmd {
	work := p.work()
	if p.asking != "" || p.blocked() != "" || p.around.snapshot.ID == "" || work == p.asked {
		return nil
	}
	p.asked, p.asking = work, work
	var cmd tea.Cmd
	sub, sweep := p.submission()
	p.forecastRequest, cmd = p.shell.ask(forecastRuns(p.shell.session.Experiments, sub, sweep, p.speeds.known[sub.Preset]))
	return cmd
}

func (p *trainPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		p.form.typed(msg)
		return p.askForecast()
	case surroundingsMsg:
		if msg.request == p.lookRequest {
			p.lookPending, p.looked = false, true
			changed := len(msg.saved) != len(p.around.saved)
			p.around = msg.surroundings
			if changed && !p.form.editing {
				p.rebuild()
			}
			return p.askForecast()
		}
	case forecastMsg:
		if msg.request == p.forecastRequest && p.asking != "" {
			p.forecast, p.forecastOf, p.asking = msg.forecast, p.asking, ""
			return tea.Batch(p.askForecast(), p.measure())
		}
	case measuredMsg:
		if p.speeds.take(msg) {
			p.asked = ""
		}
		return tea.Batch(p.askForecast(), p.measure())
	case presetSavedMsg:
		p.shell.say("Kept as %s; it stands with the presets, also for ringlab train --preset %s.", clean(msg.name), clean(msg.name))
		return p.Refresh()
	case newRunMsg:
		if msg.like != nil {
			p.fill(msg.like.Spec)
		}
	case runsSubmittedMsg:
		if msg.request == p.submitRequest {
			p.submitting, p.asked = false, ""
		}
	case failedMsg:
		p.speeds.fail(msg)
		switch msg.request {
		case p.forecastRequest:
			p.asking = ""
		case p.lookRequest:
			p.lookPending = false
		case p.submitRequest:
			p.submitting = false
		}
	}
	return nil
}

// fill takes the parameters of an earlier run.
func (p *trainPage) fill(spec experiments.Spec) {
	if !slices.ContainsFunc(p.presets, func(one models.Preset) bool { return one.Name == spec.Preset }) {
		p.shell.say("The preset %s of that run is not in this version.", clean(spec.Preset))
		return
	}
	p.form.editing, p.form.cursor = false, 0
	p.form.fields = p.fields(spec.Preset)
	for i := range p.form.fields {
		field := &p.form.fields[i]
		switch field.name {
		case fieldPreset, fieldName, fieldRepeat:
		case fieldSplit:
			field.value = spec.Split
		case fieldSeed:
			field.value = strconv.FormatUint(spec.Seed, 10)
		default:
			if value, ok := spec.Parameters[field.name]; ok {
				field.value = parameterText(value)
			}
		}
	}
	p.form.settle()
}

func (p *trainPage) Why(a action) string {
	field := p.form.current()
	switch a {
	case actStart:
		return p.blocked()
	case actEdit:
		if field == nil {
			return p.blocked()
		}
	case actPrevChoice, actNextChoice:
		if field == nil || len(field.options()) == 0 {
			return "this field is no choice; enter edits it"
		}
	case actDefault:
		if field == nil {
			return "a button has no default"
		}
	case actSweep:
		if field == nil || field.sweep == nil {
			return "only a parameter of the preset can be swept"
		}
	case actKeep:
		if trouble := p.form.trouble(); trouble != "" {
			return trouble
		}
		if _, sweep := p.submission(); len(sweep.Axes) > 0 {
			return "a preset has one value for each parameter; end the sweep first"
		}
	}
	return ""
}

// blocked is why no training can be started.
func (p *trainPage) blocked() string {
	switch trouble := p.form.trouble(); {
	case p.submitting:
		return "the run is being queued"
	case p.looked && p.around.snapshot.ID == "":
		return "there is nothing to learn from; ringlab ingest FOLDER first"
	case trouble != "":
		return trouble
	}
	sub, sweep := p.submission()
	if _, err := sweep.Expand(sub); err != nil {
		return err.Error()
	}
	return ""
}

func (p *trainPage) Act(a action) tea.Cmd {
	cmd := p.act(a)
	if p.submitting {
		return cmd
	}
	return tea.Batch(cmd, p.askForecast())
}

func (p *trainPage) act(a action) tea.Cmd {
	if p.form.editing {
		p.form.act(p.shell.theme, a)
		return nil
	}
	if p.form.move(a) {
		return nil
	}
	switch a {
	case actEdit:
		switch field := p.form.current(); {
		case field == nil:
			return p.submit()
		case len(field.choices) > 0:
			p.step(1)
		default:
			p.form.edit(p.shell.theme)
		}
	case actPrevChoice:
		p.step(-1)
	case actNextChoice:
		p.step(1)
	case actDefault:
		field := p.form.current()
		field.value, field.swept = field.initial, false
		p.rebuild()
	case actSweep:
		p.sweep()
	case actKeep:
		p.askName()
	case actStart:
		return p.submit()
	}
	return nil
}

// sweep lets a parameter take several values, or one again.
func (p *trainPage) sweep() {
	field := p.form.current()
	field.swept = !field.swept
	if !field.swept && field.trouble(field.value) != "" {
		field.value = field.initial
	}
	p.rebuild()
	if field = p.form.current(); field != nil && field.swept {
		p.form.editList(p.shell.theme)
	}
}

// askName asks under which name the form is kept.
func (p *trainPage) askName() {
	sub, _ := p.submission()
	p.shell.open(dialog{
		title:  "Keep these parameters by name",
		lines:  []string{"The name stands with the presets then, here and for ringlab train --preset NAME."},
		button: "Keep", reason: true, label: "name", needed: true,
		confirm: func(name string) tea.Cmd {
			_, cmd := p.shell.ask(savePreset(p.shell.session.Experiments,
				experiments.SavedPreset{Name: name, Preset: sub.Preset, Set: sub.Set, Author: p.shell.session.User}))
			return cmd
		},
	})
}

func (p *trainPage) step(by int) {
	if p.form.step(by) {
		p.rebuild()
	}
}

// rebuild makes the form follow the preset; what was filled in stays where the
// new preset has a field of that name.
func (p *trainPage) rebuild() {
	old := p.form.fields
	p.form.fields = p.fields(p.form.value(fieldPreset))
	swept := false
	for n := range p.form.fields {
		field := &p.form.fields[n]
		for _, before := range old {
			changed := before.value != before.initial || before.swept
			if before.name == field.name && field.name != fieldPreset && changed {
				field.value, field.swept = before.value, before.swept && field.sweep != nil
			}
		}
		swept = swept || field.swept
	}
	if swept {
		p.form.fields = append(p.form.fields, samplesField(old))
	}
	p.form.settle()
}

// submission is what the form asks for. Texts that are wrong are left out:
// blocked says so.
func (p *trainPage) submission() (experiments.Submission, experiments.Sweep) {
	preset, saved := p.recipe(p.form.value(fieldPreset))
	sub := experiments.Submission{Preset: preset.Name, Set: map[string]string{}, Author: p.shell.session.User}
	for name, value := range saved {
		sub.Set[name] = value
	}
	var sweep experiments.Sweep
	for _, field := range p.form.fields {
		switch field.name {
		case fieldPreset:
		case fieldName:
			sub.Name = field.value
		case fieldSplit:
			sub.Split = field.value
		case fieldSeed:
			sub.Seed, _ = strconv.ParseUint(field.value, 10, 64)
		case fieldRepeat:
			sweep.Repeat, _ = strconv.Atoi(field.value)
		case fieldSamples:
			sweep.Samples, _ = strconv.Atoi(field.value)
		default:
			if field.swept {
				delete(sub.Set, field.name)
				if axis, err := experiments.ParseAxis(field.name + "=" + field.value); err == nil {
					sweep.Axes = append(sweep.Axes, axis)
				}
			} else if field.value != field.initial {
				sub.Set[field.name] = field.value
			}
		}
	}
	return sub, sweep
}

func (p *trainPage) submit() tea.Cmd {
	p.submitting = true
	var cmd tea.Cmd
	sub, sweep := p.submission()
	p.submitRequest, cmd = p.shell.ask(submitRuns(p.shell.session.Experiments, sub, sweep))
	return cmd
}

// command is the command line that starts the same runs.
func (p *trainPage) command() string { return p.words("") }

// work is the command line but for the name, which costs nothing.
func (p *trainPage) work() string { return p.words(fieldName) }

// words is the command line without one of its flags.
func (p *trainPage) words(without string) string {
	words := []string{"ringlab", "train"}
	for _, field := range p.form.fields {
		switch field.name {
		case without:
		case fieldPreset:
			words = append(words, "--preset", quote(field.value))
		case fieldName, fieldSplit, fieldSeed, fieldRepeat, fieldSamples:
			if field.value != field.initial {
				words = append(words, "--"+field.name, quote(field.value))
			}
		default:
			switch assignment := quote(field.name + "=" + field.value); {
			case field.swept:
				words = append(words, "--sweep", assignment)
			case field.value != field.initial:
				words = append(words, "--set", assignment)
			}
		}
	}
	return strings.Join(words, " ")
}

// queuedSentence says which runs were queued.
func queuedSentence(runs []experiments.Run) string {
	if len(runs) == 1 {
		return fmt.Sprintf("Run %s is queued.", clean(runs[0].ID))
	}
	return fmt.Sprintf("%s runs are queued, %s to %s.", thousands(len(runs)), clean(runs[0].ID), clean(runs[len(runs)-1].ID))
}

// quote writes a word for a POSIX shell.
func quote(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,:=/+@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func (p *trainPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.form.resize(height - 2)
	return nil
}

func (p *trainPage) formWidth() int { return min(max(p.width*2/5, 30), 80) }

func (p *trainPage) View() []string {
	th := p.shell.theme
	if len(p.presets) == 0 {
		return centred([]string{"There is no preset in this build."}, p.width, p.height)
	}
	left := p.formWidth()
	right := p.width - left - 3
	body := th.beside(p.form.view(th, left), p.advice(right), left, p.width, p.height-2)
	return append([]string{th.heading("New run", p.width), ""}, body...)
}
