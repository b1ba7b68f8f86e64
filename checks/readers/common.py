"""What all readers share: the truth, what a reader saw, and how the two are compared.

A reader is a function `read(path, truth, shared)` that returns a `Reading`. It raises an exception where the foreign
reader rejects a file; what is merely wrong in the file goes into `Reading.faults`. Every place is given in code points
of the article's text, whatever the file counts in.
"""

import bisect
import copy
import importlib.metadata
import itertools
import json
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path


# --- the truth ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One annotation, as Framelens says that it is."""

    id: str
    article: str
    coder: str
    layer: str
    label: str
    path: tuple
    code: str | None
    spans: tuple

    @property
    def key(self):
        """By what its label is known among all others."""
        return (self.layer, self.code or self.label)


@dataclass
class Article:
    id: str
    title: str
    text: str
    marks: list


class Truth:
    """The JSON Lines of the same selection."""

    def __init__(self, articles, coders=None, relations=(), nothing=()):
        self.articles = {a.id: a for a in articles}
        #: (article, kind, id of the annotation it goes from, id of the one it goes to); no id where it goes to a name.
        self.relations = list(relations)
        #: Passages that were read and hold nothing to code: (article, coder, place).
        self.nothing = set(nothing)
        self.marks = [m for a in articles for m in a.marks]
        self.by_id = {m.id: m for m in self.marks}
        # Every spelling of a coder, made plain, and whom it may mean.
        self.coders = defaultdict(set)
        for m in self.marks:
            self.coders[fold(m.coder)].add(m.coder)
        for coder, name in (coders or {}).items():
            self.coders[fold(coder)].add(coder)
            self.coders[fold(name)].add(coder)
        # Every spelling of a label, as it is and made plain, and what it may mean.
        self._labels, self._plain = defaultdict(set), defaultdict(set)
        for m in self.marks:
            for spelling in spellings(m):
                self._labels[spelling].add(m.key)
                self._plain[fold(spelling)].add(m.key)
                self._plain[ascii_fold(spelling)].add(m.key)
        self._plain.pop("", None)
        self._texts, self._loose = defaultdict(list), defaultdict(list)
        for a in articles:
            self._texts[a.text].append(a.id)
            self._loose[unspaced(a.text)].append(a.id)

    @classmethod
    def load(cls, path):
        articles, coders, relations, nothing = [], {}, [], []
        for line in Path(path).read_text("utf-8").split("\n"):
            if not line:
                continue
            a = json.loads(line)
            for coding in a.get("codings", []):
                coders[coding["coder"]] = coding.get("coder_name") or coding["coder"]
                nothing += [(a["id"], coding["coder"], (s["start"], s["end"])) for s in coding.get("nothing_found_in", [])]
                ends = [(r["kind"], r["from"], r.get("to_annotation")) for r in coding.get("relations", [])]
                relations += [(a["id"], *r) for r in ends]
            marks = []
            for n in a["annotations"]:
                if any(s["byte_start"] is None for s in n["spans"]):
                    continue  # a damaged place, which fits no text
                spans = tuple((s["start"], s["end"]) for s in n["spans"])
                for s in n["spans"]:
                    if a["text"][s["start"] : s["end"]] != s["text"]:
                        raise ValueError(f"the truth contradicts itself: {a['id']} {s}")
                marks.append(
                    Mark(n["id"], a["id"], n["coder"], n["layer"], n["label"], tuple(n["path"]), n["code"], spans)
                )
            articles.append(Article(a["id"], a["title"], a["text"], marks))
        return cls(articles, coders, relations, nothing)

    def in_pieces(self):
        """The same with every stretch as an annotation of its own, for formats that know only such."""
        out = copy.copy(self)
        out.articles = {}
        for a in self.articles.values():
            pieces = [m if len(m.spans) == 1 else replace(m, id=f"{m.id} {n}", spans=(s,)) for m in a.marks for n, s in enumerate(m.spans)]
            out.articles[a.id] = replace(a, marks=pieces)
        out.marks = [m for a in out.articles.values() for m in a.marks]
        out.by_id = {m.id: m for m in out.marks}
        return out

    def means(self, labels):
        """What the labels that a reader saw may mean."""
        found = set()
        for label in labels:
            if isinstance(label, str):
                # Names that would be the same are told apart by a number behind them.
                for name in (label, re.sub(r"[ _-]*\(?\d+\)?$", "", label)):
                    meant = self._labels.get(name) or self._plain.get(fold(name)) or self._plain.get(ascii_fold(name))
                    if meant:
                        found |= meant
                        break
        return found

    def whose(self, coders):
        """Which coders a reader's spellings may mean."""
        return set().union(*(self.coders.get(fold(c), set()) for c in coders if isinstance(c, str)))

    def coders_in(self, path):
        """Coders who are named in a path inside the output."""
        parts = []
        for part in Path(path).parts:
            parts += [part, part.rsplit(".", 1)[0], *re.split(r"[.@]|__|--", part)]
        return tuple(p for p in parts if fold(p) in self.coders)

    def find(self, text, name=""):
        """The article with this text; `name` decides between several with the same one."""
        return self._pick(self._texts.get(text, []), name)

    def find_loosely(self, text, name=""):
        """The article with this text, whatever white space there is."""
        return self._pick(self._loose.get(unspaced(text), []), name)

    def find_in_xml(self, text, name=""):
        """The same where characters that XML has no place for were replaced, one by one."""
        found = self.find(text, name)
        if found is None:
            found = self._pick([a.id for a in self.articles.values() if same_but_controls(a.text, text)], name)
        return found

    def named(self, name):
        """The article whose id (or else title) is in a name; the longest such."""
        for of in (lambda a: a.id, lambda a: a.title):
            hits = [a for a in self.articles.values() if of(a) and of(a) in name]
            if hits:
                return max(hits, key=lambda a: len(of(a))).id
        return None

    def _pick(self, ids, name):
        if len(ids) < 2:
            return ids[0] if ids else None
        best = [i for i in ids if i in name or (self.articles[i].title and self.articles[i].title in name)]
        return max(best or ids[:1], key=len)


