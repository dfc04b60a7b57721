//! `incognito receipt verify`.

mod keys;

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use serde_json::Value;

use self::keys::Keys;
use super::{Failure, Outcome, say};
use crate::{
    checklists::{manifest::MAX_FILE_BYTES, model::Content, prepared::Prepared},
    db::types::Sha256,
    http::input,
    ids::EvidenceId,
    visits::{
        model::Submission,
        parts::{Parts, content_hash},
        receipt::{self, FileDigest, Receipt},
    },
};

pub(super) const ABOUT: &str = "\
Check the receipt of a visit, without the server that signed it.

The signature is checked against the server's published keys, and what it attests is said. With --visit it is \
also seen whether a visit as a phone sent it is the one attested, and with --evidence whether files are. It ends \
with 0 if all of that is so, and with 1 otherwise.

What a phone sent is compared as the server keeps it: written out anew, so that the order of members, white space \
and time zones make no difference, positions rounded to ten-millionths of a degree, and without the answers (and \
their files) to questions that the checklist's rules hid. For the last of these the checklist version is needed: \
give it with --checklist if it has such rules.

What may have to be erased stands in the digest with salts, which the answer to the phone has: give it with --answer. \
A visit as the server shows it has them itself. Only with them it is known which files are attested.";

pub(super) const EXAMPLES: &str = "\
Examples:
  curl -s https://visits.example.org/.well-known/jwks.json > keys.json
  incognito receipt verify receipt.jws --jwks keys.json
  incognito receipt verify receipt.jws --jwks keys.json --visit visit.json --answer answer.json --evidence photos/
  incognito receipt verify receipt.jws --server https://visits.example.org
  incognito receipt verify receipt.jws --server https://visits.internal --ca-file authority.pem";

#[derive(clap::Args)]
pub(super) struct Verify {
    /// The receipt, as `GET /v1/visits/{id}/receipt` gives it; - for standard input
    receipt: PathBuf,
    #[command(flatten)]
    keys: Keys,
    /// The visit as the phone sent it, in JSON; or as `GET /v1/visits/{id}` gives it
    #[arg(long, value_name = "FILE")]
    visit: Option<PathBuf>,
    /// What the server answered to the phone when it sent the visit, with the salts
    #[arg(long, value_name = "FILE", requires = "visit")]
    answer: Option<PathBuf>,
    /// The checklist version that was filled in, as `GET /v1/checklist-versions/{id}` gives it
    #[arg(long, value_name = "FILE", requires = "visit")]
    checklist: Option<PathBuf>,
    /// Files that the visit names, or folders with them: all that it names have to be there
    #[arg(long, value_name = "FILE|DIR", num_args = 1..)]
    evidence: Vec<PathBuf>,
}

pub(super) async fn run(options: Verify) -> Outcome {
    let jws = text_of(&options.receipt)?;
    let keys = options.keys.load().await?;
    let checked = receipt::check(&jws, &keys)
        .map_err(|why| format!("{} attests nothing: {why}", options.receipt.display()))?;
    attest(&checked.receipt, &checked.key);
    let visit = options
        .visit
        .as_deref()
        .map(|file| GivenVisit::read(file, options.answer.as_deref(), options.checklist.as_deref()));
    let visit = visit.transpose()?;
    let mut right = true;
    if let (Some(visit), Some(file)) = (&visit, &options.visit) {
        right &= is_visit(&checked.receipt, visit, file, options.checklist.is_some());
    }
    if !options.evidence.is_empty() {
        let attested = attested_files(&checked.receipt, visit.as_ref())?;
        right &= are_files(&attested, &options.evidence)?;
    }
    if right { Ok(()) } else { Err(Failure::found()) }
}

fn attest(receipt: &Receipt, key: &str) {
    let Receipt { iss, visit_id, content_hash, manifest, completed_at, .. } = receipt;
    say(format_args!("the signature is good: the key {key} of {iss}"));
    say(format_args!("visit {visit_id} was here whole at {completed_at}"));
    say(format_args!("  its content: {content_hash}"));
    match manifest.len() {
        0 => say("  and no files"),
        1 => say("  and 1 file:"),
        several => say(format_args!("  and {several} files:")),
    }
    for file in manifest {
        match file.by {
            FileDigest::Sha256(digest) => say(format_args!("  {digest}  {}", file.id)),
            FileDigest::Salted(digest) => say(format_args!("  {digest}  {} (salted)", file.id)),
        }
    }
}

/// A visit as it is given to the command, with its salts if they are given.
struct GivenVisit {
    content: Submission,
    /// As its phone wrote it: so the server kept it once.
    untidied: Submission,
    parts: Option<Parts>,
}

impl GivenVisit {
    fn read(file: &Path, answer: Option<&Path>, checklist: Option<&Path>) -> Outcome<Self> {
        let mut json: Value = json_of(file)?;
        let mut parts = parts_of(&mut json, file)?;
        // As the server shows it, the content is a part of it.
        if let Some(content) = json.get_mut("content") {
            json = content.take();
        }
        if let Some(answer) = answer {
            parts = parts_of(&mut json_of(answer)?, answer)?;
        }
        let content: Submission = input::parse_json(json.to_string().as_bytes())
            .map_err(|error| format!("{} is no visit: {error}", file.display()))?;
        let shown =
            checklist.map(|checklist| content_of(checklist, &content)).transpose()?.map(Prepared::new);
        let [untidied, content] = [content.clone(), content.tidied()].map(|way| match &shown {
            Some(checklist) => way.as_shown(checklist),
            None => way,
        });
        Ok(Self { content, untidied, parts })
    }
}

