"""The drawing programs. Each draws a molecule from its SMILES in its own manner.

A program is a function of a SMILES and a numpy Generator, from which it draws
every choice of its own (size, widths, fonts, colours, layout), and returns a
Drawing. What goes wrong in it is an exception. RDKit's stand in rdkit_looks.py.
"""
import base64
import io
import json
import random
import re
import subprocess
from pathlib import Path

from PIL import Image, ImageOps
from rdkit import Chem, RDLogger

import rdkit_looks
import unseen_looks
from drawing import Drawing, canvas, from_file, longer_side, pick, rasterise

HERE = Path(__file__).parent
RDLogger.DisableLog("rdApp.*")

SPELLED = 20  # more atoms than that are not all spelled out: the letters leave no room for the bonds


# Open Babel

def openbabel(smiles, rng):
    from openbabel import openbabel as ob
    ob.obErrorLog.SetOutputLevel(0)
    conversion = ob.OBConversion()
    conversion.SetInAndOutFormats("smi", "svg")
    molecule = ob.OBMol()
    if not conversion.ReadString(molecule, smiles):
        raise ValueError("Open Babel does not read it")
    ob.OBOp.FindType("gen2D").Do(molecule)
    molecule.SetTitle("")
    options = ob.OBConversion.OUTOPTIONS
    conversion.AddOption("d", options)
    for name, share in (("u", 0.4), ("C", 0.5), ("s", 0.4), ("t", 0.4), ("a", 0.08)):
        if rng.random() < share and not (name == "a" and molecule.NumAtoms() > SPELLED):
            conversion.AddOption(name, options)
    svg = conversion.WriteString(molecule)
    picture = rasterise(svg, longer_side(rng))
    atoms = [(a.GetX(), a.GetY()) for a in ob.OBMolAtomIter(molecule)]
    bonds = [(b.GetBeginAtomIdx() - 1, b.GetEndAtomIdx() - 1) for b in ob.OBMolBondIter(molecule)]
    return Drawing(picture, atoms, bonds)


# Indigo

def indigo(smiles, rng):
    from indigo import Indigo
    from indigo.renderer import IndigoRenderer
    toolkit = Indigo()
    renderer = IndigoRenderer(toolkit)
    molecule = toolkit.loadMolecule(smiles)
    if rng.random() < 0.25:
        molecule.aromatize()  # aromatic rings get a circle
    molecule.layout()
    width, height = canvas(rng)
    for option, value in {
        "render-output-format": "png",
        "render-image-size": f"{width},{height}",
        "render-background-color": "1.0, 1.0, 1.0",
        "render-coloring": bool(rng.random() < 0.6),
        "render-relative-thickness": float(rng.uniform(0.7, 2.2)),
        "render-bond-line-width": float(rng.uniform(0.8, 1.8)),
        "render-implicit-hydrogens-visible": bool(rng.random() < 0.8),
        "render-label-mode": pick(rng, "hetero", "terminal-hetero"),
        "render-stereo-style": pick(rng, "none", "ext", "old"),
        "render-margins": "10, 10",
    }.items():
        toolkit.setOption(option, value)
    picture = Image.open(io.BytesIO(bytes(renderer.renderToBuffer(molecule)))).convert("RGB")
    atoms = [tuple(a.xyz()[:2]) for a in molecule.iterateAtoms()]
    bonds = [(b.source().index(), b.destination().index()) for b in molecule.iterateBonds()]
    return Drawing(picture, atoms, bonds)


# CDPKit

def cdpkit(smiles, rng):
    import CDPL.Chem
    import CDPL.Math
    import CDPL.Vis as vis
    molecule = CDPL.Chem.parseSMILES(smiles)
    CDPL.Chem.calcBasicProperties(molecule, False)
    CDPL.Chem.calcTopologicalDistanceMatrix(molecule, False)
    xy = CDPL.Math.Vector2DArray()
    CDPL.Chem.Atom2DCoordinatesCalculator().calculate(molecule, xy)
    CDPL.Chem.set2DCoordinates(molecule, xy)
    width, height = canvas(rng)

    def write(path):
        writer = vis.FileSVGMolecularGraphWriter(path)
        vis.setSizeAdjustmentParameter(writer, vis.SizeAdjustment.BEST_FIT)
        vis.setViewportParameter(writer, vis.Rectangle2D(0, 0, width, height))
        vis.setBondLineWidthParameter(writer, vis.SizeSpecification(float(rng.uniform(0.7, 2.5)), False, True, True))
        vis.setAtomLabelSizeParameter(writer, vis.SizeSpecification(float(rng.uniform(11, 15)), False, True, True))
        vis.setAtomLabelFontParameter(writer, vis.Font(pick(rng, "Liberation Sans", "Liberation Serif", "DejaVu Sans", "FreeSerif"), 12))
        if rng.random() < 0.6:
            vis.setAtomColorTableParameter(writer, vis.DefaultAtomColorTable())
        if rng.random() < 0.15 and molecule.numAtoms <= SPELLED:
            vis.setShowCarbonsParameter(writer, True)
        writer.write(molecule)
        writer.close()
    bonds = [(molecule.getAtomIndex(b.getBegin()), molecule.getAtomIndex(b.getEnd())) for b in molecule.bonds]
    picture = rasterise(from_file(write), max(width, height))
    return Drawing(ImageOps.expand(picture, int(rng.integers(6, 25)), "white"), [tuple(v) for v in xy], bonds)


