//! The check held against all possible answers, on checklists small enough to try them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::checklists::model::AnswerKind;

/// Chooses by given bytes, so that what fails shrinks to few.
struct Dice(std::vec::IntoIter<u8>);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

const MOMENTS: [&str; 3] = ["2026-11-21", "2026-11-22", "2026-11-23"];

fn kinds() -> Vec<Json> {
    let options = json!([{"key": "a", "text": {}}, {"key": "b", "text": {}}, {"key": "c", "text": {}}]);
    vec![
        json!({"kind": "yes_no"}),
        json!({"kind": "one_choice", "options": options}),
        json!({"kind": "several_choices", "options": options}),
        json!({"kind": "several_choices", "options": options, "at_least": 0, "at_most": 1}),
        json!({"kind": "several_choices", "options": options, "at_least": 2, "at_most": 2}),
        json!({"kind": "scale", "from": 1, "to": 4}),
        json!({"kind": "text"}),
        json!({"kind": "date_time", "ask": "date", "earliest": MOMENTS[0], "latest": MOMENTS[2]}),
        json!({"kind": "photo", "at_most": 2}),
        json!({"kind": "location"}),
    ]
}

fn condition(dice: &mut Dice, key: &str, kind: &Json) -> Json {
    let var = json!({"var": key});
    if dice.roll(6) == 0 {
        return json!({*dice.pick(&["===", "!=="]): [var, null]});
    }
    let equality = *dice.pick(&["===", "!=="]);
    let order = *dice.pick(&["<", "<=", ">", ">=", "===", "!=="]);
    match kind["kind"].as_str().unwrap() {
        "yes_no" if dice.roll(2) == 0 => var,
        "yes_no" => json!({equality: [var, dice.roll(2) == 0]}),
        "one_choice" if dice.roll(2) == 0 => json!({"in": [var, some_options(dice)]}),
        "one_choice" => json!({equality: [var, dice.pick(&["a", "b", "c"])]}),
        "several_choices" if dice.roll(3) == 0 => json!({"in": [dice.pick(&["a", "b", "c"]), var]}),
        "several_choices" => json!({*dice.pick(&["some", "all", "none"]): [var, test(dice, 2)]}),
        "text" => json!({equality: [var, dice.pick(&["x", "y"])]}),
        "scale" if dice.roll(4) == 0 => {
            json!({*dice.pick(&["<", "<="]): [1 + dice.roll(3), var, 2 + dice.roll(3)]})
        }
        "scale" => json!({order: [var, 1 + dice.roll(4)]}),
        "date_time" => json!({order: [var, dice.pick(&MOMENTS)]}),
        "photo" => json!({order: [var, 1 + dice.roll(2)]}),
        _ => json!({equality: [var, null]}),
    }
}

fn some_options(dice: &mut Dice) -> Vec<&'static str> {
    let mask = 1 + dice.roll(7);
    (0..3).filter(|i| mask & (1 << i) != 0).map(|i| ["a", "b", "c"][i]).collect()
}

fn test(dice: &mut Dice, depth: usize) -> Json {
    let element = json!({"var": ""});
    match dice.roll(if depth == 0 { 3 } else { 6 }) {
        0 => json!({"===": [element, dice.pick(&["a", "b", "c"])]}),
        1 => json!({"!==": [element, dice.pick(&["a", "b", "c"])]}),
        2 => json!({"in": [element, some_options(dice)]}),
        3 => json!({"!": [test(dice, depth - 1)]}),
        n => json!({["and", "or"][n - 4]: [test(dice, depth - 1), test(dice, depth - 1)]}),
    }
}

fn some_rule(dice: &mut Dice, earlier: &[(String, Json)], depth: usize) -> Json {
    match dice.roll(if depth == 0 { 1 } else { 4 }) {
        0 => {
            let (key, kind) = dice.pick(earlier);
            condition(dice, key, kind)
        }
        1 => json!({"!": [some_rule(dice, earlier, depth - 1)]}),
        n => {
            let rules: Vec<_> = (0..1 + dice.roll(3)).map(|_| some_rule(dice, earlier, depth - 1)).collect();
            json!({["and", "or"][n - 2]: rules})
        }
    }
}

