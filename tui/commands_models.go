package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/experiments"
)

// lineageLoadedMsg is where a version came from and who answers with it.
type lineageLoadedMsg struct {
	request  int
	version  string
	run      experiments.Run
	snapshot data.Snapshot
	model    experiments.Model
	servers  []string // addresses that serve it
}

func loadLineage(stores Stores, v experiments.Version) question {
	return func(ctx context.Context, request int) tea.Msg {
		doing := "load the lineage of " + v.Name
		answer := lineageLoadedMsg{request: request, version: v.Name}
		var err error
		if answer.run, err = stores.Experiments.Run(ctx, v.Run); err != nil {
			return failedMsg{request, doing, err}
		}
		if answer.snapshot, err = stores.Data.Snapshot(ctx, answer.run.Spec.Snapshot); err != nil {
			return failedMsg{request, doing, err}
		}
		if answer.model, err = stores.Experiments.Resolve(ctx, v.Name); err != nil {
			return failedMsg{request, doing, err}
		}
		servers, err := stores.Experiments.Servers(ctx)
		if err != nil {
			return failedMsg{request, doing, err}
		}
		for _, s := range living(servers) {
			if s.Version == v.Name {
				answer.servers = append(answer.servers, s.Address)
			}
		}
		slices.Sort(answer.servers)
		return answer
	}
}

// bundleExportedMsg: a bundle was copied out of the workspace.
type bundleExportedMsg struct {
	request int
	model   experiments.Model
	folder  string
}

func exportBundle(store *experiments.Store, ref, folder string) question {
	return func(ctx context.Context, request int) tea.Msg {
		model, err := store.ExportBundle(ctx, ref, folder)
		if err != nil {
			return failedMsg{request, "export " + ref, err}
		}
		return bundleExportedMsg{request, model, folder}
	}
}

// askExportBundle asks where the bundle goes.
func (s *shell) askExportBundle(ref string) {
	s.open(dialog{
		title:  "Export the bundle of " + ref,
		lines:  []string{"A folder with model.json and the weights, checked against its hashes. Name one that does not exist yet."},
		button: "Export",
		reason: true, needed: true, label: "folder",
		confirm: func(folder string) tea.Cmd {
			_, cmd := s.ask(exportBundle(s.session.Experiments, ref, homePath(folder)))
			return cmd
		},
	})
}
