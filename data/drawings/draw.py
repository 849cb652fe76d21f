#!/usr/bin/env python3
"""Draws the molecules of a folder of the ingest form again, in other styles.

    python3 draw.py --from FOLDER --to FOLDER --set train|dev|test|last|final|unseen|all|beyond --seed N

FOLDER/compounds.json gives each molecule's SMILES and number of rings. The new
folder has the same form; each record is the old one with another compound_id
and image, and `style` (PROGRAM/PROCESSING), `program`, `processing` and
`drawn_from` (the old compound_id); where they could be found, `ring_places`
says where its rings lie. See README.md for who may draw what.
"""
import argparse
import collections
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin
from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

import annotations
import drawing
import final
import late
import layout
import places
import processing
import programs
import sketch
import unseen

DRAWINGS = 100  # compound ids of drawings: DRAWINGS * old id + a number below it
AFTER = {"all": 50, "beyond": 70}  # numbers go on after these, so that the sets to learn from can be ingested together
SECONDS = 120  # for one drawing
PLACES = "ring_places"  # of a record, and of the picture's file

# The sets that judge: one program or processing of each style stands in no other set.
DEV = ["smiles-drawer/plain", "smiles-drawer-circles/plain", "pikachu/plain", "rdkit-comic/plain", "rdkit/photo", "openbabel/slide",
       "cdk/circled", "openchemlib/ruled", "rdkit-acs/photo", "pikachu/circled"]
TEST = ["indigo/plain", "cdpkit/plain", "bkchem/plain", "rdkit-acs/fax", "openbabel/photocopy", "openchemlib/halftone", "hand/squared",
        "rdkit/worn", "cdk/highlighter", "indigo/stamped", "cdpkit/table"]
LAST = ["hand/chalkboard", "cdk/screen", "openbabel/crumpled", "rdkit-acs/show-through", "chython/page", "openchemlib/pencilled"]
FINAL = ["rdkit-unusual/plain", "openbabel/newspaper", "cdk/patent", "openchemlib/window", "hand/whiteboard", "rdkit-acs/desk", "indigo/coffee", "cdpkit/mechanism"]
UNSEEN = ["model/plain", "plotted/plain", "emblem/plain", "rdkit/pocket", "rdkit-acs/spectrum", "cdk/lecture", "openchemlib/vial",
          "openbabel/dot-matrix", "chython/microfilm"]
SIDES = {"train": 300, "all": 300, "beyond": 600}  # pictures of a set to learn from are no larger; rasters and dirt need their pixels
PER_STYLE = 54  # pictures of each style in a set that judges
JUDGES = {"dev": DEV, "test": TEST, "last": LAST, "final": FINAL, "unseen": UNSEEN}
PROGRAM_WEIGHTS = {"rdkit": 3, "rdkit-acs": 1.5, "rdkit-numbers": 1, "rdkit-labels": 1, "rdkit-highlight": 0.8, "openbabel": 2, "openchemlib": 2,
                   "cdk": 2, "cdk-circles": 1.2, "chython": 1.2, "hand": 2}
PLAIN = 0.25  # of the training drawings are as the program left them
TWICE = 0.25  # are annotated and then processed

BLOTS = {"scan-bw", "aliased", "fax", "photocopy", "newspaper", "patent"}  # one bit turns a highlight into a blot that hides the drawing

PROGRAMS = {**programs.TRAIN, **programs.DEV, **programs.TEST, **programs.FINAL, **programs.UNSEEN}
PROCESSINGS = {**processing.TRAIN, **processing.DEV, **processing.TEST, **late.LAST, **final.FINAL, **unseen.UNSEEN}
ANNOTATIONS = {**annotations.TRAIN, **annotations.DEV, **annotations.TEST}


def half(record):
    """'dev' or 'test': molecules that judge in one of the two never do in the other."""
    return "dev" if hashlib.sha256(str(record["compound_id"]).encode()).digest()[0] % 2 else "test"


def judging_plan(records, styles, each, seed):
    """(record, number, style): each record so often, all styles with like numbers of rings."""
    rng = np.random.default_rng([seed, 1])
    plan = []
    for turn in range(each):
        order = [records[i] for i in rng.permutation(len(records))]
        order.sort(key=lambda record: record["num_rings"])
        first = turn * len(styles) // each
        plan += [(record, turn + 1, styles[(first + i) % len(styles)]) for i, record in enumerate(order)]
    return [plan[i] for i in rng.permutation(len(plan))]


