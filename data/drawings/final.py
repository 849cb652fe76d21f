"""Processings of the set `final`, made without reading how models clean and read pictures.

Known were the failures of early models on the sets dev and test.
Functions like those of processing.py.
"""
import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from annotations import PRINT, font, ink_box, with_room, words
from processing import array, as_jpeg, at_least, blurred, clouds, inked, paper_colour, picture, thickened, turned

PROSE = """a an the of by in on at to and or with from which where said wherein compound formula group salt acid base ester amide claims example step mixture
residue solvent water oil treatment patients trial drug cells company study found new according may be was were is are shown figure""".split()
SHARP = 3  # what people draw is drawn so many times larger first, for smooth edges


def font_of(name, size):
    return ImageFont.truetype(name, max(8, int(size)))


def text_line(rng, words_in_it=18):
    return " ".join(rng.choice(PROSE, words_in_it))


def drawn_on(image, colour, draw):
    """The image with what draw(canvas, SHARP) leaves in white on black, in that colour."""
    mask = Image.new("L", [SHARP * s for s in image.size], 0)
    draw(ImageDraw.Draw(mask), SHARP)
    image = image.copy()
    image.paste(tuple(int(c) for c in colour), mask=mask.resize(image.size, Image.LANCZOS))
    return image


def axes(shape):
    """x and y of each pixel, in shares of the longer side."""
    y, x = np.mgrid[0:shape[0], 0:shape[1]].astype(np.float32) / max(shape[:2])
    return x, y


def newspaper(image, rng):
    """In a box that a coarse raster tints, between lines of a column, on greyish paper that drinks the ink."""
    image = with_room(at_least(image, 520), rng, *rng.uniform(0.02, 0.07, 4))
    width, height = image.size
    y, x = np.mgrid[0:height, 0:width]
    angle, period = np.pi / 4 + rng.normal(0, 0.06), rng.uniform(4.5, 7)
    raster = np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period) + np.cos(2 * np.pi * (y * np.cos(angle) - x * np.sin(angle)) / period)
    dots = raster > np.quantile(raster, 1 - rng.uniform(0.05, 0.17))
    box = picture(np.minimum(thickened(array(image), rng.uniform(0.2, 0.8)), np.where(blurred(dots.astype(np.float32), 0.4) > 0.5, 0, 255)[..., None]))
    size = max(box.size) * rng.uniform(0.03, 0.042)
    above, below = int(rng.integers(1, 4)), int(rng.integers(0, 4))
    gap, row = int(0.7 * size), 1.3 * size
    sheet = Image.new("RGB", (width + 2 * gap, int(height + (above + below) * row) + 2 * gap), "white")
    top = int(above * row) + gap
    sheet.paste(box, (gap, top))
    canvas, script = ImageDraw.Draw(sheet), font(rng, size)
    if rng.random() < 0.5:
        canvas.rectangle([gap, top, gap + width, top + height], outline=(0, 0, 0), width=int(rng.integers(1, 3)))
    for line in [0.2 * size + i * row for i in range(above)] + [top + height + 0.5 * gap + i * row for i in range(below)]:
        canvas.text((gap - size * rng.uniform(0, 3), line), text_line(rng), font=script, fill=(0, 0, 0))
    ink = 1 - blurred(array(sheet).mean(2), 0.6) / 255
    ink = 1 / (1 + np.exp(-(ink + blurred(rng.normal(0, 0.25, ink.shape), 0.8) - 0.45) * rng.uniform(7, 12)))
    ink = (ink * rng.uniform(0.78, 0.95))[..., None]
    paper = rng.uniform(205, 230) * np.array([1, rng.uniform(0.95, 0.99), rng.uniform(0.85, 0.95)]) + (4 * clouds(ink.shape, rng, 5) + rng.normal(0, 4, ink.shape[:2]))[..., None]
    return picture(paper * (1 - ink) + 40 * ink)


