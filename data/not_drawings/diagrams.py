"""Circuits and flow diagrams: boxes, symbols, lines between them."""
import glob
import io
import math
import os
import subprocess
import tempfile

import schemdraw
import schemdraw.elements as elm
import schemdraw.flow as flow
import schemdraw.logic as logic
from PIL import Image, ImageDraw, ImageFont

from common import pick, source

schemdraw.use("svg")
WORDS = ["start", "read", "mix", "heat 2 h", "filter", "wash", "dry", "store", "check", "yes", "no", "HPLC", "assay", "screen", "lead", "hit", "A", "B", "x1", "Q7", "end", "node"]
PARTS = ["Resistor", "Capacitor", "Inductor", "Inductor2", "Diode", "LED", "SourceV", "SourceI", "Battery", "Switch", "Lamp", "Fuse", "Potentiometer", "Zener", "Crystal", "Line"]


def png(drawing, rng):
    import cairosvg
    return Image.open(io.BytesIO(cairosvg.svg2png(bytestring=drawing.get_imagedata("svg"), scale=rng.uniform(0.8, 1.6))))


@source("diagram", "learn")
def schemdraw_circuit(rng):
    with schemdraw.Drawing(show=False) as d:
        d.config(unit=rng.uniform(2, 3.5), lw=rng.uniform(0.8, 2.5), fontsize=float(rng.integers(8, 16)))
        labels = rng.random() < 0.6
        part = lambda: getattr(elm, pick(rng, PARTS))()
        label = lambda e: e.label(pick(rng, ["R1", "C2", "10kΩ", "L", "5V", "47µF", "D3", "Vin"])) if labels else e
        for _ in range(int(rng.integers(1, 4))):
            d += label(part().up())
            for _ in range(int(rng.integers(1, 4))):
                d += label(part().right())
                if rng.random() < 0.4:
                    d.push()
                    d += label(part().down())
                    if rng.random() < 0.6:
                        d += elm.Ground()
                    d.pop()
            d += label(part().down())
            if rng.random() < 0.4:
                d += elm.Ground()
            if rng.random() < 0.3:
                d += elm.Opamp().right()
            if rng.random() < 0.2:
                d += elm.BjtNpn().right()
    return png(d, rng)


@source("diagram", "learn")
def schemdraw_logic(rng):
    with schemdraw.Drawing(show=False) as d:
        d.config(unit=rng.uniform(0.6, 1.5), lw=rng.uniform(0.8, 2))
        for row in range(int(rng.integers(1, 4))):
            d += getattr(logic, pick(rng, ["And", "Or", "Xor", "Nand", "Nor"]))().at((0, -3 * row)).right()
            for _ in range(int(rng.integers(1, 4))):
                d += logic.Line().right()
                d += getattr(logic, pick(rng, ["And", "Or", "Not", "Nand", "Buf"]))().right()
    return png(d, rng)


@source("diagram", "learn")
def schemdraw_flow(rng):
    with schemdraw.Drawing(show=False) as d:
        d.config(fontsize=float(rng.integers(8, 14)), unit=rng.uniform(0.5, 1.5), lw=rng.uniform(0.8, 2))
        for i in range(int(rng.integers(2, 6))):
            box = pick(rng, [flow.Box, flow.Decision, flow.Start, flow.RoundBox, flow.Data, flow.Subroutine])
            d += box(w=rng.uniform(2.5, 4), h=rng.uniform(1.2, 2)).label(pick(rng, WORDS)).drop(pick(rng, ["S", "S", "E"]))
            d += (flow.Arrow().down() if rng.random() < 0.6 else flow.Arrow().right())
        d += flow.Circle(r=0.6).label("end")
    return png(d, rng)