/// The salts that stand in a visit or in an answer.
fn parts_of(json: &mut Value, file: &Path) -> Outcome<Option<Parts>> {
    let mut read = |member| json.get_mut(member).map(Value::take).filter(|found| !found.is_null());
    let Some(salts) = read("salts") else { return Ok(None) };
    let erased = read("erased").unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let unreadable = |error: serde_json::Error| format!("{} has other salts: {error}", file.display());
    Ok(Some(Parts {
        salts: serde_json::from_value(salts).map_err(unreadable)?,
        erased: serde_json::from_value(erased).map_err(unreadable)?,
    }))
}

/// The files that are attested, each with the digest of its bytes.
fn attested_files(receipt: &Receipt, visit: Option<&GivenVisit>) -> Outcome<Vec<(EvidenceId, Sha256)>> {
    let salted = visit.and_then(|GivenVisit { content, parts, .. }| Some((content, parts.as_ref()?)));
    let file = |file: &receipt::AttestedFile| match file.by {
        FileDigest::Sha256(digest) => Ok((file.id, digest)),
        FileDigest::Salted(digest) => {
            let (content, parts) = salted.ok_or(
                "which files are attested is known with salts only: give the visit with --visit, and the salts with --answer",
            )?;
            let mut named = content.manifest.iter().enumerate().filter(|(_, named)| named.id == file.id);
            let same = named.find(|(place, named)| parts.of_file(*place, named).is_ok_and(|by| by == digest));
            // Of another file the visit's own digest says nothing.
            Ok((file.id, same.map_or(digest, |(_, named)| named.sha256)))
        }
    };
    receipt.manifest.iter().map(file).collect()
}

/// Whether this is the content that is attested.
fn is_visit(receipt: &Receipt, visit: &GivenVisit, file: &Path, has_checklist: bool) -> bool {
    let parts = visit.parts.as_ref();
    let of = |content: &Submission| match (receipt.v, parts) {
        (Some(_), None) => None,
        (Some(_), Some(_)) => content_hash(content, parts).ok(),
        (None, _) => content_hash(content, None).ok(),
    };
    let hash = of(&visit.content);
    let same = [hash, of(&visit.untidied)].contains(&Some(receipt.content_hash));
    let verdict = if same { "is the visit that is attested" } else { "is not the visit that is attested" };
    say(format_args!("{} {verdict}", file.display()));
    if !same {
        hash.into_iter().for_each(|hash| say(format_args!("  its content: {hash}")));
        if receipt.v.is_some() && parts.is_none() {
            say("  (it has no salts: give what the server answered to it with --answer)");
        }
        if !has_checklist {
            say("  (if its checklist hides questions by rules, give the version with --checklist)");
        }
    }
    same
}

/// What the version says; it has to be the one that was filled in.
fn content_of(file: &Path, submission: &Submission) -> Outcome<Content> {
    let mut json: Value = json_of(file)?;
    let id = json.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    if id != submission.checklist_version_id.to_string() {
        let wanted = submission.checklist_version_id;
        return Err(format!("{} is not the version that was filled in, {wanted}", file.display()).into());
    }
    let content = json.get_mut("content").map(Value::take).unwrap_or_default();
    serde_json::from_value(content)
        .map_err(|error| format!("{} is no checklist version: {error}", file.display()).into())
}

/// Whether these are the files that are attested, all of them; of others in a folder it is only said that they are not.
fn are_files(all: &[(EvidenceId, Sha256)], given: &[PathBuf]) -> Outcome<bool> {
    let mut right = true;
    let mut found = Vec::new();
    for (file, by_name) in files_in(given)? {
        let digest = digest_of(&file)?;
        let mut attested = all.iter().filter(|(_, sha256)| Some(*sha256) == digest).peekable();
        if attested.peek().is_none() {
            say(format_args!("{} is not attested", file.display()));
            right &= !by_name;
        }
        for (id, _) in attested {
            say(format_args!("{} is {id}", file.display()));
            found.push(*id);
        }
    }
    for (missing, _) in all.iter().filter(|(id, _)| !found.contains(id)) {
        say(format_args!("{missing} is attested, and none of these files"));
        right = false;
    }
    Ok(right)
}

/// The files, and those that lie in the folders, in the order of their names; each with whether it was given by name.
fn files_in(given: &[PathBuf]) -> Outcome<Vec<(PathBuf, bool)>> {
    let mut files = Vec::new();
    for path in given {
        if !path.is_dir() {
            files.push((path.clone(), true));
            continue;
        }
        let entries = std::fs::read_dir(path).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| unreadable(path, &error))?;
        let mut inside: Vec<_> =
            entries.iter().map(std::fs::DirEntry::path).filter(|path| path.is_file()).collect();
        inside.sort();
        files.extend(inside.into_iter().map(|file| (file, false)));
    }
    Ok(files)
}

/// The digest of the file; none if it is too large for evidence.
fn digest_of(file: &Path) -> Outcome<Option<Sha256>> {
    let length = std::fs::metadata(file).map_err(|error| unreadable(file, &error))?.len();
    if length > MAX_FILE_BYTES {
        return Ok(None);
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
    Ok(Some(Sha256::of(&bytes)))
}

fn json_of<T: DeserializeOwned>(file: &Path) -> Outcome<T> {
    serde_json::from_str(&text_of(file)?)
        .map_err(|error| format!("{} is not what it should be: {error}", file.display()).into())
}

fn text_of(file: &Path) -> Outcome<String> {
    let mut text = String::new();
    let read = match file.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text).map(|_| text),
        false => std::fs::read_to_string(file),
    };
    read.map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    format!("cannot read {}: {error}", file.display()).into()
}
