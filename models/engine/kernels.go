package engine

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

//go:generate go -C _asm run . -out ../tiles_amd64.s -stubs ../tiles_amd64.go -pkg engine
//go:generate go -C _asm run ./neon -out ../tiles_arm64.s -stubs ../tiles_arm64.go

// KernelVariable is the environment variable that names the kernel to use, for
// tests and for comparing.
const KernelVariable = "RINGLAB_KERNEL"

// Kernels lists the kernels that this machine can run, the fastest first.
func Kernels() []*Kernel { return append(machineKernels(), plain) }

// Best is the fastest kernel of this machine, or the one that RINGLAB_KERNEL
// names. It is chosen once. An unknown name is an error that lists the names.
var Best = sync.OnceValues(func() (*Kernel, error) { return choose(os.Getenv(KernelVariable)) })

func choose(name string) (*Kernel, error) {
	all := Kernels()
	if name == "" {
		return all[0], nil
	}
	names := make([]string, len(all))
	for i, k := range all {
		if k.Name == name {
			return k, nil
		}
		names[i] = k.Name
	}
	return nil, fmt.Errorf("choose kernel %.40q from %s: this machine has %s", name, KernelVariable, strings.Join(names, ", "))
}