# PIKAChU

def pikachu(smiles, rng):
    from pikachu.drawing.drawing import Drawer, Options, draw_multiple
    from pikachu.general import read_smiles
    options = Options()
    options.bond_thickness = float(rng.uniform(0.8, 3))
    options.short_bond_length = float(rng.uniform(0.5, 0.9))
    options.svg_font = pick(rng, "Liberation Sans", "Liberation Serif", "DejaVu Sans")
    state = random.getstate()
    random.seed(int(rng.integers(1 << 31)))
    try:
        structure = read_smiles(smiles)
        drawer = draw_multiple(structure, coords_only=True, options=options) if "." in smiles else Drawer(structure, coords_only=True, options=options)
        svg = from_file(drawer.write_svg)
    finally:
        random.setstate(state)
    number = {atom: i for i, atom in enumerate(a for a in drawer.structure.graph if a.draw.is_drawn)}
    atoms = [(a.draw.position.x, a.draw.position.y) for a in number]
    bonds = [(number[b.atom_1], number[b.atom_2]) for b in drawer.structure.bonds.values() if b.atom_1 in number and b.atom_2 in number]
    return Drawing(rasterise(svg, longer_side(rng)), atoms, bonds)


# chython

def chython(smiles, rng):
    import chython as ch
    molecule = ch.smiles(smiles)
    if rng.random() < 0.6:
        molecule.kekule()  # otherwise aromatic rings get dashed inner lines
    molecule.clean2d()
    svg = molecule.depict()
    number = {a.n: i for i, a in enumerate(molecule.atoms())}
    atoms = [(a.x, a.y) for a in molecule.atoms()]
    bonds = [(number[b.n], number[b.m]) for b in molecule.bonds()]
    return Drawing(rasterise(svg, longer_side(rng)), atoms, bonds)


# Programs that live outside Python