def patent(image, rng):
    """A page of an old patent at one bit: askew, its head, numbered lines, punched holes, dirt that grows to the edges."""
    grey = thickened(array(at_least(image, 560)).min(2), rng.uniform(0.2, 0.8))
    ink = grey[grey < 205]
    stroke = np.percentile(ink, 30) if ink.size else 0
    image = picture(np.repeat(255 * (grey[..., None] - stroke) / (255 - stroke), 3, 2))  # all as black as the page's text, or one threshold loses pale strokes and coloured letters
    image = with_room(image, rng, left=rng.uniform(0.1, 0.18), top=rng.uniform(0.12, 0.2), right=rng.uniform(0.04, 0.1), bottom=rng.uniform(0.08, 0.2))
    width, height = image.size
    left, top, right, bottom = ink_box(image)
    canvas, size = ImageDraw.Draw(image), max(image.size) * rng.uniform(0.026, 0.036)
    serif, bold = (font_of(name, size) for name in (PRINT[1], PRINT[2]))
    head = [f"{rng.integers(3, 6)},{rng.integers(100, 999)},{rng.integers(100, 999)}", f"Sheet {rng.integers(1, 5)} of {rng.integers(5, 12)}", f"FIG. {rng.integers(1, 9)}", f"{rng.integers(1, 40)}"]
    rng.shuffle(head)
    for text, place in zip(head[: int(rng.integers(1, 4))], (0.12, 0.45, 0.72)):
        canvas.text((place * width, 0.4 * size), text, font=bold, fill=(0, 0, 0))
    if rng.random() < 0.6:
        for number in range(1, int((bottom - top) / (4.5 * size)) + 1):
            canvas.text((0.04 * width, top + 4.5 * size * (number - 0.5)), str(5 * number), font=serif, fill=(0, 0, 0))
    for line in range(int((height - bottom) / (1.3 * size)) - 1):
        canvas.text((0.09 * width, bottom + (0.9 + 1.3 * line) * size), text_line(rng), font=serif, fill=(0, 0, 0))
    image = turned(image, rng.normal(0, 1.3))
    values = array(image)
    height, width = values.shape[:2]
    x, y = np.mgrid[0:width, 0:height].transpose(0, 2, 1)
    edge = np.minimum.reduce([x, y, width - 1 - x, height - 1 - y])
    if rng.random() < 0.6:  # the glass beside the page
        band = [x, y, width - 1 - x, height - 1 - y][int(rng.integers(4))] + rng.normal(0, 0.02) * (x if rng.random() < 0.5 else y)
        values[band < rng.uniform(0.004, 0.02) * width + 2 * clouds((height, width), rng, 40)] = 0
    for _ in range(int(rng.integers(0, 3))):
        at = (int(0.035 * width), int(rng.uniform(0.1, 0.9) * height)) if rng.random() < 0.5 else (int(rng.uniform(0.1, 0.9) * width), int(0.03 * height))
        cv2.circle(values, at, int(rng.uniform(0.012, 0.022) * width), (0, 0, 0), -1)
    bits = inked(blurred(values.mean(2), rng.uniform(0.4, 0.8)), rng, rng.uniform(4, 18))
    dirt = rng.random(bits.shape) < 10 ** rng.uniform(-4.6, -3.4) * (1 + 25 * np.exp(-edge / (0.02 * width)))
    bits |= cv2.dilate(dirt.astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    return picture(np.repeat(np.where(bits, 0, 255)[..., None], 3, 2))


def window(image, rng):
    """A window of a dark theme: title, tools, a list beside the drawing, a line of state below."""
    image = at_least(image, 360)
    values = 255 - array(image)
    light = values.mean(2, keepdims=True)
    values = np.clip(2 * light - values, 0, 255)  # hues as they were
    ground = np.array([(30, 30, 30), (24, 26, 32), (40, 42, 54), (4, 4, 4), (28, 38, 46)][int(rng.integers(5))], np.float32)
    drawn = picture(ground + values * (rng.uniform(200, 250) - ground) / 255)
    unit = max(image.size) * rng.uniform(0.035, 0.05)
    bar, tools, state = int(1.7 * unit), int(2.1 * unit) * int(rng.random() < 0.7), int(1.4 * unit)
    side = int(rng.uniform(4, 8) * unit) * int(rng.random() < 0.6)
    sheet = Image.new("RGB", (side + drawn.width, bar + tools + drawn.height + state), tuple(int(v) for v in ground))
    sheet.paste(drawn, (side, bar + tools))
    canvas, script = ImageDraw.Draw(sheet), font_of(PRINT[0], 0.75 * unit)
    panel, edge, text = (tuple(int(v) for v in np.clip(ground + more, 0, 255)) for more in (18, 45, 140))
    accent = [(60, 110, 200), (150, 80, 190), (40, 140, 110), (190, 100, 40)][int(rng.integers(4))]
    canvas.rectangle([0, 0, sheet.width, bar], fill=panel)
    for i, colour in enumerate([(255, 95, 86), (255, 189, 46), (39, 201, 63)] if rng.random() < 0.5 else [text] * 3):
        x = (0.9 + 1.1 * i) * unit if colour != text else sheet.width - (3.4 - 1.1 * i) * unit
        canvas.ellipse([x - 0.3 * unit, 0.55 * unit, x + 0.3 * unit, 1.15 * unit], fill=colour)
    canvas.text((sheet.width / 2, bar / 2), f"{words(rng)} - Viewer", font=script, fill=text, anchor="mm")
    if tools:
        for i in range(int(sheet.width / (1.9 * unit))):
            x = (0.5 + 1.9 * i) * unit
            canvas.rounded_rectangle([x, bar + 0.3 * unit, x + 1.5 * unit, bar + 1.8 * unit], radius=0.3 * unit, fill=accent if rng.random() < 0.12 else panel, outline=edge)
            canvas.text((x + 0.75 * unit, bar + 1.05 * unit), "CNOS+-TQ?/"[int(rng.integers(10))], font=script, fill=text, anchor="mm")
    if side:
        canvas.rectangle([0, bar + tools, side, sheet.height - state], fill=panel, outline=edge)
        chosen = int(rng.integers(8))
        for i in range(int(drawn.height / (1.5 * unit))):
            y = bar + tools + 1.5 * i * unit
            if i == chosen:
                canvas.rectangle([0, y, side, y + 1.4 * unit], fill=accent)
            canvas.text((0.5 * unit, y + 0.25 * unit), words(rng)[: int(side / unit * 1.6)], font=script, fill=text)
    canvas.rectangle([0, sheet.height - state, sheet.width, sheet.height], fill=accent if rng.random() < 0.4 else panel)
    canvas.text((0.5 * unit, sheet.height - 0.5 * state), f"{words(rng)}   {words(rng)}", font=script, fill=(225, 225, 225), anchor="lm")
    if rng.random() < 0.5:  # the pointer
        x, y = side + rng.uniform(0.1, 0.9) * drawn.width, bar + tools + rng.uniform(0.1, 0.9) * drawn.height
        shape = np.array([(0, 0), (0, 1), (0.25, 0.78), (0.4, 1.12), (0.53, 1.06), (0.38, 0.73), (0.7, 0.72)]) * unit + [x, y]
        canvas.polygon([tuple(p) for p in shape], fill=(250, 250, 250), outline=(0, 0, 0))
    return as_jpeg(sheet, rng.integers(70, 95)) if rng.random() < 0.4 else sheet


def whiteboard(image, rng):
    """In marker on a whiteboard, photographed: lamps mirror in it, what was wiped off has left streaks, the frame shows."""
    image = with_room(at_least(image, 460), rng, *rng.uniform(0.04, 0.16, 4))
    colours = [(25, 25, 30), (30, 50, 150), (180, 30, 40), (20, 110, 70)]
    marker, other = (np.array(colours[i], np.float32) for i in rng.permutation(4)[:2])
    side = max(image.size)
    ink = 1 - thickened(array(image).mean(2), rng.uniform(0.8, 2) * side / 600) / 255
    ink = np.clip(1.5 * ink, 0, 1) * np.clip(0.85 + 0.12 * clouds(ink.shape, rng, 25) + 0.1 * rng.normal(0, 1, ink.shape), 0.55, 1)
    x, y = axes(ink.shape)
    board = np.array([rng.uniform(205, 240)] * 3, np.float32) + rng.uniform(-8, 8, 3)
    values = np.ones((*ink.shape, 3), np.float32) * board
    turn = rng.normal(0, 0.4)
    streaks = cv2.GaussianBlur(rng.normal(0, 1, ink.shape).astype(np.float32), (0, 0), sigmaX=0.06 * side, sigmaY=0.006 * side)
    wiped = np.clip(streaks / streaks.std() - 0.5, 0, 2) * (clouds(ink.shape, rng, 3) > 0.3)
    values -= (blurred(wiped, 2) * rng.uniform(3, 9))[..., None] * (255 - other) / 255
    values = values * (1 - ink[..., None]) + marker * ink[..., None]
    values *= (1 - rng.uniform(0.05, 0.3) * ((x - 0.5) * np.cos(turn) + (y - 0.5) * np.sin(turn) + 0.5))[..., None]
    for _ in range(int(rng.integers(1, 3))):  # a lamp or a window
        dx, dy = x - rng.uniform(0.05, x.max()), y - rng.uniform(0.05, y.max())
        if rng.random() < 0.5:
            lamp = np.exp(-((dx / rng.uniform(0.05, 0.13)) ** 2 + (dy / rng.uniform(0.05, 0.13)) ** 2))
        else:
            lamp = blurred(((np.abs(dx + 0.3 * dy) < rng.uniform(0.05, 0.12)) & (np.abs(dy) < rng.uniform(0.08, 0.2))).astype(np.float32), 0.015 * side)
        values += (lamp * rng.uniform(0.3, 0.6))[..., None] * (255 - values)
    values = np.clip(values, 0, 255)
    if rng.random() < 0.5:
        values = array(drawn_on(picture(values), other, lambda canvas, sharp: canvas.text((sharp * 0.02 * side, sharp * 0.015 * side), words(rng), font=font(rng, sharp * 0.05 * side, by_hand=True), fill=255)))
    if rng.random() < 0.5:  # the frame and the wall behind it
        deep = int(rng.uniform(0.02, 0.06) * side)
        values[-deep:] = rng.uniform(120, 190) + 40 * np.sin(np.linspace(0, np.pi, deep))[:, None, None]
        values[-deep // 3:] = rng.uniform(90, 200, 3)
    height, width = ink.shape
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    outward = corners + np.sign(corners - [width / 2, height / 2]) * rng.uniform(0, 0.03, (4, 2)) * [width, height]
    values = cv2.warpPerspective(values, cv2.getPerspectiveTransform(corners, outward.astype(np.float32)), (width, height), flags=cv2.INTER_LINEAR)
    values = blurred(values, rng.uniform(0.5, 1)) * np.array([rng.uniform(0.94, 1), 1, rng.uniform(0.92, 1.03)]) + rng.normal(0, rng.uniform(1.5, 4), values.shape)
    return as_jpeg(picture(values), rng.integers(55, 92))


def desk(image, rng):
    """A sheet on a desk, photographed askew: wood or plastic around it, a pen, the sheet's shadow, the light of one lamp."""
    image = with_room(at_least(image, 560), rng, *rng.uniform(0.04, 0.16, 4))
    page = array(image) * rng.uniform(0.9, 0.98) + rng.normal(0, 2, (image.height, image.width, 1))
    width, height = (int(s * rng.uniform(1.2, 1.4)) for s in image.size)
    wood = np.array([(120, 82, 50), (168, 128, 88), (70, 48, 36), (95, 98, 102), (185, 180, 172), (38, 40, 44)][int(rng.integers(6))], np.float32)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), sigmaX=rng.uniform(40, 120), sigmaY=rng.uniform(1, 2.5))
    top = wood * (1 + 0.1 * grain / grain.std() + 0.05 * clouds((height, width), rng, 4))[..., None]
    scene = picture(top)
    pen = rng.uniform(0, 255, 3)
    ends = np.array([[rng.uniform(0, 0.12), rng.uniform(0.1, 0.5)], [rng.uniform(0, 0.12), rng.uniform(0.5, 0.95)]])[:, :: int(rng.choice([-1, 1]))] * [width, height]
    thick = 0.018 * max(width, height)
    scene = drawn_on(scene, pen, lambda canvas, sharp: canvas.line([*(sharp * ends).ravel()], fill=255, width=int(sharp * thick)))
    scene = array(drawn_on(scene, np.clip(pen + 90, 0, 255), lambda canvas, sharp: canvas.line([*(sharp * ends + 0.2 * sharp * thick).ravel()], fill=200, width=int(0.25 * sharp * thick))))
    corners = np.float32([[0, 0], [image.width, 0], [image.width, image.height], [0, image.height]])
    middle, angle = np.array([width, height]) / 2, rng.normal(0, 0.09)
    spread = (corners - np.array(image.size) / 2) * rng.uniform(0.93, 1.02)
    spread = spread @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + rng.uniform(-0.035, 0.035, (4, 2)) * image.size
    spread[:2] = spread[:2] * [rng.uniform(0.82, 1), rng.uniform(0.9, 1)]  # what is farther away is narrower
    matrix = cv2.getPerspectiveTransform(corners, (middle + spread).astype(np.float32))
    laid = cv2.warpPerspective(page.astype(np.float32), matrix, (width, height), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.ones(page.shape[:2], np.float32), matrix, (width, height), flags=cv2.INTER_LINEAR)[..., None]
    shadow = np.roll(blurred(mask[..., 0], 0.01 * width), (int(0.008 * height), int(0.008 * width)), (0, 1))[..., None]
    values = scene * (1 - 0.5 * shadow) * (1 - mask) + laid * mask
    x, y = axes(values.shape)
    angle = rng.uniform(0, 2 * np.pi)
    light = 1.05 - rng.uniform(0.1, 0.45) * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) + 0.5)
    values = values * light[..., None] * np.array([1, rng.uniform(0.93, 1), rng.uniform(0.78, 1)])
    values = blurred(values, rng.uniform(0.5, 1)) + rng.normal(0, rng.uniform(1.5, 5), values.shape)
    return as_jpeg(picture(values), rng.integers(50, 92))


