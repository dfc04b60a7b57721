"""Files of the demonstration, read by programs that others wrote: each says what the JSON says."""

import csv
import datetime
import io
import math
import re
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas
import pyarrow
import pyarrow.parquet
import requests

FORMS = ["csv by pandas", "parquet by pyarrow", "parquet by pandas", "xlsx by openpyxl", "xlsx by LibreOffice"]

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z")


def sign_in(server, password, name):
    """A session of somebody of the demonstration."""
    body = {"email": f"{name}@lumen.example", "password": password, "device": "read back"}
    answer = requests.post(f"{server}/v1/sessions", json=body, timeout=30)
    answer.raise_for_status()
    session = requests.Session()
    # No language is wished for: columns have their names.
    session.headers = {"Authorization": "Bearer " + answer.json()["access_token"], "User-Agent": "read back"}
    return session


def asked(server, session, path, parameters):
    """The answer as JSON; of a list all of its pages."""
    page = session.get(f"{server}/v1/{path}", params=parameters, timeout=60)
    page.raise_for_status()
    answer = page.json()
    while cursor := page.json().get("next_cursor"):
        page = session.get(f"{server}/v1/{path}", params=parameters | {"cursor": cursor}, timeout=60)
        page.raise_for_status()
        answer["items"] += page.json()["items"]
    return answer


def leaves(thing, before=""):
    """What a thing says, each value under the names that lead to it, but for lists."""
    found = {}
    for name, value in thing.items():
        if isinstance(value, dict):
            found |= leaves(value, f"{before}{name}_")
        elif not isinstance(value, list):
            found[before + name] = value
    return found


def rows_of(answer, lists):
    """The rows of a JSON answer, each with what stands around it."""
    around = leaves(answer)
    if not lists:
        return [around]
    items = answer[lists[0]]
    if not items:
        return [] if lists[0] == "items" else [around]
    around.pop("next_cursor", None)
    rows = []
    for item in items:
        own = leaves(item)
        rows.append(around | {f"{lists[0]}_{name}" if name in around else name: own[name] for name in own})
    return rows


def moment(text):
    """A moment to the second."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(microsecond=0)


def same(cell, name, value):
    """Whether a cell, as a program read it, is a value of the JSON; basis points are per cent."""
    if isinstance(cell, float) and math.isnan(cell):
        cell = None
    if value is None:
        return cell is None or cell == "" or cell is pandas.NaT
    if isinstance(value, bool):
        return cell is value or str(cell).lower() == str(value).lower()
    if name.endswith("_percent"):
        return Decimal(str(cell)) == Decimal(value) / 100
    if isinstance(value, (int, float)):
        return Decimal(str(cell)) == Decimal(str(value))
    if isinstance(cell, pandas.Timestamp):
        cell = cell.to_pydatetime()
    if isinstance(cell, datetime.datetime) and isinstance(value, str) and len(value) == 10:
        # A day is midnight to openpyxl.
        return cell.time() == datetime.time() and cell.date().isoformat() == value
    if isinstance(cell, datetime.datetime):
        cell = cell if cell.tzinfo else cell.replace(tzinfo=datetime.timezone.utc)
        return cell.replace(microsecond=0) == moment(value)
    if isinstance(cell, datetime.date):
        return cell.isoformat() == value
    if isinstance(value, str) and str(cell) != value and MOMENT.fullmatch(value):
        return moment(str(cell).strip().replace(" ", "T")).replace(tzinfo=None) == moment(value).replace(tzinfo=None)
    # Before what a spreadsheet program would compute stands an apostrophe.
    return str(cell) in (value, "'" + value)


def compare(rows, wanted, what):
    """Each member of each row of the JSON stands in the row of the file."""
    assert len(rows) == len(wanted), f"{what}: {len(rows)} rows, and {len(wanted)} in the JSON"
    count = 0
    for row, one in zip(rows, wanted):
        for name, value in one.items():
            column = name if name in row else f"{name}_percent"
            if column not in row and any(name.startswith(known + "_") for known in row):
                # What has parts of its own is one cell, as JSON.
                continue
            if column not in row:
                # Of a thing that is not there each member is empty.
                below = [cell for known, cell in row.items() if known.startswith(name + "_")]
                assert value is None and below, f"{what}: no column for {name}"
                assert all(same(cell, name, None) for cell in below), f"{what}: {name}"
                continue
            assert same(row[column], column, value), f"{what}: {column} is {row[column]!r}, and {value!r} in the JSON"
            count += 1
    return count


def by_libreoffice(book):
    """The first sheet of a workbook as LibreOffice writes it as text: values, not as they are shown."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(book)
        # Commas, quotes, UTF-8, from the first line, not as it is shown.
        form = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false'
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", form]
        subprocess.run(command + ["--outdir", folder, str(path)], check=True, capture_output=True, timeout=120)
        return list(csv.DictReader(io.StringIO((Path(folder) / "book.csv").read_text(encoding="utf-8"))))


