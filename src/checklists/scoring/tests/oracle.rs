//! Scoring a second time: slowly, in exact fractions, of the JSON alone and by the domain's words.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::checklists::samples::Sample;

/// An exact fraction; the lower part is above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction(i128, i128);

impl Fraction {
    pub const ZERO: Self = Self(0, 1);

    pub fn of(upper: i128, lower: i128) -> Self {
        let (mut a, mut b) = (upper.abs(), lower);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self(upper / a.max(1), lower / a.max(1))
    }

    fn plus(self, other: Self) -> Self {
        Self::of(self.0 * other.1 + other.0 * self.1, self.1 * other.1)
    }

    fn times(self, other: Self) -> Self {
        Self::of(self.0 * other.0, self.1 * other.1)
    }

    fn by(self, other: Self) -> Option<Self> {
        (other.0 > 0).then(|| self.times(Self(other.1, other.0)))
    }

    /// How far it is from this whole number.
    fn distance_to(self, whole: i128) -> Self {
        let difference = self.plus(Self(-whole, 1));
        Self(difference.0.abs(), difference.1)
    }

    fn is_less(self, other: Self) -> bool {
        self.0 * other.1 < other.0 * self.1
    }

    /// The nearest whole number; of two that are equally near, the even one.
    fn rounded_half_to_even(self) -> i128 {
        let below = self.0.div_euclid(self.1);
        let (down, up) = (self.distance_to(below), self.distance_to(below + 1));
        let up_is_better = up.is_less(down) || (up == down && (below + 1) % 2 == 0);
        if up_is_better { below + 1 } else { below }
    }
}

/// Of all scores from 0 to 10 000 the one nearest to `10000·earned/possible`, the even one of two equally near.
pub fn nearest(earned: i128, possible: i128) -> Option<i128> {
    let distance = |score: &i128| ((score * possible - 10_000 * earned).abs(), score % 2);
    (possible > 0).then(|| (0..=10_000).min_by_key(distance).unwrap())
}

fn score(earned: Fraction, possible: Fraction) -> Option<i128> {
    let share = earned.by(possible)?.times(Fraction(10_000, 1));
    Some(share.rounded_half_to_even().clamp(0, 10_000))
}