def coffee(image, rng):
    """On a sheet that was folded, and on which a cup stood: a brown ring and drops, a crease with a light and a dark side."""
    image = with_room(at_least(image, 440), rng, *rng.uniform(0.04, 0.14, 4))
    values = array(image) * np.array([rng.uniform(0.95, 1), rng.uniform(0.93, 0.98), rng.uniform(0.85, 0.96)])
    x, y = axes(values.shape)
    brown = np.array([0.62, 0.42, 0.2], np.float32)
    stain = np.zeros(values.shape[:2], np.float32)
    for cup in range(int(rng.integers(1, 3))):
        dx, dy = x - rng.uniform(0.1, 0.9) * x.max(), y - rng.uniform(0.1, 0.9) * y.max()
        away = np.hypot(dx, dy) - rng.uniform(0.14, 0.26) + 0.003 * clouds(stain.shape, rng, 12)
        deep = rng.uniform(0.006, 0.016)
        ring = np.where(away > 0, np.exp(-(away / (0.3 * deep)) ** 2), np.exp(-(away / deep) ** 2))
        stain += ring * np.clip(0.7 + 0.4 * clouds(stain.shape, rng, 3), 0.1, 1) + 0.15 * (away < 0)
    for _ in range(int(rng.integers(0, 9))):
        away = np.hypot(x - rng.uniform(0, x.max()), y - rng.uniform(0, y.max())) - rng.uniform(0.003, 0.02)
        stain += 0.35 / (1 + np.exp(np.clip(900 * away, -50, 50))) + 0.3 * np.exp(-(away / 0.003) ** 2)
    strength = np.clip(stain, 0, 1) * rng.uniform(0.35, 0.75)
    values *= 1 - strength[..., None] * (1 - brown)
    for turned_by in rng.permutation([0, np.pi / 2])[: int(rng.integers(1, 3))]:
        turned_by += rng.normal(0, 0.03)
        off = (x - rng.uniform(0.4, 0.6) * x.max()) * np.cos(turned_by) + (y - rng.uniform(0.4, 0.6) * y.max()) * np.sin(turned_by)
        pixels = off * max(image.size)
        values *= (1 - rng.uniform(0.02, 0.09) / (1 + np.exp(-pixels / 2)) + rng.uniform(0.02, 0.05) * np.exp(-np.abs(off) / 0.04))[..., None]
        worn = np.exp(-(pixels / rng.uniform(0.8, 1.6)) ** 2) * np.clip(0.45 + 0.5 * clouds(stain.shape, rng, 30), 0, 0.85)
        values += worn[..., None] * (235 - values)
        values -= (rng.uniform(15, 45) * np.exp(-((pixels - 2.2) / 1.1) ** 2))[..., None]
    values += rng.normal(0, rng.uniform(1, 4), values.shape[:2])[..., None]
    return as_jpeg(picture(values), rng.integers(65, 95))


