package cli

import (
	_ "embed"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"ringlab/internal/build"
)

func (a *app) versionCommand() *cobra.Command {
	var notices bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and with --notices the licences and sources of what is inside",
		Example: "ringlab version\nringlab version --notices",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.printJSON(map[string]string{"version": build.Version(), "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH})
			}
			a.print("ringlab %s, %s, %s/%s", build.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			if notices {
				return a.printNotices()
			}
			return nil
		},
	}
	c.Flags().BoolVar(&notices, "notices", false, "licences and sources of data and libraries")
	return c
}

// libraryLicences names the licence of each linked module, one a line, as
// "module licence". A test compares the modules with the build's own list.
//
//go:embed licences.txt
var libraryLicences string

func (a *app) printNotices() error {
	data, err := fs.ReadFile(a.program.Demo, "README.md")
	if err != nil {
		return fmt.Errorf("read the data's notice: %w", err)
	}
	a.print("\n== ringlab\n\n%s", strings.TrimSpace(a.program.License))
	a.print("\n== example data\n\n%s", strings.TrimSpace(string(data)))
	a.print("\n== libraries\n")
	t := newTable("module", "version", "licence")
	licences := licenceByModule()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("list libraries: this binary carries no build information")
	}
	for _, module := range info.Deps {
		t.row(module.Path, module.Version, orDash(licences[module.Path]))
	}
	a.printTable(t)
	return nil
}

func licenceByModule() map[string]string {
	licences := map[string]string{}
	for line := range strings.Lines(libraryLicences) {
		if module, licence, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			licences[module] = licence
		}
	}
	return licences
}
