#!/usr/bin/env python3
"""Runs receipts.json: from what a phone sent to what is kept, hashed and signed, in the standard library of Python alone.

`receipts.py` exits with 1 if any vector comes out otherwise than it says, and with 0 if all are right.
`receipts.py --planted-defect` hashes the words themselves instead of their salted digests, and so has to exit with 1.
Which questions are hidden it asks rules.py, which stands beside it.
"""

import base64
import copy
import datetime
import hashlib
import json
import math
import pathlib
import re
import sys
import uuid

import rules


def number(value):
    """A number as ECMAScript writes it, which is how RFC 8785 wants it."""
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    digits, _, exponent = f"{value!r}".replace(".", "").lstrip("-").partition("e")
    mantissa, _, _ = f"{value!r}".lstrip("-").partition("e")
    # 0.digits times ten to the power of point.
    point = len(mantissa.partition(".")[0]) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0")
    sign = "-" if value < 0 else ""
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    first, rest = digits[0], digits[1:]
    power = f"+{point - 1}" if point > 0 else str(point - 1)
    return f"{sign}{first}{'.' if rest else ''}{rest}e{power}"


def canonical(value):
    """JSON by RFC 8785. The names of members here are ASCII, so that the order of code points is that of UTF-16."""
    if isinstance(value, dict):
        members = (f"{canonical(name)}:{canonical(value[name])}" for name in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def sha256(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def moment(text):
    """In UTC, to the microsecond, without zeros at the end."""
    whole, fraction = text.upper(), ""
    if "." in whole:
        before, _, after = whole.partition(".")
        fraction = after[: len(after) - len(after.lstrip("0123456789"))]
        whole = before + after[len(fraction) :]
    at = datetime.datetime.fromisoformat(whole.replace("Z", "+00:00"))
    at = at.astimezone(datetime.timezone.utc) if at.tzinfo else at.replace(tzinfo=datetime.timezone.utc)
    if at.year < 1970:
        return "1970-01-01T00:00:00Z"
    fraction = fraction[:6].rstrip("0")
    return f"{at:%Y-%m-%dT%H:%M:%S}{'.' + fraction if fraction else ''}Z"


def degrees(value):
    """To ten-millionths, halves away from zero."""
    steps = math.floor(abs(value) * 1e7 + 0.5)
    return math.copysign(steps, value) / 1e7 if steps else 0.0


def without(members, **defaults):
    """Without what is null, and without what says no more than its absence."""
    return {name: value for name, value in members.items() if value is not None and defaults.get(name, ...) != value}


def position(given):
    given = without(given, mock=False)
    if "at" in given:
        given["at"] = moment(given["at"])
    return {**given, "latitude": degrees(given["latitude"]), "longitude": degrees(given["longitude"])}


def answer(given):
    given = without(given, not_applicable=False)
    for name in ("value", "comment"):
        if isinstance(given.get(name), str):
            given[name] = re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", given[name])
            given[name] = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f]", "", given[name])
    if isinstance(given.get("value"), str) and not given["value"].strip():
        del given["value"]
    if isinstance(given.get("value"), dict):
        given["value"] = position(given["value"])
    if isinstance(given.get("value"), list):
        given["value"] = sorted(given["value"])
    return given


def kept(sent, checklist):
    """What is kept of what a phone sent."""
    sent = without(sent, positions=[], spent=[], manifest=[])
    hidden = rules.hidden(checklist["sections"], sent, defect=False)
    for name in ("assignment_id", "checklist_version_id"):
        sent[name] = str(uuid.UUID(sent[name]))
    for name in ("started_at", "ended_at"):
        sent[name] = moment(sent[name])
    answers = {key: answer(given) for key, given in sent["answers"].items() if key not in hidden}
    sent["answers"] = {key: given for key, given in answers.items() if given}
    if "positions" in sent:
        sent["positions"] = [position(one) for one in sent["positions"]]
    if "manifest" in sent:
        files = [file for file in sent["manifest"] if file["question"] not in hidden]
        sent["manifest"] = [{**file, "sha256": file["sha256"].lower()} for file in files]
    if isinstance(sent.get("outcome"), dict) and "words" in sent["outcome"]:
        sent["outcome"]["words"] = re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", sent["outcome"]["words"])
    return without(sent, manifest=[])


def salted(checklist, content):
    """The pointers to all that has a salt: words, positions, the phone, and each file's digest."""
    kinds = {q["key"]: q["answer"]["kind"] for section in checklist["sections"] for q in section["questions"]}
    for key, given in content["answers"].items():
        if "comment" in given:
            yield f"/answers/{key}/comment"
        if "value" in given and kinds[key] in ("text", "location"):
            yield f"/answers/{key}/value"
    yield from (f"/{name}" for name in ("device", "positions") if name in content)
    if "words" in content.get("outcome", {}):
        yield "/outcome/words"
    yield from (f"/manifest/{place}/sha256" for place in range(len(content.get("manifest", []))))


def above(content, pointer):
    """What holds the part at a pointer, and the part's name in there."""
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        content = content[int(step)] if isinstance(content, list) else content[step]
    return content, last


def attested(content, salts, erased, defect):
    """What the digest is of: the content with digests in place of the parts that have salts or were erased."""
    content = copy.deepcopy(content)
    for pointer, salt in salts.items():
        holder, name = above(content, pointer)
        holder[name] = holder[name] if defect else sha256(canonical([salt, holder[name]]))
    for pointer, digest in erased.items():
        holder, name = above(content, pointer)
        holder[name] = digest
    return canonical(content)


def receipt(vector, issuer, content, salts, erased, content_hash):
    """The payload of the receipt."""
    files = []
    for place, file in enumerate(content.get("manifest", [])):
        if file["id"] in vector.get("without", []):
            continue
        pointer = f"/manifest/{place}/sha256"
        digest = erased.get(pointer) or sha256(canonical([salts[pointer], file["sha256"]]))
        files.append({"id": file["id"], "salted": digest})
    return {
        "v": 2,
        "iss": issuer,
        "visit_id": vector["visit_id"],
        "content_hash": content_hash,
        "manifest": files,
        "completed_at": vector["completed_at"],
    }


# Ed25519 (RFC 8032), as far as checking a signature needs it.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point(encoded):
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or y >= P:
        raise ValueError("no point of the curve")
    return (P - x if x & 1 != sign else x, y)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    share = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + share, P - 2, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - share, P - 2, P) % P


