#!/usr/bin/env python3
"""Whether other programs' readers see in Framelens' files what Framelens wrote.

    python checks/readers/readers.py FRAMELENS PROJECT OUT_DIR [--formats F,…] [--shared DIR] [--markdown FILE]

Every format is exported from PROJECT, read with a foreign reader, and compared with the JSON Lines of the same project:
the same words at the same places under the same label by the same coder. Ends with 1 where a reader rejects a file or
sees something else; what a format cannot carry has to be announced by the export.
"""

import argparse
import importlib
import json
import shutil
import subprocess
import sys
import traceback
from collections import namedtuple
from pathlib import Path

from common import REASONS, Result, Truth, compare

#: `out`: what the export is called, inside a folder of its own; without an ending where it is a folder.
#: `reader`: file and function here. `allows`: why an annotation may be left out or changed, if it is announced.
#: `coders`: "yes" where every annotation says whose it is, "maybe" where that is up to the export.
Format = namedtuple("Format", "name out reader allows coders")
FORMATS = [
    Format("jsonl", "corpus.jsonl", "sheets.read_jsonl", "", "yes"),
    Format("csv", "corpus.csv", "sheets.read_csv", "", "yes"),
    Format("csv-excel", "corpus.csv", "sheets.read_csv_excel", "", "yes"),
    Format("tsv", "corpus.tsv", "sheets.read_tsv", "", "yes"),
    Format("xlsx", "corpus.xlsx", "sheets.read_xlsx", "", "yes"),
    Format("parquet", "corpus.parquet", "parquet.read", "", "yes"),
    Format("huggingface", "corpus", "parquet.read_folder", "", "yes"),
    Format("refi-qda", "corpus.qdpx", "refi.read_project", "discontinuous", "yes"),
    Format("refi-codebook", "corpus.qdc", "refi.read_codebook", "", "maybe"),
    Format("brat", "corpus", "brat.read", "discontinuous edges", "maybe"),
    Format("webanno-tsv", "corpus", "webanno.read", "discontinuous edges", "maybe"),
    Format("cas-xmi", "corpus", "cas.read_xmi", "discontinuous", "maybe"),
    Format("cas-json", "corpus", "cas.read_json", "discontinuous", "maybe"),
    Format("w3c", "corpus.jsonld", "w3c.read", "", "yes"),
    Format("tei", "corpus.xml", "tei.read", "edges", "maybe"),
    Format("taguette", "corpus.sqlite3", "taguette.read", "discontinuous edges twice", "maybe"),
    Format("conll-2003", "corpus.conll", "conll.read", "discontinuous edges overlap tokens sentences twice", "maybe"),
    Format("conllu", "corpus.conllu", "conll_u.read", "discontinuous edges overlap tokens sentences twice", "maybe"),
    Format("spacy-jsonl", "corpus.jsonl", "spacy_files.read_jsonl", "discontinuous twice", "maybe"),
    Format("spacy-docbin", "corpus.spacy", "spacy_files.read_docbin", "discontinuous edges tokens twice", "maybe"),
    Format("label-studio", "corpus", "label_studio.read", "discontinuous", "maybe"),
    Format("doccano", "corpus.jsonl", "doccano.read", "discontinuous twice", "maybe"),
    Format("semeval-2020-t11", "corpus", "semeval.read", "discontinuous twice", "maybe"),
]
MARKER = ".framelens-readers"
Line = namedtuple("Line", "format reader written same left result faults notes")


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("framelens", help="the program")
    ask.add_argument("project", help="a project, whose annotations are to be read")
    ask.add_argument("out", type=Path, help="a folder for what is exported; new, empty, or of an earlier run")
    ask.add_argument("--formats", help="only these, with commas between")
    ask.add_argument("--shared", type=Path, help="a folder with fixtures/refi-qda-schema and the W3C’s context")
    ask.add_argument("--markdown", type=Path, help="write the table here as well")
    ask.add_argument("--more", type=int, default=5, help="how many faults of a format to tell (5)")
    said = ask.parse_args()
    formats = FORMATS
    if said.formats:
        wanted = said.formats.split(",")
        unknown = set(wanted) - {f.name for f in FORMATS}
        if unknown:
            ask.error(f"no such format: {', '.join(sorted(unknown))}; there are {', '.join(f.name for f in FORMATS)}")
        formats = [f for f in FORMATS if f.name in wanted]
    if said.out.exists() and any(said.out.iterdir()) and not (said.out / MARKER).exists():
        ask.error(f"{said.out} holds something else; give a folder that is new or empty")
    said.out.mkdir(parents=True, exist_ok=True)
    (said.out / MARKER).touch()
    truth_file = said.out / "truth.jsonl"
    done = export(said.framelens, said.project, "jsonl", truth_file, "--force")
    if done.returncode:
        sys.exit(f"the truth cannot be exported: {done.stderr.strip()}")
    truth = Truth.load(truth_file)
    lines = []
    for number, one in enumerate(formats):
        print(f"[{number + 1}/{len(formats)}] {one.name} …", file=sys.stderr, flush=True)
        lines.append(check(one, said, truth))
    table = markdown(lines)
    print(table)
    for line in lines:
        for note in dict.fromkeys(line.notes):
            print(f"{line.format}: {note}")
        for fault in line.faults[: said.more]:
            print(f"{line.format}: WRONG: {fault}")
        if len(line.faults) > said.more:
            print(f"{line.format}: WRONG: … and {len(line.faults) - said.more} more")
    unread = sorted(known(said.framelens) - {f.name for f in FORMATS})
    if unread and not said.formats:
        print(f"Nobody reads: {', '.join(unread)}")
    if said.markdown:
        said.markdown.write_text(table + "\n", "utf-8")
    return 1 if any(line.faults for line in lines) else 0


