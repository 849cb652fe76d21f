#!/usr/bin/env python3
"""How many rings OSRA reads in a sample of a folder of the ingest form.

    python3 osra.py FOLDER [--sample N] [--seed N] [--by FIELD]

OSRA (Debian's package osra) turns a picture into SMILES; RDKit counts their
rings, over all the structures that it finds. What it cannot read is wrong.
Prints JSON: the exact share with its 95 % Wilson interval, within one, seconds
a picture, and the same for each value of FIELD.
"""
import argparse
import collections
import concurrent.futures
import json
import math
import subprocess
import time
from pathlib import Path

import numpy as np
from rdkit import Chem, RDLogger

RDLogger.DisableLog("rdApp.*")


def rings(path):
    """The number of rings OSRA sees, or None; and the seconds it took."""
    started = time.monotonic()
    try:
        read = subprocess.run(["osra", str(path)], capture_output=True, text=True, timeout=60).stdout
    except subprocess.TimeoutExpired:
        return None, time.monotonic() - started
    total, found = 0, False
    for line in read.splitlines():
        molecule = Chem.MolFromSmiles(line.split()[0], sanitize=False) if line.strip() else None
        if molecule is not None:
            Chem.FastFindRings(molecule)
            total += molecule.GetNumBonds() - molecule.GetNumAtoms() + len(Chem.GetMolFrags(molecule))
            found = True
    return (total if found else None), time.monotonic() - started


def share(right):
    """Right, of, share and its 95 % Wilson interval."""
    n, z = len(right), 1.96
    p = sum(right) / n
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return {"right": sum(right), "of": n, "exact": round(p, 3), "interval": [round(middle - half, 3), round(middle + half, 3)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--by")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()

    records = json.loads((options.folder / "compounds.json").read_text("utf-8-sig"))
    records = [r for r in records if "num_rings" in r and (options.folder / str(r.get("image"))).is_file()]
    chosen = np.random.default_rng(options.seed).permutation(len(records))[:options.sample]
    records = [records[i] for i in chosen]
    with concurrent.futures.ThreadPoolExecutor(options.processes) as pool:
        answers = list(pool.map(lambda r: rings(options.folder / r["image"]), records))
    right = [answer == r["num_rings"] for r, (answer, _) in zip(records, answers)]
    report = {"folder": options.folder.name, **share(right),
              "within_one": round(float(np.mean([a is not None and abs(a - r["num_rings"]) <= 1 for r, (a, _) in zip(records, answers)])), 3),
              "unread": sum(a is None for a, _ in answers), "seconds": round(float(np.median([s for _, s in answers])), 2)}
    if options.by:
        groups = collections.defaultdict(list)
        for record, good in zip(records, right):
            groups[str(record.get(options.by))].append(good)
        report["by"] = {name: share(goods) for name, goods in sorted(groups.items())}
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
