"""Structures drawn in other manners than those of the programs: as a model, by a plotter's pen, as a poster's emblem.

Each is a program in the sense of programs.py, of the set `unseen`.
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from rdkit import Chem
from rdkit.Chem import rdCoordGen, rdDepictor

import sketch
from drawing import FONTS, Drawing, canvas, pick
from rdkit_looks import graph, molecule_of

SHARP = 3  # drawn so many times larger, for smooth edges
ELEMENTS = {"N": (50, 80, 230), "O": (225, 35, 30), "S": (225, 190, 40), "F": (120, 205, 90), "Cl": (40, 190, 60), "Br": (150, 55, 30), "I": (140, 40, 170),
            "P": (240, 140, 30), "H": (225, 225, 225), "B": (240, 165, 150)}
OTHER = (170, 110, 190)
ALL_ATOMS = 22  # more heavy atoms than that leave no room for their hydrogens
# A plotter's letters: strokes of points, each point two digits, x from 0 to 4 and y from 0 to 6.
STROKES = {
    "A": "002640 1333", "B": "00063645443303 3342413000", "C": "4536160501103041", "D": "00062645412000", "E": "46060040 0333", "F": "460600 0333",
    "G": "45361605011030414323", "H": "0006 4046 0343", "I": "2026 1636 1030", "J": "3631201001", "K": "0006 460340", "L": "060040", "M": "0006234640", "N": "00064046",
    "O": "160501103041453616", "P": "00063645443303", "Q": "160501103041453616 2240", "R": "00063645443303 2340", "S": "453616050413334241301001", "T": "2026 0646",
    "U": "060110304146", "V": "062046", "W": "0610233046", "X": "0046 0640", "Y": "062346 2320", "Z": "06460040",
    "0": "160501103041453616", "1": "152620", "2": "05163645440040", "3": "0516364544334241301001 1333", "4": "30360242", "5": "4606033342413010",
    "6": "3616050110304142331302", "7": "064610", "8": "13040516364544331302011030414233", "9": "1030414536160504133344", "+": "2125 0343", "-": "0343", ".": "2021", ":": "2122 2425", "/": "0046",
}


def staged(points, size, rng):
    """The points (y up) in pixels in the middle of that paper (y down), and the pixels of one of their units."""
    size = np.array(size, float)
    extent = np.maximum(np.ptp(points, axis=0), 1.0)
    margin = rng.uniform(0.09, 0.16) * min(size)
    scale = min(((size - 2 * margin) / extent).min(), 0.11 * max(size))
    return (points - (points.max(0) + points.min(0)) / 2) * [scale, -scale] + size / 2, scale


def inside(molecule, bond, xy):
    """Across the bond, of length 1: to the middle of its ring, or to the side with more neighbours."""
    a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
    along = (xy[b] - xy[a]) / max(np.hypot(*(xy[b] - xy[a])), 1e-6)
    across = np.array([-along[1], along[0]])
    rings = [list(ring) for ring in molecule.GetRingInfo().AtomRings() if a in ring and b in ring]
    near = min(rings, key=len) if rings else [n.GetIdx() for i in (a, b) for n in molecule.GetAtomWithIdx(i).GetNeighbors()]
    return across if np.dot(xy[near].mean(0) - (xy[a] + xy[b]) / 2, across) >= 0 else -across


def dot(pen, at, radius, colour):
    pen.ellipse([at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius], fill=tuple(int(c) for c in colour))


def rod(pen, p, q, width, colour):
    """A line with round ends."""
    pen.line([*p, *q], fill=tuple(int(c) for c in colour), width=max(1, round(width)))
    for end in (p, q):
        dot(pen, end, width / 2, colour)


# A model of balls and sticks

def model(smiles, rng):
    """Balls and sticks, or sticks alone, lit from one side and seen askew, as programs for proteins and boxes for teaching show molecules."""
    molecule = Chem.MolFromSmiles(smiles)
    if molecule.GetNumAtoms() <= ALL_ATOMS and rng.random() < 0.35:
        molecule = Chem.AddHs(molecule)
    (rdCoordGen.AddCoords if rng.random() < 0.5 else rdDepictor.Compute2DCoords)(molecule)
    Chem.Kekulize(molecule)
    flat = molecule.GetConformer().GetPositions()[:, :2]
    high = [0.3 * rng.choice([-1, 1]) if atom.GetHybridization() == Chem.HybridizationType.SP3 else 0 for atom in molecule.GetAtoms()]
    turn, tilt = rng.uniform(0, 2 * np.pi), rng.uniform(0.15, 0.75)
    about = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    seen = np.column_stack([flat - flat.mean(0), high]) @ about @ lean
    nearness = 1 / (1 - seen[:, 2] / (3 * max(np.ptp(seen, axis=0).max(), 4)))
    points = seen[:, :2] * nearness[:, None]

    size = canvas(rng, 320, 640)
    big = [SHARP * s for s in size]
    xy, unit = staged(points, big, rng)
    unit *= 1.5  # a bond
    ground = np.array(pick(rng, (255, 255, 255), (255, 255, 255), (0, 0, 0), (18, 24, 44), (236, 238, 242)), float)
    shade = np.linspace(0, rng.uniform(0, 45), big[1])[:, None, None] * (1 if ground.sum() < 400 else -1)
    paper = Image.fromarray(np.clip(np.ones((big[1], big[0], 3)) * ground + shade, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(paper)
    carbon = pick(rng, (105, 105, 105), (60, 60, 60), (40, 170, 90), (60, 170, 200), (225, 160, 60)) if ground.sum() > 400 else pick(rng, (150, 150, 150), (60, 190, 110), (80, 190, 220), (240, 180, 90))
    colours = [np.array(carbon if atom.GetSymbol() == "C" else ELEMENTS.get(atom.GetSymbol(), OTHER), float) for atom in molecule.GetAtoms()]
    sticks_only, doubled, halved = rng.random() < 0.4, rng.random() < 0.6, rng.random() < 0.7
    thick = unit * (rng.uniform(0.17, 0.26) if sticks_only else rng.uniform(0.12, 0.2))
    ball = thick / 2 if sticks_only else unit * rng.uniform(0.19, 0.3)
    depth = (seen[:, 2] - seen[:, 2].max()) / max(np.ptp(seen[:, 2]), 2)  # from 0 to -1
    light = np.array([-0.35, -0.5])

    def lit(colour, k, far):
        colour = colour * (0.55 + 0.45 * k) + (255 - colour) * 0.75 * max(0, k - 0.6) ** 1.5
        return colour + (ground - colour) * 0.35 * -far

    def stick(p, q, width, first, second, far):
        across = np.array([-(q - p)[1], (q - p)[0]]) / max(np.hypot(*(q - p)), 1e-6)
        for k in np.linspace(0, 1, 6):
            shift = across * (across @ light) * width * 0.4 * k
            for a, b, colour in ((p, (p + q) / 2, first), ((p + q) / 2, q, second)):
                pen.line([*(a + shift), *(b + shift)], fill=tuple(int(c) for c in lit(colour, k, far)), width=max(1, round(width * (1 - 0.85 * k))))

    def sphere(at, radius, colour, far):
        for k in np.linspace(0, 1, 8):
            dot(pen, at + light * radius * 0.75 * k, radius * (1 - 0.85 * k), lit(colour, k, far))

    steps = []
    for bond in molecule.GetBonds():
        a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        across = inside(molecule, bond, xy)
        count = int(bond.GetBondTypeAsDouble()) if doubled else 1
        far, ends = (depth[a] + depth[b]) / 2, (colours[a], colours[b]) if halved or sticks_only else (np.array([165.0] * 3),) * 2
        width = thick * (nearness[a] + nearness[b]) / 2 * (1 if count == 1 else 0.45)
        for k in range(count):
            shift = across * (k - (count - 1) / 2) * unit * 0.17
            steps.append((far - 0.01, lambda p=xy[a] + shift, q=xy[b] + shift, w=width, e=ends, f=far: stick(p, q, w, *e, f)))
    for atom in molecule.GetAtoms():
        i = atom.GetIdx()
        radius = ball * nearness[i] * (0.7 if atom.GetSymbol() == "H" and not sticks_only else 1)
        steps.append((depth[i], lambda i=i, r=radius: sphere(xy[i], r, colours[i], depth[i])))
    for _, step in sorted(steps, key=lambda step: step[0]):
        step()
    return Drawing(paper.resize(size, Image.LANCZOS), points.tolist(), graph(molecule)[1])


# A pen plotter

def written(pen, at, text, height, colour, width):
    """Text in a plotter's strokes from a point at the left and half its height; a small letter is the capital at 0.7 of the size."""
    x, y = at
    for letter in text:
        size = height * (0.7 if letter.islower() or letter in "₀₁₂₃₄₅₆₇₈₉" else 1)
        letter = letter.upper() if letter not in "₀₁₂₃₄₅₆₇₈₉" else str("₀₁₂₃₄₅₆₇₈₉".index(letter))
        for stroke in STROKES.get(letter, "").split():
            points = [(x + int(stroke[i]) * size / 6, y + height / 2 - int(stroke[i + 1]) * size / 6 + 0.25 * (height - size)) for i in range(0, len(stroke), 2)]
            pen.line(points, fill=colour, width=width, joint="curve")
        x += size
    return x