def spellings(m):
    """The ways in which a file may write the label of an annotation."""
    yield m.label
    yield f"{m.layer}:{m.label}"
    for joined in (" > ", "/", ".", "::"):
        yield joined.join(m.path)
        yield joined.join((m.layer, *m.path))
    if m.code:
        yield m.code
        yield f"{m.layer}:{m.code}"
        yield f"code: {m.label}"
        yield f"code: {' > '.join(m.path)}"


def fold(text):
    """Plain: without case and without anything but letters and digits."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def ascii_fold(text):
    """Plainer still, for formats whose names are ASCII."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isascii() and c.isalnum())


# --- places ---------------------------------------------------------------------------------------------------------


def blank(c):
    return c.isspace() or unicodedata.category(c) in ("Cc", "Zs", "Zl", "Zp")


def unspaced(text):
    return "".join(c for c in text if not blank(c))


def spaced(text):
    """With one blank for every character of white space: for readers that make a blank of a line's end."""
    return "".join(" " if blank(c) else c for c in text)


def xml_has(c):
    o = ord(c)
    return o in (9, 10, 13) or 0x20 <= o <= 0xD7FF or 0xE000 <= o <= 0xFFFD or o >= 0x10000


def same_but_controls(ours, theirs):
    return len(ours) == len(theirs) and all(a == b or not xml_has(a) for a, b in zip(ours, theirs))


class Utf16:
    """Places in UTF-16 code units."""

    def __init__(self, text):
        self.at = [0, *itertools.accumulate(1 + (ord(c) > 0xFFFF) for c in text)]

    def point(self, unit):
        return _exact(self.at, unit, "UTF-16 unit")


