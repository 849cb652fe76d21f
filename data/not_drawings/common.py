"""What every kind shares: where pictures are registered, and what happens to them later."""
import io

import numpy as np
from PIL import Image, ImageFilter, ImageOps

SOURCES = []  # (kind, half, name, function of a numpy Generator to a PIL picture)


def source(kind, half):
    """Registers a function that makes one picture. half: learn or judge; no program is in both."""
    def register(make):
        SOURCES.append((kind, half, make.__name__, make))
        return make
    return register


def pick(rng, options):
    return options[int(rng.integers(len(options)))]


def fitted(image, rng, low=200, high=640):
    """The picture with a longer side of 200 to 640 pixels."""
    side = int(rng.integers(low, high))
    factor = side / max(image.size)
    return image.resize([max(8, round(s * factor)) for s in image.size], Image.LANCZOS)


def window(image, rng, least=0.35):
    """A random part of a picture, of random proportions."""
    w, h = image.size
    cw = int(w * rng.uniform(least, 1))
    ch = int(min(h, cw * rng.uniform(0.6, 1.6)))
    x, y = int(rng.integers(0, w - cw + 1)), int(rng.integers(0, h - ch + 1))
    return image.crop((x, y, x + cw, y + ch))


def on_white(image):
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        sheet = Image.new("RGBA", image.size, "white")
        sheet.alpha_composite(image)
        image = sheet
    return image.convert("RGB")


def jpeg(image, rng):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=int(rng.integers(15, 90)))
    return Image.open(file).convert("RGB")


def shaded(image, rng):
    values = np.asarray(image).astype(np.float32)
    h, w = values.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    light = 1 - rng.uniform(0, 0.4) * (x / w * rng.uniform(-1, 1) + y / h * rng.uniform(-1, 1) + 1) / 2
    values *= light[..., None] * rng.uniform(0.85, 1, 3)
    return Image.fromarray(np.clip(values + rng.normal(0, rng.uniform(0, 6), values.shape), 0, 255).astype(np.uint8))


def worn(image, rng):
    """Half of the pictures as they are, the others as the world returns them."""
    image = fitted(on_white(image), rng)
    if rng.random() < 0.5:
        return image
    for _ in range(int(rng.integers(1, 3))):
        how = int(rng.integers(7))
        if how == 0:
            image = ImageOps.grayscale(image).convert("RGB")
        elif how == 1:
            image = jpeg(image, rng)
        elif how == 2:
            image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.2)))
        elif how == 3:
            image = shaded(image, rng)
        elif how == 4:
            image = ImageOps.invert(image)
        elif how == 5:
            grey = np.asarray(ImageOps.grayscale(image))
            image = Image.fromarray(np.where(grey < rng.uniform(110, 200), 0, 255).astype(np.uint8)).convert("RGB")
        else:
            image = image.rotate(rng.normal(0, 2), Image.BICUBIC, expand=True, fillcolor=image.getpixel((0, 0)))
    return image
