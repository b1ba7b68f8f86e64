#!/usr/bin/env python3
"""Makes a project of all that is hard for a format: scripts, pictures of several code points, codings over and in one
another and in pieces, names with quotes, tabs, line ends, pipes and the like.

    python checks/readers/hard.py FRAMELENS PROJECT

All texts and names are made up. The same script makes the same project, but for the moments at which it was made.
"""

import argparse
import json
import subprocess
import sys
import uuid
from pathlib import Path

FAMILY = "👨‍👩‍👧‍👦"  # seven code points, eleven UTF-16 units
PICTURES = f"""👩‍🚀 Ferry crew “purged” by emoji 🏴‍☠️

The crew of the ferry Tallow were told by picture: {FAMILY} for the families, 👋🏽 for goodbye. ‘A purge in three pictures,’ said the cook 🧑🏿‍🍳.

Flags 🇳🇴🇩🇰 stood beside the word “witch hunt”. 𝒩obody knew who had sent them; 𝔄da Quay called it a clean-up 🧹🧹.
"""
RIGHT_TO_LEFT = """סערה בנמל: “ציד מכשפות”

מנהלת הנמל, נעמה גל, אמרה: «זה לא טיהור». בְּרֵאשִׁית היה תור ארוך; 48 חברים נשארו בחוץ.

قال الملّاح سليم: «إنها حملة تطهير». لم يُجِب أحد — ولا حتى المديرة (Naama Gal) — عن سؤال الـ 12٪.
"""
EAST = """港の「粛清」に党員が抗議

港湾党は四十八人を除名した。議長の小林灯は「魔女狩りではない」と述べた。

海港党主席说：“这是大扫除。”码头工人𠮷田不同意，他称之为清洗。

항구당의 대변인은 “숙청은 없었다”고 말했다.
"""
COMBINED = (
    "Ze\u0301lie’s cafe\u0301 and the purge\n\n"
    "The ı\u0307nspector, Ju\u0308rgen A\u030ake, wrote “no witch\u00a0hunt” in the book\u2026 then crossed it out.\n\n"
    "हिन्दी में उसने कहा: यह सफ़ाई है। می\u200cگویند: پاک\u200cسازی. Soft\u00adhyphens and zero\u200bwidth\u2060joiners stay.\n\n"
    "Za\u0321\u0323\u0302\u0308lgo e\u0327\u0301nds.\n"
)
SIGNS = (
    'Signs & "wonders": <b>purge</b> | 100 % \\ back\n\n'
    "-DOCSTART- is a word here, and so is #Text=1-1 and T1\tFrame 0 4.\n"
    "\tA line with a tab\tin it, [brackets]|pipes|and_underscores; stars * and -> arrows.\n\n\n"
    "  Two blanks before,  two between, and two behind:  \n"
    "“He said: ‘they call it a ‘clean-up’, I call it a purge.’” One word: antipurgeration. The end has no full stop"
)
OVER = """Chair calls purge a clean-up, then a purge

The chair called the measure a clean-up of the rolls. Members called the measure a purge. Nobody, the chair said, had been hunted.

“It is — and I say this with regret — a witch hunt,” said Ida Quay, who lost her card. Rules are rules.

The branch met. It read the letters. It voted.
"""
UNCODED = "Tide tables\n\nHigh water at six; nobody coded this.\n"
#: Title and text of each article; two have the same title, and one has a title that no file can be called.
ARTICLES = {
    "pictures": ("👩‍🚀 Ferry crew “purged” by emoji 🏴‍☠️", PICTURES),
    "right": ("סערה בנמל", RIGHT_TO_LEFT),
    "east": ("港の「粛清」", EAST),
    "combined": ("Ze\u0301lie’s cafe\u0301", COMBINED),
    "signs": ('../CON: "a, b"; c|d\\e? <f> & 100 %', SIGNS),
    "over": ("Chair calls", OVER),
    "uncoded": ("Chair calls", UNCODED),
}
#: The name of each code, and under which it stands.
CODES = {
    "conflict": ("Conflict, “frame”", None),
    "purge": ('She said, "purge"', "conflict"),
    "hunt": ("Witch | hunt / ziyyud \\ back", "conflict"),
    "order": ("Order; rules: 100 % = <b>&amp;", None),
    "clean": ("浄化 🧹", "order"),
    "same": ("Ferry", "conflict"),
    "twin": ("Ferry!", "order"),
    "arrow": ("Purge > clean", "clean"),
    "storm": ("סערה", None),
    "dots": ("vs. them (2) [x]", None),
    "tab": ("Tab\there", None),
    "line": ("Line\nend", None),
    "number": ("12", None),
    "quoted": ("’O", None),
}
ZO, NA = "zo", "na"
CODERS = {ZO: 'Zoë "Zed" O’Brien, Jr.', NA: "נעמה | N. & A."}