/// Everything that a visit scores, by the kind of subject and its key.
pub type Scores = BTreeMap<(&'static str, String), Option<i128>>;

/// What was earned and possible of one subject.
#[derive(Clone, Copy)]
struct Sum(Fraction, Fraction);

fn add(sums: &mut BTreeMap<(&'static str, String), Sum>, subject: &'static str, key: &Json, line: Sum) {
    let Some(key) = key.as_str() else { return };
    let sum = sums.entry((subject, key.to_owned())).or_insert(Sum(Fraction::ZERO, Fraction::ZERO));
    *sum = Sum(sum.0.plus(line.0), sum.1.plus(line.1));
}

/// What an answer is: the value, or the number of files that answer the question.
pub fn given(sample: &Sample, question: &Json) -> Json {
    let images = ["image/jpeg", "image/png", "image/webp"];
    let by_images = match question["answer"]["kind"].as_str().unwrap() {
        "photo" | "signature" => true,
        "audio" => false,
        _ => return json!(sample.answers)[question["key"].as_str().unwrap()]["value"].clone(),
    };
    let manifest = json!(sample.manifest);
    let own = manifest.as_array().unwrap().iter().filter(|file| file["question"] == question["key"]);
    let count =
        own.filter(|file| images.contains(&file["media_type"].as_str().unwrap()) == by_images).count();
    if count == 0 { Json::Null } else { json!(count) }
}

/// The points of an answer and the most that there are; none if no answer earns points or nothing was answered.
pub fn points(kind: &Json, given: &Json) -> Option<(i128, i128)> {
    if given.is_null() {
        return None;
    }
    let number = |json: &Json| json.as_i64().map(i128::from);
    let options = || kind["options"].as_array().unwrap().iter();
    let option_points = |option: &Json| number(&option["points"]).unwrap_or(0);
    let (earned, most) = match kind["kind"].as_str().unwrap() {
        "yes_no" => ((given.as_bool()? == (kind["expect"] != "no")).into(), 1),
        "one_choice" => {
            let chosen = options().find(|option| option["key"] == *given)?;
            (option_points(chosen), options().map(option_points).max()?)
        }
        "several_choices" => {
            let given = given.as_array().unwrap();
            let chosen = options().filter(|option| given.contains(&option["key"]));
            let mut all: Vec<_> = options().map(option_points).collect();
            all.sort();
            let most = number(&kind["at_most"]).map_or(all.len(), |most| most as usize);
            (chosen.map(option_points).sum(), all.iter().rev().take(most).sum())
        }
        "scale" => {
            let worst = if kind["reversed"] == true { "to" } else { "from" };
            let steps = (number(given)? - number(&kind[worst])?).abs();
            (steps, number(&kind["to"])? - number(&kind["from"])?)
        }
        other => {
            let measure = match other {
                "text" => given.as_str()?.chars().count() as i128,
                "date_time" => {
                    let digit = |at: usize| {
                        given.as_str().unwrap().as_bytes().get(at).map_or(0, |d| i128::from(*d) - 48)
                    };
                    (digit(0) * 10 + digit(1)) * 60 + digit(3) * 10 + digit(4)
                }
                _ => number(given).unwrap_or(0),
            };
            let bands = kind["bands"].as_array()?;
            let earned =
                bands.iter().find(|band| number(&band["up_to"]).is_none_or(|limit| measure <= limit));
            let most = bands.iter().map(|band| number(&band["points"]).unwrap()).max()?;
            (earned.map_or(0, |band| number(&band["points"]).unwrap()), most)
        }
    };
    (most > 0).then_some((earned, most))
}

/// Every score of a visit.
pub fn scores(sample: &Sample) -> Scores {
    let (content, bindings) = (json!(sample.content), json!(sample.bindings));
    let (mut sums, mut scores) = (BTreeMap::new(), Scores::new());
    let mut visit = Sum(Fraction::ZERO, Fraction::ZERO);
    let mut highest = 10_000;
    for section in content["sections"].as_array().unwrap() {
        let mut own = Sum(Fraction::ZERO, Fraction::ZERO);
        let mut zero = false;
        for question in section["questions"].as_array().unwrap() {
            let weight = |json: &Json| Fraction(json.as_i64().unwrap_or(1).into(), 1);
            let weight = weight(&section["weight"]).times(weight(&question["weight"]));
            let points = points(&question["answer"], &given(sample, question));
            let (earned, most) = points.unwrap_or_default();
            let earned = weight.times(Fraction(earned, 1));
            let possible = weight.times(Fraction(most, 1));
            let line = Sum(earned, if question["bonus"] == true { Fraction::ZERO } else { possible });
            own = Sum(own.0.plus(line.0), own.1.plus(line.1));
            let standard = &question["standard"];
            let bound = &bindings["standards"][standard.as_str().unwrap_or_default()];
            let dimension = if bound.is_null() { &question["dimension"] } else { &bound["dimension"] };
            let side = &bindings["dimensions"][dimension.as_str().unwrap_or_default()]["side"];
            let subjects = [
                ("question", &question["key"]),
                ("standard", standard),
                ("dimension", dimension),
                ("side", side),
            ];
            for (subject, key) in subjects {
                add(&mut sums, subject, key, line);
            }
            match question["critical"]["effect"].as_str().filter(|_| points.is_some_and(|(p, _)| p == 0)) {
                Some("section_zero") => zero = true,
                Some("visit_zero") => highest = 0,
                Some("cap") => highest = highest.min(question["critical"]["score"].as_i64().unwrap().into()),
                _ => {}
            }
        }
        own.0 = if zero { Fraction::ZERO } else { own.0 };
        scores.insert(("section", section["key"].as_str().unwrap().to_owned()), score(own.0, own.1));
        visit = Sum(visit.0.plus(own.0), visit.1.plus(own.1));
    }
    scores.insert(("overall", String::new()), score(visit.0, visit.1).map(|score| score.min(highest)));
    scores.extend(sums.into_iter().map(|(subject, sum)| (subject, score(sum.0, sum.1))));
    scores
}
