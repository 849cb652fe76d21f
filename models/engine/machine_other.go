//go:build (!amd64 && !arm64) || purego

package engine

// machineKernels are the kernels in assembly that this machine can run, the
// fastest first: none.
func machineKernels() []*Kernel { return nil }
