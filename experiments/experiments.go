// Package experiments keeps runs: submitting, working, comparing, registering
// and promoting them, with the history of who did what.
package experiments

import (
	"context"
	"io"
	"time"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/models"
)

// Store reads and writes the runs of one workspace. Safe for concurrent use.
type Store struct {
	ws   *workspace.Workspace
	data *data.Store
}

func New(ws *workspace.Workspace, d *data.Store) *Store { return &Store{ws: ws, data: d} }

type State string

const (
	Queued      State = "queued"
	Running     State = "running"
	Finished    State = "finished"
	Failed      State = "failed"
	Cancelled   State = "cancelled"
	Interrupted State = "interrupted" // stopped by its user or worker; can be resumed
)

// Ended tells whether a run in this state will not change by itself.
func (s State) Ended() bool { return s != Queued && s != Running }

// Spec is everything that a run needs to be repeated.
type Spec struct {
	Snapshot   string        `json:"snapshot"`
	Split      string        `json:"split"`
	Preset     string        `json:"preset"`
	Parameters models.Values `json:"parameters"`
	Seed       uint64        `json:"seed"`
}

type Run struct {
	ID         string // decimal number
	Name       string
	State      State
	Spec       Spec
	Created    time.Time
	Started    time.Time // zero if not
	Ended      time.Time // zero if not
	Epoch      int
	Epochs     int
	Phase      string // what its worker does now, for people
	Error      string
	Author     string
	Tags       []string
	Metrics    map[string]float64 // accuracy, macro_f1, within_one, ece of the holdout; last of the curves
	Evaluation *models.Evaluation // nil before it is finished
	Version    string             // "v3" if registered
}

// Submission asks for a run. Set holds parameters as text, as typed.
type Submission struct {
	Name     string
	Preset   string
	Set      map[string]string
	Split    string // "hash" if empty
	Snapshot string // newest if empty
	Seed     uint64
	Tags     []string
	Author   string
}

// Submit checks everything and queues the run.
func (s *Store) Submit(ctx context.Context, sub Submission) (Run, error) { panic("contract") }

// RunQuery selects runs, newest first.
type RunQuery struct {
	States []State
	Tag    string
	Limit  int // 0 is all
}

func (s *Store) Runs(ctx context.Context, q RunQuery) ([]Run, error) { panic("contract") }
func (s *Store) Run(ctx context.Context, id string) (Run, error)     { panic("contract") }
func (s *Store) Cancel(ctx context.Context, id string) (Run, error)  { panic("contract") } // asks; the worker obeys within a batch
func (s *Store) Resume(ctx context.Context, id string) (Run, error)  { panic("contract") } // queues again
func (s *Store) Delete(ctx context.Context, id string) error         { panic("contract") } // refused while running or registered
func (s *Store) Tag(ctx context.Context, id string, add, remove []string) (Run, error) {
	panic("contract")
}

// Point is one value of a curve; Value may be NaN.
type Point struct {
	Step  int64
	Value float64
	Time  time.Time
}

// Curve reads a metric downsampled to about points values (minimum, maximum
// and last of each bucket); 0 reads all. MetricKeys lists what a run has.
func (s *Store) Curve(ctx context.Context, run, key string, points int) ([]Point, error) {
	panic("contract")
}
func (s *Store) MetricKeys(ctx context.Context, run string) ([]string, error) { panic("contract") }

// Log opens the run's log. Artifacts are files kept with a run.
func (s *Store) Log(ctx context.Context, run string) (io.ReadCloser, error) { panic("contract") }

type Artifact struct {
	Name  string
	Media string
	Bytes int64
}

func (s *Store) Artifacts(ctx context.Context, run string) ([]Artifact, error)  { panic("contract") }
func (s *Store) Artifact(ctx context.Context, run, name string) ([]byte, error) { panic("contract") }

// HoldoutPrediction is the run's model's answer for one record of its holdout.
type HoldoutPrediction struct {
	Record        data.Record
	Predicted     int
	Confidence    float64
	Probabilities map[int]float64
}

func (s *Store) Predictions(ctx context.Context, run string) ([]HoldoutPrediction, error) {
	panic("contract")
}

// Work leases queued runs and trains them until none was queued for idle (0:
// returns when the queue is empty), ctx ends, or the workspace is gone.
func (s *Store) Work(ctx context.Context, idle time.Duration) error { panic("contract") }

// WorkOne trains one queued run in this process. observe, if set, hears each
// epoch and phase. When ctx ends the run becomes interrupted, with its
// checkpoint and best model so far.
func (s *Store) WorkOne(ctx context.Context, run string, observe Observer) (Run, error) {
	panic("contract")
}

type Observer struct {
	Phase func(name string, done, total int)
	Epoch func(models.Epoch)
}

