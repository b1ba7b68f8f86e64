"""The readers themselves: files that are right pass, and files that are wrong in one place do not.

    python -m unittest discover -s checks/readers

The files are written here, by the foreign libraries where these can write.
"""

import json
import random
import re
import sqlite3
import sys
import tempfile
import unittest
import uuid
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

sys.path.insert(0, str(Path(__file__).parent))

import cassis
import pandas
import pyarrow
import pyarrow.parquet
import spacy
from spacy.tokens import Doc, DocBin, Span

from common import Article, Mark, Truth
import hard
from conll_u import unescape
from fixtures import reason
from readers import FOR_PEOPLE, FORMATS, judge, named
from table import otherwise

ONE = "😀 Purge in the party\n\nThe chair — “no purge” — spoke of a wîtch hunt. 𝒳 & <y> agree; noe\u0301 end.\n\nLast line"
TWO = "Ein “Wort” 👩‍🚀 folgt\tdem anderen.\nZweite Zeile_mit [Klammern] | und * Stern -> so."
THREE = "Nobody coded this one."
CODERS = {"ao": "Amara Oyelaran", "jl": "Jonna Lind"}
CODES = {"Purge": "purge-3d36", "Witch hunt": "witch-hunt-3d1b", "Wörter, viele": "worter-1a2b"}


def mark(article, text, coder, layer, label, *words):
    spans = []
    for word in words:
        start = text.index(word, spans[-1][1] if spans else 0)
        spans.append((start, start + len(word)))
    code = CODES.get(label)
    path = ("Conflict", label) if code else (label,)
    id_ = str(uuid.UUID(int=random.getrandbits(128), version=7 if sys.version_info >= (3, 14) else 4))
    return Mark(id_, article, coder, layer, label, path, code, tuple(spans))


def sample(several=True):
    random.seed(1)
    one = [
        mark("one-1", ONE, "ao", "frame", "Purge", "Purge"),
        mark("one-1", ONE, "jl", "frame", "Purge", "Purge"),
        mark("one-1", ONE, "jl", "frame", "Witch hunt", "wîtch hunt"),
        mark("one-1", ONE, "ao", "frame", "Witch hunt", "of a wîtch hunt"),
        mark("one-1", ONE, "jl", "entity", "PERSON", "chair"),
        mark("one-1", ONE, "jl", "quote", "direct", "no purge"),
        mark("one-1", ONE, "jl", "frame", "Wörter, viele", "agree"),
    ]
    two = [mark("two-2", TWO, "ao", "frame", "Purge", "folgt"), mark("two-2", TWO, "ao", "claim", "poll", "mit")]
    if several:
        one.append(mark("one-1", ONE, "jl", "frame", "Purge", "spoke", "agree", "Last"))
    return [Article("one-1", "One", ONE, one), Article("two-2", "Two", TWO, two), Article("three-3", "Three", THREE, [])]


def units(text):
    return lambda at: len(text[:at].encode("utf-16-le")) // 2


def words_of(text):
    return [m.span() for m in re.finditer(r"\w[\w\u0301]*|[^\w\s]", text)]


def label_of(m):
    return m.label if m.layer in ("frame", "entity") else f"{m.layer}: {m.label}"


# --- the writers ----------------------------------------------------------------------------------------------------


def record(a, m):
    def span(s, e):
        return {
            "start": s, "end": e, "byte_start": len(a.text[:s].encode()), "byte_end": len(a.text[:e].encode()),
            "text": a.text[s:e],
        }  # fmt: skip

    spans = [span(*s) for s in m.spans]
    return {
        "id": m.id, "coder": m.coder, "layer": m.layer, "label": m.label, "path": list(m.path), "code": m.code,
        "spans": spans, "text": " … ".join(s["text"] for s in spans),
    }  # fmt: skip


def line(a):
    coders = [{"coder": c, "coder_name": n} for c, n in CODERS.items()]
    return {"id": a.id, "title": a.title, "text": a.text, "annotations": [record(a, m) for m in a.marks], "codings": coders}


def write_jsonl(articles, out):
    out.write_text("".join(json.dumps(line(a), ensure_ascii=False) + "\n" for a in articles), "utf-8")


def table(articles):
    rows = []
    for a in articles:
        for m in a.marks:
            r = record(a, m)
            rows.append({
                "article": a.id, "coder": m.coder, "annotation": m.id, "layer": m.layer, "label": m.label,
                "path": " > ".join(m.path), "code": m.code or "", "start": m.spans[0][0], "end": m.spans[-1][1],
                "spans": ";".join(f"{s}..{e}" for s, e in m.spans),
                "byte_spans": ";".join(f"{s['byte_start']}..{s['byte_end']}" for s in r["spans"]), "text": r["text"],
            })  # fmt: skip
    return pandas.DataFrame(rows)


