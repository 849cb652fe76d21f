"""RDKit's drawings in the looks that its options give, and a hand's on RDKit's layouts.

Each is a program in the sense of programs.py.
"""
import io

import numpy as np
from PIL import Image
from rdkit import Chem
from rdkit.Chem import rdAbbreviations, rdCoordGen, rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

import sketch
from drawing import FONTS, Drawing, canvas, pick


def molecule_of(smiles, rng, coordgen=0.5, turn=0.4):
    """Laid out by CoordGen or by RDKit itself, and perhaps turned by any angle."""
    molecule = Chem.MolFromSmiles(smiles)
    if rng.random() < coordgen:
        rdCoordGen.AddCoords(molecule)
    else:
        rdDepictor.Compute2DCoords(molecule, canonOrient=bool(rng.random() < 0.5))
    if rng.random() < turn:
        angle = rng.uniform(0, 2 * np.pi)
        conformer = molecule.GetConformer()
        xy = conformer.GetPositions()
        turned = xy[:, :2] @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        for i, (x, y) in enumerate(turned):
            conformer.SetAtomPosition(i, (float(x), float(y), 0.0))
    return molecule


def graph(molecule):
    """Its atoms' coordinates and its bonds, as a Drawing has them."""
    atoms = molecule.GetConformer().GetPositions()[:, :2].tolist()
    return atoms, [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in molecule.GetBonds()]


def render(molecule, rng, change=lambda options: None, size=None, kekulize=True, **drawn):
    """Draws with RDKit's options after change(options); drawn goes to DrawMolecule."""
    width, height = size or canvas(rng)
    drawer = rdMolDraw2D.MolDraw2DCairo(width, height)
    options = drawer.drawOptions()
    options.padding = rng.uniform(0.02, 0.12)
    options.fixedBondLength = float(pick(rng, 25, 35, 60)) * max(width, height) / 300
    change(options)
    options.bondLineWidth = max(1, round(options.bondLineWidth * max(width, height) / 400))
    ready = rdMolDraw2D.PrepareMolForDrawing(molecule, kekulize=kekulize, addChiralHs=bool(rng.random() < 0.5))
    options.prepareMolsBeforeDrawing = False
    drawer.DrawMolecule(ready, **drawn)
    drawer.FinishDrawing()
    picture = Image.open(io.BytesIO(drawer.GetDrawingText())).convert("RGB")
    return Drawing(picture, *graph(molecule))


def own(smiles, rng):
    """RDKit's own look: colours, black, or another toolkit's palette."""
    def change(options):
        pick(rng, options.useDefaultAtomPalette, options.useBWAtomPalette, options.useAvalonAtomPalette, options.useCDKAtomPalette)()
        options.bondLineWidth = pick(rng, 1, 2, 2, 3, 4)
        options.multipleBondOffset = rng.uniform(0.10, 0.22)
        options.additionalAtomLabelPadding = rng.uniform(0, 0.12)
        if rng.random() < 0.5:
            options.fontFile = FONTS[pick(rng, *FONTS)]
        options.baseFontSize = rng.uniform(0.45, 0.8)
        options.explicitMethyl = bool(rng.random() < 0.25)
        options.singleColourWedgeBonds = bool(rng.random() < 0.3)
    return render(molecule_of(smiles, rng), rng, change)


def acs(smiles, rng):
    """The proportions of the American Chemical Society's journals (ACS 1996)."""
    molecule = molecule_of(smiles, rng)
    drawer = rdMolDraw2D.MolDraw2DCairo(-1, -1)
    rdMolDraw2D.SetACS1996Mode(drawer.drawOptions(), rdMolDraw2D.MeanBondLength(molecule) or 1.5)
    if rng.random() < 0.3:
        drawer.drawOptions().fontFile = FONTS[pick(rng, "sans", "serif", "roman")]
    drawer.DrawMolecule(molecule)
    drawer.FinishDrawing()
    picture = Image.open(io.BytesIO(drawer.GetDrawingText())).convert("RGB")
    factor = rng.uniform(1, 1.6)
    picture = picture.resize((max(40, int(picture.width * factor)), max(40, int(picture.height * factor))), Image.LANCZOS)
    margin = int(rng.integers(4, 30))
    paper = Image.new("RGB", (picture.width + 2 * margin, picture.height + 2 * margin), "white")
    paper.paste(picture, (margin, margin))
    return Drawing(paper, *graph(molecule))


def numbers(smiles, rng):
    """Atoms or bonds are numbered."""
    molecule = molecule_of(smiles, rng)

    def change(options):
        kind = rng.integers(3)
        options.addAtomIndices = bool(kind != 1)
        options.addBondIndices = bool(kind == 1)
        options.addStereoAnnotation = True
        options.annotationFontScale = rng.uniform(0.4, 0.7)
        if kind == 2:
            options.useBWAtomPalette()
        options.bondLineWidth = pick(rng, 1, 2)
    return render(molecule, rng, change, size=canvas(rng, 330, 620))


