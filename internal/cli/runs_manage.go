package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/experiments"
)

func (a *app) runsLogsCommand() *cobra.Command {
	var follow bool
	c := &cobra.Command{
		Use:     "logs RUN",
		Short:   "Print a run's log",
		Long:    "With --json each line is an object with time, level, msg and what else was logged.",
		Example: "ringlab runs logs 1\nringlab runs logs 1 --follow",
		Args:    arguments(1, 1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				return a.copyLog(c.Context(), r, args[0], follow)
			})
		},
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on until the run ends")
	return c
}

const (
	followEvery = 300 * time.Millisecond
	// silentPatience is how long another worker has to take over a run whose own
	// has died.
	silentPatience = 3 * time.Second
)

// copyLog prints the log, and with follow what is added until the run ends or
// nobody is left to end it.
func (a *app) copyLog(ctx context.Context, r *rooms, id string, follow bool) error {
	var printed int64
	var silent time.Duration
	for a.lost == nil {
		// The state is read before the log: what was written before the run
		// ended is then surely seen.
		run, err := r.experiments.Run(ctx, id)
		if err != nil {
			return err
		}
		n, err := a.copyLogFrom(ctx, r, run.ID, printed)
		if err != nil {
			return err
		}
		printed += n
		if !follow || run.State.Ended() {
			return nil
		}
		// A living worker takes over at once from one that has died.
		if silent += followEvery; !run.Silent {
			silent = 0
		}
		if silent > silentPatience {
			return fmt.Errorf("follow run %s: %s", run.ID, run.Phase)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
	return a.lost
}

// copyLogFrom prints the lines after offset and returns how many bytes of the
// log they are. A line that is still being written is left for the next time.
func (a *app) copyLogFrom(ctx context.Context, r *rooms, id string, offset int64) (n int64, err error) {
	log, err := r.experiments.Log(ctx, id)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if _, err := log.Seek(offset, io.SeekStart); err != nil {
		return 0, fmt.Errorf("read log of run %s: %w", id, err)
	}
	lines := bufio.NewReader(log)
	for {
		line, ended := lines.ReadString('\n')
		if ended != nil {
			if !errors.Is(ended, io.EOF) {
				err = ended
			}
			return n, err
		}
		n += int64(len(line))
		if err := a.printLogLine(strings.TrimSuffix(line, "\n")); err != nil {
			return n, err
		}
	}
}

// printLogLine prints a line of a log for people or, with --json, as the
// object that it is.
func (a *app) printLogLine(line string) error {
	if !a.json {
		a.print("%s", clean(experiments.FormatLogLine(line)))
		return nil
	}
	if !json.Valid([]byte(line)) {
		return a.printJSON(map[string]string{"msg": line})
	}
	return a.printJSON(json.RawMessage(line))
}

func (a *app) runsCancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "cancel RUN...",
		Short:   "Stop queued or running runs, and wait until they have stopped",
		Example: "ringlab runs cancel 3",
		Args:    arguments(1, -1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				for _, id := range args {
					run, err := r.experiments.Cancel(c.Context(), id)
					if err != nil {
						return err
					}
					if run, err = stopped(c.Context(), r.experiments, run); err != nil {
						return err
					}
					if err := a.printChanged(run, fmt.Sprintf("run %s is %s", run.ID, run.State)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// stopped waits until a run that was asked to stop has ended. Its worker ends
// it after the batch at hand; one that has died loses its lease after some
// seconds, and then nobody trains it any more.
func stopped(ctx context.Context, runs *experiments.Store, run experiments.Run) (experiments.Run, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for run.State == experiments.Running && !run.Silent {
		select {
		case <-ctx.Done():
			return run, fmt.Errorf("run %s was asked to stop and has not yet: see ringlab runs show %s", run.ID, run.ID)
		case <-tick.C:
		}
		var err error
		if run, err = runs.Run(ctx, run.ID); err != nil {
			return run, err
		}
	}
	return run, nil
}

// printChanged is a run after a change: a sentence, or the run with --json.
func (a *app) printChanged(run experiments.Run, sentence string) error {
	if a.json {
		return a.printJSON(newRunLine(run))
	}
	a.print("%s", sentence)
	return nil
}

func (a *app) runsResumeCommand() *cobra.Command {
	var detach bool
	c := &cobra.Command{
		Use:     "resume RUN",
		Short:   "Go on with an interrupted run from its checkpoint",
		Example: "ringlab runs resume 3\nringlab runs resume 3 --detach",
		Args:    arguments(1, 1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				// In the foreground training itself resumes the run: one that was
				// queued first could go to a worker.
				take := r.experiments.Run
				if detach {
					take = r.experiments.Resume
				}
				run, err := take(c.Context(), args[0])
				if err != nil {
					return err
				}
				return a.work(c.Context(), r, run, detach)
			})
		},
	}
	c.Flags().BoolVar(&detach, "detach", false, "train in a worker and return at once")
	return c
}

func (a *app) runsDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "delete RUN...",
		Short:   "Delete runs that are neither running nor registered",
		Example: "ringlab runs delete 3",
		Args:    arguments(1, -1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				for _, id := range args {
					if err := r.experiments.Delete(c.Context(), id); err != nil {
						return err
					}
					if a.json {
						if err := a.printJSON(map[string]string{"deleted": id}); err != nil {
							return err
						}
						continue
					}
					a.print("deleted run %s", clean(id))
				}
				return nil
			})
		},
	}
}

