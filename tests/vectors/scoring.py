#!/usr/bin/env python3
"""Runs scoring.json: scores visits in exact fractions, in the standard library of Python alone.

`scoring.py` exits with 1 if any vector comes out otherwise than it says, and with 0 if all are right.
`scoring.py --planted-defect` rounds halves up instead of to even, and so has to exit with 1.
Which questions are hidden it asks rules.py, which stands beside it.
"""

import json
import math
import pathlib
import sys
from fractions import Fraction

import rules

FULL = 10_000


def score(earned, possible, defect=False):
    """The share that was earned in basis points, rounded half to even, within 0 and 10000; None of nothing."""
    if possible == 0:
        return None
    share = Fraction(FULL * earned, possible)
    rounded = math.floor(share + Fraction(1, 2)) if defect else round(share)
    return max(0, min(FULL, rounded))


def files(question, manifest):
    """How many files answer a question; None if files do not answer it."""
    wanted = {"photo": "image/", "signature": "image/", "audio": "audio/"}.get(question["answer"]["kind"])
    if wanted is None:
        return None
    return sum(f["question"] == question["key"] and f["media_type"].startswith(wanted) for f in manifest)


def most_points(kind):
    """The most points that an answer can earn; 0 if the question carries none."""
    name = kind["kind"]
    if name == "yes_no":
        return 1
    if name == "scale":
        return kind["to"] - kind["from"]
    if name in ("one_choice", "several_choices"):
        points = sorted((option.get("points", 0) for option in kind["options"]), reverse=True)
        return sum(points[: 1 if name == "one_choice" else kind.get("at_most", len(points))])
    return max((band["points"] for band in kind.get("bands", [])), default=0)


def measure(kind, given):
    """What bands are about: minutes after midnight, characters, or the number itself."""
    if kind["kind"] == "date_time":
        hours, minutes = given.split(":")
        return 60 * int(hours) + int(minutes)
    return len(given) if kind["kind"] == "text" else given


def points(kind, given):
    """The points that an answer earns."""
    name = kind["kind"]
    if name == "yes_no":
        return int(given == (kind.get("expect", "yes") == "yes"))
    if name == "scale":
        return kind["to"] - given if kind.get("reversed") else given - kind["from"]
    if name in ("one_choice", "several_choices"):
        chosen = [given] if name == "one_choice" else given
        return sum(option.get("points", 0) for option in kind["options"] if option["key"] in chosen)
    amount = measure(kind, given)
    return next((band["points"] for band in kind["bands"] if amount <= band.get("up_to", amount)), 0)


def what_was_given(question, answers, manifest):
    """The value of the answer, or the number of files; None if there is nothing that counts."""
    answer = answers.get(question["key"], {})
    if answer.get("not_applicable"):
        return None
    count = files(question, manifest)
    return answer.get("value") if count is None else count or None


def line(section, question, answers, manifest):
    """What a question earned, what it could have earned, and whether it is a critical one that earned nothing."""
    kind, given = question["answer"], what_was_given(question, answers, manifest)
    if given is None or most_points(kind) == 0:
        return 0, 0, False
    weight = section.get("weight", 1) * question.get("weight", 1)
    earned = points(kind, given)
    possible = 0 if question.get("bonus") else weight * most_points(kind)
    return weight * earned, possible, "critical" in question and earned == 0


class Sums(dict):
    """What was earned and possible, by key."""

    def add(self, key, earned=0, possible=0):
        if key is not None:
            before = self.get(key, (0, 0))
            self[key] = (before[0] + earned, before[1] + possible)

    def scores(self, defect):
        return {key: score(*sums, defect) for key, sums in self.items()}


def subjects(question, bindings):
    """The standard, the dimension and the side that a question is of; None where it is of none."""
    standard = question.get("standard")
    bound = bindings.get("standards", {}).get(standard)
    dimension = bound["dimension"] if bound else question.get("dimension")
    side = bindings.get("dimensions", {}).get(dimension, {}).get("side")
    return standard, dimension, side


def visit(vector, defect=False):
    """Everything that a visit scores, as `expect` has it."""
    content, answers, manifest = vector["content"], vector["answers"], vector.get("manifest", [])
    bindings = vector.get("bindings", {})
    hidden = rules.hidden(content["sections"], {"answers": answers, "manifest": manifest}, defect=False)
    answers = {key: answer for key, answer in answers.items() if key not in hidden}
    manifest = [file for file in manifest if file["question"] not in hidden]
    sections, standards, dimensions, sides, questions, effects = Sums(), Sums(), Sums(), Sums(), {}, []
    highest = FULL
    for section in content["sections"]:
        earned_here, possible_here, zero = 0, 0, False
        for question in section["questions"]:
            earned, possible, failed = line(section, question, answers, manifest)
            questions[question["key"]] = {"earned": earned, "possible": possible}
            for sums, key in zip((standards, dimensions, sides), subjects(question, bindings)):
                sums.add(key, earned, possible)
            earned_here, possible_here = earned_here + earned, possible_here + possible
            if failed:
                effect = question["critical"]
                effects.append({"question": question["key"], "effect": effect})
                zero = zero or effect["effect"] == "section_zero"
                highest = min(highest, {"visit_zero": 0, "cap": effect.get("score")}.get(effect["effect"], FULL))
        sections.add(section["key"], 0 if zero else earned_here, possible_here)
    overall = score(sum(e for e, _ in sections.values()), sum(p for _, p in sections.values()), defect)
    return {
        "overall": None if overall is None else min(overall, highest),
        "sections": sections.scores(defect),
        "dimensions": dimensions.scores(defect),
        "sides": sides.scores(defect),
        "standards": standards.scores(defect),
        "questions": questions,
        "effects": effects,
        "hidden": hidden,
    }


def main():
    defect = "--planted-defect" in sys.argv[1:]
    vectors = json.loads((pathlib.Path(__file__).parent / "scoring.json").read_text(encoding="utf-8"))["visits"]
    wrong = 0
    for vector in vectors:
        came = visit(vector, defect)
        for name in vector["expect"].keys() | came.keys():
            said = vector["expect"].get(name)
            if said != came.get(name):
                wrong += 1
                right, came_out = json.dumps(said), json.dumps(came.get(name))
                print(f"{vector['name']}: {name}: {right} is right, {came_out} came out")
    print(f"{len(vectors)} vectors, {wrong} figures wrong")
    return 1 if wrong or not vectors else 0


if __name__ == "__main__":
    sys.exit(main())