def labels(smiles, rng):
    """Groups are abbreviated, methyls spelled out, stereo and compound number written."""
    molecule = Chem.MolFromSmiles(smiles)
    if rng.random() < 0.7:
        short = rdAbbreviations.CondenseMolAbbreviations(molecule, rdAbbreviations.GetDefaultAbbreviations(), maxCoverage=0.6)
        if short.GetRingInfo().NumRings() == molecule.GetRingInfo().NumRings():
            molecule = short
    molecule.RemoveAllConformers()
    (rdCoordGen.AddCoords if rng.random() < 0.5 else rdDepictor.Compute2DCoords)(molecule)

    def change(options):
        options.addStereoAnnotation = True
        options.explicitMethyl = bool(rng.random() < 0.6)
        options.fontFile = FONTS[pick(rng, *FONTS)]
        options.legendFontSize = int(rng.integers(14, 30))
        if rng.random() < 0.5:
            options.useBWAtomPalette()
        options.bondLineWidth = pick(rng, 1, 2, 3)
    legend = pick(rng, "", str(rng.integers(1, 60)), f"compound {rng.integers(1, 99)}", f"({rng.integers(1, 40)}{pick(rng, *'abcd')})")
    return render(molecule, rng, change, legend=legend)


def highlight(smiles, rng):
    """A part of the molecule lies on a coloured ground, as a search shows its hit."""
    molecule = molecule_of(smiles, rng)
    size = int(rng.integers(3, 12))
    start = int(rng.integers(molecule.GetNumAtoms()))
    hit = [start]
    for i in hit:
        for near in molecule.GetAtomWithIdx(i).GetNeighbors():
            if near.GetIdx() not in hit and len(hit) < size:
                hit.append(near.GetIdx())
    bonds = [b.GetIdx() for b in molecule.GetBonds() if b.GetBeginAtomIdx() in hit and b.GetEndAtomIdx() in hit]
    colour = tuple(float(v) for v in rng.uniform(0.6, 1, 3))

    def change(options):
        options.setHighlightColour(colour)
        options.continuousHighlight = bool(rng.random() < 0.7)
        options.fillHighlights = bool(rng.random() < 0.9)
        options.highlightBondWidthMultiplier = int(rng.integers(8, 20))
        options.highlightRadius = rng.uniform(0.25, 0.4)
        options.bondLineWidth = pick(rng, 1, 2)
    return render(molecule, rng, change, highlightAtoms=hit, highlightBonds=bonds)


def comic(smiles, rng):
    """RDKit's comic mode: shaky lines and a hand's letters."""
    def change(options):
        options.comicMode = True
        options.bondLineWidth = pick(rng, 1, 2, 2, 3)
        if rng.random() < 0.5:
            options.useBWAtomPalette()
    return render(molecule_of(smiles, rng), rng, change)


def unusual(smiles, rng):
    """With what few people turn on: a few hydrogens, dashes for aromatic bonds, arrows for dative and waves for unknown ones, map numbers, notes at atoms."""
    molecule = Chem.MolFromSmiles(smiles)
    heavy = [int(i) for i in rng.permutation(molecule.GetNumAtoms())]
    if rng.random() < 0.5:
        molecule = Chem.AddHs(molecule, onlyOnAtoms=heavy[: int(rng.integers(1, 5))])
    for bond in molecule.GetBonds():  # N+ and O-, drawn in the old way as N→O
        ends = sorted((bond.GetBeginAtom(), bond.GetEndAtom()), key=lambda atom: -atom.GetFormalCharge())
        if (bond.GetBondType() == Chem.BondType.SINGLE and [(a.GetSymbol(), a.GetFormalCharge()) for a in ends] == [("N", 1), ("O", -1)]
                and ends[1].GetDegree() == 1 and bond.GetBeginAtomIdx() == ends[0].GetIdx() and rng.random() < 0.6):
            bond.SetBondType(Chem.BondType.DATIVE)
            for atom in ends:
                atom.SetFormalCharge(0)
                atom.SetNoImplicit(True)
    molecule.UpdatePropertyCache(strict=False)
    (rdCoordGen.AddCoords if rng.random() < 0.4 else rdDepictor.Compute2DCoords)(molecule)
    mapped, noted = rng.random() < 0.3, rng.random() < 0.4
    for number, i in enumerate(heavy[: int(rng.integers(1, 6))], 1):
        if mapped:
            molecule.GetAtomWithIdx(i).SetAtomMapNum(number)
        elif noted:  # a shift of its nucleus, or a charge that was computed
            molecule.GetAtomWithIdx(i).SetProp("atomNote", f"{rng.uniform(0.8, 8.6):.2f}" if rng.random() < 0.5 else f"{rng.normal(0, 0.3):+.2f}")

    def change(options):
        options.unspecifiedStereoIsUnknown = bool(rng.random() < 0.5)
        options.multipleBondOffset = rng.uniform(0.08, 0.3)
        options.bondLineWidth = pick(rng, 1, 2, 3, 5)
        options.annotationFontScale = rng.uniform(0.45, 0.65)
        options.baseFontSize = rng.uniform(0.4, 1)
        options.fontFile = FONTS[pick(rng, *FONTS)]
        if rng.random() < 0.3:
            options.setBackgroundColour(tuple(float(v) for v in rng.uniform(0.85, 1, 3)))
        if rng.random() < 0.3:
            options.useBWAtomPalette()
        options.splitBonds = bool(rng.random() < 0.15)
    return render(molecule, rng, change, size=canvas(rng, 300, 600), kekulize=bool(rng.random() < 0.4))


def hand(smiles, rng):
    """A hand with a pen, drawn here: see sketch.py."""
    molecule = molecule_of(smiles, rng, turn=0.7)
    Chem.Kekulize(molecule)
    return Drawing(sketch.draw(molecule, canvas(rng, 260, 480), rng), *graph(molecule))
