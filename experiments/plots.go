package experiments

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	_ "gonum.org/v1/plot/vg/vgimg" // registers the format png
	_ "gonum.org/v1/plot/vg/vgsvg" // registers the format svg

	"ringlab/models"
)

const (
	plotWidth   = 8 * vg.Inch
	panelHeight = 3 * vg.Inch
	// plotPoints is how many points of a curve a picture shows.
	plotPoints = 1500
	// markedPoints: curves of up to so many points show where each lies.
	markedPoints = 40
	// maxPlotted bounds the runs and the metrics of one picture.
	maxPlotted = 12
)

// lineColours are of Okabe and Ito, "Color Universal Design", 2008: people who
// see few colours can tell them apart. Dashes and markers differ as well.
var lineColours = [...]color.NRGBA{
	{0x00, 0x72, 0xB2, 0xFF}, {0xD5, 0x5E, 0x00, 0xFF}, {0x00, 0x9E, 0x73, 0xFF},
	{0xCC, 0x79, 0xA7, 0xFF}, {0xE6, 0x9F, 0x00, 0xFF}, {0x56, 0xB4, 0xE9, 0xFF}, {0x00, 0x00, 0x00, 0xFF},
}

func lineColour(i int) color.Color { return lineColours[i%len(lineColours)] }

func lineDashes(i int) []vg.Length {
	switch i % 4 {
	case 1:
		return []vg.Length{vg.Points(6), vg.Points(3)}
	case 2:
		return []vg.Length{vg.Points(1.5), vg.Points(2.5)}
	case 3:
		return []vg.Length{vg.Points(8), vg.Points(3), vg.Points(1.5), vg.Points(3)}
	}
	return nil
}

func lineMarker(i int) draw.GlyphDrawer {
	switch i % 4 {
	case 1:
		return draw.BoxGlyph{}
	case 2:
		return draw.PyramidGlyph{}
	case 3:
		return draw.RingGlyph{}
	}
	return draw.CircleGlyph{}
}

// curve is one line of a picture.
type curve struct {
	label  string
	colour int
	dash   int
	points []Point
}

// panel is one coordinate system of a picture, over epochs.
type panel struct {
	unit   string
	share  bool // values are 0 to 1
	curves []curve
}

// Plot draws metrics of several runs over one another, as png or svg by
// format. Without keys it draws the losses and accuracies. Metrics of one unit
// share a panel. A run has one colour and marker; metrics differ by dash.
func (s *Store) Plot(ctx context.Context, runs []string, keys []string, format string) ([]byte, error) {
	if format != "png" && format != "svg" {
		return nil, fmt.Errorf("plot runs: %.20q is not a picture format: png or svg", format)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("plot runs: name one or more of them: ringlab runs list")
	}
	if len(runs) > maxPlotted || len(keys) > maxPlotted {
		return nil, fmt.Errorf("plot runs: %d runs with %d metrics are more than a picture can show, limit %d of each", len(runs), len(keys), maxPlotted)
	}
	if len(keys) == 0 {
		keys = []string{"loss", "val_loss", "accuracy", "val_accuracy"}
	}
	var panels []panel
	for i, id := range runs {
		run, err := s.Run(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("plot runs: %w", err)
		}
		for _, key := range keys {
			points, err := s.Curve(ctx, id, key, plotPoints)
			if err != nil {
				return nil, err
			}
			if points = drawable(points); len(points) == 0 {
				continue
			}
			p := panelFor(&panels, key)
			c := curve{label: key, colour: i, points: points, dash: keyDash(key, keys)}
			if len(runs) > 1 {
				c.label = fmt.Sprintf("%s %s: %s", run.ID, shorten(run.Name, 24), key)
			} else {
				c.colour = c.dash
			}
			p.curves = append(p.curves, c)
		}
	}
	if len(panels) == 0 {
		return nil, fmt.Errorf("plot runs: none of them has a curve of %s; what a run has: ringlab runs show %s", strings.Join(keys, ", "), runs[0])
	}
	return drawPanels(panels, format)
}

