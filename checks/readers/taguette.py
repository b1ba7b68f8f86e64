"""Taguette: its database, by sqlite3.

A highlight's places count UTF-8 bytes of the document's text, which is that of its HTML without the tags. Articles are
recognised by their text but for white space, which paragraphs may stand for.
"""

import html.parser
import json
import sqlite3

from common import Align, Reading, Seen, Utf8, short, unspaced

COLUMNS = {
    "projects": {"id", "name", "description", "created"},
    "documents": {"id", "name", "description", "filename", "created", "project_id", "text_direction", "contents"},
    "highlights": {"id", "document_id", "start_offset", "end_offset", "snippet"},
    "tags": {"id", "project_id", "path", "description"},
    "highlight_tags": {"highlight_id", "tag_id"},
    "users": {"login", "created", "hashed_password", "disabled", "password_set_date", "language", "email", "email_sent"},
    "project_members": {"project_id", "user_login", "privileges"},
    "commands": {"id", "date", "user_login", "project_id", "document_id", "payload"},
    "alembic_version": {"version_num"},
}
ABOUT = ("voice", "stance", "speaker", "target", "placement", "intensity", "certainty", "negated", "denied", "layer", "origin")


class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out, self.fresh = [], False

    def handle_starttag(self, tag, attributes):
        self.fresh = tag == "pre"

    def handle_data(self, data):
        if self.fresh and data.startswith("\n"):
            data = data[1:]
        self.fresh = False
        self.out.append(data)


def text_of(contents):
    parser = Text()
    parser.feed(contents.replace("\r\n", "\n").replace("\r", "\n"))
    parser.close()
    return "".join(parser.out)


def read(path, truth, shared):
    reading = Reading(f"by its schema, sqlite3 {sqlite3.sqlite_version}")
    base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        base.row_factory = sqlite3.Row
        if base.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise ValueError("the database is damaged")
        if base.execute("PRAGMA foreign_key_check").fetchall():
            reading.fault("a row points to one that is not there")
        for table, columns in COLUMNS.items():
            there = {r["name"] for r in base.execute(f"PRAGMA table_info({table})")}
            if columns - there:
                reading.fault(f"the table {table} lacks {', '.join(sorted(columns - there))}")
            elif (there - columns) and table != "commands":
                reading.notes.append(f"the table {table} has {', '.join(sorted(there - columns))} besides")
        if not base.execute("SELECT version_num FROM alembic_version").fetchall():
            reading.fault("no version of the schema, so that Taguette would make the tables anew")
        highlights(reading, truth, base)
    finally:
        base.close()
    return reading


def highlights(reading, truth, base):
    tags, numbers = {}, {}
    for row in base.execute("SELECT h.highlight_id, t.id, t.path FROM highlight_tags h JOIN tags t ON t.id = h.tag_id"):
        tags.setdefault(row["highlight_id"], []).append(row["path"])
        numbers.setdefault(row["highlight_id"], []).append(row["id"])
    # One project a coder, or one document a coder, is a way to say who coded.
    projects = {r["id"]: r["name"] for r in base.execute("SELECT id, name FROM projects")}
    documents = {}
    for d in base.execute("SELECT * FROM documents"):
        text = text_of(d["contents"])
        name = f"{d['name']} {d['filename']} {d['description']}"
        article = reading.text(truth, text, name, truth.find_loosely)
        if article:
            whose = [projects.get(d["project_id"], ""), *d["name"].replace("(", "/").replace(")", "/").split("/")]
            whose += [d["description"], *d["filename"].split(".")]
            coders = tuple(w.strip() for w in whose if truth.whose((w,)))
            documents[d["id"]] = (article, text, Utf8(text), Align(text, truth.articles[article].text), coders)
    # Who made a highlight stands in Taguette's record of what was done.
    made = {}
    for c in base.execute("SELECT user_login, payload FROM commands ORDER BY id"):
        done = json.loads(c["payload"])
        if done.get("type") == "highlight_add":
            made.setdefault(done["highlight_id"], (c["user_login"],))
            if done.get("tags") and set(done["tags"]) - set(numbers.get(done["highlight_id"], [])):
                reading.fault(f"the highlight {done['highlight_id']} has other tags than it was made with")
    for h in base.execute("SELECT * FROM highlights"):
        if h["document_id"] not in documents:
            continue
        article, text, bytes_, align, coders = documents[h["document_id"]]
        try:
            start, end = bytes_.point(h["start_offset"]), bytes_.point(h["end_offset"])
        except ValueError as error:
            reading.fault(f"the highlight {h['id']} in {article}: {error}")
            continue
        if not start < end:
            reading.fault(f"the highlight {h['id']} in {article} is empty")
            continue
        if unspaced(text_of(h["snippet"])) != unspaced(text[start:end]):
            reading.fault(f"the highlight {h['id']} says {short(h['snippet'])}, but {short(text[start:end])} is there")
        span = align.span(start, end)
        if span is None:
            continue
        own, labels = [], []
        for path in tags.get(h["id"], []):
            head, _, rest = path.partition(".")
            if head.casefold() in ("coder", "coders", "by") and truth.whose((rest,)):
                own.append(rest)
            elif head.casefold() not in ABOUT or truth.means((path,)):
                labels.append(path)
        if not labels:
            reading.fault(f"the highlight {h['id']} in {article} has no tag that is a code")
        for label in labels:
            spellings = (label, label.split(".")[-1], label.partition(".")[2])
            reading.seen.append(Seen(article, (span,), spellings, tuple(own) or made.get(h["id"]) or coders))
