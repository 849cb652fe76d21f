package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/experiments"
	"ringlab/models"
)

// spokenWidth is how wide lines are; spokenRows how many of a list are read out.
const (
	spokenWidth = 100
	spokenRows  = 20
)

// shell is what the pages' own functions for text need: a theme without
// colours.
func (p *plain) shell() *shell {
	s := newShell(context.Background(), p.session)
	s.theme = monochrome()
	return s
}

// begin leads from nothing to the first data.
func (p *plain) begin(ctx context.Context) error {
	p.say("There is no workspace yet.")
	answers := []string{"Read a folder of your own", "Leave"}
	if p.session.Example != nil {
		answers = slices.Insert(answers, 0, "Read the built-in example data")
	}
	chosen, err := p.choose("How do you want to begin?", answers...)
	if err != nil || chosen == len(answers)-1 {
		return err
	}
	plan := ingestPlan{example: answers[chosen] == answers[0] && p.session.Example != nil}
	if !plan.example {
		if plan.folder, err = p.text("Folder with compounds.json and its pictures: "); err != nil || plan.folder == "" {
			return err
		}
	}
	if !plan.example {
		if err := data.CheckIngest(homePath(plan.folder), data.IngestOptions{}); err != nil {
			return err
		}
	}
	if p.session.Stores, err = p.session.Begin(ctx, true); err != nil {
		return err
	}
	p.read(ctx, plan)
	return nil
}

func (p *plain) ingest(ctx context.Context) error {
	folder, err := p.text("Folder with compounds.json and its pictures: ")
	if err != nil || folder == "" {
		return err
	}
	p.read(ctx, ingestPlan{folder: folder})
	return nil
}

func (p *plain) read(ctx context.Context, plan ingestPlan) {
	p.say("Reading …")
	folder := homePath(plan.folder)
	if plan.example {
		var err error
		if folder, err = p.session.Example(p.session.Workspace); err != nil {
			p.say("Cannot unpack the example data: %s", clean(err.Error()))
			return
		}
	}
	result, err := p.session.Data.Ingest(ctx, folder, data.IngestOptions{MaxDead: -1, MaxDeadShare: -1})
	if err != nil {
		p.say("Cannot read %s: %s", clean(folder), clean(err.Error()))
		return
	}
	p.say("%s", ingestedMsg{result: result}.sentence())
}

func (p *plain) overview(ctx context.Context) error {
	loaded, ok := p.answer(ctx, loadSummary(p.session.Stores, "")).(summaryLoadedMsg)
	if !ok {
		return nil
	}
	page := newOverviewPage(p.shell())
	page.summary, page.loaded, page.width, page.height = loaded.summary, true, spokenWidth, 100
	p.lines(page.productionLines(spokenWidth))
	p.lines(page.dataLines(spokenWidth, 20))
	p.lines(page.runLines(spokenWidth, 6))
	for _, s := range suggest(loaded.summary) {
		p.say("Suggested: %s (%s). In a shell: %s", clean(s.what), clean(s.why), clean(s.command))
	}
	return nil
}

func (p *plain) records(ctx context.Context) error {
	wanted, err := p.text("Compound id, or part of a SMILES or formula; nothing for all: ")
	if err != nil {
		return err
	}
	query := data.Query{Text: wanted, Limit: spokenRows}
	total, err := p.session.Data.Count(ctx, query)
	var records []data.Record
	if err == nil {
		records, err = p.session.Data.Records(ctx, query)
	}
	if err != nil {
		p.say("Cannot load records: %s", clean(err.Error()))
		return nil
	}
	p.say("%s, the first %d:", plural(total, "record"), len(records))
	for _, r := range records {
		p.say("compound %d, label %d, SMILES %s", r.CompoundID, r.Label, clean(r.SMILES))
	}
	return nil
}

