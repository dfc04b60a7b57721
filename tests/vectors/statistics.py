#!/usr/bin/env python3
"""Runs statistics.json: intervals, ranks and what a brand lends to its places, in the standard library of Python alone.

`statistics.py` exits with 1 if any vector comes out otherwise than it says, and with 0 if all are right.
`statistics.py --planted-defect` takes every visit as independent, and so has to exit with 1.
`statistics.py --make` writes the vectors anew; it needs SciPy and statsmodels, which are the reference for all that they have.
"""

import functools
import json
import math
import pathlib
import sys
from fractions import Fraction

FULL = 10_000
FREEDOM = 45  # what a borrowed variance weighs
WINDOWS = (3, 12, 24)
FILE = pathlib.Path(__file__).parent / "statistics.json"


def ceiling(number, step=1):
    """Rounded up to a multiple; exact for fractions."""
    return math.ceil(Fraction(number) / step) * step


# Distributions


def integral(function, start, end, steps):
    """By Simpson's rule."""
    width = (end - start) / steps
    inner = sum((4 if i % 2 else 2) * function(start + i * width) for i in range(1, steps))
    return (function(start) + inner + function(end)) * width / 3


def student_between(t, freedom):
    """How much of Student's t lies between -t and t."""
    log = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2
    density = lambda x: math.exp(log - (freedom + 1) / 2 * math.log1p(x * x / freedom))
    return 2 * integral(density, 0, abs(t), 2_000)


def root(function, low, high):
    """Where a function that grows is zero."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return (low + high) / 2


@functools.cache
def student_quantile(freedom):
    """Student's t, 0.975."""
    return root(lambda t: student_between(t, freedom) - 0.95, 0, 20)


