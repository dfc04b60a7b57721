//! A checklist as the sheets of a form.

mod kinds;
mod options;
mod rows;

use std::collections::{BTreeMap, BTreeSet};

use self::rows::{Line, sheet};
use super::cells::Sheet;
use super::conditions::{Asked, Named, Names};
use super::printing::Printer;
use super::{choices, columns, extras, languages, names, numbers, resolving, settings};
use crate::checklists::kinds::AnswerKind;
use crate::checklists::model::{Content, Question, Section};
use crate::checklists::rules::Rule;

/// Names that programs for forms keep for themselves.
const RESERVED: [&str; 4] = ["data", "meta", "instanceid", "formhub"];

/// The sheets of a form that holds all of a checklist.
pub fn sheets(content: &Content, checklist: Option<&str>) -> Vec<Sheet> {
    let form = Form::of(content);
    let printer = Printer::of(&form.names);
    let mut survey = Vec::new();
    let mut order = 0;
    for (section, name) in content.sections.iter().zip(&form.sections) {
        survey.push(group(section, name, &printer, order));
        for question in &section.questions {
            let name = form.questions.get(order).map(String::as_str).unwrap_or_default();
            survey.push(line(question, name, &form, &printer, order));
            order += 1;
        }
        survey.push(Line::of("type", "end_group"));
    }
    let columns: Vec<&str> = columns::COLUMNS.into();
    let columns = [columns.get(..8).unwrap_or_default(), columns.get(8..).unwrap_or_default()].concat();
    vec![
        sheet("survey", &columns, &["label"], &survey, &content.languages),
        sheet("choices", &choices::COLUMNS, &["label"], &options::lines(content, &form), &content.languages),
        sheet("settings", &settings::COLUMNS, &[], &[about(content, checklist)], &content.languages),
    ]
}

/// The id of a form of this title: small letters, digits and underscores.
pub fn form_id(title: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let id: String = title.chars().map(letter).collect();
    let id = id.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    let id: String = id.chars().take(60).collect();
    match id.chars().next() {
        Some(c) if c.is_ascii_lowercase() => id,
        Some(_) => format!("checklist_{id}"),
        None => "checklist".to_owned(),
    }
}

/// The names that a form gives to everything.
struct Form {
    names: Names,
    sections: Vec<String>,
    questions: Vec<String>,
    /// The list of the yes/no questions, if there is any.
    yes_no: Option<String>,
    /// The lists of the choices, by the question's place in order.
    lists: BTreeMap<usize, String>,
}

impl Form {
    fn of(content: &Content) -> Self {
        let questions = || content.sections.iter().flat_map(|section| &section.questions);
        let keys: BTreeSet<String> = questions().map(|question| question.key.to_string()).collect();
        let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
        let mut free = |wanted: &str, others: &BTreeSet<String>| {
            let mut name = wanted.to_owned();
            let mut number = 1;
            while others.contains(&name) || !taken.insert(name.to_lowercase()) {
                number += 1;
                name = format!("{wanted}_{number}");
            }
            name
        };
        let none = BTreeSet::new();
        let of_questions: Vec<_> = questions().map(|question| free(question.key.as_str(), &none)).collect();
        let sections = content.sections.iter().map(|section| free(section.key.as_str(), &keys)).collect();
        let mut by_name = BTreeMap::new();
        let mut lists = BTreeMap::new();
        let mut yes_no = false;
        for (order, (question, name)) in questions().zip(&of_questions).enumerate() {
            let options = question.answer.options();
            let asked = Asked {
                key: question.key.clone(),
                order,
                answer: resolving::without_options(&question.answer),
                options: options.iter().map(|option| (option.key.to_string(), option.key.clone())).collect(),
            };
            by_name.insert(name.clone(), Named::Question(asked));
            if matches!(question.answer, AnswerKind::OneChoice { .. } | AnswerKind::SeveralChoices { .. }) {
                lists.insert(order, name.clone());
            }
            yes_no |= matches!(question.answer, AnswerKind::YesNo { .. });
        }
        let used: BTreeSet<_> = lists.values().cloned().collect();
        let yes_no = yes_no.then(|| {
            let mut name = "yes_no".to_owned();
            while used.contains(&name) {
                name.push('_');
            }
            name
        });
        let names = Names { by_name, ..Names::default() };
        Self { names, sections, questions: of_questions, yes_no, lists }
    }
}