class Script:
    """The requests to `framelens apply`, in order."""

    def __init__(self):
        self.lines, self.count = [], 0

    def add(self, do, **fields):
        self.lines.append({"do": do, **fields})

    def id(self):
        self.count += 1
        return str(uuid.UUID(int=(0x0195F000 << 96) | (7 << 76) | (2 << 62) | self.count))

    def words(self, coder, article, what, *words, **more):
        """Codes the words, each of which is searched behind the one before it."""
        text, spans, at = ARTICLES[article][1], [], 0
        for word in words:
            start = text.index(word, at)
            at = start + len(word)
            spans.append([start, at])
        id_ = self.id()
        verb = {"do": "code", "code": what} if what in CODES else dict(zip(("do", "layer", "kind"), ("mark", *what.split(":"))))
        self.add(**verb, coder=coder, article=self.articles[article], spans=spans, id=id_, **more)
        return id_


def script(articles):
    """What two people coded; `articles` are the ids that the articles were given."""
    s = Script()
    s.articles = articles
    for coder in (ZO, NA):
        s.words(coder, "pictures", "purge", "“purged”", voice="headline", memo="In a headline,\nwith “marks”;\ttab | pipe")
        s.words(coder, "pictures", "clean", "🧹🧹", intensity=2)
        s.words(coder, "right", "storm", "ציד מכשפות", voice="scare", speaker="נעמה גל")
        s.words(coder, "east", "purge", "魔女狩りではない", voice="quoted", speaker="小林灯", negated=True)
        s.words(coder, "combined", "hunt", "witch\u00a0hunt", certainty=1)
    s.words(ZO, "pictures", "hunt", FAMILY)
    s.words(ZO, "pictures", "same", "👋🏽")
    s.words(NA, "pictures", "twin", "👋🏽")
    s.words(NA, "pictures", "conflict", "🇩🇰")
    s.words(NA, "pictures", "entity:PERSON", "𝔄da Quay")
    s.words(NA, "pictures", "quote:direct", "A purge in three pictures,", speaker="the cook 🧑🏿‍🍳")
    s.words(ZO, "pictures", "purge", "A purge", "🧑🏿‍🍳")
    s.words(ZO, "right", "entity:PERSON", "נעמה גל")
    s.words(ZO, "right", "quote:direct", "זה לא טיהור")
    s.words(NA, "right", "purge", "حملة تطهير", target="“them”, all of them")
    s.words(NA, "right", "claim:statistic", "الـ 12٪")
    s.words(NA, "right", "order", "בְּרֵאשִׁית")
    s.words(ZO, "east", "clean", "大扫除")
    s.words(NA, "east", "clean", "清洗")
    s.words(NA, "east", "entity:PERSON", "𠮷田")
    s.words(ZO, "east", "dots", "숙청은", "말했다")
    s.words(ZO, "combined", "entity:PERSON", "Ju\u0308rgen A\u030ake")
    s.words(ZO, "combined", "clean", "सफ़ाई")
    s.words(NA, "combined", "clean", "پاک\u200cسازی")
    s.words(NA, "combined", "tab", "Soft\u00adhyphens", "zero\u200bwidth\u2060joiners")
    s.words(NA, "combined", "line", "Za\u0321\u0323\u0302\u0308lgo e\u0327\u0301nds")
    s.words(ZO, "signs", "arrow", "<b>purge</b>")
    s.words(ZO, "signs", "number", "100 %")
    s.words(ZO, "signs", "quoted", "T1\tFrame 0 4", custom={"ironic": True, "why, \"so\"": "a\tb\nc|d\\e"})
    s.words(ZO, "signs", "tab", "[brackets]|pipes|and_underscores; stars * and -> arrows")
    s.words(ZO, "signs", "purge", "purge", "purge", "purge")
    s.words(ZO, "signs", "hunt", "antipurgeration")
    s.words(NA, "signs", "hunt", "purge", "purgeration")  # the second begins inside of a word
    s.words(NA, "signs", "line", "-DOCSTART-")
    s.words(NA, "signs", "dots", "#Text=1-1")
    s.words(NA, "signs", "order", "no full stop")
    s.words(NA, "signs", "clean", "behind:  \n“He said")
    s.words(NA, "signs", "storm", "  Two blanks before,  ")
    s.words(NA, "signs", "quoted", "\n\n\n")
    s.words(NA, "signs", "number", " two between", ", and two behind:  ")
    s.words(NA, "pictures", "dots", "👩")  # of 👩‍🚀, which is three code points
    a = s.words(ZO, "over", "clean", "clean-up")
    b = s.words(ZO, "over", "purge", "clean-up, then a purge")
    s.words(ZO, "over", "purge", "calls purge a clean-up, then a purge")
    s.words(ZO, "over", "same", "purge a clean-up")
    s.words(ZO, "over", "order", "called the measure a clean-up of the rolls")
    s.words(ZO, "over", "clean", "the measure", "a clean-up")
    s.words(ZO, "over", "hunt", "It is", "a witch hunt")
    c = s.words(ZO, "over", "quote:direct", "It is — and I say this with regret — a witch hunt,", speaker={"name": "Ida Quay", "entity": "Ida Quay"})
    s.words(ZO, "over", "conflict", "Members called", "hunted.\n\n“It is")  # over two sentences and a paragraph
    d = s.words(ZO, "over", "quoted", "It read the letters. It voted.")
    s.words(ZO, "over", "number", "It read the letters. It voted.")
    e = s.words(NA, "over", "purge", "purge")
    f = s.words(NA, "over", "entity:PERSON", "Ida Quay")
    s.words(NA, "over", "storm", "m", "m")
    s.add("relate", coder=ZO, **{"from": a}, kind="answers, \"so\" | to", to=b, id=s.id())
    s.add("relate", coder=ZO, **{"from": c}, kind="ends", to=d, id=s.id())
    s.add("relate", coder=NA, **{"from": e}, kind="is about", to=f, id=s.id())
    s.add("relate", coder=NA, **{"from": e}, kind="is about", entity="Ida Quay", id=s.id())
    s.add("document", coder=ZO, article=articles["over"], primary="purge", add=["purge", "line"], memo="Two\nlines, “and”\ttabs", variables={"tone": "cool; \"dry\""})
    s.add("document", coder=NA, article=articles["signs"], primary="tab", add=["tab", "arrow"])
    at = ARTICLES["over"][1].index("The branch met.")
    s.add("nothing-found", coder=NA, article=articles["over"], start=at, end=at + len("The branch met."))
    s.add("nothing-found", coder=NA, article=articles["pictures"])
    s.add("finished", coder=ZO, article=articles["over"])
    return s.lines


