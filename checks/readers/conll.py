"""CoNLL-2003: columns of tokens and IOB tags; chunks are read by seqeval, tokens are found again in the article.

A document begins with -DOCSTART-. Which article it is say its tokens: together they are the article's text without its
white space. Every column whose cells are all IOB tags is read; a file may be one coder's, by its name or its folder's.
"""

import re

from seqeval.metrics.sequence_labeling import get_entities

from common import Reading, Seen, blank, files, unspaced, version

TAG = re.compile(r"O|[BIES]-\S+")


def read(path, truth, shared):
    reading = Reading(version("seqeval"))
    found = files(path, ".conll", ".conll2003", ".txt", ".iob", ".iob2", ".bio", ".tsv")
    found = [f for f in found if f.name.lower() not in ("readme.txt", "labels.txt")]
    if not found:
        raise ValueError("no file to read")
    for file in found:
        where = str(file.relative_to(path)) if path.is_dir() else file.name
        content = file.read_bytes().decode("utf-8")
        if "\r" in content or content.startswith("\ufeff"):
            reading.fault(f"{where}: has carriage returns or a byte-order mark")
        if content and not content.endswith("\n\n"):
            reading.fault(f"{where}: does not end with an empty line, by which many readers know that a sentence is whole")
        for start, rows in documents(content, where, reading):
            document(reading, truth, where, start, rows)
    return reading


def documents(content, where, reading):
    """The documents: the line that begins each, and its rows; an empty row ends a sentence."""
    start, rows, width = None, [], None
    for number, line in enumerate(content.split("\n")):
        if line.startswith("#") and "\t" not in line and " " not in line.strip("# "):
            continue
        cells = re.split(r"[ \t]", line) if line.strip() else []
        if cells != line.split():
            reading.fault(f"{where}, line {number + 1}: white space in a cell or beside it: {line[:60]!r}")
        if cells and cells[0] == "-DOCSTART-":
            if start is not None or any(rows):
                yield start or "", rows
            start, rows = line, []
            continue
        if cells and width not in (None, len(cells)):
            reading.fault(f"{where}, line {number + 1}: {len(cells)} columns instead of {width}")
        width = width or len(cells) or None
        rows.append(cells)
    if start is not None or any(rows):
        yield start or "", rows


def document(reading, truth, where, start, rows):
    words = [r[0] for r in rows if r]
    article = truth._pick(truth._loose.get(unspaced("".join(words)), []), f"{where} {start}")
    if article is None:
        reading.fault(f"{where}: {start!r}: its tokens are no article’s: {' '.join(words[:8])} …")
        return
    reading.articles.add(article)
    tokens = locate(truth.articles[article].text, words)
    if reading.tokens.setdefault(article, tokens) != tokens:
        reading.notes.append(f"{where}: cut into other tokens than elsewhere")
    breaks, count = [], 0
    for row in rows:
        if row:
            count += 1
        elif count and (not breaks or breaks[-1] != count):
            breaks.append(count)
    edges = [0, *breaks, *([len(tokens)] if not breaks or breaks[-1] != len(tokens) else [])]
    sentences = [(tokens[a][0], tokens[b - 1][1]) for a, b in zip(edges, edges[1:]) if b > a]
    reading.sentences.setdefault(article, sentences)
    width = max((len(r) for r in rows if r), default=0)
    titles = start.split()
    if len(titles) != width:  # the line may as well be the name of a column each
        titles = [""] * width
    whose = truth.coders_in(where) or truth.coders_in("/".join(re.split(r"[\s=]", start)))
    for column in range(1, width):
        cells = [r[column] if column < len(r) else "O" for r in rows if r]
        if not all(TAG.fullmatch(c) for c in cells):
            if column == width - 1:
                bad = next(c for c in cells if not TAG.fullmatch(c))
                reading.fault(f"{where}: {bad!r} in the last column is no IOB tag")
            continue
        tags, at = [], 0
        for row in rows:  # an empty row ends a chunk: seqeval is given a tag for it
            tags.append(row[column] if row and column < len(row) else "O")
        place = {}
        for i, row in enumerate(rows):
            if row:
                place[i] = at
                at += 1
        layer, _, coder = titles[column].partition(":")
        coders = (coder,) if truth.whose((coder,)) else whose
        for label, first, last in get_entities(tags):
            span = (tokens[place[first]][0], tokens[place[last]][1])
            reading.seen.append(Seen(article, (span,), (label, f"{layer}:{label}"), coders))


def locate(text, words):
    """Where the tokens are; nothing but white space is between them."""
    out, at = [], 0
    for word in words:
        start = None
        for c in word:
            if blank(c):
                continue
            while blank(text[at]):
                at += 1
            if text[at] != c:
                raise ValueError(f"the token {word!r} is not at {at}")
            start = at if start is None else start
            at += 1
        out.append((start if start is not None else at, at))
    return out
