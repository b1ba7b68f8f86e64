#!/usr/bin/env python3
"""The whole table of what other programs see of Framelens' files, and Framelens of theirs, by one command.

    python checks/readers/table.py FRAMELENS SHARED OUT_DIR [--markdown docs/readers.md]

Exports the sample project and a project of all that is hard (`hard.py`) in every format, reads them with the foreign
readers (`readers.py`), and reads the files that other programs made (`fixtures.py`, from SHARED/fixtures). Ends with 1
where anything is wrong.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import fixtures
import hard
import readers

SAMPLE = Path(__file__).parents[2] / "projects" / "harbour-purge"

ABOUT = """# What other programs see

Made by `checks/readers/table.py`, which [checks/readers](../checks/readers/README.md) tells about: do not edit it by
hand. {version}.

## Framelens’ files in other programs’ readers

Two projects are exported in every format, and each export is read with a reader that others wrote, or, where there is
none to install, by the published rule of the format. What it sees is compared with the project: the same words at the
same places, under the same label, by the same coder, and the same lines between codings. The sample is
`projects/harbour-purge`; the hard one has emoji of several code points, Hebrew, Arabic, Chinese, Japanese, Korean,
combining marks, codings over and in one another and in several stretches, and names with quotes, tabs, line ends, pipes
and the like. Numbers are codings seen the same / codings written, of a codebook its codes; a coding of several stretches
is as many where the format has none such.

“Otherwise” is what happens to single codings of the hard project (of the sample where it says so). All of it is announced
by the export itself, in its `left-out.json`, but for stretches that a REFI-QDA project keeps together in words of its own,
which other programs show one by one. What a format has no place for as a whole is in the README.

"""

FIXTURES = """
## Other programs’ files in Framelens

Files that other programs made or that test other programs, from public repositories. They are no part of this one. Each,
or each folder that is a corpus of its own, is imported into a new project, which has to be sound afterwards. A file that is
refused is refused with the reason that stands here.

"""


def otherwise(line):
    """What an export announces of single codings, and how a reader sees what is not the same."""
    told = []
    for start, words in (("changed: ", "seen in another shape: "), ("not there: ", "not there: ")):
        found = [note.removeprefix(start) for note in line.notes if note.startswith(start)]
        told += [words + ", ".join(found)] if found else []
    if any(part.endswith(" codings") for part in line.left.split("; ")):
        return []  # a codebook
    split = [part.split() for part in line.left.split("; ") if part.endswith(" discontinuous")]
    return [f"{n} in one coding a stretch" for n, _ in split] + told


def both(sample, of_hard):
    head = "| format | read by | sample | hard | otherwise | result |\n|---|---|--:|--:|---|---|\n"
    rows = []
    for one, two in zip(sample, of_hard):
        said = otherwise(two) + [f"sample: {text}" for text in otherwise(one)]
        result = "good" if one.result == two.result == "good" else " / ".join(dict.fromkeys((one.result, two.result)))
        cells = (f"`{one.format}`", one.reader or two.reader, *(f"{x.same} / {x.written}" for x in (one, two)), "; ".join(said) or "–", result)
        rows.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n")
    return head + "".join(rows)


def main():
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("framelens", help="the program")
    ask.add_argument("shared", type=Path, help="the folder with fixtures/")
    ask.add_argument("out", type=Path, help="a folder for what is exported; new, empty, or of an earlier run")
    ask.add_argument("--markdown", type=Path, help="where to write the table")
    said = ask.parse_args()
    project = said.out / "hard-project"
    if project.exists():
        shutil.rmtree(project)
    said.out.mkdir(parents=True, exist_ok=True)
    hard.make(said.framelens, project)
    lines = [
        readers.check_all(said.framelens, str(p), said.out / name, shared=said.shared)
        for name, p in (("sample", SAMPLE), ("hard", project))
    ]
    version = subprocess.run([said.framelens, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    text = ABOUT.format(version=version[:1].upper() + version[1:]) + both(*lines)
    people = [f"`{f}`" for f in readers.known(said.framelens) if f in readers.FOR_PEOPLE]
    text += f"\nFor people, for scripts of one’s own or for Framelens alone, and not compared: {', '.join(people)}.\n"
    rows = list(fixtures.read_all(said.framelens, said.shared / "fixtures"))
    text += FIXTURES + fixtures.markdown(rows)
    print(text)
    for which in lines:
        readers.tell(which)
    whole = readers.everything_is_read(said.framelens)
    wrong = [wrong for row in rows for wrong in row.wrong]
    for path, told in wrong:
        print(f"WRONG: {path}: {told}")
    if said.markdown:
        said.markdown.write_text(text, "utf-8")
    return 1 if wrong or not whole or not rows or any(line.faults for which in lines for line in which) else 0


if __name__ == "__main__":
    sys.exit(main())