class Utf8:
    """Places in UTF-8 bytes."""

    def __init__(self, text):
        self.at = [0, *itertools.accumulate(len(c.encode("utf-8", "surrogatepass")) for c in text)]

    def point(self, byte):
        return _exact(self.at, byte, "byte")


def _exact(at, place, unit):
    i = bisect.bisect_left(at, place)
    if i == len(at) or at[i] != place:
        raise ValueError(f"{unit} {place} is no place between two characters")
    return i


class Align:
    """From a text to the article's, where they differ by white space alone."""

    def __init__(self, theirs, ours):
        self.same = theirs == ours
        self.theirs = [i for i, c in enumerate(theirs) if not blank(c)]
        self.ours = [i for i, c in enumerate(ours) if not blank(c)]
        if [theirs[i] for i in self.theirs] != [ours[i] for i in self.ours]:
            raise ValueError("the texts differ by more than white space")

    def span(self, start, end):
        """A stretch of their text in ours. Where the texts differ, it is without white space at its ends, and None where
        it holds nothing else."""
        if self.same:
            return start, end
        i, j = bisect.bisect_left(self.theirs, start), bisect.bisect_left(self.theirs, end)
        return (self.ours[i], self.ours[j - 1] + 1) if i < j else None


def trimmed(text, spans):
    out = []
    for start, end in spans:
        while start < end and blank(text[start]):
            start += 1
        while start < end and blank(text[end - 1]):
            end -= 1
        out.append((start, end))
    return tuple(out)


# --- what a reader saw ----------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """One annotation, as a reader sees it."""

    article: str
    spans: tuple
    #: Spellings, one of which should be the label.
    labels: tuple = ()
    #: Spellings of the coder; empty where the file says none.
    coders: tuple = ()
    #: The annotation's id, where the file has it.
    id: str | None = None


@dataclass
class Reading:
    """What a reader made of a whole export."""

    reader: str
    seen: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    #: Articles whose text the reader has.
    articles: set = field(default_factory=set)
    #: For formats of tokens: the tokens of an article, and its sentences.
    tokens: dict = field(default_factory=dict)
    sentences: dict = field(default_factory=dict)
    #: What the reader sees of lines between annotations: (article, kind, a place each goes from, one it goes to). None
    #: where it does not look for any.
    relations: list | None = None
    #: How many annotations have no place, as those on whole articles.
    placeless: int = 0
    #: For what is no list of annotations (a codebook): how many were compared, how many fit.
    counted: tuple | None = None

    def text(self, truth, text, name="", find=None):
        """The article that has this text. That none has is a fault."""
        found = (find or truth.find)(text, name)
        if found is None:
            near = truth.named(name)
            self.fault(f"{name or 'a text'}: another text than any article's{difference(truth, near, text)}")
        else:
            self.articles.add(found)
        return found

    def words(self, truth, article, spans, words, where, alike=lambda t: t):
        """The words that the file gives have to be those at the place."""
        text = truth.articles[article].text
        there = [text[s:e] for s, e in spans]
        if [alike(w) for w in words] != [alike(t) for t in there]:
            self.fault(f"{where}: says {short(words)}, but {short(there)} is there")

    def fault(self, what):
        self.faults.append(what)


def difference(truth, article, text):
    if article is None:
        return ""
    ours = truth.articles[article].text
    for i, (a, b) in enumerate(itertools.zip_longest(ours, text)):
        if a != b:
            return f" (from place {i} on: {short(ours[i:i + 20])}, it says {short(text[i:i + 20])})"
    return ""


def short(what):
    what = what if isinstance(what, str) else " … ".join(what)
    what = what if len(what) <= 60 else what[:40] + "…" + what[-15:]
    return json.dumps(what, ensure_ascii=False)


def version(*packages):
    return ", ".join(f"{p} {importlib.metadata.version(p)}" for p in packages)


def files(path, *endings):
    """The files of an export: itself, or those in it, in order; what says what was left out is none of them."""
    path = Path(path)
    found = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return [p for p in found if p.name.lower().endswith(endings) and not p.name.endswith("left-out.json")]


