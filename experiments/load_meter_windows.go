package experiments

import (
	"time"

	"golang.org/x/sys/windows"
)

// processorTime is what this process has used so far, user and system; 0 where
// the system does not tell.
func processorTime() time.Duration {
	var created, ended, system, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &ended, &system, &user); err != nil {
		return 0
	}
	ticks := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) } // of 100 ns
	return time.Duration(ticks(system)+ticks(user)) * 100
}