def times(factor, one):
    total = (0, 1)
    while factor:
        if factor & 1:
            total = add(total, one)
        one, factor = add(one, one), factor >> 1
    return total


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public, message, signature):
    s = int.from_bytes(signature[32:], "little")
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(hashed, "little") % ORDER
    return s < ORDER and times(s, BASE) == add(point(signature[:32]), times(challenge, point(public)))


def base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(jws, key):
    """The payload of a compact JWS, if the key has signed it as a receipt."""
    message, _, signature = jws.rpartition(".")
    header, _, payload = message.partition(".")
    header = json.loads(base64url(header))
    if (header["alg"], header["kid"]) != ("EdDSA", key["kid"]):
        return None
    if not is_signed(base64url(key["x"]), message.encode("ascii"), base64url(signature)):
        return None
    return json.loads(base64url(payload))


def outcomes(vector, issuer, key, defect):
    """What comes out, beside what the vector says."""
    content = kept(vector["sent"], vector["checklist"])
    yield "kept", vector["kept"], content
    yield "salts", sorted(vector["salts"]), sorted(salted(vector["checklist"], content))
    text = attested(content, vector["salts"], {}, defect)
    yield "attested", vector["attested"], text
    yield "content_hash", vector["content_hash"], sha256(text)
    payload = receipt(vector, issuer, content, vector["salts"], {}, sha256(text))
    yield "receipt", vector["receipt"], payload
    yield "jws", payload, signed(vector["jws"], key)
    # Parts went with their salts, and all of it still holds.
    gone = {pointer: sha256(canonical([vector["salts"][pointer], part])) for pointer, part in parts(content, vector)}
    yield "erased", vector["erased"], gone
    salts = {pointer: salt for pointer, salt in vector["salts"].items() if pointer not in gone}
    after = vector["kept_after"]
    yield "kept_after", sha256(text), sha256(attested(after, salts, gone, defect))
    yield "receipt afterwards", payload, receipt(vector, issuer, after, salts, gone, sha256(text))


def parts(content, vector):
    for pointer in vector["erase"]:
        holder, name = above(content, pointer)
        yield pointer, holder[name]


def main():
    defect = "--planted-defect" in sys.argv[1:]
    vectors = json.loads((pathlib.Path(__file__).parent / "receipts.json").read_text(encoding="utf-8"))
    wrong = 0
    for vector in vectors["visits"]:
        for name, said, came in outcomes(vector, vectors["issuer"], vectors["key"], defect):
            if said != came:
                wrong += 1
                print(f"{vector['name']}: {name}: {json.dumps(said)} is right, {json.dumps(came)} came out")
    print(f"{len(vectors['visits'])} vectors, {wrong} figures wrong")
    return 1 if wrong or not vectors["visits"] else 0


if __name__ == "__main__":
    sys.exit(main())