def mechanism(image, rng):
    """Bent arrows of electrons, pairs of dots, partial charges, and a note with an arrow, as one explains a reaction."""
    image = with_room(at_least(image, 440), rng, *rng.uniform((0.03, 0.08, 0.03, 0.08), 0.15))
    bottom, side = ink_box(image)[3], max(image.size)
    rows, columns = np.nonzero(np.abs(array(image) - np.array(paper_colour(image))).max(2) > 90)
    spots = np.stack([columns, rows], 1).astype(float)
    colour = [(205, 25, 35), (25, 60, 190), (200, 90, 0), (10, 130, 60), (130, 40, 150)][int(rng.integers(5))]
    pen = rng.uniform(0.003, 0.006) * side

    def head(canvas, sharp, tip, along):
        along = along / max(np.hypot(*along), 1e-6) * 0.026 * side
        across = np.array([-along[1], along[0]]) * 0.42
        canvas.polygon([tuple(sharp * p) for p in (tip + 0.3 * along, tip - along + across, tip - 0.7 * along, tip - along - across)], fill=255)

    def marks(canvas, sharp):
        def line(points):
            canvas.line([tuple(sharp * p) for p in points], fill=255, width=max(1, round(sharp * pen)), joint="curve")

        for _ in range(int(rng.integers(1, 4))):
            start = spots[int(rng.integers(len(spots)))]
            apart = np.hypot(*(spots - start).T)
            ends = spots[(apart > 0.09 * side) & (apart < 0.24 * side)]
            if not len(ends):
                continue
            end = ends[int(rng.integers(len(ends)))]
            across = np.array([-(end - start)[1], (end - start)[0]]) * rng.uniform(0.5, 1) * rng.choice([-1, 1])
            t = np.linspace(0.04, 0.93, 40)[:, None]
            curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * ((start + end) / 2 + across) + t ** 2 * end
            line(curve)
            head(canvas, sharp, curve[-1], curve[-1] - curve[-4])
        for _ in range(int(rng.integers(0, 4))):  # a lone pair
            at, turn = spots[int(rng.integers(len(spots)))] + rng.normal(0, 0.03 * side, 2), rng.uniform(0, np.pi)
            for shift in (-1, 1):
                x, y = sharp * (at + shift * 0.009 * side * np.array([np.cos(turn), np.sin(turn)]))
                canvas.ellipse([x - sharp * 0.0045 * side, y - sharp * 0.0045 * side, x + sharp * 0.0045 * side, y + sharp * 0.0045 * side], fill=255)
        for _ in range(int(rng.integers(0, 3))):
            at = spots[int(rng.integers(len(spots)))] + rng.normal(0, 0.04, 2) * side
            canvas.text(tuple(sharp * at), ["\u03b4+", "\u03b4\u2212", "\u2295", "*"][int(rng.integers(4))], font=font_of(PRINT[3], sharp * 0.035 * side), fill=255, anchor="mm")
        if rng.random() < 0.7:
            script, text = font(rng, sharp * rng.uniform(0.04, 0.06) * side, by_hand=True), words(rng)
            low = rng.random() < 0.5
            canvas.text((sharp * rng.uniform(0.02, 0.5) * image.width, sharp * (min(bottom + 0.02 * side, image.height - 0.07 * side) if low else 2)), text, font=script, fill=255)
        if rng.random() < 0.5:
            start, target = np.array([rng.choice([0.01, 0.99]) * image.width, rng.uniform(0.1, 0.9) * image.height]), spots[int(rng.integers(len(spots)))]
            tip = start + 0.8 * (target - start) * min(1, 0.25 * side / max(np.hypot(*(target - start)), 1))
            line([start, tip])
            head(canvas, sharp, tip, tip - start)

    return drawn_on(image, colour, marks)


FINAL = {f.__name__: f for f in (newspaper, patent, window, whiteboard, desk, coffee, mechanism)}
