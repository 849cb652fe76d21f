"""Drawings of molecules that are still whole, with what people and pages add to them."""
import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from common import on_white, pick, shaded
from text import latin_font, lines_of


def colour(rng):
    return pick(rng, [(200, 30, 30), (30, 60, 200), (20, 140, 60), (0, 0, 0), (120, 120, 120), (150, 40, 140)])


def ringed(image, rng):
    """A pen goes around a part, once or twice, or strikes under it."""
    w, h = image.size
    values = np.asarray(image).copy()
    for _ in range(pick(rng, [1, 1, 2])):
        centre = (rng.uniform(0.15, 0.85) * w, rng.uniform(0.15, 0.85) * h)
        axes = rng.uniform(0.08, 0.42) * w, rng.uniform(0.06, 0.32) * h
        t = np.linspace(0, 2 * np.pi * rng.uniform(0.9, 1.15), 90)
        wave = 1 + 0.03 * np.sin(3 * t + rng.uniform(0, 6)) + 0.04 * t / 6 * rng.normal()
        points = np.stack([centre[0] + axes[0] * np.cos(t) * wave, centre[1] + axes[1] * np.sin(t) * wave], 1)
        cv2.polylines(values, [points.astype(np.int32)], False, colour(rng), int(rng.integers(1, 4)), cv2.LINE_AA)
    return Image.fromarray(values)


def ruled(image, rng):
    """The sheet has lines, or squares, or a table's."""
    w, h = image.size
    sheet = Image.new("RGB", (w, h), tuple(map(int, rng.integers(225, 256, 3))))
    draw = ImageDraw.Draw(sheet)
    shade = tuple(map(int, rng.integers(110, 220, 3)))
    gap = rng.uniform(0.04, 0.13) * h
    for y in np.arange(rng.uniform(0, gap), h, gap):
        draw.line([(0, y), (w, y)], fill=shade)
    if rng.random() < 0.4:
        for x in np.arange(rng.uniform(0, gap), w, gap):
            draw.line([(x, 0), (x, h)], fill=shade)
    if rng.random() < 0.4:
        x = rng.uniform(0.05, 0.2) * w
        draw.line([(x, 0), (x, h)], fill=colour(rng))
    return Image.fromarray(np.minimum(np.asarray(sheet), np.asarray(image)))


def captioned(image, rng):
    """A line or two of print above or below."""
    w, h = image.size
    size = int(rng.uniform(0.035, 0.06) * max(w, h))
    room = int(size * 1.6)
    lines = [line[:int(rng.integers(8, 40))] for line in lines_of(rng, "/usr/share/games/fortunes/*[a-z]", pick(rng, [1, 1, 2]))]
    sheet = Image.new("RGB", (w, h + room * len(lines)), image.getpixel((0, 0)))
    above = rng.random() < 0.4
    sheet.paste(image, (0, room * len(lines) if above else 0))
    font = ImageFont.truetype(latin_font(rng), max(size, 8))
    for i, line in enumerate(lines):
        ImageDraw.Draw(sheet).text((rng.uniform(0.02, 0.3) * w, room * i + (0 if above else h)), line, font=font, fill="black")
    return sheet


def boxed(image, rng):
    """A box around it, or the corner of a table."""
    w, h = image.size
    draw = ImageDraw.Draw(image)
    inset = rng.uniform(0, 0.03) * w
    sides = [[(inset, 0), (inset, h)], [(w - inset, 0), (w - inset, h)], [(0, inset), (w, inset)], [(0, h - inset), (w, h - inset)]]
    for side in rng.permutation(4)[:pick(rng, [2, 3, 4, 4])]:
        draw.line(sides[side], fill=colour(rng), width=int(rng.integers(1, 3)))
    return image


def washed(image, rng):
    """On a coloured ground that changes across the sheet."""
    w, h = image.size
    corners = rng.uniform(130, 255, (2, 2, 3)).astype(np.float32)
    ground = cv2.resize(corners, (w, h), interpolation=cv2.INTER_LINEAR)
    return Image.fromarray((np.asarray(image) / 255 * ground).astype(np.uint8))


def banded(image, rng):
    """A marker goes over a part."""
    w, h = image.size
    values = np.asarray(image).copy()
    y, tall = int(rng.uniform(0.1, 0.7) * h), int(rng.uniform(0.06, 0.15) * h)
    x, wide = int(rng.uniform(0, 0.5) * w), int(rng.uniform(0.2, 0.6) * w)
    part = values[y:y + tall, x:x + wide]
    values[y:y + tall, x:x + wide] = np.minimum(part, pick(rng, [(255, 240, 60), (140, 250, 120), (130, 215, 250), (255, 180, 90)]))
    return Image.fromarray(values.astype(np.uint8))


MARKS = [ringed, ruled, captioned, boxed, washed, banded, shaded]


def marked(image, rng):
    image = on_white(image)
    room = int(rng.uniform(0, 0.1) * max(image.size))
    sheet = Image.new("RGB", (image.width + 2 * room, image.height + 2 * room), image.getpixel((0, 0)))
    sheet.paste(image, (room, room))
    for mark in rng.permutation(len(MARKS))[:pick(rng, [1, 1, 2])]:
        sheet = MARKS[mark](sheet, rng)
    return sheet


class Marker:
    def __init__(self, drawings):
        self.drawings = drawings

    def __call__(self, rng):
        return marked(self.drawings.one(rng), rng)
