//! The sheet `survey`, row by row: groups become sections, rows become questions.

use super::choices::Lists;
use super::expression::{self, Node};
use super::kinds::{self, Type};
use super::looks;
use super::table::{Cell, Row, Table};
use super::{extras, names, texts};
use crate::checklists::exchange::ImportFindings;
use crate::checklists::model::{Key, MAX_QUESTIONS, Question, Section};
use crate::checklists::text::Text;

/// An expression with its cell.
#[derive(Debug)]
pub(super) struct Located {
    pub(super) node: Node,
    pub(super) at: String,
}

/// A rule as it stands in the form: in the form's own words, and as JSON where those cannot express it.
#[derive(Debug, Default)]
pub(super) struct Condition {
    pub(super) outer: Vec<std::rc::Rc<Located>>,
    pub(super) own: Option<std::rc::Rc<Located>>,
    pub(super) written: Option<String>,
    pub(super) exact: Option<(String, String)>,
}

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) question: Question,
    pub(super) name: String,
    pub(super) section: usize,
    pub(super) shown: Condition,
    pub(super) options: std::collections::BTreeMap<String, Key>,
    pub(super) constraint: Option<Located>,
    pub(super) bands: Option<(String, String)>,
    /// Where a note about the number of decimals belongs, if the form does not say it.
    pub(super) decimals_at: Option<String>,
    /// Where its cells are, if what cannot be carried is left out.
    pub(super) cells: Vec<String>,
}

#[derive(Debug)]
pub(super) struct PendingSection {
    pub(super) section: Section,
    pub(super) name: Option<String>,
    pub(super) shown: Condition,
    /// How many questions are before it.
    pub(super) order: usize,
    /// Where its cells are, if what cannot be carried is left out.
    pub(super) cells: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) at: String,
    pub(super) inner: bool,
    pub(super) relevant: Option<std::rc::Rc<Located>>,
}

#[derive(Debug)]
pub(super) struct Calculation {
    pub(super) name: String,
    pub(super) located: Located,
    pub(super) order: usize,
}

/// Reads the sheet.
pub fn sections(
    survey: &Table,
    lists: &Lists,
    default: &str,
    title: &Text,
    findings: &mut ImportFindings,
) -> Vec<Section> {
    let mut reading = Reading {
        lists,
        default,
        title,
        findings,
        sections: Vec::new(),
        pending: Vec::new(),
        groups: Vec::new(),
        calculations: Vec::new(),
        refused: Vec::new(),
        nothing: Vec::new(),
        ambiguous: Vec::new(),
        repeats: 0,
        ungrouped: None,
        numbered: 0,
    };
    survey.rows().for_each(|row| reading.row(&row));
    reading.finish()
}

pub(super) struct Reading<'r> {
    pub(super) lists: &'r Lists,
    pub(super) default: &'r str,
    pub(super) title: &'r Text,
    pub(super) findings: &'r mut ImportFindings,
    pub(super) sections: Vec<PendingSection>,
    pub(super) pending: Vec<Pending>,
    pub(super) groups: Vec<Group>,
    pub(super) calculations: Vec<Calculation>,
    pub(super) refused: Vec<String>,
    pub(super) nothing: Vec<String>,
    /// Names that several questions have.
    pub(super) ambiguous: Vec<String>,
    /// How many repeats are open: all that is in them is refused with the first.
    pub(super) repeats: usize,
    /// The section for questions outside of any group, while no group came after it.
    pub(super) ungrouped: Option<usize>,
    pub(super) numbered: usize,
}

