"""Parquet, by pyarrow and by datasets; and a folder for Hugging Face, by datasets, without a network."""

import os
import tempfile
from contextlib import contextmanager

import pyarrow.parquet

import rows
from common import Reading, compare, files, version

os.environ.update(HF_DATASETS_OFFLINE="1", HF_HUB_OFFLINE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1")


@contextmanager
def datasets_here():
    import datasets

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as cache:
        yield datasets, cache


def fill(reading, truth, records, where):
    """Records of whichever shape; False where they hold no places."""
    records = list(records)
    if not records:
        return True
    columns = set(records[0])
    if {"text", "annotations"} <= columns:
        rows.articles(reading, truth, records, where)
    elif "label" in columns and ({"start", "end"} <= columns or "spans" in columns):
        rows.annotations(reading, truth, records, where)
    else:
        if rows.are_texts(columns):
            rows.texts(reading, truth, records, where)
        return False
    return True


def read(path, truth, shared):
    reading = Reading(version("pyarrow", "datasets"))
    found = files(path, ".parquet")
    if not found:
        raise ValueError("no .parquet file")
    tables = {f: pyarrow.parquet.read_table(f) for f in found}
    used = [f for f, t in tables.items() if fill(reading, truth, t.to_pylist(), f.name)]
    if not used:
        raise ValueError(f"no places in the columns {tables[found[0]].column_names}")
    with datasets_here() as (datasets, cache):
        again = Reading("datasets")
        for file in used:
            loaded = datasets.load_dataset("parquet", data_files=str(file), split="train", cache_dir=cache)
            fill(again, truth, loaded, file.name)
    if sorted(map(repr, again.seen)) != sorted(map(repr, reading.seen)):
        reading.fault("datasets sees other annotations than pyarrow")
    reading.faults += [f"datasets: {f}" for f in again.faults if f not in reading.faults]
    return reading


def read_folder(path, truth, shared):
    reading = Reading(version("datasets"))
    with datasets_here() as (datasets, cache):
        names = datasets.get_dataset_config_names(str(path))
        used, texts, more = [], set(), []
        for name in names:
            loaded = datasets.load_dataset(str(path), name, cache_dir=cache)
            for split, records in loaded.items():
                one = Reading("")
                if fill(one, truth, records, f"{name}/{split}"):
                    used.append((f"{name}/{split}", one))
                else:
                    texts |= one.articles
                    more += one.faults
                    reading.notes.append(f"{name}/{split}: {len(records)} rows without places")
    if not used:
        raise ValueError(f"no places in any of {names}")
    # Several configurations may hold the same annotations in another shape: then each has to be right by itself.
    shapes = {}
    for name, one in used:
        config = name.split("/")[0]
        whole = shapes.setdefault(config, Reading(""))
        whole.seen += one.seen
        whole.faults += one.faults
        whole.articles |= one.articles
    first, *others = shapes.items()
    reading.seen, reading.articles, reading.faults = first[1].seen, first[1].articles | texts, first[1].faults + more
    for name, other in others:
        reading.faults += [f"{name}: {f}" for f in compare(truth, other, announced=0).faults[:5]]
        reading.notes.append(f"{name} holds the same as {first[0]}")
    card = path / "README.md"
    if not card.is_file() or not card.read_text("utf-8").startswith("---\n"):
        reading.notes.append("no card (README.md that begins with ---)")
    return reading
