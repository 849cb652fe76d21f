package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
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
	snapshot      data.Snapshot
	looked        bool
	lookRequest   int
	lookPending   bool
	submitRequest int
	submitting    bool
}

// Names of the fields that every preset has.
const (
	fieldPreset = "preset"
	fieldName   = "name"
	fieldSplit  = "split"
	fieldSeed   = "seed"
)

func newTrainPage(s *shell) *trainPage {
	p := &trainPage{shell: s, presets: models.Presets()}
	p.form.button = "Start training"
	if len(p.presets) > 0 {
		p.form.fields = p.fields(p.presets[0])
	}
	return p
}

// fields makes the form for a preset, with defaults.
func (p *trainPage) fields(preset models.Preset) []formField {
	names := make([]string, len(p.presets))
	for i, one := range p.presets {
		names[i] = one.Name
	}
	fields := []formField{
		{name: fieldPreset, initial: preset.Name, value: preset.Name, choices: names, help: preset.Summary},
		{name: fieldName, help: "a name for the run, to know it again; may be empty", check: checkName},
		{name: fieldSplit, initial: "hash", value: "hash",
			help:    "how the holdout is chosen: hash (10 % by group), hash:0.25, or demo (the notebook's own 75/25)",
			allowed: "hash, hash:SHARE or demo",
			check: func(text string) error {
				_, err := data.ParseSplit(text)
				return err
			}},
		{name: fieldSeed, initial: "1", value: "1", help: "the same seed gives the same model",
			allowed: "a whole number from 0", check: checkSeed},
	}
	for _, parameter := range preset.Parameters {
		initial := parameterText(parameter.Default)
		fields = append(fields, formField{
			name: parameter.Name, help: parameter.Help, allowed: allowed(parameter),
			initial: initial, value: initial, choices: parameter.Choices,
			check: func(text string) error {
				_, err := parameter.Check(text)
				return err
			},
		})
	}
	return fields
}

func checkName(text string) error {
	if len(text) > 100 {
		return fmt.Errorf("name: %d bytes; at most 100 are kept", len(text))
	}
	return nil
}

func checkSeed(text string) error {
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		return fmt.Errorf("seed: %q is not a whole number from 0", text)
	}
	return nil
}

func parameterText(value any) string {
	if f, ok := value.(float64); ok {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return fmt.Sprint(value)
}

func allowed(p models.Parameter) string {
	if p.Kind == "choice" {
		return strings.Join(p.Choices, ", ")
	}
	kind := "a number"
	if p.Kind == "int" {
		kind = "a whole number"
	}
	return fmt.Sprintf("%s from %s to %s", kind, parameterText(p.Min), parameterText(p.Max))
}

func (p *trainPage) Context() keyContext { return inTrain }
func (p *trainPage) Typing() bool        { return p.form.editing }

func (p *trainPage) Refresh() tea.Cmd {
	if p.lookPending {
		return nil
	}
	p.lookPending = true
	var cmd tea.Cmd
	p.lookRequest, cmd = p.shell.ask(findSnapshot(p.shell.session.Data))
	return cmd
}

func (p *trainPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		p.form.typed(msg)
	case snapshotFoundMsg:
		if msg.request == p.lookRequest {
			p.lookPending, p.looked, p.snapshot = false, true, msg.snapshot
		}
	case runSubmittedMsg:
		if msg.request == p.submitRequest {
			p.submitting = false
		}
	case failedMsg:
		switch msg.request {
		case p.lookRequest:
			p.lookPending = false
		case p.submitRequest:
			p.submitting = false
		}
	}
	return nil
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
		if field == nil || len(field.choices) == 0 {
			return "this field is no choice; enter edits it"
		}
	case actDefault:
		if field == nil {
			return "a button has no default"
		}
	}
	return ""
}

// blocked is why no training can be started.
func (p *trainPage) blocked() string {
	switch trouble := p.form.trouble(); {
	case p.submitting:
		return "the run is being queued"
	case p.looked && p.snapshot.ID == "":
		return "there is nothing to learn from; ringlab ingest FOLDER first"
	case trouble != "":
		return trouble
	}
	return ""
}

func (p *trainPage) Act(a action) tea.Cmd {
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
		field.value = field.initial
		p.choose()
	case actStart:
		return p.submit()
	}
	return nil
}

func (p *trainPage) step(by int) {
	if p.form.step(by) {
		p.choose()
	}
}

// choose makes the form follow the preset; what was filled in stays where the
// new preset has a field of that name.
func (p *trainPage) choose() {
	i := slices.IndexFunc(p.presets, func(one models.Preset) bool { return one.Name == p.form.value(fieldPreset) })
	if i < 0 {
		return
	}
	old := p.form.fields
	p.form.fields = p.fields(p.presets[i])
	for n := range p.form.fields {
		field := &p.form.fields[n]
		for _, before := range old {
			changed := before.value != before.initial
			if before.name == field.name && field.name != fieldPreset && changed {
				field.value = before.value
			}
		}
	}
	p.form.settle()
}

func (p *trainPage) submission() experiments.Submission {
	s := experiments.Submission{Set: map[string]string{}, Author: p.shell.session.User}
	for _, field := range p.form.fields {
		switch field.name {
		case fieldPreset:
			s.Preset = field.value
		case fieldName:
			s.Name = field.value
		case fieldSplit:
			s.Split = field.value
		case fieldSeed:
			s.Seed, _ = strconv.ParseUint(field.value, 10, 64) // checked: blocked says so
		default:
			if field.value != field.initial {
				s.Set[field.name] = field.value
			}
		}
	}
	return s
}

func (p *trainPage) submit() tea.Cmd {
	p.submitting = true
	var cmd tea.Cmd
	p.submitRequest, cmd = p.shell.ask(submitRun(p.shell.session.Experiments, p.submission()))
	return cmd
}

// command is the command line that starts the same run.
func (p *trainPage) command() string {
	words := []string{"ringlab", "train"}
	for _, field := range p.form.fields {
		switch field.name {
		case fieldPreset:
			words = append(words, "--preset", quote(field.value))
		case fieldName, fieldSplit, fieldSeed:
			if field.value != field.initial {
				words = append(words, "--"+field.name, quote(field.value))
			}
		default:
			if field.value != field.initial {
				words = append(words, "--set", quote(field.name+"="+field.value))
			}
		}
	}
	return strings.Join(words, " ")
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

func (p *trainPage) View() []string {
	th := p.shell.theme
	if len(p.presets) == 0 {
		return centred([]string{"There is no preset in this build."}, p.width, p.height)
	}
	left := min(max(p.width*3/5, 40), 80)
	right := p.width - left - 3
	body := th.beside(p.form.view(th, left), p.advice(right), left, p.width, p.height-2)
	return append([]string{th.heading("New run", p.width), ""}, body...)
}

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
	lines = append(lines, "", th.heading("the same from a shell", width))
	for _, line := range wrap(p.command(), width, 6) {
		lines = append(lines, th.accent.Render(line))
	}
	if p.snapshot.ID != "" {
		lines = append(lines, "", th.heading("data", width),
			th.dim.Render(fit(fmt.Sprintf("%s records, snapshot %s", thousands(p.snapshot.Records), short(p.snapshot.ID)), width)))
	}
	return lines
}
