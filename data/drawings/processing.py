"""What the world does to a drawing after a program has drawn it.

A processing is a function of an RGB picture and a numpy Generator, and returns
an RGB picture. None changes how many rings a chemist reads. Marks of people and
pages stand in annotations.py.
"""
import io

import cv2
import numpy as np
from PIL import Image, ImageOps


def array(picture):
    return np.asarray(picture).astype(np.float32)


def picture(values):
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def paper_colour(image):
    """The commonest colour of the border."""
    values = np.asarray(image)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    colours, counts = np.unique(border, axis=0, return_counts=True)
    return tuple(int(v) for v in colours[counts.argmax()])


def scaled(image, side):
    """The picture with a longer side of that many pixels."""
    factor = side / max(image.size)
    size = [max(1, round(s * factor)) for s in image.size]
    return image.resize(size, Image.LANCZOS)


def at_least(image, side):
    return image if max(image.size) >= side else scaled(image, side)


def padded(image, rng, low=0.03, high=0.12):
    margin = int(rng.uniform(low, high) * max(image.size))
    return ImageOps.expand(image, margin, paper_colour(image))


def turned(image, degrees):
    return image.rotate(degrees, Image.BICUBIC, expand=True, fillcolor=paper_colour(image))


def clouds(shape, rng, cells):
    """Smooth noise with mean 0 and deviation 1, of about that many cells a side."""
    small = rng.normal(0, 1, (cells + 2, cells + 2)).astype(np.float32)
    return cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def blurred(values, sigma):
    return cv2.GaussianBlur(values, (0, 0), sigma) if sigma > 0.15 else values


def as_jpeg(image, quality):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(quality))
    return Image.open(file).convert("RGB")


def thickened(values, radius):
    """Dark strokes grow by that radius in pixels; a fraction is a share of the next step."""
    whole, part = int(radius), radius - int(radius)
    disc = lambda r: cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    grown = cv2.erode(values, disc(whole)) if whole else values
    if part > 0.05:
        grown = (1 - part) * grown + part * cv2.erode(values, disc(whole + 1))
    return grown


def inked(grey, rng, grain=0.0):
    """Which pixels are ink to a scanner that knows only black and white, and was set with some care.

    grain: deviation of the noise that its sensor adds before it decides.
    """
    paper = np.median(grey)
    ink = grey[grey < paper - 50]
    stroke = np.percentile(ink, 30) if ink.size else 0
    threshold = paper - max(3.2 * grain, rng.uniform(0.3, 0.6) * (paper - stroke))
    return grey + rng.normal(0, grain, grey.shape) < threshold


# For training

def plain(image, rng):
    """As the program drew it."""
    return image


def scan(image, rng):
    """Printed and scanned in grey or colour: skew, blur, grain, a paper that is not white."""
    image = turned(padded(at_least(image, 300), rng), rng.normal(0, 1.5))
    values = array(image)
    values = blurred(values, rng.uniform(0.4, 1.1))
    if rng.random() < 0.5:
        values = np.repeat(values.mean(2, keepdims=True), 3, 2)
    low, high = rng.uniform(0, 70), rng.uniform(215, 255)
    values = low + values * (high - low) / 255
    values += clouds(values.shape, rng, int(rng.integers(2, 7)))[..., None] * rng.uniform(0, 5)
    values += rng.normal(0, rng.uniform(1, 9), values.shape[:2])[..., None]
    return as_jpeg(picture(values), rng.integers(55, 95)) if rng.random() < 0.6 else picture(values)


