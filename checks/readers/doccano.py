"""doccano: JSON Lines of `text` and `label`, a list of [start, end, label]; places in code points.

doccano has no reader to install; the rules are those of its importer: a label is a list of two whole numbers and a
string, the start before the end, and of labels that are the same in one line it keeps one.
"""

import json

from common import Reading, Seen, files
from spacy_files import coders_of


def read(path, truth, shared):
    reading = Reading("by the rules of its importer")
    found = files(path, ".jsonl")
    if not found:
        raise ValueError("no .jsonl file")
    for file in found:
        where = str(file.relative_to(path)) if path.is_dir() else file.name
        for number, line in enumerate(file.read_bytes().decode("utf-8").split("\n")):
            if not line.strip():
                continue
            row = json.loads(line)
            here = f"{where}, line {number + 1}"
            meta = {**row, **(row.get("meta") or {}), **(row.get("metadata") or {})}
            meta = {k: v for k, v in meta.items() if isinstance(v, str) and k != "text"}
            article = reading.text(truth, row["text"], " ".join([where, *meta.values()]))
            whose = coders_of(truth, meta) or truth.coders_in(where)
            labels = row.get("label", row.get("labels"))
            if not isinstance(labels, list):
                raise ValueError(f"{here}: no list of labels")
            once = set()
            for label in labels:
                if not (isinstance(label, list) and list(map(type, label)) == [int, int, str]):
                    raise ValueError(f"{here}: {label} is no label")
                start, end, name = label
                if not 0 <= start < end <= len(row["text"]):
                    reading.fault(f"{here}: {label} in a text of {len(row['text'])} characters")
                elif article and tuple(label) not in once:
                    reading.seen.append(Seen(article, ((start, end),), (name,), whose))
                once.add(tuple(label))
            if len(once) != len(labels):
                reading.notes.append(f"{here}: {len(labels) - len(once)} labels are there twice; doccano keeps one")
    return reading
