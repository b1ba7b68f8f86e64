"""doccano: JSON Lines of `text` and `label`, a list of [start, end, label], or with relations; places in code points.

doccano has no reader to install; the rules are those of its importer: a label is a list of two whole numbers and a
string, the start before the end, and of labels that are the same in one line it keeps one.
"""

import json

from common import Reading, Seen, files
from spacy_files import coders_of, id_of, join_pieces


def read(path, truth, shared):
    return lines(Reading("by the rules of its importer"), path, truth, labels_of)


def read_relations(path, truth, shared):
    """As projects with relations have them: `entities` with numbers, and `relations` between these."""
    return lines(Reading("by the rules of its importer", relations=[]), path, truth, entities_of)


def lines(reading, path, truth, spans_of):
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
            for start, end, name, id_ in spans_of(reading, truth, here, article, row):
                if not 0 <= start < end <= len(row["text"]):
                    reading.fault(f"{here}: {name!r} at {start}..{end} in a text of {len(row['text'])} characters")
                elif article:
                    reading.seen.append(Seen(article, ((start, end),), (name,), whose, id_))
    return join_pieces(reading, truth)


def labels_of(reading, truth, here, article, row):
    labels = row.get("label", row.get("labels"))
    if not isinstance(labels, list):
        raise ValueError(f"{here}: no list of labels")
    once = set()
    for label in labels:
        if not (isinstance(label, list) and list(map(type, label)) == [int, int, str]):
            raise ValueError(f"{here}: {label} is no label")
        if tuple(label) not in once:
            yield *label, None
        once.add(tuple(label))
    if len(once) != len(labels):
        reading.notes.append(f"{here}: {len(labels) - len(once)} labels are there twice; doccano keeps one")


def entities_of(reading, truth, here, article, row):
    places = {}
    for entity in row["entities"]:
        place = entity["start_offset"], entity["end_offset"]
        if [type(x) for x in (*place, entity["label"], entity["id"])] != [int, int, str, int] or entity["id"] in places:
            raise ValueError(f"{here}: {entity} is no label")
        places[entity["id"]] = place
        yield *place, entity["label"], id_of(truth, entity)
    for relation in row["relations"]:
        ends = [places.get(relation[end]) for end in ("from_id", "to_id")]
        if not all(ends):
            raise ValueError(f"{here}: {relation} leads from or to nothing")
        reading.relations.append((article, relation["type"], *ends))
