"""REFI-QDA: projects (.qdpx) and codebooks (.qdc), by their schemas and by the specification.

Places of a `PlainTextSelection` count code points of the plain text, from 0, the end being the first that is not
selected any more. The text is UTF-8 without a byte-order mark, in the package where `internal://` says.
"""

import bisect
import io
import zipfile

from lxml import etree

from common import Reading, Seen, Utf16, fold, version

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"


def read_project(path, truth, shared):
    return project(Reading(f"by specification, {version('lxml')}", relations=[]), path, truth, shared, Points)


def read_nvivo(path, truth, shared):
    """As NVivo for Windows counts: UTF-16 units of a text with CRLF."""
    return project(Reading(f"by NVivo’s rule, {version('lxml')}", relations=[]), path, truth, shared, Windows)


class Points:
    """Places as the specification has them."""

    def __init__(self, raw):
        self.text = raw

    def point(self, place):
        return place


class Windows:
    def __init__(self, raw):
        self.bare = "\n" in raw.replace("\r\n", "")
        self.text = raw.replace("\r\n", "\n")
        self.units = Utf16(raw)
        self.ends = [i for i in range(len(raw)) if raw.startswith("\r\n", i)]

    def point(self, place):
        at = self.units.point(place)
        before = bisect.bisect_left(self.ends, at)
        if before and at == self.ends[before - 1] + 1:
            raise ValueError(f"place {place} is within a line end")
        return at - before


def project(reading, path, truth, shared, counting):
    with zipfile.ZipFile(path) as package:
        if package.testzip():
            raise ValueError(f"the package is damaged at {package.testzip()}")
        names = package.namelist()
        inside = [n for n in names if n.lower() == "project.qde"]
        if len(inside) != 1:
            raise ValueError(f"no project.qde in the package: {names[:5]}")
        tree = etree.parse(io.BytesIO(package.read(inside[0])))
        validate(reading, tree, PROJECT, shared)
        q = {"q": PROJECT}
        users = {u.get("guid"): u.get("name") or u.get("id") for u in tree.iterfind(".//q:User", q)}
        codes = {c.get("guid"): c for c in tree.iterfind(".//q:CodeBook//q:Code", q)}
        guids = [e.get("guid") for e in tree.iter("{*}*") if isinstance(e.tag, str) and e.get("guid")]
        if len(guids) != len(set(map(str.lower, guids))):
            reading.fault("a GUID is used twice")
        places = {}
        for source in tree.iterfind(".//q:TextSource", q):
            text = source_text(reading, package, names, source, q)
            name = source.get("name") or ""
            counted = counting(text or "")
            if getattr(counted, "bare", False):
                reading.fault(f"{name}: a line end that is no CRLF")
            text = counted.text if text is not None else None
            article = reading.text(truth, text, name) if text is not None else None
            for selection in source.iterfind("q:PlainTextSelection", q):
                start, end = (counted.point(int(selection.get(w))) for w in ("startPosition", "endPosition"))
                places[selection.get("guid")] = (article, (start, end))
                if text is None or not 0 <= start < end <= len(text):
                    reading.fault(f"{name}: a selection {start}..{end} in a text of {len(text or '')} characters")
                    continue
                codings = selection.findall("q:Coding", q)
                if not codings:
                    reading.notes.append(f"{name}: a selection without a coding at {start}..{end}")
                for coding in codings:
                    for reference in coding.iterfind("q:CodeRef", q):
                        code = codes.get(reference.get("targetGUID"))
                        if code is None:
                            reading.fault(f"{name}: a coding under a code that is not in the codebook")
                            continue
                        who = coding.get("creatingUser") or selection.get("creatingUser")
                        if who and who not in users:
                            reading.fault(f"{name}: a coding by a user that is not in the project")
                        if article and tuple(names_of(code))[-1] == "Marks > Nothing found":
                            # What is no coding in Framelens is one in REFI-QDA.
                            if not any((article, c, (start, end)) in truth.nothing for c in truth.whose((users.get(who),))):
                                reading.fault(f"{name}: says at {start}..{end} that nothing was found, which nobody did")
                        elif article:
                            coders = (users[who],) if who in users else ()
                            reading.seen.append(Seen(article, ((start, end),), tuple(names_of(code)), coders))
        for link in tree.iterfind(".//q:Link", q):
            ends = [places.get(link.get(f"{end}GUID")) for end in ("origin", "target")]
            if all(ends):
                reading.relations.append((ends[0][0], link.get("name") or "", ends[0][1], ends[1][1]))
    return reading


def path_of(code):
    """The names from the root down to a code."""
    above = [c for c in code.iterancestors() if etree.QName(c).localname == "Code"]
    return [c.get("name") for c in (*reversed(above), code)]


def names_of(code):
    """A code's name, alone and with those above it."""
    path = path_of(code)
    return [" > ".join(path[-n:]) for n in range(1, len(path) + 1)]


def source_text(reading, package, names, source, q):
    where, content = source.get("plainTextPath"), source.findtext("q:PlainTextContent", None, q)
    if (where is None) == (content is None):
        reading.fault(f"{source.get('name')}: neither or both of PlainTextContent and plainTextPath")
        return content
    if where is None:
        return content
    if not where.startswith("internal://"):
        reading.fault(f"{source.get('name')}: its text is not in the package: {where}")
        return None
    file = where.removeprefix("internal://")
    hits = [n for n in names if n.lower() == f"sources/{file}".lower()]
    if not hits:
        reading.fault(f"{source.get('name')}: no {file} among the sources of the package")
        return None
    raw = package.read(hits[0])
    if raw.startswith(b"\xef\xbb\xbf"):
        reading.fault(f"{file}: begins with a byte-order mark, which some count and some do not")
    return raw.decode("utf-8")


def read_codebook(path, truth, shared):
    reading = Reading(f"by specification, {version('lxml')}")
    tree = etree.parse(str(path))
    validate(reading, tree, CODEBOOK, shared)
    book = set()
    for code in tree.iterfind(".//{*}Code"):
        names = list(names_of(code))
        book.add(tuple(map(fold, path_of(code))))
        if not code.get("guid"):
            reading.fault(f"the code {names[0]!r} has no GUID")
    # Names of several lines stand in one.
    used = {tuple(map(fold, m.path)): m.path for m in truth.marks if m.code}
    for plain, path_ in sorted(used.items()):
        if plain not in book:
            reading.fault(f"no code {' > '.join(path_)!r}")
    reading.counted = (len(used), len(used.keys() & book))
    reading.notes.append(f"{len(book)} codes; compared: those in use")
    return reading


def validate(reading, tree, namespace, shared):
    """Against every schema that is there; none of them is part of this repository."""
    if etree.QName(tree.getroot()).namespace != namespace:
        raise ValueError(f"not {namespace}: {tree.getroot().tag}")
    schemas = []
    for file in sorted(shared.glob("fixtures/refi-qda-schema/**/*.xsd")) if shared else []:
        schema = etree.parse(str(file))
        if schema.getroot().get("targetNamespace") == namespace:
            schemas.append((file.name, etree.XMLSchema(schema)))
    for name, schema in schemas:
        if not schema.validate(tree):
            error = schema.error_log[0]
            reading.fault(f"{name} line {error.line}: {error.message} ({len(schema.error_log)} errors)")
    reading.reader += f", {len(schemas)} schema{'s' * (len(schemas) > 1)}" if schemas else ", no schema at hand"