def unrelated(truth, reading):
    """What is wrong with the lines between annotations. One that goes from or to several stretches may hang on any."""
    left, faults = list(reading.relations), []
    for article, kind, *ends in truth.relations:
        if ends[1] is None:
            continue
        spans = [truth.by_id[e].spans if e in truth.by_id else () for e in ends]
        one = next((r for r in left if r[0] == article and fold(r[1]) == fold(kind) and all(p in s for p, s in zip(r[2:], spans))), None)
        if one:
            left.remove(one)
        else:
            faults.append(f"does not see the relation {kind!r} of {ends[0]} and {ends[1]} in {article}")
    return faults + [f"sees a relation {r[1]!r} from {r[2]} to {r[3]} in {r[0]}, which is not there" for r in left]


# --- the comparison -------------------------------------------------------------------------------------------------

#: Why a format may be without an annotation, or have it changed. Each such loss has to be announced as well.
REASONS = {
    "discontinuous": "in several pieces",
    "overlap": "over another one",
    "tokens": "between tokens",
    "sentences": "across sentences",
    "edges": "with white space at an end",
    "blank": "of white space alone",
    "twice": "the same twice",
}


@dataclass
class Result:
    same: int = 0
    changed: Counter = field(default_factory=Counter)
    left: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)
    with_coders: bool = False


def compare(truth, reading, allows=(), announced=0, coders="maybe"):
    """What a reader saw against the truth.

    `allows` are those of REASONS for which an annotation may be missing or changed, `announced` how many annotations
    the export says that it left out or changed. `coders` is "yes" where the file has to say who coded.
    """
    result = Result(faults=list(reading.faults))
    result.with_coders = any(s.coders for s in reading.seen)
    if coders == "yes" and any(not s.coders for s in reading.seen):
        result.faults.append(f"{sum(not s.coders for s in reading.seen)} annotations are nobody’s")
    for word in sorted({" / ".join(s.coders) for s in reading.seen if s.coders and not truth.whose(s.coders)}):
        result.faults.append(f"nobody is called {word!r}")
    means = {id(s): truth.means(s.labels) for s in reading.seen}
    whose = {id(s): truth.whose(s.coders) for s in reading.seen}

    def fits(seen, mark):
        return mark.key in means[id(seen)] and (not seen.coders or mark.coder in whose[id(seen)])

    unseen = {m.id: m for m in truth.marks}
    left_over = []
    kept = defaultdict(list)

    def keep(mark):
        del unseen[mark.id]
        kept[mark.article].append(mark)

    # By id first.
    for seen in reading.seen:
        mark = unseen.get(seen.id) if seen.id else None
        if mark and (seen.article, tuple(seen.spans)) == (mark.article, mark.spans) and fits(seen, mark):
            keep(mark)
            result.same += 1
        else:
            left_over.append(seen)
    # Then by place; what can mean fewest goes first.
    places = defaultdict(list)
    for m in unseen.values():
        places[m.article, m.spans].append(m)
    extra = defaultdict(list)
    for seen in sorted(left_over, key=lambda s: (len(means[id(s)]), not s.coders)):
        here = places[seen.article, tuple(seen.spans)]
        mark = next((m for m in here if fits(seen, m)), None)
        if mark:
            here.remove(mark)
            keep(mark)
            result.same += 1
        else:
            extra[seen.article].append(seen)

    # What the format could not carry as it is.
    def take(mark, *pieces):
        taken = []
        for spans in pieces:
            one = next((s for s in extra[mark.article] if tuple(s.spans) == spans and s not in taken and fits(s, mark)), None)
            if one is None:
                return False
            taken.append(one)
        for one in taken:
            extra[mark.article].remove(one)
        keep(mark)
        return True

    for mark in list(unseen.values()):
        for reason, *pieces in changes(mark, truth, reading):
            if reason in allows and take(mark, *pieces):
                result.changed[reason] += 1
                break
    for mark in list(unseen.values()):
        why = [r for r in reasons(mark, truth, reading, kept[mark.article]) if r in allows]
        if why:
            result.left[why[0]] += 1
        else:
            near = [s for s in extra[mark.article] if s.id == mark.id or overlaps(s.spans, mark.spans)]
            here = f"; sees {describe(near[0], truth)}" if near else ""
            result.faults.append(f"does not see {describe(mark, truth)}{here}")
    for seen in itertools.chain(*extra.values()):
        result.faults.append(f"sees {describe(seen, truth)}, which nobody coded so")
    # Pieces that a file keeps together in words of its own, which other programs show without following, are no loss.
    lost = sum(result.left.values()) + sum(result.changed.values()) - result.changed["discontinuous"]
    if lost > announced:
        result.faults.append(f"{lost} annotations are missing or changed, {announced} announced")
    return result


