"""spaCy: JSON Lines of texts and spans, and DocBin; by spaCy itself."""

import re
from collections import Counter

import spacy
import srsly
from spacy.tokens import DocBin

from common import Reading, Seen, files, version


def read_jsonl(path, truth, shared):
    """Each line: `text`, `spans` of `start`, `end`, `label`; places in code points."""
    reading = Reading(version("spacy"), relations=[])
    nlp = spacy.blank("xx")
    between = 0
    for file in files(path, ".jsonl"):
        for number, line in enumerate(srsly.read_jsonl(str(file))):
            where = f"{file.name}, line {number + 1}"
            meta = {**line, **(line.get("meta") or {})}
            meta = {k: v for k, v in meta.items() if isinstance(v, str) and k != "text"}
            article = reading.text(truth, line["text"], " ".join([file.stem, *meta.values()]))
            if not article:
                continue
            doc = nlp.make_doc(line["text"])
            if doc.text != truth.articles[article].text:
                reading.fault(f"{where}: spaCy sees another text")
            whose = coders_of(truth, meta) or truth.coders_in(file.name)
            for span in line.get("spans", line.get("entities", [])):
                start, end = span["start"], span["end"]
                if not 0 <= start < end <= len(doc.text):
                    reading.fault(f"{where}: a span {start}..{end} in a text of {len(doc.text)} characters")
                    continue
                between += doc.char_span(start, end, label=span["label"]) is None
                if doc.char_span(start, end, label=span["label"], alignment_mode="expand") is None:
                    reading.fault(f"{where}: spaCy makes no span of {start}..{end}")
                if span.get("text") not in (None, doc.text[start:end]):
                    reading.fault(f"{where}: says {span['text']!r} at {start}..{end}, where {doc.text[start:end]!r} is")
                if "tokens" in line and "token_start" in span:
                    first, last = line["tokens"][span["token_start"]], line["tokens"][span["token_end"]]
                    if first["start"] > start or last["end"] < end:
                        reading.fault(f"{where}: the tokens of {start}..{end} are not around it")
                said = {k: v for k, v in span.items() if isinstance(v, str)}
                reading.seen.append(
                    Seen(article, ((start, end),), (span["label"],), coders_of(truth, said) or whose, id_of(truth, span))
                )
            for relation in line.get("relations", []):
                ends = [relation["head_span"], relation["child_span"]]
                reading.relations.append((article, relation["label"], *((e["start"], e["end"]) for e in ends)))
            for token in line.get("tokens", []):
                if token.get("text") not in (None, doc.text[token["start"] : token["end"]]):
                    reading.fault(f"{where}: the token {token} is not in the text")
    if between:
        reading.notes.append(f"{between} spans end inside a token of spaCy’s own tokeniser for no language")
    return join_pieces(reading, truth)


def read_docbin(path, truth, shared):
    """`doc.spans`, all groups."""
    reading = Reading(version("spacy"))
    nlp = spacy.blank("xx")
    found = files(path, ".spacy")
    if not found:
        raise ValueError("no .spacy file")
    for file in found:
        for number, doc in enumerate(DocBin().from_disk(file).get_docs(nlp.vocab)):
            said = list(strings(doc.user_data))
            article = reading.text(truth, doc.text, " ".join([file.stem, *said]))
            if not article:
                continue
            reading.tokens.setdefault(article, [(t.idx, t.idx + len(t)) for t in doc if not t.is_space])
            whose = coders_of(truth, dict(strings(doc.user_data, keys=True))) or truth.coders_in(file.name)
            groups = Counter()
            for name, group in doc.spans.items():
                coders = truth.coders_in("/".join(re.split(r"[\s/:|,]", name))) or whose
                for span in group:
                    groups[name] += 1
                    place = ((span.start_char, span.end_char),)
                    id_ = next((s for s in (span.id_, span.kb_id_) if s in truth.by_id), None)
                    own = tuple(s for s in (span.id_, span.kb_id_) if s and truth.whose((s,)))
                    reading.seen.append(Seen(article, place, (span.label_, f"{name}:{span.label_}"), own or coders, id_))
    return join_pieces(reading, truth)


def strings(value, key="", keys=False):
    """All that is said in what a document bears besides its words; with `keys`, each with what it stands under."""
    if isinstance(value, str):
        yield (key, value) if keys else value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from strings(one, name if isinstance(name, str) else name[-1] if name else "", keys)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from strings(one, key, keys)


def coders_of(truth, said):
    named = tuple(v for k, v in said.items() if k.lower() in ("coder", "coder_name", "annotator", "_annotator_id", "user"))
    return tuple(n for n in named if truth.whose((n,)))


def id_of(truth, span):
    for value in (*span.values(), *(span.get("meta") or {}).values()):
        if isinstance(value, str) and value in truth.by_id:
            return value
    return None


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
