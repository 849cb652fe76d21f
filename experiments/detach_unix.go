//go:build unix

package experiments

import "syscall"

// detached starts a process in a session of its own, so that closing the
// terminal or pressing Ctrl-C in it does not reach it.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
