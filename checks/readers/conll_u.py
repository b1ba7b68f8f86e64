"""CoNLL-U, by conllu: annotations are IOB tags in MISC, as `Name=B-Label`; several on one token with commas between.

A tag may end in a number, `Name=B-Label:3`: then all tokens with it are in one annotation, of which a comment
`# annotation` in JSON says whose it is.

`# text` has to be what the tokens and SpaceAfter say, as the treebanks' validator asks. With TokenRange, places are
checked besides: they count code points of the article.
"""

import itertools
import json
import re
import urllib.parse

import conllu
from seqeval.metrics.sequence_labeling import get_entities

from common import Reading, Seen, files, unspaced, version
from conll import locate

PLAIN = {"SpaceAfter", "SpacesAfter", "SpacesBefore", "SpacesInToken", "TokenRange", "start_char", "end_char", "Lang", "Para"}
NUMBERED = re.compile(r"([BI])-(.+):(\d+)")
TAG = re.compile(r"O|_|[BIES]-.+")


def read(path, truth, shared):
    reading = Reading(version("conllu"))
    found = files(path, ".conllu", ".conllup")
    if not found:
        raise ValueError("no .conllu file")
    for file in found:
        where = str(file.relative_to(path)) if path.is_dir() else file.name
        content = file.read_bytes().decode("utf-8")
        if "\r" in content or content.startswith("\ufeff"):
            reading.fault(f"{where}: has carriage returns or a byte-order mark")
        if content and not content.endswith("\n\n"):
            reading.fault(f"{where}: a sentence, the last one too, ends with an empty line")
        for number, line in enumerate(content.split("\n")):
            if line and not line.startswith("#") and "global.columns" not in content and line.count("\t") != 9:
                reading.fault(f"{where}, line {number + 1}: {line.count(chr(9)) + 1} columns instead of 10")
        documents = []
        for sentence in conllu.parse(content, metadata_parsers={"annotation": each(itertools.count())}):
            if "newdoc id" in sentence.metadata or "newdoc" in sentence.metadata or not documents:
                documents.append((sentence.metadata.get("newdoc id") or "", []))
            documents[-1][1].append(sentence)
        for name, sentences in documents:
            document(reading, truth, where, name, sentences)
    return reading


def each(numbers):
    """Comments of one name, of which conllu would keep the last alone, under a name each."""
    return lambda key, value: (f"{key} {next(numbers)}", value)


def about(sentences):
    """What comments in JSON say of annotations, by the number that the tags have."""
    said = {}
    for sentence in sentences:
        for key, value in sentence.metadata.items():
            if key.startswith("annotation ") and value:
                one = json.loads(value)
                said[str(one["n"])] = one
    return said


def numbered(reading, truth, article, where, tokens, places, said):
    """Tags with a number: all stretches under one number are one annotation, wherever the sentences end."""
    found = {}
    for token, place in zip(tokens, places):
        for key, value in (token.get("misc") or {}).items():
            for tag in (value or "").split(",") if key not in PLAIN else []:
                if match := NUMBERED.fullmatch(tag):
                    label, spans = found.setdefault((key, match[3]), (match[2], []))
                    if label != match[2]:
                        reading.fault(f"{where}: two labels under the number {match[3]}")
                    if match[1] == "B" or not spans:
                        if match[1] != "B":
                            reading.fault(f"{where}: {tag!r} goes on with what did not begin")
                        spans.append(place)
                    else:
                        spans[-1] = (spans[-1][0], place[1])
    for (key, number), (label, spans) in found.items():
        more = said.pop(number, None)
        if more is None:
            reading.fault(f"{where}: no comment on the annotation {number}")
            more = {}
        labels = (unescape(label), f"{key}:{unescape(label)}")
        coders = (more["coder"],) if "coder" in more else ()
        reading.seen.append(Seen(article, tuple(spans), labels, coders, more.get("id")))
    for number in said:
        reading.fault(f"{where}: a comment on the annotation {number}, which no token is in")


def document(reading, truth, where, name, sentences):
    tokens_of = [[t for t in s if isinstance(t["id"], int)] for s in sentences]
    words = [t["form"] for s in tokens_of for t in s]
    article = truth._pick(truth._loose.get(unspaced("".join(words)), []), f"{where} {name}")
    if article is None:
        reading.fault(f"{where}: {name!r}: its tokens are no article’s: {' '.join(words[:8])} …")
        return
    reading.articles.add(article)
    places = locate(truth.articles[article].text, words)
    reading.tokens.setdefault(article, places)
    numbered(reading, truth, article, where, [t for s in tokens_of for t in s], places, about(sentences))
    bounds, at = [], 0
    whose = truth.coders_in(where) + truth.coders_in(name)
    for sentence, tokens in zip(sentences, tokens_of):
        if not tokens:
            reading.fault(f"{where}: a sentence without tokens in {name!r}")
            continue
        if [t["id"] for t in tokens] != list(range(1, len(tokens) + 1)):
            reading.fault(f"{where}: the ids of the tokens do not count from 1 in {sentence.metadata}")
        text = sentence.metadata.get("text")
        if text is None or "sent_id" not in sentence.metadata:
            reading.fault(f"{where}: a sentence without # text or # sent_id")
        elif spoken(tokens) != text:
            reading.fault(f"{where}: # text = {text[:60]!r}, but its tokens say {spoken(tokens)[:60]!r}")
        here = places[at : at + len(tokens)]
        at += len(tokens)
        bounds.append((here[0][0], here[-1][1]))
        columns = {}
        for i, token in enumerate(tokens):
            misc = token.get("misc") or {}
            ranged = re.fullmatch(r"(\d+):(\d+)", misc.get("TokenRange") or "")
            if ranged and (int(ranged[1]), int(ranged[2])) != here[i]:
                reading.fault(f"{where}: {token['form']!r} says TokenRange={ranged[0]}, but is at {here[i][0]}:{here[i][1]}")
            for key, value in misc.items():
                if key in PLAIN or value is None:
                    continue
                if all(NUMBERED.fullmatch(tag) for tag in value.split(",")):
                    continue
                for n, tag in enumerate(re.split(r"[,;]", value)):
                    if TAG.fullmatch(tag):
                        columns.setdefault((key, n), ["O"] * len(tokens))[i] = "O" if tag == "_" else tag
        extra = [k for k in tokens[0] if ":" in k]
        for key in extra:
            tags = [t[key] if isinstance(t[key], str) else "O" for t in tokens]
            if all(TAG.fullmatch(t) for t in tags):
                columns[key, 0] = ["O" if t == "_" else t for t in tags]
        for (key, _), tags in columns.items():
            coders = truth.coders_in("/".join(re.split(r"[\[\]:@.]", key))) or whose
            for label, first, last in get_entities(tags):
                span = (here[first][0], here[last][1])
                labels = (label, f"{key}:{label}", unescape(label))
                reading.seen.append(Seen(article, (span,), labels, coders))
    reading.sentences.setdefault(article, bounds)


def unescape(label):
    return urllib.parse.unquote(label)


def spoken(tokens):
    out = ""
    for token in tokens:
        misc = token.get("misc") or {}
        out += token["form"] + ("" if misc.get("SpaceAfter") == "No" else " ")
    return out.rstrip(" ")