/// A checklist of a few questions in up to three sections, with rules about earlier ones.
fn checklists() -> impl Strategy<Value = Content> {
    (2..6_usize, prop::collection::vec(any::<u8>(), 0..160)).prop_map(|(count, bytes)| {
        let dice = &mut Dice(bytes.into_iter());
        let (kinds, mut earlier, mut sections) = (kinds(), Vec::new(), Vec::<Json>::new());
        for i in 0..count {
            let key = format!("q{i}");
            let kind = dice.pick(&kinds).clone();
            let mut question = json!({"key": key, "text": {}, "required": dice.roll(3) != 0, "answer": kind});
            if !earlier.is_empty() && dice.roll(4) != 0 {
                question["show_when"] = some_rule(dice, &earlier, 3);
            }
            if sections.is_empty() || (sections.len() < 3 && dice.roll(3) == 0) {
                let mut section = json!({"key": format!("s{i}"), "title": {}, "questions": []});
                if !earlier.is_empty() && dice.roll(2) == 0 {
                    section["show_when"] = some_rule(dice, &earlier, 2);
                }
                sections.push(section);
            }
            sections.last_mut().unwrap()["questions"].as_array_mut().unwrap().push(question);
            earlier.push((key, kind));
        }
        content_of(json!(sections))
    })
}

/// What a question can stand for.
#[derive(Clone, Debug)]
enum Value {
    Nothing,
    Bool(bool),
    Integer(i64),
    Text(&'static str),
    List(Vec<String>),
    Position,
}

impl Value {
    fn given(&self) -> Given<'_> {
        match self {
            Self::Nothing => Given::Nothing,
            Self::Bool(yes) => Given::Bool(*yes),
            Self::Integer(number) => Given::Integer(*number),
            Self::Text(text) => Given::Text(text),
            Self::List(list) => Given::List(list),
            Self::Position => Given::Position,
        }
    }
}

/// Everything that can be answered, as far as the rules above can tell it apart.
fn values(kind: &AnswerKind) -> Vec<Value> {
    match kind {
        AnswerKind::YesNo { .. } => vec![Value::Bool(false), Value::Bool(true)],
        AnswerKind::OneChoice { .. } => ["a", "b", "c"].map(Value::Text).to_vec(),
        AnswerKind::SeveralChoices { at_least, at_most, .. } => (0..8_usize)
            .map(|mask| {
                (0..3).filter(|i| mask & (1 << i) != 0).map(|i| ["a", "b", "c"][i].to_owned()).collect()
            })
            .filter(|list: &Vec<_>| {
                (usize::from(*at_least)..=at_most.map_or(3, usize::from)).contains(&list.len())
            })
            .map(Value::List)
            .collect(),
        AnswerKind::Scale { from, to, .. } => (*from..=*to).map(|n| Value::Integer(n.into())).collect(),
        AnswerKind::Text { .. } => ["x", "y", "z"].map(Value::Text).to_vec(),
        AnswerKind::DateTime { .. } => MOMENTS.map(Value::Text).to_vec(),
        AnswerKind::Photo { .. } => vec![Value::Integer(1), Value::Integer(2)],
        _ => vec![Value::Position],
    }
}

type Standing<'c> = BTreeMap<&'c str, Value>;

fn holds(rule: &Rule, standing: &Standing<'_>) -> bool {
    rule.holds(&|key: &str| standing.get(key).map_or(Given::Nothing, Value::given))
}

/// The questions in their order, each with the rule of its section.
fn questions(content: &Content) -> Vec<(Option<&Rule>, &Question)> {
    let all = content.sections.iter();
    all.flat_map(|s| s.questions.iter().map(|question| (s.show_when.as_ref(), question))).collect()
}

/// Tries every visit; notes which questions are shown in any.
fn visit<'c>(
    questions: &[(Option<&'c Rule>, &'c Question)],
    standing: &mut Standing<'c>,
    shown: &mut BTreeSet<&'c str>,
) {
    let Some(((section, question), rest)) = questions.split_first() else { return };
    let key = question.key.as_str();
    // Of a section's own questions its rule knows nothing: it is about earlier sections.
    let is_shown =
        [*section, question.show_when.as_ref()].into_iter().flatten().all(|rule| holds(rule, standing));
    let mut values = if is_shown { values(&question.answer) } else { Vec::new() };
    if is_shown {
        shown.insert(key);
    }
    if !is_shown || !question.required {
        values.push(Value::Nothing);
    }
    for value in values {
        standing.insert(key, value);
        visit(rest, standing, shown);
    }
    standing.remove(key);
}

