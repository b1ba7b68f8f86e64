"""brat: a folder of .txt and .ann, by pybrat and by brat's own rule for text-bound annotations.

The rule: places count code points of the .txt as it is on the disk, ends exclusive; the words after the second tab are
those at the places, pieces joined by one blank, ends of lines as blanks. pybrat refuses two annotations on the same
words, which brat itself does not; that one check of its is left out.
"""

import re

from pybrat.parser import BratParser

from common import Reading, Seen, files, version

LINE = re.compile(r"(T\d+)\t([^\s:]+) (\d+ \d+(?:;\d+ \d+)*)\t(.*)", re.S)


class Parser(BratParser):
    def _check_entities(self, entities):
        pass


def read(path, truth, shared):
    reading = Reading(f"{version('pybrat')}, brat’s own rule")
    examples = {e.id: e for e in Parser(error="raise").parse(path)}
    names = display_names(path)
    for file in files(path, ".txt"):
        text = file.read_bytes().decode("utf-8")
        where = str(file.relative_to(path))
        article = reading.text(truth, text, where)
        if not article:
            continue
        file = file.with_suffix(".ann")
        example = examples.get(where.removesuffix(".txt"))
        if example is None:
            reading.fault(f"{where}: pybrat does not see it")
            continue
        if example.text != text:
            reading.notes.append(f"{where}: pybrat reads its line ends as \\n")
        own, attributes = {}, {}
        for line in file.read_bytes().decode("utf-8").split("\n"):
            if line.startswith("T"):
                match = LINE.fullmatch(line)
                if not match:
                    reading.fault(f"{where}: {line[:80]!r} is no text-bound annotation")
                    continue
                id_, type_, places, words = match.groups()
                spans = tuple(tuple(map(int, p.split())) for p in places.split(";"))
                if id_ in own:
                    reading.fault(f"{where}: {id_} is there twice")
                if any(not 0 <= s < e <= len(text) for s, e in spans):
                    reading.fault(f"{where}: {id_} lies outside the text")
                    continue
                there = " ".join(text[s:e] for s, e in spans).replace("\n", " ")
                if words != there:
                    reading.fault(f"{where}: {id_} says {words[:60]!r}, but {there[:60]!r} is there")
                own[id_] = (type_, spans, words)
            elif match := re.fullmatch(r"([AM]\d+)\t(\S+) ([TRE]\d+)(?: (.*))?", line):
                attributes.setdefault(match[3], []).append((match[2], match[4] or ""))
            elif match := re.fullmatch(r"#\d+\t(\S+) ([TRE]\d+)\t(.*)", line, re.S):
                attributes.setdefault(match[2], []).append((match[1], match[3]))
            elif line and not re.match(r"[RE#*NAM]", line):
                reading.fault(f"{where}: {line[:60]!r} is nothing that brat knows")
        theirs = {e.id: (e.type, tuple((s.start, s.end) for s in e.spans), e.mention) for e in example.entities}
        if theirs != {i: (t, s, w.rstrip()) for i, (t, s, w) in own.items()}:
            odd = next(i for i in sorted(own.keys() | theirs.keys()) if own.get(i) != theirs.get(i))
            reading.fault(f"{where}: pybrat sees {theirs.get(odd)} in {odd}")
        for id_, (type_, spans, _) in own.items():
            said = attributes.get(id_, [])
            coders = tuple(v for k, v in said if "coder" in k.lower() or "annotator" == k.lower())
            for _, note in said:
                coders += tuple(re.findall(r"(?:^|\W)coder[=:]\s*([^;,\n]+)", note))
            labels = (names.get(type_, type_), type_, *(v for k, v in said if k.lower() in ("code", "label")))
            id_of = next((v for _, v in said if v in truth.by_id), None)
            whose = tuple(c for c in coders if truth.whose((c,))) or truth.coders_in(where)
            reading.seen.append(Seen(article, spans, labels, whose, id_of))
    types = {s.labels[1] for s in reading.seen}
    known = declared(path)
    if known is None:
        reading.notes.append("no annotation.conf")
    elif types - known:
        reading.fault(f"types that annotation.conf does not have: {', '.join(sorted(types - known)[:5])}")
    return reading


def declared(path):
    """The entities of annotation.conf."""
    found = files(path, "annotation.conf")
    if not found:
        return None
    types, section = set(), ""
    for line in found[0].read_text("utf-8").split("\n"):
        if match := re.fullmatch(r"\[(\w+)\]\s*", line):
            section = match[1]
        elif section == "entities" and line.strip() and not line.startswith(("#", "<")):
            types.add(re.split(r"[\s|]", line.strip().lstrip("!"))[0])
    return types


def display_names(path):
    """What visual.conf calls the types."""
    names, section = {}, ""
    for file in files(path, "visual.conf"):
        for line in file.read_text("utf-8").split("\n"):
            if match := re.fullmatch(r"\[(\w+)\]\s*", line):
                section = match[1]
            elif section == "labels" and "|" in line and not line.startswith("#"):
                names[line.split("|")[0].strip()] = line.split("|")[1].strip()
    return names