// drawable leaves out what has no place in a picture.
func drawable(points []Point) []Point {
	return slices.DeleteFunc(points, func(p Point) bool { return math.IsNaN(p.Value) || math.IsInf(p.Value, 0) })
}

// panelFor finds or adds the panel of a metric's unit.
func panelFor(panels *[]panel, key string) *panel {
	unit, share := unitOf(key)
	for i := range *panels {
		if (*panels)[i].unit == unit {
			return &(*panels)[i]
		}
	}
	*panels = append(*panels, panel{unit: unit, share: share})
	return &(*panels)[len(*panels)-1]
}

func unitOf(key string) (unit string, share bool) {
	switch key {
	case "loss", "val_loss":
		return "loss (nats)", false
	case "accuracy", "val_accuracy":
		return "accuracy", true
	case "pictures_per_second":
		return "pictures a second", false
	case "cpu_cores":
		return "processor cores in use", false
	case "memory_mib":
		return "memory (MiB)", false
	}
	return key, false
}

// keyDash numbers the metrics of one unit.
func keyDash(key string, keys []string) int {
	unit, _ := unitOf(key)
	n := 0
	for _, k := range keys {
		if k == key {
			break
		}
		if u, _ := unitOf(k); u == unit {
			n++
		}
	}
	return n
}

func shorten(text string, runes int) string {
	r := []rune(text)
	if len(r) <= runes {
		return text
	}
	return string(r[:runes-1]) + "…"
}

// drawPanels draws panels one below another, each with its legend beside it.
func drawPanels(panels []panel, format string) ([]byte, error) {
	height := panelHeight * vg.Length(len(panels))
	canvas, err := draw.NewFormattedCanvas(plotWidth, height, format)
	if err != nil {
		return nil, err
	}
	all := draw.New(canvas)
	all.FillPolygon(color.White, corners(all.Rectangle))

	plots := make([][]*plot.Plot, len(panels))
	legends := make([]plot.Legend, len(panels))
	var legendWidth vg.Length
	for i, p := range panels {
		drawn, legend, err := p.plot(i == len(panels)-1)
		if err != nil {
			return nil, err
		}
		plots[i], legends[i] = []*plot.Plot{drawn}, legend
		legendWidth = max(legendWidth, legend.Rectangle(all).Size().X)
	}
	legendWidth += vg.Points(24)
	tiles := draw.Tiles{Rows: len(panels), Cols: 1, PadX: vg.Points(4), PadY: vg.Points(10),
		PadTop: vg.Points(10), PadBottom: vg.Points(8), PadLeft: vg.Points(8), PadRight: legendWidth}
	for i, row := range plot.Align(plots, tiles, all) {
		plots[i][0].Draw(row[0])
		beside := draw.Canvas{Canvas: all.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: all.Max.X - legendWidth + vg.Points(12), Y: row[0].Min.Y},
			Max: vg.Point{X: all.Max.X - vg.Points(8), Y: row[0].Max.Y},
		}}
		legends[i].Draw(beside)
	}
	var out bytes.Buffer
	_, err = canvas.WriteTo(&out)
	return out.Bytes(), err
}

