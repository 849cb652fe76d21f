package experiments

import (
	"bytes"
	"fmt"
	"image/color"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ringlab/models"
)

// maxCountedLabels: a larger confusion matrix shows shades without counts.
const maxCountedLabels = 25

// drawConfusion draws a confusion matrix, the true labels downwards and the
// answers to the right. A cell is shaded by its share of its row.
func drawConfusion(e models.Evaluation, format string) ([]byte, error) {
	n := len(e.Labels)
	if n == 0 {
		return nil, fmt.Errorf("draw confusion matrix: the evaluation is of no record")
	}
	right := 0
	for i := range e.Labels {
		right += e.Confusion[i][i]
	}
	p := plot.New()
	style(p)
	p.Title.Text = fmt.Sprintf("%d of %d holdout pictures right (%.2f)", right, e.Records, e.Accuracy)
	p.X.Label.Text, p.Y.Label.Text = "answer", "truth"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(n)-0.5, -0.5, float64(n)-0.5
	p.X.Tick.Marker = labelTicks(e.Labels, func(i int) float64 { return float64(i) })
	p.Y.Tick.Marker = labelTicks(e.Labels, func(i int) float64 { return float64(n - 1 - i) })
	p.X.Padding, p.Y.Padding = 0, 0
	p.Add(confusionCells{e})

	side := min(max(vg.Length(n)*0.62*vg.Inch, 3.2*vg.Inch), 9*vg.Inch)
	canvas, err := draw.NewFormattedCanvas(side+0.9*vg.Inch, side+1.1*vg.Inch, format)
	if err != nil {
		return nil, err
	}
	all := draw.New(canvas)
	all.FillPolygon(color.White, corners(all.Rectangle))
	margin := vg.Points(10)
	p.Draw(draw.Crop(all, margin, -margin, margin, -margin))
	var out bytes.Buffer
	_, err = canvas.WriteTo(&out)
	return out.Bytes(), err
}

// labelTicks names every position while they fit, then every few.
func labelTicks(labels []int, at func(int) float64) plot.Ticker {
	every := (len(labels) + maxCountedLabels - 1) / maxCountedLabels
	ticks := make(plot.ConstantTicks, 0, len(labels))
	for i, label := range labels {
		if i%every == 0 {
			ticks = append(ticks, plot.Tick{Value: at(i), Label: strconv.Itoa(label)})
		}
	}
	return ticks
}

// confusionCells draws the cells and their counts.
type confusionCells struct{ e models.Evaluation }

func (c confusionCells) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	n := len(c.e.Labels)
	for row := range n {
		total := 0
		for _, count := range c.e.Confusion[row] {
			total += count
		}
		for column, count := range c.e.Confusion[row] {
			share := float64(count) / float64(max(total, 1))
			top, left := float64(n-1-row)+0.5, float64(column)-0.5
			cell := corners(vg.Rectangle{
				Min: vg.Point{X: x(left), Y: y(top - 1)},
				Max: vg.Point{X: x(left + 1), Y: y(top)},
			})
			canvas.FillPolygon(shade(share), cell)
			border := draw.LineStyle{Color: color.Gray{0xD0}, Width: vg.Points(0.5)}
			canvas.StrokeLines(border, append(cell, cell[0]))
			if n > maxCountedLabels {
				continue
			}
			text := draw.TextStyle{Color: ink(share, count), Font: sans(12), XAlign: draw.XCenter, YAlign: draw.YCenter,
				Handler: plot.DefaultTextHandler}
			canvas.FillText(text, vg.Point{X: x(float64(column)), Y: y(top - 0.5)}, strconv.Itoa(count))
		}
	}
}

// shade goes from white to a dark blue, even in lightness, so that it reads in
// grey as well.
func shade(share float64) color.Color {
	mix := func(dark float64) uint8 { return uint8(255 + (dark-255)*share + 0.5) }
	return color.NRGBA{mix(0x08), mix(0x45), mix(0x94), 0xFF}
}

// ink is readable on the shade, and pale for 0, which is no news.
func ink(share float64, count int) color.Color {
	switch {
	case count == 0:
		return color.Gray{0xA0}
	case share > 0.5:
		return color.White
	}
	return color.Black
}
