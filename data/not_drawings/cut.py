"""Drawings of molecules of which a part lies beyond the edge."""
import glob
import os

import numpy as np
from PIL import Image

from common import on_white, pick


def ink_of(image):
    values = np.asarray(image.convert("L")).astype(np.int32)
    return np.abs(values - np.median(values)) > 60


def cut(image, rng):
    """The picture moved or cropped so that 8 to 65 % of the drawing's ink is gone and strokes run into the edge, or None."""
    ink = ink_of(image)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if ink.sum() < 150 or ink.mean() > 0.3 or not len(rows):
        return None
    w, h = image.size
    left, top, right, bottom = 0, 0, w, h
    bw, bh = columns[-1] - columns[0], rows[-1] - rows[0]
    for side in rng.permutation(4)[:pick(rng, [1, 1, 1, 2, 2, 3])]:
        share = rng.uniform(0.06, 0.5)
        if side == 0:
            left = int(columns[0] + share * bw)
        elif side == 1:
            right = int(columns[-1] - share * bw)
        elif side == 2:
            top = int(rows[0] + share * bh)
        else:
            bottom = int(rows[-1] - share * bh)
    if right - left < 40 or bottom - top < 40:
        return None
    kept = ink[top:bottom, left:right]
    border = [kept[0] if top else [], kept[-1] if bottom < h else [], kept[:, 0] if left else [], kept[:, -1] if right < w else []]
    if not 0.35 < kept.sum() / ink.sum() < 0.92 or sum(int(np.sum(b)) for b in border) < 2:
        return None
    if rng.random() < 0.5:
        return image.crop((left, top, right, bottom))
    # The sheet keeps its size: what remains is moved to the edge.
    sheet = Image.new("RGB", (w, h), image.getpixel((0, 0)))
    x = 0 if left else w - (right - left) if right < w else 0
    y = 0 if top else h - (bottom - top) if bottom < h else 0
    if (left and right < w) or (top and bottom < h):
        return image.crop((left, top, right, bottom))
    sheet.paste(image.crop((left, top, right, bottom)), (x, y))
    return sheet


class Folders:
    """Drawings to take from: each folder of the ingest form as often as any other."""

    def __init__(self, folders):
        self.groups = [sorted(glob.glob(os.path.join(folder, "images", "*.png"))) for folder in folders]

    def one(self, rng):
        return Image.open(pick(rng, pick(rng, self.groups)))


class Cutter:
    def __init__(self, drawings):
        self.drawings = drawings

    def __call__(self, rng):
        while True:
            image = cut(on_white(self.drawings.one(rng)), rng)
            if image is not None:
                return image
