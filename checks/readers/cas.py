"""UIMA CAS, as XMI and as JSON, by dkpro-cassis; which turns the UTF-16 places of the file into code points."""

import warnings

import cassis

from common import Reading, Seen, files, short, version

#: What a tokeniser or the document itself brings; nobody coded these.
STRUCTURE = {
    "DocumentAnnotation", "DocumentMetaData", "Sentence", "Token", "Paragraph", "Heading", "Div", "TagsetDescription",
    "TagDescription", "Headline", "Standfirst", "Byline", "Caption", "Part", "ArticlePart", "NothingFound",
}  # fmt: skip
LABELS = ("label", "value", "code", "name", "kind", "category", "frame", "tag")


def read_xmi(path, truth, shared):
    def load(file):
        types = [t for t in files(path, ".xml") if t.stem.lower().replace("_", "").replace("-", "") == "typesystem"]
        near = [t for t in types if t.parent == file.parent] or types
        if not near:
            raise ValueError(f"no TypeSystem.xml for {file.name}")
        with open(near[0], "rb") as source:
            types = cassis.load_typesystem(source)
        with open(file, "rb") as source:
            return cassis.load_cas_from_xmi(source, typesystem=types)

    return read(path, truth, ".xmi", load)


def read_json(path, truth, shared):
    def load(file):
        with open(file, "rb") as source:
            return cassis.load_cas_from_json(source)

    return read(path, truth, ".json", load)


def read(path, truth, ending, load):
    reading = Reading(version("dkpro-cassis"), relations=[])
    found = files(path, ending)
    if not found:
        raise ValueError(f"no {ending} file")
    for file in found:
        where = str(file.relative_to(path)) if path.is_dir() else file.name
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                cas = load(file)
            except Exception as error:
                raise ValueError(f"{where}: {type(error).__name__}: {error}") from error
        for warning in (w for w in said if issubclass(w.category, UserWarning)):
            reading.fault(f"{where}: {warning.message}")
        for name in [v.sofa.sofaID for v in cas.views]:
            view = cas.get_view(name)
            text = view.sofa_string
            if not text and not any(a.id in where for a in truth.articles.values()):
                continue
            article = reading.text(truth, text or "", where + title_of(view), truth.find_in_xml)
            if article:
                marks_of(reading, truth, view, article, where)
    return reading


def title_of(view):
    """What the metadata of the document say, to tell articles with one text apart."""
    said = []
    for fs in view.select_all_fs():
        if fs.type.name.endswith(("DocumentMetaData", "DocumentMetadata")):
            said += [v for _, v in values(fs)]
    return " ".join(["", *said])


def values(fs):
    for feature in fs.type.all_features:
        value = getattr(fs, feature.name, None)
        if isinstance(value, str):
            yield feature.name.lower(), value


def ends(fs):
    """Where a relation of INCEpTION's kind goes from, and where to; None where it is none."""
    ends = [getattr(fs, name, None) for name in ("Governor", "Dependent")]
    return ends if all(hasattr(e, "begin") for e in ends) else None


def marks_of(reading, truth, view, article, where):
    text = view.sofa_string or ""
    everything = [
        fs
        for fs in view.select_all_fs()
        if hasattr(fs, "begin") and fs.type.name.split(".")[-1] not in STRUCTURE and fs.type.name != "uima.tcas.Annotation"
    ]
    # What leads from one annotation to another is a relation, and nobody's words.
    lines = [fs for fs in everything if ends(fs)]
    everything = [fs for fs in everything if not ends(fs)]
    for fs in lines:
        said = next((v for k, v in values(fs) if k in LABELS), "")
        reading.relations.append((article, said, *((e.begin, e.end) for e in ends(fs))))
    chains = {}  # a piece's first piece
    for fs in everything:
        for feature in fs.type.all_features:
            value = getattr(fs, feature.name, None)
            if feature.name in ("sofa", "begin", "end") or value is None:
                continue
            if feature.name.lower() in ("first", "head", "whole", "partof", "of") and hasattr(value, "begin"):
                chains[id(fs)] = value
            elif feature.name.lower() in ("next", "nextpiece", "continuation") and hasattr(value, "begin"):
                chains[id(value)] = fs
            elif feature.name.lower() in ("pieces", "parts", "rest", "spans"):
                for piece in getattr(value, "elements", None) or (value if isinstance(value, list) else []):
                    if hasattr(piece, "begin") and piece is not fs:
                        chains[id(piece)] = fs

    def first(fs):
        seen = set()
        while id(fs) in chains and id(fs) not in seen:
            seen.add(id(fs))
            fs = chains[id(fs)]
        return fs

    groups = {}
    for fs in everything:
        if fs.begin is None or fs.end is None or not 0 <= fs.begin < fs.end <= len(text):
            reading.fault(f"{where}: {fs.type.name} at {fs.begin}..{fs.end} in a text of {len(text)} characters")
            continue
        if fs.get_covered_text() != text[fs.begin : fs.end]:
            reading.fault(f"{where}: cassis covers {short(fs.get_covered_text())} at {fs.begin}..{fs.end}")
        said = list(values(fs))
        id_ = next((v for _, v in said if v in truth.by_id), None)
        key = ("id", id_) if id_ else ("fs", id(first(fs)))
        groups.setdefault(key, []).append((fs, dict(said), id_))
    for (_, _), pieces in groups.items():
        fs, said, id_ = pieces[0]
        short_name = fs.type.name.split(".")[-1]
        labels = [v for k, v in said.items() if k in LABELS] or list(said.values())
        labels += [f"{short_name}:{v}" for v in labels] + [short_name]
        coders = tuple(v for k, v in said.items() if k in ("coder", "annotator", "coderid", "codername"))
        spans = tuple(sorted({(p.begin, p.end) for p, _, _ in pieces}))
        if len(spans) > 1:  # a whole that lies over its pieces is none of them
            hull = (spans[0][0], max(e for _, e in spans))
            spans = tuple(s for s in spans if s != hull) or spans
        reading.seen.append(Seen(article, spans, tuple(labels), coders or truth.coders_in(where), id_))