def training_plan(records, names, processings, marks, each, seed):
    """(record, number, style): each record by that many programs, processings by chance."""
    plan = []
    weights = np.array([PROGRAM_WEIGHTS.get(name, 1.5) for name in names])
    for record in records:
        rng = np.random.default_rng([seed, 2, record["compound_id"]])
        drawers = rng.choice(names, each, replace=each > len(names), p=weights / weights.sum())
        for number, program in enumerate(drawers, 1):
            chance = rng.random()
            if chance < PLAIN:
                name = "plain"
            elif chance < PLAIN + TWICE:
                name = f"{rng.choice(marks)}+{rng.choice(processings)}"
            else:
                name = str(rng.choice(processings + marks))
            if program == "rdkit-highlight" and BLOTS & set(name.split("+")):
                name = "plain"
            plan.append((record, number, f"{program}/{name}"))
    return sorted(plan, key=lambda step: step[1])  # every molecule once, then every molecule again


def beyond_plan(records, each, seed):
    """(record, number, style): each drawing has a program or a processing that `train` never shows."""
    programs_beyond, marks_beyond = [*programs.DEV, *programs.TEST, *programs.FINAL], [*annotations.DEV, *annotations.TEST]
    beyond = [*processing.DEV, *processing.TEST, *late.LAST, *final.FINAL, *marks_beyond]
    known = [name for name in [*processing.TRAIN, *annotations.TRAIN] if name != "plain"]
    plan = []
    for record in records:
        rng = np.random.default_rng([seed, 4, record["compound_id"]])
        for number in range(1, each + 1):
            program = str(rng.choice(programs_beyond if rng.random() < 0.5 else list(programs.TRAIN)))
            chance = rng.random()
            if program in programs_beyond and chance < 0.4:
                name = str(rng.choice(["plain", *known]))
            elif chance < 0.85:
                name = str(rng.choice(beyond))
            else:
                name = f"{rng.choice([*annotations.TRAIN, *marks_beyond])}+{rng.choice([name for name in beyond if name not in marks_beyond])}"
            if program == "rdkit-highlight" and BLOTS & set(name.split("+")):
                continue
            plan.append((record, number, f"{program}/{name}"))
    return sorted(plan, key=lambda step: step[1])


def make_plan(records, which, each, seed):
    if which in JUDGES:
        records = [record for record in records if half(record) == ("dev" if which == "dev" else "test")]
        return judging_plan(records, JUDGES[which], each or 3, seed)
    if which == "beyond":
        return beyond_plan(records, each or 5, seed)
    names, marks = list(programs.TRAIN), list(annotations.TRAIN)
    processings = [name for name in processing.TRAIN if name != "plain"]
    if which == "all":
        names += [*programs.DEV, *programs.TEST]
        marks += [*annotations.DEV, *annotations.TEST]
        processings += [*processing.DEV, *processing.TEST]
    return training_plan(records, names, processings, marks, each or 9, seed)


class TooLong(Exception):
    pass


def interrupt(*_):
    raise TooLong(f"over {SECONDS} seconds")


def draw(record, number, style, seed, side):
    """The picture and the places of its rings (None if not known), or None and a sentence that says why there is none."""
    program, changes = style.split("/")
    rng = np.random.default_rng([seed, record["compound_id"], number])
    molecule = Chem.MolFromSmiles(record["smiles"])
    signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(SECONDS)
    try:
        drawn = PROGRAMS[program](record["smiles"], rng)
    except Exception as problem:  # of a program from outside: counted, not hidden
        return None, f"{program} fails: {type(problem).__name__}"
    finally:
        signal.alarm(0)
    if layout.rings(drawn.atoms, drawn.bonds) != record["num_rings"]:
        return None, f"{program} draws another number of rings"
    if why := layout.unreadable(drawn.atoms, drawn.bonds, rdMolDescriptors.CalcNumBridgeheadAtoms(molecule)):
        return None, f"{program}: {why}"
    picture = drawn.picture
    rings = places.places(*drawn) if side and processing.STAYS.issuperset(changes.split("+")) else None
    if side and max(picture.size) > 2 * side:  # for speed: nothing of it is left in the end
        picture = processing.scaled(picture, 2 * side)
    for change in changes.split("+"):
        picture = (ANNOTATIONS.get(change) or PROCESSINGS[change])(picture, rng)
    if side and max(picture.size) > side:
        picture = processing.scaled(picture, side)
    if np.asarray(picture.convert("L"), np.float32).std() < 2:
        return None, f"{program}/{changes}: nothing to be seen"
    return picture, rings


