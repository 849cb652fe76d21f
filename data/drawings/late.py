"""Processings of the set `last`, which was made after failures on the set `test` had been looked at.

Functions like those of processing.py.
"""
import cv2
import numpy as np
from PIL import Image, ImageDraw

from annotations import PRINT, font, with_room, words
from processing import array, as_jpeg, at_least, blurred, clouds, padded, paper_colour, picture, scaled, thickened


def chalkboard(image, rng):
    """White chalk on a board: rough strokes, the dust of what was wiped away."""
    image = padded(at_least(image, 420), rng, 0.04, 0.12)
    ink = 1 - thickened(array(image).mean(2), rng.uniform(0.5, 1.2)) / 255
    grain = np.clip(0.75 + 0.35 * rng.normal(0, 1, ink.shape), 0.15, 1)
    chalk = blurred(np.clip(1.4 * ink, 0, 1) * blurred(grain, 0.6), 0.5)
    board = np.array([(38, 66, 52), (45, 48, 50), (30, 52, 70)][int(rng.integers(3))], np.float32)
    dust = np.clip(14 + 9 * clouds(ink.shape, rng, 6), 0, 45)[..., None]
    values = board + dust + rng.normal(0, 3, ink.shape)[..., None]
    return picture(values + chalk[..., None] * (np.array([240, 240, 228]) - values))


def screen(image, rng):
    """A phone's picture of a screen: its pixels, a beat of stripes, a cold light from one side."""
    image = padded(at_least(image, 440), rng, 0.03, 0.1)
    values = array(image)
    height, width = values.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    angle, period = rng.normal(0, 0.2), rng.uniform(2.4, 6)
    beat = np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    slow = np.cos(2 * np.pi * (x * np.sin(angle + 1) + y * np.cos(angle + 1)) / (rng.uniform(0.08, 0.3) * width))
    colours = np.stack([np.cos(2 * np.pi * (x / period + shift)) for shift in (0, 1 / 3, 2 / 3)], 2)
    light = 1 - rng.uniform(0, 0.25) * x / width
    values = values * (1 + 0.05 * beat + 0.04 * slow)[..., None] * light[..., None] + 7 * colours
    values = blurred(values * np.array([rng.uniform(0.86, 0.95), rng.uniform(0.93, 1), 1]), rng.uniform(0.5, 0.9))
    return as_jpeg(picture(values * 0.93 + 8), rng.integers(60, 92))


def crumpled(image, rng):
    """On paper that was crumpled and smoothed: folds with a light and a dark side, bent strokes."""
    image = padded(at_least(image, 440), rng, 0.06, 0.14)
    values = array(image)
    height, width = values.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    relief = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(6, 14))):
        angle, at = rng.uniform(0, np.pi), rng.uniform(0.1, 0.9)
        distance = (x - at * width) * np.cos(angle) + (y - rng.uniform(0.1, 0.9) * height) * np.sin(angle)
        relief += np.abs(distance) * rng.uniform(-0.12, 0.12)
    relief = blurred(relief, 1.5)
    slope_y, slope_x = np.gradient(relief)
    moved = cv2.remap(values, x + 7 * blurred(slope_x, 6), y + 7 * blurred(slope_y, 6), cv2.INTER_CUBIC, borderValue=tuple(float(v) for v in paper_colour(image)))
    light = np.clip(1 - 0.7 * (slope_x * 0.8 + slope_y * 0.6), 0.7, 1.12)
    return picture(moved * light[..., None] * rng.uniform(0.88, 0.97) + rng.normal(0, 2, (height, width))[..., None])


def show_through(image, rng):
    """The print of the other side of a thin page shines through, mirrored and pale."""
    image = padded(at_least(image, 420), rng, 0.03, 0.1)
    back = Image.new("RGB", image.size, "white")
    canvas, size = ImageDraw.Draw(back), max(image.size) * rng.uniform(0.028, 0.045)
    for line in range(int(image.height / (1.5 * size)) + 1):
        text = "  ".join(words(rng) for _ in range(9))
        canvas.text((-size * rng.uniform(0, 3), line * 1.5 * size), text, font=font(rng, size), fill=(0, 0, 0))
    pale = 255 - (255 - blurred(array(back)[:, ::-1].mean(2), 1.3)) * rng.uniform(0.1, 0.24)
    return picture(np.minimum(array(image) * 0.97, array(image) * pale[..., None] / 255))


def page(image, rng):
    """Cut out of a page: lines of its text above and below, in part at the side."""
    image = at_least(image, 340)
    size = max(image.size) * rng.uniform(0.032, 0.045)
    top, bottom = (int(rng.integers(0, 4)) for _ in range(2))
    top += top == bottom == 0
    room = 1.4 * size / max(image.size)
    sheet = with_room(image, rng, top=top * room, bottom=bottom * room, left=rng.uniform(0, 0.05), right=rng.uniform(0, 0.05))
    canvas, script = ImageDraw.Draw(sheet), font(rng, size)
    rows = [0.15 * size + 1.4 * size * i for i in range(top)] + [sheet.height - 1.4 * size * (i + 1) for i in range(bottom)]
    for y in rows:
        text = " ".join(rng.choice("the of was with to and compound reaction mixture stirred yield ring solution under room temperature hours product gave white solid treated acid".split(), 16))
        canvas.text((-size * rng.uniform(0, 4), y), text, font=script, fill=(10, 10, 10))
    return sheet


def pencilled(image, rng):
    """In pencil on rough paper, smudged here and there."""
    image = padded(at_least(image, 440), rng, 0.03, 0.1)
    ink = 1 - thickened(array(image).mean(2), rng.uniform(0.3, 1.2)) / 255
    tooth = blurred(rng.normal(0, 1, ink.shape), 0.8) * 2
    graphite = ink * np.clip(0.62 + 0.4 * tooth, 0.05, 1) * rng.uniform(0.6, 0.9)
    smudge = blurred(ink, 0.012 * max(image.size)) * np.clip(clouds(ink.shape, rng, 4), 0, 1) * rng.uniform(0.2, 0.7)
    paper = rng.uniform(232, 250) + 2.5 * tooth
    return picture((paper * (1 - np.clip(graphite + 0.5 * smudge, 0, 0.9)))[..., None] * np.array([1, 1, rng.uniform(0.95, 1)]))


LAST = {f.__name__.replace("_", "-"): f for f in (chalkboard, screen, crumpled, show_through, page, pencilled)}