def dot_source(rng, directed):
    n = int(rng.integers(4, 16))
    shape = pick(rng, ["box", "ellipse", "circle", "diamond", "plaintext", "box", "point", "hexagon", "record", "none"])
    edge = "->" if directed else "--"
    rows = [f'n{i} [label="{pick(rng, WORDS)}"]' for i in range(n)]
    rows += [f"n{int(rng.integers(0, i))} {edge} n{i}" for i in range(1, n)]
    rows += [f"n{int(rng.integers(n))} {edge} n{int(rng.integers(n))}" for _ in range(int(rng.integers(0, n // 2)))]
    options = f'graph [rankdir={pick(rng, ["TB", "LR"])} splines={pick(rng, ["true", "line", "ortho", "polyline"])} overlap=false dpi={rng.integers(50, 90)}]'
    options += f' node [shape={shape} fontname="Sans" {pick(rng, ["", "style=filled fillcolor=lightgrey", "style=rounded", "fixedsize=true width=.4"])}]'
    return ("digraph" if directed else "graph") + " G {" + options + ";" + ";".join(rows) + "}"


def graphviz(program, text):
    done = subprocess.run([program, "-Tpng"], input=text.encode(), capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout))


@source("diagram", "learn")
def graphviz_dot(rng):
    return graphviz("dot", dot_source(rng, True))


@source("diagram", "learn")
def graphviz_net(rng):
    while True:
        try:
            return graphviz(pick(rng, ["neato", "fdp", "circo", "twopi"]), dot_source(rng, rng.random() < 0.4))
        except subprocess.CalledProcessError:  # some layouts make Debian's Graphviz stop
            pass


def groff_picture(text):
    """Sets a pic program with groff, and cuts the page to what was drawn."""
    with tempfile.TemporaryDirectory() as folder:
        page = subprocess.run(["groff", "-p", "-Tpdf", "-P-p8i,8i"], input=text.encode(), capture_output=True, check=True).stdout
        with open(f"{folder}/p.pdf", "wb") as f:
            f.write(page)
        subprocess.run(["pdftoppm", "-r", "80", "-l", "1", "-png", f"{folder}/p.pdf", f"{folder}/p"], check=True)
        image = Image.open(glob.glob(f"{folder}/p*.png")[0]).convert("RGB")
    box = image.convert("L").point(lambda v: 255 * (v < 200)).getbbox()
    return image.crop((box[0] - 12, box[1] - 12, box[2] + 12, box[3] + 12))


@source("diagram", "judge")
def pic_flow(rng):
    lines = [".PS", f"boxwid={rng.uniform(.6, 1):.2f}; boxht={rng.uniform(.3, .6):.2f}; movewid=.3; arrowht=.1; linewid={rng.uniform(.3, .6):.2f}; lineht=linewid"]
    lines.append(pick(rng, ["right", "down"]))
    for i in range(int(rng.integers(2, 6))):
        lines.append(f'{pick(rng, ["box", "ellipse", "circle", "box rad .1", "box dashed"])} "{pick(rng, WORDS)}"')
        if rng.random() < 0.3:
            lines.append(f'[ down; arrow; box "{pick(rng, WORDS)}" ] with .n at last box.s' if any("box" in row for row in lines[3:]) else "")
        lines.append(pick(rng, ["arrow", "arrow", "line", f'arrow "{pick(rng, WORDS)}" above']))
    lines += [f'box "{pick(rng, WORDS)}"', ".PE"]
    return groff_picture("\n".join(lines) + "\n")


def zigzag(draw, a, b, width, teeth):
    (x0, y0), (x1, y1) = a, b
    length = math.hypot(x1 - x0, y1 - y0)
    nx, ny = -(y1 - y0) / length, (x1 - x0) / length
    points = [a]
    for i in range(teeth):
        t, s = 0.3 + 0.4 * (i + 0.5) / teeth, (1 if i % 2 else -1) * length * 0.1
        points.append((x0 + (x1 - x0) * t + nx * s, y0 + (y1 - y0) * t + ny * s))
    cut = lambda t: (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t)
    draw.line([a, cut(0.3)] + points[1:] + [cut(0.7), b], fill="black", width=width)


def symbol(draw, rng, a, b, width):
    (x0, y0), (x1, y1) = a, b
    length = math.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    at = lambda t, s=0.0: (x0 + (x1 - x0) * t - uy * s * length, y0 + (y1 - y0) * t + ux * s * length)
    how = int(rng.integers(7))
    if how == 0:
        return zigzag(draw, a, b, width, int(rng.integers(5, 9)))
    if how == 1:  # two plates
        draw.line([a, at(.46)], fill="black", width=width), draw.line([at(.54), b], fill="black", width=width)
        draw.line([at(.46, -.15), at(.46, .15)], fill="black", width=width), draw.line([at(.54, -.15), at(.54, .15)], fill="black", width=width)
    elif how == 2:  # box
        draw.line([a, at(.3)], fill="black", width=width), draw.line([at(.7), b], fill="black", width=width)
        draw.polygon([at(.3, -.08), at(.7, -.08), at(.7, .08), at(.3, .08)], outline="black", width=width)
    elif how == 3:  # source
        r = length * 0.16
        draw.line([a, at(.34)], fill="black", width=width), draw.line([at(.66), b], fill="black", width=width)
        cx, cy = at(.5)
        draw.ellipse([cx - r, cy - r, cx + r, cy + r], outline="black", width=width)
    elif how == 4:  # diode
        draw.line([a, b], fill="black", width=width)
        draw.polygon([at(.4, -.12), at(.4, .12), at(.6)], outline="black", fill=pick(rng, [None, "black"]))
        draw.line([at(.6, -.12), at(.6, .12)], fill="black", width=width)
    elif how == 5:  # switch
        draw.line([a, at(.35)], fill="black", width=width), draw.line([at(.65), b], fill="black", width=width), draw.line([at(.35), at(.62, -.16)], fill="black", width=width)
    else:
        draw.line([a, b], fill="black", width=width)


@source("diagram", "judge")
def grid_circuit(rng):
    """Symbols along the edges of a grid."""
    columns, rows, cell = int(rng.integers(2, 5)), int(rng.integers(2, 4)), int(rng.integers(70, 130))
    width, margin = int(rng.integers(1, 4)), 40
    image = Image.new("RGB", ((columns - 1) * cell + 2 * margin, (rows - 1) * cell + 2 * margin), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf", int(rng.integers(11, 18)))
    at = lambda c, r: (margin + c * cell, margin + r * cell)
    for c in range(columns):
        for r in range(rows):
            for dc, dr in ((1, 0), (0, 1)):
                if c + dc < columns and r + dr < rows and rng.random() < 0.75:
                    symbol(draw, rng, at(c, r), at(c + dc, r + dr), width)
                    if rng.random() < 0.4:
                        x, y = at(c + dc / 2, r + dr / 2)
                        draw.text((x + 10, y - 26 if dc else y), pick(rng, ["R1", "C4", "1k", "L2", "V", "D1"]), fill="black", font=font)
            if rng.random() < 0.2:
                x, y = at(c, r)
                draw.ellipse([x - 4, y - 4, x + 4, y + 4], fill="black")
    return image


@source("diagram", "judge")
def mscgen_sequence(rng):
    names = [pick(rng, WORDS).replace(" ", "_") + str(i) for i in range(int(rng.integers(2, 5)))]
    rows = [f'{pick(rng, names)} {pick(rng, ["=>", "->", ">>", "=>>"])} {pick(rng, names)} [label="{pick(rng, WORDS)}"];' for _ in range(int(rng.integers(2, 10)))]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mscgen", "-T", "png", "-o", f"{folder}/m.png"], input=("msc { width=400; " + ",".join(names) + ";\n" + "\n".join(rows) + "}").encode(),
                       check=True, capture_output=True)
        return Image.open(f"{folder}/m.png").convert("RGB")


_plantuml = []


def plantuml_batch(rng, count=60):
    """PlantUML takes seconds to start, so that it draws many at once."""
    with tempfile.TemporaryDirectory() as folder:
        for i in range(count):
            words = [pick(rng, WORDS) for _ in range(7)]
            body = [
                "start\n:%s;\nif (%s?) then (yes)\n:%s;\nelse (no)\n:%s;\nendif\n:%s;\nstop" % tuple(words[:5]),
                "[*] --> S1\nS1 --> S2 : %s\nS2 --> S1 : %s\nS2 --> [*]\nS1 : %s" % tuple(words[:3]),
                "class Foo {\n+%s()\n-%s\n}\nclass Bar\nFoo <|-- Bar\nBar o-- Baz" % tuple(w.replace(" ", "") for w in words[:2]),
                "actor A\nA -> B : %s\nB --> A : %s\nnote right : %s" % tuple(words[:3]),
                "[%s] --> [%s]\n[%s] ..> [z%s]\ndatabase D\n[z%s] --> D" % (words[0], words[1], words[0], words[2], words[2]),
            ][int(rng.integers(5))]
            mono = "skinparam monochrome true\n" if rng.random() < 0.5 else ""
            with open(f"{folder}/d{i:03}.puml", "w") as f:
                f.write(f"@startuml\nskinparam shadowing {pick(rng, ['true', 'false'])}\n{mono}{body}\n@enduml\n")
        subprocess.run(["plantuml", "-tpng", f"{folder}/*.puml"], check=False, capture_output=True, env={**os.environ, "JAVA_TOOL_OPTIONS": "-Djava.awt.headless=true"})
        return [Image.open(f).convert("RGB").copy() for f in sorted(glob.glob(f"{folder}/*.png"))]


@source("diagram", "judge")
def plantuml(rng):
    if not _plantuml:
        _plantuml.extend(plantuml_batch(rng))
    return _plantuml.pop()