def work(job):
    (record, number, style), seed, side, first, folder = job
    new = dict(record, compound_id=record["compound_id"] * DRAWINGS + first + number)
    new["image"] = f"images/{new['compound_id']}.png"
    program, changes = style.split("/")
    new.update(style=style, program=program, processing=changes, drawn_from=record["compound_id"])
    path = folder / new["image"]
    if not path.exists():
        picture, rings = draw(record, number, style, seed, side)
        if picture is None:
            return None, rings
        said = PngImagePlugin.PngInfo()
        said.add_text(PLACES, json.dumps(rings))  # so that one who goes on later knows them
        whole = path.with_suffix(".part")
        picture.save(whole, "PNG", compress_level=4, pnginfo=said)
        whole.rename(path)
    with Image.open(path) as picture:
        rings = json.loads(picture.text[PLACES])
    if rings:
        new[PLACES] = rings
    return new, None


def originals(records, source, target):
    """The pictures that were there, as they were, under the style `original`."""
    for record in records:
        new = dict(record, compound_id=record["compound_id"] * DRAWINGS, style="original", program="original", processing="plain", drawn_from=record["compound_id"])
        new["image"] = f"images/{new['compound_id']}.png"
        shutil.copyfile(source / record["image"], target / new["image"])
        yield new


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", type=Path, required=True, help="folder of the ingest form")
    parser.add_argument("--to", dest="target", type=Path, required=True, help="folder to make; one without compounds.json was interrupted, and goes on")
    parser.add_argument("--set", dest="which", choices=["train", *JUDGES, "all", "beyond"], required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, help="drawings of each molecule (default 9 for train and all, 5 for beyond, 3 for those that judge, of which PER_STYLE in each style are kept)")
    parser.add_argument("--first", type=int, help="only so many molecules, for a try")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()

    records = json.loads((options.source / "compounds.json").read_text("utf-8-sig"))[:options.first]
    training = options.which not in JUDGES
    plan = make_plan(records, options.which, options.each, options.seed)
    needed = [*drawing.FONTS.values(), *annotations.PRINT, *sketch.FONTS, *(programs.HERE / name for name in ("node_modules", "jars"))]
    if missing := [str(path) for path in needed if not Path(path).exists()]:
        parser.error(f"run ./setup first; missing: {' '.join(missing)}")
    if (options.target / "compounds.json").exists():
        parser.error(f"{options.target} is finished; remove it, or name another folder")
    (options.target / "images").mkdir(parents=True, exist_ok=True)
    jobs = [(step, options.seed, SIDES.get(options.which), AFTER.get(options.which, 0), options.target) for step in plan]
    made, left_out = list(originals(records, options.source, options.target)) if options.which in ("train", "all") else [], collections.Counter()
    with multiprocessing.Pool(options.processes) as pool:
        for done, (record, why) in enumerate(pool.imap(work, jobs, chunksize=8), 1):
            if record and not training and sum(kept["style"] == record["style"] for kept in made) == PER_STYLE:
                (options.target / record["image"]).unlink()
            elif record:
                made.append(record)
            else:
                left_out[why] += 1
            if done % 500 == 0:
                print(f"{done} of {len(jobs)}", file=sys.stderr, flush=True)
    order = np.random.default_rng([options.seed, 3]).permutation(len(made))
    (options.target / "compounds.json").write_text(json.dumps([made[i] for i in order], indent=1) + "\n")
    counts = {"pictures": len(made), "left_out": sum(left_out.values()), "why": dict(left_out.most_common())}
    for field in ("program", "processing") if training else ("style",):
        counts[field] = dict(sorted(collections.Counter(record[field] for record in made).items()))
    (options.target / "counts.json").write_text(json.dumps(counts, indent=1) + "\n")
    print(json.dumps(counts, indent=1))


if __name__ == "__main__":
    main()