def before():
    """Codebook, people, register."""
    for id_, name in CODERS.items():
        yield {"do": "add-coder", "id": id_, "name": name}
    for id_, (name, parent) in CODES.items():
        meaning = {"definition": f'What is meant by “{name}”:\n"a, b"; c|d', "examples": ["a\tb", 'so-called "purge"']}
        yield {"do": "add-code", "id": id_, "name": name, "parent": parent, "colour": "#c44e00", **meaning}
    yield {"do": "put-variable", "name": "tone", "kind": "text", "description": "How it sounds."}
    yield {"do": "add-entity", "name": "Ida Quay", "kind": "PERSON", "aliases": ["Quay, Ida"], "note": "Lost her card."}
    for title, text in ARTICLES.values():
        head = text.index("\n")
        parts = [{"kind": "headline", "start": 0, "end": head}]
        yield {"do": "add-article", "text": text, "title": title, "outlet": "The Tide & Quay", "authors": ["Ada “A.” Brandt, Jr."],
               "published": "2025-03-04", "language": "en", "parts": parts}  # fmt: skip


def apply(program, project, lines):
    """Carries the requests out; what comes of each."""
    asked = "".join(json.dumps(line) + "\n" for line in lines)
    ran = subprocess.run([program, "apply", project], input=asked, capture_output=True, text=True, encoding="utf-8")
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    failed = [(lines[a["line"] - 1], a.get("error")) for a in answers if not a.get("ok")]
    if failed or ran.returncode or len(answers) != len(lines):
        told = "\n".join(f"{error}: {json.dumps(line, ensure_ascii=False)}" for line, error in failed)
        raise SystemExit(f"the project cannot be made: {told or ran.stderr}")
    return answers


def make(program, project):
    """The project, in a folder that is not there yet."""
    subprocess.run([program, "new", str(project), "--title", 'Hard: "a, b" | 浄化'], check=True, capture_output=True)
    lines = list(before())
    answers = apply(program, str(project), lines)
    made = [a["article"] for a, line in zip(answers, lines) if line["do"] == "add-article"]
    apply(program, str(project), script(dict(zip(ARTICLES, made))))


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("framelens", help="the program")
    ask.add_argument("project", type=Path, help="a folder that is not there yet")
    said = ask.parse_args()
    make(said.framelens, said.project)


if __name__ == "__main__":
    sys.exit(main())
