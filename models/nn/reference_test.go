package nn

import (
	"math"

	"ringlab/models/engine"
)

// The layers again in float64, written as their formulas: what the fast ones
// are tested against. A volume is [n][h][w][c] without border.
type volume struct {
	n, h, w, c int
	data       []float64
}

func newVolume(n, h, w, c int) volume {
	return volume{n, h, w, c, make([]float64, n*h*w*c)}
}

func (v volume) at(n, y, x, c int) *float64 {
	return &v.data[((n*v.h+y)*v.w+x)*v.c+c]
}

type reference func(in volume, parameters [][]float64) volume

func (s Conv) reference(in volume, parameters [][]float64) volume {
	stride, dilation := max(1, s.Stride), max(1, s.Dilation)
	reach := dilation*(s.Kernel-1) + 1
	out := newVolume(in.n, (in.h+2*s.Padding-reach)/stride+1, (in.w+2*s.Padding-reach)/stride+1, s.Out)
	for n := range out.n {
		for y := range out.h {
			for x := range out.w {
				for o := range s.Out {
					sum := 0.0
					if !s.NoBias {
						sum = parameters[1][o]
					}
					for ky := range s.Kernel {
						for kx := range s.Kernel {
							iy, ix := y*stride-s.Padding+ky*dilation, x*stride-s.Padding+kx*dilation
							if iy < 0 || ix < 0 || iy >= in.h || ix >= in.w {
								continue
							}
							for c := range in.c {
								sum += *in.at(n, iy, ix, c) * parameters[0][((ky*s.Kernel+kx)*in.c+c)*s.Out+o]
							}
						}
					}
					*out.at(n, y, x, o) = sum
				}
			}
		}
	}
	return out
}

func (s MaxPool) reference(in volume, _ [][]float64) volume {
	out := newVolume(in.n, in.h/s.Size, in.w/s.Size, in.c)
	for n := range out.n {
		for y := range out.h {
			for x := range out.w {
				for c := range out.c {
					most := math.Inf(-1)
					for i := range s.Size * s.Size {
						most = max(most, *in.at(n, y*s.Size+i/s.Size, x*s.Size+i%s.Size, c))
					}
					*out.at(n, y, x, c) = most
				}
			}
		}
	}
	return out
}

func (s MeanPool) reference(in volume, _ [][]float64) volume {
	channels := in.c
	if s.Max {
		channels *= 2
	}
	out := newVolume(in.n, 1, 1, channels)
	for n := range in.n {
		for c := range in.c {
			sum, most := 0.0, math.Inf(-1)
			for y := range in.h {
				for x := range in.w {
					sum += *in.at(n, y, x, c)
					most = max(most, *in.at(n, y, x, c))
				}
			}
			*out.at(n, 0, 0, c) = sum / float64(in.h*in.w)
			if s.Max {
				*out.at(n, 0, 0, in.c+c) = most
			}
		}
	}
	return out
}

func (s CountPool) reference(in volume, _ [][]float64) volume {
	pooled := MeanPool{Max: true}.reference(in, nil)
	densities := max(1, s.Densities)
	out := newVolume(in.n, 1, 1, 2*in.c-densities)
	for n := range in.n {
		for d := range densities {
			sum := 0.0
			for y := range in.h {
				for x := range in.w {
					sum += math.Log(1 + math.Exp(*in.at(n, y, x, d)+s.Offset))
				}
			}
			*out.at(n, 0, 0, d) = sum
		}
		for c := densities; c < in.c; c++ {
			*out.at(n, 0, 0, c) = *pooled.at(n, 0, 0, c)
			*out.at(n, 0, 0, in.c-densities+c) = *pooled.at(n, 0, 0, in.c+c)
		}
	}
	return out
}

func (Flatten) reference(in volume, _ [][]float64) volume {
	return volume{in.n, 1, 1, in.h * in.w * in.c, in.data}
}

func (ReLU) reference(in volume, _ [][]float64) volume {
	out := newVolume(in.n, in.h, in.w, in.c)
	for i, v := range in.data {
		out.data[i] = max(v, 0)
	}
	return out
}

func (s Dense) reference(in volume, parameters [][]float64) volume {
	out := newVolume(in.n, 1, 1, s.Out)
	for n := range in.n {
		for o := range s.Out {
			sum := parameters[1][o]
			for i := range in.c {
				sum += *in.at(n, 0, 0, i) * parameters[0][o*in.c+i]
			}
			*out.at(n, 0, 0, o) = sum
		}
	}
	return out
}

func (BatchNorm) reference(in volume, parameters [][]float64) volume {
	out := newVolume(in.n, in.h, in.w, in.c)
	count := float64(in.n * in.h * in.w)
	for c := range in.c {
		var mean, variance float64
		for i := c; i < len(in.data); i += in.c {
			mean += in.data[i] / count
		}
		for i := c; i < len(in.data); i += in.c {
			variance += (in.data[i] - mean) * (in.data[i] - mean) / count
		}
		for i := c; i < len(in.data); i += in.c {
			out.data[i] = (in.data[i]-mean)/math.Sqrt(variance+BatchNormEpsilon)*parameters[0][c] + parameters[1][c]
		}
	}
	return out
}

// dropoutReference repeats the choices of the first layer with noise in a
// network.
func dropoutReference(rate float64, noise uint64) reference {
	return func(in volume, _ [][]float64) volume {
		out := newVolume(in.n, in.h, in.w, in.c)
		size, limit := len(in.data)/in.n, math.Floor(rate*(1<<16))
		for i, v := range in.data {
			key, at := Hash(Hash(noise, 1), uint64(i/size)), uint64(i%size)
			bits := uint16(engine.Mix(key+at/4*0x9E3779B97F4A7C15) >> (16 * (at % 4)))
			if float64(bits) >= limit {
				out.data[i] = v / (1 - limit/(1<<16))
			}
		}
		return out
	}
}
