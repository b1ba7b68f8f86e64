"""Other programs' files, read by Framelens: how many articles and codings came of each folder of them, and what was
refused, with the reason.

    python checks/readers/fixtures.py FRAMELENS FIXTURES [--markdown FILE] [--tell]

FIXTURES holds a folder a format. Each file, or each folder where the format is one, is imported into a new project of
its own; a file that is refused has to be refused with a reason, and nothing may end in any other way. Ends with 1 where
something does.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# The folder of the files, the format, what one unit of import is: the files of these endings, or the folders that
# hold such files.
KINDS = [
    ("refi-qda", "refi-qda", "file", (".qdpx",)),
    ("refi-qda", "refi-codebook", "file", (".qdc",)),
    ("brat", "brat", "folder", (".ann",)),
    ("webanno-tsv", "webanno-tsv", "file", (".tsv",)),
    ("uima-cas-xmi", "cas-xmi", "folder", (".xmi",)),
    ("uima-cas-json", "cas-json", "file", (".json",)),
    ("w3c-web-annotation", "w3c", "file", (".json", ".jsonld")),
    ("conll-2003", "conll-2003", "file", (".conll", ".txt", ".bio", ".iob")),
    ("conllu", "conllu", "file", (".conllu", ".conll")),
    ("doccano", "doccano", "file", (".json", ".jsonl")),
    ("label-studio", "label-studio", "file", (".json",)),
    ("semeval-2020-t11", "semeval-2020-t11", "roots", ()),
    ("tei", "tei", "file", (".xml", ".tei")),
    ("taguette", "taguette", "file", (".sqlite3",)),
    ("spacy-jsonl", "spacy-jsonl", "file", (".jsonl",)),
]


def units(root, kind, endings):
    files = sorted(p for p in root.rglob("*") if p.is_file() and p.suffix.lower() in endings)
    if kind == "file":
        return files
    if kind == "folder":
        return sorted({p.parent for p in files})
    return sorted(p for p in root.iterdir() if p.is_dir())


def read(program, path, form):
    """What came of one import: articles, codings, and why it was refused (None where it was not)."""
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


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("program")
    options.add_argument("fixtures", type=Path)
    options.add_argument("--markdown", type=Path)
    options.add_argument("--tell", action="store_true", help="print why each file was refused, and what was left out")
    options.add_argument("--formats", help="only these, with commas between")
    given = options.parse_args()
    wanted = given.formats.split(",") if given.formats else None
    rows, wrong = [], []
    for folder, form, kind, endings in KINDS:
        root = given.fixtures / folder
        if wanted and form not in wanted or not root.is_dir():
            continue
        read_in = articles = codings = 0
        refused = []
        for path in units(root, kind, endings):
            got = read(given.program, path, form)
            articles, codings = articles + got[0], codings + got[1]
            if got[2] is None:
                read_in += 1
            else:
                refused.append((path, got[2]))
            if got[4]:
                wrong.append((path, got[3]))
            if given.tell:
                for line in got[3]:
                    print(f"  {path.relative_to(root)}: {line[:300]}")
        rows.append((folder, form, read_in, articles, codings, len(refused)))
        print(f"{folder:22} {form:18} {read_in:4} read  {articles:5} articles {codings:6} codings {len(refused):4} refused", flush=True)
        for path, why in refused if given.tell else []:
            print(f"  refused: {path.relative_to(root)}: {why[:300]}")
    table = "| files of | format | read | articles | codings | refused, with a reason |\n|---|---|---:|---:|---:|---:|\n"
    table += "".join("| " + " | ".join(str(cell) for cell in row) + " |\n" for row in rows)
    if given.markdown:
        given.markdown.write_text(table, encoding="utf-8")
    for path, told in wrong:
        print(f"WRONG: {path}: {told}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
