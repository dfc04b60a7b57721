//! `incognito convert`.

use std::{
    ffi::OsStr,
    io::Write,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::{Outcome, say};
use crate::{
    checklists::{
        exchange::{
            Note,
            document::{self, ChecklistDocument, DEEPEST},
            xlsform,
        },
        model::Content,
    },
    error::{Code, Error, Result},
    http::input::{parse_json, refuse_depth},
};

pub(super) const ABOUT: &str = "\
Convert a checklist between JSON (.json) and XLSForm (.xlsx), by the endings of the files' names.

It needs no database. What cannot be carried is refused with its place, such as survey!C7, and nothing is \
written; notes on what was understood in another way go to stderr.";

pub(super) const EXAMPLES: &str = "\
Examples:
  incognito convert visit.json visit.xlsx
  incognito convert survey.xlsx checklist.json";

#[derive(clap::Args)]
pub(super) struct Convert {
    /// The file to read: a document as it is exported or a checklist's content alone (.json), or an XLSForm (.xlsx)
    from: PathBuf,
    /// The file to write, .json or .xlsx
    to: PathBuf,
}

pub(super) fn run(Convert { from, to }: &Convert) -> Outcome {
    let bytes = std::fs::read(from).map_err(|error| format!("cannot read {}: {error}", from.display()))?;
    let (document, mut notes) = read(from, &bytes)?;
    let written = if is_form(to)? {
        notes.extend(left_behind(&document));
        xlsform::write(&document.content, Some(&document.name))?
    } else {
        document.written()?
    };
    std::fs::write(to, written).map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    for Note { at, message } in notes {
        let _ = writeln!(std::io::stderr(), "{at}: {message}");
    }
    say(format_args!("{} written", to.display()));
    Ok(())
}

fn read(from: &Path, bytes: &[u8]) -> Outcome<(ChecklistDocument, Vec<Note>)> {
    let read: Result<_, Error> = if is_form(from)? {
        xlsform::read(bytes).map(|(form, notes)| {
            let name = form.name.unwrap_or_else(|| document::title(&form.content));
            (ChecklistDocument::of(name, form.content), notes)
        })
    } else {
        from_json(bytes).map(|document| (document, Vec::new()))
    };
    Ok(read?)
}

/// A name with a content, without more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    content: Content,
}

/// A draft may say anything that can be read.
impl Validate for Named {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        Ok(())
    }
}

/// A document, a name with a content, or a content alone.
fn from_json(json: &[u8]) -> Result<ChecklistDocument> {
    refuse_depth(json, DEEPEST)?;
    let malformed = |error: serde_json::Error| Error::new(Code::MalformedRequest).detail(error.to_string());
    let members: Value = serde_json::from_slice(json).map_err(malformed)?;
    if members.get("format").is_some() {
        return parse_json(json);
    }
    if members.get("content").is_some() {
        return parse_json(json).map(|Named { name, content }| ChecklistDocument::of(name, content));
    }
    let content: Content = parse_json(json)?;
    Ok(ChecklistDocument::of(document::title(&content), content))
}

/// What of a document a form has no place for.
fn left_behind(document: &ChecklistDocument) -> Vec<Note> {
    let counts = [
        ("pictures", document.pictures.len()),
        ("dimensions", document.dimensions.len()),
        ("standards", document.standards.len()),
    ];
    let note = |(what, count): (&str, usize)| Note {
        at: format!("/{what}"),
        message: format!("{count} {what} stay in the document alone; the form refers to them by id or key."),
    };
    counts.into_iter().filter(|(_, count)| *count > 0).map(note).collect()
}

fn is_form(path: &Path) -> Outcome<bool> {
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("xlsx") => Ok(true),
        Some("json") => Ok(false),
        _ => Err(super::Failure::asked_wrongly(vec![format!(
            "{}: name a .json or .xlsx file",
            path.display()
        )])),
    }
}
