package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// What the Runs page changes: tags, notes, what is put away, what is deleted.

// change asks for something to be done with each of some runs.
func (p *runsPage) change(ids []string, do runChange) tea.Cmd {
	store := p.shell.session.Experiments
	_, cmd := p.shell.ask(func(ctx context.Context, request int) tea.Msg {
		var run experiments.Run
		for _, id := range ids {
			var err error
			if run, err = do.apply(ctx, store, id); err != nil {
				return failedMsg{request, do.doing + " run " + id, err}
			}
		}
		return runChangedMsg{request, run, strings.ToUpper(runNames(ids)[:1]) + runNames(ids)[1:] + " " + do.done(len(ids)) + "."}
	})
	return cmd
}

// runChange is what can be done with several runs at once.
type runChange struct {
	doing string
	past  string // what it is then: "archived"
	apply func(context.Context, *experiments.Store, string) (experiments.Run, error)
}

func (c runChange) done(runs int) string {
	if runs == 1 {
		return "is " + c.past
	}
	return "are " + c.past
}

func archiveRun(on bool) runChange {
	c := runChange{"archive", "archived; the filter archived shows it", func(ctx context.Context, s *experiments.Store, id string) (experiments.Run, error) {
		return s.Archive(ctx, id, on)
	}}
	if !on {
		c.doing, c.past = "take back", "taken back"
	}
	return c
}

// tagsOf tells which tags runs have now.
func (p *runsPage) tagsOf(ids []string) string {
	var tags []string
	for _, id := range ids {
		tags = append(tags, p.all.Runs[max(p.all.Place(id), 0)].Tags...)
	}
	slices.Sort(tags)
	if tags = slices.Compact(tags); len(tags) == 0 {
		return "No tag yet."
	}
	return "Now: " + clean(strings.Join(tags, ", "))
}

// askTags asks for tags to add and, with a minus before them, to remove.
func (p *runsPage) askTags(ids []string) {
	p.shell.open(dialog{
		title:  "Tags of " + runNames(ids),
		lines:  []string{p.tagsOf(ids), "Tags to add, between commas; with - before it a tag is taken away."},
		reason: true, needed: true, label: "tags", button: "Save",
		confirm: func(text string) tea.Cmd {
			var add, remove []string
			for tag := range strings.SplitSeq(text, ",") {
				tag = strings.TrimSpace(tag)
				if away, ok := strings.CutPrefix(tag, "-"); ok {
					remove = append(remove, strings.TrimSpace(away))
				} else if tag != "" {
					add = append(add, tag)
				}
			}
			return p.change(ids, runChange{"tag", "tagged", func(ctx context.Context, s *experiments.Store, id string) (experiments.Run, error) {
				return s.Tag(ctx, id, add, remove)
			}})
		},
	})
}

func (p *runsPage) askNote(run experiments.Run) {
	p.shell.open(dialog{
		title:  "Note on run " + run.ID,
		lines:  []string{"It is found by words, and by note: in a filter. An empty one takes it away."},
		reason: true, label: "note", value: strings.ReplaceAll(run.Note, "\n", " "), button: "Save", edit: true,
		confirm: func(text string) tea.Cmd {
			return p.change([]string{run.ID}, runChange{"note", "noted", func(ctx context.Context, s *experiments.Store, id string) (experiments.Run, error) {
				return s.Note(ctx, id, strings.TrimSpace(text))
			}})
		},
	})
}

// doomMsg: the time to undo a deletion is over.
type doomMsg struct {
	id     string
	number int // of the deletion: one that was undone has a time of its own
}

// doom hides runs, and deletes them unless that is undone in time.
func (p *runsPage) doom(ids []string) tea.Cmd {
	var cmds []tea.Cmd
	for _, id := range ids {
		run := p.all.Runs[max(p.all.Place(id), 0)]
		switch {
		case run.Version != "":
			p.shell.say("Run %s is %s: model versions stay. a archives it.", id, clean(run.Version))
			return nil
		case !run.State.Ended():
			p.shell.say("Run %s is %s; c cancels it first.", id, run.State)
			return nil
		}
	}
	for _, id := range ids {
		p.dooms++
		p.doomed[id] = p.dooms
		delete(p.marked, id)
		cmds = append(cmds, p.shell.after(undoTime, doomMsg{id, p.dooms}))
	}
	p.selected = ""
	p.list()
	p.shell.say("%s will be deleted with all curves and files in %d s; u keeps it, and so does leaving.", strings.ToUpper(runNames(ids)[:1])+runNames(ids)[1:], int(undoTime.Seconds()))
	return tea.Batch(cmds...)
}

// undo takes back what was to be deleted.
func (p *runsPage) undo() {
	n := len(p.doomed)
	clear(p.doomed)
	p.list()
	p.shell.say("%s kept.", plural(n, "run"))
}

// deleteNow deletes a run, unless that was undone.
func (p *runsPage) deleteNow(msg doomMsg) tea.Cmd {
	id := msg.id
	if p.doomed[id] != msg.number {
		return nil
	}
	store := p.shell.session.Experiments
	_, cmd := p.shell.ask(func(ctx context.Context, request int) tea.Msg {
		if err := store.Delete(ctx, id); err != nil {
			return failedMsg{request, fmt.Sprintf("delete run %s", id), err}
		}
		return runChangedMsg{request, experiments.Run{ID: id}, "Run " + id + " is deleted."}
	})
	return cmd
}
