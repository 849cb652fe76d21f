package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ringlab/data"
	"ringlab/data/workspace"
)

// ingestFlags are the arguments of ingest; the demo's spellings fill the same.
type ingestFlags struct {
	folder, file     string
	outputPath       string
	deadLetterFile   string
	logLevel         string
	maxDead          string
	dryRun           bool
	demoLoc, demoDoc string
}

func (a *app) ingestCommand() *cobra.Command {
	var f ingestFlags
	c := &cobra.Command{
		Use:   "ingest FOLDER",
		Short: "Check the records of a folder and keep the good ones",
		Long: `Reads compounds.json and the pictures it names, keeps each good record, and
sends each bad one to the dead letters with its reason. All or nothing: an
ingest that is killed or refused changes nothing. Repeating one is harmless.

The arguments of the demo's upload.py are accepted as well; with --output_path
it also writes compound_rings.csv and the images as the demo did.`,
		Example: `# See what would happen
ringlab ingest testdata/original --dry-run
ringlab ingest testdata/original
# Refuse the whole folder when more than 5 % is bad
ringlab ingest testdata/original --max-dead 5%
# As the demo spelled it
ringlab ingest --data_loc testdata/original --file_name compounds.json --output_path data --dlq dlq.log`,
		Args: arguments(0, 1, "FOLDER"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.settle(c, args); err != nil {
				return err
			}
			return a.ingest(c.Context(), c, f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.file, "file", "", "`NAME` of the records' file in FOLDER (compounds.json)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "check everything, write nothing")
	flags.StringVar(&f.maxDead, "max-dead", "", "refuse the whole ingest when more than `N|N%` of the records are bad")
	flags.StringVar(&f.demoLoc, "data_loc", "", "the demo's spelling of `FOLDER`")
	flags.StringVar(&f.demoDoc, "file_name", "", "the demo's spelling of --file `NAME`")
	flags.StringVar(&f.outputPath, "output_path", "", "also write compound_rings.csv and images to this `FOLDER`, as the demo did")
	flags.StringVar(&f.deadLetterFile, "dlq", "", "also append each dead letter to this `FILE`, with the demo's six fields")
	flags.StringVar(&f.logLevel, "log_level", "INFO", "`LEVEL`: DEBUG, INFO, WARNING, ERROR or CRITICAL; from WARNING on progress is silent")
	return c
}

var logLevels = []string{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}

// settle brings the demo's spellings and ours together.
func (f *ingestFlags) settle(c *cobra.Command, args []string) error {
	if len(args) == 1 {
		f.folder = args[0]
	}
	if f.folder != "" && f.demoLoc != "" {
		return usage(c, "FOLDER and --data_loc are two names for one thing: give one")
	}
	if f.file != "" && f.demoDoc != "" {
		return usage(c, "--file and --file_name are two names for one thing: give one")
	}
	f.folder += f.demoLoc
	f.file += f.demoDoc
	if f.folder == "" {
		return usage(c, "%s needs FOLDER, which holds compounds.json and images", c.CommandPath())
	}
	if !slices.Contains(logLevels, f.logLevel) {
		return usage(c, "--log_level %q is none of %s", f.logLevel, strings.Join(logLevels, ", "))
	}
	if f.dryRun && (f.outputPath != "" || f.deadLetterFile != "") {
		return usage(c, "--dry-run writes nothing: leave out --output_path and --dlq")
	}
	return nil
}

// parseMaxDead reads N or N%; "" is no limit.
func parseMaxDead(text string) (count int, share float64, ok bool) {
	if text == "" {
		return -1, -1, true
	}
	if number, isShare := strings.CutSuffix(text, "%"); isShare {
		p, err := strconv.ParseFloat(number, 64)
		return -1, p / 100, err == nil && p >= 0 && p <= 100
	}
	n, err := strconv.Atoi(text)
	return n, -1, err == nil && n >= 0
}

func (a *app) ingest(ctx context.Context, c *cobra.Command, f ingestFlags) (err error) {
	count, share, ok := parseMaxDead(f.maxDead)
	if !ok {
		return usage(c, "--max-dead %q is neither a number of records nor a share such as 5%%", f.maxDead)
	}
	p := a.progress()
	options := data.IngestOptions{
		File: f.file, DryRun: f.dryRun, MaxDead: count, MaxDeadShare: share,
		OutputPath: f.outputPath, DLQFile: f.deadLetterFile,
	}
	if slices.Index(logLevels, f.logLevel) <= slices.Index(logLevels, "INFO") {
		options.Progress = func(now data.Progress) { p.update("%s", ingestLine(now)) }
	}
	if f.dryRun {
		remove, err := a.scratchWorkspace()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, remove()) }()
	}
	dir, err := a.locate()
	if err != nil {
		return err
	}
	first := !workspace.Exists(dir)
	if first {
		if err := data.CheckIngest(f.folder, options); err != nil {
			return err
		}
	}
	return a.with(ctx, workspace.Create, func(r *rooms) error {
		result, err := r.data.Ingest(ctx, f.folder, options)
		p.clear()
		if err != nil && first && result.Ingest == 0 && !f.dryRun {
			return fmt.Errorf("%w\nThe workspace %s was made and is empty", err, dir)
		}
		if err != nil {
			return err
		}
		if a.json {
			return a.printJSON(result)
		}
		a.printIngest(result)
		return nil
	})
}

func ingestLine(p data.Progress) string {
	done := ""
	if p.BytesTotal > 0 {
		done = fmt.Sprintf("%3.0f %%  ", 100*float64(p.BytesRead)/float64(p.BytesTotal))
	}
	return fmt.Sprintf("ingest %s%d read, %d kept, %d repeated, %d dead", done, p.Read, p.Kept, p.Repeated, p.Dead)
}

func (a *app) printIngest(r data.IngestResult) {
	verb := "read"
	if r.DryRun {
		verb = "would read"
	}
	a.print("%s %d = %d kept + %d repeated + %d dead, in %s", verb, r.Read, r.Kept, r.Repeated, r.Dead, seconds(r.Seconds))
	if r.DryRun {
		a.print("dry run: nothing was written")
		return
	}
	a.print("snapshot %s", r.Snapshot)
	if r.Dead > 0 {
		a.print("%s: see ringlab dlq list", plural(r.Dead, "dead letter", "dead letters"))
	}
}

// scratchWorkspace lets a dry run work on an empty workspace where there is
// none: it must not leave one behind. Call the result when done.
func (a *app) scratchWorkspace() (remove func() error, err error) {
	keep := func() error { return nil }
	dir, err := a.locate()
	if err != nil || workspace.Exists(dir) {
		return keep, err
	}
	scratch, err := os.MkdirTemp("", "ringlab-dry-run-")
	if err != nil {
		return keep, fmt.Errorf("dry run: %w", err)
	}
	a.workspace = scratch
	return func() error { return os.RemoveAll(scratch) }, nil
}
