//! The sheet `choices`: the lists of all questions, and one for those that are answered with yes or no.

use super::Form;
use super::rows::Line;
use crate::checklists::model::Content;

/// Yes and no, for the languages that phones are most likely to show; elsewhere they are English.
const YES_NO: [(&str, &str, &str); 10] = [
    ("bg", "Да", "Не"),
    ("de", "Ja", "Nein"),
    ("en", "Yes", "No"),
    ("es", "Sí", "No"),
    ("fr", "Oui", "Non"),
    ("it", "Sì", "No"),
    ("pt", "Sim", "Não"),
    ("ru", "Да", "Нет"),
    ("tr", "Evet", "Hayır"),
    ("uk", "Так", "Ні"),
];

pub(super) fn lines(content: &Content, form: &Form) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(list) = &form.yes_no {
        for name in ["yes", "no"] {
            let mut line = Line::of("list_name", list);
            line.put("name", name);
            for language in &content.languages {
                line.put_in("label", language, word(language, name == "yes"));
            }
            lines.push(line);
        }
    }
    let questions = content.sections.iter().flat_map(|section| &section.questions);
    for (order, question) in questions.enumerate() {
        let Some(list) = form.lists.get(&order) else { continue };
        for option in question.answer.options() {
            let mut line = Line::of("list_name", list);
            line.named(option.key.as_str(), option.key.as_str());
            line.put_text("label", &option.text);
            line.put("points", option.points.map(|points| points.to_string()).unwrap_or_default());
            lines.push(line);
        }
    }
    lines
}

fn word(language: &str, yes: bool) -> &'static str {
    let primary = language.split('-').next().unwrap_or_default();
    let known = YES_NO.iter().find(|(tag, ..)| *tag == primary).map(|(_, yes, no)| (*yes, *no));
    let (positive, negative) = known.unwrap_or(("Yes", "No"));
    if yes { positive } else { negative }
}
