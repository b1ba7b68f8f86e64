#!/usr/bin/env python3
"""Uses the window as a screen reader does: through the accessibility bus, from outside of the program.

    python3 read.py            on a display where `framelens PROJECT` has been opened on the sample project

Every control must have a name; an article is opened and a coder chosen by their names alone; the text must be there by
paragraphs, and what is marked at the caret must be said. Needs AT-SPI's Python (gir1.2-atspi-2.0, python3-gi) and
xdotool for the keys. Ends with 1 where something is missing.
"""

import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

#: What somebody can press, type into or choose; each needs a name.
CONTROLS = {"push button", "toggle button", "check box", "radio button", "entry", "slider", "spin button", "menu item",
            "list item", "combo box", "page tab", "scroll bar"}
PATIENCE = 30


def nodes(root):
    """Every node below one, itself first."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node is None:
            continue
        yield node
        try:
            count = node.get_child_count()
            stack += [node.get_child_at_index(n) for n in reversed(range(min(count, 500)))]
        except Exception:  # a node that is gone meanwhile
            continue


def said(node):
    try:
        return node.get_role_name(), node.get_name() or "", node.get_description() or ""
    except Exception:
        return "", "", ""


def wait(what, ask):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"screen reader: in vain waited for {what}")


def program():
    desktop = Atspi.get_desktop(0)
    apps = [desktop.get_child_at_index(n) for n in range(desktop.get_child_count())]
    return next((a for a in apps if a and (a.get_name() or "").lower() == "framelens"), None)


def find(root, role, part):
    return next((n for n in nodes(root) if said(n)[0] == role and part in said(n)[1]), None)


def press(root, role, part):
    node = wait(f"{role} “{part}”", lambda: find(root, role, part))
    if not node.do_action(0):
        sys.exit(f"screen reader: {role} “{part}” cannot be pressed")


def key(*keys):
    subprocess.run(["xdotool", "key", "--clearmodifiers", "--delay", "60", *keys], check=True)
    time.sleep(0.4)


def unnamed(root):
    return [said(n)[0] for n in nodes(root) if said(n)[0] in CONTROLS and not said(n)[1].strip()]


def main():
    app = wait("the program on the accessibility bus", program)
    press(app, "toggle button", "Jonna Lind")
    wait("the coder’s name", lambda: find(app, "push button", "Coder: Jonna Lind"))
    press(app, "list item", "Film-maker expelled")
    text = "Film-maker expelled in ‘witch hunt’, supporters say"
    wait("the headline as a paragraph", lambda: find(app, "paragraph", text))
    paragraphs = [n for n in nodes(app) if said(n)[0] == "paragraph"]
    document = wait("the document", lambda: find(app, "document frame", "Article text"))
    # From coding to coding: each is said.
    heard = set()
    for _ in range(4):
        key("bracketright")
        description = said(document)[2]
        if "Marked here:" in description:
            heard.add(description)
    if not any("Witch hunt" in h for h in heard):
        sys.exit(f"screen reader: the codings under the caret are not said: {sorted(heard)}")
    key("w")
    if "Selected:" not in said(document)[2]:
        sys.exit(f"screen reader: the selection is not said: {said(document)[2]}")
    nameless = unnamed(app)
    controls = sum(said(n)[0] in CONTROLS for n in nodes(app))
    # And the settings, where a form is.
    key("ctrl+comma")
    wait("the settings", lambda: find(app, "slider", "Type size"))
    nameless += unnamed(app)
    key("Escape")
    if nameless:
        sys.exit(f"screen reader: controls without a name: {nameless}")
    print(f"screen reader: {len(paragraphs)} paragraphs, {controls} controls, all with names; {len(heard)} codings said, "
          "the selection too")


if __name__ == "__main__":
    main()