def scan_bw(image, rng):
    """Scanned to one bit: no grey, ragged strokes, specks and pinholes."""
    image = turned(padded(at_least(image, 380), rng), rng.normal(0, 1.2))
    bits = inked(blurred(array(image).mean(2), rng.uniform(0.4, 0.9)), rng, rng.uniform(2, 20))
    specks = rng.random(bits.shape) < 10 ** rng.uniform(-5, -3.2)
    bits |= cv2.dilate(specks.astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    return picture(np.repeat(np.where(bits, 0, 255)[..., None], 3, 2))


def jpeg(image, rng):
    """Saved as a poor JPEG, once or twice, on its way."""
    for _ in range(int(rng.integers(1, 3))):
        image = as_jpeg(image, rng.integers(6, 40))
    return image


def small(image, rng):
    """A thumbnail, perhaps enlarged again."""
    low = scaled(image, int(rng.integers(140, 220)))
    if rng.random() < 0.5:
        low = low.resize([2 * s for s in low.size], [Image.BILINEAR, Image.NEAREST, Image.BICUBIC][int(rng.integers(3))])
    return low


def thick(image, rng):
    """A fat pen, or ink that spread."""
    return picture(thickened(array(at_least(image, 320)), rng.uniform(0.5, 1.6)))


def faint(image, rng):
    """Pale: a dry cartridge or a hard pencil."""
    values = blurred(array(image), rng.uniform(0, 0.6))
    paper = rng.uniform(225, 255)
    return picture(paper - (255 - values) * rng.uniform(0.22, 0.55))


def dark(image, rng):
    """Light on dark: inverted, or a program's dark theme."""
    values = 255 - array(image)
    if rng.random() < 0.6:  # hues as they were
        light = values.mean(2, keepdims=True)
        values = np.clip(light + (light - values), 0, 255)
    ground = np.array([rng.uniform(0, 60)] * 3) + rng.uniform(0, 25, 3)
    return picture(ground + values * (255 - ground) / 255)


def tinted(image, rng):
    """Coloured paper, or ink of one colour."""
    values = array(image)
    if rng.random() < 0.4:
        ink = rng.uniform(0, 150, 3)
        values = ink + values.mean(2, keepdims=True) / 255 * (255 - ink)
    paper = rng.uniform(165, 255, 3)
    return picture(values * paper / 255)


def aliased(image, rng):
    """Without antialiasing, as old programs draw."""
    image = at_least(image, 320)
    bits = inked(array(image).mean(2), rng)
    return picture(np.repeat(np.where(bits, 0, 255)[..., None], 3, 2))


def roomy(image, rng):
    """A small drawing somewhere on a large paper."""
    low = scaled(image, int(rng.integers(200, 300)))
    paper = Image.new("RGB", [int(s * rng.uniform(1.2, 1.9)) for s in low.size], paper_colour(low))
    paper.paste(low, [int(rng.uniform(0, p - s + 1)) for p, s in zip(paper.size, low.size)])
    return paper


def tight(image, rng):
    """Cut close around the ink."""
    values = np.abs(array(image) - np.array(paper_colour(image))).max(2) > 40
    rows, columns = np.flatnonzero(values.any(1)), np.flatnonzero(values.any(0))
    if not len(rows):
        return image
    gap = int(rng.integers(1, 5))
    return ImageOps.expand(image.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)), gap, paper_colour(image))


def stretched(image, rng):
    """Wider or higher than it was, as a careless layout makes it."""
    factor = rng.uniform(1.12, 1.4)
    width, height = image.size
    return image.resize((int(width * factor), height) if rng.random() < 0.5 else (width, int(height * factor)), Image.BICUBIC)


def noisy(image, rng):
    """Grain, or grains of salt and pepper, of a poor camera or line."""
    values = array(image)
    if rng.random() < 0.5:
        values = values + rng.normal(0, rng.uniform(8, 35), values.shape if rng.random() < 0.5 else values.shape[:2] + (1,))
    else:
        where = rng.random(values.shape[:2])
        share = rng.uniform(0.002, 0.02)
        values[where < share] = 0
        values[where > 1 - share] = 255
    return picture(values)


def rotated(image, rng):
    """At any angle, as pasted on a poster."""
    return turned(image, rng.uniform(-180, 180))


def out_of_focus(image, rng):
    """Blurred, for the size that it has."""
    return picture(blurred(array(image), rng.uniform(0.002, 0.0055) * max(image.size)))


# Held for development

def photo(image, rng):
    """Photographed from a page: perspective, shadow, warm light, slight defocus."""
    image = padded(at_least(image, 420), rng, 0.08, 0.2)
    values = array(image)
    height, width = values.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    moved = corners + rng.uniform(-0.07, 0.07, (4, 2)).astype(np.float32) * [width, height]
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    values = cv2.warpPerspective(values, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=tuple(float(v) for v in paper_colour(image)))
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 - rng.uniform(0.1, 0.4) * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) + 0.5)
    edge = rng.uniform(0.2, 0.8) + 0.08 * clouds(values.shape, rng, 2)
    light *= 1 - rng.uniform(0, 0.35) / (1 + np.exp(-(x * np.sin(angle) - y * np.cos(angle) + 0.3 - edge) * 25))
    values = values * light[..., None] * np.array([1, rng.uniform(0.94, 1), rng.uniform(0.82, 0.98)])
    values = blurred(values, rng.uniform(0.5, 1.2)) * rng.uniform(0.8, 1) + rng.normal(0, rng.uniform(2, 6), values.shape)
    return as_jpeg(picture(values + rng.uniform(0, 25)), rng.integers(45, 90))


def slide(image, rng):
    """On a presentation's ground that runs from one colour to another."""
    values = array(image)
    height, width = values.shape[:2]
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = np.clip(np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) + 0.5, 0, 1)[..., None]
    first, second = rng.uniform(150, 255, 3), rng.uniform(150, 255, 3)
    return picture(values * (first * ramp + second * (1 - ramp)) / 255)


