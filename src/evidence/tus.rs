//! The words of tus 1.0: what stands in its headers.

use std::{collections::BTreeMap, str::FromStr};

use data_encoding::BASE64;
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
    let wrong = |message: &str| wrong("Upload-Length", message);
    let length = length.ok_or_else(|| wrong("the number of bytes is needed from the beginning"))?;
    let size = whole_number(length).filter(|size| *size > 0);
    let size = size_of_file(size.ok_or_else(|| wrong("a whole number of bytes, 1 or more"))?)?;
    let metadata = pairs(metadata.unwrap_or_default())?;
    let filetype = if metadata.contains_key("media_type") { "media_type" } else { "filetype" };
    let media_type =
        readable(value(&metadata, filetype, "a kind of file that a manifest may list", MediaType::named)?)?;
    let side = |name| metadata.get(name).and_then(|bytes| whole_number(std::str::from_utf8(bytes).ok()?));
    if let (true, Some(width), Some(height)) = (media_type.is_image(), side("width"), side("height")) {
        let pixels = |side: u64| u32::try_from(side).unwrap_or(u32::MAX);
        if let Some(why) = photos::refused_by_size(pixels(width).max(1), pixels(height).max(1)) {
            return Err(Error::new(Code::UnreadableFile).detail(why.to_string()));
        }
    }
    Ok(Announcement {
        id: value(&metadata, "id", "a UUID", |text| text.parse().ok())?,
        visit: value(&metadata, "visit_id", "a UUID", |text| text.parse().ok())?,
        assignment: match metadata.contains_key("assignment_id") {
            true => Some(value(&metadata, "assignment_id", "a UUID", |text| text.parse().ok())?),
            false => None,
        },
        shopper,
        media_type,
        size,
        sha256: value(&metadata, "sha256", "64 small hexadecimal digits", Sha256::from_hex)?,
    })
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

fn pairs(metadata: &str) -> Result<BTreeMap<&str, Vec<u8>>> {
    let mut pairs = BTreeMap::new();
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = BASE64.decode(value.trim().as_bytes()).ok();
        let value = value.ok_or_else(|| wrong("Upload-Metadata", &format!("{name} is not in base64")))?;
        if pairs.insert(name, value).is_some() {
            return Err(wrong("Upload-Metadata", &format!("{name} is there twice")));
        }
    }
    Ok(pairs)
}

fn value<T>(
    metadata: &BTreeMap<&str, Vec<u8>>,
    name: &str,
    wanted: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let value = metadata.get(name).and_then(|bytes| read(std::str::from_utf8(bytes).ok()?));
    value.ok_or_else(|| wrong("Upload-Metadata", &format!("{name} is needed: {wanted}")))
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
        let digest = text.split_once(' ').filter(|(kind, _)| *kind == "sha256");
        let digest = digest.and_then(|(_, digest)| digest_in(digest));
        let wanted = "Upload-Checksum is `sha256` and a digest in base64";
        digest.map(Self).ok_or_else(|| Error::new(Code::MalformedRequest).detail(wanted))
    }
}

impl PartialSchema for Checksum {
    fn schema() -> RefOr<Schema> {
        // The last character but one stands for four bits.
        let form = "^sha256 [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$";
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(form)).into()
    }
}

/// What `Content-Digest` (RFC 9530) says of SHA-256: `sha-256=:…:`, perhaps beside other digests.
///
/// # Errors
/// `invalid` naming the header.
pub fn content_digest(text: Option<&str>) -> Result<Sha256> {
    let entries = text.unwrap_or_default().split(',').filter_map(|entry| entry.trim().split_once('='));
    let mut named = entries.filter(|(name, _)| *name == "sha-256");
    let digest = named.next().and_then(|(_, value)| value.strip_prefix(':')?.strip_suffix(':'));
    let digest = digest.filter(|_| named.next().is_none()).and_then(digest_in);
    digest.ok_or_else(|| wrong("Content-Digest", "sha-256=:…:, with the digest in base64 (RFC 9530)"))
}

fn digest_in(base64: &str) -> Option<Sha256> {
    let bytes = BASE64.decode(base64.as_bytes()).ok()?;
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
    fn digests_are_read_in_one_way_only() {
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let form = serde_json::to_value(Checksum::schema()).unwrap();
        let form = regex::Regex::new(form["pattern"].as_str().unwrap()).unwrap();
        let empty = format!("sha256 {base64}");
        assert_eq!(empty.parse::<Checksum>().unwrap(), Checksum(Sha256::of(b"")));
        assert!(form.is_match(&empty));
        assert_eq!(content_digest(Some(&format!("sha-256=:{base64}:"))).unwrap(), Sha256::of(b""));
        let both = format!("md5=:1B2M2Y8AsgTpgAmY7PhCfg==:, sha-256=:{base64}:");
        assert_eq!(content_digest(Some(&both)).unwrap(), Sha256::of(b""));
        for wrong in [&base64[1..], "", "sha-256=::", &format!("sha-256={base64}")] {
            assert!(content_digest(Some(wrong)).is_err(), "{wrong}");
        }
        for wrong in
            ["", "sha256", "sha256 ", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=", &format!("sha256  {base64}")]
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
