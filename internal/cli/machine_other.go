//go:build !linux && !darwin

package cli

import (
	"os"
	"runtime"
)

// cpuName is what the system says of the processor, or its architecture.
func cpuName() string {
	if name := os.Getenv("PROCESSOR_IDENTIFIER"); name != "" { // Windows
		return name
	}
	return runtime.GOARCH
}

// peakMemory is not known here.
func peakMemory() int64 { return 0 }
