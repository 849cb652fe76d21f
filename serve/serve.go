// Package serve puts the promoted model behind HTTP and follows promotions.
package serve

import (
	"context"
	"log/slog"
	"net"

	"ringlab/experiments"
)

// Config of a server. Experiments is the store whose production alias is served.
type Config struct {
	Experiments *experiments.Store
	Logger      *slog.Logger
	Code        string // version of ringlab
}

// Server answers over HTTP with the model in production.
type Server struct{ cfg Config }

// New loads the model in production, if there is one.
func New(ctx context.Context, c Config) (*Server, error) { panic("contract") }

// Serve answers on l until ctx ends, then drains and returns nil.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { panic("contract") }
