package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/experiments"
)

// The search over everything is the palette with runs and model versions in
// place of actions; below them it offers each table filtered by what is typed.

// searchedMsg holds what is searched by name.
type searchedMsg struct {
	request  int
	runs     []experiments.Run
	versions []experiments.Version
}

// filterMsg goes to a table and filters it.
type filterMsg struct {
	page    int
	letters bool // of the Data page
	text    string
}

// searchAll opens the search over everything.
func (r *root) searchAll() tea.Cmd {
	if r.idle() {
		r.shell.say("There is nothing to search yet: i reads a folder of pictures, e the example data.")
		return nil
	}
	r.overlay = overlay{}
	r.palette = &palette{input: newField(r.shell.theme, "", 50), things: true, now: r.shell.now}
	r.palette.search()
	store := r.shell.session.Experiments
	var cmd tea.Cmd
	r.palette.request, cmd = r.shell.ask(func(ctx context.Context, request int) tea.Msg {
		const doing = "search runs and versions"
		table, err := store.ReadRuns(ctx, nil, nil, 0)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		versions, err := store.Versions(ctx)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		return searchedMsg{request, table.Runs, versions}
	})
	return cmd
}

// take makes offers of what can be opened.
func (p *palette) take(msg searchedMsg, now time.Time) {
	p.all = make([]offer, 0, len(msg.runs)+len(msg.versions))
	for _, v := range msg.versions {
		title := "version " + v.Name + "  " + strings.Join(append([]string{v.Preset, "run " + v.Run}, v.Aliases...), "  ")
		p.all = append(p.all, offer{title: title, keys: ago(now, v.Created), here: true,
			follow: filterMsg{page: pageModels, text: "version=" + v.Name}})
	}
	for _, run := range msg.runs {
		words := append([]string{"run " + run.ID, run.Name, run.Apart, run.Spec.Preset, string(run.State), run.Author}, run.Tags...)
		p.all = append(p.all, offer{title: clean(strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), "  ")), keys: ago(now, run.Created), here: true,
			follow: openRunMsg{run.ID}})
	}
	p.search()
}

// tables offers each table with what is typed for its filter.
func (p *palette) tables() []offer {
	typed := strings.TrimSpace(p.input.Value())
	if typed == "" {
		return nil
	}
	var offers []offer
	for _, t := range []struct {
		name   string
		schema *filter.Schema
		goTo   filterMsg
	}{
		{"records", experiments.RecordFields(data.DefaultTask()), filterMsg{page: pageData}},
		{"runs", experiments.RunFields(), filterMsg{page: pageRuns}},
		{"model versions", experiments.VersionFields(), filterMsg{page: pageModels}},
		{"dead letters", data.LetterFields(), filterMsg{page: pageData, letters: true}},
	} {
		text := typed
		if _, err := filter.Parse(t.schema, text, p.now); err != nil {
			text = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(typed) + `"`
		}
		t.goTo.text = text
		offers = append(offers, offer{title: t.name + " that have " + clean(text), keys: "filter", here: true, follow: t.goTo})
	}
	return offers
}
