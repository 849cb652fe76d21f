package experiments

import (
	"time"

	"ringlab/data/filter"
)

// serverLate is when a server that reports every five seconds should have been
// heard of again.
const serverLate = 8 * time.Second

// Silent is for how long a server whose report is late was not heard of; 0
// where it is not late.
func (v *Server) Silent(now time.Time) time.Duration {
	if silence := now.Sub(v.Seen); silence >= serverLate {
		return silence
	}
	return 0
}

// serverColumns are what a filter can name of servers.
var serverColumns = filter.Columns[*Server]{
	{Name: "address", Kind: filter.Text, Help: "where it answers", Words: true,
		Value: func(v *Server) filter.Value { return filter.OfText(v.Address) }},
	{Name: "version", Also: "serves", Kind: filter.Text, Help: "the model version it serves, such as v3", Words: true,
		Value: func(v *Server) filter.Value { return filter.OfName(v.Version) }},
	{Name: "requests", Kind: filter.Number, Help: "requests that it answered",
		Value: func(v *Server) filter.Value { return filter.OfNumber(float64(v.Requests)) }},
	{Name: "errors", Kind: filter.Number, Help: "requests that failed",
		Value: func(v *Server) filter.Value { return filter.OfNumber(float64(v.Errors)) }},
	{Name: "p50", Kind: filter.Number, Help: "milliseconds that half of the answers took at most",
		Value: func(v *Server) filter.Value { return v.took(v.P50) }},
	{Name: "p99", Kind: filter.Number, Help: "milliseconds that 99 of 100 answers took at most",
		Value: func(v *Server) filter.Value { return v.took(v.P99) }},
	{Name: "started", Kind: filter.Time, Help: "when it started",
		Value: func(v *Server) filter.Value { return filter.OfTime(v.Started) }},
	{Name: "seen", Kind: filter.Time, Help: "when it last reported",
		Value: func(v *Server) filter.Value { return filter.OfTime(v.Seen) }},
	{Name: "host", Kind: filter.Text, Help: "the machine it runs on", Words: true,
		Value: func(v *Server) filter.Value { return filter.OfText(v.Host) }},
	{Name: "pid", Kind: filter.Number, Help: "its process", Words: true,
		Value: func(v *Server) filter.Value { return filter.OfNumber(float64(v.PID)) }},
}

// took is how long answers took; nothing before there is an answer.
func (v *Server) took(milliseconds float64) filter.Value {
	if v.Requests == 0 {
		return filter.Value{}
	}
	return filter.OfNumber(milliseconds)
}

// ServerFields are the fields of servers that a filter can name.
func ServerFields() *filter.Schema { return serverColumns.Schema("servers") }

// Columns makes it a filter.Row.
func (*Server) Columns() filter.Columns[*Server] { return serverColumns }
