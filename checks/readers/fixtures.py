#!/usr/bin/env python3
"""Other programs' files, read by Framelens: how many articles and codings came of each folder of them, and what was
refused, with the reason.

    python checks/readers/fixtures.py FRAMELENS FIXTURES [--markdown FILE] [--tell]

FIXTURES holds a folder a format. Each file, or each folder that is a corpus of its own, is imported into a new project;
what is refused has to be refused with a reason, and nothing may end in any other way. Ends with 1 where something does.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter, namedtuple
from pathlib import Path

# The folder of the files, the format, what is imported at once, the endings of the files that are counted. At once:
# a file; a folder with such files in it; a file, or its folder where the types of all stand beside them; a folder of
# FIXTURES' own, with all that is below.
KINDS = [
    ("refi-qda", "refi-qda", "file", (".qdpx",)),
    ("refi-qda", "refi-codebook", "file", (".qdc",)),
    ("brat", "brat", "folder", (".ann",)),
    ("webanno-tsv", "webanno-tsv", "file", (".tsv",)),
    ("uima-cas-xmi", "cas-xmi", "typed", (".xmi",)),
    ("uima-cas-json", "cas-json", "file", (".json",)),
    ("uima-cas-json", "cas-xmi", "typed", (".xmi",)),
    ("w3c-web-annotation", "w3c", "file", (".json", ".jsonld")),
    ("conll-2003", "conll-2003", "file", (".conll", ".txt", ".bio", ".iob")),
    ("conllu", "conllu", "file", (".conllu", ".conll")),
    ("doccano", "doccano", "file", (".json", ".jsonl")),
    ("label-studio", "label-studio", "file", (".json",)),
    ("semeval-2020-t11", "semeval-2020-t11", "root", (".labels",)),
    ("tei", "tei", "file", (".xml", ".tei")),
    ("taguette", "taguette", "file", (".sqlite3",)),
    ("spacy-jsonl", "spacy-jsonl", "file", (".jsonl",)),
]
NAMES_OF_TYPES = ("typesystem.xml",)
#: `files`: how many were read; `empty`: in how many units there was neither a text nor a coding; `refused`: reasons,
#: with how many units each; `wrong`: what ended otherwise.
Row = namedtuple("Row", "folder format files articles codings empty refused wrong")


def units(root, kind, endings):
    """What is imported at once: its path, and the files in it that are counted."""
    files = sorted(p for p in root.rglob("*") if p.is_file() and p.suffix.lower() in endings and p.name != "SOURCE.txt")

    def unit(file):
        if kind == "file" or kind == "typed" and not any(p.name.lower() in NAMES_OF_TYPES for p in file.parent.iterdir()):
            return file
        return root / file.relative_to(root).parts[0] if kind == "root" else file.parent

    out = {}
    for file in files:
        out.setdefault(unit(file), []).append(file)
    return out


def read(program, path, form):
    """What came of one import: articles, codings, why it was refused (None where it was not), all that was said, and
    whether it ended in a way that it should not."""
    with tempfile.TemporaryDirectory() as place:
        project = str(Path(place) / "p")
        subprocess.run([program, "new", project, "--title", "p"], check=True, capture_output=True)
        ran = subprocess.run(
            [program, "import", project, str(path), "--format", form], capture_output=True, text=True, timeout=300
        )
        count = lambda what: sum(int(n) for n in re.findall(rf"(\d+) new {what}", ran.stdout))
        told = [line.removeprefix("framelens: ") for line in ran.stderr.splitlines()]
        refused = None
        if ran.returncode != 0:
            refused = told[-1] if told else f"ended with {ran.returncode} and no word"
        checked = subprocess.run([program, "check", project], capture_output=True, text=True)
        sound = checked.returncode == 0
        odd = ran.returncode not in (0, 1) or not told and ran.returncode != 0 or not sound
        return count("articles?"), count("codings?"), refused, told, odd


def reason(told):
    """Why something was refused, without the name of the file and the place in it."""
    why = re.sub(r"^.*?\([\w-]+\): ", "", told)
    why = re.sub(r"^\S+\.\w+(, line \d+)?: ", "", why)
    why = re.sub(r"^text \d+: ", "", why)
    why = re.sub(r" at \w+:/\S+", " elsewhere", why)
    return re.sub(r" at line \d+ column \d+", "", why)


def read_all(program, fixtures, formats=None, tell=False):
    """Imports all there is; yields a `Row` for each folder and format that has files."""
    for folder, form, kind, endings in KINDS:
        root = fixtures / folder
        if formats and form not in formats or not root.is_dir():
            continue
        files = articles = codings = empty = 0
        refused, wrong = Counter(), []
        for path, inside in units(root, kind, endings).items():
            got = read(program, path, form)
            articles, codings = articles + got[0], codings + got[1]
            if got[2] is None:
                files += len(inside)
                empty += not got[0] and not got[1]
            else:
                refused[reason(got[2])] += len(inside)
            if got[4]:
                wrong.append((path.relative_to(fixtures), got[3]))
            if tell:
                for line in got[3]:
                    print(f"  {path.relative_to(root)}: {line[:300]}")
        if files or refused:
            yield Row(folder, form, files, articles, codings, empty, refused, wrong)


def markdown(rows):
    head = "| files of | format | files read | articles | codings | refused, why |\n|---|---|---:|---:|---:|---|\n"
    out = []
    for row in rows:
        why = "; ".join(f"{n}: {text}" for text, n in row.refused.most_common())
        files = f"{row.files}, {row.empty} without a text of their own" if row.empty else row.files
        cells = (row.folder, row.format, files, row.articles, row.codings, why or "–")
        out.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n")
    return head + "".join(out)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("program")
    options.add_argument("fixtures", type=Path)
    options.add_argument("--markdown", type=Path)
    options.add_argument("--tell", action="store_true", help="print what was said of each file")
    options.add_argument("--formats", help="only these, with commas between")
    given = options.parse_args()
    wanted = given.formats.split(",") if given.formats else None
    rows = list(read_all(given.program, given.fixtures, wanted, given.tell))
    table = markdown(rows)
    print(table, end="")
    if given.markdown:
        given.markdown.write_text(table, encoding="utf-8")
    for path, told in (wrong for row in rows for wrong in row.wrong):
        print(f"WRONG: {path}: {told}")
    return 1 if not rows or any(row.wrong for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
