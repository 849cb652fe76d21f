"""What the ingest of the replaced demo does, as a bar for ours.

Reads compounds.json whole, checks each record with a pydantic model, asks
whether its picture exists, writes the table and the dead letters, and copies
the pictures. It never opens a picture.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install pydantic
    /tmp/venv/bin/python data/bench/opponent.py FOLDER OUTPUT
"""

import json
import os
import resource
import shutil
import sys
import time
import traceback
from datetime import datetime
from enum import Enum
from typing import List, Optional, Union

from pydantic import BaseModel, ValidationError


class Result(Enum):
    IC50 = "IC50"
    KI = "Ki"
    KD = "Kd"


class Operator(Enum):
    EQUAL = "="
    GREATER = ">"
    LESS = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    ABOUT = "~"
    ANY = "*"


class Assay(BaseModel):
    result_id: Optional[int] = None
    target: Optional[str] = None
    result: Optional[Result] = None
    operator: Optional[Operator] = None
    value: Optional[float] = None
    unit: Optional[str] = None


class Compound(BaseModel):
    compound_id: int
    smiles: str
    molecular_weight: Optional[float] = None
    ALogP: Optional[float] = None
    molecular_formula: Optional[str] = None
    num_rings: Optional[float] = None
    image: Optional[str] = None
    # As in the demo, any list is taken before the items are looked at.
    assay_results: Optional[Union[list, Assay, List[Assay]]] = None


def ingest(folder, output):
    path = os.path.join(folder, "compounds.json")
    with open(path, encoding="utf-8-sig") as source:
        rows = json.load(source)
    os.makedirs(output, exist_ok=True)
    bad = 0
    with open(os.path.join(output, "compound_rings.csv"), "w") as table, open(os.path.join(output, "dlq.log"), "a") as dlq:
        table.write("compound_id,num_rings,image\n")
        for number, row in enumerate(rows):
            try:
                compound = Compound(**row)
                error, trace = None, None
                if not compound.image:
                    error = "no image"
                elif not os.path.isfile(os.path.join(folder, compound.image)):
                    error = "missing image " + compound.image
            except (ValidationError, TypeError) as failure:
                error, trace = str(failure), traceback.format_exc()
            if error:
                bad += 1
                line = {"time": datetime.now().isoformat(), "file": path, "row": number, "error": error, "trace": trace, "data": row}
                dlq.write(json.dumps(line) + "\n")
                continue
            table.write(f"{compound.compound_id},{compound.num_rings},{compound.image}\n")
    images = os.path.join(output, "images")
    shutil.rmtree(images, ignore_errors=True)
    shutil.copytree(os.path.join(folder, "images"), images)
    return len(rows), bad


if __name__ == "__main__":
    started = time.perf_counter()
    read, dead = ingest(sys.argv[1], sys.argv[2])
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"opponent: {read} read, {dead} dead, {seconds:.2f} s, {read / seconds:.0f} records/s, peak {peak} MB")