class Server:
    """A process that draws: a line in, a line out. It starts when first asked."""

    def __init__(self, *command):
        self.command, self.process = command, None

    def ask(self, program, smiles, options):
        """The Drawing's SVG or picture, its atoms and its bonds."""
        if self.process is None:
            self.process = subprocess.Popen(self.command, cwd=HERE, text=True, bufsize=1, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write(f"{program}\t{smiles}\t{options}\n")
            answer = self.process.stdout.readline().rstrip("\n").split("\t")
        except BaseException:  # the answer to come would be taken for the next one's
            self.process.kill()
            self.process = None
            raise
        if answer[0] != "ok":
            raise ValueError(f"{program}: {' '.join(answer[1:]) or 'it died'}")
        _, atoms, bonds, drawn = answer
        return (drawn, [tuple(map(float, p.split(","))) for p in atoms.split(";") if p],
                [tuple(map(int, b.split("-"))) for b in bonds.split(";") if b])


node = Server("node", "servers/draw.mjs")
java = Server("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", "-cp", "jars/*", "servers/Depict.java")
debian_python = Server("/usr/bin/python3", "servers/bkchem.py")


def openchemlib(smiles, rng):
    width, height = canvas(rng)
    svg, atoms, bonds = node.ask("openchemlib", smiles, json.dumps({
        "width": width, "height": height, "suppressChiralText": True, "suppressESR": bool(rng.random() < 0.7),
        "suppressCIPParity": bool(rng.random() < 0.7), "noStereoProblem": True, "maxAVBL": int(rng.uniform(24, 60) * max(width, height) / 400), "inflateToMaxAVBL": True,
        "strokeWidth": float(rng.uniform(0.8, 2.4)), "factorTextSize": float(rng.uniform(0.8, 1.3)),
        "fontWeight": pick(rng, 400, 400, 700), "noColorOnESRAndCIP": True,
    }))
    if rng.random() < 0.45:  # black and white, as in print
        svg = re.sub(r"rgb\(\d+,\d+,\d+\)", "rgb(0,0,0)", svg)
    return Drawing(rasterise(svg, max(width, height)), atoms, bonds)


def smiles_drawer(smiles, rng, circles=False):
    molecule = Chem.MolFromSmiles(smiles)
    if not circles:
        Chem.Kekulize(molecule, clearAromaticFlags=True)
    thickness = float(rng.uniform(0.6, 2))
    svg, atoms, bonds = node.ask("smiles-drawer", Chem.MolToSmiles(molecule, kekuleSmiles=not circles), json.dumps({
        "bondThickness": thickness, "shortBondLength": float(rng.uniform(0.7, 0.9)), "compactDrawing": False,
        "terminalCarbons": bool(rng.random() < 0.3), "bondSpacing": float(rng.uniform(4.2, 6.2)),
        "fontSizeLarge": float(rng.uniform(9, 12)), "padding": float(rng.uniform(8, 25)),
    }))
    # resvg knows the transform attribute, not CSS lengths in it
    svg = re.sub(r'style="transform: translateX\(([-\d.e]+)px\) translateY\(([-\d.e]+)px\)"', r'transform="translate(\1 \2)"', svg)
    if rng.random() < 0.4:
        svg = re.sub(r"#[0-9a-fA-F]{6}(?=[\"';])", lambda m: m.group() if m.group().lower() == "#ffffff" else "#222222", svg)
    return Drawing(rasterise(svg, longer_side(rng)), atoms, bonds)


def smiles_drawer_circles(smiles, rng):
    """Aromatic rings as circles in polygons."""
    return smiles_drawer(smiles, rng, circles=True)


def cdk(smiles, rng, *words):
    width, height = canvas(rng)
    words = [f"width={width}", f"height={height}", f"stroke={rng.uniform(0.7, 1.9):.2f}", f"separation={rng.uniform(0.13, 0.22):.3f}",
             f"margin={rng.uniform(1, 3):.2f}", f"font={pick(rng, 'SansSerif', 'Serif', 'Liberation_Sans', 'DejaVu_Sans')}", *words]
    words += [word for word, share in (("colour", 0.5), ("methyls", 0.3), ("numbers", 0.08), ("carbons", 0.05)) if rng.random() < share]
    if Chem.MolFromSmiles(smiles).GetNumAtoms() > SPELLED and "carbons" in words:
        words.remove("carbons")
    svg, atoms, bonds = java.ask("cdk", smiles, " ".join(words))
    return Drawing(rasterise(svg, max(width, height)), atoms, bonds)


def cdk_circles(smiles, rng):
    """CDK with circles in aromatic rings."""
    return cdk(smiles, rng, "circles")


def bkchem(smiles, rng):
    molecule = Chem.MolFromSmiles(smiles)
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    length = float(rng.uniform(22, 42))
    options = {
        "bond_length": length, "margin": int(rng.integers(8, 30)), "line_width": float(rng.uniform(0.8, 2.5)), "bond_width": length * float(rng.uniform(0.16, 0.22)),
        "font_size": int(length * rng.uniform(0.42, 0.6)), "font_name": pick(rng, "Liberation Sans", "Liberation Serif", "DejaVu Sans"),
        "show_hydrogens_on_hetero": bool(rng.random() < 0.7), "color_atoms": bool(rng.random() < 0.6), "color_bonds": bool(rng.random() < 0.6),
        "antialias_drawing": bool(rng.random() < 0.8),
    }
    drawn, atoms, bonds = debian_python.ask("bkchem", Chem.MolToSmiles(molecule, kekuleSmiles=True), json.dumps(options))
    picture = Image.open(io.BytesIO(base64.b64decode(drawn[4:]))).convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.split()[3])
    return Drawing(paper, atoms, bonds)


# Who may use which. The names of a set that judges never stand in another.
TRAIN = {
    "rdkit": rdkit_looks.own, "rdkit-acs": rdkit_looks.acs, "rdkit-numbers": rdkit_looks.numbers, "rdkit-labels": rdkit_looks.labels, "rdkit-highlight": rdkit_looks.highlight,
    "openbabel": openbabel, "openchemlib": openchemlib, "cdk": cdk, "cdk-circles": cdk_circles, "chython": chython, "hand": rdkit_looks.hand,
}
DEV = {"smiles-drawer": smiles_drawer, "smiles-drawer-circles": smiles_drawer_circles, "pikachu": pikachu, "rdkit-comic": rdkit_looks.comic}
TEST = {"indigo": indigo, "cdpkit": cdpkit, "bkchem": bkchem}
FINAL = {"rdkit-unusual": rdkit_looks.unusual}
UNSEEN = unseen_looks.UNSEEN