def normal(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def range_below(quantile, means, freedom):
    """How often the studentized range is less."""
    points = [i / 20 for i in range(-160, 161)]
    points = [(z, math.exp(-z * z / 2) / math.sqrt(2 * math.pi), normal(z)) for z in points]

    def of_width(width):
        return means * sum(d * max(at - normal(z - width), 0) ** (means - 1) for z, d, at in points) / 20

    half, scale = freedom / 2, 1 / math.sqrt(2 * freedom)
    whole = 0
    for i in range(-24, 25):
        u = 1 + scale * i / 4
        log = half * math.log(half) - math.lgamma(half) + (freedom - 1) * math.log(u) - half * u * u
        whole += 2 * math.exp(log) * scale / 4 * of_width(quantile * u)
    return whole


@functools.cache
def range_quantile(means, freedom):
    """The studentized range, 0.95."""
    return root(lambda q: range_below(q, means, freedom) - 0.95, 1, 12) if means < 100 else None


# What is computed


def sums(scores):
    n, total = len(scores), sum(scores)
    return n, total, n * sum(score * score for score in scores) - total * total


def design(vector, n):
    """The factor for shoppers who come again."""
    correlation, most = vector["correlation"] / 100, min(vector["most"] / 10, n - 1)
    further = most if vector["share"] is None else min((n - 1) * vector["share"] / 1000, most)
    share = min(further / (n - 1) * correlation, 0.9) if n > 1 else 0
    return (1 + further * correlation) / (1 - share)


def variance_of_mean(vector, scores):
    n, _, scatter = sums(scores)
    freedom = FREEDOM + n - 1
    return (FREEDOM * vector["variance"] + scatter / n) / freedom / n * design(vector, n), freedom


def mean(vector, quantile=student_quantile):
    scores = vector["scores"]
    variance, freedom = variance_of_mean(vector, scores)
    middle, reach = sum(scores) / len(scores), quantile(freedom) * math.sqrt(variance)
    return {"low": middle - reach, "high": middle + reach}


def bounded(vector):
    scores = vector["scores"]
    middle = sum(scores) / len(scores) / FULL
    most = math.log(2 / vector["outside"]) / (len(scores) / 2 if len(scores) > 1 else 1)

    def lowest(at):
        part = lambda p, q: p * math.log(p / q) if p > 0 else 0.0
        excess = lambda q: most - part(at, q) - part(1 - at, 1 - q)
        return root(excess, 1e-300, at) if at > 0 else 0.0

    return {"low": FULL * lowest(middle), "high": FULL * (1 - lowest(1 - middle))}


def hoeffding(apart, visits):
    """Of so many independent visits on either side: half of them were made by shoppers who made another."""
    reach = FULL * math.sqrt(math.log(2 / 0.05) / visits)
    chance = min(1.0, 2 * math.exp(-visits * (apart / FULL) ** 2))
    return {"low": apart - reach, "high": apart + reach, "chance": chance}


def change(vector, quantile=student_quantile, between=student_between):
    """Welch's interval and probability, with the degrees of freedom rounded down; Hoeffding's where nothing is lent."""
    sides = vector["now"], vector["before"]
    apart = sum(vector["now"]) / len(vector["now"]) - sum(vector["before"]) / len(vector["before"])
    if vector.get("variance") is None:
        n, m = (len(scores) / 2 if len(scores) > 1 else 1 for scores in sides)
        return hoeffding(apart, 2 * n * m / (n + m))
    (mine, freedom), (others, of) = (variance_of_mean(vector, scores) for scores in sides)
    both = mine + others
    freedom = math.floor(both * both / (mine * mine / freedom + others * others / of) + 1e-9)
    reach = quantile(freedom) * math.sqrt(both)
    chance = 1 - between(apart / math.sqrt(both), freedom)
    return {"low": apart - reach, "high": apart + reach, "chance": chance}


def paired(vector, quantile=student_quantile, between=student_between):
    """The change of several branches, each compared with itself."""
    of = [(b["before"], b["now"]) for b in vector["branches"] if b["before"] and b["now"]]
    weights = [len(m) * len(n) / (len(m) + len(n)) for m, n in of]
    changes = [sum(n) / len(n) - sum(m) / len(m) for m, n in of]
    apart = sum(w * d for w, d in zip(weights, changes)) / sum(weights)
    came = {"branches": len(of), "difference": apart}
    if vector.get("variance") is None:
        return came | hoeffding(apart, sum(weights))
    before, now = (sum(len(sides[i]) for sides in of) for i in (0, 1))
    squares = sum((score - sum(side) / len(side)) ** 2 for sides in of for side in sides for score in side)
    freedom = FREEDOM + before + now - 2 * len(of)
    correlation = vector["correlation"] / 100
    further = min(vector["most"] / 10, max(before, now) - 1)
    unseen = min((vector["share"] or 0) / 1000 * correlation, 0.9)
    variance = (FREEDOM * vector["variance"] + squares) / freedom / sum(weights)
    error = math.sqrt(variance * (1 + further * correlation) / (1 - unseen))
    reach = quantile(freedom) * error
    return came | {"low": apart - reach, "high": apart + reach, "chance": 1 - between(apart / error, freedom)}


def share(vector):
    """Clopper and Pearson's interval, by the binomial distribution itself, and Wilson's."""
    n, hits, z = vector["n"], vector["hits"], 1.959963984540054

    def lowest(hits):
        chance = lambda p: math.fsum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(hits, n + 1))
        return root(lambda p: chance(p) - 0.025, 0, 1) if hits else 0.0

    middle, scale = hits / n + z * z / 2 / n, 1 + z * z / n
    reach = z * math.sqrt(hits / n * (1 - hits / n) / n + z * z / 4 / n / n)
    wilson = {"wilson_low": (middle - reach) / scale, "wilson_high": (middle + reach) / scale}
    return {"low": lowest(hits), "high": 1 - lowest(n - hits)} | wilson


def discoveries(vector):
    p_values = sorted(vector["p_values"])
    limits = [p for i, p in enumerate(p_values, 1) if p <= 0.05 * i / len(p_values)]
    return {"discoveries": [bool(limits) and p <= limits[-1] for p in vector["p_values"]]}


