"""JSON Lines and the tables: by pandas, and by openpyxl where it is a workbook."""

import io

import openpyxl
import pandas

import rows
from common import Reading, version


def read_jsonl(path, truth, shared):
    reading = Reading(version("pandas"))
    frame = pandas.read_json(io.BytesIO(path.read_bytes()), lines=True, dtype=False, convert_dates=False)
    rows.articles(reading, truth, frame.to_dict("records"), path.name)
    return reading


def read_csv(path, truth, shared):
    return table(path, truth, ",", "utf-8")


def read_csv_excel(path, truth, shared):
    if not path.read_bytes().startswith(b"\xef\xbb\xbf"):
        raise ValueError("no byte-order mark, without which Excel does not read UTF-8")
    return table(path, truth, ",", "utf-8-sig")


def read_tsv(path, truth, shared):
    return table(path, truth, "\t", "utf-8")


def table(path, truth, separator, encoding):
    reading = Reading(version("pandas"))
    frame = pandas.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding=encoding)
    rows.annotations(reading, truth, frame.to_dict("records"), path.name)
    return reading


def read_xlsx(path, truth, shared):
    reading = Reading(version("openpyxl", "pandas"))
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    reading.fault(f"{sheet.title}!{cell.coordinate}: a formula, {str(cell.value)[:40]!r}")
                if cell.data_type == "e":
                    reading.fault(f"{sheet.title}!{cell.coordinate}: an error, {cell.value!r}")
    found = None
    for name, frame in pandas.read_excel(path, sheet_name=None, dtype=str, keep_default_na=False).items():
        columns = set(frame.columns)
        if {"start", "end", "label"} <= columns or {"spans", "label"} <= columns:
            if found:
                reading.notes.append(f"the sheet {name} holds places too; read is {found}")
                continue
            found = name
            rows.annotations(reading, truth, frame.to_dict("records"), name)
        elif rows.are_texts(columns):
            rows.texts(reading, truth, frame.to_dict("records"), name, strict=False)
    if not found:
        raise ValueError(f"no sheet with start, end and label among {book.sheetnames}")
    return reading

