package tui

import (
	"time"

	"ringlab/experiments"
)

// serverRates follows what servers report: the workspace holds how many
// requests each has answered, and the rate is the difference of two reports.
type serverRates struct {
	last  map[string]experiments.Server
	rate  map[string]float64 // requests a second
	total []float64          // of all servers, one for each look; the newest last
}

// keptRates is how many looks the trace of requests goes back.
const keptRates = 240

// take hears what the servers say now.
func (r *serverRates) take(servers []experiments.Server) {
	if r.last == nil {
		r.last, r.rate = map[string]experiments.Server{}, map[string]float64{}
	}
	heard, reported := map[string]bool{}, false
	for _, s := range living(servers) {
		heard[s.ID] = true
		before, known := r.last[s.ID]
		if known && !s.Seen.After(before.Seen) {
			continue
		}
		r.last[s.ID], reported = s, true
		from, requests := s.Started, s.Requests // since it started, if this is the first look
		if known {
			from, requests = before.Seen, s.Requests-before.Requests
		}
		// A swap or an end is reported at once, and says nothing of a rate.
		if span := s.Seen.Sub(from); span >= time.Second {
			r.rate[s.ID] = max(float64(requests), 0) / span.Seconds()
		}
	}
	for id := range r.last {
		if !heard[id] {
			delete(r.last, id)
			delete(r.rate, id)
			reported = true
		}
	}
	if reported {
		r.total = append(r.total, r.sum())
		r.total = r.total[max(len(r.total)-keptRates, 0):]
	}
}

// sum is the rate of all servers.
func (r *serverRates) sum() float64 {
	total := 0.0
	for _, rate := range r.rate {
		total += rate
	}
	return total
}
