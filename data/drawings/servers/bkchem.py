"""Draws with BKChem's OASA: a line in, a line out, until stdin ends.

It runs on Debian's Python, where the packages bkchem and python3-cairo are.
  in:  bkchem <tab> SMILES <tab> options as JSON
  out: ok <tab> x,y;x,y… <tab> i-j;i-j… <tab> png: and the picture in base64,  or  no <tab> reason
"""
import base64
import contextlib
import itertools
import json
import os
import sys
import tempfile

sys.path.insert(0, "/usr/share/bkchem/bkchem/oasa")
import oasa  # noqa: E402

line_length = oasa.geometry.line_length
oasa.geometry.line_length = lambda *line: line_length(*(line if len(line) == 4 else line[0]))  # its layout passes one tuple


# Its layout goes through sets of these, in the order of their hashes: their
# addresses, unless they are numbered as they come.
numbers = itertools.count()
for kind in (oasa.graph.vertex, oasa.graph.edge, oasa.molecule, oasa.atom, oasa.bond):
    kind.__hash__ = lambda self: self.__dict__.setdefault("number of the object", next(numbers))


def draw(smiles, options):
    global numbers
    numbers = itertools.count()
    molecule = oasa.smiles.text_to_mol(smiles)
    oasa.coords_generator.calculate_coords(molecule, bond_length=options.pop("bond_length"), force=1)
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        oasa.cairo_out.cairo_out(**options).mol_to_cairo(molecule, file.name)
        picture = open(file.name, "rb").read()
    number = {atom: i for i, atom in enumerate(molecule.vertices)}
    atoms = ";".join(f"{a.x},{a.y}" for a in molecule.vertices)
    bonds = ";".join("-".join(str(number[a]) for a in bond.vertices) for bond in molecule.edges)
    return f"ok\t{atoms}\t{bonds}\tpng:{base64.b64encode(picture).decode()}"


answers = os.fdopen(os.dup(1), "w")
for line in sys.stdin:
    _, smiles, options = line.rstrip("\n").split("\t")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            answer = draw(smiles, json.loads(options))
    except Exception as problem:  # whatever OASA stumbles over: the caller counts it
        answer = "no\t" + " ".join(repr(problem).split())
    print(answer, file=answers, flush=True)