def shrunken(vector):
    places = [(sum(s) / len(s), variance_of_mean(vector, s)[0]) for s in vector["places"]]
    weights = [1 / v for _, v in places]
    fixed = sum(m * w for (m, _), w in zip(places, weights)) / sum(weights)
    q = sum(w * (m - fixed) ** 2 for (m, _), w in zip(places, weights))
    bottom = sum(weights) - sum(w * w for w in weights) / sum(weights)
    between = max(0.0, (q - len(places) + 1) / bottom)
    weights = [1 / (v + between) for _, v in places]
    middle = sum(m * w for (m, _), w in zip(places, weights)) / sum(weights)
    return {"between": between, "mean": middle, "means": [middle + (m - middle) * between / (between + v) for m, v in places]}


def ranks(vector, quantile=range_quantile):
    """The sets of ranks, by comparing each place with each other place."""
    places = [(Fraction(sum(s), len(s)), variance_of_mean(vector, s)[0]) for s in vector["places"]]
    step = math.log(1.05)
    places = [(float(m), 1.05 ** math.ceil(math.log(v) / step)) for m, v in places]
    fewest = min(map(len, vector["places"]))
    critical = quantile(len(places), FREEDOM + fewest - 1) / math.sqrt(2)
    came = []
    for m, v in places:
        better = sum(other - m > critical * math.sqrt(v + u) for other, u in places)
        worse = sum(m - other > critical * math.sqrt(v + u) for other, u in places)
        came.append([1 + better, len(places) - worse])
    return {"ranks": came}


def lent(vector):
    """What a brand lends: the variance, the correlation, the shares of pairs, the further visits."""
    visits, branches = vector["visits"], {}
    for visit in visits:
        branches.setdefault(visit[0], []).append(visit)
    variances = []
    for of in branches.values():
        n, _, scatter = sums([score for *_, score in of])
        if n > 1:
            variances.append(Fraction(math.ceil(Fraction(1000 * scatter, n * (n - 1))), 1000))
    variance = max(math.ceil(sum(variances) / len(variances)), vector["least"], 1)
    deviation = ceiling(math.isqrt(variance - 1) + 1, 20)
    alike, apart, in_branch, in_brand = [], [], [], []
    for of in branches.values():
        for i, (_, shopper, _, score) in enumerate(of):
            for _, other, _, scored in of[:i]:
                (alike if shopper == other else apart).append((score - scored) ** 2)
    if not alike:
        correlation = 0
    elif not apart:
        correlation = 100
    elif not any(apart):
        correlation = 0
    else:
        mean_square = lambda squares: Fraction(sum(squares), len(squares))
        correlation = ceiling(max(0, 100 * (1 - mean_square(alike) / mean_square(apart))), 5)
    for months in WINDOWS:
        one = every = further = 0
        for i, (branch, shopper, age, _) in enumerate(visits):
            for other_branch, other, other_age, _ in visits[:i]:
                if age // months == other_age // months:
                    every += branch == other_branch
                    one += branch == other_branch and shopper == other
                    further += 2 * (shopper == other)
        in_branch.append(min(1000, ceiling(math.ceil(Fraction(1000 * one, every)), 5)) if every else 0)
        in_brand.append(math.ceil(Fraction(10 * further, len(visits))))
    basis = {"variance": deviation**2, "correlation": correlation, "in_branch": in_branch, "in_brand": in_brand}
    return basis | {"lent": len(visits) >= 200}


def solved(matrix, right):
    """One solution of equations whose right sides are the columns of `right`; what is not determined is zero."""
    size, rows = len(matrix), [list(map(float, row + extra)) for row, extra in zip(matrix, right)]
    of, used = {}, set()
    for column in range(size):
        row = max((i for i in range(size) if i not in used), key=lambda i: abs(rows[i][column]), default=None)
        if row is None or abs(rows[row][column]) < 1e-9:
            continue
        used.add(row)
        of[column] = row
        rows[row] = [x / rows[row][column] for x in rows[row]]
        for i in range(size):
            if i != row and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[row])]
    nothing = [0.0] * len(right[0])
    return [rows[of[column]][size:] if column in of else nothing for column in range(size)]