fn about(content: &Content, checklist: Option<&str>) -> Line {
    let mut line = Line::default();
    let default = content.languages.first().map(String::as_str).unwrap_or_default();
    let title = content.title.get(default);
    line.put("form_title", title.unwrap_or_default());
    line.put("form_id", form_id(title.unwrap_or_default()));
    line.put("default_language", languages::column(default));
    for (language, text) in content.title.iter().filter(|(language, _)| *language != default) {
        line.put_in("checklist_title", language, text);
    }
    line.put("shortest_comment", content.shortest_comment.map(|least| least.to_string()).unwrap_or_default());
    if !content.contradictions.is_empty() {
        line.put("contradictions", serde_json::to_string(&content.contradictions).unwrap_or_default());
    }
    if checklist != title {
        line.put("checklist", checklist.unwrap_or_default());
    }
    line
}

fn group(section: &Section, name: &str, printer: &Printer<'_>, order: usize) -> Line {
    let mut line = Line::of("type", "begin_group");
    line.named(name, section.key.as_str());
    line.put_text("label", &section.title);
    if section.weight != 1 {
        line.put("weight", section.weight.to_string());
    }
    relevant(&mut line, section.show_when.as_ref(), printer, order);
    line
}

/// The rule in XLSForm's words; and as JSON, if those do not mean exactly the same.
fn relevant(line: &mut Line, rule: Option<&Rule>, printer: &Printer<'_>, order: usize) {
    let Some(Ok(rule)) = rule.map(serde_json::to_value) else { return };
    let expression = printer.relevant(&rule);
    if !expression.as_ref().is_some_and(|expression| printer.says_exactly(expression, &rule, order)) {
        line.put("show_when", rule.to_string());
    }
    line.put("relevant", expression.unwrap_or_default());
}

fn line(question: &Question, name: &str, form: &Form, printer: &Printer<'_>, order: usize) -> Line {
    let mut line = Line::default();
    line.named(name, question.key.as_str());
    line.put_text("label", &question.text);
    if let Some(help) = &question.help {
        line.put_text("hint", help);
    }
    pictures(&mut line, question);
    let is_note = matches!(question.answer, AnswerKind::Note {});
    match (question.required, is_note) {
        (true, false) => line.put("required", "yes"),
        (false, true) => line.put("required", "no"),
        _ => {}
    }
    if question.weight != 1 {
        line.put("weight", question.weight.to_string());
    }
    for (base, set) in [("bonus", question.bonus), ("not_applicable", question.not_applicable)] {
        line.put(base, if set { "yes" } else { "" });
    }
    line.put("critical", question.critical.map(extras::critical_cell).unwrap_or_default());
    line.put("comment_rule", question.comment.map(extras::demand_cell).unwrap_or_default());
    line.put("photo_rule", question.photo.map(extras::demand_cell).unwrap_or_default());
    for (base, is_so) in [("about_visit", question.about_visit), ("names_staff", question.names_staff)] {
        line.put(base, if is_so { "yes" } else { "" });
    }
    let control = question.control.as_ref().map(serde_json::to_string);
    line.put("control_rule", control.and_then(Result::ok).unwrap_or_default());
    line.put("standard", question.standard.as_ref().map(|key| key.as_str()).unwrap_or_default());
    line.put("dimension", question.dimension.as_ref().map(|key| key.as_str()).unwrap_or_default());
    relevant(&mut line, question.show_when.as_ref(), printer, order);
    kinds::asked(&mut line, &question.answer, form, order);
    let decimals = numbers::decimals(&question.answer).unwrap_or(0);
    line.put("bands", extras::bands_cell(question.answer.bands(), decimals));
    line
}

fn pictures(line: &mut Line, question: &Question) {
    for (number, picture) in (1..).zip(&question.pictures) {
        line.put(&format!("picture_{number}"), picture.id.to_string());
        line.put_text(&format!("picture_{number}_alt"), &picture.alt);
    }
    if let Some(first) = question.pictures.first() {
        line.put("media::image", format!("{}.jpg", first.id));
    }
}
