//! The sheet `survey`, row by row: groups become sections, rows become questions.

use serde_json::Value as Json;

use super::choices::Lists;
use super::conditions::{self, Asked, Named, Names, Shown, TOLD};
use super::expression::{self, Expr, Node};
use super::kinds::{self, Asks, Type};
use super::looks;
use super::table::{Cell, Row, Table};
use super::{constraints, extras, names, numbers, printing};
use crate::checklists::exchange::Findings;
use crate::checklists::kinds::AnswerKind;
use crate::checklists::model::{Example, Key, MAX_EXAMPLES, MAX_QUESTIONS, Question, Section};
use crate::checklists::rules::Rule;
use crate::checklists::text::Text;

/// The columns that are known. Of those before `key`, some are refused where they hold anything.
pub const COLUMNS: [&str; 54] = [
    "type",
    "name",
    "label",
    "hint",
    "required",
    "relevant",
    "constraint",
    "appearance",
    "parameters",
    "calculation",
    "constraint_message",
    "required_message",
    "guidance_hint",
    "default",
    "read_only",
    "repeat_count",
    "choice_filter",
    "trigger",
    "autoplay",
    "save_to",
    "media::image",
    "media::audio",
    "media::video",
    "media::big-image",
    "bind::odk:length",
    "body::accuracythreshold",
    "body::kb:flash",
    "key",
    "kind",
    "weight",
    "bonus",
    "not_applicable",
    "critical",
    "standard",
    "dimension",
    "comment_rule",
    "photo_rule",
    "expect",
    "reversed",
    "decimals",
    "currency",
    "unit",
    "bands",
    "max_seconds",
    "picture_1",
    "picture_1_alt",
    "picture_2",
    "picture_2_alt",
    "picture_3",
    "picture_3_alt",
    "picture_4",
    "picture_4_alt",
    "picture_5",
    "picture_5_alt",
];
/// The columns with the further names that do not fit above.
pub const MORE_COLUMNS: [&str; 3] = ["at_least", "at_most", "show_when"];
/// The fewest decimals of a `decimal` that does not say how many it has.
const USUAL_DECIMALS: u8 = 2;

/// An expression with its cell.
#[derive(Debug)]
struct Located {
    node: Node,
    at: String,
}

/// A rule as it stands in the form: in the form's own words, and exactly where those do not say it.
#[derive(Debug, Default)]
struct Condition {
    outer: Vec<std::rc::Rc<Located>>,
    own: Option<std::rc::Rc<Located>>,
    written: Option<String>,
    exact: Option<(String, String)>,
}

#[derive(Debug)]
struct Pending {
    question: Question,
    name: String,
    section: usize,
    shown: Condition,
    options: std::collections::BTreeMap<String, Key>,
    constraint: Option<Located>,
    bands: Option<(String, String)>,
    /// Where a note about the number of decimals belongs, if the form does not say it.
    decimals_at: Option<String>,
}

#[derive(Debug)]
struct PendingSection {
    section: Section,
    name: Option<String>,
    shown: Condition,
    /// How many questions are before it.
    order: usize,
}

#[derive(Debug)]
struct Group {
    at: String,
    inner: bool,
    relevant: Option<std::rc::Rc<Located>>,
}

#[derive(Debug)]
struct Calculation {
    name: String,
    located: Located,
    order: usize,
}

/// Reads the sheet.
pub fn sections(
    survey: &Table,
    lists: &Lists,
    default: &str,
    title: &Text,
    findings: &mut Findings,
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
        repeats: 0,
        ungrouped: None,
        numbered: 0,
    };
    survey.rows().for_each(|row| reading.row(&row));
    reading.finish()
}

struct Reading<'r> {
    lists: &'r Lists,
    default: &'r str,
    title: &'r Text,
    findings: &'r mut Findings,
    sections: Vec<PendingSection>,
    pending: Vec<Pending>,
    groups: Vec<Group>,
    calculations: Vec<Calculation>,
    refused: Vec<String>,
    nothing: Vec<String>,
    /// How many repeats are open: all that is in them is refused with the first.
    repeats: usize,
    /// The section for questions outside of any group, while no group came after it.
    ungrouped: Option<usize>,
    numbered: usize,
}

