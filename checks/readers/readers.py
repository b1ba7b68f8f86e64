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
import re
import shutil
import subprocess
import sys
import traceback
from collections import namedtuple
from pathlib import Path

from common import REASONS, Result, Truth, compare, unrelated

#: `out`: what the export is called, inside a folder of its own; without an ending where it is a folder.
#: `reader`: file and function here. `allows`: why an annotation may be left out or changed, if it is announced, besides
#: being split into its stretches. `discontinuous` is allowed where the file keeps stretches together in words of its own,
#: which other programs show and do not follow; it need not be announced, and is told in the table.
Format = namedtuple("Format", "name out reader allows")
FORMATS = [
    Format("jsonl", "corpus.jsonl", "sheets.read_jsonl", ""),
    Format("csv", "corpus.csv", "sheets.read_csv", ""),
    Format("csv-excel", "corpus.csv", "sheets.read_csv_excel", ""),
    Format("tsv", "corpus.tsv", "sheets.read_tsv", ""),
    Format("xlsx", "corpus.xlsx", "sheets.read_xlsx", ""),
    Format("parquet", "corpus.parquet", "parquet.read", ""),
    Format("huggingface", "corpus", "parquet.read_folder", ""),
    Format("refi-qda", "corpus.qdpx", "refi.read_project", "discontinuous"),
    Format("refi-qda-nvivo", "corpus.qdpx", "refi.read_nvivo", "discontinuous"),
    Format("refi-codebook", "corpus.qdc", "refi.read_codebook", ""),
    Format("brat", "corpus", "brat.read", "blank"),
    Format("webanno-tsv", "corpus", "webanno.read", "edges blank"),
    Format("cas-xmi", "corpus", "cas.read_xmi", ""),
    Format("cas-json", "corpus", "cas.read_json", ""),
    Format("w3c", "corpus.jsonld", "w3c.read", ""),
    Format("tei", "corpus.xml", "tei.read", ""),
    Format("taguette", "corpus.sqlite3", "taguette.read", ""),
    Format("taguette-codebook", "codebook.csv", "codebooks.read_taguette", ""),
    Format("codebook-csv", "codebook.csv", "codebooks.read_table", ""),
    Format("conll-2003", "corpus.conll", "conll.read", "edges blank overlap tokens sentences twice"),
    Format("conllu", "corpus.conllu", "conll_u.read", "edges blank overlap tokens sentences twice"),
    Format("spacy-jsonl", "corpus.jsonl", "spacy_files.read_jsonl", ""),
    Format("spacy-docbin", "corpus.spacy", "spacy_files.read_docbin", ""),
    Format("label-studio", "corpus", "label_studio.read", ""),
    Format("doccano", "corpus.jsonl", "doccano.read", "twice"),
    Format("doccano-relations", "corpus.jsonl", "doccano.read_relations", ""),
    Format("semeval-2020-t11", "corpus", "semeval.read", "twice"),
]
#: What an export may announce besides losses of whole annotations: the words of src/exchange/feature.rs, and
#: `characters`. Of any other word, each counts one annotation.
FEATURES = set(
    """texts titles metadata article-variables parts sources uncoded-articles coders coder-names discontinuous ids voice
    speaker target party-entities stance intensity certainty negation custom memos origins revisions times document-codes
    document-variables document-memos finished nothing-found relations register unused-names idle-coders answers orphans
    code-ids code-tree code-meanings code-colours code-details unused-codes schema project-title characters labels arrows
    texts line-ends examples nameless relations-without-ends passages moments mixed-values empty-articles""".split()
)
#: Formats that no other program reads as a corpus: made for people, for a script of one's own, or for Framelens.
FOR_PEOPLE = "html starter codebook-md csv-articles csv-counts jsonl-textless".split()
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
    ask.add_argument("--tell", action="store_true", help="tell in sentences what each export says that it left out")
    ask.add_argument("--more", type=int, default=5, help="how many faults of a format to tell (5)")
    said = ask.parse_args()
    formats = FORMATS
    if said.formats:
        wanted = said.formats.split(",")
        unknown = set(wanted) - {f.name for f in FORMATS}
        if unknown:
            ask.error(f"no such format: {', '.join(sorted(unknown))}; there are {', '.join(f.name for f in FORMATS)}")
        formats = [f for f in FORMATS if f.name in wanted]
    lines = check_all(said.framelens, said.project, said.out, formats, said.shared, said.tell)
    table = markdown(lines)
    print(table)
    tell(lines, said.more)
    whole = bool(said.formats) or everything_is_read(said.framelens)
    if said.markdown:
        said.markdown.write_text(table + "\n", "utf-8")
    return 0 if whole and not any(line.faults for line in lines) else 1


def check_all(framelens, project, out, formats=FORMATS, shared=None, sentences=False):
    """Exports a project in every format into the folder `out`, and compares what the readers see; a `Line` each."""
    if out.exists() and any(out.iterdir()) and not (out / MARKER).exists():
        sys.exit(f"{out} holds something else; give a folder that is new or empty")
    out.mkdir(parents=True, exist_ok=True)
    (out / MARKER).touch()
    truth_file = out / "truth.jsonl"
    done = export(framelens, project, "jsonl", truth_file, "--force")
    if done.returncode:
        sys.exit(f"the truth cannot be exported: {done.stderr.strip()}")
    truth = Truth.load(truth_file)
    said = argparse.Namespace(framelens=framelens, project=project, out=out, shared=shared, tell=sentences)
    lines = []
    for number, one in enumerate(formats):
        print(f"[{number + 1}/{len(formats)}] {one.name} …", file=sys.stderr, flush=True)
        lines.append(check(one, said, truth))
    return lines


