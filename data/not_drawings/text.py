"""Text: pages, paragraphs, words, tables, code and formulas, in many scripts and fonts."""
import functools
import glob
import io
import os
import subprocess
import tempfile

import cairosvg
import matplotlib
from html import escape
from PIL import Image, ImageDraw, ImageFont

from common import on_white, pick, source

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

SCRIPTS = [
    "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью.",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "人人生而自由在尊严和权利上一律平等他们赋有理性和良心并应以兄弟关系的精神相对待",
    "すべての人間は生まれながらにして自由でありかつ尊厳と権利とについて平等である",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है",
    "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق وقد وهبوا عقلا وضميرا",
]
FORMULAS = ["C6H12O6", "H2SO4", "NaHCO3", "CC(=O)Oc1ccccc1C(=O)O", "C1CCCCC1N", "2 H2 + O2 → 2 H2O", "Ca(OH)2", "BrCC1=CC=CC=C1",
            "p < 0.05", "IC50 = 12 nM", "N/A", "Figure 3", "NO IMAGE", "OH", "Me", "[Na+].[Cl-]", "42", "?", "Table 1", "pKa"]
MATHS = [r"$\int_0^\infty e^{-x^2}dx=\frac{\sqrt{\pi}}{2}$", r"$\sum_{n=1}^{\infty}\frac{1}{n^2}=\frac{\pi^2}{6}$",
         r"$\nabla\times\vec{B}=\mu_0\vec{J}$", r"$\Delta G=\Delta H-T\Delta S$", r"$K=\frac{[C]^c[D]^d}{[A]^a[B]^b}$",
         r"$\hat{H}\psi=E\psi$", r"$x=\frac{-b\pm\sqrt{b^2-4ac}}{2a}$", r"$E=mc^2$", r"$\phi_{i}^{j}\otimes\omega$"]


@functools.cache
def fonts(pattern):
    return sorted(glob.glob(pattern, recursive=True))


def latin_font(rng):
    return pick(rng, [f for f in fonts("/usr/share/fonts/**/*.[to]tf") if not any(
        s in f.lower() for s in ("lohit", "amiri", "math", "symbol", "wqy", "opensymbol", "mathjax"))])


@functools.cache
def corpus(folder):
    lines = []
    for name in fonts(folder):
        if os.path.isfile(name):
            with open(name, encoding="utf-8", errors="ignore") as f:
                lines += [line.strip() for line in f if len(line.strip()) > 3]
    return lines


def lines_of(rng, folder, count):
    lines = corpus(folder)
    at = int(rng.integers(0, max(1, len(lines) - count)))
    return lines[at:at + count]


def sheet(rng, lines, font_path, size=None, spacing=None, align="left"):
    size = size or int(rng.integers(10, 34))
    font = ImageFont.truetype(font_path, size)
    spacing = spacing or size * rng.uniform(0.1, 0.9)
    text = "\n".join(lines)
    draw = ImageDraw.Draw(Image.new("RGB", (8, 8)))
    box = draw.multiline_textbbox((0, 0), text, font=font, spacing=spacing, align=align)
    margin = int(rng.uniform(0.3, 3) * size)
    width, height = min(1500, box[2] + 2 * margin), min(1500, box[3] + 2 * margin)
    if rng.random() < 0.4:
        width = height = max(width, height)
    paper, ink = ("white", "black") if rng.random() < 0.8 else (tuple(map(int, rng.integers(200, 256, 3))), tuple(map(int, rng.integers(0, 120, 3))))
    image = Image.new("RGB", (max(60, int(width)), max(60, int(height))), paper)
    ImageDraw.Draw(image).multiline_text((margin, margin), text, fill=ink, font=font, spacing=spacing, align=align)
    return image


@source("text", "learn")
def pil_paragraph(rng):
    lines = [line[:int(rng.integers(20, 90))] for line in lines_of(rng, "/usr/share/games/fortunes/*[a-z]", int(rng.integers(2, 26)))]
    return sheet(rng, lines, latin_font(rng), align=pick(rng, ["left", "left", "center", "right"]))


@source("text", "learn")
def pil_words(rng):
    words = " ".join(lines_of(rng, "/usr/share/games/fortunes/*[a-z]", 4)).split()
    count = int(rng.integers(1, 7))
    at = int(rng.integers(0, max(1, len(words) - count)))
    per_line = int(rng.integers(1, 4))
    words = words[at:at + count] if rng.random() < 0.6 else [pick(rng, FORMULAS)]
    return sheet(rng, [" ".join(words[i:i + per_line]) for i in range(0, len(words), per_line)], latin_font(rng), int(rng.integers(24, 120)))


