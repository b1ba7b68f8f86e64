"""SemEval-2020 task 11: a folder of articles and of labels (`id`, technique, start, end), as its scorer reads them.

The scorer finds articles by `article(\\d+)` in the names of files; places are code points, ends exclusive.
"""

import re

from common import Reading, Seen, files


def read(path, truth, shared):
    reading = Reading("by the rules of its scorer")
    texts, names = {}, {}
    for file in files(path, ".txt"):
        match = re.search(r"article(\d+)\.txt$", file.name)
        if not match:
            reading.notes.append(f"{file.name} is no article")
            continue
        text = file.read_bytes().decode("utf-8")
        if match[1] in texts and texts[match[1]] != text:
            reading.fault(f"two texts have the number {match[1]}")
        texts[match[1]] = text
        names[match[1]] = reading.text(truth, text, str(file.relative_to(path)))
    found = [f for f in files(path, ".labels", ".tsv", ".txt") if not re.search(r"article\d+\.txt$", f.name)]
    found = [f for f in found if "label" in f.name.lower()]
    if not texts or not found:
        raise ValueError(f"{len(texts)} articles and {len(found)} files of labels")
    for file in found:
        where = str(file.relative_to(path))
        for number, line in enumerate(file.read_bytes().decode("utf-8").split("\n")):
            if not line:
                continue
            cells = line.split("\t")
            if len(cells) == 3 and "task-si" in file.name.lower():
                continue  # spans alone, which are in the other task's file with their techniques
            if len(cells) != 4 or not all(c.isdigit() for c in (cells[0], *cells[2:])):
                raise ValueError(f"{where}, line {number + 1}: not four cells of a label: {line[:60]!r}")
            id_, label, start, end = cells[0], cells[1], int(cells[2]), int(cells[3])
            if id_ not in texts:
                raise ValueError(f"{where}, line {number + 1}: no article {id_}")
            if (match := re.search(r"article(\d+)\.", file.name)) and match[1] != id_:
                reading.fault(f"{where}, line {number + 1}: a label of article {id_}")
            if not 0 <= start < end <= len(texts[id_]):
                reading.fault(f"{where}: {label} {start}..{end} in a text of {len(texts[id_])} characters")
            elif names[id_]:
                reading.seen.append(Seen(names[id_], ((start, end),), (label,), truth.coders_in(where)))
    return reading
