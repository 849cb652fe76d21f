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