# Held for the test

def fax(image, rng):
    """Sent by fax: one bit, few lines, some of them lost."""
    image = padded(at_least(image, 520), rng, 0.02, 0.06)
    width, height = image.size
    fine = rng.random() < 0.5
    grey = array(image.resize((int(width * 0.95), int(height * (0.9 if fine else 0.5))), Image.BOX)).mean(2)
    bits = grey + rng.normal(0, 12, grey.shape) < rng.uniform(165, 215)
    for row in np.flatnonzero(rng.random(len(bits)) < 0.012):
        bits[row] = bits[row - 1] if rng.random() < 0.7 else rng.random(bits.shape[1]) < 0.15
    grey = np.where(bits, 0, 255).astype(np.uint8)
    return Image.fromarray(grey).resize((width, height), Image.NEAREST).convert("RGB")


def photocopy(image, rng):
    """A copy of a copy: strokes fill and fray, the edge of the glass is dark, dirt."""
    image = padded(at_least(image, 440), rng, 0.05, 0.12)
    for _ in range(int(rng.integers(2, 4))):
        image = turned(image, rng.normal(0, 0.8))
        grey = blurred(array(image).mean(2), rng.uniform(0.7, 1.2))
        grey = grey + rng.normal(0, 10, grey.shape) + 10 * clouds(grey.shape, rng, 5)
        grey = 255 / (1 + np.exp(-(grey - rng.uniform(140, 200)) / 14))
        image = picture(np.repeat(grey[..., None], 3, 2))
    values = array(image)
    height, width = values.shape[:2]
    for _ in range(int(rng.integers(2, 14))):  # dirt
        at = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(values, at, int(rng.integers(1, 3)), (20, 20, 20), -1)
    edge = int(rng.uniform(0.005, 0.03) * width)
    if rng.random() < 0.6 and edge:
        values[:, :edge] = rng.uniform(0, 60)
    return picture(values)


def halftone(image, rng):
    """A newspaper's raster of dots, or a dithered palette."""
    image = at_least(image, 480)
    if rng.random() < 0.4:
        tinted_paper = picture(array(image) * rng.uniform(200, 245, 3) / 255)
        return tinted_paper.quantize(int(rng.integers(6, 17)), dither=Image.FLOYDSTEINBERG).convert("RGB")
    grey = blurred(array(image).mean(2), 0.7) * rng.uniform(0.8, 0.95)
    y, x = np.mgrid[0:grey.shape[0], 0:grey.shape[1]]
    angle, period = np.pi / 4 + rng.normal(0, 0.1), rng.uniform(3.0, 4.5)
    u, v = (x * np.cos(angle) + y * np.sin(angle)) / period, (y * np.cos(angle) - x * np.sin(angle)) / period
    screen = 127 + 64 * (np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v))
    bits = grey > screen * 0.75 + 20
    return picture(blurred(np.repeat(np.where(bits, 250.0, 25.0)[..., None], 3, 2), rng.uniform(0.3, 0.8)))


def worn(image, rng):
    """Strokes with gaps: a dry pen, a worn plate, a crease in the paper."""
    image = at_least(image, 420)
    values = array(image)
    paper = np.array(paper_colour(image), np.float32)
    holes = clouds(values.shape, rng, int(rng.integers(28, 55))) > rng.uniform(1.5, 1.9)
    values = np.where(blurred(holes.astype(np.float32), 0.6)[..., None] > 0.5, paper, values)
    height, width = values.shape[:2]
    for _ in range(int(rng.integers(0, 3))):
        a, b = (int(rng.integers(width)), 0), (int(rng.integers(width)), height)
        if rng.random() < 0.5:
            a, b = (0, int(rng.integers(height))), (width, int(rng.integers(height)))
        cv2.line(values, a, b, tuple(float(v) for v in paper), int(rng.integers(1, 4)), cv2.LINE_AA)
    return picture(values)


# What leaves each place of a drawing at its share of the width and height.
STAYS = {"plain", "jpeg", "small", "thick", "faint", "dark", "tinted", "aliased", "stretched", "noisy", "out-of-focus", "slide", "halftone", "worn"}

TRAIN = {f.__name__.replace("_", "-"): f for f in (plain, scan, scan_bw, jpeg, small, thick, faint, dark, tinted, aliased, roomy, tight, stretched, noisy, rotated, out_of_focus)}
DEV = {f.__name__: f for f in (photo, slide)}
TEST = {f.__name__: f for f in (fax, photocopy, halftone, worn)}