func (p *plain) letters(ctx context.Context) error {
	loaded, ok := p.answer(ctx, loadLetters(p.session.Data, data.LetterQuery{Limit: spokenRows}, filter.Filter{})).(lettersLoadedMsg)
	if !ok {
		return nil
	}
	p.say("%s waiting.", plural(loaded.waiting, "dead letter"))
	answers := make([]string, 0, len(loaded.letters)+1)
	for _, l := range loaded.letters {
		answers = append(answers, fmt.Sprintf("letter %d, row %d: %s", l.ID, l.Row, l.Reason))
	}
	chosen, err := p.choose("Which?", append(answers, "Back")...)
	if err != nil || chosen == len(answers) {
		return err
	}
	letter := loaded.letters[chosen]
	if full, ok := p.answer(ctx, loadLetter(p.session.Data, letter.ID)).(letterLoadedMsg); ok {
		p.say("As it came, from %s:", clean(letter.Source))
		p.lines(wrap(string(full.letter.Raw), spokenWidth, 40))
	}
	what, err := p.choose("What to do with it?", "Retry", "Discard", "Back")
	if err != nil {
		return err
	}
	switch what {
	case 0:
		if msg, ok := p.answer(ctx, retryLetters(p.session.Data, []int64{letter.ID}, p.session.User)).(lettersRetriedMsg); ok {
			kept := msg.result.Kept + msg.result.Repeated
			p.say("%s ingested, %d still refused.", plural(kept, "record"), msg.result.Read-kept)
		}
	case 1:
		why, err := p.text("Reason, needed: ")
		if err != nil || why == "" {
			return err
		}
		if _, ok := p.answer(ctx, discardLetter(p.session.Data, letter.ID, p.session.User, why)).(letterDiscardedMsg); ok {
			p.say("Discarded; its bytes are kept.")
		}
	}
	return nil
}

func (p *plain) train(ctx context.Context) error {
	presets := models.Presets()
	answers := make([]string, 0, len(presets)+1)
	for _, preset := range presets {
		answers = append(answers, preset.Name+": "+preset.Summary)
	}
	chosen, err := p.choose("Which preset? Parameters are those of the preset; ringlab train sets others.", append(answers, "Back")...)
	if err != nil || chosen == len(presets) {
		return err
	}
	msg, ok := p.answer(ctx, submitRuns(p.session.Experiments, experiments.Submission{
		Preset: presets[chosen].Name, Seed: 1, Author: p.session.User}, experiments.Sweep{})).(runsSubmittedMsg)
	if !ok {
		return nil
	}
	for _, run := range msg.runs {
		p.say("Run %s is queued; it trains beside this, and is found under Runs.", clean(run.ID))
	}
	p.answer(ctx, ensureWorker(p.session.Experiments, p.session.Executable))
	return nil
}

func (p *plain) runs(ctx context.Context) error {
	runs, err := p.session.Experiments.Runs(ctx, experiments.RunQuery{Limit: spokenRows})
	if err != nil {
		p.say("Cannot load runs: %s", clean(err.Error()))
		return nil
	}
	answers := make([]string, 0, len(runs)+1)
	for _, r := range runs {
		answers = append(answers, fmt.Sprintf("run %s, %s, %s, accuracy %s, epoch %s, %s", r.ID, r.State, r.Spec.Preset, metric(r, "accuracy"), epochText(r), r.Name))
	}
	chosen, err := p.choose("Which run?", append(answers, "Back")...)
	if err != nil || chosen == len(answers) {
		return err
	}
	run := runs[chosen]
	if e := run.Evaluation; e != nil {
		p.say("On %s: accuracy %s, 95 %% interval %s to %s; macro F1 %s; within one %s.", plural(e.Records, "holdout record"),
			share(e.Accuracy), share(e.AccuracyLow), share(e.AccuracyHigh), share(e.MacroF1), share(e.WithinOne))
	}
	if run.Error != "" {
		p.say("It failed: %s", clean(run.Error))
	}
	what, err := p.choose("What to do with it?", "Promote", "Cancel", "Resume", "Back")
	if err != nil || what == 3 {
		return err
	}
	do := []action{actPromote, actCancel, actResume}[what]
	if why := whyRun(do, run); why != "" {
		p.say("Cannot %s: %s.", do, clean(why))
		return nil
	}
	switch do {
	case actPromote:
		return p.promote(ctx, run.ID)
	case actCancel:
		p.change(ctx, cancelRun(p.session.Experiments, run.ID))
	case actResume:
		p.change(ctx, resumeRun(p.session.Experiments, run.ID))
		p.answer(ctx, ensureWorker(p.session.Experiments, p.session.Executable))
	}
	return nil
}

