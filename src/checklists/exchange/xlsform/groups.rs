//! Groups of a survey: the outermost become sections, the others go into theirs.

use super::reading::{Condition, Group, Pending, PendingSection, Reading};
use super::table::{Cell, Row};
use super::{extras, names};
use crate::checklists::kinds::AnswerKind;
use crate::checklists::model::{Key, Question, Section};
use crate::checklists::text::Text;

impl Reading<'_> {
    pub(super) fn begin(&mut self, row: &Row<'_>, cell: Cell<'_>) {
        let relevant = self.condition(row);
        let inner = self.groups.iter().any(|group| !group.inner);
        self.looks(row, "group");
        self.interpolation(row);
        let Some((name, key)) = self.name(row) else {
            self.groups.push(Group { at: cell.at, inner, relevant: None });
            return;
        };
        let title = self.text(row, "label");
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
                    if !self.heading(key, name, text) {
                        row.leave(&cell.at, self.findings);
                    }
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
            if let Some(section) = self.sections.last_mut().filter(|_| self.findings.leaves_out()) {
                section.cells = row.places();
            }
            self.groups.push(Group { at: cell.at, inner, relevant: None });
            self.ungrouped = None;
        }
        row.note_rest("a group", self.findings);
    }

    pub(super) fn open_section(
        &mut self,
        mut section: Section,
        name: Option<String>,
        shown: Condition,
        at: String,
    ) {
        let is_taken = |key: &Key| self.sections.iter().any(|other| other.section.key == *key);
        if is_taken(&section.key) && self.findings.leaves_out() {
            section.key = names::further_key(&section.key, is_taken);
            self.findings.note(at, format!("Another section has this key: this one's is `{}`.", section.key));
        } else if is_taken(&section.key) {
            let message = format!("Another section has the key `{}`.", section.key);
            self.findings.error(at, "ambiguous_name", message);
        }
        let (order, cells) = (self.pending.len(), Vec::new());
        self.sections.push(PendingSection { section, name, shown, order, cells });
    }

    fn heading(&mut self, key: Key, name: String, text: Text) -> bool {
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
            about_visit: false,
            names_staff: false,
            control: None,
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
            cells: Vec::new(),
        };
        self.add(pending, &at)
    }

    pub(super) fn end(&mut self, row: &Row<'_>, cell: &Cell<'_>) {
        row.take("name");
        row.texts("label", self.default);
        if self.groups.pop().is_none() {
            self.findings.error(&cell.at, "unbalanced_group", "No group is open here.");
        }
        row.note_rest("the end of a group", self.findings);
    }

    /// The rules of the inner groups that are open.
    pub(super) fn outer(&self) -> Vec<std::rc::Rc<super::reading::Located>> {
        self.groups.iter().filter_map(|group| group.relevant.clone()).collect()
    }
}
