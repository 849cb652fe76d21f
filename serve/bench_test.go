package serve

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Requests of one picture each over loopback, kept connections, client and
// server on the same cores: rate, median and 99th percentile.
//
//	go test -run '^$' -bench Predict -benchtime 2000x ./serve
func BenchmarkPredict(b *testing.B) {
	_, store := newWorkspace(b)
	promote(b, store, "v1")
	s := newServer(b, store, io.Discard)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: s.handler, ReadHeaderTimeout: time.Second}
	go server.Serve(l)
	defer server.Close()
	names, err := filepath.Glob("../testdata/original/images/*.png")
	if err != nil {
		b.Fatal(err)
	}
	var files [][]byte
	for _, name := range names {
		files = append(files, readFile(b, name))
	}
	for _, clients := range []int{1, 2, 8, 32} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			var next atomic.Int64
			took := make([]time.Duration, b.N)
			var group sync.WaitGroup
			started := time.Now()
			for range clients {
				client := newClient(b)
				group.Go(func() {
					for {
						i := int(next.Add(1)) - 1
						if i >= b.N {
							return
						}
						begun := time.Now()
						if _, status, err := ask(client, "http://"+l.Addr().String(), files[i%len(files)]); err != nil || status != http.StatusOK {
							b.Errorf("request: %d, %v", status, err)
							return
						}
						took[i] = time.Since(begun)
					}
				})
			}
			group.Wait()
			elapsed := time.Since(started)
			slices.Sort(took)
			at := func(share float64) float64 {
				return took[int(share*float64(len(took)-1))].Seconds() * 1000
			}
			b.ReportMetric(float64(b.N)/elapsed.Seconds(), "requests/s")
			b.ReportMetric(at(.5), "p50-ms")
			b.ReportMetric(at(.99), "p99-ms")
		})
	}
}