def write_csv(articles, out):
    table(articles).to_csv(out, index=False)


def write_csv_excel(articles, out):
    table(articles).to_csv(out, index=False, encoding="utf-8-sig")


def write_tsv(articles, out):
    table(articles).to_csv(out, index=False, sep="\t")


def write_xlsx(articles, out):
    with pandas.ExcelWriter(out) as book:
        pandas.DataFrame([{"id": a.id, "text": a.text} for a in articles]).to_excel(book, sheet_name="articles", index=False)
        table(articles).to_excel(book, sheet_name="codings", index=False)


def write_parquet(articles, out):
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([line(a) for a in articles]), out)


def write_huggingface(articles, out):
    (out / "data").mkdir(parents=True)
    write_parquet(articles, out / "data" / "train-00000-of-00001.parquet")
    (out / "README.md").write_text("---\nlicense: other\n---\n\n# Corpus\n")


def guid(of):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, of))


def write_qdpx(articles, out):
    names = sorted({(label_of(m), m.path) for a in articles for m in a.marks})
    at = '2025-01-01T00:00:00Z'
    x = ['<?xml version="1.0" encoding="utf-8"?>', f'<Project xmlns="urn:QDA-XML:project:1.0" name="t" origin="test" creatingUserGUID="{guid("ao")}" creationDateTime="{at}"><Users>']
    x += [f'<User guid="{guid(c)}" name={quoteattr(n)}/>' for c, n in CODERS.items()]
    x.append(f'</Users><CodeBook><Codes><Code guid="{guid("top")}" name="Conflict" isCodable="true">')
    x += [f'<Code guid="{guid("code" + n)}" name={quoteattr(n)} isCodable="true"/>' for n, p in names if len(p) > 1]
    x.append("</Code>")
    x += [f'<Code guid="{guid("code" + n)}" name={quoteattr(n)} isCodable="true"/>' for n, p in names if len(p) == 1]
    x.append("</Codes></CodeBook><Sources>")
    with zipfile.ZipFile(out, "w") as package:
        for a in articles:
            g = guid(a.id)
            package.writestr(f"sources/{g}.txt", a.text)
            x.append(f'<TextSource guid="{g}" name={quoteattr(a.title)} plainTextPath="internal://{g}.txt" creatingUser="{guid("ao")}" creationDateTime="{at}">')
            for m in a.marks:
                for n, (s, e) in enumerate(m.spans):
                    x.append(f'<PlainTextSelection guid="{guid(m.id + str(n))}" name={quoteattr(a.text[s:e])} startPosition="{s}" endPosition="{e}" creatingUser="{guid(m.coder)}" creationDateTime="{at}">')
                    x.append(f'<Coding guid="{guid("coding" + m.id + str(n))}" creatingUser="{guid(m.coder)}" creationDateTime="{at}"><CodeRef targetGUID="{guid("code" + label_of(m))}"/></Coding></PlainTextSelection>')
            x.append("</TextSource>")
        package.writestr("project.qde", "".join(x) + "</Sources></Project>")