/// Whether a rule holds for some, and for all, of what its questions can stand for one by one.
fn alone(content: &Content, rule: &Rule) -> (bool, bool) {
    let asked: BTreeSet<_> = rule.questions().into_iter().map(|key| key.as_str()).collect();
    let mut standings = vec![Standing::new()];
    for (section, question) in questions(content) {
        if asked.contains(question.key.as_str()) {
            let mut values = values(&question.answer);
            if !question.required || section.is_some() || question.show_when.is_some() {
                values.push(Value::Nothing);
            }
            let key = question.key.as_str();
            standings = standings
                .iter()
                .flat_map(|standing| values.iter().map(move |value| with(standing, key, value)))
                .collect();
        }
    }
    let outcomes: Vec<_> = standings.iter().map(|standing| holds(rule, standing)).collect();
    (outcomes.contains(&true), !outcomes.contains(&false))
}

fn with<'c>(standing: &Standing<'c>, key: &'c str, value: &Value) -> Standing<'c> {
    let mut standing = standing.clone();
    standing.insert(key, value.clone());
    standing
}

/// Every rule with its place.
fn rules(content: &Content) -> Vec<(String, &Rule)> {
    let mut rules = Vec::new();
    for (s, section) in content.sections.iter().enumerate() {
        rules.extend(section.show_when.iter().map(|rule| (format!("/sections/{s}/show_when"), rule)));
        for (q, question) in section.questions.iter().enumerate() {
            let at = format!("/sections/{s}/questions/{q}/show_when");
            rules.extend(question.show_when.iter().map(|rule| (at.clone(), rule)));
        }
    }
    rules
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_the_check_says_of_rules_is_so(content in checklists()) {
        let findings = check(&content);
        let has = |at: &str, code: &str| findings.iter().any(|f| f.pointer == at && f.code == code);
        for (at, rule) in rules(&content) {
            let inside = format!("{at}/");
            if findings.iter().any(|finding| finding.pointer.starts_with(&inside)) {
                continue;
            }
            let (some, all) = alone(&content, rule);
            prop_assert_eq!(has(&at, "never_holds"), !some, "{} {:?}", &at, rule);
            prop_assert_eq!(has(&at, "always_holds"), all, "{} {:?}", &at, rule);
        }
    }

    #[test]
    fn what_the_check_says_of_questions_is_so(content in checklists()) {
        let findings = check(&content);
        let never = |at: &str| findings.iter().any(|f| f.pointer == at && ["never_holds", "unreachable"].contains(&f.code));
        let places: BTreeSet<_> = rules(&content).into_iter().map(|(at, _)| at).collect();
        let is_exact = findings.iter().all(|finding| places.contains(&finding.pointer));
        let mut shown = BTreeSet::new();
        visit(&questions(&content), &mut Standing::new(), &mut shown);
        for (s, section) in content.sections.iter().enumerate() {
            for (q, question) in section.questions.iter().enumerate() {
                let is_never = never(&format!("/sections/{s}/show_when")) || never(&format!("/sections/{s}/questions/{q}/show_when"));
                let is_shown = shown.contains(question.key.as_str());
                prop_assert!(!(is_never && is_shown), "{} is shown after all", question.key);
                prop_assert!(!is_exact || is_never || is_shown, "{} is never shown", question.key);
            }
        }
    }

    #[test]
    fn rules_read_back_as_written(content in checklists()) {
        for (_, rule) in rules(&content) {
            let written = serde_json::to_string(rule).unwrap();
            let read: Rule = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(&read, rule);
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), written);
        }
    }

    /// For any answers, evaluating ends, and a rule and its negation never agree.
    #[test]
    fn evaluation_is_total(content in checklists(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut dice = Dice(bytes.into_iter());
        let list = ["a".to_owned(), "nosuch".to_owned(), "a".to_owned()];
        let any = [Given::Nothing, Given::Bool(true), Given::Integer(i64::MIN), Given::Integer(2), Given::Text(""),
            Given::Text("b"), Given::List(&[]), Given::List(&list), Given::Position];
        let standing: BTreeMap<_, _> = (0..6).map(|i| (format!("q{i}"), *dice.pick(&any))).collect();
        let given = |key: &str| standing.get(key).copied().unwrap_or(Given::Nothing);
        for (_, rule) in rules(&content) {
            prop_assert_eq!(Rule::Not(Box::new(rule.clone())).holds(&given), !rule.holds(&given));
        }
    }
}
