//! The words of tus 1.0: what stands in its headers.

use std::{collections::BTreeMap, str::FromStr};

use data_encoding::{BASE64, BASE64_NOPAD};
use utoipa::{
    PartialSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use super::{
    model::{Announcement, Evidence, size_of_file},
    photos,
};
use crate::{
    checklists::manifest::MediaType,
    db::types::{Instant, Sha256},
    error::{Code, Error, FieldError, Result},
    ids::AccountId,
};

/// The version that is spoken.
pub const VERSION: &str = "1.0.0";
/// What can be done beyond its core.
pub const EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
/// The media type of a piece of a file.
pub const PIECE: &str = "application/offset+octet-stream";

/// What `Upload-Length` and `Upload-Metadata` say of a file.
///
/// The metadata are pairs of a name and a value in base64: `id`, `visit_id`, `media_type` (or `filetype`) and
/// `sha256`, all needed, and `assignment_id`; others, such as `filename`, are not read. Of a photo `width` and `height` may
/// be said too, so that one that is too large is refused before its bytes come.
///
/// # Errors
/// `invalid` naming the header, `file_too_large`, `unreadable_file`.
pub fn announcement(
    shopper: AccountId,
    length: Option<&str>,
    metadata: Option<&str>,
) -> Result<Announcement> {
    let mut wrong = Vec::new();
    let size = whole_number(length.unwrap_or_default()).filter(|size| *size > 0);
    if size.is_none() {
        let message = match length {
            None => "the number of bytes is needed from the beginning",
            Some(_) => "a whole number of bytes, 1 or more",
        };
        wrong.push(FieldError::new("Upload-Length", "unacceptable", message));
    }
    let metadata = pairs(metadata.unwrap_or_default(), &mut wrong);
    let filetype = if metadata.contains_key("media_type") { "media_type" } else { "filetype" };
    let kind =
        value(&metadata, filetype, "a kind of file that a manifest may list", MediaType::named, &mut wrong);
    let id = value(&metadata, "id", "a UUID", |text| text.parse().ok(), &mut wrong);
    let visit = value(&metadata, "visit_id", "a UUID", |text| text.parse().ok(), &mut wrong);
    let is_for_one = metadata.contains_key("assignment_id");
    let assignment = is_for_one
        .then(|| value(&metadata, "assignment_id", "a UUID", |text| text.parse().ok(), &mut wrong))
        .flatten();
    let sha256 = value(&metadata, "sha256", "64 hexadecimal digits", Sha256::from_hex, &mut wrong);
    let (Some(size), Some(kind), Some(id), Some(visit), Some(sha256), true) =
        (size, kind, id, visit, sha256, wrong.is_empty())
    else {
        return Err(Error::invalid(wrong));
    };
    let (size, media_type) = (size_of_file(size)?, readable(kind)?);
    let side = |name| metadata.get(name).and_then(|bytes| whole_number(std::str::from_utf8(bytes).ok()?));
    if let (true, Some(width), Some(height)) = (media_type.is_image(), side("width"), side("height")) {
        let pixels = |side: u64| u32::try_from(side).unwrap_or(u32::MAX);
        if let Some(why) = photos::refused_by_size(pixels(width).max(1), pixels(height).max(1)) {
            return Err(Error::new(Code::UnreadableFile).detail(why.to_string()));
        }
    }
    Ok(Announcement { id, visit, assignment, shopper, media_type, size, sha256 })
}

/// The kind of file, unless it is one that cannot be read.
///
/// # Errors
/// `unreadable_file`.
pub fn readable(media_type: MediaType) -> Result<MediaType> {
    match media_type.refusal() {
        Some(why) => Err(Error::new(Code::UnreadableFile).detail(why)),
        None => Ok(media_type),
    }
}

fn of_metadata(message: String) -> FieldError {
    FieldError::new("Upload-Metadata", "unacceptable", message)
}

fn pairs<'m>(metadata: &'m str, wrong: &mut Vec<FieldError>) -> BTreeMap<&'m str, Vec<u8>> {
    let mut pairs = BTreeMap::new();
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        match BASE64_NOPAD.decode(value.trim().trim_end_matches('=').as_bytes()) {
            Err(_) => wrong.push(of_metadata(format!("{name} is not in base64"))),
            Ok(value) => {
                if pairs.insert(name, value).is_some() {
                    wrong.push(of_metadata(format!("{name} is there twice")));
                }
            }
        }
    }
    pairs
}

fn value<T>(
    metadata: &BTreeMap<&str, Vec<u8>>,
    name: &str,
    wanted: &str,
    read: impl Fn(&str) -> Option<T>,
    wrong: &mut Vec<FieldError>,
) -> Option<T> {
    let value = metadata.get(name).and_then(|bytes| read(std::str::from_utf8(bytes).ok()?.trim()));
    if value.is_none() {
        wrong.push(of_metadata(format!("{name} is needed: {wanted}")));
    }
    value
}

/// This file as `Upload-Metadata` describes it.
pub fn metadata(file: &Evidence) -> String {
    let pairs = [
        ("id", Some(file.id.to_string())),
        ("visit_id", Some(file.visit_id.to_string())),
        ("assignment_id", file.assignment_id.map(|assignment| assignment.to_string())),
        ("media_type", Some(file.media_type.to_string())),
        ("sha256", Some(file.sha256.to_string())),
    ];
    let written: Vec<_> = pairs
        .iter()
        .filter_map(|(name, value)| {
            value.as_ref().map(|value| format!("{name} {}", BASE64.encode(value.as_bytes())))
        })
        .collect();
    written.join(",")
}

