package experiments

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// detached starts a process without this one's console, so that closing it or
// pressing Ctrl-C in it does not reach it.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP}
}
