//! What the camera wrote into a photo: for the reviewer, and for nobody else.

use exif::{Exif, In, Rational, Reader, SRational, Tag, Value};

use super::{Position, Turn};

/// What was found. What makes no sense is left out: a photo is not refused for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tags {
    pub(super) turn: Turn,
    pub(super) taken_at: Option<String>,
    pub(super) position: Option<Position>,
    pub(super) camera: Option<String>,
}

/// More than cameras write; a maker's own notes may be long, but nothing here needs them.
const LONGEST: usize = 1 << 20;

/// Reads a TIFF structure.
pub(super) fn read(tiff: &[u8]) -> Tags {
    if tiff.len() > LONGEST {
        return Tags::default();
    }
    let parsed = Reader::new().continue_on_error(true).read_raw(tiff.to_vec());
    let Ok(exif) = parsed.or_else(|error| error.distill_partial_result(|_| {})) else {
        return Tags::default();
    };
    let number = |tag| exif.get_field(tag, In::PRIMARY).and_then(|field| field.value.get_uint(0));
    Tags {
        turn: number(Tag::Orientation).and_then(Turn::of).unwrap_or_default(),
        taken_at: taken_at(&exif),
        position: position(&exif),
        camera: camera(&exif),
    }
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    const LONGEST: usize = 64;
    let Value::Ascii(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let text = String::from_utf8_lossy(parts.first()?);
    let plain: String = text.chars().filter(|char| !char.is_control()).take(LONGEST).collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

/// Maker and model; many models begin with their maker.
fn camera(exif: &Exif) -> Option<String> {
    match (text(exif, Tag::Make), text(exif, Tag::Model)) {
        (Some(make), Some(model)) if !model.to_lowercase().starts_with(&make.to_lowercase()) => {
            Some(format!("{make} {model}"))
        }
        (_, Some(model)) => Some(model),
        (make, None) => make,
    }
}

/// The camera's clock, `2026-05-04T13:02:01`, with its distance from UTC (`+02:00`) where it wrote that too.
fn taken_at(exif: &Exif) -> Option<String> {
    let (written, tag) = match text(exif, Tag::DateTimeOriginal) {
        Some(written) => (written, Tag::OffsetTimeOriginal),
        None => (text(exif, Tag::DateTime)?, Tag::OffsetTime),
    };
    let time = jiff::civil::DateTime::strptime("%Y:%m:%d %H:%M:%S", &written).ok()?;
    let offset = text(exif, tag).filter(|offset| is_offset(offset)).unwrap_or_default();
    Some(format!("{}{offset}", time.strftime("%Y-%m-%dT%H:%M:%S")))
}

fn is_offset(text: &str) -> bool {
    let number = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| 10 * (tens - 48) + ones - 48)
    };
    match *text.as_bytes() {
        [b'+' | b'-', a, b, b':', c, d] => {
            number(a, b).is_some_and(|hours| hours <= 14) && number(c, d).is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

fn position(exif: &Exif) -> Option<Position> {
    let degrees = |tag, side, negative, most: f64| {
        let parts = numbers(&exif.get_field(tag, In::PRIMARY)?.value)?;
        let part = |at: usize| parts.get(at).copied().unwrap_or(Some(0.0));
        let angle = part(0)? + part(1)? / 60.0 + part(2)? / 3600.0;
        let angle = if text(exif, side)?.eq_ignore_ascii_case(negative) { -angle } else { angle };
        (!parts.is_empty() && (-most..=most).contains(&angle)).then_some(angle)
    };
    let latitude = degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, "S", 90.0)?;
    let longitude = degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, "W", 180.0)?;
    // Some cameras write zeros as long as they do not know.
    ((latitude, longitude) != (0.0, 0.0)).then_some(Position { latitude, longitude })
}

/// The parts of an angle; nothing in place of one that is no number. Some cameras write them with a sign, which the
/// standard does not: which side of the equator it is stands beside, so one below zero says nothing.
fn numbers(value: &Value) -> Option<Vec<Option<f64>>> {
    let unsigned = |part: &Rational| (part.denom != 0).then(|| part.to_f64());
    let signed = |part: &SRational| (part.denom != 0).then(|| part.to_f64()).filter(|part| *part >= 0.0);
    match value {
        Value::Rational(parts) => Some(parts.iter().map(unsigned).collect()),
        Value::SRational(parts) => Some(parts.iter().map(signed).collect()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_distances_that_exist_count() {
        for good in ["+02:00", "-09:30", "+14:00"] {
            assert!(is_offset(good), "{good}");
        }
        for bad in ["", "+2:00", "02:00", "+02:60", "+15:00", "+02:000", "é02:0"] {
            assert!(!is_offset(bad), "{bad}");
        }
    }

    #[test]
    fn no_bytes_and_any_bytes_are_no_tags() {
        assert_eq!(read(b""), Tags::default());
        assert_eq!(read(b"II*\0\xFF\xFF\xFF\xFF"), Tags::default());
        assert_eq!(read(&vec![b'I'; 2 << 20]), Tags::default());
    }
}