// plot draws one panel; only the last of a picture names the shared axis.
func (p panel) plot(last bool) (*plot.Plot, plot.Legend, error) {
	drawn := plot.New()
	legend := plot.NewLegend()
	style(drawn)
	legend.TextStyle.Font = sans(10)
	legend.Top, legend.Left = true, true
	legend.ThumbnailWidth = vg.Points(30)
	legend.Padding = vg.Points(3)

	drawn.Y.Label.Text = p.unit
	if last {
		drawn.X.Label.Text = "epoch"
	}
	drawn.X.Tick.Marker = plot.TickerFunc(wholeTicks)
	drawn.Add(grid())
	for _, c := range p.curves {
		xys := make(plotter.XYs, len(c.points))
		for i, point := range c.points {
			xys[i] = plotter.XY{X: float64(point.Step), Y: point.Value}
		}
		line, marks, err := plotter.NewLinePoints(xys)
		if err != nil {
			return nil, legend, err
		}
		line.Color, line.Width, line.Dashes = lineColour(c.colour), vg.Points(1.6), lineDashes(c.dash)
		marks.Color, marks.Shape, marks.Radius = lineColour(c.colour), lineMarker(c.colour), vg.Points(2.4)
		drawn.Add(line)
		if len(c.points) <= markedPoints {
			drawn.Add(marks)
			legend.Add(c.label, line, marks)
		} else {
			legend.Add(c.label, line)
		}
	}
	// A single epoch is a point, and needs room around it.
	if drawn.X.Min == drawn.X.Max {
		drawn.X.Min, drawn.X.Max = drawn.X.Min-1, drawn.X.Max+1
	}
	switch {
	case p.share:
		drawn.Y.Min, drawn.Y.Max = 0, 1
		drawn.Y.Tick.Marker = shareTicks()
	case drawn.Y.Min >= 0:
		drawn.Y.Min = 0 // a loss is read by its distance to 0
		drawn.Y.Max += 0.05 * max(drawn.Y.Max, 1e-9)
	}
	return drawn, legend, nil
}

func grid() *plotter.Grid {
	g := plotter.NewGrid()
	faint := draw.LineStyle{Color: color.Gray{0xE0}, Width: vg.Points(0.5)}
	g.Horizontal, g.Vertical = faint, faint
	return g
}

func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Length(points)}
}

func style(p *plot.Plot) {
	p.Title.TextStyle.Font = sans(13)
	p.Title.Padding = vg.Points(8)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font = sans(11)
		axis.Label.Padding = vg.Points(4)
		axis.Tick.Label.Font = sans(10)
	}
}

func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}

// wholeTicks puts at most about eight ticks on whole numbers: there is no
// epoch 2.5.
func wholeTicks(low, high float64) []plot.Tick {
	step := 1.0
	for factors := []float64{2, 2.5, 2}; (high-low)/step > 8; factors = append(factors[1:], factors[0]) {
		step *= factors[0]
	}
	var ticks []plot.Tick
	for x := math.Ceil(low/step) * step; x <= high; x += step {
		ticks = append(ticks, plot.Tick{Value: x, Label: strconv.FormatFloat(x, 'f', -1, 64)})
	}
	return ticks
}

// shareTicks are at 0, 0.2, … 1.
func shareTicks() plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for fifth := range 6 {
		value := float64(fifth) / 5
		ticks = append(ticks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'f', 1, 64)})
	}
	return ticks
}

// drawArtifacts draws a finished run's curves and confusion matrix and stores
// the pictures. A picture that cannot be drawn is left out: the run is worth
// more. The caller holds artifactsLock.
func (a *attempt) drawArtifacts(ctx context.Context, e models.Evaluation) ([]storedArtifact, error) {
	run := formatRunID(a.lease.run)
	var kept []storedArtifact
	for _, format := range []struct{ name, media string }{{"png", "image/png"}, {"svg", "image/svg+xml"}} {
		for _, picture := range []struct {
			name string
			draw func() ([]byte, error)
		}{
			{"curves", func() ([]byte, error) { return a.store.Plot(ctx, []string{run}, nil, format.name) }},
			{"confusion", func() ([]byte, error) { return drawConfusion(e, format.name) }},
		} {
			content, err := picture.draw()
			if err != nil {
				a.log.Warn("draw picture", "picture", picture.name, "error", err)
				continue
			}
			sum, err := a.store.ws.Blobs().Put(content)
			if err != nil {
				return nil, err
			}
			kept = append(kept, storedArtifact{
				Artifact: Artifact{Name: picture.name + "." + format.name, Media: format.media, Bytes: int64(len(content))},
				blob:     sum,
			})
		}
	}
	return kept, nil
}
