"""A first look at the codings: how often was each code used, in which outlets,
and whose words were they?

Run it in this folder:   python3 analyse.py
It needs Python alone. Where Matplotlib is installed, it draws a picture too.
"""

import csv
from collections import Counter

# 1. Read the tables ----------------------------------------------------------

# A memo may be long; by itself Python takes no cell above 131,072 characters.
csv.field_size_limit(2**31 - 1)


def read_table(file):
    """The rows of a table, each with the names of the columns as keys."""
    with open(file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


annotations = read_table("annotations.csv")  # one row an annotation
articles = read_table("articles.csv")  # one row an article
codebook = read_table("codebook.csv")  # one row a code

# With pandas, the same is:
#   import pandas as pd
#   annotations = pd.read_csv("annotations.csv")

print(f"{len(articles)} articles, {len(annotations)} annotations, {len(codebook)} codes\n")

# 2. Keep the frames ----------------------------------------------------------

# Each annotation stands on a layer: frame, quote, claim or entity. Only frames
# are coded with the codebook.
frames = [row for row in annotations if row["layer"] == "frame"]

# An empty cell means that nobody said whose words they are.
for row in frames:
    row["voice"] = row["voice"] or "(not said)"
    row["outlet"] = row["outlet"] or "(no outlet)"

# 3. Count --------------------------------------------------------------------


def count(rows, column):
    """How often each code comes with each value of a column."""
    return Counter((row["label"], row[column]) for row in rows)


def show(title, counts):
    """Prints counts as a table, codes down and values across."""
    codes = sorted({code for code, _ in counts})
    values = sorted({value for _, value in counts})
    first = max([len(code) for code in codes] + [4])
    print(title)
    print(" " * first, *(f"{value:>{max(len(value), 5)}}" for value in values), sep="  ")
    for code in codes:
        cells = (f"{counts[code, value]:>{max(len(value), 5)}}" for value in values)
        print(f"{code:<{first}}", *cells, sep="  ")
    print()


if not frames:
    print("There are no frames in annotations.csv yet.")
else:
    # Which code in which outlet?
    show("Codes by outlet", count(frames, "outlet"))

    # Whose words? "outlet" and "headline" are the paper's own, "quoted" and
    # "reported" somebody else's.
    by_voice = count(frames, "voice")
    show("Codes by voice", by_voice)

    # 4. Draw -----------------------------------------------------------------
    try:
        import matplotlib

        matplotlib.use("Agg")  # draws into a file, without a window
        import matplotlib.pyplot as plt
    except ImportError:
        print("(For a picture, install Matplotlib: python3 -m pip install matplotlib)")
    else:
        codes = sorted({code for code, _ in by_voice}, reverse=True)
        done = [0] * len(codes)
        plt.figure(figsize=(9, 6))
        for voice in sorted({voice for _, voice in by_voice}):
            wide = [by_voice[code, voice] for code in codes]
            plt.barh(codes, wide, left=done, label=voice)
            done = [a + b for a, b in zip(done, wide)]
        plt.title("Whose words?")
        plt.xlabel("annotations")
        plt.legend()
        plt.tight_layout()
        plt.savefig("codes-by-voice.png", dpi=150)
        print("The picture is in codes-by-voice.png")

# Before you publish a figure: if several people coded the same articles, each
# of them is counted here. To look at one person's work only, write
#   frames = [row for row in frames if row["coder"] == "ada"]
# after step 2, with that person's id.
