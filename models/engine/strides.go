//go:build (amd64 || arm64) && !purego

package engine

// The generated functions count pointers in bytes.
const floatBytes = 4

func (p *Product) strides() (aRow, aStep, aNext, bStep, bNext, cRow, startRow uintptr) {
	return uintptr(p.ARow * floatBytes), uintptr(p.AStep * floatBytes), uintptr((p.ASegment - p.K*p.AStep) * floatBytes),
		uintptr(p.BStep * floatBytes), uintptr((p.BSegment - p.K*p.BStep) * floatBytes), uintptr(p.CRow * floatBytes), uintptr(p.StartRow * floatBytes)
}

// start is where row i of the tile starts from, or nil.
func (p *Product) start(i int) *float32 {
	if p.Start == nil {
		return nil
	}
	return &p.Start[i*p.StartRow]
}
