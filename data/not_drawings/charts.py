"""Charts of five programs."""
import io
import json
import subprocess

import cairosvg
import matplotlib
import numpy as np
import pygal
import vl_convert
from PIL import Image

from common import pick, source
from text import finished

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

STYLES = ["default", "default", "classic", "ggplot", "seaborn-v0_8-white", "bmh", "grayscale", "fivethirtyeight", "dark_background"]


@source("chart", "learn")
def matplotlib_chart(rng):
    with plt.style.context(pick(rng, STYLES)):
        polar = rng.random() < 0.08
        figure, axes = plt.subplots(figsize=(rng.uniform(2.5, 6), rng.uniform(2.2, 5)), dpi=100, subplot_kw={"polar": polar})
        n = int(rng.integers(3, 40))
        x = np.sort(rng.uniform(0, 10, n))
        series = int(rng.integers(1, 5))
        how = int(rng.integers(13))
        black = {"color": "black"} if rng.random() < 0.4 else {}
        for s in range(series):
            y = np.cumsum(rng.normal(0, 1, n)) if rng.random() < 0.5 else rng.uniform(0.1, 5) * np.exp(-x / rng.uniform(1, 9)) + rng.normal(0, 0.1, n)
            if how < 4:
                axes.plot(x, y, pick(rng, ["-", "--", "o-", "s-", ":", "^-"]), lw=rng.uniform(0.6, 2.5), **black, label=f"sample {s}")
            elif how == 4:
                axes.scatter(x, y, s=rng.uniform(4, 60), marker=pick(rng, "osx^+"), **black)
            elif how == 5:
                axes.errorbar(x, y, np.abs(rng.normal(0, 0.5, n)), fmt="o-", capsize=3, **black)
            elif how == 6:
                axes.step(x, y, **black)
        if how == 7:
            axes.bar(range(n), rng.uniform(0, 9, n), fill=rng.random() < 0.7, edgecolor="black")
        elif how == 8:
            axes.pie(rng.uniform(1, 5, min(n, 8)), labels=[f"g{i}" for i in range(min(n, 8))],
                     wedgeprops={"fill": rng.random() < 0.6, "edgecolor": "black"})
        elif how == 9:
            axes.hist(rng.normal(0, 1, 300), bins=n, histtype=pick(rng, ["bar", "step"]), **black)
        elif how == 10:
            axes.imshow(rng.normal(0, 1, (n, n)), cmap=pick(rng, ["viridis", "gray", "coolwarm"]))
        elif how == 11:
            grid = np.add.outer(np.sin(np.linspace(0, rng.uniform(2, 9), 40)), np.cos(np.linspace(0, rng.uniform(2, 9), 40)))
            axes.contour(grid, levels=int(rng.integers(4, 14)), **({"colors": "black"} if black else {}))
        elif how == 12:
            axes.boxplot([rng.normal(i, 1, 30) for i in range(min(n, 9))])
        if rng.random() < 0.4:
            axes.grid(True)
        if rng.random() < 0.5:
            axes.set_xlabel("time (s)"), axes.set_ylabel("signal")
        if rng.random() < 0.3:
            axes.set_title("Response by dose")
        if how < 4 and rng.random() < 0.4:
            axes.legend()
        if rng.random() < 0.12:
            axes.axis("off")
        if rng.random() < 0.3 and not polar:
            axes.spines[["top", "right"]].set_visible(False)
        return finished(figure)


@source("chart", "learn")
def pygal_chart(rng):
    kind = pick(rng, [pygal.Line, pygal.Bar, pygal.Pie, pygal.Radar, pygal.XY, pygal.Box, pygal.HorizontalBar, pygal.Dot, pygal.StackedLine, pygal.Gauge])
    style = pick(rng, [pygal.style.DefaultStyle, pygal.style.CleanStyle, pygal.style.LightStyle, pygal.style.RedBlueStyle])
    chart = kind(style=style, show_legend=rng.random() < 0.4, width=500, height=int(rng.integers(300, 500)), fill=rng.random() < 0.3)
    for s in range(int(rng.integers(1, 5))):
        values = [float(v) for v in rng.uniform(0, 10, int(rng.integers(3, 12)))]
        chart.add(f"s{s}", [(i, v) for i, v in enumerate(values)] if kind is pygal.XY else values)
    return Image.open(io.BytesIO(cairosvg.svg2png(bytestring=chart.render())))


GNUPLOT = ["plot '-' with lines notitle", "plot '-' with linespoints notitle", "plot '-' with points pt 7 notitle", "plot '-' with boxes notitle",
           "plot '-' with impulses notitle", "plot '-' with steps notitle", "plot '-' with filledcurves notitle",
           "plot sin(x)*{a} title 'fit', cos({a}*x) title 'model'", "splot sin({a}*x)*cos(y) with lines notitle", "plot [0:9] exp(-x/{a}) lw 2, 1-exp(-x/{a})",
           "set polar; plot 1+sin({a}*t) notitle"]


@source("chart", "judge")
def gnuplot_chart(rng):
    command = pick(rng, GNUPLOT)
    data = "".join(f"{i} {v:.3f}\n" for i, v in enumerate(np.abs(np.cumsum(rng.normal(0.3, 1, int(rng.integers(6, 40))))))) + "e\n"
    mono = "mono" if rng.random() < 0.4 else ""
    script = [f"set term pngcairo {mono} size {rng.integers(280, 640)},{rng.integers(240, 480)} font 'Sans,{rng.integers(8, 14)}'"]
    script += [line for line in ("set grid", "set xlabel 'minutes'; set ylabel 'absorbance'", "set title 'Kinetics'", "unset border",
                                 "set border 3; set tics nomirror", "unset tics") if rng.random() < (0.12 if "unset" in line else 0.35)]
    script.append(command.replace("{a}", f"{rng.uniform(0.5, 4):.2f}"))
    done = subprocess.run(["gnuplot"], input=("\n".join(script) + "\n" + (data if "'-'" in command else "")).encode(), capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout))


@source("chart", "judge")
def vega_chart(rng):
    rows = [{"x": float(i), "y": float(v), "c": pick(rng, "ABCD")} for i, v in enumerate(np.cumsum(rng.normal(0.2, 1, int(rng.integers(6, 40)))))]
    mark = pick(rng, ["line", "bar", "point", "area", "tick", "circle", "square", "arc", "boxplot", "rule"])
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    if mark == "arc":
        encoding = {"theta": {"field": "y", "aggregate": "count"}, "color": {"field": "c", "type": "nominal"}}
    elif mark == "boxplot":
        encoding["x"] = {"field": "c", "type": "nominal"}
    elif rng.random() < 0.4:
        encoding["color"] = {"field": "c", "type": "nominal"}
    spec = {"data": {"values": rows}, "mark": {"type": mark, **({"point": True} if mark == "line" and rng.random() < 0.3 else {})}, "encoding": encoding,
            "width": int(rng.integers(150, 420)), "height": int(rng.integers(120, 320)), "config": {"axis": {"grid": bool(rng.random() < 0.6)}}}
    return Image.open(io.BytesIO(vl_convert.vegalite_to_png(json.dumps(spec), scale=1.2)))
