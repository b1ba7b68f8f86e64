"""Reads the pages in a folder with trafilatura on all cores, and says how long it took."""

import multiprocessing
import sys
import time
from pathlib import Path

import trafilatura


def read(path):
    found = trafilatura.bare_extraction(path.read_bytes(), with_metadata=True)
    return bool(found)


if __name__ == "__main__":
    files = sorted(Path(sys.argv[1]).iterdir())
    with multiprocessing.Pool() as pool:
        # What is loaded at the start is not counted.
        pool.map(read, files[:8])
        start = time.perf_counter()
        found = sum(pool.imap_unordered(read, files, chunksize=16))
        seconds = time.perf_counter() - start
    version = trafilatura.__version__
    print(f"  trafilatura {version}: {found} articles in {seconds:.2f} s: {found / seconds:.0f} a second")
