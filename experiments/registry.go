package experiments

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ringlab/models"
)

// Production is the alias that serving follows.
const Production = "production"

// Version is a registered model.
type Version struct {
	Name       string // "v3"
	Run        string
	Preset     string
	Aliases    []string
	Evaluation models.Evaluation
	Created    time.Time
	Author     string
}

// Model is what a reference stands for: a run ("12"), a version ("v3") or an
// alias ("production"; also what "" means), or a model that comes with the binary
// ("builtin-best"; it has no Run and no Bundle). Name is what `predict` prints.
type Model struct {
	Name   string
	Run    string
	Bundle string // folder
	Sum    string // SHA-256 that the bundle's model.json must have, "" for an unregistered run

	packed []byte // the bundle itself, of a model that comes with the binary
}

func formatVersion(n int64) string { return "v" + strconv.FormatInt(n, 10) }

// parseVersion reads "v3"; ok is false for anything else.
func parseVersion(ref string) (n int64, ok bool) {
	digits, ok := strings.CutPrefix(ref, "v")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && n > 0 && formatVersion(n) == ref
}

// Register makes a finished run a model version. A run that is one already
// keeps its version.
func (s *Store) Register(ctx context.Context, run, author string) (Version, error) {
	n, err := parseRunID(run)
	if err != nil {
		return Version{}, err
	}
	number, err := s.registerRun(ctx, n, author)
	if err != nil {
		return Version{}, s.explain(ctx, run, movePromote, err)
	}
	return s.Version(ctx, formatVersion(number))
}

// Versions lists the registered models, newest first.
func (s *Store) Versions(ctx context.Context) ([]Version, error) {
	versions, err := s.selectVersions(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	return versions, nil
}

// Version finds a registered model by its name, "v3", or by an alias. The
// error is a *NotFoundError if there is none.
func (s *Store) Version(ctx context.Context, ref string) (Version, error) {
	number, ok := parseVersion(ref)
	if !ok {
		var err error
		if number, ok, err = s.aliasVersion(ctx, ref); err != nil {
			return Version{}, fmt.Errorf("find model %q: %w", ref, err)
		}
		if !ok {
			return Version{}, noModel(ref)
		}
	}
	versions, err := s.selectVersions(ctx, number)
	if err != nil {
		return Version{}, fmt.Errorf("find model %q: %w", ref, err)
	}
	if len(versions) == 0 {
		return Version{}, noModel(ref)
	}
	return versions[0], nil
}

// InProduction is the version that is being served; ok is false for none.
func (s *Store) InProduction(ctx context.Context) (v Version, ok bool, err error) {
	v, err = s.Version(ctx, Production)
	if _, none := errors.AsType[*NotFoundError](err); none {
		return Version{}, false, nil
	}
	return v, err == nil, err
}

// Resolve finds the bundle that a reference stands for. A stopped run has one
// too, of its best model so far. The error is a *NotFoundError if there is no
// such model.
func (s *Store) Resolve(ctx context.Context, ref string) (Model, error) {
	if ref == "" {
		ref = Production
	}
	if run, err := parseRunID(ref); err == nil {
		return s.resolveRun(ctx, run)
	}
	if IsBuiltin(ref) {
		return Builtin(ref)
	}
	v, err := s.Version(ctx, ref)
	if err != nil {
		return Model{}, err
	}
	run, err := parseRunID(v.Run)
	if err != nil {
		return Model{}, err
	}
	return s.resolveRun(ctx, run)
}

func (s *Store) resolveRun(ctx context.Context, run int64) (Model, error) {
	r, err := s.Run(ctx, formatRunID(run))
	if err != nil {
		return Model{}, err
	}
	b, err := s.runBundle(ctx, run)
	if err != nil {
		return Model{}, fmt.Errorf("find model of run %d: %w", run, err)
	}
	if b.name == "" {
		return Model{}, fmt.Errorf("find model of run %d: %s, and has left no model", run, r.Standing())
	}
	m := Model{Name: r.ID, Run: r.ID, Bundle: s.bundlePath(b.name)}
	if r.Version != "" {
		m.Name, m.Sum = r.Version, b.sum
	}
	return m, nil
}
