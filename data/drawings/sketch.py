"""A molecule as a hand with a pen draws it: lines that bow and shake, ends that miss."""
import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = ["/usr/share/fonts/opentype/comic-neue/ComicNeue-Regular.otf",
         "/usr/share/fonts/truetype/humor-sans/Humor-Sans.ttf", "/usr/share/fonts/truetype/breip/Breip.ttf", "/usr/share/fonts/truetype/femkeklaver/femkeklaver.ttf"]
SUPERSAMPLING = 3


def draw(molecule, size, rng):
    """Draws an RDKit molecule (kekulised, with 2D coordinates) on white paper of size (width, height)."""
    big = [SUPERSAMPLING * s for s in size]
    paper = Image.new("RGB", big, "white")
    pen = Pen(ImageDraw.Draw(paper), rng, min(big))
    xy = molecule.GetConformer().GetPositions()[:, :2] * [1, -1]
    extent = np.maximum(xy.max(0) - xy.min(0), 1.0)
    margin = rng.uniform(0.07, 0.14) * min(big)
    scale = min(((np.array(big) - 2 * margin) / extent).min(), 0.16 * max(big) / 1.5)
    xy = (xy - (xy.max(0) + xy.min(0)) / 2) * scale + np.array(big) / 2
    bond_length = 1.5 * scale
    xy += rng.normal(0, 0.03 * bond_length, xy.shape)

    letters = {atom.GetIdx(): label(atom) for atom in molecule.GetAtoms()}
    height = int(np.clip(rng.uniform(0.42, 0.55) * bond_length, 9 * SUPERSAMPLING, 34 * SUPERSAMPLING))
    font = ImageFont.truetype(hand_font(rng), height)
    ring_centres = [xy[list(ring)].mean(0) for ring in molecule.GetRingInfo().AtomRings()]
    for bond in molecule.GetBonds():
        a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        p, q = xy[a], xy[b]
        along = (q - p) / max(np.hypot(*(q - p)), 1e-6)
        if letters[a]:
            p = p + along * 0.62 * height
        if letters[b]:
            q = q - along * 0.62 * height
        draw_bond(pen, bond, p, q, along, bond_length, ring_centres, rng)
    for i, text in letters.items():
        if text:
            pen.write(xy[i], text, font)
    return paper.resize(size, Image.LANCZOS)


def draw_bond(pen, bond, p, q, along, bond_length, ring_centres, rng):
    across = np.array([-along[1], along[0]])
    order = bond.GetBondTypeAsDouble()
    direction = bond.GetBondDir()
    gap = rng.uniform(0.13, 0.2) * bond_length
    if order == 2:
        if bond.IsInRing() and ring_centres:
            middle = (p + q) / 2
            centre = min(ring_centres, key=lambda c: np.hypot(*(c - middle)))
            across = across if np.dot(centre - middle, across) > 0 else -across
            short = 0.13 * (q - p)
            pen.line(p, q)
            pen.line(p + across * gap + short, q + across * gap - short)
        else:
            pen.line(p + across * gap / 2, q + across * gap / 2)
            pen.line(p - across * gap / 2, q - across * gap / 2)
    elif order == 3:
        for offset in (-gap, 0, gap):
            pen.line(p + across * offset, q + across * offset)
    elif str(direction) == "BEGINWEDGE":
        pen.wedge(p, q, across * 0.1 * bond_length)
    elif str(direction) == "BEGINDASH":
        for t in np.linspace(0.12, 1, 6):
            middle = p + (q - p) * t
            pen.line(middle - across * 0.12 * bond_length * t, middle + across * 0.12 * bond_length * t)
    else:
        pen.line(p, q)


def label(atom):
    """What stands at an atom: nothing for a carbon in the skeleton."""
    symbol, charge = atom.GetSymbol(), atom.GetFormalCharge()
    if symbol == "C" and atom.GetDegree() and not charge and not atom.GetIsotope():
        return ""
    hydrogens = atom.GetTotalNumHs()
    text = symbol + ("H" if hydrogens else "") + (str(hydrogens) if hydrogens > 1 else "")
    text = (str(atom.GetIsotope()) if atom.GetIsotope() else "") + text
    return text + ("+" if charge > 0 else "-" if charge < 0 else "") + (str(abs(charge)) if abs(charge) > 1 else "")


def hand_font(rng):
    return FONTS[int(rng.integers(len(FONTS)))]


class Pen:
    """One pen in one hand: its colour, its width, how it shakes."""

    def __init__(self, canvas, rng, side):
        self.canvas, self.rng = canvas, rng
        colours = [(20, 20, 20), (15, 15, 25), (35, 50, 140), (30, 40, 110), (90, 90, 95), (120, 30, 30)]
        self.colour = colours[int(rng.integers(len(colours)))]
        self.width = rng.uniform(0.005, 0.013) * side
        self.bow = rng.uniform(0.0, 0.035)
        self.shake = rng.uniform(0.0, 0.012)
        self.miss = rng.uniform(0.0, 0.035)

    def line(self, p, q):
        length = max(np.hypot(*(q - p)), 1e-6)
        across = np.array([-(q - p)[1], (q - p)[0]])
        p = p + self.rng.normal(0, self.miss, 2) * length * 0.5
        q = q + self.rng.normal(0, self.miss, 2) * length * 0.5
        t = np.linspace(0, 1, 12)[:, None]
        shake = np.convolve(self.rng.normal(0, self.shake, 14), [0.3, 0.4, 0.3], "valid")[:, None]
        points = p + (q - p) * t + across * (self.rng.normal(0, self.bow) * 4 * t * (1 - t) + shake)
        width = self.width * self.rng.uniform(0.85, 1.15)
        self.canvas.line([tuple(point) for point in points], fill=self.colour, width=max(1, round(width)), joint="curve")
        for x, y in (points[0], points[-1]):
            self.canvas.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=self.colour)

    def wedge(self, p, q, half):
        self.canvas.polygon([tuple(p), tuple(q + half), tuple(q - half)], fill=self.colour)

    def write(self, at, text, font):
        first = font.getlength(text[0])
        at = at + self.rng.normal(0, 0.05, 2) * font.size
        self.canvas.text((at[0] - first / 2, at[1]), text, font=font, fill=self.colour, anchor="lm")