def connected(visits):
    """Shoppers who are connected by what they visited: of each the number of the group, that with most visits first."""
    groups = []
    for shopper, branch, checklist, _ in visits:
        mine = [group for group in groups if shopper in group[0] or (branch, checklist) in group[1]]
        joined = ({shopper}.union(*(g[0] for g in mine)), {(branch, checklist)}.union(*(g[1] for g in mine)))
        groups = [group for group in groups if group not in mine] + [joined]
    size = lambda group: sum(shopper in group[0] for shopper, *_ in visits)
    groups.sort(key=lambda group: (-size(group), min(group[0])))
    return {shopper: (number, len(group[0])) for number, group in enumerate(groups, 1) for shopper in group[0]}


def designs(visits):
    """The shoppers, the levels, and the columns that each visit has a one in."""
    shoppers = sorted({shopper for shopper, *_ in visits})
    levels = sorted({(branch, checklist) for _, branch, checklist, _ in visits})
    at = [(levels.index((branch, checklist)), len(levels) + shoppers.index(who)) for who, branch, checklist, _ in visits]
    return shoppers, levels, at


def known(vector, within, between, apart, effects, elements, quantile):
    """What is said of each shopper, from the effects and from the diagonal of the inverse."""
    visits, groups = vector["visits"], connected(vector["visits"])
    shoppers, levels, _ = designs(visits)
    by = {level: {who for who, *at, _ in visits if tuple(at) == level} for level in levels}
    freedom = len(visits) - len(levels) - apart
    came = {"within": within, "between": between, "effects": [], "errors": [], "ends": [], "shared": [], "missing": []}
    for number, shopper in enumerate(shoppers):
        shared = [branch for who, branch, checklist, _ in visits if who == shopper and len(by[branch, checklist]) > 1]
        group, others = groups[shopper]
        too_few = [("few_visits", len(shared) < 10), ("few_branches", len(set(shared)) < 3)]
        too_few += [("few_shoppers", others < 4), ("few_of_brand", freedom < 30)]
        missing = next((name for name, is_so in too_few if is_so), "")
        effect, error = float(effects[number]), math.sqrt(within * float(elements[number]))
        reach = 0 if missing else quantile(apart) * error
        came["shared"].append([len(shared), len(set(shared)), group])
        came["missing"].append(missing)
        came["effects"].append(None if missing else effect)
        came["errors"].append(None if missing else error)
        came["ends"].append(None if missing else [effect - reach, effect + reach])
    return came


def leniency(vector, quantile=student_quantile):
    """How leniently shoppers score: least squares for the variances, then the mixed model equations, all of them at once."""
    visits = vector["visits"]
    shoppers, levels, at = designs(visits)
    size = len(levels) + len(shoppers)
    equations, right = [[0.0] * size for _ in range(size)], [[0.0] for _ in range(size)]
    for columns, (*_, score) in zip(at, visits):
        for one in columns:
            right[one][0] += score
            for other in columns:
                equations[one][other] += 1
    fit = [row[0] for row in solved(equations, right)]
    squares = sum((score - sum(fit[i] for i in columns)) ** 2 for columns, (*_, score) in zip(at, visits))
    means = {level: [score for *place, score in ((b, c, s) for _, b, c, s in visits) if tuple(place) == level] for level in levels}
    about = sum((score - sum(of) / len(of)) ** 2 for of in means.values() for score in of)
    apart = len(shoppers) - len({group for group, _ in connected(visits).values()})
    freedom = len(visits) - len(levels) - apart
    within = max(squares / freedom, vector["least"])
    trace = len(visits) - sum(n * n / equations[i][i] for i in range(len(levels)) for n in equations[i][len(levels) :])
    error = within * math.sqrt(2 * apart * (1 + apart / freedom))
    between = max(about - squares - apart * within, error) / trace
    for i in range(len(levels), size):
        equations[i][i] += within / between
    unit = [[right[i][0]] + [float(i == j) for j in range(size)] for i in range(size)]
    found = solved(equations, unit)[len(levels) :]
    elements = [row[1 + len(levels) + number] for number, row in enumerate(found)]
    return known(vector, within, between, apart, [row[0] for row in found], elements, quantile)


