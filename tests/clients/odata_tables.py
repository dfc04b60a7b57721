"""The tables of OData, read by python-odata with an API key, beside the lists of the API."""

import datetime
import sys
import uuid
from decimal import Decimal

import requests
from lxml import etree
from odata import ODataService

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


def sign_in(server, password, name):
    """A session of somebody of the demonstration."""
    body = {"email": f"{name}@lumen.example", "password": password, "device": "odata"}
    answer = requests.post(f"{server}/v1/sessions", json=body, timeout=30)
    answer.raise_for_status()
    session = requests.Session()
    session.headers["Authorization"] = "Bearer " + answer.json()["access_token"]
    return session


def key_of(server, session):
    """The secret of a new API key, over what the caller's first role is over."""
    me = session.get(f"{server}/v1/me", timeout=30).json()
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    body = {
        "name": "python-odata",
        "scope": me["grants"][0]["scope"],
        "expires_at": soon.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    answer = session.put(f"{server}/v1/api-keys/{uuid.uuid4()}", json=body, timeout=30)
    answer.raise_for_status()
    return answer.json()["secret"]


def asked_as_by_spreadsheets(server, program):
    """A program without a key is asked for one, and pages that it counts off itself are the table."""
    refused = requests.get(f"{server}/odata/", timeout=30)
    challenge = refused.headers["WWW-Authenticate"]
    assert refused.status_code == 401 and "Basic" in challenge, challenge
    whole, parts, size = [], [], 7
    address = f"{server}/odata/Branches"
    while address:
        page = program.get(address, headers={"OData-MaxVersion": "4.0", "Accept": "application/json;odata.metadata=minimal"}, timeout=30)
        assert page.headers["OData-Version"] == "4.0"
        whole += page.json()["value"]
        address = page.json().get("@odata.nextLink")
    while True:
        options = {"$top": size, "$skip": len(parts)}
        page = program.get(f"{server}/odata/Branches", params=options, timeout=30).json()["value"]
        parts += page
        if len(page) < size:
            break
    assert whole and parts == whole
    # They try a preview of a thousand rows first, and may name a later version than they need.
    options = {"$top": 1000, "$count": "true", "$format": "application/json;odata.metadata=full"}
    preview = program.get(f"{server}/odata/Branches", params=options, headers={"OData-MaxVersion": "4.01"}, timeout=30)
    assert preview.json()["@odata.count"] == len(whole) and preview.headers["OData-Version"] == "4.0"


def listed(server, session, path):
    """All things of a list of the API."""
    things, cursor = [], None
    while True:
        parameters = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = session.get(f"{server}/v1/{path}", params=parameters, timeout=60).json()
        things += page["items"]
        cursor = page.get("next_cursor")
        if not cursor:
            return things


# What of JSON a value of a type is.
VALUES = {
    "Edm.Guid": uuid.UUID,
    "Edm.String": str,
    "Edm.Int32": int,
    "Edm.Decimal": Decimal,
    "Edm.Date": datetime.date.fromisoformat,
    "Edm.Boolean": bool,
    "Edm.DateTimeOffset": lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")),
}


def metadata_is_valid(program, server, kept):
    """The schema is well-formed, and each table has the columns that its rows have, with values of their types."""
    answer = program.get(f"{server}/odata/$metadata", timeout=30)
    assert answer.headers["OData-Version"] == "4.0"
    with open(kept, "wb") as file:
        file.write(answer.content)
    schema = etree.fromstring(answer.content)
    types = {one.get("Name"): one for one in schema.iter(f"{EDM}EntityType")}
    for table in schema.iter(f"{EDM}EntitySet"):
        of_type = types[table.get("EntityType").removeprefix("incognito.")]
        columns = {one.get("Name"): one for one in of_type.iter(f"{EDM}Property")}
        page = program.get(f"{server}/odata/{table.get('Name')}", params={"$top": 50}, timeout=30)
        if page.status_code == 403:
            continue
        page.raise_for_status()
        for row in page.json(parse_float=Decimal)["value"]:
            assert set(row) == set(columns), table.get("Name")
            for name, value in row.items():
                if value is None:
                    assert columns[name].get("Nullable") != "false", name
                    continue
                made = VALUES[columns[name].get("Type")](value)
                assert not isinstance(made, (int, Decimal)) or made == value, name


def figures_are_those_of_trends(server, session, program, service, kind, planted):
    """The tables of figures say of places of a kind what their trends and their breakdowns say of each month."""
    scores = service.entities["Scores"]
    rows = service.query(scores).filter(scores.place_kind == kind).all()
    found = {(str(row.place_id), str(row.month)[:7]): row for row in rows}
    assert rows and len(found) == len(rows), f"{kind}: {len(rows)} rows of {len(found)} places and months"
    plural = {"brand": "brands", "region": "regions", "branch": "branches"}[kind]
    seen, subjects = 0, 0
    for place in sorted({place for place, _ in found})[:10]:
        months = sorted(month for one, month in found if one == place)
        period = {"from": months[0], "to": months[-1]}
        trend = session.get(f"{server}/v1/{plural}/{place}/trend", params=period, timeout=60).json()["points"]
        points = {point["from"]: point for point in trend if point["visits"] > 0}
        if planted:
            points.popitem()
        assert sorted(points) == months, f"{kind} {place}: {months}"
        for month, point in points.items():
            row = found[place, month]
            low = None if point["interval"] is None else point["interval"]["low"]
            assert (row.visits, row.score, row.insufficient) == (point["visits"], point["score"], point["insufficient"])
            ours = None if row.interval_low_percent is None else Decimal(str(row.interval_low_percent)) * 100
            assert ours == low, (row.interval_low_percent, point)
        seen += len(points)
        condition = f"place_id eq {place} and month eq {months[-1]}-01 and kind eq 'standard'"
        options = {"$filter": condition, "$orderby": "subject"}
        table = program.get(f"{server}/odata/Subjects", params=options, timeout=60).json()["value"]
        parameters = {"from": months[-1], "to": months[-1], "by": "standard", "sort": "key", "limit": 1000}
        items = session.get(f"{server}/v1/{plural}/{place}/breakdown", params=parameters, timeout=60).json()["items"]
        assert sorted((row["key"], row["visits"], row["score"]) for row in table) == sorted(
            (item["key"], item["visits"], item["score"]) for item in items
        ), f"{kind} {place}"
        subjects += len(table)
    return seen, subjects


def main(server, password, kept, planted):
    """Reads the tables as an auditor and as a manager."""
    seen = {}
    for name, tables in [
        ("auditor", {"Brands": "brands", "Regions": "regions", "Branches": "branches", "Visits": "visits"}),
        ("manager", {"Branches": "branches", "Reports": "reports"}),
    ]:
        session = sign_in(server, password, name)
        program = requests.Session()
        program.auth = ("anybody", key_of(server, session))
        program.headers["Prefer"] = "odata.maxpagesize=100"
        metadata_is_valid(program, server, kept)
        asked_as_by_spreadsheets(server, program)
        service = ODataService(f"{server}/odata/", reflect_entities=True, session=program, quiet_progress=True)
        for table, path in tables.items():
            rows = {str(row.id): row for row in service.query(service.entities[table])}
            things = listed(server, session, path)
            if planted:
                things = things[1:]
            assert len(rows) == len(things), f"{table}: {len(rows)} rows, and {len(things)} in the list"
            for thing in things:
                row = rows[thing["id"]]
                if "score" in thing:
                    score = thing["score"]
                    assert row.score == score, thing
                    percent = None if score is None else Decimal(score) / 100
                    found = None if row.score_percent is None else Decimal(str(row.score_percent))
                    assert found == percent, thing
            seen[f"{name}: {table}"] = len(rows)
        for kind in ["brand", "region"] if name == "auditor" else ["branch"]:
            seen[f"{name}: figures of each {kind}"] = figures_are_those_of_trends(
                server, session, program, service, kind, planted
            )
        if name == "auditor":
            visit = service.entities["Visits"]
            good = service.query(visit).filter(visit.score >= 9000).order_by(visit.score.desc()).all()
            wanted = [one["score"] for one in listed(server, session, "visits") if (one["score"] or 0) >= 9000]
            assert [one.score for one in good] == sorted(wanted, reverse=True), "filtered and sorted"
            seen["auditor: Visits of 90 % and more"] = len(good)
    print(seen)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], "--planted-defect" in sys.argv)
