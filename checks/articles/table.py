#!/usr/bin/env python3
"""What Framelens reads of other people's articles.

    python checks/articles/table.py FRAMELENS SHARED [--markdown docs/articles.md]

Every file below SHARED/fixtures/<folder> is imported into a new project, or refused with a reason. Of the pages that
Mozilla's Readability is tested with, the words of the body are compared with the words that Readability expects. Needs
nothing but Python. Ends with 1 where a reader breaks off or takes too long, where a project is not sound afterwards, or
where the words are too far from what is expected.
"""

import argparse
import collections
import concurrent.futures

import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDERS = """mozilla-readability news-html eval-html nexis factiva europresse newsml-nitf news-please docx-odt rtf pdf epub
mhtml warc ris jsonl parquet""".split()
#: What is no article of its own in these folders.
PASSED_OVER = {"SOURCE.txt", "expected.html", "expected-metadata.json"}
#: The least that the mean F1 of the words may be.
BAR = 0.99


class Words(html.parser.HTMLParser):
    """The words of a page that holds nothing but its content."""

    def __init__(self):
        super().__init__()
        self.words, self.silent = [], 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.silent:
            self.words += tokens(data)


def tokens(text):
    return re.findall(r"\w+", text.lower())


def f1(found, expected):
    a, b = collections.Counter(found), collections.Counter(expected)
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))


def run(*call):
    return subprocess.run(call, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=180)


def body(record):
    """The text without headline, standfirst and byline, which Readability keeps apart."""
    text, gone = record["text"], []
    for part in record["parts"]:
        if part["kind"] != "caption":
            gone.append((part["start"], part["end"]))
    for start, end in sorted(gone, reverse=True):
        text = text[:start] + " " + text[end:]
    return text


def take(framelens, path):
    """The articles in a file as JSON Lines has them, and what was said."""
    with tempfile.TemporaryDirectory() as place:
        project, out = f"{place}/project", f"{place}/out.jsonl"
        run(framelens, "new", project)
        done = run(framelens, "import", project, str(path))
        said = done.stderr.replace(str(path), "").strip()
        checked = run(framelens, "check", project)
        run(framelens, "export", project, "--format", "jsonl", "--out", out)
        records = [json.loads(line) for line in open(out, encoding="utf-8")] if os.path.exists(out) else []
    return records, [line.removeprefix("framelens: ").lstrip(":, ") for line in said.split("\n") if line], checked.returncode


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("framelens")
    ask.add_argument("shared", type=Path)
    ask.add_argument("--markdown", type=Path)
    said = ask.parse_args()
    framelens = str(Path(said.framelens).resolve())
    rows, faults, scores = [], [], []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for folder in FOLDERS:
            root = said.shared / "fixtures" / folder
            files = [p for p in sorted(root.rglob("*")) if p.is_file() and p.name not in PASSED_OVER]
            for path, (records, told, sound) in zip(files, pool.map(lambda p: take(framelens, p), files)):
                name = str(path.relative_to(root))
                if sound or any("broke off" in t or "took longer" in t for t in told):
                    faults.append(f"{folder}/{name}: {told}")
                expected = path.with_name("expected.html")
                score = None
                if path.name == "source.html" and expected.exists() and records:
                    words = Words()
                    words.feed(expected.read_text("utf-8"))
                    score = max(f1(tokens(body(records[0])), words.words), f1(tokens(records[0]["text"]), words.words))
                    scores.append(score)
                rows.append((folder, name, records, told, score))
    mean = sum(scores) / max(1, len(scores))
    if mean < BAR:
        faults.append(f"the mean F1 of the words is {mean:.4f}")
    text = table(rows, mean, len(scores))
    if said.markdown:
        said.markdown.write_text(text, "utf-8")
    else:
        print(text)
    for fault in faults:
        print(f"WRONG: {fault}", file=sys.stderr)
    return 1 if faults else 0


def cell(words, most=90):
    words = " ".join(str(words).split())
    words = words if len(words) <= most else words[: most - 2] + " …"
    return words.replace("|", "\\|").replace("<", "&lt;") or "–"


def table(rows, mean, pages):
    out = [
        "# What Framelens reads of other people’s articles",
        "",
        "Made by `checks/articles/table.py`: do not edit it by hand. The files come from public repositories and are no part",
        "of this one. Each is imported into a new project; where nothing came in, the reason stands in place of a title.",
        "",
        f"The words of the body against those that Readability expects: mean F1 **{mean:.4f}** over {pages} pages.",
        "",
        "| folder | files | with articles | articles | with a title | with a date | with an outlet |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for folder in dict.fromkeys(row[0] for row in rows):
        mine = [row for row in rows if row[0] == folder]
        records = [r for row in mine for r in row[2]]
        counts = [sum(bool(r.get(key)) for r in records) for key in ("title", "published", "outlet")]
        out.append(f"| {folder} | {len(mine)} | {sum(bool(r[2]) for r in mine)} | {len(records)} | {counts[0]} | {counts[1]} | {counts[2]} |")
    out += ["", "| file | articles | first title | outlet | date | words | F1 |", "|---|--:|---|---|---|--:|--:|"]
    for folder, name, records, told, score in rows:
        shown = f"{folder}/{cell(name, 70)}"
        if records:
            first = records[0]
            words = len(first["text"].split())
            told = (first["title"] or "–", first.get("outlet") or "–", first.get("published") or "–", words)
        else:
            told = (f"*{cell(told[0] if told else 'nothing', 160)}*", "", "", "")
        title, outlet, date, words = told
        title = title if title.startswith("*") else cell(title)
        f = f"{score:.3f}" if score is not None else ""
        out.append(f"| {shown} | {len(records)} | {title} | {cell(outlet) if outlet else ''} | {cell(date) if date else ''} | {words} | {f} |")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.exit(main())