// EnsureWorker starts a worker process that outlives this one if a run is
// queued and no worker lives: this binary with `worker --workspace DIR`.
func (s *Store) EnsureWorker(ctx context.Context, executable string) error { panic("contract") }

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

const Production = "production"

func (s *Store) Register(ctx context.Context, run, author string) (Version, error) { panic("contract") } // registering twice answers the same version
func (s *Store) Versions(ctx context.Context) ([]Version, error)                   { panic("contract") } // newest first
func (s *Store) Version(ctx context.Context, ref string) (Version, error)          { panic("contract") } // "v3" or an alias
func (s *Store) InProduction(ctx context.Context) (v Version, ok bool, err error)  { panic("contract") }

// Model is what a reference stands for: a run ("12"), a version ("v3") or an
// alias ("production"; also what "" means). Name is what `predict` prints.
type Model struct {
	Name   string
	Run    string
	Bundle string // folder
	Sum    string // SHA-256 that the bundle's model.json must have, "" for an unregistered run
}

func (s *Store) Resolve(ctx context.Context, ref string) (Model, error) { panic("contract") }

// Gate is one condition of a promotion and how it came out.
type Gate struct {
	Name   string  `json:"name"`
	Passed bool    `json:"passed"`
	Value  float64 `json:"value"`
	Bound  float64 `json:"bound"`
	Why    string  `json:"why"` // a sentence with the numbers
}

// PromoteOptions: Force promotes despite failed gates and needs a Reason.
type PromoteOptions struct {
	Reason string
	Force  bool
	Author string
}

// Promotion is one row of the history. Changed is false when the version was
// in production already.
type Promotion struct {
	Version  string    `json:"version"`
	Previous string    `json:"previous"` // "" for none
	Alias    string    `json:"alias"`
	Kind     string    `json:"kind"` // promote, rollback
	Forced   bool      `json:"forced"`
	Gates    []Gate    `json:"gates"`
	Reason   string    `json:"reason"`
	Author   string    `json:"author"`
	Time     time.Time `json:"time"`
	Changed  bool      `json:"-"`
}

// GateError is returned by Promote when gates refuse; exit status 3.
type GateError struct{ Promotion Promotion }

func (e *GateError) Error() string { panic("contract") }

// Gates evaluates without promoting, for a screen that shows them first.
func (s *Store) Gates(ctx context.Context, ref string) ([]Gate, error) { panic("contract") }

// Promote moves the alias production to a version, or to a finished run which
// it registers first.
func (s *Store) Promote(ctx context.Context, ref string, o PromoteOptions) (Promotion, error) {
	panic("contract")
}

// Rollback moves production back to the version before the last change.
func (s *Store) Rollback(ctx context.Context, o PromoteOptions) (Promotion, error) { panic("contract") }
func (s *Store) History(ctx context.Context) ([]Promotion, error)                  { panic("contract") } // newest first

// Comparison holds several runs side by side.
type Comparison struct {
	Runs        []Run       `json:"-"`
	Differing   []Row       `json:"parameters"` // parameters that differ
	Same        []Row       `json:"same"`
	Metrics     []MetricRow `json:"metrics"`
	SameHoldout bool        `json:"same_holdout"`
}

type Row struct {
	Name   string   `json:"name"`
	Values []string `json:"values"` // by run
}

// MetricRow: differences are to the first run, with a 95 % interval from a
// paired test on the shared holdout records; nil where there is none.
type MetricRow struct {
	Name        string        `json:"name"`
	Values      []float64     `json:"values"`
	Differences []*Difference `json:"differences"`
}

type Difference struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	P     float64 `json:"p"` // exact McNemar
	N     int     `json:"n"` // shared records
}

func (s *Store) Compare(ctx context.Context, runs []string) (Comparison, error) { panic("contract") }

// Plot draws a metric of several runs over one another, as png or svg by format.
func (s *Store) Plot(ctx context.Context, runs []string, keys []string, format string) ([]byte, error) {
	panic("contract")
}

// Server is a serving process on this workspace, as it last said.
type Server struct {
	ID       string    `json:"id"`
	Host     string    `json:"host"`
	PID      int       `json:"pid"`
	Address  string    `json:"address"`
	Version  string    `json:"version"` // "" for none
	Started  time.Time `json:"started"`
	Seen     time.Time `json:"seen"`
	Requests int64     `json:"requests"`
	Errors   int64     `json:"errors"`
	P50      float64   `json:"p50_ms"`
	P99      float64   `json:"p99_ms"`
}

// Servers lists those heard of within the last 15 seconds. ReportServer is
// what a server calls a few times a minute; RemoveServer when it ends.
func (s *Store) Servers(ctx context.Context) ([]Server, error)     { panic("contract") }
func (s *Store) ReportServer(ctx context.Context, v Server) error  { panic("contract") }
func (s *Store) RemoveServer(ctx context.Context, id string) error { panic("contract") }
