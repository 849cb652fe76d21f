"""Photographs: parts of the sample pictures that libraries and Debian packages bring."""
import functools
import glob
import os

import cv2
import matplotlib
import numpy as np
import skimage
import sklearn.datasets
from PIL import Image

from common import on_white, pick, source, window


@functools.lru_cache(16)
def opened(path):
    image = on_white(Image.open(path))
    image.thumbnail((1600, 1600))
    return image


def files(folder, *names):
    return sorted(path for name in names for path in glob.glob(os.path.join(folder, name)))


SKIMAGE = files(os.path.join(os.path.dirname(skimage.__file__), "data"),
                "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "coffee.png", "coins.png", "grass.png",
                "gravel.png", "hubble*", "ihc.png", "moon.png", "motorcycle_*.png", "retina.jpg", "rocket.jpg", "clock_motion.png")
MATE = files("/usr/share/backgrounds/mate", "nature/*", "abstract/*")
SKLEARN = files(os.path.join(os.path.dirname(sklearn.datasets.__file__), "images"), "*.jpg")
GNOME = files("/usr/share/backgrounds/gnome", "*.webp")
HOPPER = files(os.path.join(os.path.dirname(matplotlib.__file__), "mpl-data", "sample_data"), "grace_hopper.jpg")
STAMPS = [path for path in glob.glob("/usr/share/tuxpaint/stamps/**/*.png", recursive=True) if os.path.getsize(path) > 60_000]


@source("photo", "learn")
def skimage_samples(rng):
    return window(opened(pick(rng, SKIMAGE)), rng)


@source("photo", "learn")
def mate_backgrounds(rng):
    return window(opened(pick(rng, MATE)), rng)


@source("photo", "learn")
def smooth_scene(rng):
    """Light, ground and soft things on it, with a camera's grain."""
    h, w = int(rng.integers(200, 420)), int(rng.integers(200, 420))
    scene = np.zeros((h, w, 3), np.float32)
    scene[:] = rng.uniform(40, 220, 3)
    scene[int(h * rng.uniform(0.3, 0.8)):] = rng.uniform(20, 200, 3)
    for _ in range(int(rng.integers(2, 14))):
        centre = (int(rng.integers(w)), int(rng.integers(h)))
        axes = (int(rng.integers(8, w // 2)), int(rng.integers(8, h // 2)))
        cv2.ellipse(scene, centre, axes, rng.uniform(0, 180), 0, 360, tuple(map(float, rng.uniform(0, 255, 3))), -1)
    scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(1, 12))
    cells = rng.normal(0, rng.uniform(5, 30), (int(rng.integers(4, 60)), int(rng.integers(4, 60)), 1)).astype(np.float32)
    scene += cv2.resize(cells, (w, h), interpolation=cv2.INTER_CUBIC)[..., None]
    return Image.fromarray(np.clip(scene + rng.normal(0, rng.uniform(0, 10), scene.shape), 0, 255).astype(np.uint8))


@source("photo", "judge")
def sklearn_samples(rng):
    return window(opened(pick(rng, SKLEARN + HOPPER)), rng, 0.25)


@source("photo", "judge")
def gnome_backgrounds(rng):
    return window(opened(pick(rng, GNOME)), rng, 0.25)


@source("photo", "judge")
def tuxpaint_stamps(rng):
    return opened(pick(rng, STAMPS))