def plotted(smiles, rng):
    """By a pen plotter of the eighties: one thin pen or two, letters of strokes, both lines of a double bond beside the middle, wedges left open."""
    molecule = molecule_of(smiles, rng, turn=0.2)
    Chem.Kekulize(molecule)
    Chem.WedgeMolBonds(molecule, molecule.GetConformer())
    size = canvas(rng, 360, 640)
    big = [SHARP * s for s in size]
    xy, unit = staged(molecule.GetConformer().GetPositions()[:, :2], big, rng)
    unit *= 1.5
    paper = Image.new("RGB", big, pick(rng, (255, 255, 255), (252, 251, 244)))
    pen, width = ImageDraw.Draw(paper), round(SHARP * rng.uniform(0.8, 1.5) * max(1, max(size) / 560))
    inks = [(25, 25, 30), (25, 45, 150), (15, 110, 70), (170, 30, 40)]
    ink, second = (inks[i] for i in rng.permutation(4)[:2])
    second = second if rng.random() < 0.5 else ink
    height, gap = rng.uniform(0.3, 0.4) * unit, rng.uniform(0.09, 0.15) * unit
    centred, dashes = rng.random() < 0.6, rng.random() < 0.35
    names = [sketch.label(atom) for atom in molecule.GetAtoms()]

    def line(p, q, dashed=False):
        if not dashed:
            pen.line([*p, *q], fill=ink, width=width)
            return
        count = max(2, round(np.hypot(*(q - p)) / (0.2 * unit)))
        for k in range(count):
            pen.line([*(p + (q - p) * k / count), *(p + (q - p) * (k + 0.55) / count)], fill=ink, width=width)

    for bond in molecule.GetBonds():
        a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        along = (xy[b] - xy[a]) / max(np.hypot(*(xy[b] - xy[a])), 1e-6)
        p, q = xy[a] + along * 0.75 * height * bool(names[a]), xy[b] - along * 0.75 * height * bool(names[b])
        across, order, direction = inside(molecule, bond, xy), bond.GetBondTypeAsDouble(), str(bond.GetBondDir())
        if order == 2 and centred:
            line(p + across * gap / 2, q + across * gap / 2)
            line(p - across * gap / 2, q - across * gap / 2)
        elif order == 2:
            line(p, q)
            line(p + across * gap * 1.3 + 0.12 * (q - p), q + across * gap * 1.3 - 0.12 * (q - p), dashed=dashes)
        elif order == 3:
            for shift in (-gap, 0, gap):
                line(p + across * shift, q + across * shift)
        elif direction == "BEGINWEDGE":
            for end in (q + across * 0.1 * unit, q - across * 0.1 * unit):
                line(p, end)
            line(q + across * 0.1 * unit, q - across * 0.1 * unit)
        elif direction == "BEGINDASH":
            line(p, q, dashed=True)
        else:
            line(p, q)
    for i, name in enumerate(names):
        if not name:
            continue
        atom = molecule.GetAtomWithIdx(i)
        hydrogens = "H" * bool(atom.GetTotalNumHs()) + ("₀₁₂₃₄₅₆₇₈₉"[atom.GetTotalNumHs()] if atom.GetTotalNumHs() > 1 else "")
        symbol, charge = atom.GetSymbol().upper(), "+" * max(0, atom.GetFormalCharge()) + "-" * max(0, -atom.GetFormalCharge())
        lean = sum(xy[n.GetIdx()][0] - xy[i][0] for n in atom.GetNeighbors())
        text = hydrogens + symbol + charge if lean > 0.2 * unit else symbol + hydrogens + charge
        before = sum(0.7 if c in "₀₁₂₃₄₅₆₇₈₉" else 1 for c in hydrogens) if lean > 0.2 * unit else 0
        written(pen, (xy[i][0] - height * (before + 0.33), xy[i][1]), text, height, second, width)
    if rng.random() < 0.6:  # the line that says which file was plotted
        letters = 0.028 * max(big)
        text = pick(rng, f"FILE: MOL{rng.integers(10000):04d}", f"PLOT {rng.integers(1, 99)} / {rng.integers(1, 29)}-MAR-{rng.integers(81, 93)}", f"REG.NO. {rng.integers(10000, 99999)}-{rng.integers(10, 99)}-{rng.integers(10)}")
        written(pen, (0.03 * big[0], big[1] - letters), text, letters, second, width)
    return Drawing(paper.resize(size, Image.LANCZOS), *graph(molecule))


