"""What every drawing program needs: the answer's form, paper, pixels, chance."""
import io
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import resvg_py
from PIL import Image

FONTS = {
    "serif": "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
    "sans": "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    "bold": "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf",
    "mono": "/usr/share/fonts/truetype/liberation2/LiberationMono-Regular.ttf",
    "roman": "/usr/share/fonts/truetype/freefont/FreeSerif.ttf",
    "dejavu": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
}


class Drawing(NamedTuple):
    picture: Image.Image  # RGB, on white or on the program's own background
    atoms: list  # coordinates in the program's unit
    bonds: list  # pairs of atom numbers


def rasterise(svg, side, background="#ffffff"):
    """An SVG as a picture whose longer side has that many pixels."""
    head = svg[svg.index("<svg"):][:2000]
    if match := re.search(r"""viewBox=["']([^"']+)""", head):
        width, height = map(float, match.group(1).split()[2:])
    else:
        width, height = (float(re.search(rf"""\b{name}=["']([\d.]+)""", head).group(1)) for name in ("width", "height"))
    options = {"width": side} if width >= height else {"height": side}
    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, background=background, dpi=96, **options)))).convert("RGB")


def from_file(write):
    """The text that write(path) leaves in a file, for programs that only write files."""
    with tempfile.NamedTemporaryFile(suffix=".svg") as file:
        write(file.name)
        return Path(file.name).read_text()


def longer_side(rng, low=200, high=520):
    """Of a picture in pixels: mostly what a page or a list shows, at times up to 1,200."""
    return int(rng.integers(low, high + 1)) if rng.random() < 0.82 else int(np.exp(rng.uniform(np.log(high), np.log(1200))))


def canvas(rng, low=200, high=520):
    """Width and height of the paper: half of the time square, else up to 1:1.9."""
    side = longer_side(rng, low, high)
    ratio = 1 if rng.random() < 0.5 else rng.uniform(0.53, 1)
    short = max(120, int(side * ratio))
    return (side, short) if rng.random() < 0.75 else (short, side)


def pick(rng, *choices):
    return choices[int(rng.integers(len(choices)))]
