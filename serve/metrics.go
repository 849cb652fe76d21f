package serve

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are one server's; the registry is its own, so that two servers in
// one process do not mix.
type metrics struct {
	registry     *prometheus.Registry
	requests     *prometheus.CounterVec
	seconds      *prometheus.HistogramVec
	inFlight     prometheus.Gauge
	predictions  *prometheus.CounterVec
	unlike       prometheus.Counter
	model        *prometheus.GaugeVec
	stale        prometheus.Gauge
	swaps        prometheus.Counter
	loadFailures prometheus.Counter

	mu     sync.Mutex
	count  int64 // requests
	errors int64 // answered with 5xx
	recent [1024]time.Duration
	timed  int64 // predictions timed; the last of them are in recent
}

func newMetrics(code string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringlab_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ringlab_http_request_seconds", Help: "Time from the header of a request to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "ringlab_http_requests_in_flight", Help: "Requests being read, waiting or answered.",
		}),
		predictions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ringlab_predictions_total", Help: "Pictures answered, by the number of rings said.",
		}, []string{"rings"}),
		unlike: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ringlab_predictions_unlike_total", Help: "Pictures answered that are unlike those learned from.",
		}),
		model: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "ringlab_model_info", Help: "1 for the model version that answers.",
		}, []string{"version", "run"}),
		stale: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "ringlab_model_stale", Help: "1 while the model in production is not the one that answers.",
		}),
		swaps: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ringlab_model_swaps_total", Help: "Times that a model was put in the place of another or of none.",
		}),
		loadFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ringlab_model_load_failures_total", Help: "Attempts to load the model in production that failed.",
		}),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "ringlab_build_info", Help: "1 for the version of ringlab that runs.",
	}, []string{"code"})
	build.WithLabelValues(code).Set(1)
	m.registry.MustRegister(build, m.requests, m.seconds, m.inFlight, m.predictions, m.unlike, m.model, m.stale,
		m.swaps, m.loadFailures, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// answered counts one request; took is also kept for the summary if it was a
// prediction that succeeded.
func (m *metrics) answered(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
	if status >= 500 {
		m.errors++
	}
	if status == http.StatusOK && (route == routePredict || route == routeDemoPredict) {
		m.recent[m.timed%int64(len(m.recent))] = took
		m.timed++
	}
}

func (m *metrics) predicted(rings int, unlike bool) {
	m.predictions.WithLabelValues(strconv.Itoa(rings)).Inc()
	if unlike {
		m.unlike.Inc()
	}
}

func (m *metrics) swapped(from, to *loaded) {
	m.swaps.Inc()
	m.model.WithLabelValues(to.name, to.run).Set(1)
	if from != nil {
		m.model.DeleteLabelValues(from.name, from.run)
	}
}

// summary is what the workspace is told: counts since the start, and the
// median and 99th percentile in milliseconds of the last predictions.
func (m *metrics) summary() (requests, errors int64, p50, p99 float64) {
	m.mu.Lock()
	requests, errors = m.count, m.errors
	times := slices.Clone(m.recent[:min(m.timed, int64(len(m.recent)))])
	m.mu.Unlock()
	if len(times) == 0 {
		return requests, errors, 0, 0
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[int(share*float64(len(times)-1))]) / float64(time.Millisecond)
	}
	return requests, errors, at(.5), at(.99)
}
