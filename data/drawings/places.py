"""Where the rings of a drawing lie: fits a program's layout to its picture.

A program says where its atoms are in a unit of its own. The picture shows the
same layout, scaled, moved and perhaps mirrored: how, is found by laying the
bonds on the ink. What does not lie on ink is not believed.
"""
import numpy as np
from rdkit import Chem

MINIMUM_SHARE = 0.93  # of the samples along bonds must lie on ink
SAMPLES = np.array([0.38, 0.46, 0.54, 0.62])  # of a bond's length: labels hide its ends
NEAR = 50  # of 255: what differs so much from the paper is ink


def wide_ink(picture):
    """Which pixels are ink, and which are ink or beside it."""
    values = np.asarray(picture.convert("RGB"), np.float32)
    ink = np.abs(values - np.median(values.reshape(-1, 3), axis=0)).max(2) > NEAR
    wide = ink.copy()
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        wide |= np.roll(ink, (dy, dx), (0, 1))
    return ink, wide


def fit(picture, atoms, bonds):
    """(scale, mirrored, move), so that pixel = scale * (x, -y if mirrored else y) + move; None where nothing fits well."""
    ink, wide = wide_ink(picture)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if not len(bonds) or not len(rows):
        return None
    low, high = np.array([columns[0], rows[0]], float), np.array([columns[-1], rows[-1]], float)
    best = (0, None)
    for mirrored in (True, False):
        points = np.asarray(atoms, float) * [1, -1 if mirrored else 1]
        best = max(best, search(points, np.asarray(bonds), wide, low, high, mirrored), key=lambda found: found[0])
    return best[1] if best[0] >= MINIMUM_SHARE else None


def search(points, bonds, wide, low, high, mirrored):
    """The share of samples on ink of the best fit of points into the box of the ink, and that fit."""
    a, b = points[bonds[:, 0]], points[bonds[:, 1]]
    samples = (a[:, None] + (b - a)[:, None] * SAMPLES[None, :, None]).reshape(-1, 2)
    first, extent = points.min(0), np.maximum(np.ptp(points, axis=0), 1e-6)
    middle = first + extent / 2
    largest = ((high - low) / extent)[extent > 1e-3].min()

    def tried(scale, move):
        pixel = np.rint(samples * scale + move).astype(int)
        inside = (pixel >= 0).all(1) & (pixel[:, 0] < wide.shape[1]) & (pixel[:, 1] < wide.shape[0])
        return wide[pixel[inside, 1], pixel[inside, 0]].sum() / len(pixel), (scale, mirrored, move)

    best = (0, None)
    for scale in largest * np.linspace(0.70, 1.02, 33):  # labels make the ink's box larger than that of the atoms
        slack = (high - low) - extent * scale
        for x in np.linspace(0, 1, 9) if slack[0] > 4 else (0.5,):
            for y in np.linspace(0, 1, 9) if slack[1] > 4 else (0.5,):
                best = max(best, tried(scale, low + slack * [x, y] - first * scale), key=lambda found: found[0])
    zoom, step = 0.008, 3.0
    for _ in range(6):  # finer and finer around the best
        if best[1] is None:
            break
        scale, _, move = best[1]
        for wider in (1 - zoom, 1, 1 + zoom):
            for x in (-step, 0, step):
                for y in (-step, 0, step):
                    best = max(best, tried(scale * wider, move + middle * scale * (1 - wider) + [x, y]), key=lambda found: found[0])
        zoom, step = zoom / 1.6, step / 1.6
    return best


def rings(atoms, bonds):
    """The smallest rings, as lists of atoms: of the graph alone, whatever the elements."""
    graph = Chem.RWMol()
    for _ in atoms:
        graph.AddAtom(Chem.Atom(0))
    for a, b in bonds:
        graph.AddBond(int(a), int(b), Chem.BondType.SINGLE)
    return [list(ring) for ring in Chem.GetSSSR(graph)]


def places(picture, atoms, bonds):
    """[[x, y, atoms], …]: each ring's middle in shares of the picture's width and height; None where they are not known."""
    found = rings(atoms, bonds)
    if not found:
        return []
    fitted = fit(picture, atoms, bonds)
    if fitted is None:
        return None
    scale, mirrored, move = fitted
    points = np.asarray(atoms, float) * [1, -1 if mirrored else 1] * scale + move
    width, height = picture.size
    centres = [points[ring].mean(0) / [width, height] for ring in found]
    return [[round(float(x), 4), round(float(y), 4), len(ring)] for (x, y), ring in zip(centres, found)]