@source("text", "learn")
def pil_scattered(rng):
    """Words here and there, as on a slide or a label."""
    side = int(rng.integers(250, 600))
    image = Image.new("RGB", (side, int(side * rng.uniform(0.6, 1.2))), "white")
    draw = ImageDraw.Draw(image)
    words = " ".join(lines_of(rng, "/usr/share/games/fortunes/*[a-z]", 6)).split() + FORMULAS
    for _ in range(int(rng.integers(2, 16))):
        font = ImageFont.truetype(latin_font(rng), int(rng.integers(12, 60)))
        draw.text((rng.uniform(0, 0.8) * side, rng.uniform(0, 0.8) * image.height), pick(rng, words), font=font, fill="black")
    return image


@source("text", "learn")
def pil_scripts(rng):
    text = pick(rng, SCRIPTS)
    path = {"स": "lohit", "ي": "amiri", "人": "wqy", "す": "wqy"}.get(text[0], "dejavu")
    found = [f for f in fonts("/usr/share/fonts/**/*.tt[fc]") if path in f.lower()]
    width = int(rng.integers(5, 40))
    start = int(rng.integers(0, len(text) // 2))
    text = (text + " " + text)[start:start + int(rng.integers(6, len(text)))]
    return sheet(rng, [text[i:i + width] for i in range(0, len(text), width)], pick(rng, found))


@source("text", "learn")
def mathtext(rng):
    figure = plt.figure(figsize=(rng.uniform(3, 6), rng.uniform(2, 5)), dpi=100)
    for i in range(int(rng.integers(1, 5))):
        figure.text(rng.uniform(0.02, 0.3), 0.1 + 0.2 * i, pick(rng, MATHS), fontsize=rng.uniform(14, 34))
    return finished(figure)


def finished(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return Image.open(file)


@functools.cache
def typeset(number):
    """A few pages of manual, as groff sets them."""
    pages = [p for p in fonts("/usr/share/man/man1/*.gz") if os.path.getsize(p) > 4000]
    with tempfile.TemporaryDirectory() as folder:
        device = ["ps", "pdf"][number % 2]
        script = f"zcat {pages[number * 37 % len(pages)]} | groff -k -m{['man', 'an'][number % 2]} -t -e -T{device} > {folder}/page.pdf"
        subprocess.run(script, shell=True, check=False, stderr=subprocess.DEVNULL)
        if device == "ps":
            subprocess.run(f"ps2pdf {folder}/page.pdf {folder}/out.pdf; mv {folder}/out.pdf {folder}/page.pdf", shell=True,
                           check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["pdftoppm", "-r", "110", "-l", "3", "-png", f"{folder}/page.pdf", f"{folder}/p"], check=False, stderr=subprocess.DEVNULL)
        return [Image.open(f).convert("RGB") for f in sorted(glob.glob(f"{folder}/p*.png"))]


@source("text", "judge")
def groff_pages(rng):
    page = None
    while page is None:
        found = typeset(int(rng.integers(24)))
        page = pick(rng, found) if found else None
    w, h = page.size
    cw, ch = int(w * rng.uniform(0.3, 1)), int(h * rng.uniform(0.1, 0.7))
    x, y = int(rng.uniform(0, 0.3) * (w - cw)), int(rng.integers(0, h - ch + 1))
    return page.crop((x, y, x + cw, y + ch))


@source("text", "judge")
def svg_words(rng):
    """Text as CairoSVG lays it out: a heading, a label, a list, a table, code."""
    families = ["Liberation Sans", "Liberation Serif", "Liberation Mono", "FreeSerif", "FreeMono", "Comic Neue", "Humor Sans", "EB Garamond", "Roboto", "Inconsolata"]
    family = pick(rng, families)
    width, height = int(rng.integers(240, 520)), int(rng.integers(160, 460))
    size = pick(rng, [10, 12, 14, 18, 24, 36, 54, 80])
    columns = pick(rng, [1, 1, 1, 2, 3])
    words = lines_of(rng, "/usr/share/common-licenses/*", 60)
    rows, y, at = [], size * 1.5, 0
    most = pick(rng, [1, 2, 4, 40])
    while y < height - 4 and len(rows) < most * columns:
        for c in range(columns):
            word = words[at % len(words)] if columns == 1 else words[at % len(words)].split()[0]
            rows.append(f'<text x="{8 + c * width / columns:.0f}" y="{y:.0f}">{escape(word[:int(width / columns / size * 1.8)])}</text>')
            at += 1
        y += size * rng.uniform(1.3, 1.7)
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="100%" height="100%" fill="white"/>'
           f'<g font-family="{family}" font-size="{size}" font-weight="{pick(rng, ["normal", "bold"])}">{"".join(rows)}</g></svg>')
    return on_white(Image.open(io.BytesIO(cairosvg.svg2png(bytestring=svg.encode()))))
