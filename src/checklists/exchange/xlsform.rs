//! XLSForm (.xlsx; .xlsm and .xls are read as well): the sheets `survey`, `choices` and `settings` (<https://xlsform.org>).
//!
//! What XLSForm knows stands in its own words, the rest in columns that other programs leave alone. The order of the
//! columns is free, small and capital letters in their names are the same, and rows may be blank. Cells give their
//! values; what is written are texts, never formulas. The place of a mistake is such as `survey!C7`: sheet, column, row.
//!
//! # Questions
//! | type | `kind` | what it becomes |
//! |---|---|---|
//! | `select_one LIST` | | `one_choice` |
//! | `select_one LIST` | `yes_no` | `yes_no`; the list offers `yes` and `no` |
//! | `select_multiple LIST` | | `several_choices` |
//! | `integer` | | `number` without decimals |
//! | `decimal` | | `number`, with as many decimals as limits and rules need, at least 2, or as `decimals` says |
//! | `integer`, `decimal` | `amount` | `amount`, with `currency` |
//! | `integer` | `duration` | `duration`, in seconds |
//! | `text` | | `text` |
//! | `date`, `time`, `dateTime` | | `date_time` |
//! | `image` | | `photo`; with the appearance `signature`: `signature` |
//! | `audio` | | `audio` |
//! | `geopoint` | | `location` |
//! | `range` | | `scale`, in steps of 1 |
//! | `acknowledge` | | `yes_no` |
//! | `note` | | `note` |
//! | `begin_group` … `end_group` | | a section; an inner group goes into its section, its label becomes a note there |
//! | `calculate` | | a condition or a constant that only `relevant` uses goes into the rules |
//! | `start`, `end` | | noted: every visit has both |
//!
//! All other types are refused by name, or left out with all of their row where that is asked for ([`Leave::Out`]).
//! Questions outside of any group make a section of their own.
//!
//! # Columns beside XLSForm's own
//! | sheet | column | on | says |
//! |---|---|---|---|
//! | survey | `key` | all | the key, where `name` cannot say it |
//! | survey | `kind` | questions | see above |
//! | survey | `weight` | questions, sections | 0 to 1000; 1 if empty |
//! | survey | `bonus`, `not_applicable` | questions | `yes` |
//! | survey | `critical` | questions | `section_zero`, `visit_zero`, `cap 7000` |
//! | survey | `standard`, `dimension` | questions | a key of the catalogue |
//! | survey | `about_visit`, `names_staff` | questions | `yes`: reports leave the answer out |
//! | survey | `comment_rule`, `photo_rule` | questions | `always`, `never`, `below 5000` (basis points) |
//! | survey | `control` | questions | the rule by which an answer to a control question is right, as JSON |
//! | survey | `expect` | yes_no | the answer that earns the point: `yes` (if empty) or `no` |
//! | survey | `reversed` | scale | `yes`: the least number is the best |
//! | survey | `decimals` | number | 0 to 6 |
//! | survey | `unit::LANGUAGE` | number | what is counted or measured |
//! | survey | `currency` | amount | ISO 4217 |
//! | survey | `bands` | measured answers | `greatest answer:points`, as in `120:10; 300:5; :0`; in the decimals of answers |
//! | survey | `at_least`, `at_most` | photo, audio | how many files: 1 and 5 photos, 1 and 1 recordings, if empty |
//! | survey | `max_seconds` | audio | the longest recording: 600 if empty |
//! | survey | `picture_1` … `picture_5` | questions | ids of the brand's pictures; `media::image` names the first one's file |
//! | survey | `picture_1_alt::LANGUAGE` … | questions | what is to be seen on them |
//! | survey | `show_when` | questions, sections | the rule as JSON, where `relevant` cannot say exactly that |
//! | choices | `points` | options | 0 to 1000 |
//! | choices | `key` | options | the key, where `name` cannot say it |
//! | settings | `checklist_title::LANGUAGE` | | the title in further languages; `form_title` is in the default one |
//! | settings | `checklist` | | what the operator's people call it, where that is not the title |
//! | settings | `shortest_comment` | | how many characters a comment has at least that is asked for |
//! | settings | `contradictions` | | answers that cannot be right together, as JSON |
//!
//! `required` is `yes` or `no`. `constraint` says the limits: `. >= 1 and . <= 5`, `string-length(.)`,
//! `count-selected(.)`, and `regex(., '…')` with the expressions of the patterns that there are. `relevant` compares
//! answers with values (`=`, `!=`, `<`, `<=`, `>`, `>=`, `selected()`, `and`, `or`, `not()`).
//!
//! # Languages
//! `label::French (fr)`, `label::fr` and `label::French` are the same. A bare `label` is in the default language of
//! the settings, or else in `und`, an undetermined language.

