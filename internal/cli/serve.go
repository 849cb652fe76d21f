package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/workspace"
	"ringlab/internal/build"
	"ringlab/serve"
)

func (a *app) serveCommand() *cobra.Command {
	var addr string
	var noBuiltin bool
	var goodbye time.Duration
	c := &cobra.Command{
		Use:   "serve",
		Short: "Answer over HTTP with the model in production",
		Long: `Serves the promoted model and follows promotions without a restart. Until
something is promoted, the model that comes with the binary answers, and says
so: builtin-best. With --no-builtin it starts all the same, and /readyz and
predictions answer 503 and say what to do. The log goes to standard error, as
JSON unless that is a terminal. Ctrl-C finishes the requests under way and ends.`,
		Example: `ringlab serve
ringlab serve --addr 127.0.0.1:9000
# Behind a load balancer that looks at /readyz every 5 seconds
ringlab serve --goodbye 12s
# Ask it
curl -H 'Content-Type: image/png' --data-binary @picture.png http://127.0.0.1:8080/v1/predict`,
		Args: arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if _, _, err := net.SplitHostPort(addr); err != nil {
				return usage(c, "--addr %q: give HOST:PORT, such as 127.0.0.1:8080", addr)
			}
			if goodbye <= 0 || goodbye > time.Hour {
				return usage(c, "--goodbye %s: give a time of up to 1h, such as 10s", goodbye)
			}
			return a.with(c.Context(), workspace.Create, func(r *rooms) error {
				r.ws.Follow()
				return a.serve(c.Context(), r, addr, serve.Config{NoBuiltin: noBuiltin, Limits: serve.Limits{Goodbye: goodbye}})
			})
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 takes a free one")
	c.Flags().BoolVar(&noBuiltin, "no-builtin", false, "answer 503 until something is promoted, in place of the model in the binary")
	c.Flags().DurationVar(&goodbye, "goodbye", 200*time.Millisecond, "when told to end, go on answering for this `TIME` while /readyz says 503")
	return c
}

func (a *app) serve(ctx context.Context, r *rooms, addr string, config serve.Config) error {
	var handler slog.Handler = slog.NewJSONHandler(a.stderr, nil)
	if isTerminal(a.stderr) {
		handler = slog.NewTextHandler(a.stderr, nil)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%w: another server may be running there", err)
	}
	if err != nil {
		return fmt.Errorf("serve: %w; choose another address with --addr", err)
	}
	config.Experiments, config.Logger, config.Code = r.experiments, slog.New(handler), build.Version()
	server, err := serve.New(ctx, config)
	if err != nil {
		_ = listener.Close()
		return err
	}
	address := "http://" + listener.Addr().String()
	if a.json {
		err = a.printJSON(map[string]string{"address": address})
	} else {
		a.print("serving on %s", address)
	}
	if err != nil {
		_ = listener.Close()
		return err
	}
	return server.Serve(ctx, listener)
}
