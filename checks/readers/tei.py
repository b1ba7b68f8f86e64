"""TEI: stand-off annotations by `#string-range(id,start,length)`, resolved by the Guidelines' rule, by lxml.

The text that a pointer counts in is the concatenated text of the element with that xml:id; `lb` counts one, as an end of
line. Places count characters, from 0. Where the element is not the whole article but a paragraph, it is found again in
the article; white space between paragraphs is free then.
"""

import re
import urllib.parse

from lxml import etree

from common import Align, Reading, Seen, files, unspaced, version

XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
NUMBERS = r"(-?\d+)\s*,\s*(\d+)"
POINTER = re.compile(rf"([^\s#]*)#(?:string-range|range)\(\s*(?:#|//\*\[@xml:id='|id\(')?([^,\s)'#]+)(?:'\]|'\))?\s*,\s*({NUMBERS}(?:\s*,\s*{NUMBERS})*)\s*\)")


def read(path, truth, shared):
    reading = Reading(f"string-range by the Guidelines, {version('lxml')}")
    found = files(path, ".xml", ".tei")
    if not found:
        raise ValueError("no .xml file")
    trees = {f.name: etree.parse(str(f), etree.XMLParser(huge_tree=True)) for f in found}
    for name, tree in trees.items():
        if etree.QName(tree.getroot()).namespace != "http://www.tei-c.org/ns/1.0":
            raise ValueError(f"{name}: {tree.getroot().tag} is not TEI’s")
        ids = [e.get(XML_ID) for e in tree.iter() if e.get(XML_ID)]
        if len(set(ids)) != len(ids):
            reading.fault(f"{name}: an xml:id is there twice")
        document(reading, truth, name, tree, {n: by_id(t) for n, t in trees.items()})
    return reading


def by_id(tree):
    return {e.get(XML_ID): e for e in tree.iter() if e.get(XML_ID)}


def string(element):
    """The text that a pointer counts in."""
    out = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str):
            out.append("\n" if etree.QName(child).localname == "lb" else string(child))
        out.append(child.tail or "")
    return "".join(out)


def document(reading, truth, name, tree, trees):
    for text in tree.iter("{*}text"):  # articles that nobody coded are there as well
        body = next(text.iter("{*}body"), text)
        titles = " ".join([name, *(e.get(XML_ID) or "" for e in text.iter("{*}body", "{*}ab", "{*}p", "{*}text"))])
        if article := truth.find_loosely(string(body), titles):
            reading.articles.add(article)
    place = {}
    for element in tree.iter("{*}annotation", "{*}span", "{*}interp", "{*}seg"):
        target = element.get("target") or element.get("from") or ""
        if "string-range" not in target and "range(" not in target:
            continue
        target = urllib.parse.unquote(target)
        hits = list(POINTER.finditer(target))
        if not hits or POINTER.sub("", target).strip():
            reading.fault(f"{name}: {target!r} is no pointer")
            continue
        article, spans = None, []
        for hit in hits:
            file, id_ = hit[1] or name, hit[2]
            element_there = trees.get(file.rsplit("/", 1)[-1], {}).get(id_)
            if element_there is None:
                reading.fault(f"{name}: {target!r} points nowhere")
                break
            if (file, id_) not in place:
                place[file, id_] = whereabouts(reading, truth, file, element_there)
            if place[file, id_] is None:
                break
            article, text, span_of = place[file, id_]
            for start, length in re.findall(NUMBERS, hit[3]):
                start, end = int(start), int(start) + int(length)
                if not 0 <= start < end <= len(text):
                    reading.fault(f"{name}: {target!r} in a text of {len(text)} characters")
                    continue
                spans.append(span_of(start, end))
        else:
            if article and spans:
                seen(reading, truth, name, element, article, spans, trees)


def whereabouts(reading, truth, name, element):
    """An element's article, its text, and how its places become the article's."""
    text = string(element)
    titles = " ".join([name, element.get(XML_ID), *(up.get(XML_ID) or "" for up in element.iterancestors())])
    root = next((up for up in element.iterancestors("{*}TEI")), element.getroottree().getroot())
    titles += " " + " ".join(t.text or "" for t in root.iterfind("./{*}teiHeader//{*}titleStmt/{*}title"))
    titles += " " + " ".join(t.text or "" for t in root.iterfind("./{*}teiHeader//{*}idno"))
    article = truth.find_in_xml(text, titles)
    if article:
        reading.articles.add(article)
        return article, text, lambda s, e: (s, e)
    body = next(root.iter("{*}body"), root)
    article = truth.find_loosely(string(body), titles)
    if article:  # a paragraph: count the characters before it that are not white space
        before, ours = prefix(body, element), truth.articles[article].text
        align = Align(string(body), ours)
        reading.articles.add(article)
        return article, text, lambda s, e: align.span(before + s, before + e)
    if not unspaced(text):
        return None
    reading.text(truth, text, titles)
    return None


def prefix(body, element):
    """How much text of the body is before an element in it."""
    count = 0
    for event, e in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
        if event == "start":
            if e is element:
                return count
            count += 1 if etree.QName(e).localname == "lb" else 0
            count += len(e.text or "")
        elif e is not body:
            count += len(e.tail or "")
    return count


def seen(reading, truth, name, element, article, spans, trees):
    labels, coders, ids = [], [], []
    near = [element, *element.iterancestors("{*}spanGrp", "{*}listAnnotation", "{*}interpGrp", "{*}annotationBlock", "{*}standOff")]
    for number, e in enumerate(near):
        for attribute in ("ana", "corresp", "type", "subtype", "n", "inst"):
            if number == 0 or attribute in ("ana", "type", "subtype"):
                for word in (e.get(attribute) or "").split():
                    labels += resolved(word, name, trees)
        for attribute in ("resp", "who", "source", "decls"):
            for word in (e.get(attribute) or "").split():
                coders += resolved(word, name, trees)
    labels += [t.strip() for t in element.itertext() if t.strip()]
    for child in element.iter():
        if child is not element and isinstance(child.tag, str):
            for attribute in ("ana", "target", "type", "ref"):
                labels += [r for w in (child.get(attribute) or "").split() for r in resolved(w, name, trees)]
            for attribute in ("ref", "who", "key", "resp", "target"):
                coders += [r for w in (child.get(attribute) or "").split() for r in resolved(w, name, trees)]
            coders += [t.strip() for t in child.itertext()] if etree.QName(child).localname in ("name", "persName", "resp") else []
    for value in (element.get(XML_ID), element.get("n"), element.get("corresp")):
        ids += [i for i in truth.by_id if value and i in value]
    coders = tuple(c for c in coders if truth.whose((c,)))
    reading.seen.append(Seen(article, tuple(sorted(s for s in spans if s)), tuple(labels), coders, ids[0] if ids else None))


def resolved(word, name, trees):
    """A pointer’s spellings: its id, and what the element there is called."""
    file, _, id_ = word.rpartition("#")
    yield word
    yield id_
    for part in re.split(r"[:./]", id_):
        yield part
    there = trees.get(file.rsplit("/", 1)[-1] or name, {}).get(id_)
    if there is not None:
        yield there.get("n") or ""
        for e in there.iter("{*}catDesc", "{*}gloss", "{*}term", "{*}label", "{*}name", "{*}persName", "{*}desc", "{*}interp"):
            if next(e.iterancestors("{*}category"), there) is there or e is there:
                yield "".join(e.itertext()).strip()
        if not len(there):
            yield (there.text or "").strip()