/// What `Upload-Offset` says.
///
/// # Errors
/// `invalid` naming the header.
pub fn offset(text: Option<&str>) -> Result<u64> {
    let number = text.and_then(whole_number);
    number.ok_or_else(|| wrong("Upload-Offset", "the number of bytes that are here already"))
}

/// What `Upload-Checksum` says: `sha256` and a digest in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum(pub Sha256);

impl FromStr for Checksum {
    type Err = Error;

    /// # Errors
    /// `malformed_request`, as tus has it for a digest of another kind.
    fn from_str(text: &str) -> Result<Self> {
        let digest = text.trim().split_once(' ').filter(|(kind, _)| kind.eq_ignore_ascii_case("sha256"));
        let digest = digest.and_then(|(_, digest)| digest_in(digest.trim()));
        let wanted = "Upload-Checksum is `sha256` and a digest in base64";
        digest.map(Self).ok_or_else(|| Error::new(Code::MalformedRequest).detail(wanted))
    }
}

impl PartialSchema for Checksum {
    fn schema() -> RefOr<Schema> {
        // The last character but one stands for four bits.
        let form = "^[Ss][Hh][Aa]256 [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$";
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(form)).into()
    }
}

/// What `Content-Digest` or `Repr-Digest` (RFC 9530) says of SHA-256: `sha-256=:…:`, perhaps beside other digests. A file comes
/// as it is and as a whole, so both are of the same bytes.
///
/// # Errors
/// `invalid` naming the header.
pub fn content_digest<'h>(headers: impl IntoIterator<Item = &'h str>) -> Result<Sha256> {
    let entries = headers.into_iter().flat_map(|text| text.split(','));
    let named = entries.filter_map(|entry| entry.split_once('='));
    let named = named.filter(|(name, _)| name.trim().eq_ignore_ascii_case("sha-256"));
    let digest = |(_, value): (&str, &str)| {
        let value = value.split(';').next().unwrap_or_default().trim();
        digest_in(value.strip_prefix(':')?.strip_suffix(':')?)
    };
    let mut digests: Vec<_> = named.map(digest).collect();
    digests.dedup();
    match digests[..] {
        [Some(digest)] => Ok(digest),
        _ => Err(wrong("Content-Digest", "sha-256=:…:, with the digest in base64 (RFC 9530)")),
    }
}

/// A digest in base64, whose padding may be missing.
fn digest_in(base64: &str) -> Option<Sha256> {
    let bytes = BASE64_NOPAD.decode(base64.trim_end_matches('=').as_bytes()).ok()?;
    bytes.try_into().ok().map(Sha256::from_bytes)
}

/// Digits and nothing else, as headers have it.
fn whole_number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A moment as HTTP writes it, for `Upload-Expires`.
pub fn http_date(at: Instant) -> String {
    at.timestamp().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The error that names a header whose value is not acceptable.
pub fn wrong(header: &str, message: &str) -> Error {
    Error::invalid(vec![FieldError::new(header, "unacceptable", message)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_date_is_written_as_http_has_it() {
        assert_eq!(http_date(Instant::from_micros(784_111_777_900_000)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn digests_are_read_as_they_are_sent() {
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let form = serde_json::to_value(Checksum::schema()).unwrap();
        let form = regex::Regex::new(form["pattern"].as_str().unwrap()).unwrap();
        let empty = format!("sha256 {base64}");
        assert_eq!(empty.parse::<Checksum>().unwrap(), Checksum(Sha256::of(b"")));
        assert!(form.is_match(&empty));
        let bare = base64.trim_end_matches('=');
        for sent in [format!("SHA256 {base64}"), format!("Sha256 {bare}")] {
            assert_eq!(sent.parse::<Checksum>().unwrap(), Checksum(Sha256::of(b"")), "{sent}");
            assert!(form.is_match(&sent));
        }
        assert_eq!(format!(" sha256  {base64} ").parse::<Checksum>().unwrap(), Checksum(Sha256::of(b"")));
        for sent in [
            vec![format!("sha-256=:{base64}:")],
            vec![format!("md5=:1B2M2Y8AsgTpgAmY7PhCfg==:, sha-256=:{base64}:")],
            vec![format!(" SHA-256 = :{bare}: ;x=1")],
            vec!["md5=:1B2M2Y8AsgTpgAmY7PhCfg==:".to_owned(), format!("sha-256=:{base64}:")],
            // As Content-Digest and as Repr-Digest.
            vec![format!("sha-256=:{base64}:"), format!("sha-256=:{bare}:")],
        ] {
            assert_eq!(content_digest(sent.iter().map(String::as_str)).unwrap(), Sha256::of(b""), "{sent:?}");
        }
        let other = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
        let two = format!("sha-256=:{base64}:, {other}");
        for wrong in [&base64[1..], "", "sha-256=::", &format!("sha-256={base64}"), &two] {
            assert!(content_digest([wrong]).is_err(), "{wrong}");
        }
        for wrong in
            ["", "sha256", "sha256 ", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", &format!("sha256{base64}")]
        {
            assert_eq!(wrong.parse::<Checksum>().unwrap_err().code(), Code::MalformedRequest, "{wrong}");
            assert!(!form.is_match(wrong), "{wrong}");
        }
        // The bits that no byte needs are none.
        let loose = empty.replace("FU=", "FV=");
        assert!(loose.parse::<Checksum>().is_err() && !form.is_match(&loose));
    }

    #[test]
    fn numbers_are_digits() {
        for wrong in
            [None, Some(""), Some("+1"), Some("-1"), Some("1.0"), Some("1 "), Some("99999999999999999999")]
        {
            assert!(offset(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(offset(Some("0")).unwrap(), 0);
    }
}
