"""Label Studio: tasks with annotations, read and checked against their labelling configuration by its own kit.

Places of a text region count code points: its window converts them so, and its converter slices strings of Python.
"""

import json
import tempfile

from label_studio_sdk.converter import Converter
from label_studio_sdk.label_interface import LabelInterface

from common import Reading, Seen, files, version
from spacy_files import join_pieces


def read(path, truth, shared):
    reading = Reading(version("label-studio-sdk"), relations=[])
    folder = path if path.is_dir() else path.parent
    configs = [f for f in files(folder, ".xml") if "<View" in f.read_text("utf-8")]
    if len(configs) != 1:
        raise ValueError(f"{len(configs)} labelling configurations instead of one")
    config = configs[0].read_text("utf-8")
    interface = LabelInterface(config)
    interface.validate()
    converter = Converter(config, project_dir=tempfile.gettempdir())
    for file in files(path, ".json"):
        tasks = json.loads(file.read_text("utf-8"))
        tasks = tasks if isinstance(tasks, list) else [tasks]
        if not all(isinstance(t, dict) and "data" in t for t in tasks):
            reading.notes.append(f"{file.name}: no tasks")
            continue
        links, articles = [], {}
        for number, task in enumerate(tasks):
            for annotation in task.get("annotations", []):
                where = f"{file.name}, task {number + 1}"
                for region in annotation.get("result", []):
                    if region.get("type") == "relation":
                        links.append((number, annotation, region))
                        continue
                    valid, errors = interface._validate_region_logic(region)
                    if not valid:
                        reading.fault(f"{where}: {errors[0]}")
        for task_number, annotation_index, item in converted(converter, tasks):
            task = tasks[task_number]
            text = item["input"].get("text") or next((v for v in item["input"].values() if isinstance(v, str)), "")
            name = " ".join(map(str, (*item["input"].values(), *(task.get("meta") or {}).values())))
            article = reading.text(truth, text, name.replace(text, "") if text else name)
            articles[task_number] = article
            if not article or annotation_index is None:
                continue
            annotation = task["annotations"][annotation_index]
            coders = people_of(truth, task, annotation) or people_said(truth, item["output"])
            raw = [r for r in annotation.get("result", []) if "labels" in (r.get("value") or {})]
            regions = [v for values in item["output"].values() for v in values if "labels" in v]
            if len(regions) != len(raw):
                reading.fault(f"{file.name}, task {task_number + 1}: {len(raw)} regions, its converter sees {len(regions)}")
            for value in regions:
                start, end = value["start"], value["end"]
                if not 0 <= start < end <= len(text):
                    reading.fault(f"{file.name}: a region {start}..{end} in a text of {len(text)} characters")
                    continue
                there = text[start:end]
                if value.get("text") not in (None, there, there.replace("\n", "\\n")):
                    reading.fault(f"{file.name}: says {value['text']!r} at {start}..{end}, where {there!r} is")
                same = next((r for r in raw if {**r["value"]} == {k: v for k, v in value.items() if k != "type"}), {})
                if same:
                    raw.remove(same)
                ids_ = [same.get("id"), *(v for v in (same.get("meta") or {}).values())]
                flat = [x for i in ids_ for x in (i if isinstance(i, list) else [i]) if isinstance(x, str)]
                id_ = next((t for f in flat for t in (f, f[:36]) if t in truth.by_id), None)
                for label in value["labels"]:
                    reading.seen.append(Seen(article, ((start, end),), (label,), coders, id_))
        for number, annotation, link in links:
            places = {r["id"]: r["value"] for r in annotation["result"] if "labels" in (r.get("value") or {})}
            ends = [places.get(link.get(end)) for end in ("from_id", "to_id")]
            if not all(ends):
                reading.fault(f"{file.name}, task {number + 1}: a relation leads from or to nothing")
                continue
            for label in link.get("labels") or [""]:
                reading.relations.append((articles.get(number), label, *((e["start"], e["end"]) for e in ends)))
    return join_pieces(reading, truth)


def converted(converter, tasks):
    """What its converter makes of each annotation of each task, in order."""
    for number, task in enumerate(tasks):
        task.setdefault("id", number + 1)
        annotations = task.get("annotations", [])
        if not annotations:
            yield number, None, {"input": task["data"], "output": {}}
        for index, annotation in enumerate(annotations):
            for item in converter.annotation_result_from_task({**task, "annotations": [annotation]}) or []:
                yield number, index, item


def people_said(truth, output):
    """Coders in what its converter sees under a field for words that is called for them."""
    said = []
    for name, values in output.items():
        for value in values if name.startswith(("coder", "annotator")) else []:
            words = value.get("text", [])
            said += words if isinstance(words, list) else [words]
    return tuple(s for s in said if truth.whose((s,)))


def people_of(truth, task, annotation):
    said = []

    def add(value, depth=0):
        if isinstance(value, str):
            said.append(value)
            said.append(value.split("@")[0])
        elif isinstance(value, dict) and depth < 3:
            for v in value.values():
                add(v, depth + 1)

    add({k: v for k, v in annotation.items() if k not in ("result",)})
    add({k: v for k, v in task.get("data", {}).items() if "coder" in k.lower() or "annotator" in k.lower()})
    add(task.get("meta") or {})
    return tuple(s for s in said if truth.whose((s,)))
