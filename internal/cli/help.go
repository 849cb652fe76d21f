package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"
)

// maxHelpWidth keeps lines readable in a wide window.
const maxHelpWidth = 100

// printHelp explains a command. Headings are bold in a terminal; the terminal
// is asked for nothing, so that help is there at once in any of them.
func (a *app) printHelp(c *cobra.Command, _ []string) {
	if err := unknownCommand(c, c.Flags().Args()); err != nil && c.HasAvailableSubCommands() {
		a.lost = err
		return
	}
	w := &colorprofile.Writer{Forward: results{a}, Profile: colorprofile.Detect(a.stdout, os.Environ())}
	width := min(screenWidth(a.stdout), maxHelpWidth)
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	_, _ = fmt.Fprintln(w, text)
	heading(w, "Usage")
	_, _ = fmt.Fprintln(w, "  "+c.UseLine())
	if c.HasAvailableSubCommands() && c.Parent() == nil {
		_, _ = fmt.Fprintln(w, "  "+c.CommandPath()+" COMMAND")
	}
	if c.Example != "" {
		heading(w, "Examples")
		for line := range strings.Lines(c.Example) {
			_, _ = fmt.Fprintln(w, "  "+strings.TrimSpace(line))
		}
	}
	printCommands(w, c)
	if flags := c.LocalNonPersistentFlags(); flags.HasAvailableFlags() {
		heading(w, "Flags")
		_, _ = fmt.Fprint(w, flags.FlagUsagesWrapped(width))
	}
	global := c.Root().PersistentFlags()
	heading(w, "Flags of every command")
	_, _ = fmt.Fprint(w, global.FlagUsagesWrapped(width))
}

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Example: "ringlab help train\nringlab help runs show",
		Args:    arguments(0, -1, "COMMAND"),
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(found, rest)
			}
			return found.Help()
		},
	}
}

func heading(w io.Writer, text string) {
	_, _ = fmt.Fprintln(w, "\n"+lipgloss.NewStyle().Bold(true).Render(text))
}

// printCommands lists the subcommands, by group where they have one.
func printCommands(w io.Writer, c *cobra.Command) {
	titles := map[string]string{"": "Commands"}
	ids := []string{""}
	for _, g := range c.Groups() {
		titles[g.ID] = g.Title
		ids = append(ids, g.ID)
	}
	widest := 0
	for _, sub := range c.Commands() {
		widest = max(widest, ansi.StringWidth(sub.Name()))
	}
	for _, id := range ids {
		said := false
		for _, sub := range c.Commands() {
			if sub.GroupID != id || !sub.IsAvailableCommand() {
				continue
			}
			if !said {
				heading(w, titles[id])
				said = true
			}
			_, _ = fmt.Fprintf(w, "  %-*s  %s\n", widest, sub.Name(), sub.Short)
		}
	}
}

// screenWidth is the terminal's width in cells, or 80 elsewhere.
func screenWidth(stream any) int {
	if f, ok := stream.(term.File); ok {
		if width, _, err := term.GetSize(f.Fd()); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Print the manual page",
		Example: "ringlab man > ringlab.1",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, c.Root())
			if err != nil {
				return fmt.Errorf("write manual page: %w", err)
			}
			a.print("%s", page.Build(roff.NewDocument()))
			return nil
		},
	}
}
