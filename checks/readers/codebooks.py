"""Codebooks in tables: Taguette's list of tags and a table of codes, by pandas. Compared are the codes in use.

Taguette imports a table with the columns `tag` (the path, parted by full stops) and `description`; a tag may be there
once, whatever its case.
"""

import pandas

from common import Reading, fold, version


def read_taguette(path, truth, shared):
    reading = Reading(f"by the rules of its importer, {version('pandas')}")
    rows = table(path, ("tag", "description"))
    paths = [fold(tag) for tag in rows["tag"]]
    for tag in rows["tag"][rows["tag"].str.casefold().duplicated()]:
        reading.fault(f"the tag {tag!r} is there twice")
    for tag in rows["tag"]:
        if not all(part.strip() for part in tag.split(".")):
            reading.fault(f"the tag {tag!r} has a step without a name")
    return counted(reading, {m.path for m in truth.marks if m.code}, lambda p: fold("".join(p)) in paths, len(rows))


def read_table(path, truth, shared):
    reading = Reading(version("pandas"))
    rows = table(path, ("id", "name", "path", "parent"))
    if rows["id"].duplicated().any():
        reading.fault("an id is there twice")
    if strays := set(rows["parent"]) - set(rows["id"]) - {""}:
        reading.fault(f"parents that are not there: {', '.join(sorted(strays))}")
    known = set(zip(rows["id"], rows["name"], rows["path"]))
    used = {(m.code, m.label, " > ".join(m.path)) for m in truth.marks if m.code}
    return counted(reading, used, known.__contains__, len(rows))


def table(path, columns):
    rows = pandas.read_csv(path, dtype=str, keep_default_na=False)
    if lacking := set(columns) - set(rows.columns):
        raise ValueError(f"no column {', '.join(sorted(lacking))}")
    return rows


def counted(reading, used, is_there, rows):
    for code in sorted(used):
        if not is_there(code):
            reading.fault(f"no code {code}")
    reading.counted = (len(used), sum(map(is_there, used)))
    reading.notes.append(f"{rows} codes; compared: those in use")
    return reading