mod cells;
mod choices;
mod columns;
mod conditions;
mod constraints;
mod expression;
mod extras;
mod groups;
mod kinds;
mod languages;
mod looks;
mod names;
mod numbers;
mod patterns;
mod printing;
mod questions;
mod reading;
mod resolving;
mod settings;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod writing;

use self::cells::Sheet;
use self::table::Table;
use super::{ImportFindings, Leave, Remarks};
use crate::checklists::{
    model::Content,
    text::{MAX_LANGUAGES, Text},
};
use crate::error::{Code, Error, Result};

/// The media type of workbooks.
pub const MEDIA_TYPE: &str = crate::workbook::XLSX;
/// The media types of all workbooks that are read: .xlsx, .xlsm, .xls. Which of them it is, the bytes say.
pub const MEDIA_TYPES: [&str; 3] = [MEDIA_TYPE, crate::workbook::XLSM, "application/vnd.ms-excel"];
/// The largest workbook that is read, in bytes.
pub const LARGEST: usize = 4 << 20;
/// The language of texts whose language the form does not say (BCP 47: undetermined).
const UNDETERMINED: &str = "und";

/// A checklist that was read from a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Its content.
    pub content: Content,
    /// What the operator's people call it, if the form says it.
    pub name: Option<String>,
}

/// Reads a form, with notes on what was understood in which way; what a checklist cannot say is refused or left out.
///
/// # Errors
/// `invalid` with everything that cannot be kept, each at its cell; of what may be left out none.
pub fn read(workbook: &[u8], leave: Leave) -> Result<(Form, Remarks)> {
    let mut findings = ImportFindings::new(leave);
    let sheets = cells::read(workbook, &mut findings);
    let form = if findings.goes_on() { form(sheets, &mut findings) } else { nothing() };
    findings.into_result(form)
}

/// Writes a form that holds all of a checklist.
///
/// # Errors
/// `wrong_state` if the content has a part that no form can hold, as only an unfinished draft does.
pub fn write(content: &Content, name: Option<&str>) -> Result<Vec<u8>> {
    let workbook = cells::write(&writing::sheets(content, name));
    let cannot = |why: String| {
        let detail = format!("it says what no XLSForm can say, so only JSON can carry it: {why}");
        Error::new(Code::WrongState).detail(detail)
    };
    let workbook = workbook.map_err(|error| {
        let why = "one of its texts is too long for a cell, or there are too many".to_owned();
        cannot(why).because(error)
    })?;
    // The form is read again: one that differs from the content is not given away.
    match read(&workbook, Leave::Nothing) {
        Ok((form, _)) if form.content == *content => Ok(workbook),
        Ok(_) => Err(cannot("a text in a language that is not listed, or an empty one".to_owned())),
        Err(error) => {
            let fields = &error.particulars().fields;
            let places = fields.iter().take(5).map(|e| format!("{}: {}", e.pointer, e.message));
            Err(cannot(places.collect::<Vec<_>>().join(" ")))
        }
    }
}

fn nothing() -> Form {
    let content = Content {
        title: Text::default(),
        languages: Vec::new(),
        sections: Vec::new(),
        shortest_comment: None,
        contradictions: Vec::new(),
    };
    Form { content, name: None }
}

fn form(mut sheets: Vec<Sheet>, findings: &mut ImportFindings) -> Form {
    let mut take = |name: &str| {
        let place = sheets.iter().position(|sheet| sheet.name.trim().to_lowercase() == name);
        place.map(|place| sheets.swap_remove(place))
    };
    let (survey, choices, settings) = (take("survey"), take("choices"), take("settings"));
    let Some(survey) = survey.or_else(|| only(&mut sheets, findings)) else {
        findings.fatal("", "missing_sheet", "There is no sheet `survey`: this is no XLSForm.");
        return nothing();
    };
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        others(sheet, findings);
    }
    let known: Vec<&str> = columns::COLUMNS.into();
    let mut survey = Table::of("survey", survey, (&known, &columns::UNREAD), findings);
    let mut choices = Table::of("choices", choices.unwrap_or_default(), (&choices::COLUMNS, &[]), findings);
    let mut table = Table::of(
        "settings",
        settings.unwrap_or_default(),
        (&settings::COLUMNS, &settings::UNREAD),
        findings,
    );
    let settings = settings::read(&table, findings);
    let languages = languages([&mut survey, &mut choices, &mut table], settings.language, findings);
    let default = languages.first().map_or(UNDETERMINED, String::as_str);
    let titles = settings.titles.iter().chain(settings.title.as_deref().map(|title| (default, title)));
    let title: Text = titles.collect();
    let lists = choices::Lists::read(&choices, default, findings);
    let sections = reading::sections(&survey, &lists, default, &title, findings);
    lists.note_unused(findings);
    let name = settings.checklist.or(settings.title);
    let (shortest_comment, contradictions) = (settings.shortest_comment, settings.contradictions);
    let content = Content { title, languages, sections, shortest_comment, contradictions };
    refuse_unreadable(&content, findings);
    if content.is_too_large() {
        findings.fatal("", "too_large", "A checklist has at most 1048576 bytes of JSON: shorten it.");
    }
    Form { content, name }
}