def tell(lines, more=5):
    """Prints what is worth knowing, and `more` faults of each format."""
    for line in lines:
        for note in dict.fromkeys(line.notes):
            print(f"{line.format}: {note}")
        for fault in line.faults[:more]:
            print(f"{line.format}: WRONG: {fault}")
        if len(line.faults) > more:
            print(f"{line.format}: WRONG: … and {len(line.faults) - more} more")


def everything_is_read(framelens):
    """Whether every format that the program writes has a reader, or is for people; prints which is which."""
    written = known(framelens)
    unread = [f for f in written if f not in {f.name for f in FORMATS} and f not in FOR_PEOPLE]
    print(f"For people or scripts of their own, and not compared: {', '.join(f for f in written if f in FOR_PEOPLE)}")
    if unread or not written:
        print(f"WRONG: nobody reads: {', '.join(unread) or 'the formats are not listed by export --help'}")
    return bool(written) and not unread


def export(framelens, project, name, out, *more):
    call = [framelens, "export", project, "--format", name, "--out", str(out), *more]
    return subprocess.run(call, capture_output=True, text=True, encoding="utf-8", errors="replace")


def known(framelens):
    """The formats that the program says it writes."""
    text = subprocess.run([framelens, "export", "--help"], capture_output=True, text=True, encoding="utf-8").stdout
    return named(text)


def named(help_text):
    """The names that a help text gives as possible values, in a list of lines or between brackets."""
    _, found, rest = help_text.partition("[possible values:")
    if found:
        return [n.strip() for n in rest.split("]")[0].split(",")]
    _, _, rest = help_text.partition("Possible values:\n")
    rest = re.split(r"\n\s*\n", rest)[0]
    return re.findall(r"^\s*- ([\w-]+)(?::|$)", rest, re.MULTILINE)


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
    if said.tell:
        notes += [e["say"] for e in left]
    line = judge(one, out, truth, said.shared, left)
    return line._replace(faults=faults + line.faults, notes=notes + line.notes, result="wrong" if faults else line.result)


def judge(one, out, truth, shared, left):
    """What the reader sees, and how that compares with the truth, but for what was announced as left out."""
    faults, notes = [], []
    counts = {e["what"]: e["count"] for e in left}
    truth_whole = truth
    if split := counts.get("discontinuous", 0):
        several = sum(len(m.spans) > 1 for m in truth.marks)
        if split != several:
            faults.append(f"announces {split} annotations of several stretches, where there are {several}")
        truth = truth.in_pieces()
    total = sum(count for what, count in counts.items() if what not in FEATURES)
    coders = "maybe" if "coders" in counts else "yes"
    reading, result = read(one, out, truth, shared, total, coders)
    faults += result.faults
    notes += reading.notes if reading else []
    if reading and reading.placeless:
        notes.append(f"{reading.placeless} annotations have no place in a text, as those on whole articles")
    if reading and reading.relations is not None:
        to_names = sum(to is None for *_, to in truth.relations)
        if counts.get("relations", 0) in (0, to_names):
            faults += unrelated(truth_whole, reading)
            notes += [f"{len(truth.relations) - to_names} relations compared"] if truth.relations else []
        elif counts["relations"] != len(truth.relations):
            faults.append(f"announces {counts['relations']} relations as left out, of {len(truth.relations)}")
    notes += [f"changed: {n} {REASONS[why]}" for why, n in result.changed.items()]
    notes += [f"not there: {n} {REASONS[why]}" for why, n in result.left.items()]
    if reading and not reading.counted:
        seen, all_ = (len({truth.articles[a].text for a in ids}) for ids in (reading.articles, truth.articles))
        if seen < all_:
            notes.append(f"{seen} of {all_} articles")
        if seen + counts.get("uncoded-articles", 0) < all_ and "texts" not in counts:
            faults.append(f"{all_ - seen} articles are not there, {counts.get('uncoded-articles', 0)} announced")
    written, same = reading.counted if reading and reading.counted else (len(truth.marks), result.same)
    told = "; ".join(f"{e['count']} {e['what']}" for e in left)
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
    return [], ["no left-out.json in the folder"] if out.is_dir() else [], []


def read(one, out, truth, shared, total, coders):
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
    return reading, compare(truth, reading, one.allows.split(), total, coders)


def markdown(lines):
    head = ("format", "reader", "annotations written", "read back the same", "left out, as announced", "result")
    out = ["| " + " | ".join(head) + " |", "|---|---|--:|--:|---|---|"]
    for line in lines:
        cells = (line.format, line.reader, line.written, line.same, line.left or "–", line.result)
        out.append("| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in cells) + " |")
    return "\n".join(out)


if __name__ == "__main__":
    sys.exit(main())
