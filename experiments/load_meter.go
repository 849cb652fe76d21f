package experiments

import (
	"runtime/metrics"
	"time"
)

// loadMeter tells what the training process takes from its machine. Its zero
// value has not been read yet.
type loadMeter struct {
	at   time.Time
	used time.Duration
}

// read returns the processor cores that were busy with this process since the
// last read, of all its threads and on average, and the mebibytes that it holds
// from the operating system now.
func (m *loadMeter) read(now time.Time) (cores, mebibytes float64) {
	used := processorTime()
	if wall := now.Sub(m.at); !m.at.IsZero() && wall > 0 {
		cores = (used - m.used).Seconds() / wall.Seconds()
	}
	m.at, m.used = now, used
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return cores, float64(samples[0].Value.Uint64()-samples[1].Value.Uint64()) / (1 << 20)
}