/// A form can say what no draft can, and a draft that could not be read would be lost.
fn refuse_unreadable(content: &Content, findings: &mut ImportFindings) {
    let read = serde_json::to_string(content).and_then(|text| serde_json::from_str::<Content>(&text));
    if let Err(error) = read.as_ref()
        && findings.goes_on()
    {
        tracing::debug!(%error, "a form that no draft can hold");
        let message = "No draft can hold this form: it has a number or a text that no checklist can have.";
        findings.fatal("", "unreadable", message);
    }
}

/// The only sheet of a workbook, if it names a column `type`: as other programs do, it is taken for the survey.
fn only(sheets: &mut Vec<Sheet>, findings: &mut ImportFindings) -> Option<Sheet> {
    let filled: Vec<_> = (0..).zip(&*sheets).filter(|(_, sheet)| !sheet.rows.is_empty()).collect();
    let &[(place, sheet)] = filled.as_slice() else { return None };
    let names = sheet.rows.values().next().into_iter().flat_map(|header| header.values());
    if !names.into_iter().any(|name| name.trim().eq_ignore_ascii_case("type")) {
        return None;
    }
    findings.note("survey!A1", format!("The only sheet, `{}`, is taken for the survey.", sheet.name));
    Some(sheets.swap_remove(place))
}

fn others(sheet: &Sheet, findings: &mut ImportFindings) {
    let name = sheet.name.trim().to_lowercase();
    if ["entities", "external_choices", "osm"].contains(&name.as_str()) {
        findings.error(
            place(&name, 0, 0),
            "sheet_not_kept",
            format!("The sheet `{name}` cannot be kept: remove it."),
        );
    } else {
        findings.note(place(&name, 0, 0), "This sheet is no part of an XLSForm, and is not read.");
    }
}

/// The languages of all columns, the default one first.
fn languages(
    mut tables: [&mut Table; 3],
    default: Option<String>,
    findings: &mut ImportFindings,
) -> Vec<String> {
    let named =
        || tables.iter().flat_map(|table| &table.columns).filter_map(|column| column.language.clone());
    let bare = |base: &str| {
        let mut columns = tables.iter().flat_map(|table| &table.columns);
        columns
            .find(|column| column.base == base && column.language.is_none())
            .map(|column| column.at.clone())
    };
    let default = match (default, bare("label").or_else(|| bare("hint"))) {
        (Some(default), _) => Some(default),
        (None, Some(at)) => {
            let message = "Nothing says which language this is: it is kept as `und`. Name it as \
                           `default_language` in the settings, or in the column as `label::French (fr)`.";
            findings.note(at, message);
            Some(UNDETERMINED.to_owned())
        }
        (None, None) => named().next(),
    };
    if let Some(default) = &default {
        tables.iter_mut().for_each(|table| table.refuse_both(default, findings));
    }
    let mut languages: Vec<String> = default.into_iter().collect();
    for column in tables.iter().flat_map(|table| &table.columns) {
        let Some(language) = column.language.as_ref().filter(|one| !languages.contains(one)) else {
            continue;
        };
        if languages.len() == MAX_LANGUAGES {
            let message = format!("A checklist has at most {MAX_LANGUAGES} languages: this is one too many.");
            findings.error(&column.at, "too_many_languages", message);
            if findings.leaves_out() {
                continue;
            }
            break;
        }
        languages.push(language.clone());
    }
    tables.iter_mut().for_each(|table| table.forget_languages_but(&languages));
    languages
}

/// A cell as people name it: `survey!C7`.
fn place(sheet: &str, row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    format!("{sheet}!{}{}", letters.iter().rev().collect::<String>(), row + 1)
}