func (p *plain) change(ctx context.Context, q question) {
	if msg, ok := p.answer(ctx, q).(runChangedMsg); ok {
		p.say("%s", clean(msg.what))
	}
}

// promote reads the gates out, and asks for a reason where one refuses.
func (p *plain) promote(ctx context.Context, ref string) error {
	loaded, ok := p.answer(ctx, loadGates(p.session.Experiments, ref)).(gatesLoadedMsg)
	if !ok {
		return nil
	}
	force := false
	for _, g := range loaded.gates {
		verdict := "passed"
		if !g.Passed {
			verdict, force = "refused", true
		}
		p.say("Gate %s: %s. %s", clean(g.Name), verdict, clean(g.Why))
		if !g.Passed && !g.Forceable() {
			p.say("It cannot be promoted.")
			return nil
		}
	}
	title := "Reason (optional): "
	if force {
		title = "A gate refuses. To promote all the same, a reason, or nothing to stop: "
	}
	reason, err := p.text(title)
	if err != nil || force && reason == "" {
		return err
	}
	sure, err := p.choose("Promote "+clean(ref)+" to production?", "Promote", "Do nothing")
	if err != nil || sure != 0 {
		return err
	}
	p.promoted(p.answer(ctx, promote(p.session.Experiments, ref, experiments.PromoteOptions{Reason: reason, Force: force, Author: p.session.User})))
	return nil
}

func (p *plain) promoted(msg tea.Msg) {
	switch msg := msg.(type) {
	case promotedMsg:
		p.say("%s", clean(promotionSentence(msg.promotion)))
	case promotionRefusedMsg:
		p.say("A gate refuses now.")
	}
}

func (p *plain) models(ctx context.Context) error {
	loaded, ok := p.answer(ctx, loadModels(p.session.Experiments)).(modelsLoadedMsg)
	if !ok {
		return nil
	}
	page := newModelsPage(p.shell())
	page.setVersions(loaded)
	page.width = spokenWidth
	answers := make([]string, 0, len(loaded.versions)+2)
	for _, v := range loaded.versions {
		answers = append(answers, fmt.Sprintf("%s, run %s, %s, accuracy %s, %s", v.Name, v.Run, v.Preset, share(v.Evaluation.Accuracy), slices.Concat(v.Aliases, []string{""})[0]))
	}
	p.say("History of production:")
	p.lines(page.historyLines(spokenWidth))
	chosen, err := p.choose("Promote a version, or roll back?", append(answers, "Roll back", "Back")...)
	switch {
	case err != nil || chosen == len(answers)+1:
		return err
	case chosen < len(answers):
		return p.promote(ctx, loaded.versions[chosen].Name)
	}
	from, to, ok := experiments.RollbackOf(loaded.history)
	if !ok {
		p.say("There is no version before.")
		return nil
	}
	sure, err := p.choose("From "+clean(from)+" back to "+clean(to)+"?", "Roll back", "Do nothing")
	if err != nil || sure != 0 {
		return err
	}
	p.promoted(p.answer(ctx, rollback(p.session.Experiments, "", p.session.User)))
	return nil
}

func (p *plain) serving(ctx context.Context) error {
	loaded, ok := p.answer(ctx, loadServing(p.session.Stores)).(servingLoadedMsg)
	if !ok {
		return nil
	}
	p.lines(p.shell().productionLines(loaded.production, loaded.since, spokenWidth))
	if len(loaded.servers) == 0 {
		p.say("No server is running on this workspace. ringlab serve starts one.")
	}
	if missing := p.shell().missingText(loaded.servers, " "); missing != "" {
		p.say("%s", strings.TrimSpace(missing))
	}
	for _, s := range living(loaded.servers) {
		p.say("%s serves %s: %s requests, %s errors, half within %s, 99 %% within %s", clean(s.Address), clean(s.Version),
			strconv.FormatInt(s.Requests, 10), strconv.FormatInt(s.Errors, 10), milliseconds(s.P50, s.Requests), milliseconds(s.P99, s.Requests))
	}
	return nil
}
