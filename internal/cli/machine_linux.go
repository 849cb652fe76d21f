package cli

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// cpuName is what the processor calls itself, or its architecture.
func cpuName() string {
	if name := procField("/proc/cpuinfo", "model name"); name != "" {
		return name
	}
	return runtime.GOARCH
}

// peakMemory is the most memory in bytes that this process had at once; 0
// where that is not known.
func peakMemory() int64 {
	kilobytes, _ := strings.CutSuffix(procField("/proc/self/status", "VmHWM"), " kB")
	n, err := strconv.ParseInt(kilobytes, 10, 64)
	if err != nil {
		return 0
	}
	return n << 10
}

// procField is the first value of a key in a file of lines "key: value".
func procField(file, key string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
