"""Processings of the set `unseen`, made by somebody who had not read how pictures are cleaned, nor how models read them.

Functions like those of processing.py.
"""
import cv2
import numpy as np
from PIL import Image, ImageDraw

from annotations import PRINT, ink_box, with_room, words
from drawing import FONTS
from final import axes, drawn_on, font_of, text_line
from processing import array, as_jpeg, blurred, clouds, paper_colour, picture, scaled, thickened

AMINO_ACIDS = {"nonpolar": "Leu Ile Val Phe Met Ala Pro Trp Gly".split(), "polar": "Ser Thr Asn Gln Tyr Cys".split(), "acid": "Asp Glu".split(), "base": "Lys Arg His".split()}
TITLES = ["Heterocycles II", "Lecture 7: Aromaticity", "Structure and activity", "Lead optimisation", "What makes it bind?", "Today's target", "Retrosynthesis", "Results so far"]


def between(image, low, high):
    """The picture with a longer side of so many pixels."""
    side = max(image.size)
    return image if low <= side <= high else scaled(image, min(max(side, low), high))


def multiplied(sheet, image, at):
    """The image's ink on the sheet with its left upper corner there."""
    values, (x, y) = array(sheet), (int(at[0]), int(at[1]))
    values[y:y + image.height, x:x + image.width] *= array(image) / 255
    return picture(values)


def pocket(image, rng):
    """A diagram of what surrounds it in a protein: residues as discs, dashes with lengths, fans of spokes, a cloud where water comes near."""
    image = with_room(between(image, 460, 800), rng, *rng.uniform(0.13, 0.2, 4))
    side = max(image.size)
    left, top, right, bottom = ink_box(image)
    rows, columns = np.nonzero(np.abs(array(image) - np.array(paper_colour(image))).max(2) > 90)
    spots = np.stack([columns, rows], 1).astype(float)
    values = array(image)
    x, y = axes(values.shape)
    for _ in range(int(rng.integers(0, 5))):  # exposed to the solvent
        at = spots[int(rng.integers(len(spots)))] / side
        values -= (rng.uniform(30, 70) * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 0.028 ** 2))[..., None] * np.array([1, 0.55, 0.05])
    image = picture(values)
    fills = {"nonpolar": (140, 205, 120), "polar": (130, 205, 235), "acid": (240, 130, 125), "base": (150, 150, 240)}
    if rng.random() < 0.3:
        fills = dict.fromkeys(fills, (235, 235, 240))
    radius, fans, lines = rng.uniform(0.034, 0.046) * side, rng.random() < 0.4, [(20, 140, 40), (190, 60, 160), (70, 70, 70), (230, 120, 20)]
    placed = []
    for angle in rng.uniform(0, 2 * np.pi) + np.linspace(0, 2 * np.pi, int(rng.integers(5, 13)), endpoint=False):
        direction = np.array([np.cos(angle), np.sin(angle)])
        near = spots[(spots @ direction).argmax()]
        at = near + direction * radius * rng.uniform(2.3, 3.2)
        if (at < radius * 1.1).any() or (at > np.array(image.size) - radius * 1.1).any() or any(np.hypot(*(at - other)) < 2.2 * radius for other in placed):
            continue
        if np.hypot(*(spots - at).T).min() < 1.5 * radius:
            continue
        placed.append(at)
        kind = str(rng.choice(list(fills)))
        name, number = str(rng.choice(AMINO_ACIDS[kind])), int(rng.integers(12, 720))
        if fans and kind == "nonpolar":  # spokes on half a circle, open to the drawing
            def spokes(canvas, sharp):
                turn = np.arctan2(*(near - at)[::-1])
                box = [*(sharp * (at - 0.75 * radius)), *(sharp * (at + 0.75 * radius))]
                canvas.arc(box, np.degrees(turn) - 80, np.degrees(turn) + 80, fill=255, width=int(sharp * 0.1 * radius))
                for a in turn + np.linspace(-1.35, 1.35, 9):
                    way = np.array([np.cos(a), np.sin(a)])
                    canvas.line([*(sharp * (at + 0.8 * radius * way)), *(sharp * (at + 1.1 * radius * way))], fill=255, width=int(sharp * 0.09 * radius))
            image = drawn_on(image, (190, 40, 40), spokes)
            ImageDraw.Draw(image).text(tuple(at - 0.25 * radius * (near - at) / np.hypot(*(near - at))), f"{name}{number}", font=font_of(PRINT[0], 0.5 * radius), fill=(20, 20, 20), anchor="mm")
            continue
        colour, bound = lines[int(rng.integers(4))], rng.random() < (0.25 if kind == "nonpolar" else 0.8)

        def dashes(canvas, sharp):
            start, end = at + (near - at) * radius / np.hypot(*(near - at)), near + 0.25 * (at - near) / np.hypot(*(near - at)) * radius
            for t in np.arange(0, 1, 0.2):
                canvas.line([*(sharp * (start + (end - start) * t)), *(sharp * (start + (end - start) * (t + 0.11)))], fill=255, width=max(1, int(sharp * 0.1 * radius)))

        if bound:
            image = drawn_on(image, colour, dashes)
            if rng.random() < 0.5:
                ImageDraw.Draw(image).text(tuple((at + near) / 2 + 0.35 * radius), f"{rng.uniform(2.5, 3.9):.1f}", font=font_of(PRINT[0], 0.42 * radius), fill=colour)
        for share, colour in ((1, np.array(fills[kind]) * 0.6), (0.92, fills[kind])):
            image = drawn_on(image, colour, lambda canvas, sharp: canvas.ellipse([*(sharp * (at - share * radius)), *(sharp * (at + share * radius))], fill=255))
        canvas = ImageDraw.Draw(image)
        for text, low in ((name, -0.33), (f"{number}" if rng.random() < 0.6 else f"A:{number}", 0.38)):
            canvas.text((at[0], at[1] + low * radius), text, font=font_of(PRINT[0], 0.62 * radius), fill=(15, 15, 15), anchor="mm")
    return image


