package engine

// machineKernels are the kernels in assembly that this machine can run, the
// fastest first: none yet.
func machineKernels() []*Kernel { return nil }