KINDS = {
    "means": mean,
    "bounded": bounded,
    "changes": change,
    "paired": paired,
    "shares": share,
    "discoveries": discoveries,
    "shrunken": shrunken,
    "ranks": ranks,
    "lent": lent,
    "leniency": leniency,
    "student": lambda v: {"quantile": student_quantile(v["freedom"]), "chance": 1 - student_between(v["t"], v["freedom"])},
    "ranges": lambda v: {"quantile": range_quantile(v["means"], v["freedom"])},
}


def is_near(right, came):
    """Whether both are the same; a number of the studentized range for many means takes too long here."""
    if came is None:
        return True
    if isinstance(right, list):
        return len(right) == len(came) and all(map(is_near, right, came))
    if isinstance(right, float):
        return abs(right - came) <= 1e-6 * max(1.0, abs(right))
    return right == came


def main():
    if "--make" in sys.argv[1:]:
        FILE.write_text(made(), encoding="utf-8")
    defect = "--planted-defect" in sys.argv[1:]
    kinds = json.loads(FILE.read_text(encoding="utf-8"))
    wrong = count = 0
    for kind, compute in KINDS.items():
        for vector in kinds[kind]:
            count += 1
            given = vector | {"correlation": 0} if defect and "correlation" in vector else vector
            came = compute(given)
            for name, right in vector["expect"].items():
                if not is_near(right, came[name]):
                    wrong += 1
                    print(f"{kind}, {vector['name']}: {name}: {right} is right, {came[name]} came out")
    print(f"{count} vectors, {wrong} figures wrong")
    return 1 if wrong or not count else 0