impl Reading<'_> {
    fn row(&mut self, row: &Row<'_>) {
        let Some(cell) = row.take("type") else {
            if self.repeats == 0 {
                self.findings.error(row.at("type"), "missing_type", "This row has no type.");
            }
            return;
        };
        match kinds::of(cell.text) {
            Type::BeginRepeat => {
                if self.repeats == 0 {
                    let message = "A checklist has no repeats: every question is asked once.";
                    self.findings.error(&cell.at, "type_not_kept", message);
                }
                self.repeats += 1;
                self.refuse_name(row);
            }
            Type::EndRepeat => self.repeats = self.repeats.saturating_sub(1),
            _ if self.repeats > 0 => self.refuse_name(row),
            Type::BeginGroup => self.begin(row, cell),
            Type::EndGroup => self.end(row, &cell),
            Type::Calculate => self.calculate(row),
            Type::OfTheVisit => {
                let message = "Every visit has its start and its end, so there is no question for it.";
                self.findings.note(&cell.at, message);
                self.nothing.extend(row.take("name").map(|name| name.text.to_owned()));
                let _ = row.each("label");
                self.leftovers(row, "the start or end of a visit");
            }
            Type::Refused(text) => {
                self.findings.error(&cell.at, "type_not_kept", kinds::refusal(&text));
                self.refuse_name(row);
            }
            Type::Question(asks) => self.question(row, &asks, &cell),
        }
    }

    fn refuse_name(&mut self, row: &Row<'_>) {
        self.refused.extend(row.take("name").map(|name| name.text.to_owned()));
    }

    fn begin(&mut self, row: &Row<'_>, cell: Cell<'_>) {
        let relevant = self.condition(row);
        let inner = self.groups.iter().any(|group| !group.inner);
        self.looks(row, "group");
        self.interpolation(row);
        let Some((name, key)) = self.name(row) else {
            self.groups.push(Group { at: cell.at, inner, relevant: None });
            return;
        };
        let title = row.texts("label", self.default);
        let own = relevant.own.clone();
        if inner {
            self.groups.push(Group { at: cell.at.clone(), inner, relevant: own });
            if let Some((_, at)) = relevant.exact {
                self.findings.error(at, "not_kept", "Write the rule of an inner group into `relevant`.");
            }
            self.nothing.push(name.clone());
            match title {
                None => self
                    .findings
                    .note(&cell.at, "The group goes into its section, its rule to its questions."),
                Some(text) => {
                    let message =
                        "The group goes into its section; its label is kept as a note before its questions.";
                    self.findings.note(&cell.at, message);
                    self.heading(key, name, text);
                }
            }
        } else {
            let weight = extras::number(row, "weight", self.findings).unwrap_or(1);
            let section = Section {
                key,
                title: title.unwrap_or_default(),
                weight,
                show_when: None,
                questions: Vec::new(),
            };
            self.open_section(section, Some(name), relevant, row.at("name"));
            self.groups.push(Group { at: cell.at, inner, relevant: None });
            self.ungrouped = None;
        }
        self.leftovers(row, "a group");
    }

    fn open_section(&mut self, section: Section, name: Option<String>, shown: Condition, at: String) {
        if self.sections.iter().any(|other| other.section.key == section.key) {
            let message = format!("Another section has the key `{}`.", section.key);
            self.findings.error(at, "ambiguous_name", message);
        }
        self.sections.push(PendingSection { section, name, shown, order: self.pending.len() });
    }

    fn heading(&mut self, key: Key, name: String, text: Text) {
        let question = Question {
            key,
            text,
            help: None,
            pictures: Vec::new(),
            weight: 1,
            required: true,
            not_applicable: false,
            bonus: false,
            critical: None,
            standard: None,
            dimension: None,
            show_when: None,
            comment: None,
            photo: None,
            answer: AnswerKind::Note {},
        };
        let shown = Condition { outer: self.outer(), ..Condition::default() };
        let at = self.groups.last().map(|group| group.at.clone()).unwrap_or_default();
        let pending = Pending {
            question,
            name,
            section: self.sections.len().saturating_sub(1),
            shown,
            options: std::collections::BTreeMap::new(),
            constraint: None,
            bands: None,
            decimals_at: None,
        };
        self.add(pending, &at);
    }

    fn end(&mut self, row: &Row<'_>, cell: &Cell<'_>) {
        row.take("name");
        row.texts("label", self.default);
        if self.groups.pop().is_none() {
            self.findings.error(&cell.at, "unbalanced_group", "No group is open here.");
        }
        self.leftovers(row, "the end of a group");
    }

    /// The rules of the inner groups that are open.
    fn outer(&self) -> Vec<std::rc::Rc<Located>> {
        self.groups.iter().filter_map(|group| group.relevant.clone()).collect()
    }

    fn calculate(&mut self, row: &Row<'_>) {
        let (name, calculation) = (row.take("name"), row.take("calculation"));
        row.texts("label", self.default);
        self.leftovers(row, "a calculation");
        let Some(name) = name else {
            self.findings.error(row.at("name"), "missing_name", "A calculation needs a name.");
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
            }
        }
    }

    fn question(&mut self, row: &Row<'_>, asks: &Asks, cell: &Cell<'_>) {
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
            row.take_all();
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
            text: row.texts("label", self.default).unwrap_or_default(),
            help: row.texts("hint", self.default),
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
        };
        self.add(pending, &row.at("name"));
        self.leftovers(row, "this question");
    }

    fn add(&mut self, pending: Pending, at: &str) {
        if self
            .pending
            .iter()
            .any(|other| other.question.key == pending.question.key || other.name == pending.name)
        {
            let message = format!("Another question has the key `{}`.", pending.question.key);
            self.findings.error(at, "ambiguous_name", message);
        } else if self.pending.len() == MAX_QUESTIONS {
            self.findings.error(at, "too_many", format!("Keep at most {MAX_QUESTIONS} questions."));
        } else if self.pending.len() < MAX_QUESTIONS {
            self.pending.push(pending);
        }
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

    fn name(&mut self, row: &Row<'_>) -> Option<(String, Key)> {
        let given = row.take("key").map(|cell| Key::from(cell.text));
        let Some(cell) = row.take("name") else {
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

    fn required(&mut self, row: &Row<'_>, is_note: bool) -> bool {
        let Some(cell) = row.take("required") else { return is_note };
        extras::truth(cell.text).unwrap_or_else(|| {
            let message = "Write `yes` or `no`: whether it is required cannot depend on answers.";
            self.findings.error(cell.at, "required_not_kept", message);
            false
        })
    }

    fn condition(&mut self, row: &Row<'_>) -> Condition {
        let cell = row.take("relevant");
        let exact = row.take("show_when").map(|cell| (cell.text.to_owned(), cell.at));
        let written = cell.as_ref().map(|cell| cell.text.to_owned());
        let own = cell.and_then(|cell| self.expression(&cell, "relevant_not_kept")).map(std::rc::Rc::new);
        Condition { outer: Vec::new(), own, written, exact }
    }

    fn expression(&mut self, cell: &Cell<'_>, code: &'static str) -> Option<Located> {
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

    fn looks(&mut self, row: &Row<'_>, of: &str) {
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
    fn interpolation(&mut self, row: &Row<'_>) {
        for base in ["label", "hint"] {
            for cell in row.each(base) {
                if cell.text.contains("${") {
                    let message = "Answers cannot stand inside of texts.";
                    self.findings.error(cell.at, "text_not_kept", message);
                }
            }
        }
    }

    /// Notes what changes wording only, and refuses what is left of the row.
    fn leftovers(&mut self, row: &Row<'_>, what: &str) {
        for base in ["constraint_message", "required_message"] {
            for cell in row.each(base) {
                self.findings.note(cell.at, "The phone says it in its own words.");
            }
            row.texts(base, self.default);
        }
        if let Some(cell) = row.take("read_only")
            && extras::truth(cell.text) != Some(false)
        {
            self.findings.error(cell.at, "not_kept", "A question that nobody can answer is a note.");
        }
        row.refuse_rest(what, self.findings);
    }

    fn finish(mut self) -> Vec<Section> {
        for group in std::mem::take(&mut self.groups) {
            self.findings.error(group.at, "unbalanced_group", "This group has no end.");
        }
        self.choose_decimals();
        for index in 0..self.pending.len() {
            self.limits(index);
        }
        let names = self.names();
        let printer = printing::Printer::of(&names);
        for calculation in &self.calculations {
            check_calculation(calculation, &names, self.findings);
        }
        let mut sections = Vec::new();
        for pending in std::mem::take(&mut self.sections) {
            let mut section = pending.section;
            section.show_when = show_when(&pending.shown, &names, &printer, pending.order, self.findings);
            sections.push(section);
        }
        for (order, pending) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            let mut question = pending.question;
            question.show_when = show_when(&pending.shown, &names, &printer, order, self.findings);
            if let Some(section) = sections.get_mut(pending.section) {
                section.questions.push(question);
            }
        }
        for calculation in &self.calculations {
            if !names.used.borrow().contains(&calculation.name)
                && !self.findings.has_at(&calculation.located.at)
            {
                let message = "No rule uses this calculation: remove it.";
                self.findings.error(&calculation.located.at, "calculate_not_kept", message);
            }
        }
        sections
    }

    /// A `decimal` has as many decimals as its limits and the rules about it need.
    fn choose_decimals(&mut self) {
        let mut needed = std::collections::BTreeMap::<String, usize>::new();
        let mut note = |name: &str, digits: usize| {
            let most = needed.entry(name.to_owned()).or_default();
            *most = digits.max(*most);
        };
        for condition in self.pending.iter().map(|p| &p.shown).chain(self.sections.iter().map(|s| &s.shown)) {
            for located in condition.outer.iter().chain(&condition.own) {
                compared(&located.node, &mut note);
            }
        }
        for calculation in &self.calculations {
            compared(&calculation.located.node, &mut note);
        }
        for pending in &self.pending {
            if let Some(constraint) = &pending.constraint {
                literals(&constraint.node, &mut |digits| note(&pending.name, digits));
            }
        }
        for pending in &mut self.pending {
            let Some(at) = &pending.decimals_at else { continue };
            let AnswerKind::Number { decimals, .. } = &mut pending.question.answer else { continue };
            let needed = needed.get(&pending.name).and_then(|needed| u8::try_from(*needed).ok());
            *decimals = needed.unwrap_or(0).max(USUAL_DECIMALS);
            self.findings
                .note(at, format!("Numbers have {decimals} decimals; `decimals` can say otherwise."));
        }
    }

    fn limits(&mut self, index: usize) {
        let Some(pending) = self.pending.get_mut(index) else { return };
        let answer = &mut pending.question.answer;
        if let Some(constraint) = &pending.constraint
            && let Err(mistake) = constraints::apply(&constraint.node, answer)
        {
            let message = format!("{} (character {})", mistake.message, mistake.at);
            self.findings.error(&constraint.at, "constraint_not_kept", message);
        }
        if let Some((text, at)) = &pending.bands {
            let decimals = numbers::decimals(answer).unwrap_or(0);
            let bands = extras::bands(&Cell { text, at: at.clone() }, decimals, self.findings);
            if let Some(place) = kinds::bands_mut(answer) {
                *place = bands;
            }
        }
    }

    fn names(&self) -> Names {
        let mut names = Names::default();
        let mut put = |name: &str, named: Named| {
            names.by_name.insert(name.to_owned(), named);
        };
        self.sections.iter().filter_map(|s| s.name.as_deref()).for_each(|name| put(name, Named::Nothing));
        self.nothing.iter().for_each(|name| put(name, Named::Nothing));
        for calculation in &self.calculations {
            put(&calculation.name, Named::Calculation(calculation.located.node.clone()));
        }
        for (order, pending) in self.pending.iter().enumerate() {
            let asked = Asked {
                key: pending.question.key.clone(),
                order,
                answer: without_options(&pending.question.answer),
                options: pending.options.clone(),
            };
            put(&pending.name, Named::Question(asked));
        }
        self.refused.iter().for_each(|name| put(name, Named::Refused));
        names
    }
}

/// The options are known by their names; their texts are not needed twice.
pub fn without_options(answer: &AnswerKind) -> AnswerKind {
    match answer {
        AnswerKind::OneChoice { .. } => AnswerKind::OneChoice { options: Vec::new() },
        AnswerKind::SeveralChoices { at_least, at_most, .. } => {
            AnswerKind::SeveralChoices { options: Vec::new(), at_least: *at_least, at_most: *at_most }
        }
        other => other.clone(),
    }
}

/// Every number that the answer to a named question is compared with, by how many decimals it has.
fn compared(node: &Node, note: &mut dyn FnMut(&str, usize)) {
    match &node.kind {
        Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => {
            parts.iter().for_each(|part| compared(part, note));
        }
        Expr::Compare(_, sides) => match (&sides.0.kind, &sides.1.kind) {
            (Expr::Var(name), Expr::Number(number) | Expr::Text(number))
            | (Expr::Number(number) | Expr::Text(number), Expr::Var(name))
                if number.parse::<f64>().is_ok() =>
            {
                note(name, numbers::digits_after_point(number));
            }
            _ => [&sides.0, &sides.1].into_iter().for_each(|side| compared(side, note)),
        },
        _ => {}
    }
}

fn literals(node: &Node, note: &mut dyn FnMut(usize)) {
    match &node.kind {
        Expr::And(parts) | Expr::Or(parts) | Expr::Call(_, parts) => {
            parts.iter().for_each(|part| literals(part, note));
        }
        Expr::Compare(_, sides) => [&sides.0, &sides.1].into_iter().for_each(|side| literals(side, note)),
        Expr::Number(number) => note(numbers::digits_after_point(number)),
        _ => {}
    }
}

/// A calculation is a value, another name, or a condition; everything else cannot be kept.
fn check_calculation(calculation: &Calculation, names: &Names, findings: &mut Findings) {
    let Located { node, at } = &calculation.located;
    if matches!(node.kind, Expr::Text(_) | Expr::Number(_) | Expr::Var(_)) {
        return;
    }
    if let Err(mistake) = conditions::rule(node, names, calculation.order)
        && mistake.code != TOLD
    {
        let message = format!("{} (character {})", mistake.message, mistake.at);
        findings.error(at, "calculate_not_kept", message);
    }
}

fn show_when(
    condition: &Condition,
    names: &Names,
    printer: &printing::Printer<'_>,
    order: usize,
    findings: &mut Findings,
) -> Option<Rule> {
    let mut rules = Vec::new();
    for located in condition.outer.iter().chain(&condition.own) {
        if condition.exact.is_some()
            && condition.own.as_ref().is_some_and(|own| std::rc::Rc::ptr_eq(own, located))
        {
            continue;
        }
        match conditions::rule(&located.node, names, order) {
            Ok(Shown::By(rule)) => rules.push((rule, &located.at)),
            Ok(Shown::Fixed(true)) => {}
            Ok(Shown::Fixed(false)) => {
                findings.error(&located.at, "never_shown", "This would never be shown: leave it out.");
            }
            Err(mistake) if mistake.code == TOLD || findings.has_at(&located.at) => {}
            Err(mistake) => {
                let code =
                    if mistake.code == "expression_not_kept" { "relevant_not_kept" } else { mistake.code };
                let message = format!("{} (character {})", mistake.message, mistake.at);
                findings.error(&located.at, code, message);
            }
        }
    }
    if let Some((text, at)) = &condition.exact {
        match exact(text, condition.written.as_deref(), printer) {
            Ok(rule) => rules.push((rule, at)),
            Err((code, message)) => findings.error(at, code, message),
        }
    }
    let at = rules.last().map(|(_, at)| (*at).clone())?;
    let mut rules: Vec<Json> = rules.into_iter().map(|(rule, _)| rule).collect();
    let rule = if rules.len() == 1 { rules.remove(0) } else { serde_json::json!({ "and": rules }) };
    match serde_json::from_value(rule) {
        Ok(rule) => Some(rule),
        Err(error) => {
            findings.error(at, "relevant_not_kept", error.to_string());
            None
        }
    }
}

/// A rule as it is on the wire, beside which `relevant` has to say what it said when it was written.
fn exact(
    text: &str,
    relevant: Option<&str>,
    printer: &printing::Printer<'_>,
) -> Result<Json, (&'static str, String)> {
    let rule: Json = serde_json::from_str(text)
        .map_err(|_| ("malformed", "Write the rule as JSON, or use `relevant` alone.".to_owned()))?;
    if printer.relevant(&rule).as_deref() != relevant {
        let message = "`relevant` says something else: clear this cell if `relevant` is to hold.";
        return Err(("rules_differ", message.to_owned()));
    }
    Ok(rule)
}
