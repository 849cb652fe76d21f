"""Noise and patterns, and sheets with nothing on them."""
import cv2
import numpy as np
from PIL import Image, ImageDraw

from common import pick, source


def shape(rng):
    return int(rng.integers(150, 420)), int(rng.integers(150, 420))


def grey(values):
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).convert("RGB")


@source("noise", "learn")
def pixels(rng):
    h, w = shape(rng)
    how = int(rng.integers(5))
    if how == 0:
        return Image.fromarray(rng.integers(0, 256, (h, w, 3)).astype(np.uint8))
    if how == 1:
        return grey(rng.normal(rng.uniform(90, 255), rng.uniform(5, 80), (h, w)))
    if how == 2:
        return grey(np.where(rng.random((h, w)) < rng.uniform(0.002, 0.5), 0, 255))
    if how == 3:
        return grey(cv2.GaussianBlur(rng.normal(128, 80, (h, w)).astype(np.float32), (0, 0), rng.uniform(0.6, 4)) * 2 - 128)
    small = rng.uniform(0, 255, (h // int(rng.integers(4, 40)) + 1, w // int(rng.integers(4, 40)) + 1))
    return grey(cv2.resize(small, (w, h), interpolation=cv2.INTER_NEAREST))


@source("noise", "learn")
def clouds(rng):
    h, w = shape(rng)
    total = np.zeros((h, w))
    for octave in range(2, 8):
        total += cv2.resize(rng.normal(0, 1, (2 ** octave, 2 ** octave)), (w, h), interpolation=cv2.INTER_CUBIC) * rng.uniform(0.4, 0.8) ** octave
    total = 128 + total / total.std() * rng.uniform(20, 90)
    return grey(np.where(total < 128, 0, 255) if rng.random() < 0.3 else total)


@source("noise", "learn")
def patterns(rng):
    h, w = shape(rng)
    y, x = np.mgrid[0:h, 0:w]
    period, angle = rng.uniform(4, 60), rng.uniform(0, np.pi)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    how = int(rng.integers(5))
    if how == 0:
        return grey(128 + 127 * wave)
    if how == 1:
        return grey(255 * (wave > rng.uniform(-0.9, 0.9)))
    if how == 2:
        return grey(255 * ((x // period + y // period) % 2))
    if how == 3:
        return grey(x / w * rng.uniform(0, 255) + y / h * rng.uniform(0, 255))
    return grey(np.full((h, w), rng.uniform(0, 256)) + rng.normal(0, pick(rng, [0, 1, 3]), (h, w)))


@source("noise", "learn")
def strokes(rng):
    """Strokes, dots and scrawls that mean nothing."""
    h, w = shape(rng)
    image = Image.new("RGB", (w, h), "white")
    draw = ImageDraw.Draw(image)
    how = int(rng.integers(4))
    width = int(rng.integers(1, 5))
    point = lambda: (rng.uniform(0, w), rng.uniform(0, h))
    for _ in range(int(rng.integers(3, 60))):
        if how == 0:
            draw.line([point(), point()], fill="black", width=width)
        elif how == 1:
            (x, y), r = point(), rng.uniform(1, 25)
            draw.ellipse([x - r, y - r, x + r, y + r], outline="black", fill=pick(rng, [None, "black"]), width=width)
        elif how == 2:
            (x, y), (dx, dy) = point(), rng.normal(0, 18, 2)
            draw.line([(x, y), (x + dx, y + dy)], fill="black", width=width)
        else:
            draw.line([point() for _ in range(3)], fill="black", width=width)
            break
    if how == 3:
        walk = np.cumsum(rng.normal(0, 9, (int(rng.integers(30, 300)), 2)), 0) + [w / 2, h / 2]
        draw.line([tuple(p) for p in walk], fill="black", width=width)
    return image


@source("noise", "judge")
def spectrum(rng):
    """Noise of a power law, from white to brown."""
    h, w = shape(rng)
    fy, fx = np.fft.fftfreq(h)[:, None], np.fft.fftfreq(w)[None]
    size = np.hypot(fy, fx)
    size[0, 0] = 1
    field = np.fft.ifft2(np.fft.fft2(rng.normal(0, 1, (h, w))) / size ** rng.uniform(0, 2)).real
    field = (field - field.mean()) / field.std()
    return grey(np.where(field > rng.uniform(-1, 1), 255, 0) if rng.random() < 0.4 else 128 + 60 * field)


@source("noise", "judge")
def cells(rng):
    """A game of life, Voronoi cells, static, interference."""
    h, w = shape(rng)
    how = int(rng.integers(5))
    y, x = np.mgrid[0:h, 0:w]
    if how == 0:
        life = (rng.random((h // 4, w // 4)) < 0.4).astype(np.uint8)
        for _ in range(int(rng.integers(1, 30))):
            around = cv2.filter2D(life, -1, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE) - life
            life = ((around == 3) | (life == 1) & (around == 2)).astype(np.uint8)
        return grey(255 - 255 * cv2.resize(life, (w, h), interpolation=cv2.INTER_NEAREST))
    if how == 1:
        seeds = rng.uniform(0, 1, (int(rng.integers(5, 60)), 2)) * [h, w]
        far = np.stack([np.hypot(y - a, x - b) for a, b in seeds])
        nearest = np.sort(far, 0)
        return grey(255 * (nearest[1] - nearest[0] > rng.uniform(1.5, 4))) if rng.random() < 0.5 else grey(nearest[0] * 4)
    if how == 2:
        return grey(rng.integers(0, 256, (h, 1)) * rng.uniform(0, 1, (h, w)))
    if how == 3:
        a, b = rng.uniform(0, 300, 2), rng.uniform(0, 300, 2)
        return grey(128 + 60 * (np.sin(np.hypot(y - a[0], x - a[1]) / rng.uniform(1, 9)) + np.sin(np.hypot(y - b[0], x - b[1]) / rng.uniform(1, 9))))
    blank = np.full((h, w), rng.uniform(0, 256))
    blank[rng.integers(0, h, 40), rng.integers(0, w, 40)] = rng.uniform(0, 256)
    return grey(blank)


@source("noise", "judge")
def scrawl(rng):
    """Curves, hatching and sprinkled bars, drawn with another library."""
    h, w = shape(rng)
    image = np.full((h, w), 255, np.uint8)
    how = int(rng.integers(3))
    for _ in range(int(rng.integers(2, 40))):
        if how == 0:
            t = np.linspace(0, 1, 60)[:, None]
            p = rng.uniform(0, 1, (4, 2)) * [w, h]
            curve = (1 - t) ** 3 * p[0] + 3 * t * (1 - t) ** 2 * p[1] + 3 * t ** 2 * (1 - t) * p[2] + t ** 3 * p[3]
            cv2.polylines(image, [curve.astype(np.int32)], False, 0, int(rng.integers(1, 4)), cv2.LINE_AA)
        elif how == 1:
            centre, size = rng.uniform(0, 1, 2) * [w, h], rng.uniform(2, 60, 2)
            box = cv2.boxPoints((centre.astype(float), size.astype(float), rng.uniform(0, 90)))
            cv2.fillPoly(image, [box.astype(np.int32)], int(rng.integers(0, 200)))
        else:
            a = (rng.uniform(0, 1, 2) * [w, h]).astype(int)
            b = a + rng.normal(0, 40, 2).astype(int)
            cv2.line(image, a.tolist(), b.tolist(), 0, 1, cv2.LINE_AA)
    return grey(image)