def spectrum(image, rng):
    """In the empty corner of its own spectrum: peaks on a line with a scale, numbers on their heads, sums as steps; or the sticks of a mass."""
    image = between(image, 380, 800)
    width, height = int(image.width * rng.uniform(1.25, 1.8)), int(image.height * rng.uniform(1.3, 1.6))
    height = max(height, int(0.55 * width), image.height + int(0.25 * width))
    size = 0.026 * max(width, height)
    at, base = (int(rng.uniform(0.04, 0.5) * (width - image.width)), int(1.8 * size)), height - int(3.2 * size)
    sheet = multiplied(Image.new("RGB", (width, height), "white"), image, at)
    canvas, script = ImageDraw.Draw(sheet), font_of(PRINT[int(rng.integers(2))], size)
    ink = [(0, 0, 0), (20, 40, 150), (150, 20, 30), (90, 30, 110)][int(rng.integers(4))]
    pen, first, last = max(1, round(0.0016 * width)), 0.03 * width, 0.97 * width
    x = np.arange(int(first), int(last))
    ceiling = np.where((x > at[0] - size) & (x < at[0] + image.width + size), base - at[1] - image.height - size, base - 4 * size)  # none grows into the drawing
    mass = rng.random() < 0.3
    canvas.line([first, base + 0.5 * size, last, base + 0.5 * size], fill=(0, 0, 0), width=pen)
    end = int(rng.integers(8, 14)) * (40 if mass else 1)
    for tick in range(11):
        place = first + (last - first) * tick / 10
        canvas.line([place, base + 0.5 * size, place, base + 0.9 * size], fill=(0, 0, 0), width=pen)
        value = end * tick / 10 if mass else end - end * tick / 10
        canvas.text((place, base + 1.5 * size), f"{value:.0f}" if mass else f"{value:.1f}", font=script, fill=(0, 0, 0), anchor="mm")
    canvas.text((width / 2, base + 2.5 * size), "m/z" if mass else ["ppm", "f1 (ppm)", "\u03b4 / ppm"][int(rng.integers(3))], font=script, fill=(0, 0, 0), anchor="mm")
    groups = rng.uniform(0.04, 0.96, int(rng.integers(5, 14)))
    if mass:
        named = []
        for place in np.concatenate([groups, np.clip(np.repeat(groups, 3) + rng.normal(0, 0.02, 3 * len(groups)), 0.01, 0.99)]):
            i = int(place * (len(x) - 1))
            share = rng.uniform(0.1, 1) ** 2
            tall = share * min(ceiling[i] - 1.2 * size, base - 4 * size)
            canvas.line([x[i], base + 0.5 * size, x[i], base - tall], fill=ink, width=pen)
            if share > 0.3 and all(abs(i - other) > 2.5 * size for other in named):
                named.append(i)
                canvas.text((x[i], base - tall - 0.2 * size), f"{place * end:.1f}", font=font_of(PRINT[0], 0.75 * size), fill=ink, anchor="mb")
        return sheet
    line = np.abs(rng.normal(0, 0.002, len(x)))
    for place in groups:
        tall, parts, apart, wide = rng.uniform(0.1, 1), int(rng.integers(1, 6)), rng.uniform(0.003, 0.007), rng.uniform(0.0006, 0.0016)
        for part in range(parts):
            centre = place + (part - (parts - 1) / 2) * apart
            line += tall * [1, 1, 2, 3, 6][parts - 1 if part in ((parts - 1) // 2, parts // 2) else 0] / [1, 1, 2, 3, 6][parts - 1] / (1 + ((np.linspace(0, 1, len(x)) - centre) / wide) ** 2)
    grown = line / max(line.max(), 1) * rng.uniform(0.6, 1) * (base - 4 * size)
    peaks = base - np.minimum(grown, ceiling * (1 - np.exp(-grown / ceiling)))
    canvas.line([(float(a), float(b)) for a, b in zip(x, peaks)], fill=ink, width=pen)
    if rng.random() < 0.7:  # how many hydrogens
        for place in groups:
            i, reach = int(place * (len(x) - 1)), int(0.012 * len(x))
            canvas.text((x[i], base + 0.1 * size), f"{rng.integers(1, 4)}.{rng.integers(0, 10):02d}", font=font_of(PRINT[0], 0.6 * size), fill=(170, 30, 30), anchor="mt")
            if ceiling[i] > 6 * size:
                steps = np.linspace(-4, 4, 30)
                canvas.line([(x[i] + reach * s / 4, base - size - 2 * size / (1 + np.exp(-1.5 * s))) for s in steps], fill=(20, 130, 60), width=pen)
    if rng.random() < 0.6:
        for place in np.sort(groups):  # shifts, written upwards
            if at[0] < x[int(place * (len(x) - 1))] + size and x[int(place * (len(x) - 1))] < at[0] + image.width:
                continue
            label = Image.new("L", (int(3.2 * size), int(size)), 0)
            ImageDraw.Draw(label).text((0, 0), f"{end * (1 - place):.2f}", font=font_of(PRINT[0], 0.8 * size), fill=255)
            label = label.rotate(90, expand=True)
            sheet.paste(ink, (int(x[int(place * (len(x) - 1))] - size / 2), int(0.3 * size)), label)
    return as_jpeg(sheet, rng.integers(50, 95)) if rng.random() < 0.3 else sheet


def lecture(image, rng):
    """A frame of a video of a lecture: the slide, who speaks in a corner, the player's bar, blocks of a thrifty coder."""
    width, height = 960, 540
    theme = np.array([(28, 70, 120), (120, 30, 50), (30, 95, 80), (60, 60, 70), (200, 110, 30)][int(rng.integers(5))])
    paper = tuple(int(v) for v in rng.uniform(238, 256, 3))
    frame = Image.new("RGB", (width, height), paper)
    canvas, size = ImageDraw.Draw(frame), 26
    head = int(rng.uniform(60, 85))
    if rng.random() < 0.6:
        canvas.rectangle([0, 0, width, head], fill=tuple(theme))
    canvas.text((28, head / 2), TITLES[int(rng.integers(len(TITLES)))], font=font_of(PRINT[int(rng.choice([0, 2]))], 34), fill=(255, 255, 255) if frame.getpixel((3, 3)) == tuple(theme) else tuple(theme), anchor="lm")
    room = height - head - 30
    factor = min(room / image.height, 0.64 * width / image.width)
    drawn = image.resize([max(1, round(s * factor)) for s in image.size], Image.LANCZOS)
    beside = rng.random() < 0.5
    at = (width - drawn.width - 20 if beside else 20, head + 12 + (room - drawn.height) // 2)
    frame = multiplied(frame, drawn, at)
    canvas = ImageDraw.Draw(frame)
    column = 24 if beside else at[0] + drawn.width + 24
    space = (at[0] - 10 if beside else width - 8) - column
    for i in range(int(rng.integers(2, 6))):
        text = text_line(rng, 5)[: int(space / 13)]
        canvas.ellipse([column, head + 40 + 48 * i, column + 8, head + 48 + 48 * i], fill=tuple(theme))
        canvas.text((column + 18, head + 44 + 48 * i), text, font=font_of(PRINT[0], size), fill=(50, 50, 55), anchor="lm")
    if rng.random() < 0.75:  # the speaker, small, where the bullets leave room
        wide = int(min(rng.uniform(130, 190), space)) if space > 110 else 0
        tall = int(0.75 * wide)
        x, y = column + max(0, (space - wide) // 2), height - tall - 24
        if wide:
            person = np.ones((tall, wide, 3)) * rng.uniform(50, 190, 3) + 25 * clouds((tall, wide), rng, 4)[..., None]
            face = Image.fromarray(np.clip(person, 0, 255).astype(np.uint8))
            pen, skin, shirt = ImageDraw.Draw(face), [(225, 180, 150), (150, 100, 70), (95, 65, 50), (240, 205, 180)][int(rng.integers(4))], tuple(int(v) for v in rng.uniform(20, 200, 3))
            pen.ellipse([0.18 * wide, 0.68 * tall, 0.82 * wide, 1.6 * tall], fill=shirt)
            pen.ellipse([0.37 * wide, 0.18 * tall, 0.63 * wide, 0.76 * tall], fill=(45, 35, 30))
            pen.ellipse([0.385 * wide, 0.27 * tall, 0.615 * wide, 0.8 * tall], fill=skin)
            frame.paste(picture(blurred(array(face), 1.5)), (x, y))
    canvas = ImageDraw.Draw(frame)
    if rng.random() < 0.6:  # the player's bar
        done = rng.uniform(0.05, 0.95) * width
        canvas.rectangle([0, height - 8, width, height - 4], fill=(150, 150, 150))
        canvas.rectangle([0, height - 8, done, height - 4], fill=(230, 30, 40))
        canvas.ellipse([done - 8, height - 14, done + 8, height + 2], fill=(230, 30, 40))
    if rng.random() < 0.35:
        bars = int(rng.integers(20, 70))
        whole = Image.new("RGB", (width + 2 * bars, height), "black")
        whole.paste(frame, (bars, 0))
        frame = whole
    frame = scaled(frame, int(rng.uniform(620, 860)))
    for _ in range(int(rng.integers(1, 3))):
        frame = as_jpeg(frame, rng.integers(9, 34))
        frame = picture(blurred(array(frame), rng.uniform(0.2, 0.6)))
    return scaled(frame, 960) if rng.random() < 0.4 else frame


def vial(image, rng):
    """On a bottle's label of a thermal printer: a name, bars, a warning's diamond, lines where the head is dead, bent around the glass."""
    image = between(image, 420, 640)
    size = rng.uniform(0.042, 0.055) * max(image.size)
    label = with_room(image, rng, left=rng.uniform(0.1, 0.18), right=rng.uniform(0.1, 0.18), top=0.2, bottom=rng.uniform(0.24, 0.32))
    width, height = label.size
    canvas = ImageDraw.Draw(label)
    left, bottom, black = 0.05 * width, height - 0.22 * max(image.size), (0, 0, 0)
    canvas.text((left, 0.5 * size), f"{words(rng)}", font=font_of(PRINT[2], 1.3 * size), fill=black)
    canvas.text((left, 2 * size), f"{rng.integers(1, 100)} {['mg', 'g', 'mL'][int(rng.integers(3))]}   LOT {rng.integers(1000, 99999)}", font=font_of(PRINT[0], size), fill=black)
    for i, text in enumerate([f"{rng.uniform(92, 99.9):.1f} % (HPLC)", ["Store at 2-8 \u00b0C", "Keep dry", "Store at -20 \u00b0C", "For research use only"][int(rng.integers(4))]]):
        canvas.text((left, bottom + (0.2 + 1.25 * i) * size), text, font=font_of(PRINT[0], 0.9 * size), fill=black)
    x, bars = 0.55 * width, 0.006 * width
    while x < 0.9 * width:
        thick = bars * int(rng.integers(1, 4))
        canvas.rectangle([x, bottom + 0.3 * size, x + thick, bottom + 2.2 * size], fill=black)
        x += thick + bars * int(rng.integers(1, 4))
    canvas.text((0.72 * width, bottom + 2.9 * size), f"{rng.integers(10 ** 8, 10 ** 9)}", font=font_of(FONTS["mono"], 0.8 * size), fill=black, anchor="mm")
    values = array(label)
    for _ in range(int(rng.integers(0, 4))):  # dead elements of the head
        column = int(rng.uniform(0.05, 0.95) * width)
        values[:, column:column + max(1, width // 400)] = 255
    cold = np.clip(clouds(values.shape, rng, 5) - 0.9, 0, 1) * rng.uniform(0, 0.5)
    values += (cold + 0.12 * rng.random(values.shape[:2]))[..., None] * (255 - values)
    if rng.random() < 0.6:  # a warning's diamond, printed before
        reach, at = 1.25 * size, np.array([width - 2.1 * size, 1.75 * size])
        corners = [tuple(at + reach * np.array(c)) for c in ((0, -1), (1, 0), (0, 1), (-1, 0))]
        values = array(drawn_on(picture(values), (215, 30, 35), lambda canvas, sharp: canvas.line([tuple(sharp * v for v in c) for c in (*corners, corners[0])], fill=255, width=int(sharp * 0.16 * size), joint="curve")))
        values = array(drawn_on(picture(values), (20, 20, 20), lambda canvas, sharp: canvas.text(tuple(sharp * at), "!", font=font_of(PRINT[2], sharp * 1.3 * size), fill=255, anchor="mm")))
    radius = width * rng.uniform(0.62, 0.85)  # of the bottle: the label goes around part of it
    wide, tall = int(2.06 * radius), int(1.12 * height)
    x, y = np.meshgrid(np.arange(wide) - wide / 2, np.arange(tall) - tall / 2)
    turn = np.arcsin(np.clip(x / radius, -1, 1))
    down = y - rng.uniform(-0.09, 0.09) * radius * np.cos(turn)  # seen from above or below
    across = (radius * turn + width / 2).astype(np.float32)
    laid = cv2.remap(values.astype(np.float32), across, (down + height / 2).astype(np.float32), cv2.INTER_LINEAR, borderValue=(-1, -1, -1))
    on = (laid.min(2) >= 0)[..., None]
    glass = np.array([(120, 62, 18), (150, 85, 30), (205, 215, 215), (60, 65, 70), (235, 235, 238)][int(rng.integers(5))], np.float32)
    shine = np.exp(-((x / radius + 0.6) / 0.05) ** 2)[..., None] * rng.uniform(20, 80)
    bottle = glass * (0.55 + 0.45 * np.cos(turn))[..., None] + shine
    room = np.ones_like(bottle) * rng.uniform(120, 240, 3) + 8 * clouds(bottle.shape, rng, 3)[..., None]
    values = np.where((np.abs(x) < radius)[..., None], np.where(on, laid * (0.5 + 0.5 * np.cos(turn))[..., None] * rng.uniform(0.9, 1) + 0.2 * shine, bottle), room)
    margin = int(0.5 * (wide - 1.02 * min(wide, 2 * radius * np.sin(min(1.5, 0.5 * width / radius)))) * rng.uniform(0.1, 1))
    values = blurred(values[:, max(0, margin):wide - max(0, margin)].astype(np.float32), rng.uniform(0.5, 1.1)) * np.array([1, rng.uniform(0.95, 1), rng.uniform(0.85, 1)])
    return as_jpeg(picture(values + rng.normal(0, rng.uniform(1, 4), values.shape)), rng.integers(55, 92))


def dot_matrix(image, rng):
    """By a printer of needles on endless paper: round dots in rows, heads that come back beside their place, a ribbon that dries, bars and holes."""
    dots = int(rng.integers(210, 300))
    image = with_room(between(image, 420, 800), rng, *rng.uniform(0.03, 0.08, 4))
    grey = thickened(array(image).min(2), 0.2 * max(image.size) / dots)
    shape = [max(1, round(s * dots / max(image.size))) for s in image.size]
    small = np.asarray(Image.fromarray(grey.astype(np.uint8)).resize(shape, Image.BOX), np.float32)
    head, letters = 18 * int(rng.random() < 0.7), Image.new("L", (shape[0], 18), 255)
    text = [f"RUN MOLDRAW  PAGE {rng.integers(1, 40)}", f"COMPOUND NO. {rng.integers(100, 99999)}", f"*** JOB {rng.integers(100, 999)} ***", f"REG {rng.integers(1000, 9999)}  {rng.integers(10, 28)}-MAR-{rng.integers(79, 92)}"]
    ImageDraw.Draw(letters).text((3, 3), text[int(rng.integers(len(text)))], font=font_of(FONTS["mono"], 11), fill=0)
    small = np.concatenate([np.asarray(letters, np.float32)[:head], small])
    struck = small < np.median(small) - 0.36 * (np.median(small) - np.percentile(small, 0.5))
    pitch, rows, columns = 4, *struck.shape
    scale = 3  # a dot is drawn larger first
    sheet = np.zeros((rows * pitch * scale, columns * pitch * scale), np.uint8)
    shifts = np.where(np.arange(rows // 8 + 1) % 2, rng.uniform(-0.45, 0.45), 0) * pitch * scale
    weak, tired = int(rng.integers(8)) if rng.random() < 0.3 else None, rng.uniform(0.41, 0.58) * pitch * scale
    for row, column in zip(*np.nonzero(struck)):
        force = int(np.clip(rng.normal(235, 18) - (70 if row % 8 == weak else 0), 0, 255))
        at = ((column + 0.5) * pitch * scale + shifts[row // 8] + rng.normal(0, 0.4), (row + 0.5) * pitch * scale + rng.normal(0, 0.4))
        cv2.circle(sheet, (int(at[0]), int(at[1])), int(tired), force, -1)
    ink = cv2.resize(sheet, (columns * pitch, rows * pitch), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    margin = int(10 * pitch)
    ink = np.pad(ink, ((margin // 2, margin // 2), (margin, margin)))
    bar = int(rng.uniform(45, 75))
    paper = np.ones((*ink.shape, 3), np.float32) * rng.uniform(240, 252, 3)
    if rng.random() < 0.7:  # bars of the paper, green or blue
        y = np.arange(len(ink)) + int(rng.integers(2 * bar))
        paper[(y // bar) % 2 == 1] -= np.array([(40, 12, 38), (38, 18, 8)][int(rng.integers(2))]) * rng.uniform(0.6, 1)
    for x in (margin // 2, ink.shape[1] - margin // 2):  # the tractor's holes
        paper[:, x - margin // 2:x + margin // 2] = np.maximum(paper[:, x - margin // 2:x + margin // 2], 238)
        cut = x + (margin // 2 - 2) * (1 if x < margin else -1)
        paper[::4, cut:cut + 1] = 170
        for y in range(int(rng.integers(8, 30)), len(ink), 48):
            cv2.circle(paper, (x, y), 6, (125, 120, 115), -1, cv2.LINE_AA)
    dry = np.clip(rng.uniform(0.7, 0.95) + 0.08 * clouds(ink.shape, rng, 4), 0.5, 1)
    ribbon = np.array([(35, 35, 42), (50, 45, 90), (30, 30, 30)][int(rng.integers(3))], np.float32)
    strength = (ink * dry)[..., None]
    return picture(blurred(paper * (1 - strength) + ribbon * strength, rng.uniform(0.3, 0.7)))


def microfilm(image, rng):
    """From a reel of film in a reader, light on dark or as printed: scratches along the film, a hair, coarse grain, light that falls off."""
    image = with_room(between(image, 480, 800), rng, *rng.uniform(0.06, 0.16, 4))
    values = thickened(array(image).min(2), rng.uniform(0.3, 0.9))
    side = max(image.size)
    canvas_image = picture(np.repeat(values[..., None], 3, 2))
    if rng.random() < 0.6:
        number = f"{rng.integers(1, 999):03d}-{rng.integers(1, 9999):04d}" if rng.random() < 0.5 else f"REEL {rng.integers(1, 90)}   FRAME {rng.integers(1, 2000)}"
        ImageDraw.Draw(canvas_image).text((0.04 * image.width, image.height - 0.05 * side), number, font=font_of(FONTS["mono"], 0.032 * side), fill=(0, 0, 0))
    ink = 1 - blurred(array(canvas_image).mean(2), rng.uniform(0.7, 1.2)) / 255
    ink = 1 / (1 + np.exp(-(ink - rng.uniform(0.33, 0.45)) * rng.uniform(8, 14)))
    ink -= ink.min()
    x, y = axes(ink.shape)
    lamp = np.exp(-(((x - x.max() * rng.uniform(0.4, 0.6)) / rng.uniform(0.55, 0.9)) ** 2 + ((y - y.max() * rng.uniform(0.4, 0.6)) / rng.uniform(0.55, 0.9)) ** 2))
    negative = rng.random() < 0.65
    clear = ink if negative else 1 - ink  # where the film lets light through
    grain = blurred(rng.normal(0, 1, ink.shape).astype(np.float32), rng.uniform(0.6, 1.1))
    light = rng.uniform(0.05, 0.16) + rng.uniform(0.6, 0.8) * clear + rng.uniform(0.05, 0.12) * grain / grain.std() * (0.4 + 0.6 * clear) + 0.02 * clouds(ink.shape, rng, 5)
    for _ in range(int(rng.integers(2, 9))):  # along the film, over the whole frame
        off = np.abs((x - rng.uniform(0, x.max())) + rng.normal(0, 0.006) * y + 0.0008 * np.sin(y * rng.uniform(5, 20))) * side
        scratch = np.exp(-(off / rng.uniform(0.4, 0.9)) ** 2) * np.clip(0.6 + 0.6 * clouds(ink.shape, rng, 6), 0, 1)
        light += scratch * rng.uniform(0.1, 0.45) * (1 if rng.random() < 0.7 else -0.6)
    light = np.clip(light, 0, 1) * (0.35 + 0.65 * lamp)
    tint = np.array([(225, 235, 255), (235, 250, 228), (255, 240, 210), (245, 245, 245)][int(rng.integers(4))], np.float32)
    film = picture(light[..., None] * tint)
    if rng.random() < 0.6:  # a hair or dust in the gate: dark
        t = np.linspace(0, 1, 30)
        start, turn, long = rng.uniform(0.05, 0.95, 2) * image.size, rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.14) * side
        bend = turn + np.cumsum(rng.normal(0, 0.25, 30))
        points = start + np.cumsum(np.stack([np.cos(bend), np.sin(bend)], 1), 0) * long / len(t)
        film = drawn_on(film, (5, 5, 5) if not negative else (250, 250, 250), lambda canvas, sharp: canvas.line([tuple(sharp * p) for p in points], fill=190, width=max(1, int(sharp * 0.002 * side)), joint="curve"))
    if rng.random() < 0.5:  # the frame's round corners
        mask = Image.new("L", film.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle([0.012 * side, 0.012 * side, film.width - 0.012 * side, film.height - 0.012 * side], radius=0.03 * side, fill=255)
        soft = blurred(np.asarray(mask, np.float32), 2)[..., None] / 255
        film = picture(array(film) * soft + 4 * (1 - soft))
    return film


UNSEEN = {f.__name__.replace("_", "-"): f for f in (pocket, spectrum, lecture, vial, dot_matrix, microfilm)}
