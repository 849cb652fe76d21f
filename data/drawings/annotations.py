"""What people and pages write around and on a drawing. None of it is a ring.

Functions like those of processing.py: an RGB picture and a numpy Generator in,
an RGB picture out.
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

import sketch
from processing import array, at_least, paper_colour, picture

PRINT = ["/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf", "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf",
         "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"]
WORDS = "yield ref target lead new! check purity active batch sample why? OK hit assay salt kept repeat inactive stable ask toxic series fig. note".split()


def font(rng, size, by_hand=False):
    name = sketch.hand_font(rng) if by_hand else PRINT[int(rng.integers(len(PRINT)))]
    return ImageFont.truetype(name, max(8, int(size)))


def words(rng):
    """A few words of the kind that stand beside a structure."""
    number, letter = int(rng.integers(1, 99)), "abcdefgh"[int(rng.integers(8))]
    forms = [f"{number}", f"({number})", f"{number}{letter}", f"Compound {number}", f"Fig. {number}", f"IC50 = {number} nM", f"{number} %", f"Scheme {number}",
             f"CPD-{number:05d}", f"MW {number * 7 + 90}.{number % 10}", f"{number} mg", " ".join(rng.choice(WORDS, 2)), f"R = {'H Me Et Ph Bn'.split()[int(rng.integers(5))]}"]
    return forms[int(rng.integers(len(forms)))]


def pen_colour(rng):
    choices = [(200, 30, 30), (30, 60, 180), (20, 20, 20), (20, 130, 60), (210, 100, 0), (130, 40, 150)]
    return choices[int(rng.integers(len(choices)))]


def ink_box(image):
    """The box around what is not paper: left, top, right, bottom."""
    ink = np.abs(array(image) - np.array(paper_colour(image))).max(2) > 40
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    return (columns[0], rows[0], columns[-1], rows[-1]) if len(rows) else (0, 0, *image.size)


def with_room(image, rng, left=0.0, top=0.0, right=0.0, bottom=0.0):
    """More paper at the sides, as shares of the longer side."""
    side = max(image.size)
    return ImageOps.expand(image, tuple(int(side * share) for share in (left, top, right, bottom)), paper_colour(image))


# For training

def caption(image, rng):
    """A number or a line of text below, above or beside."""
    image = at_least(image, 300)
    where = ["bottom", "bottom", "top", "right"][int(rng.integers(4))]
    image = with_room(image, rng, **{where: rng.uniform(0.1, 0.2) if where != "right" else 0.3})
    canvas = ImageDraw.Draw(image)
    size = max(image.size) * rng.uniform(0.035, 0.075)
    width, height = image.size
    lines = [words(rng) for _ in range(int(rng.integers(1, 3)))]
    for i, line in enumerate(lines):
        y = {"bottom": height - size * (1.15 * (len(lines) - i) + 0.1), "top": size * (0.2 + 1.15 * i), "right": height / 2 + size * 1.2 * i}[where]
        x = width * 0.78 if where == "right" else width * rng.uniform(0.3, 0.6)
        canvas.text((x, y), line, font=font(rng, size), fill=(0, 0, 0) if rng.random() < 0.7 else pen_colour(rng))
    return image


def arrow(image, rng):
    """A reaction's arrow with its conditions beside the drawing, a plus, or a charge."""
    image = with_room(at_least(image, 300), rng, right=rng.uniform(0.25, 0.4))
    canvas = ImageDraw.Draw(image)
    width, height = image.size
    left, right, y = width * 0.8, width * 0.97, height * rng.uniform(0.35, 0.65)
    line = max(1, int(width * rng.uniform(0.003, 0.007)))
    canvas.line([left, y, right, y], fill=(0, 0, 0), width=line)
    head = width * rng.uniform(0.015, 0.03)
    canvas.polygon([(right + 2, y), (right - head, y - head * 0.6), (right - head, y + head * 0.6)], fill=(0, 0, 0))
    size = width * rng.uniform(0.03, 0.045)
    canvas.text((left, y - 1.4 * size), words(rng)[:9], font=font(rng, size), fill=(0, 0, 0))
    if rng.random() < 0.6:
        canvas.text((left, y + 0.3 * size), words(rng)[:9], font=font(rng, size), fill=(0, 0, 0))
    return image


