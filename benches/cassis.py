"""Loads the XMI files of a folder with dkpro-cassis and writes them back into another one.

    python cassis.py FOLDER OUT

Prints {"files": …, "annotations": …, "load": seconds, "write": seconds}; annotations are frames.
"""

import json
import sys
import time
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

# A script stands first on the path of its own modules, and this one is called like the library.
sys.path = [p for p in sys.path if Path(p).resolve() != Path(__file__).resolve().parent]

import cassis  # noqa: E402


def main(folder: Path, out: Path) -> None:
    out.mkdir(exist_ok=True)
    with open(folder / "TypeSystem.xml", "rb") as file:
        types = cassis.load_typesystem(file)
    load = write = 0.0
    annotations = files = 0
    for path in sorted(folder.glob("*.xmi")):
        start = time.perf_counter()
        with open(path, "rb") as file:
            cas = cassis.load_cas_from_xmi(file, typesystem=types)
        load += time.perf_counter() - start
        start = time.perf_counter()
        cas.to_xmi(out / path.name)
        write += time.perf_counter() - start
        annotations += len(cas.select("framelens.Frame"))
        files += 1
    print(json.dumps({"files": files, "annotations": annotations, "load": load, "write": write}))


main(Path(sys.argv[1]), Path(sys.argv[2]))
