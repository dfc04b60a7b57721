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


def metadata_is_valid(program, server):
    """The schema is well-formed, and each table has the columns that its rows have."""
    answer = program.get(f"{server}/odata/$metadata", timeout=30)
    assert answer.headers["OData-Version"] == "4.0"
    schema = etree.fromstring(answer.content)
    types = {one.get("Name"): one for one in schema.iter(f"{EDM}EntityType")}
    for table in schema.iter(f"{EDM}EntitySet"):
        of_type = types[table.get("EntityType").removeprefix("incognito.")]
        names = {one.get("Name") for one in of_type.iter(f"{EDM}Property")}
        page = program.get(f"{server}/odata/{table.get('Name')}", params={"$top": 1}, timeout=30)
        if page.status_code == 200:
            assert all(set(row) == names for row in page.json()["value"]), table.get("Name")


def main(server, password, planted):
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
        metadata_is_valid(program, server)
        service = ODataService(f"{server}/odata/", reflect_entities=True, session=program, quiet_progress=True)
        for table, path in tables.items():
            rows = {str(row.id): row for row in service.query(service.entities[table[:-2] if table == "Branches" else table[:-1]])}
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
        if name == "auditor":
            visit = service.entities["Visit"]
            good = service.query(visit).filter(visit.score >= 9000).order_by(visit.score.desc()).all()
            wanted = [one["score"] for one in listed(server, session, "visits") if (one["score"] or 0) >= 9000]
            assert [one.score for one in good] == sorted(wanted, reverse=True), "filtered and sorted"
            seen["auditor: Visits of 90 % and more"] = len(good)
    print(seen)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--planted-defect" in sys.argv)