def changes(mark, truth, reading):
    """The ways in which a format may change an annotation: why, and the places that a reader sees instead."""
    text = truth.articles[mark.article].text
    if len(mark.spans) > 1:
        yield "discontinuous", *((s,) for s in mark.spans)
        yield "discontinuous", ((mark.spans[0][0], mark.spans[-1][1]),)
    plain = trimmed(text, mark.spans)
    if plain != mark.spans:
        yield "edges", plain
    if mark.article in reading.tokens:
        tokens = reading.tokens[mark.article]
        hull = (plain[0][0], plain[-1][1])
        for why, spans in (("discontinuous", (hull,)), ("tokens", plain)):
            whole = tuple(snap(tokens, s) for s in spans)
            if all(whole):
                if why == "tokens" or len(plain) > 1:
                    yield why, whole
                if why == "tokens" and len(whole) > 1:
                    yield "discontinuous", *((w,) for w in whole)
                pieces = [p for w in whole for p in parts(reading.sentences.get(mark.article, []), tokens, w)]
                if len(pieces) > 1:
                    yield "sentences", *((p,) for p in pieces)


def reasons(mark, truth, reading, kept):
    """Why an annotation may be missing."""
    text = truth.articles[mark.article].text
    if len(mark.spans) > 1:
        yield "discontinuous"
    if any(overlaps(mark.spans, k.spans) for k in kept):
        yield "overlap"
    if any((mark.spans, mark.key) == (k.spans, k.key) for k in kept):
        yield "twice"
    plain = trimmed(text, mark.spans)
    if all(start == end for start, end in plain):
        yield "blank"
    if plain != mark.spans:
        yield "edges"
    if mark.article in reading.tokens:
        tokens = reading.tokens[mark.article]
        if any(snap(tokens, s) != s for s in plain):
            yield "tokens"
        if any(len(parts(reading.sentences.get(mark.article, []), tokens, s)) > 1 for s in plain):
            yield "sentences"


def snap(tokens, span):
    """The whole tokens that a stretch touches."""
    touched = [t for t in tokens if t[0] < span[1] and t[1] > span[0]]
    return (touched[0][0], touched[-1][1]) if touched else None


def parts(sentences, tokens, span):
    """A stretch, cut at the ends of sentences."""
    cut = []
    for start, end in sentences:
        inside = [t for t in tokens if start <= t[0] and t[1] <= end and t[0] < span[1] and t[1] > span[0]]
        if inside:
            cut.append((max(inside[0][0], span[0]), min(inside[-1][1], span[1])))
    return cut


def overlaps(a, b):
    return any(s < f and e > t for s, e in a for t, f in b)


def describe(what, truth):
    text = truth.articles[what.article].text
    label = what.label if isinstance(what, Mark) else "/".join(str(x) for x in what.labels if x)[:60]
    who = what.coder if isinstance(what, Mark) else "/".join(map(str, what.coders))
    places = ";".join(f"{s}..{e}" for s, e in what.spans)
    words = short([text[s:e] for s, e in what.spans])
    return f"{label!r} at {places} {words} in {what.article}" + (f" ({who})" if who else "")