def frame(image, rng):
    """A line around the drawing, or the edge of the page at one or two sides."""
    image = with_room(image, rng, *rng.uniform(0.03, 0.1, 4))
    canvas = ImageDraw.Draw(image)
    width, height = image.size
    line, gap = int(rng.integers(1, 5)), int(rng.integers(0, max(2, int(0.02 * width))))
    colour = (0, 0, 0) if rng.random() < 0.6 else tuple(int(v) for v in rng.integers(60, 200, 3))
    if rng.random() < 0.65:
        shape = canvas.rounded_rectangle if rng.random() < 0.3 else lambda box, radius, **rest: canvas.rectangle(box, **rest)
        shape([gap, gap, width - 1 - gap, height - 1 - gap], radius=int(0.06 * width), outline=colour, width=line)
    else:
        for side in rng.choice(4, int(rng.integers(1, 3)), replace=False):
            x, y = (gap, width - 1 - gap)[side % 2], (gap, height - 1 - gap)[side % 2]
            canvas.line([x, 0, x, height] if side < 2 else [0, y, width, y], fill=colour, width=line)
    return image


def jotted(image, rng):
    """A colleague's words and ticks by hand, in coloured ink, around the drawing."""
    image = with_room(at_least(image, 340), rng, *rng.uniform(0.0, 0.16, 4))
    canvas = ImageDraw.Draw(image)
    width, height = image.size
    left, top, right, bottom = ink_box(image)
    colour, size = pen_colour(rng), max(width, height) * rng.uniform(0.045, 0.08)
    for _ in range(int(rng.integers(1, 4))):
        text, script = words(rng), font(rng, size, by_hand=True)
        wide = script.getlength(text)
        spots = [(rng.uniform(0, max(1, width - wide)), y) for y in ((top - size) * rng.random() if top > size else None, bottom + 2 if height - bottom > size else None) if y is not None]
        if spots:
            canvas.text(spots[int(rng.integers(len(spots)))], text, font=script, fill=colour)
    if rng.random() < 0.5:  # an arrow that points at the drawing
        target = np.array([rng.uniform(left, right), rng.uniform(top, bottom)])
        start = np.array([rng.choice([2, width - 2]), rng.uniform(0, height)])
        tip = start + (target - start) * 0.45
        canvas.line([*start, *tip], fill=colour, width=max(1, width // 150))
        along = (tip - start) / max(np.hypot(*(tip - start)), 1) * size * 0.35
        for turn in (0.5, -0.5):
            back = [along[0] * np.cos(turn) - along[1] * np.sin(turn), along[0] * np.sin(turn) + along[1] * np.cos(turn)]
            canvas.line([*tip, *(tip - back)], fill=colour, width=max(1, width // 150))
    return image


# Held for development

def circled(image, rng):
    """A colleague drew a coloured loop around a part, with a word to it."""
    image = with_room(at_least(image, 380), rng, *rng.uniform(0.03, 0.12, 4))
    canvas = ImageDraw.Draw(image)
    left, top, right, bottom = ink_box(image)
    colour = [(210, 30, 30), (30, 60, 200), (20, 140, 60)][int(rng.integers(3))]
    for _ in range(int(rng.integers(1, 3))):
        centre = np.array([rng.uniform(left, right), rng.uniform(top, bottom)])
        radii = np.array([rng.uniform(0.12, 0.3) * (right - left) + 10, rng.uniform(0.12, 0.3) * (bottom - top) + 10])
        t = np.linspace(0, 2 * np.pi * rng.uniform(1.0, 1.12), 60)
        wobble = 1 + 0.05 * np.sin(t * rng.uniform(1, 2.5) + rng.uniform(0, 6)) + 0.03 * t / 6
        loop = centre + np.stack([np.cos(t), np.sin(t)], 1) * radii * wobble[:, None]
        canvas.line([tuple(p) for p in loop], fill=colour, width=max(2, max(image.size) // 170), joint="curve")
    if rng.random() < 0.7:
        size = max(image.size) * 0.06
        canvas.text((2, 2), words(rng), font=font(rng, size, by_hand=True), fill=colour)
    return image


def ruled(image, rng):
    """On lined paper, with its margin."""
    image = with_room(at_least(image, 400), rng, *rng.uniform(0.05, 0.15, 4))
    values = array(image)
    paper = np.ones_like(values) * np.array([252, 252, rng.uniform(225, 252)])
    step, colour = int(max(image.size) * rng.uniform(0.045, 0.08)), np.array([150, 185, 225]) + rng.uniform(-25, 20, 3)
    for y in range(int(rng.integers(step)), len(paper), step):
        paper[y:y + 1 + (max(image.size) > 600)] = colour
    if rng.random() < 0.6:
        x = int(rng.uniform(0.04, 0.1) * image.width)
        paper[:, x:x + 2] = (235, 150, 150)
    return picture(values * paper / 255)


# Held for the test

def squared(image, rng):
    """On squared or millimetre paper."""
    image = with_room(at_least(image, 420), rng, *rng.uniform(0.03, 0.12, 4))
    values = array(image)
    paper = np.ones_like(values) * 253
    colour = [np.array([175, 205, 235]), np.array([190, 225, 195]), np.array([240, 200, 185]), np.array([205, 205, 205])][int(rng.integers(4))]
    step = int(max(image.size) * rng.uniform(0.03, 0.055))
    for y in range(int(rng.integers(step)), paper.shape[0], step):
        paper[y] = colour
    for x in range(int(rng.integers(step)), paper.shape[1], step):
        paper[:, x] = colour
    return picture(values * paper / 255)


def highlighter(image, rng):
    """Broad strokes of a highlighter over parts of the drawing or its caption."""
    image = with_room(at_least(image, 380), rng, *rng.uniform(0.02, 0.08, 4))
    left, top, right, bottom = ink_box(image)
    mark = Image.new("RGB", image.size, "white")
    canvas = ImageDraw.Draw(mark)
    colour = [(255, 245, 80), (160, 255, 130), (255, 170, 220), (140, 225, 255), (255, 205, 110)][int(rng.integers(5))]
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(left, right), rng.uniform(top, bottom)
        length, slope = rng.uniform(0.25, 0.7) * image.width, rng.normal(0, 0.08)
        canvas.line([x - length / 2, y - slope * length / 2, x + length / 2, y + slope * length / 2], fill=colour, width=int(rng.uniform(0.06, 0.12) * image.height) + 6)
    return picture(array(image) * array(mark) / 255)


def stamped(image, rng):
    """A rubber stamp or a watermark across the page."""
    image = with_room(at_least(image, 400), rng, *rng.uniform(0.02, 0.12, 4))
    size = max(image.size) * rng.uniform(0.06, 0.1)
    text = ["COPY", "CONFIDENTIAL", "DRAFT", "RECEIVED", "APPROVED", "SAMPLE"][int(rng.integers(6))]
    script = ImageFont.truetype(PRINT[2], int(size))
    wide = int(script.getlength(text) + size)
    stamp = Image.new("L", (wide, int(1.7 * size)), 0)
    canvas = ImageDraw.Draw(stamp)
    canvas.text((wide / 2, 0.85 * size), text, font=script, fill=255, anchor="mm")
    if rng.random() < 0.6:
        canvas.rectangle([1, 1, wide - 2, int(1.7 * size) - 2], outline=255, width=max(2, int(size / 14)))
    stamp = stamp.rotate(rng.normal(0, 18), Image.BICUBIC, expand=True)
    if stamp.width > image.width:
        stamp = stamp.resize((image.width, int(stamp.height * image.width / stamp.width)))
    ink = np.zeros(image.size[::-1], np.float32)
    x, y = int(rng.integers(image.width - stamp.width + 1)), int(rng.integers(max(1, image.height - stamp.height + 1)))
    part = np.asarray(stamp, np.float32)[: image.height - y]
    ink[y:y + part.shape[0], x:x + part.shape[1]] = part / 255
    colour = np.array([(200, 40, 50), (50, 60, 170), (150, 150, 155)][int(rng.integers(3))], np.float32)
    strength = ink[..., None] * rng.uniform(0.3, 0.75)
    return picture(array(image) * (1 - strength + strength * colour / 255))


def table(image, rng):
    """A cell of a table, with parts of its neighbours and their text."""
    image = at_least(image, 320)
    width, height = image.size
    left, right = int(rng.uniform(0.03, 0.2) * width), int(rng.uniform(0.03, 0.3) * width)
    top, bottom = int(rng.uniform(0.03, 0.15) * height), int(rng.uniform(0.03, 0.15) * height)
    sheet = Image.new("RGB", (left + width + right, top + height + bottom), paper_colour(image))
    sheet.paste(image, (left, top))
    canvas = ImageDraw.Draw(sheet)
    colour, line = (0, 0, 0) if rng.random() < 0.5 else (150, 150, 150), int(rng.integers(1, 3))
    for x in (left, left + width):
        canvas.line([x, 0, x, sheet.height], fill=colour, width=line)
    for y in (top, top + height):
        canvas.line([0, y, sheet.width, y], fill=colour, width=line)
    size = 0.05 * max(sheet.size)
    if right > 2.5 * size:
        for i in range(int(rng.integers(1, 4))):
            canvas.text((left + width + 0.4 * size, top + (0.5 + 1.6 * i) * size), words(rng)[: int(right / size * 1.4)], font=font(rng, size), fill=(0, 0, 0))
    if top > 1.3 * size:
        canvas.text((left + 0.3 * size, 0.1 * size), words(rng), font=font(rng, size), fill=(0, 0, 0))
    return sheet


TRAIN = {f.__name__: f for f in (caption, arrow, frame, jotted)}
DEV = {f.__name__: f for f in (circled, ruled)}
TEST = {f.__name__: f for f in (squared, highlighter, stamped, table)}