def made():
    """The vectors, with what SciPy and statsmodels say wherever they say anything."""
    import random

    import numpy
    import scipy
    import scipy.optimize
    import scipy.special
    import scipy.stats
    import statsmodels.api
    from statsmodels.stats.meta_analysis import combine_effects
    from statsmodels.stats.multitest import multipletests
    from statsmodels.stats.proportion import proportion_confint

    chance = random.Random(13)
    independent = {"correlation": 0, "share": 0, "most": 0}
    quantile = lambda freedom: float(scipy.stats.t.ppf(0.975, freedom))
    between = lambda t, freedom: 1 - 2 * float(scipy.stats.t.sf(abs(t), freedom))

    def of(name, given, expect):
        return {"name": name} | given | {"expect": expect}

    def some(n, middle=8500, scatter=900):
        return [max(0, min(FULL, round(chance.gauss(middle, scatter)))) for _ in range(n)]

    means = [
        ("three at 100 %", [FULL] * 3, 640_000, independent),
        ("one visit", [9_000], 640_000, independent),
        ("two alike at zero", [0, 0], 40_000, independent),
        ("ten by as many shoppers", some(10), 810_000, independent),
        ("ten, half as many shoppers", some(10), 810_000, {"correlation": 50, "share": 110, "most": 30}),
        ("twelve by two shoppers", some(12), 810_000, {"correlation": 60, "share": 455, "most": 60}),
        ("several branches", some(120), 810_000, {"correlation": 30, "share": None, "most": 45}),
        ("all by one shopper", some(8), 810_000, {"correlation": 100, "share": 1000, "most": 300}),
        ("a hundred", some(100, 7000, 2000), 1_000_000, {"correlation": 20, "share": 30, "most": 12}),
    ]
    vectors = {"made_with": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}"}
    vectors["means"] = []
    for name, scores, variance, repeats in means:
        given = {"scores": scores, "variance": variance} | repeats
        vectors["means"].append(of(name, given, mean(given, quantile)))
    vectors["bounded"] = []
    for scores, outside in [([FULL] * 3, 0.05), ([9_000], 0.05), ([0] * 10, 0.05), (some(30), 0.05), (some(10), 0.00125)]:
        given = {"scores": scores, "outside": outside}
        at, most = sum(scores) / len(scores) / FULL, math.log(2 / outside) / (len(scores) / 2 if len(scores) > 1 else 1)
        kl = lambda p, q: float(scipy.special.rel_entr(p, q) + scipy.special.rel_entr(1 - p, 1 - q))
        low = lambda p: scipy.optimize.brentq(lambda q: kl(p, q) - most, 1e-300, p, xtol=1e-14) if p > 0 else 0.0
        expect = {"low": FULL * low(at), "high": FULL * (1 - low(1 - at))}
        vectors["bounded"].append(of(f"{len(scores)} visits, {outside}", given, expect))
    vectors["changes"] = []
    sides = [([5_000, 6_000, 7_000], [7_000, 8_000, 9_000], None, {}), (some(6), some(9, 9300, 400), None, {})]
    sides += [(some(4), some(5, 9500, 300), 640_000, independent), ([FULL] * 3, [FULL] * 3, 640_000, independent)]
    sides += [(some(12, 7000), some(10, 8800), 810_000, {"correlation": 50, "share": 110, "most": 30})]
    for before, now, variance, repeats in sides:
        given = {"before": before, "now": now, "variance": variance} | repeats
        vectors["changes"].append(of(f"{len(before)} and {len(now)} visits", given, change(given, quantile, between)))
    vectors["paired"] = []
    several = [{"before": some(n, m), "now": some(k, m + 300)} for n, k, m in ((3, 5, 9300), (4, 2, 6000), (1, 1, 8000), (9, 12, 7000))]
    alike = [{"before": [FULL] * 3, "now": [FULL] * 3}] * 5
    gone = several + [{"before": some(3), "now": []}, {"before": [], "now": some(4)}]
    often = {"correlation": 50, "share": 110, "most": 30}
    for name, branches, variance, repeats in [
        ("four branches", several, 640_000, independent),
        ("shoppers come again", several, 810_000, often),
        ("all by one shopper", several[:2], 810_000, {"correlation": 100, "share": 1000, "most": 300}),
        ("all alike", alike, 40_000, independent),
        ("two that are in one period alone", gone, 640_000, independent),
        ("nothing is lent", several, None, {}),
    ]:
        given = {"branches": branches, "variance": variance} | repeats
        expect = paired(given, quantile, between)
        # The same as the least squares estimate with a level for each branch.
        rows = [(i, now, s) for i, b in enumerate(branches) for now, side in ((0, "before"), (1, "now")) for s in b[side]]
        levels = numpy.array([[float(i == j) for j in range(len(branches))] + [now] for i, now, _ in rows])
        estimate = statsmodels.api.OLS(numpy.array([s for *_, s in rows], float), levels).fit().params[-1]
        assert is_near(float(estimate), expect["difference"]), (name, estimate, expect)
        vectors["paired"].append(of(name, given, expect))
    vectors["shares"] = []
    for hits, n in [(0, 1), (1, 1), (3, 3), (2, 3), (0, 10), (5, 10), (10, 10), (29, 30), (7, 30), (90, 100), (199, 200), (900, 1_000)]:
        ends = {}
        for method, prefix in (("beta", ""), ("wilson", "wilson_")):
            low, high = proportion_confint(hits, n, 0.05, method)
            ends |= {prefix + "low": float(low), prefix + "high": float(high)}
        vectors["shares"].append(of(f"{hits} of {n}", {"n": n, "hits": hits}, ends))
    vectors["discoveries"] = []
    lists = [[0.5, 0.01, 0.001, 0.69, 0.02, 0.05, 0.0025], [0.04], [0.06], [0.04, 0.045, 0.05], [0.03, 0.9, 0.04], []]
    lists.append([round(chance.random() ** 3, 6) for _ in range(60)])
    for p_values in lists:
        found = [bool(it) for it in multipletests(p_values, 0.05, "fdr_bh")[0]] if p_values else []
        vectors["discoveries"].append(of(f"{len(p_values)} of them", {"p_values": p_values}, {"discoveries": found}))
    vectors["shrunken"], vectors["ranks"] = [], []
    fields = [("apart", [some(n, m) for n, m in ((3, 9500), (8, 8000), (30, 7000), (5, 9000), (12, 6000))])]
    fields += [("alike", [some(n) for n in (3, 4, 5, 6)]), ("one", [some(5)])]
    fields += [("forty", [some(chance.randint(3, 40), chance.randint(5500, 9900), 600) for _ in range(40)])]
    studentized = lambda k, nu: float(scipy.stats.studentized_range.ppf(0.95, max(k, 2), nu))
    for name, places in fields:
        given = {"places": places, "variance": 490_000, "correlation": 20, "share": 60, "most": 10}
        if len(places) > 1:
            pairs = [(sum(s) / len(s), variance_of_mean(given, s)[0]) for s in places]
            effect, variance = map(numpy.array, zip(*pairs))
            found = combine_effects(effect, variance, method_re="chi2")
            between_places, middle = max(0.0, float(found.tau2)), float(found.mean_effect_re)
            ours = shrunken(given)
            assert is_near(between_places, ours["between"]) and (between_places == 0 or is_near(middle, ours["mean"]))
            vectors["shrunken"].append(of(name, given, ours))
        vectors["ranks"].append(of(name, given, ranks(given, studentized)))
    visits = [[i % 12, chance.choice("abcdefghij"), chance.randrange(24), some(1)[0]] for i in range(240)]
    by = {shopper: chance.gauss(0, 700) for shopper in "abcdefghij"}
    lenient = [[b, s, age, max(0, min(FULL, round(score + by[s])))] for b, s, age, score in visits]
    few = lenient[:60]
    own = [[b, str(i), age, score] for i, (b, _, age, score) in enumerate(visits)]
    perfect = [[b, s, age, FULL] for b, s, age, _ in visits]
    alone = [[b, str(b), age, score] for b, _, age, score in visits]
    named = {"by chance": visits, "lenient": lenient, "few": few, "each once": own, "perfect": perfect, "alone": alone}
    vectors["lent"] = []
    for name, given in named.items():
        for least in (40_000, 390_625, 2_250_000) if name in ("by chance", "perfect") else (40_000,):
            given_with = {"visits": given, "least": least}
            vectors["lent"].append(of(f"{name}, {least} at least", given_with, lent(given_with)))
    vectors["leniency"] = []
    for name, visits, least in lenient_brands(chance):
        given = {"visits": visits, "least": least}
        # The same by matrices, and at the variances that statsmodels finds (REML) the effects that it predicts.
        shoppers, levels, at = designs(visits)
        table = numpy.zeros((len(visits), len(levels) + len(shoppers)))
        for row, columns in zip(table, at):
            row[list(columns)] = 1
        fixed, random_, scores = table[:, : len(levels)], table[:, len(levels) :], numpy.array([s for *_, s in visits], float)
        left = lambda design: float(((scores - design @ numpy.linalg.lstsq(design, scores, rcond=None)[0]) ** 2).sum())
        apart = int(numpy.linalg.matrix_rank(table)) - len(levels)
        freedom = len(visits) - len(levels) - apart
        within = max(left(table) / freedom, least)
        beyond = numpy.eye(len(visits)) - fixed @ numpy.linalg.pinv(fixed)
        trace = float(numpy.trace(random_.T @ beyond @ random_))
        error = within * math.sqrt(2 * apart * (1 + apart / freedom))
        between = max(left(fixed) - left(table) - apart * within, error) / trace

        def predicted(ratio):
            inverse = numpy.linalg.inv(random_.T @ beyond @ random_ + ratio * numpy.eye(len(shoppers)))
            return inverse @ random_.T @ beyond @ scores, numpy.diag(inverse)

        if name in ("ten shoppers", "two groups"):
            whose = numpy.array([shopper for shopper, *_ in visits])
            fit = statsmodels.api.MixedLM(scores, fixed, whose).fit(reml=True)
            theirs = [float(fit.random_effects[shopper].iloc[0]) for shopper in shoppers]
            ours = predicted(fit.scale / float(numpy.asarray(fit.cov_re)[0, 0]))[0]
            assert all(abs(one - other) < 1e-4 for one, other in zip(theirs, ours)), (name, theirs, ours)
        effects, elements = predicted(within / between)
        vectors["leniency"].append(of(name, given, known(given, within, between, apart, effects, elements, quantile)))
    vectors["student"] = []
    for freedom, t in [(1, 1.0), (2, 4.3), (5, 2.0), (44, 2.5), (47, 0.1), (200, 3.0), (1_000, 1.96)]:
        expect = {"quantile": quantile(freedom), "chance": 2 * float(scipy.stats.t.sf(t, freedom))}
        vectors["student"].append(of(f"{freedom} degrees", {"freedom": freedom, "t": t}, expect))
    vectors["ranges"] = []
    for k, nu in [(2, 47), (3, 47), (10, 60), (40, 54), (200, 47), (1_000, 100), (5_000, 47), (40, 10_000)]:
        expect = {"quantile": studentized(k, nu)}
        vectors["ranges"].append(of(f"{k} means, {nu} degrees", {"means": k, "freedom": nu}, expect))
    lists = {name: of for name, of in vectors.items() if isinstance(of, list)}
    lines = [f' "{name}": [\n  ' + ",\n  ".join(json.dumps(v) for v in of) + "\n ]" for name, of in lists.items()]
    return "{\n" + f' "made_with": {json.dumps(vectors["made_with"])},\n' + ",\n".join(lines) + "\n}\n"


