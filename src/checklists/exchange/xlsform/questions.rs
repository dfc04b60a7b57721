//! A row of the survey that is a question.

use serde_json::Value as Json;

use super::extras;
use super::kinds::{self, Asks};
use super::reading::{Condition, Pending, Reading};
use super::table::{Cell, Row};
use crate::checklists::kinds::AnswerKind;
use crate::checklists::model::{Example, Key, MAX_EXAMPLES, Question, Section};

impl Reading<'_> {
    pub(super) fn question(&mut self, row: &Row<'_>, asks: &Asks, cell: &Cell<'_>) {
        let name = self.name(row);
        let answered = kinds::answer(row, asks, cell, self.lists, self.findings);
        self.looks(row, if matches!(asks, Asks::Image) { "image" } else { "question" });
        self.interpolation(row);
        let shown = self.condition(row);
        let constraint =
            row.take("constraint").and_then(|cell| self.expression(&cell, "constraint_not_kept"));
        let is_note = matches!(asks, Asks::Note);
        let required = self.required(row, is_note);
        let (Some((name, key)), Some((answer, options))) = (name.clone(), answered) else {
            self.refused.extend(name.map(|(name, _)| name));
            row.leave(&cell.at, self.findings);
            return;
        };
        let unit = match &answer {
            AnswerKind::Number { .. } => row.texts("unit", self.default),
            _ => None,
        };
        let answer = match answer {
            AnswerKind::Number { decimals, minimum, maximum, bands, .. } => {
                AnswerKind::Number { decimals, minimum, maximum, unit, bands }
            }
            other => other,
        };
        let guessed =
            matches!((asks, &answer), (Asks::Decimal, AnswerKind::Number { .. })) && !row.holds("decimals");
        let may_have_bands = kinds::bands_mut(&mut answer.clone()).is_some();
        let bands = if may_have_bands { row.take("bands") } else { None };
        let question = Question {
            key,
            text: self.text(row, "label").unwrap_or_default(),
            help: self.text(row, "hint"),
            pictures: self.pictures(row),
            weight: extras::number(row, "weight", self.findings).unwrap_or(1),
            required,
            not_applicable: extras::flag(row, "not_applicable", self.findings),
            bonus: extras::flag(row, "bonus", self.findings),
            critical: extras::read(row, "critical", extras::critical, extras::CRITICAL, self.findings),
            standard: row.take("standard").map(|cell| Key::from(cell.text)),
            dimension: row.take("dimension").map(|cell| Key::from(cell.text)),
            show_when: None,
            comment: extras::read(row, "comment_rule", extras::demand, extras::DEMAND, self.findings),
            photo: extras::read(row, "photo_rule", extras::demand, extras::DEMAND, self.findings),
            about_visit: extras::flag(row, "about_visit", self.findings),
            names_staff: extras::flag(row, "names_staff", self.findings),
            control: extras::read(row, "control_rule", extras::json, extras::CONTROL, self.findings),
            answer,
        };
        if let Some(parameters) = row.take("parameters") {
            self.parameters(&parameters, asks);
        }
        let section = self.section_for(cell);
        let pending = Pending {
            question,
            name,
            section,
            shown: Condition { outer: self.outer(), ..shown },
            options,
            constraint,
            bands: bands.map(|cell| (cell.text.to_owned(), cell.at)),
            decimals_at: guessed.then(|| cell.at.clone()),
            cells: if self.findings.leaves_out() { row.places() } else { Vec::new() },
        };
        if !self.add(pending, &row.at("name")) {
            row.leave(&row.at("name"), self.findings);
        }
        self.leftovers(row, "this question");
    }

    /// The section that a question goes into: that of its group, or one for those outside of any.
    fn section_for(&mut self, cell: &Cell<'_>) -> usize {
        if self.groups.is_empty() && self.ungrouped.is_none() {
            self.numbered += 1;
            let key = match self.numbered {
                1 => Key::from("ungrouped"),
                number => Key::from(format!("ungrouped_{number}")),
            };
            let message = format!("The questions outside of any group are the section `{key}`.");
            self.findings.note(&cell.at, message);
            let title = self.title.clone();
            let section = Section { key, title, weight: 1, show_when: None, questions: Vec::new() };
            self.open_section(section, None, Condition::default(), cell.at.clone());
            self.ungrouped = Some(self.sections.len() - 1);
        }
        self.sections.len().saturating_sub(1)
    }

    fn required(&mut self, row: &Row<'_>, is_note: bool) -> bool {
        let Some(cell) = row.take("required") else { return is_note };
        extras::truth(cell.text).unwrap_or_else(|| {
            let message = "Write `yes` or `no`: whether it is required cannot depend on answers.";
            self.findings.error(cell.at, "required_not_kept", message);
            false
        })
    }

    fn pictures(&mut self, row: &Row<'_>) -> Vec<Example> {
        let mut pictures = Vec::new();
        for number in 1..=MAX_EXAMPLES {
            let base = format!("picture_{number}");
            let alt = row.texts(&format!("{base}_alt"), self.default).unwrap_or_default();
            let Some(cell) = row.take(&base) else {
                if row.holds(&format!("{base}_alt")) {
                    let message = format!("Write the id of the picture into `{base}`.");
                    self.findings.error(row.at(&base), "missing", message);
                }
                continue;
            };
            match serde_json::from_value(Json::from(cell.text)) {
                Ok(id) => pictures.push(Example { id, alt }),
                Err(_) => {
                    self.findings.error(cell.at, "malformed", "Write the id of one of the brand's pictures.")
                }
            }
        }
        if let Some(cell) = row.take("media::image") {
            let named = |example: &Example| cell.text.starts_with(&example.id.to_string());
            if !pictures.iter().any(named) {
                let message = "Put the picture among the brand's pictures, and its id into `picture_1`.";
                self.findings.error(cell.at, "picture_not_kept", message);
            }
        }
        pictures
    }

    fn parameters(&mut self, cell: &Cell<'_>, asks: &Asks) {
        let harmless: &[&str] = match asks {
            Asks::Range => return,
            Asks::Image => &["max-pixels"],
            Asks::Audio => &["quality"],
            Asks::Position => &["allow-mock-accuracy", "capture-accuracy", "warning-accuracy"],
            Asks::Text => &["rows"],
            _ => &[],
        };
        for parameter in cell.text.split([' ', ',', ';']).filter(|parameter| !parameter.is_empty()) {
            let name = parameter.split_once('=').map_or(parameter, |(name, _)| name);
            if harmless.contains(&name.to_lowercase().as_str()) {
                self.findings.note(&cell.at, format!("`{name}` is not kept."));
            } else {
                let name: String = name.chars().take(40).collect();
                self.findings.error(&cell.at, "not_kept", format!("`{name}` cannot be kept."));
            }
        }
    }
}