func (a *app) runsTagCommand() *cobra.Command {
	var remove []string
	c := &cobra.Command{
		Use:     "tag RUN [TAG...]",
		Short:   "Add tags to a run, or remove them",
		Example: "ringlab runs tag 1 baseline\nringlab runs tag 1 --remove baseline",
		Args:    arguments(1, -1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && len(remove) == 0 {
				return usage(c, "say which tags to add, or --remove TAG")
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				run, err := r.experiments.Tag(c.Context(), args[0], args[1:], remove)
				if err != nil {
					return err
				}
				return a.printChanged(run, "run "+run.ID+" has tags: "+clean(strings.Join(run.Tags, ", ")))
			})
		},
	}
	c.Flags().StringArrayVar(&remove, "remove", nil, "a `TAG` to remove; may be repeated")
	return c
}

func (a *app) runsNoteCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "note RUN TEXT",
		Short:   `Write a note on a run, in place of the one there; "" takes it away`,
		Example: `ringlab runs note 1 "wider, but no better"` + "\n" + `ringlab runs list --filter 'note:wider'`,
		Args:    arguments(2, 2, "RUN TEXT"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				run, err := r.experiments.Note(c.Context(), args[0], args[1])
				if err != nil {
					return err
				}
				return a.printChanged(run, "run "+run.ID+" is noted")
			})
		},
	}
}

func (a *app) runsArchiveCommand() *cobra.Command {
	var back bool
	c := &cobra.Command{
		Use:     "archive RUN...",
		Short:   "Put runs away: the workbench leaves them out unless it is asked",
		Example: "ringlab runs archive 3 4\nringlab runs archive 3 --undo\nringlab runs list --filter 'not archived'",
		Args:    arguments(1, -1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				for _, id := range args {
					run, err := r.experiments.Archive(c.Context(), id, !back)
					if err != nil {
						return err
					}
					what := " is archived"
					if back {
						what = " is taken back"
					}
					if err := a.printChanged(run, "run "+run.ID+what); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&back, "undo", false, "take them back")
	return c
}

func (a *app) runsPlotCommand() *cobra.Command {
	var file string
	var keys []string
	c := &cobra.Command{
		Use:     "plot RUN... -o FILE",
		Short:   "Draw the curves of several runs over one another, as PNG or SVG",
		Example: "ringlab runs plot 1 2 -o curves.png\nringlab runs plot 1 2 --metric val_loss -o loss.svg",
		Args:    arguments(1, -1, "RUN"),
		RunE: func(c *cobra.Command, args []string) error {
			format := strings.ToLower(strings.TrimPrefix(filepath.Ext(file), "."))
			if format != "png" && format != "svg" {
				return usage(c, "-o %q: name a file that ends in .png or .svg", file)
			}
			return a.with(c.Context(), workspace.Open, func(r *rooms) error {
				drawing, err := r.experiments.Plot(c.Context(), args, keys, format)
				if err != nil {
					return err
				}
				if err := workspace.WriteFile(file, drawing); err != nil {
					return fmt.Errorf("write plot: %w", err)
				}
				if a.json {
					return a.printJSON(map[string]any{"file": file, "bytes": len(drawing)})
				}
				a.print("wrote %s", clean(file))
				return nil
			})
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "`FILE` to write, .png or .svg")
	c.Flags().StringArrayVar(&keys, "metric", nil, "a curve to draw, `KEY`; loss and accuracy if none is named")
	return c
}
