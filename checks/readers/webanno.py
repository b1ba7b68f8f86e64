"""WebAnno TSV 3.3, read as strictly as INCEpTION does, and by the same rules.

Places count UTF-16 units. A reader gets the text from the `#Text=` lines; between sentences it puts an end of line and
blanks, so texts are compared but for the kind of white space. An annotation is what stands in one cell, or in several
cells under one number in brackets; a number belongs to one annotation in the whole file, whatever its layer.
"""

import re

from common import Reading, Seen, Utf16, files, spaced

VALUE = re.compile(r"\\(\\|\[|\]|\||_|->|;|t|n|\*)")
STACK = re.compile(r"(?<!\\)\|")


def read(path, truth, shared):
    reading = Reading("by specification, as INCEpTION reads it")
    for file in files(path, ".tsv"):
        where = str(file.relative_to(path)) if path.is_dir() else file.name
        text, marks = parse(file.read_bytes().decode("utf-8"), where, reading)
        article = fitting(truth, text, where)
        if article is None:
            reading.text(truth, text, where)
            continue
        reading.articles.add(article)
        units = Utf16(text)
        for begin, end, layer, features in marks:
            try:
                span = (units.point(begin), units.point(end))
            except ValueError as error:
                reading.fault(f"{where}: {error}")
                continue
            labels = [v for k, v in features.items() if k.lower() in LABELS] or list(features.values())
            coders = tuple(v for k, v in features.items() if k.lower() in ("coder", "annotator"))
            id_ = next((v for v in features.values() if v in truth.by_id), None)
            labels += [f"{layer}:{v}" for v in labels if v] + [layer]
            whose = coders or truth.coders_in(where)
            reading.seen.append(Seen(article, (span,), tuple(labels), whose, id_))
    if not reading.articles:
        raise ValueError("no file to read")
    return join_pieces(reading, truth)


LABELS = ("label", "value", "code", "name", "kind", "category", "frame")


def join_pieces(reading, truth):
    """Pieces that say the id of one annotation are one."""
    joined, out = {}, []
    for seen in reading.seen:
        if seen.id and len(truth.by_id[seen.id].spans) > 1:
            if seen.id in joined:
                joined[seen.id].spans = tuple(sorted((*joined[seen.id].spans, *seen.spans)))
                continue
            joined[seen.id] = seen
        out.append(seen)
    reading.seen = out
    return reading


def fitting(truth, text, where):
    """The article of a text that the reader put together: the same, if for the kind of white space and its ends."""
    wanted = spaced(text).rstrip(" ")
    hits = [a.id for a in truth.articles.values() if spaced(a.text).rstrip(" ") == wanted]
    return truth._pick(hits, where)


