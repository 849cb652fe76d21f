"""Makes pictures that are no whole drawing of a molecule, to learn from and to judge by.

    python make.py OUT --count 400 --learn DRAWINGS... --judge DRAWINGS...

writes OUT/{learn,judge}/{photo,text,chart,diagram,noise,cut}/NNNN-source.png,
and whole drawings with marks on them, which are like, to OUT/like/marked.
No program, font set or photograph is in both halves. DRAWINGS are folders of
the ingest form, whose pictures are cut; those of one half must not be in the
other. README.md says what must be installed.
"""
import argparse
import multiprocessing
import os

import numpy as np

import charts, diagrams, noise, photos, text  # noqa: E401,F401  they register
from common import SOURCES, worn
from cut import Cutter, Folders
from marks import Marker

KINDS = ["photo", "text", "chart", "diagram", "noise", "cut", "marked"]


def fill(job):
    out, half, kind, sources, count, seed = job
    folder = os.path.join(out, "like" if kind == "marked" else half, kind)
    os.makedirs(folder, exist_ok=True)
    for i in range(count):
        # A stream of its own for each picture: more of them change none.
        rng = np.random.default_rng([seed, ["learn", "judge"].index(half), KINDS.index(kind), i])
        name, make = sources[i % len(sources)]
        path = os.path.join(folder, f"{i:04}-{name}.png")
        if os.path.exists(path):
            continue
        picture = make(rng) if kind in ("cut", "marked") else worn(make(rng), rng)
        picture.convert("RGB").save(path)
    print(half, kind, count, flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out")
    arguments.add_argument("--count", type=int, default=400, help="pictures of each kind and half")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--learn", nargs="+", default=[], metavar="DRAWINGS")
    arguments.add_argument("--judge", nargs="+", default=[], metavar="DRAWINGS")
    arguments.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS)
    a = arguments.parse_args()
    jobs = []
    for half in ("learn", "judge"):
        for kind in a.kinds:
            sources = [(name, make) for k, h, name, make in SOURCES if (k, h) == (kind, half)]
            drawings = Folders(getattr(a, half))
            if kind == "cut" and drawings.groups:
                sources = [("cut", Cutter(drawings))]
            elif kind == "marked" and drawings.groups and half == "learn":
                sources = [("marked", Marker(drawings))]
            if sources:
                jobs.append((a.out, half, kind, sources, a.count, a.seed))
    with multiprocessing.Pool() as pool:
        pool.map(fill, jobs, chunksize=1)


if __name__ == "__main__":
    main()
