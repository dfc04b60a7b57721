//! The sheet `settings`: the title and the default language.

use super::table::Table;
use super::{extras, languages, writing};
use crate::checklists::exchange::ImportFindings;
use crate::checklists::model::Contradiction;
use crate::checklists::text::Text;

/// The columns that are known.
pub const COLUMNS: [&str; 22] = [
    "form_title",
    "form_id",
    "version",
    "default_language",
    "checklist_title",
    "checklist",
    "shortest_comment",
    "contradictions",
    "style",
    "name",
    "namespaces",
    "auto_send",
    "auto_delete",
    "instance_xmlns",
    "clean_text_values",
    "omit_instanceid",
    "allow_choice_duplicates",
    "instance_name",
    "public_key",
    "submission_url",
    "client_editable",
    "attribute",
];
/// The settings for programs that show forms or keep them: nobody reads them here.
pub const UNREAD: [&str; 16] = [
    "form_id",
    "version",
    "style",
    "name",
    "namespaces",
    "auto_send",
    "auto_delete",
    "instance_xmlns",
    "clean_text_values",
    "omit_instanceid",
    "client_editable",
    "allow_choice_duplicates",
    "instance_name",
    "public_key",
    "submission_url",
    "attribute",
];

/// The settings of a checklist.
#[derive(Debug, Default)]
pub struct Settings {
    /// What the checklist is called, without the language of a bare title.
    pub title: Option<String>,
    /// What it is called in further languages.
    pub titles: Text,
    /// What the operator's people call it.
    pub checklist: Option<String>,
    /// The tag of the default language.
    pub language: Option<String>,
    /// How many characters a comment has at least that is asked for.
    pub shortest_comment: Option<u16>,
    /// Answers that cannot be right together.
    pub contradictions: Vec<Contradiction>,
}

/// Reads the sheet, which has one row.
pub fn read(table: &Table, findings: &mut ImportFindings) -> Settings {
    let mut settings = Settings::default();
    let mut rows = table.rows();
    let Some(row) = rows.next() else { return settings };
    settings.title = row.texts("form_title", "").and_then(|text| text.get("").map(str::to_owned));
    settings.titles = row.texts("checklist_title", "und").unwrap_or_default();
    settings.checklist = row.take("checklist").map(|cell| cell.text.to_owned());
    settings.shortest_comment = extras::number(&row, "shortest_comment", findings);
    let contradictions = extras::read(&row, "contradictions", extras::json, extras::CONTRADICTIONS, findings);
    settings.contradictions = contradictions.unwrap_or_default();
    if let Some(cell) = row.take("default_language") {
        settings.language = languages::tag(cell.text);
        if settings.language.is_none() && findings.leaves_out() {
            settings.language = findings.own_tag(cell.text);
            let tag = settings.language.as_deref().unwrap_or_default();
            findings.note(cell.at, format!("This language has no known tag: it is kept as `{tag}`."));
        } else if settings.language.is_none() {
            let message = "Name the language with its tag, such as `French (fr)`.";
            findings.error(cell.at, "unknown_language", message);
        }
    }
    for base in UNREAD {
        let Some(cell) = row.take(base) else { continue };
        let ours = settings.title.as_deref().map(writing::form_id);
        if base != "form_id" || ours.as_deref() != Some(cell.text) {
            findings.note(cell.at, format!("`{base}` is not kept: it says nothing about the checklist."));
        }
    }
    row.note_rest("a checklist", findings);
    rows.for_each(|row| row.refuse_rest("settings, which have one row", findings));
    settings
}
