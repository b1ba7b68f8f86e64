"""W3C Web Annotation: JSON-LD, expanded by PyLD; TextPositionSelector and TextQuoteSelector have to agree.

Positions count code points. The context of the W3C is taken from the shared folder where it is there; otherwise a short
form of it, for nothing is fetched from the network.
"""

import json
import urllib.parse

from pyld import jsonld

from common import Reading, Seen, files, short, version

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
OA = "http://www.w3.org/ns/oa#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#: Where a body says which tag it is.
LABELS = (RDF + "value", OA + "hasSource", "http://www.w3.org/2000/01/rdf-schema#label", "http://xmlns.com/foaf/0.1/name")
TERMS = {
    "oa": OA,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dctypes": "http://purl.org/dc/dcmitype/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "as": "http://www.w3.org/ns/activitystreams#",
    "schema": "http://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": {"@id": "@id", "@type": "@id"},
    "type": {"@id": "@type", "@type": "@vocab"},
    **{t: f"oa:{t}" for t in ("Annotation", "TextualBody", "SpecificResource", "TextQuoteSelector", "TextPositionSelector")},
    "AnnotationCollection": "as:OrderedCollection",
    "AnnotationPage": "as:OrderedCollectionPage",
    "Person": "foaf:Person",
    "Software": "as:Application",
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "refinedBy": {"@id": "oa:refinedBy", "@type": "@id"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    **{t: f"oa:{t}" for t in ("tagging", "classifying", "commenting", "describing", "highlighting", "identifying", "linking")},
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
    "creator": {"@id": "dcterms:creator", "@type": "@id"},
    "generator": {"@id": "as:generator", "@type": "@id"},
    "created": {"@id": "dcterms:created", "@type": "xsd:dateTime"},
    "modified": {"@id": "dcterms:modified", "@type": "xsd:dateTime"},
    "generated": {"@id": "dcterms:issued", "@type": "xsd:dateTime"},
    "value": "rdf:value",
    "format": "dc:format",
    "language": "dc:language",
    "name": "foaf:name",
    "nickname": "foaf:nick",
    "label": "rdfs:label",
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "first": {"@id": "as:first", "@type": "@id"},
    "next": {"@id": "as:next", "@type": "@id"},
    "partOf": {"@id": "as:partOf", "@type": "@id"},
    "startIndex": {"@id": "as:startIndex", "@type": "xsd:nonNegativeInteger"},
    "total": {"@id": "as:totalItems", "@type": "xsd:nonNegativeInteger"},
}


def read(path, truth, shared):
    reading = Reading(version("PyLD"))
    found = list(shared.glob("fixtures/w3c-web-annotation/**/anno.jsonld")) if shared else []
    context = json.loads(found[0].read_text("utf-8")) if found else {"@context": TERMS}
    reading.reader += "" if found else ", a short form of the context"

    def load(url, options):
        if url.replace("https:", "http:") != CONTEXT:
            raise ValueError(f"it would fetch {url}")
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": context}

    documents = []
    for file in files(path, ".jsonld", ".json", ".jsonl"):
        content = file.read_text("utf-8")
        lines = content.split("\n") if file.name.endswith(".jsonl") else [content]
        documents += [json.loads(line) for line in lines if line.strip()]
    said = json.dumps(documents, ensure_ascii=False)
    reading.articles |= {a for a in truth.articles if json.dumps(a, ensure_ascii=False)[1:-1] in said}
    count = 0
    for document in documents:
        for node in walk(jsonld.expand(document, {"documentLoader": load})):
            if OA + "Annotation" in node.get("@type", []):
                count += 1
                annotation(reading, truth, node)
    if not count:
        reading.fault("PyLD finds no annotation; is every term in the context?")
    return reading


def walk(node):
    if isinstance(node, list):
        for one in node:
            yield from walk(one)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)


def strings(nodes):
    """All that is said in some nodes: values, and the ends of their addresses."""
    for node in walk(nodes):
        if isinstance(node.get("@value"), str):
            yield node["@value"]
        if isinstance(node.get("@id"), str):
            yield node["@id"]
            yield from (part for part in node["@id"].replace("#", "/").replace(":", "/").split("/") if part)


def one(node, name):
    for value in node.get(OA + name, []):
        return value.get("@value", value.get("@id"))
    return None


def annotation(reading, truth, node):
    bodies, labels = node.get(OA + "hasBody", []), []
    tags = [b for b in walk(bodies) if {p.get("@id") for p in b.get(OA + "hasPurpose", [])} & {OA + "tagging", OA + "classifying"}]
    for body in tags or [b for b in bodies if b.get("@type") != [OA + "Choice"]]:
        for name in LABELS:
            labels += strings(body.get(name, []))
        labels += strings([{"@id": body["@id"]}]) if "@id" in body else []
    coders = tuple(strings(node.get("http://purl.org/dc/terms/creator", [])))
    coders = tuple(c for c in coders if truth.whose((c,)))
    id_ = next((s for s in strings(node.get("@id") and [{"@id": node["@id"]}]) if s in truth.by_id), None)
    where = node.get("@id", "an annotation")
    article, spans = None, []
    for target in node.get(OA + "hasTarget", []):
        source = urllib.parse.unquote(one(target, "hasSource") or target.get("@id", ""))
        article = article or truth.named(source) or next((truth.named(s) for s in strings(target) if truth.named(s)), None)
        positions, quotes = [], []
        for selector in walk(target.get(OA + "hasSelector", [])):
            if OA + "TextPositionSelector" in selector.get("@type", []):
                positions.append((int(one(selector, "start")), int(one(selector, "end"))))
            if OA + "TextQuoteSelector" in selector.get("@type", []):
                quotes.append(tuple(one(selector, n) for n in ("exact", "prefix", "suffix")))
        if article is None:
            reading.fault(f"{where}: {source!r} names no article")
            return
        text = truth.articles[article].text
        if len(positions) != len(quotes):
            reading.fault(f"{where}: {len(positions)} positions and {len(quotes)} quotes")
        for (start, end), (exact, prefix, suffix) in zip(positions, quotes):
            if text[start:end] != exact:
                reading.fault(f"{where}: the quote is {short(exact or '')}, but {short(text[start:end])} is at {start}..{end}")
            elif prefix and not text[:start].endswith(prefix):
                reading.fault(f"{where}: {short(prefix)} does not stand before the quote")
            elif suffix and not text[end:].startswith(suffix):
                reading.fault(f"{where}: {short(suffix)} does not stand after the quote")
        spans += positions
    if article is None or not spans:
        reading.placeless += 1
        return
    reading.articles.add(article)
    reading.seen.append(Seen(article, tuple(sorted(spans)), tuple(labels), coders, id_))
