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

// ServerFields are the fields of servers that a filter can name.
func ServerFields() *filter.Schema {
	return &filter.Schema{Rows: "servers", Fields: []filter.Field{
		{Name: "address", Kind: filter.Text, Help: "where it answers", Words: true},
		{Name: "version", Also: "serves", Kind: filter.Text, Help: "the model version it serves, such as v3", Words: true},
		{Name: "requests", Kind: filter.Number, Help: "requests that it answered"},
		{Name: "errors", Kind: filter.Number, Help: "requests that failed"},
		{Name: "p50", Kind: filter.Number, Help: "milliseconds that half of the answers took at most"},
		{Name: "p99", Kind: filter.Number, Help: "milliseconds that 99 of 100 answers took at most"},
		{Name: "started", Kind: filter.Time, Help: "when it started"},
		{Name: "seen", Kind: filter.Time, Help: "when it last reported"},
		{Name: "host", Kind: filter.Text, Help: "the machine it runs on", Words: true},
		{Name: "pid", Kind: filter.Number, Help: "its process", Words: true},
	}}
}

// Value is the server as a row of ServerFields.
func (v *Server) Value(field int, _ string) filter.Value {
	switch field {
	case 0:
		return filter.OfText(v.Address)
	case 1:
		return filter.OfName(v.Version)
	case 2:
		return filter.OfNumber(float64(v.Requests))
	case 3:
		return filter.OfNumber(float64(v.Errors))
	case 4, 5:
		if v.Requests == 0 { // there is no answer that took any time
			return filter.Value{}
		}
		return filter.OfNumber([2]float64{v.P50, v.P99}[field-4])
	case 6:
		return filter.OfTime(v.Started)
	case 7:
		return filter.OfTime(v.Seen)
	case 8:
		return filter.OfText(v.Host)
	case 9:
		return filter.OfNumber(float64(v.PID))
	}
	return filter.Value{}
}