def lenient_brands(chance):
    """Brands whose shoppers differ, or do not, with the least variance of each."""

    def brand(shoppers, branches, many, apart, scatter, checklists="x"):
        lenient, level = {s: chance.gauss(0, apart) for s in shoppers}, {b + c: chance.gauss(8000, 500) for b in branches for c in checklists}
        made = []
        for s in shoppers:
            for _ in range(many):
                b, c = chance.choice(branches), chance.choice(checklists)
                score = level[b + c] + lenient[s] + chance.gauss(0, scatter)
                made.append([s, b, c, max(0, min(FULL, round(score)))])
        return made

    ten = brand("ABCDEFGHIJ", "abcdefg", 18, 500, 900)
    yield "ten shoppers", ten, 40_000
    yield "no differences", brand("ABCDEF", "abcde", 12, 0, 900), 40_000
    yield "two checklists", brand("ABCDE", "abcd", 20, 600, 800, "xy"), 40_000
    yield "two groups", ten[:144] + brand("PQRST", "vwxyz", 12, 500, 900), 40_000
    yield "few shoppers, few branches", brand("ABCDE", "ab", 12, 500, 900) + brand("PQR", "vwxyz", 15, 500, 900), 40_000
    yield "few visits", brand("ABCD", "abcd", 4, 500, 900) + [["E", "z", "x", 9000]], 40_000
    yield "alone in most branches", ten + [["K", b, "x", 7000 + 100 * i] for i, b in enumerate("aabbccddeefguuuvvv")], 40_000
    yield "perfect", [[s, b, "x", FULL] for s in "ABCDE" for b in "abcde" * 3], 390_625
    yield "shoppers alone", [[s, b, "x", FULL - 100 * ord(s) % 7] for s, b in zip("ABCDE" * 8, "abcde" * 8)] + [["A", "b", "x", 9000]], 40_000


if __name__ == "__main__":
    sys.exit(main())
