package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
)

// rooms are the stores over one open workspace.
type rooms struct {
	ws          *workspace.Workspace
	data        *data.Store
	experiments *experiments.Store
}

func newRooms(ws *workspace.Workspace) *rooms {
	d := data.New(ws)
	return &rooms{ws: ws, data: d, experiments: experiments.New(ws, d)}
}

// locate names the workspace's folder by the flag, the environment, or the
// nearest .ringlab.
func (a *app) locate() (string, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the workspace: %w", err)
	}
	return workspace.Locate(a.workspace, os.Getenv, cwd), nil
}

// opener is workspace.Open, which demands an existing workspace, or
// workspace.Create for commands that write.
type opener func(context.Context, string) (*workspace.Workspace, error)

// with opens the workspace, runs fn on its rooms and closes it.
func (a *app) with(ctx context.Context, open opener, fn func(*rooms) error) (err error) {
	dir, err := a.locate()
	if err != nil {
		return err
	}
	ws, err := open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ws.Close()) }()
	return fn(newRooms(ws))
}
