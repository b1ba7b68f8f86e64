"""What is common to tables and lists: an article a row with its annotations, or an annotation a row."""

import json
import re

from common import Seen


def articles(reading, truth, rows, where):
    """Rows that hold an article with its annotations, as JSON Lines have them."""
    for number, row in enumerate(rows):
        here = f"{where}, row {number + 1}"
        article = reading.text(truth, row["text"], f"{row.get('id', '')} {row.get('title', '')}")
        if not article:
            continue
        if row.get("id") not in (None, article):
            reading.fault(f"{here}: the text of {article} under the id {row['id']}")
        notes = row["annotations"]
        notes = json.loads(notes) if isinstance(notes, str) else notes
        if isinstance(notes, dict):  # lists side by side, as some readers turn a list of records
            notes = [dict(zip(notes, one)) for one in zip(*notes.values())]
        for note in notes or []:
            annotation(reading, truth, article, note, here)


def texts(reading, truth, rows, where, strict=True):
    """Rows that hold the text of an article each."""
    for number, row in enumerate(rows):
        name = row.get("id") or row.get("article") or row.get("article_id")
        if name in truth.articles and row["text"] == truth.articles[name].text:
            reading.articles.add(name)
        elif strict:
            reading.text(truth, row["text"], f"{where}, row {number + 1}: {name}")
        else:
            reading.notes.append(f"{where}, row {number + 1}: another text than that of {name}; a cell has its limits")


def are_texts(columns):
    return "text" in columns and "label" not in columns and {"id", "article", "article_id"} & set(columns)


def annotations(reading, truth, rows, where):
    """Rows that hold an annotation each."""
    for number, row in enumerate(rows):
        here = f"{where}, row {number + 1}"
        article = row.get("article") or row.get("article_id")
        if article not in truth.articles:
            reading.fault(f"{here}: no article {article!r}")
            continue
        reading.articles.add(article)
        annotation(reading, truth, article, row, here)


def annotation(reading, truth, article, row, where):
    text = truth.articles[article].text
    spans, words, bytes_ = [], [], []
    given = row.get("spans")
    if isinstance(given, str):
        given = json.loads(given) if given.startswith("[") else places(given)
    if isinstance(given, dict):
        given = [dict(zip(given, one)) for one in zip(*given.values())]
    for span in given if given is not None else [row]:
        if isinstance(span, dict):
            spans.append((int(span["start"]), int(span["end"])))
            bytes_.append((span.get("byte_start"), span.get("byte_end")))
            words.append(span.get("text"))
        else:
            spans.append(tuple(map(int, span)))
    if row.get("byte_spans"):
        bytes_ = places(row["byte_spans"]) if isinstance(row["byte_spans"], str) else row["byte_spans"]
    if any(not 0 <= s < e <= len(text) for s, e in spans):
        reading.fault(f"{where}: {spans} in a text of {len(text)} characters")
        return
    if given is not None and row.get("start") not in (None, ""):
        if (int(row["start"]), int(row["end"])) != (spans[0][0], spans[-1][1]):
            reading.fault(f"{where}: start and end are not those of {spans}")
    there = [text[s:e] for s, e in spans]
    if words and None not in words and words != there:
        reading.fault(f"{where}: says {words}, but {there} is there")
    if isinstance(row.get("text"), str) and row["text"] not in (" … ".join(there), there[0] if len(there) == 1 else None):
        reading.fault(f"{where}: says {row['text'][:60]!r}, but {' … '.join(there)[:60]!r} is there")
    for (start, end), place in zip(spans, bytes_):
        if None not in tuple(place) and (len(text[:start].encode()), len(text[:end].encode())) != tuple(map(int, place)):
            reading.fault(f"{where}: {tuple(place)} are not the bytes of {start}..{end}")
    path = row.get("path")
    path = " > ".join(path) if isinstance(path, (list, tuple)) else path
    id_ = next((row[k] for k in ("annotation", "annotation_id", "id") if row.get(k) in truth.by_id), None)
    coders = tuple(row[k] for k in ("coder", "coder_id", "coder_name") if row.get(k))
    if id_ and row.get("layer") not in (None, truth.by_id[id_].layer):
        reading.fault(f"{where}: {id_} is on another layer than {row['layer']!r}")
    reading.seen.append(Seen(article, tuple(spans), tuple(x for x in (row.get("label"), path, row.get("code")) if x), coders, id_))


def places(text):
    """`12..20;31..35`"""
    if not re.fullmatch(r"\d+\.\.\d+(;\d+\.\.\d+)*", text):
        raise ValueError(f"{text!r} are no places")
    return [tuple(map(int, p.split(".."))) for p in text.split(";")]