def in_form(form, files):
    """The rows of a file as this program reads them."""
    if form == "csv by pandas":
        frame = pandas.read_csv(io.BytesIO(files["csv"]), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        return frame.to_dict("records")
    if form == "parquet by pyarrow":
        return pyarrow.parquet.read_table(pyarrow.BufferReader(files["parquet"])).to_pylist()
    if form == "parquet by pandas":
        frame = pandas.read_parquet(io.BytesIO(files["parquet"]), dtype_backend="pyarrow")
        rows = frame.to_dict("records")
        return [{name: None if cell is pandas.NA else cell for name, cell in row.items()} for row in rows]
    if form == "xlsx by openpyxl":
        lines = openpyxl.load_workbook(io.BytesIO(files["xlsx"]), read_only=True).worksheets[0].values
        names = next(lines)
        return [dict(zip(names, line)) for line in lines]
    return by_libreoffice(files["xlsx"])


def types_are_right(parquet, what):
    """What is per cent, a count, a moment or a day has a type of its own."""
    schema = pyarrow.parquet.read_schema(pyarrow.BufferReader(parquet))
    for field in schema:
        if field.name.endswith("_percent"):
            assert field.type == pyarrow.decimal128(5, 2), f"{what}: {field}"
        elif field.name.endswith("_at"):
            assert field.type == pyarrow.timestamp("us", tz="UTC"), f"{what}: {field}"
        elif field.name in ("id", "name", "code", "state"):
            assert field.type == pyarrow.string(), f"{what}: {field}"
        elif field.name == "visits":
            assert field.type == pyarrow.int64(), f"{what}: {field}"
        elif field.name == "first_day":
            assert field.type == pyarrow.date32(), f"{what}: {field}"


def main(server, password, planted):
    """Reads files as an auditor and as a manager."""
    counts = dict.fromkeys(FORMS, 0)
    for who in ["auditor", "manager"]:
        session = sign_in(server, password, who)
        questions = [("branches", {}, ["items"])]
        if who == "auditor":
            questions += [("visits", {}, ["items"]), ("campaigns", {}, ["items"])]
            places = [f"brands/{brand['id']}" for brand in asked(server, session, "brands", {})["items"]]
        else:
            questions += [("reports", {}, ["items"]), ("appeals", {}, ["items"])]
            places = [f"regions/{region['id']}" for region in asked(server, session, "regions", {})["items"]][:2]
            branches = asked(server, session, "branches", {})["items"]
            places += [f"branches/{branch['id']}" for branch in branches][:2]
        for place in places:
            questions += [(f"{place}/trend", {}, ["points"]), (f"{place}/score", {}, ["sections"])]
            for by in ["standard", "question"]:
                questions.append((f"{place}/breakdown", {"by": by}, ["items"]))
            if not place.startswith("branches"):
                questions.append((f"{place}/ranking", {}, ["items"]))
        for path, parameters, lists in questions:
            wanted = rows_of(asked(server, session, path, parameters), lists)
            files = {}
            for suffix in ["csv", "parquet", "xlsx"]:
                file = session.get(f"{server}/v1/{path}.{suffix}", params=parameters, timeout=60)
                file.raise_for_status()
                files[suffix] = file.content
            types_are_right(files["parquet"], f"{who}: {path}")
            for form in FORMS:
                rows = in_form(form, files)
                if form == planted and rows:
                    # One value of one row is another one.
                    name = next(name for name in rows[-1] if name in wanted[-1] and wanted[-1][name] is not None)
                    rows[-1][name] = "planted"
                counts[form] += compare(rows, wanted, f"{who}: {path} {parameters}, {form}")
    assert all(count > 1_000 for count in counts.values()), counts
    print(counts)


if __name__ == "__main__":
    plant = sys.argv[sys.argv.index("--planted-defect") + 1] if "--planted-defect" in sys.argv else None
    main(sys.argv[1], sys.argv[2], plant)
