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
            Leave, LeftOut, Note, Remarks,
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
written; with --leave-out it is left out, and every such cell is listed on stderr with its reason. Notes on what \
was understood in another way go there too. Forms may be workbooks of other kinds as well (.xlsm, .xls).";

pub(super) const EXAMPLES: &str = "\
Examples:
  incognito convert visit.json visit.xlsx
  incognito convert survey.xlsx checklist.json
  incognito convert --leave-out survey.xls checklist.json";

#[derive(clap::Args)]
pub(super) struct Convert {
    /// Leave out of a form what a checklist cannot say, and list it
    #[arg(long)]
    leave_out: bool,
    /// The file to read: a document as it is exported or a checklist's content alone (.json), or an XLSForm (.xlsx, .xlsm
    /// or .xls)
    from: PathBuf,
    /// The file to write, .json or .xlsx
    to: PathBuf,
}

pub(super) fn run(Convert { leave_out, from, to }: &Convert) -> Outcome {
    let bytes = std::fs::read(from).map_err(|error| format!("cannot read {}: {error}", from.display()))?;
    let leave = if *leave_out { Leave::Out } else { Leave::Nothing };
    let (document, Remarks { mut notes, left_out }) = read(from, &bytes, leave)?;
    let written = if is_form(to, &["xlsx"])? {
        notes.extend(left_behind(&document));
        xlsform::write(&document.content, Some(&document.name))?
    } else {
        document.written()?
    };
    std::fs::write(to, written).map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    for LeftOut { at, message, .. } in left_out {
        let _ = writeln!(std::io::stderr(), "{at}: left out: {message}");
    }
    for Note { at, message } in notes {
        let _ = writeln!(std::io::stderr(), "{at}: {message}");
    }
    say(format_args!("{} written", to.display()));
    Ok(())
}

fn read(from: &Path, bytes: &[u8], leave: Leave) -> Outcome<(ChecklistDocument, Remarks)> {
    let read: Result<_, Error> = if is_form(from, &["xlsx", "xlsm", "xls"])? {
        xlsform::read(bytes, leave).map(|(form, notes)| {
            let name = form.name.unwrap_or_else(|| document::title(&form.content));
            (ChecklistDocument::of(name, form.content), notes)
        })
    } else {
        from_json(bytes).map(|document| (document, Remarks::default()))
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

/// Whether a file is a form, which has one of these endings.
fn is_form(path: &Path, forms: &[&str]) -> Outcome<bool> {
    let ending = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some(form) if forms.contains(&form) => Ok(true),
        Some("json") => Ok(false),
        _ => {
            let endings = forms.join(", .");
            let why = format!("{}: name a file that ends in .json, .{endings}", path.display());
            Err(super::Failure::asked_wrongly(vec![why]))
        }
    }
}