def write_qdpx_nvivo(articles, out):
    """The same with CRLF, and places in UTF-16 units."""
    plain = out.with_name("plain.qdpx")
    write_qdpx(articles, plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        project = old.read("project.qde").decode()
        for a in articles:
            text = a.text.replace("\n", "\r\n")
            new.writestr(f"sources/{guid(a.id)}.txt", text)
            place = lambda at, t=a.text: str(units(t)(at) + t[:at].count("\n"))
            head, source, rest = project.partition(f'<TextSource guid="{guid(a.id)}"')
            body, end, rest = rest.partition("</TextSource>")
            body = re.sub(r'(startPosition|endPosition)="(\d+)"', lambda m: f'{m[1]}="{place(int(m[2]))}"', body)
            project = head + source + body + end + rest
        new.writestr("project.qde", project)


def codes_of(articles):
    return sorted({(m.code, m.label, m.path) for a in articles for m in a.marks if m.code})


def write_tags(articles, out):
    rows = [{"tag": "Conflict", "description": "", "number of highlights": ""}]
    rows += [{"tag": ".".join(path), "description": "x", "number of highlights": ""} for _, _, path in codes_of(articles)]
    pandas.DataFrame(rows).to_csv(out, index=False)


def write_codes(articles, out):
    rows = [{"id": "conflict", "path": "Conflict", "name": "Conflict", "parent": ""}]
    rows += [{"id": c, "path": " > ".join(p), "name": n, "parent": "conflict"} for c, n, p in codes_of(articles)]
    pandas.DataFrame(rows).to_csv(out, index=False)


def write_qdc(articles, out):
    names = sorted({m.label for a in articles for m in a.marks if m.code})
    codes = "".join(f'<Code guid="{guid(n)}" name={quoteattr(n)} isCodable="true"/>' for n in names)
    out.write_text(f'<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="test"><Codes><Code guid="{guid("c")}" name="Conflict" isCodable="true">{codes}</Code></Codes></CodeBook>', "utf-8")


def write_brat(articles, out):
    out.mkdir()
    types = set()
    for a in articles:
        lines = []
        for n, m in enumerate(a.marks, 1):
            type_ = re.sub(r"\W+", "_", label_of(m))
            types.add(type_)
            words = " ".join(a.text[s:e] for s, e in m.spans).replace("\n", " ")
            lines += [f"T{n}\t{type_} {';'.join(f'{s} {e}' for s, e in m.spans)}\t{words}", f"A{n}\tCoder T{n} {m.coder}"]
        (out / f"{a.id}.txt").write_bytes(a.text.encode())
        (out / f"{a.id}.ann").write_text("".join(x + "\n" for x in lines), "utf-8")
    (out / "annotation.conf").write_text("[entities]\n" + "".join(t + "\n" for t in sorted(types)) + "[relations]\n[events]\n[attributes]\n", "utf-8")


def write_webanno(articles, out, by_units=units):
    escaped = str.maketrans({c: "\\" + c for c in "\\[]|_;*"} | {"\t": "\\t", "\n": "\\n"})
    for a in articles:
        for coder in CODERS:
            marks = [m for m in a.marks if m.coder == coder]
            u = by_units(a.text)
            real = units(a.text)
            lines = ["#FORMAT=WebAnno TSV 3.3", "#T_SP=webanno.custom.Framelens|label|coder", ""]
            at, sentence = 0, 0
            numbers = {m.id: n for n, m in enumerate(marks, 1)}
            for paragraph in a.text.split("\n"):
                tokens = [(s + at, e + at) for s, e in words_of(paragraph)]
                if tokens:
                    sentence += 1
                    text = a.text[tokens[0][0] : at + len(paragraph)]
                    lines += ["", "#Text=" + text.replace("\\", "\\\\").replace("\t", "\\t")]
                    for n, (s, e) in enumerate(tokens, 1):
                        parts = [(f"{sentence}-{n}", s, e, [m for m in marks if m.spans[0][0] <= s and e <= m.spans[0][1]])]
                        k = 0
                        for m in marks:
                            (b, c) = m.spans[0]
                            if b < e and c > s and not (b <= s and e <= c):
                                k += 1
                                parts.append((f"{sentence}-{n}.{k}", max(b, s), min(c, e), [m]))
                        for name, b, c, here in parts:
                            cells = [
                                "|".join(f"{v.translate(escaped).replace('->', chr(92) + '->')}[{numbers[m.id]}]" for m in here for v in [f(m)]) or "_"
                                for f in (label_of, lambda m: m.coder)
                            ]
                            start, end = (u(b), u(c)) if here else (real(b), real(c))
                            lines.append(f"{name}\t{start}-{end}\t{a.text[b:c]}\t" + "\t".join(cells) + "\t")
                at += len(paragraph) + 1
            file = out / "annotation" / f"{a.id}.txt" / f"{coder}.tsv"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(("\n".join(lines) + "\n").encode())


def cas_of(a):
    types = cassis.TypeSystem()
    kind = types.create_type("framelens.Coding", "uima.tcas.Annotation")
    for feature in ("label", "coder", "voice", "annotation"):
        types.create_feature(kind, feature, "uima.cas.String")
    cas = cassis.Cas(types)
    cas.sofa_string, cas.sofa_mime = a.text, "text/plain"
    for m in a.marks:
        for s, e in m.spans:
            cas.add(kind(begin=s, end=e, label=label_of(m), coder=m.coder, voice="scare", annotation=m.id))
    return cas, types


def write_xmi(articles, out):
    out.mkdir()
    for a in articles:
        cas, types = cas_of(a)
        cas.to_xmi(out / f"{a.id}.xmi")
    types.to_xml(out / "TypeSystem.xml")


def write_cas_json(articles, out):
    out.mkdir()
    for a in articles:
        cas_of(a)[0].to_json(out / f"{a.id}.json")


def write_w3c(articles, out):
    items = []
    for a in articles:
        for m in a.marks:
            selectors = []
            for s, e in m.spans:
                selectors.append({"type": "TextPositionSelector", "start": s, "end": e})
                selectors.append({"type": "TextQuoteSelector", "exact": a.text[s:e], "prefix": a.text[max(s - 9, 0) : s], "suffix": a.text[e : e + 9]})
            items.append({
                "id": f"urn:uuid:{m.id}", "type": "Annotation", "creator": {"type": "Person", "name": CODERS[m.coder]},
                "body": [{"type": "TextualBody", "purpose": "tagging", "value": label_of(m)}],
                "target": {"source": f"urn:framelens:article:{a.id}", "selector": selectors},
            })  # fmt: skip
    out.write_text(json.dumps({"@context": "http://www.w3.org/ns/anno.jsonld", "id": "urn:x:page", "type": "AnnotationPage", "items": items}, ensure_ascii=False), "utf-8")


def write_tei(articles, out):
    codes = sorted({label_of(m) for a in articles for m in a.marks})
    x = ['<teiCorpus xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>t</title>']
    x += [f'<respStmt xml:id="coder.{c}"><resp>coder</resp><name>{n}</name></respStmt>' for c, n in CODERS.items()]
    x.append("</titleStmt></fileDesc><encodingDesc><classDecl><taxonomy>")
    x += [f'<category xml:id="c{n}"><catDesc>{escape(c)}</catDesc></category>' for n, c in enumerate(codes)]
    x.append("</taxonomy></classDecl></encodingDesc></teiHeader>")
    for a in articles:
        x.append(f'<TEI><teiHeader><fileDesc><titleStmt><title>{a.title}</title></titleStmt></fileDesc></teiHeader><standOff>')
        for m in a.marks:
            target = f"#string-range(t.{a.id},{','.join(f'{s},{e - s}' for s, e in m.spans)})"
            x.append(f'<span ana="#c{codes.index(label_of(m))}" resp="#coder.{m.coder}" target="{target}"/>')
        x.append(f'</standOff><text><body><ab xml:id="t.{a.id}" xml:space="preserve">{escape(a.text)}</ab></body></text></TEI>')
    out.write_text("".join(x) + "</teiCorpus>", "utf-8")


def write_taguette(articles, out):
    from taguette import COLUMNS

    def row(table, **values):
        every = {c: values.get(c, "") for c in COLUMNS[table]}
        base.execute(f"INSERT INTO {table} ({','.join(every)}) VALUES ({','.join('?' * len(every))})", list(every.values()))

    with closing(sqlite3.connect(out)) as base:
        for name, columns in COLUMNS.items():
            base.execute(f"CREATE TABLE {name} ({', '.join(sorted(columns))})")
        row("alembic_version", version_num="x")
        row("projects", id=1, name="t")
        tags, count = {}, 0
        for n, a in enumerate(articles, 1):
            paragraphs = a.text.split("\n\n")
            row("documents", id=n, name=a.title, filename=f"{a.id}.html", project_id=1, contents="".join(f"<p>{escape(p)}</p>" for p in paragraphs))
            for m in a.marks:
                for s, e in m.spans:
                    count += 1
                    s, e = (len(a.text[:p].replace("\n\n", "").encode()) for p in (s, e))
                    row("highlights", id=count, document_id=n, start_offset=s, end_offset=e, snippet=escape(a.text.replace("\n\n", "").encode()[s:e].decode("utf-8", "replace")))
                    for path in (f"Conflict.{m.label}" if m.code else label_of(m), f"coder.{m.coder}", "voice.scare"):
                        if path not in tags:
                            tags[path] = len(tags) + 1
                            row("tags", id=tags[path], project_id=1, path=path)
                        row("highlight_tags", highlight_id=count, tag_id=tags[path])
        base.commit()


def chunks(a, marks):
    """Tokens with IOB tags; of annotations over one another the first, cut to whole tokens."""
    tokens, taken, kept = words_of(a.text), {}, []
    for m in marks:
        for span in m.spans:
            here = [n for n, (s, e) in enumerate(tokens) if s < span[1] and e > span[0]]
            if any(n in taken for n in here):
                continue
            kept.append(m)
            for n in here:
                taken[n] = ("B-" if n == here[0] else "I-") + re.sub(r"[^\w]+", "_", label_of(m))
    return tokens, taken, kept


def write_conll(articles, out):
    out.mkdir()
    for coder in CODERS:
        lines = []
        for a in articles:
            lines += ["-DOCSTART- O", ""]
            tokens, tags, _ = chunks(a, [m for m in a.marks if m.coder == coder])
            for n, (s, e) in enumerate(tokens):
                if n and "\n" in a.text[tokens[n - 1][1] : s]:
                    lines.append("")
                lines.append(f"{a.text[s:e]} {tags.get(n, 'O')}")
            lines.append("")
        (out / f"{coder}.conll").write_text("\n".join(lines) + "\n", "utf-8")


def write_conllu(articles, out):
    out.mkdir()
    for coder in CODERS:
        lines = []
        for a in articles:
            tokens, tags, _ = chunks(a, [m for m in a.marks if m.coder == coder])
            new, number = True, 0
            for n, (s, e) in enumerate(tokens):
                last = n + 1 == len(tokens)
                gap = "" if last else a.text[e : tokens[n + 1][0]]
                if new:
                    number += 1
                    ends = [k for k in range(n, len(tokens)) if k + 1 == len(tokens) or "\n" in a.text[tokens[k][1] : tokens[k + 1][0]]]
                    text = re.sub(r"\s", " ", a.text[s : tokens[ends[0]][1]])
                    lines += [f"# newdoc id = {a.id}"] if n == 0 else []
                    lines += [f"# sent_id = {a.id}-{number}", f"# text = {text}"]
                    i = 0
                i += 1
                new = "\n" in gap
                misc = ([f"Coding={tags[n]}"] if n in tags else []) + (["SpaceAfter=No"] if not gap and not last else []) + [f"TokenRange={s}:{e}"]
                lines.append(f"{i}\t{a.text[s:e]}\t_\t_\t_\t_\t_\t_\t_\t{'|'.join(misc)}")
                if new or last:
                    lines.append("")
        (out / f"{coder}.conllu").write_text("\n".join(lines) + "\n", "utf-8")


def pieces(a):
    return [(m, s, e) for m in a.marks for s, e in m.spans]


def write_spacy_jsonl(articles, out):
    rows = []
    for a in articles:
        spans = [{"start": s, "end": e, "label": label_of(m), "coder": m.coder} for m, s, e in pieces(a)]
        rows.append(json.dumps({"text": a.text, "spans": spans, "meta": {"id": a.id}}))
    out.write_text("\n".join(rows) + "\n", "utf-8")


def write_docbin(articles, out):
    nlp, bin_ = spacy.blank("xx"), DocBin(store_user_data=True)
    for a in articles:
        cuts = sorted({0, len(a.text), *(x for s in words_of(a.text) for x in s), *(x for _, *s in pieces(a) for x in s)})
        parts = [a.text[s:e] for s, e in zip(cuts, cuts[1:])]
        doc = Doc(nlp.vocab, words=parts, spaces=[False] * len(parts))
        for m, s, e in pieces(a):
            group = doc.spans.setdefault(f"{m.layer}:{m.coder}", [])
            span = doc.char_span(s, e, label=label_of(m))
            group.append(span if span is not None else Span(doc, 0, 1, label="?"))
        bin_.add(doc)
    bin_.to_disk(out)


def write_label_studio(articles, out):
    out.mkdir()
    labels = sorted({label_of(m) for a in articles for m in a.marks})
    (out / "config.xml").write_text('<View><Labels name="label" toName="text">' + "".join(f"<Label value={quoteattr(x)}/>" for x in labels) + '</Labels><Text name="text" value="$text"/></View>', "utf-8")
    tasks = []
    for n, a in enumerate(articles, 1):
        annotations = []
        for k, c in enumerate(CODERS):
            result = [
                {"id": f"{m.id[:8]}{s}", "from_name": "label", "to_name": "text", "type": "labels", "value": {"start": s, "end": e, "text": a.text[s:e], "labels": [label_of(m)]}}
                for m, s, e in pieces(a) if m.coder == c
            ]  # fmt: skip
            annotations.append({"id": n * 10 + k, "completed_by": {"email": f"{c}@localhost"}, "result": result})
        tasks.append({"id": n, "data": {"text": a.text, "id": a.id}, "annotations": annotations})
    (out / "tasks.json").write_text(json.dumps(tasks), "utf-8")


def write_doccano(articles, out):
    rows = []
    for a in articles:
        for c in CODERS:
            rows.append(json.dumps({"text": a.text, "label": [[s, e, label_of(m)] for m, s, e in pieces(a) if m.coder == c], "coder": c}))
    out.write_text("\n".join(rows) + "\n", "utf-8")


def write_doccano_relations(articles, out, relations=()):
    rows = []
    for a in articles:
        for c in CODERS:
            here = [x for x in pieces(a) if x[0].coder == c]
            entities = [{"id": n, "label": label_of(m), "start_offset": s, "end_offset": e, "annotation": m.id} for n, (m, s, e) in enumerate(here)]
            at = {m.id: n for n, (m, _, _) in enumerate(here)}
            lines = [{"id": n, "from_id": at[f], "to_id": at[t], "type": k} for n, (k, f, t) in enumerate(relations) if f in at and t in at]
            rows.append(json.dumps({"text": a.text, "entities": entities, "relations": lines, "coder": c}))
    out.write_text("\n".join(rows) + "\n", "utf-8")


def write_semeval(articles, out):
    for c in CODERS:
        (out / c).mkdir(parents=True)
        for n, a in enumerate(articles, 1):
            (out / c / f"article{n}.txt").write_bytes(a.text.encode())
            rows = [f"{n}\t{label_of(m)}\t{s}\t{e}\n" for m, s, e in pieces(a) if m.coder == c]
            (out / c / f"article{n}.task-flc-tc.labels").write_text("".join(rows), "utf-8")


#: What holds codes alone.
CODEBOOKS = ("refi-codebook", "taguette-codebook", "codebook-csv")
#: The writer of each format, and what it would announce.
SPLIT = {"discontinuous": 1}
WRITERS = {
    "jsonl": (write_jsonl, {}), "csv": (write_csv, {"uncoded-articles": 1}),
    "csv-excel": (write_csv_excel, {"uncoded-articles": 1}), "tsv": (write_tsv, {"uncoded-articles": 1}),
    "xlsx": (write_xlsx, {}), "parquet": (write_parquet, {}),
    "huggingface": (write_huggingface, {}), "refi-qda": (write_qdpx, SPLIT), "refi-qda-nvivo": (write_qdpx_nvivo, SPLIT),
    "taguette-codebook": (write_tags, {}), "codebook-csv": (write_codes, {}), "doccano-relations": (write_doccano_relations, {}), "refi-codebook": (write_qdc, {}),
    "brat": (write_brat, {}), "webanno-tsv": (write_webanno, None), "cas-xmi": (write_xmi, {}),
    "cas-json": (write_cas_json, {}), "w3c": (write_w3c, {"texts": 3}), "tei": (write_tei, {}),
    "taguette": (write_taguette, SPLIT), "conll-2003": (write_conll, SPLIT | {"covered": 1, "cut": 1}),
    "conllu": (write_conllu, SPLIT | {"covered": 1, "cut": 1}), "spacy-jsonl": (write_spacy_jsonl, SPLIT),
    "spacy-docbin": (write_docbin, SPLIT), "label-studio": (write_label_studio, SPLIT),
    "doccano": (write_doccano, SPLIT), "semeval-2020-t11": (write_semeval, SPLIT),
}  # fmt: skip


def changed(articles, number, change):
    """The articles with one annotation changed."""
    articles = [replace(a, marks=list(a.marks)) for a in articles]
    change(articles[0].marks, number)
    return articles


def moved(by, end=True):
    def change(marks, n):
        (s, e), *rest = marks[n].spans
        marks[n] = replace(marks[n], spans=((s, e + by) if end else (s + by, e), *rest))

    return change


def elsewhere(marks, n):
    at = ONE.index("party")
    marks[n] = replace(marks[n], spans=((at, at + 5),))


def other_label(marks, n):
    marks[n] = replace(marks[n], label="Witch hunt", path=("Conflict", "Witch hunt"), code=CODES["Witch hunt"])


def other_coder(marks, n):
    marks[n] = replace(marks[n], coder="ao")


class Readers(unittest.TestCase):
    def judged(self, name, articles, truth=None, writer=None, announced=None):
        format_ = next(f for f in FORMATS if f.name == name)
        write, usual = WRITERS[name]
        several = usual is not None
        truth = Truth(truth or sample(several), CODERS)
        left = [{"what": w, "count": n, "say": ""} for w, n in (usual or {} if announced is None else announced).items()]
        with tempfile.TemporaryDirectory() as home:
            out = Path(home) / format_.out
            (writer or write)(articles, out)
            return judge(format_, out, truth, None, left)

    def test_every_format_has_a_writer_here(self):
        self.assertEqual(sorted(WRITERS), sorted(f.name for f in FORMATS))

    def test_what_is_right_passes(self):
        for name, (_, usual) in WRITERS.items():
            with self.subTest(name):
                line = self.judged(name, sample(usual is not None))
                self.assertEqual((line.faults, line.result), ([], "good"))
                self.assertTrue(line.same)

    def test_what_is_wrong_in_one_place_does_not(self):
        tokens = ("conll-2003", "conllu")
        for name, (_, usual) in WRITERS.items():
            if name in CODEBOOKS:
                continue
            wrongs = {"elsewhere": elsewhere, "label": other_label, "coder": other_coder, "missing": lambda marks, n: marks.pop(n)}
            if name not in tokens:
                wrongs |= {"longer": moved(1), "shorter": moved(-1), "earlier": moved(-1, False)}
            for what, change in wrongs.items():
                with self.subTest(f"{name}: {what}"):
                    line = self.judged(name, changed(sample(usual is not None), 5 if what != "label" else 1, change))
                    self.assertTrue(line.faults)

    def test_another_text_does_not_pass(self):
        for name, (_, usual) in WRITERS.items():
            if name in ("csv", "csv-excel", "tsv", "xlsx", *CODEBOOKS):
                continue
            with self.subTest(name):
                articles = sample(usual is not None)
                articles[0] = replace(articles[0], text=ONE.replace("chair", "Chair"))
                self.assertTrue(self.judged(name, articles).faults)

    def test_places_in_other_units_do_not_pass(self):
        def in_units(articles):
            return [replace(a, marks=[replace(m, spans=tuple(tuple(map(units(a.text), s)) for s in m.spans)) for m in a.marks]) for a in articles]

        for name in ("refi-qda", "doccano-relations", "brat", "cas-xmi", "cas-json", "w3c", "tei", "taguette", "spacy-jsonl", "label-studio", "doccano", "semeval-2020-t11"):
            with self.subTest(name):
                self.assertTrue(self.judged(name, in_units(sample())).faults)
        points = lambda text: lambda at: at
        self.assertTrue(self.judged("webanno-tsv", sample(False), writer=lambda a, o: write_webanno(a, o, points)).faults)

    def test_a_missing_code_does_not_pass(self):
        articles = sample()
        articles[0].marks[:] = [m for m in articles[0].marks if m.label != "Witch hunt"]
        for name in CODEBOOKS:
            with self.subTest(name):
                self.assertTrue(self.judged(name, articles).faults)

    def test_losses_have_to_be_announced(self):
        for name in ("conll-2003", "conllu"):
            self.assertTrue(self.judged(name, sample(), announced=SPLIT).faults)
        self.assertTrue(self.judged("doccano", sample(), announced={}).faults)
        self.assertTrue(self.judged("refi-qda", sample(), announced={"discontinuous": 2}).faults)
        # What nothing excuses is wrong, however much is announced.
        fewer = changed(sample(), 5, lambda marks, n: marks.pop(n))
        self.assertTrue(self.judged("refi-qda", fewer, announced=SPLIT | {"odd": 9}).faults)

    def test_stretches_that_stay_together_need_no_announcement(self):
        line = self.judged("refi-qda", sample(), announced={})
        self.assertEqual((line.faults, line.written - line.same), ([], 1))
        self.assertIn("changed: 1 in several pieces", line.notes)

    def test_relations_are_compared(self):
        articles = sample(False)
        one, two, three = (articles[0].marks[n].id for n in (1, 2, 4))
        truth = Truth(articles, CODERS, [("one-1", "denies", one, two), ("one-1", "is of", one, None)])
        format_ = next(f for f in FORMATS if f.name == "doccano-relations")

        def judged(relations, left=()):
            with tempfile.TemporaryDirectory() as home:
                write_doccano_relations(articles, Path(home) / format_.out, relations)
                return judge(format_, Path(home) / format_.out, truth, None, list(left)).faults

        self.assertEqual(judged([("denies", one, two)]), [])
        # What leads to a name of the register may be announced; what leads to an annotation is there all the same.
        to_names = [{"what": "relations", "count": 1, "say": ""}]
        self.assertEqual(judged([("denies", one, two)], to_names), [])
        for wrong in ([], [("denies", two, one)], [("denies", one, three)], [("supports", one, two)], [("denies", one, two)] * 2):
            with self.subTest(wrong):
                self.assertTrue(judged(wrong))
                self.assertTrue(judged(wrong, to_names))
        self.assertEqual(judged([], [{"what": "relations", "count": 2, "say": ""}]), [])

    def test_coders_in_comments_columns_and_records(self):
        def conll(articles, out):
            """All coders in one file, a column each, called by name in the first line."""
            write_conll(articles, out)
            files = [(out / f"{c}.conll").read_text("utf-8").split("\n") for c in CODERS]
            lines = []
            for rows in zip(*files):
                if rows[0].startswith("-DOCSTART-"):
                    lines.append("-DOCSTART- " + " ".join(f"frame:{c}" for c in CODERS))
                else:
                    lines.append(" ".join([*rows[0].split()[:1], *(r.split()[1] for r in rows if r)]))
            for c in CODERS:
                (out / f"{c}.conll").unlink()
            (out / "all.conll").write_text("\n".join(lines), "utf-8")

        self.assertEqual(self.judged("conll-2003", sample(), writer=conll).faults, [])
        self.assertTrue(self.judged("conll-2003", changed(sample(), 5, other_coder), writer=conll).faults)

        def taguette(articles, out):
            """Who made a highlight stands in the record of commands, and in no tag."""
            write_taguette(articles, out)
            with closing(sqlite3.connect(out)) as base:
                who = base.execute("SELECT h.highlight_id, t.path FROM highlight_tags h JOIN tags t ON t.id = h.tag_id WHERE t.path LIKE 'coder.%'")
                for highlight, tag in who.fetchall():
                    base.execute("INSERT INTO commands (user_login, payload) VALUES (?, ?)", (tag[6:], json.dumps({"type": "highlight_add", "highlight_id": highlight})))
                base.execute("DELETE FROM highlight_tags WHERE tag_id IN (SELECT id FROM tags WHERE path LIKE 'coder.%')")
                base.commit()

        self.assertEqual(self.judged("taguette", sample(), writer=taguette).faults, [])
        self.assertTrue(self.judged("taguette", changed(sample(), 5, other_coder), writer=taguette).faults)

        def label_studio(articles, out):
            """Who coded stands in a field for words."""
            write_label_studio(articles, out)
            config = (out / "config.xml").read_text("utf-8")
            (out / "config.xml").write_text(config.replace("</View>", '<TextArea name="coder" toName="text"/></View>'), "utf-8")
            tasks = json.loads((out / "tasks.json").read_text("utf-8"))
            for task in tasks:
                for annotation in task["annotations"]:
                    who = annotation.pop("completed_by")["email"].split("@")[0]
                    annotation["result"].append({"id": "c", "from_name": "coder", "to_name": "text", "type": "textarea", "value": {"text": [who]}})
            (out / "tasks.json").write_text(json.dumps(tasks), "utf-8")

        self.assertEqual(self.judged("label-studio", sample(), writer=label_studio).faults, [])
        self.assertTrue(self.judged("label-studio", changed(sample(), 5, other_coder), writer=label_studio).faults)

    def test_numbered_tags_of_conllu(self):
        def write(articles, out):
            """A tag a number, over one another, in stretches; whose each is stands in a comment."""
            lines = []
            for a in articles:
                tokens = [t.span() for t in re.finditer(r"[^\W_]+\u0301?|[^\w\s]|_", a.text)]
                cells, comments = [[] for _ in tokens], []
                for number, m in enumerate(a.marks, 1):
                    comments.append(f"# annotation = {json.dumps({'n': number, 'coder': m.coder, 'id': m.id})}")
                    for s, e in m.spans:
                        here = [n for n, t in enumerate(tokens) if s <= t[0] and t[1] <= e]
                        for n in here:
                            label = label_of(m).replace(" ", "%20").replace(",", "%2C")
                            cells[n].append(f"{'B' if n == here[0] else 'I'}-{label}:{number}")
                lines += [f"# newdoc id = {a.id}", f"# sent_id = {a.id}-1", "# text = " + " ".join(a.text[s:e] for s, e in tokens), *comments]
                for n, (s, e) in enumerate(tokens, 1):
                    misc = f"Coding={','.join(cells[n - 1])}" if cells[n - 1] else "_"
                    lines.append("\t".join([str(n), a.text[s:e], *"_______", misc]))
                lines.append("")
            out.write_text("\n".join(lines) + "\n", "utf-8")

        line = self.judged("conllu", sample(), writer=write, announced={})
        self.assertEqual((line.faults, line.written), ([], line.same))
        for change in (elsewhere, other_label, other_coder, moved(7), lambda marks, n: marks.pop(n)):
            number = 1 if change is other_label else 5
            self.assertTrue(self.judged("conllu", changed(sample(), number, change), writer=write, announced={}).faults)
        self.assertEqual(unescape("a%20b%2C%E6%B5%84"), "a b,浄")

    def test_what_the_program_lists(self):
        lines = "      --format <FORMAT>\n          What to write\n\n          Possible values:\n          - brat:  a folder\n          - csv-x: a table\n          - tei\n\n      --out <PATH>\n          - no: format\n"
        self.assertEqual(named(lines), ["brat", "csv-x", "tei"])
        self.assertEqual(named("--format <F>  [possible values: brat, tei]"), ["brat", "tei"])
        self.assertEqual(named("nothing"), [])
        self.assertFalse(set(FOR_PEOPLE) & {f.name for f in FORMATS})

    def test_the_hard_project_codes_what_it_says(self):
        lines = hard.script({key: key for key in hard.ARTICLES})
        spans = [(hard.ARTICLES[x["article"]][1], s, e) for x in lines for s, e in x.get("spans", [])]
        self.assertTrue(len(spans) > 60 and all(0 <= s < e <= len(text) for text, s, e in spans))
        used = {x["code"] for x in lines if x["do"] == "code"}
        self.assertEqual(used, set(hard.CODES))
        self.assertEqual(len({x["id"] for x in lines if "id" in x}), sum("id" in x for x in lines))

    def test_reasons_without_names(self):
        self.assertEqual(reason("/a b/x.json (w3c): x.json, line 8: trailing comma at line 8 column 1"), "trailing comma")
        self.assertEqual(reason("/a/x.json (cas-json): x.json: it holds no text"), "it holds no text")

    def test_what_the_table_tells(self):
        line = self.judged("doccano", sample())
        self.assertEqual(otherwise(line), ["1 in one coding a stretch"])

    def test_an_empty_line_too_many_is_no_webanno_tsv(self):
        def write(articles, out):
            write_webanno(articles, out)
            for file in out.rglob("*.tsv"):
                file.write_bytes(file.read_bytes() + b"\n")

        self.assertIn("rejected", self.judged("webanno-tsv", sample(False), writer=write).faults[0])


if __name__ == "__main__":
    unittest.main()
