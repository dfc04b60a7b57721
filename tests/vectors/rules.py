#!/usr/bin/env python3
"""Runs rules.json: shows when rules hold and which questions they hide, in the standard library of Python alone.

`rules.py` exits with 1 if any vector comes out otherwise than it says, and with 0 if all are right.
`rules.py --planted-defect` evaluates with a mistake (a hidden question keeps the answer that is left over), and so
has to exit with 1.
"""

import json
import operator
import pathlib
import sys

ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def kind_of(value):
    """The JSON type of a value: to Python, True is 1, and here it is not."""
    for kind in (bool, int, str, list, dict):
        if isinstance(value, kind):
            return kind
    return None


def same(a, b):
    """===: of one type and equal. Positions are never compared with anything but null."""
    return kind_of(a) == kind_of(b) and kind_of(a) is not dict and a == b


def before(order, a, b):
    """Two numbers, or two texts; everything else, null above all, comes before and after nothing."""
    return kind_of(a) == kind_of(b) and kind_of(a) in (int, str) and ORDERS[order](a, b)


def look_up(operand, var):
    """An operand's value: what a var stands for, or the literal itself."""
    if isinstance(operand, dict):
        ((name, key),) = operand.items()
        if name != "var":
            raise ValueError(f"a var is wanted here, not {name}")
        return var(key)
    return operand


def holds(rule, var):
    """Whether a rule holds, where `var` says what the question with a key stands for; None is null."""
    ((name, operands),) = rule.items()
    if name == "var":
        return var(operands) is True
    if name == "and":
        return all(holds(each, var) for each in operands)
    if name == "or":
        return any(holds(each, var) for each in operands)
    if name == "!":
        (inner,) = operands if isinstance(operands, list) else [operands]
        return not holds(inner, var)
    if name in ("some", "all", "none"):
        chosen, test = look_up(operands[0], var), operands[1]
        if not isinstance(chosen, list):
            chosen = []
        passed = [holds(test, lambda _, one=one: one) for one in chosen]
        return {"some": any(passed), "all": bool(passed) and all(passed), "none": not any(passed)}[name]
    values = [look_up(operand, var) for operand in operands]
    if name == "===":
        return same(*values)
    if name == "!==":
        return not same(*values)
    if name == "in":
        member, members = values
        return isinstance(members, list) and any(same(member, each) for each in members)
    if name in ORDERS:
        return all(before(name, a, b) for a, b in zip(values, values[1:]))
    raise ValueError(f"no such operator: {name}")


def stands_for(question, visit):
    """What a question that is shown stands for in rules."""
    key, kind = question["key"], question["answer"]["kind"]
    answer = visit["answers"].get(key, {})
    if kind == "note" or answer.get("not_applicable"):
        return None
    if kind in ("photo", "audio", "signature"):
        wanted = "audio/" if kind == "audio" else "image/"
        files = [file for file in visit.get("manifest", []) if file["question"] == key]
        return sum(file["media_type"].startswith(wanted) for file in files) or None
    return answer.get("value")


def hidden(sections, visit, defect):
    """The keys of the hidden questions, in the order of the checklist."""
    known, keys = {}, []
    for section in sections:
        # A section's rule is about questions of earlier sections: it is decided before its own.
        whole = "show_when" not in section or holds(section["show_when"], known.get)
        for question in section["questions"]:
            shown = whole and ("show_when" not in question or holds(question["show_when"], known.get))
            if not shown:
                keys.append(question["key"])
            known[question["key"]] = stands_for(question, visit) if shown or defect else None
    return keys


def outcomes(vectors, defect):
    """Every vector with what it says and what came out."""
    for vector in vectors["rules"]:
        known = {question["key"]: stands_for(question, vector) for question in vector["questions"]}
        yield "rules", vector["name"], vector["holds"], holds(vector["rule"], known.get)
    for vector in vectors["checklists"]:
        yield "checklists", vector["name"], vector["hidden"], hidden(vector["checklist"]["sections"], vector, defect)


def main():
    vectors = json.loads((pathlib.Path(__file__).parent / "rules.json").read_text(encoding="utf-8"))
    results = list(outcomes(vectors, "--planted-defect" in sys.argv[1:]))
    wrong = [result for result in results if result[2] != result[3]]
    for group, name, said, came in wrong:
        print(f"{group}: {name}: {json.dumps(said)} is right, {json.dumps(came)} came out")
    print(f"{len(results)} vectors, {len(wrong)} wrong")
    return 1 if wrong or not results else 0


if __name__ == "__main__":
    sys.exit(main())
