//! The text of a file, in whichever encoding a spreadsheet program wrote it.

use std::{borrow::Cow, str};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{
    csv::line_breaks,
    file::TableFile,
    flaw::{Flaw, flaw},
};
use crate::{error::Result, places::findings::Findings, texts::Language};

/// In so many bytes it is looked whether every second one is zero.
const LOOKED_AT: usize = 512;
/// No more characters of the word that shows how the file was read than this are repeated.
const LONGEST_SHOWN: usize = 40;

/// The text of a file, without a byte order mark. A mark decides how it is read, then what was declared, then what the
/// bytes look like; in the last case there is a note with a word by which a reader sees whether that was right.
///
/// # Errors
/// `invalid` with the line of what is no text in that encoding.
pub(super) fn text<'f>(file: &'f TableFile, findings: &mut Findings) -> Result<Cow<'f, str>> {
    let bytes = file.bytes.as_slice();
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode(encoding, bytes.get(mark..).unwrap_or_default(), findings);
    }
    let declared = file.charset.filter(|declared| *declared != UTF_8);
    if let Some(encoding) = declared {
        return decode(encoding, bytes, findings);
    }
    let sight = match (wide(bytes), str::from_utf8(bytes)) {
        (Some(encoding), _) => encoding,
        (None, Ok(text)) => return Ok(Cow::Borrowed(text)),
        (None, Err(error)) if is_damaged(bytes) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            findings.mistake(
                1 + line_breaks(valid),
                "",
                &flaw!("encoding", "import-encoding", encoding = "UTF-8"),
            );
            return Err(findings.take_error());
        }
        (None, Err(_)) => guess(bytes, findings.language()),
    };
    let text = decode(sight, bytes, findings)?;
    let word = word(&text).to_owned();
    findings.note(1, "", &by_sight(sight, word));
    Ok(text)
}

fn by_sight(encoding: &'static Encoding, word: String) -> Flaw {
    flaw!("encoding", "import-note-encoding", encoding = encoding.name(), word = word)
}

fn decode<'b>(encoding: &'static Encoding, bytes: &'b [u8], findings: &mut Findings) -> Result<Cow<'b, str>> {
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
    if !has_errors {
        return Ok(text);
    }
    let before = text.split('\u{fffd}').next().unwrap_or_default();
    let line = 1 + line_breaks(before.as_bytes());
    findings.mistake(line, "", &flaw!("encoding", "import-encoding", encoding = encoding.name()));
    Err(findings.take_error())
}

/// UTF-16 without a mark: of the first names, which have Latin letters, every second byte is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let begins = bytes.get(..LOOKED_AT.min(bytes.len())).unwrap_or_default();
    let zeros = |odd: usize| begins.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 8 > begins.len() => Some(UTF_16LE),
        (even, 0) if even * 8 > begins.len() => Some(UTF_16BE),
        _ => None,
    }
}

/// Whether this is UTF-8 with a few wrong bytes, and not another encoding: more letters of several bytes are right than
/// wrong. Read as anything else every other letter would be wrong.
fn is_damaged(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong
}

/// What the bytes look like. Where they say little, the reader's language decides.
fn guess(bytes: &[u8], language: Language) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let domain = (language != Language::English).then(|| language.tag().as_bytes());
    detector.guess(domain, Utf8Detection::Deny)
}

/// The first word with a letter that is another one in another encoding.
fn word(text: &str) -> &str {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"'));
    let word = words.into_iter().find(|word| !word.is_ascii()).unwrap_or_default();
    word.char_indices().nth(LONGEST_SHOWN).map_or(word, |(end, _)| word.get(..end).unwrap_or_default())
}