def export(framelens, project, name, out, *more):
    call = [framelens, "export", project, "--format", name, "--out", str(out), *more]
    return subprocess.run(call, capture_output=True, text=True, encoding="utf-8", errors="replace")


def known(framelens):
    """The formats that the program says it writes."""
    text = subprocess.run([framelens, "export", "--help"], capture_output=True, text=True, encoding="utf-8").stdout
    _, found, rest = text.partition("[possible values:")
    return {n.strip() for n in rest.split("]")[0].split(",")} if found else set()


def check(one, said, truth):
    home = said.out / one.name
    if home.exists():
        shutil.rmtree(home)
    home.mkdir()
    out = home / one.out
    done = export(said.framelens, said.project, one.name, out)
    if done.returncode or not out.exists():
        why = (done.stderr.strip().split("\n") or [""])[0]
        return Line(one.name, "", 0, 0, "", "not written", [f"the export failed: {why}"], [])
    left, faults, notes = announced(out)
    total = sum(entry["count"] for entry in left)
    told = "; ".join(f"{e['count']} {e['what']}" for e in left)
    notes += [f"left out, as announced: {e['count']} {e['what']}: {e['say']}" for e in left if e["say"]]
    reading, result = read(one, out, truth, said.shared, total)
    faults += result.faults
    notes += reading.notes if reading else []
    notes += [f"changed: {n} {REASONS[why]}" for why, n in result.changed.items()]
    notes += [f"not there: {n} {REASONS[why]}" for why, n in result.left.items()]
    if reading and not reading.counted and len(reading.articles) < len(truth.articles):
        notes.append(f"{len(reading.articles)} of {len(truth.articles)} articles")
    if reading and reading.seen and not result.with_coders:
        notes.append("says nothing of coders")
    written, same = reading.counted if reading and reading.counted else (len(truth.marks), result.same)
    return Line(one.name, reading.reader if reading else "", written, same, told, "wrong" if faults else "good", faults, notes)


def announced(out):
    """What the export says that it left out: beside a file, inside a folder."""
    places = [out.with_name(out.name + ".left-out.json")] + ([out / "left-out.json"] if out.is_dir() else [])
    for place in places:
        if place.exists():
            try:
                entries = json.loads(place.read_text("utf-8"))["left_out"]
                entries = [{"what": str(e["what"]), "count": int(e["count"]), "say": str(e.get("say") or "")} for e in entries]
                return entries, [], []
            except (ValueError, KeyError, TypeError) as error:
                return [], [f"{place.name}: {type(error).__name__}: {error}"], []
    return [], [], ["no left-out.json"]


def read(one, out, truth, shared, total):
    """What the reader sees, and how that compares."""
    module, function = one.reader.split(".")
    try:
        reading = getattr(importlib.import_module(module), function)(out, truth, shared)
    except ImportError as error:
        return None, Result(faults=[f"the reader is not installed: {error}"])
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return None, Result(faults=[f"rejected: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"])
    if reading.counted:
        return reading, Result(faults=list(reading.faults))
    return reading, compare(truth, reading, one.allows.split(), total, one.coders)


def markdown(lines):
    head = ("format", "reader", "annotations written", "read back the same", "left out, as announced", "result")
    out = ["| " + " | ".join(head) + " |", "|---|---|--:|--:|---|---|"]
    for line in lines:
        cells = (line.format, line.reader, line.written, line.same, line.left or "–", line.result)
        out.append("| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in cells) + " |")
    return "\n".join(out)


if __name__ == "__main__":
    sys.exit(main())