# A poster's emblem

def emblem(smiles, rng):
    """Flat and bold, as posters, shirts and slides of popular science have it: thick round strokes or hollow ones, discs for the other elements."""
    molecule = molecule_of(smiles, rng, turn=0.3)
    Chem.Kekulize(molecule)
    size = canvas(rng, 340, 640)
    big = [SHARP * s for s in size]
    xy, unit = staged(molecule.GetConformer().GetPositions()[:, :2], big, rng)
    unit *= 1.5
    grounds = [(36, 123, 160), (242, 95, 92), (46, 64, 87), (112, 193, 179), (255, 209, 102), (94, 60, 120), (245, 240, 228), (255, 255, 255), (30, 30, 34), (60, 140, 90)]
    first, last = (np.array(grounds[i], float) for i in rng.permutation(len(grounds))[:2])
    ramp = np.linspace(0, pick(rng, 0, 0, 0.35), big[1])[:, None, None] * np.ones((1, big[0], 1))
    paper = Image.fromarray((first + (last - first) * ramp).astype(np.uint8))
    light = first @ [0.3, 0.6, 0.1] < 150
    ink = np.array(pick(rng, (255, 255, 255), (250, 244, 225)) if light else pick(rng, (25, 30, 45), (40, 40, 40), (30, 50, 90)), float)
    pen, thick = ImageDraw.Draw(paper), rng.uniform(0.1, 0.17) * unit
    hollow, discs = rng.random() < 0.35, rng.random() < 0.75
    names = [sketch.label(atom) for atom in molecule.GetAtoms()]
    lines = []
    for bond in molecule.GetBonds():
        p, q = xy[bond.GetBeginAtomIdx()], xy[bond.GetEndAtomIdx()]
        across, order = inside(molecule, bond, xy), int(bond.GetBondTypeAsDouble())
        lines.append((p, q, 1))
        for k in range(order - 1):
            shift = across * (2.1 * thick if hollow else 1.75 * thick) * (1 if k == 0 else -1)
            lines.append((p + shift + 0.2 * (q - p), q + shift - 0.2 * (q - p), 0.4 if hollow else 0.75))
    for p, q, share in lines:
        rod(pen, p, q, thick * share * (1.5 if hollow and share == 1 else 1), ink)
    if hollow:  # the ground again inside the strokes of the skeleton
        for p, q, share in lines:
            if share == 1:
                rod(pen, p, q, 0.75 * thick, np.array(paper.getpixel((int(p[0]), 2))))
    everywhere = 1.2 * thick if rng.random() < 0.3 and not hollow else 0
    for i, name in enumerate(names):
        if not name and everywhere:
            dot(pen, xy[i], everywhere, ink)
        if not name:
            continue
        radius = unit * (0.3 if len(name) == 1 else 0.36)
        colour = np.array(ELEMENTS.get(molecule.GetAtomWithIdx(i).GetSymbol(), OTHER), float)
        under = np.array(paper.getpixel((2, int(np.clip(xy[i][1], 0, big[1] - 1)))))
        dot(pen, xy[i], radius + 0.35 * thick, under)
        if discs:
            dot(pen, xy[i], radius, colour)
        font = ImageFont.truetype(FONTS["bold"], int(1.35 * radius if len(name) == 1 else 2.3 * radius / len(name) ** 0.75))
        pen.text(tuple(xy[i]), name, font=font, fill=tuple(int(c) for c in (ink if not discs else (255, 255, 255))), anchor="mm")
    return Drawing(paper.resize(size, Image.LANCZOS), *graph(molecule))


UNSEEN = {"model": model, "plotted": plotted, "emblem": emblem}