impl Reading<'_> {
    fn row(&mut self, row: &Row<'_>) {
        if row.is_disabled(self.findings) {
            return;
        }
        let Some(cell) = row.take("type") else {
            // A remark beside the questions is none of them.
            if self.repeats == 0 && (row.holds("name") || row.holds("label")) {
                self.findings.error(row.at("type"), "missing_type", "This row has no type.");
                self.refuse_row(row, &row.at("type"));
            } else {
                row.note_rest("a question", self.findings);
            }
            return;
        };
        let meant = kinds::of(cell.text);
        match self.as_far_as_it_can_be(meant, &cell) {
            Type::BeginRepeat => {
                if self.repeats == 0 {
                    let message = "A checklist has no repeats: every question is asked once.";
                    self.findings.error(&cell.at, "type_not_kept", message);
                }
                self.repeats += 1;
                self.refuse_row(row, &cell.at);
            }
            Type::EndRepeat => self.repeats = self.repeats.saturating_sub(1),
            _ if self.repeats > 0 => self.refuse_row(row, &cell.at),
            Type::BeginGroup => self.begin(row, cell),
            Type::EndGroup => self.end(row, &cell),
            Type::Calculate => self.calculate(row),
            Type::OfTheVisit => {
                let message =
                    "Every visit has its start, its end and its phone, so there is no question for them.";
                self.findings.note(&cell.at, message);
                self.without_answer(row);
            }
            Type::Metadata => {
                self.findings.note(&cell.at, "A visit has no such metadata: it is left out.");
                self.without_answer(row);
            }
            Type::Refused(text) => {
                self.findings.error(&cell.at, "type_not_kept", kinds::refusal(&text));
                self.refuse_row(row, &cell.at);
            }
            Type::Question(asks) => self.question(row, &asks, &cell),
        }
    }

    /// A row that is carried without a question, so that no rule can ask for it.
    fn without_answer(&mut self, row: &Row<'_>) {
        self.nothing.extend(row.take("name").map(|name| name.text.to_owned()));
        row.note_rest("a visit", self.findings);
    }

    /// Leaves a row out, for what is wrong at this place: no rule can ask for its name.
    fn refuse_row(&mut self, row: &Row<'_>, why: &str) {
        self.refused.extend(row.take("name").map(|name| name.text.to_owned()));
        row.leave(why, self.findings);
    }

    /// What of a type can be carried, where the rest is left out: a repeat's questions once, a choice without `or_other`.
    fn as_far_as_it_can_be(&mut self, meant: Type, cell: &Cell<'_>) -> Type {
        if !self.findings.leaves_out() {
            return meant;
        }
        match meant {
            Type::BeginRepeat => {
                let message = "A checklist has no repeats: its questions are asked once.";
                self.findings.error(&cell.at, "type_not_kept", message);
                Type::BeginGroup
            }
            Type::EndRepeat => Type::EndGroup,
            Type::Refused(text) => match kinds::without_other(cell.text) {
                Some(choice) => {
                    self.findings.error(&cell.at, "type_not_kept", kinds::refusal(&text));
                    choice
                }
                None => Type::Refused(text),
            },
            other => other,
        }
    }

    fn calculate(&mut self, row: &Row<'_>) {
        let (name, calculation) = (row.take("name"), row.take("calculation"));
        row.note_rest("a calculation", self.findings);
        let Some(name) = name else {
            self.findings.error(row.at("name"), "missing_name", "A calculation needs a name.");
            row.leave(&row.at("name"), self.findings);
            return;
        };
        let located = calculation.and_then(|cell| {
            let located = self.expression(&cell, "calculate_not_kept")?;
            let hidden = self.groups.iter().any(|group| group.relevant.is_some())
                || self
                    .sections
                    .last()
                    .is_some_and(|section| !self.groups.is_empty() && section.shown.own.is_some());
            if hidden {
                let message = "A calculation within a group that has a rule cannot be kept.";
                self.findings.error(cell.at, "calculate_not_kept", message);
                return None;
            }
            Some(located)
        });
        match located {
            Some(located) => {
                let order = self.pending.len();
                self.calculations.push(Calculation { name: name.text.to_owned(), located, order });
            }
            None => {
                if !row.holds("calculation") {
                    let message = "Write the calculation.";
                    self.findings.error(row.at("calculation"), "calculate_not_kept", message);
                }
                self.refused.push(name.text.to_owned());
                row.leave(&row.at("calculation"), self.findings);
            }
        }
    }

    /// Adds a question; false if there is no place for it.
    pub(super) fn add(&mut self, mut pending: Pending, at: &str) -> bool {
        let is_taken = |key: &Key, of: &[Pending]| of.iter().any(|other| other.question.key == *key);
        if self.pending.iter().any(|other| other.name == pending.name) {
            self.ambiguous.push(pending.name.clone());
        }
        if is_taken(&pending.question.key, &self.pending) {
            let mut key = self.key_in_section(&pending);
            if is_taken(&key, &self.pending) && self.findings.leaves_out() {
                key = names::further_key(&key, |key| is_taken(key, &self.pending));
            }
            let message =
                format!("Another question has the key `{}`: this one's is `{key}`.", pending.question.key);
            self.findings.note(at, message);
            pending.question.key = key;
        }
        if is_taken(&pending.question.key, &self.pending) {
            let message = format!("Another question has the key `{}`.", pending.question.key);
            self.findings.error(at, "ambiguous_name", message);
        } else if self.pending.len() == MAX_QUESTIONS {
            self.findings.error(at, "too_many", format!("Keep at most {MAX_QUESTIONS} questions."));
        } else {
            self.pending.push(pending);
            return true;
        }
        self.refused.push(pending.name);
        false
    }

    /// The texts of a column, without the answers that cannot stand in them if that is to be left out.
    pub(super) fn text(&self, row: &Row<'_>, base: &str) -> Option<Text> {
        let text = row.texts(base, self.default)?;
        Some(if self.findings.leaves_out() { texts::without_answers(&text) } else { text })
    }

    /// The key of a question whose own is taken: with its section's before it, so that it stays the same when others come.
    fn key_in_section(&self, pending: &Pending) -> Key {
        let section = self.sections.get(pending.section).map_or("", |section| section.section.key.as_str());
        let key = Key::from(format!("{section}_{}", pending.question.key));
        if key.is_well_formed() { key } else { names::own_key(key.as_str()) }
    }

    pub(super) fn name(&mut self, row: &Row<'_>) -> Option<(String, Key)> {
        let given = row.take("key").map(|cell| Key::from(cell.text));
        let Some(cell) = row.take("name") else {
            if self.findings.leaves_out() {
                let key = given.unwrap_or_else(|| names::own_key(&row.at("name")));
                self.findings.note(row.at("name"), format!("This row has no name: its key is `{key}`."));
                return Some((key.to_string(), key));
            }
            self.findings.error(row.at("name"), "missing_name", "This row needs a name.");
            return None;
        };
        let Some(key) = given.or_else(|| names::key(cell.text)) else {
            let message = "Name it with small letters, digits and underscores, beginning with a letter.";
            self.findings.error(cell.at, "malformed_name", message);
            self.refused.push(cell.text.to_owned());
            return None;
        };
        if key.as_str() != cell.text {
            self.findings.note(cell.at, format!("The key is `{key}`."));
        }
        Some((cell.text.to_owned(), key))
    }

    pub(super) fn condition(&mut self, row: &Row<'_>) -> Condition {
        let cell = row.take("relevant");
        let exact = row.take("show_when").map(|cell| (cell.text.to_owned(), cell.at));
        let written = cell.as_ref().map(|cell| cell.text.to_owned());
        let own = cell.and_then(|cell| self.expression(&cell, "relevant_not_kept")).map(std::rc::Rc::new);
        Condition { outer: Vec::new(), own, written, exact }
    }

    pub(super) fn expression(&mut self, cell: &Cell<'_>, code: &'static str) -> Option<Located> {
        match expression::parse(cell.text) {
            Ok(node) => Some(Located { node, at: cell.at.clone() }),
            Err(mistake) => {
                let code = if mistake.code == "expression_not_kept" { code } else { mistake.code };
                let message = format!("{} (character {})", mistake.message, mistake.at);
                self.findings.error(&cell.at, code, message);
                None
            }
        }
    }

    pub(super) fn looks(&mut self, row: &Row<'_>, of: &str) {
        let Some(cell) = row.take("appearance") else { return };
        for word in cell.text.split_whitespace() {
            match looks::of(word, of) {
                looks::Look::Said => {}
                looks::Look::Harmless => {
                    self.findings.note(&cell.at, format!("`{word}` is left to the phone."));
                }
                looks::Look::Meant => {
                    let word: String = word.chars().take(40).collect();
                    let message = format!("`{word}` asks for something else than a checklist can.");
                    self.findings.error(&cell.at, "appearance_not_kept", message);
                }
            }
        }
    }

    /// A phone would show `${name}` as it stands.
    pub(super) fn interpolation(&mut self, row: &Row<'_>) {
        for base in ["label", "hint"] {
            for cell in row.each(base) {
                if texts::has_answers(cell.text) {
                    self.findings.error(cell.at, "text_not_kept", texts::NO_ANSWERS);
                }
            }
        }
    }

    /// Notes what changes wording only, and refuses what is left of the row.
    pub(super) fn leftovers(&mut self, row: &Row<'_>, what: &str) {
        for base in ["constraint_message", "required_message"] {
            for cell in row.each(base) {
                self.findings.note(cell.at, "The phone says it in its own words.");
            }
            row.texts(base, self.default);
        }
        if let Some(cell) = row.take("read_only")
            && extras::truth(cell.text) != Some(false)
        {
            self.findings.error(cell.at, "not_kept", "A question that cannot be answered is a note.");
        }
        row.refuse_rest(what, self.findings);
    }
}
