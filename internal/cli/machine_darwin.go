package cli

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// cpuName is what the processor calls itself, or its architecture.
func cpuName() string {
	if name, err := unix.Sysctl("machdep.cpu.brand_string"); err == nil && name != "" {
		return name
	}
	return runtime.GOARCH
}

// peakMemory is the most memory in bytes that this process had at once; 0
// where that is not known.
func peakMemory() int64 {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return usage.Maxrss // bytes, on this system
}