def parse(content, where, reading):
    def wrong(what):
        raise ValueError(f"{where}, line {number + 1}: {what}")

    lines = re.split(r"\r\n|\r|\n", content)
    if not lines[-1]:
        lines.pop()  # what is after the last end of line is no line
    number = 0
    if lines[0] != "#FORMAT=WebAnno TSV 3.3":
        wrong("no header of WebAnno TSV 3.3")
    columns = []
    for number in range(1, len(lines)):
        match = re.fullmatch(r"#T_(SP|RL|CH)=(.+)", lines[number])
        if not match:
            break
        name, *features = [f for f in match[2].split("|") if f]
        for feature in features or [None]:
            columns.append((len(columns), match[1], name, feature))
    if lines[number : number + 2] != ["", ""]:
        wrong("two empty lines have to follow the header")
    text, size, pending, state = "", 0, [], "gap"
    order, cells, seen_ids, last = {}, {}, {}, (0, 0)
    numbers = set()
    for number in range(number + 2, len(lines) + 1):
        line = lines[number] if number < len(lines) else None
        if line is not None and line.startswith("#") and state in ("gap", "head"):
            state = "head"
            if line.startswith("#Text="):
                pending.append(unescape_text(line[6:]))
        elif not line:
            if state == "head":
                wrong("a sentence without tokens")
            if state == "gap":
                wrong("one empty line stands between sentences, and none after the last; a file has a sentence at least")
            state = "gap"
        else:
            if state == "gap":
                wrong("a token without a sentence’s text")
            fields = line.split("\t")
            if len(fields) < len(columns) + 3 or len(fields) > len(columns) + 4 or any(fields[len(columns) + 3 :]):
                wrong(f"{len(fields)} fields for {len(columns)} columns")
            match = re.fullmatch(r"(\d+)-(\d+)(\.\d+)?", fields[0])
            place = re.fullmatch(r"(\d+)-(\d+)", fields[1])
            if not match or not place:
                wrong(f"{fields[0]!r} and {fields[1]!r} are no number and place of a token")
            if fields[0] in numbers:
                wrong(f"the token {fields[0]} is there twice")
            numbers.add(fields[0])
            begin, end = int(place[1]), int(place[2])
            if state == "head":
                if match[3]:
                    wrong("a sentence begins with a part of a token")
                if size > begin:
                    if size != begin + 1:
                        wrong(f"a sentence begins at {begin}, where the text is {size} long already")
                    text, size = text[:-1], size - 1
                text += " " * (begin - size)
                if not pending:
                    wrong("a sentence without a text")
                sentence = "\n".join(pending) + "\n"
                text += sentence
                size = begin + sum(1 + (ord(c) > 0xFFFF) for c in sentence)
                pending, state, bytes16 = [], "token", text.encode("utf-16-le")
            if bytes16[2 * begin : 2 * end] != fields[2].encode("utf-16-le") and bytes16[
                2 * begin : 2 * end
            ] != unescape_text(fields[2]).encode("utf-16-le"):
                there = bytes16[2 * begin : 2 * end].decode("utf-16-le", "replace")
                reading.fault(f"{where}, line {number + 1}: the token {fields[2]!r}, but {there!r} is at {fields[1]}")
            if not match[3] and begin < last[1]:
                wrong("tokens overlap")
            if not match[3]:
                last = (begin, end)
            elif not last[0] <= begin <= end <= last[1]:
                wrong("a part of a token that is not in it")
            for index, kind, name, feature in columns:
                if kind != "SP" or fields[3 + index] == "_" or (feature or "").startswith("ROLE_") or "." in (feature or ""):
                    continue  # also a slot says nothing of places
                for stack, cell in enumerate(STACK.split(fields[3 + index])):
                    value, shared_id = cell, None
                    if (found := re.fullmatch(r"(.*)\[(\d+)\]", cell, re.S)) and not cell.endswith("\\]"):
                        value, shared_id = found[1], int(found[2])
                    if re.search(r"(?<!\\)(?:\\\\)*[\[\]]", value):
                        wrong(f"{cell!r} is not escaped")
                    if shared_id is not None:
                        if seen_ids.setdefault(shared_id, name) != name:
                            wrong(f"the number [{shared_id}] is used in two layers")
                        key = (name, "id", shared_id)
                    else:
                        key = (name, fields[0], stack)
                    at = order.setdefault((name, fields[0], stack), key)
                    mark = cells.setdefault(at, [begin, end, name, {}])
                    mark[1] = end
                    if value != "*" and feature:
                        mark[3][feature] = unescape_value(value)
    return text, [(b, e, n.split(".")[-1], f) for b, e, n, f in cells.values()]


def unescape_value(value):
    return VALUE.sub(lambda m: {"t": "\t", "n": "\n"}.get(m[1], m[1]), value)


def unescape_text(text):
    return re.sub(
        r"\\([tnfrb\\\x00-\x1f])", lambda m: {"t": "\t", "n": "\n", "f": "\f", "r": "\r", "b": "\b"}.get(m[1], m[1]), text
    )
