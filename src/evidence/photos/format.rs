//! What bytes are, by themselves: names and declared types say nothing.

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// What phones write.
    Jpeg,
    /// Screenshots.
    Png,
    /// What messengers and browsers write.
    WebP,
}

impl Format {
    /// Its name among the media types.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// What bytes turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Photo(Format),
    /// What newer phones write by default.
    Heic,
    /// Something else, in words.
    Other(&'static str),
}

/// Looks at how bytes begin.
pub(super) fn kind(bytes: &[u8]) -> Kind {
    let starts = |start: &[u8]| bytes.starts_with(start);
    let at = |place: usize, word: &[u8]| bytes.get(place..).is_some_and(|rest| rest.starts_with(word));
    if starts(&[0xFF, 0xD8, 0xFF]) {
        return Kind::Photo(Format::Jpeg);
    }
    if starts(b"\x89PNG\r\n\x1A\n") {
        return Kind::Photo(Format::Png);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Kind::Photo(Format::WebP);
    }
    if at(4, b"ftyp") {
        return if is_heic(bytes) { Kind::Heic } else { Kind::Other("a film or a recording") };
    }
    let known: [(&[u8], &str); 14] = [
        (b"GIF8", "a GIF"),
        (b"BM", "a BMP"),
        (b"II*\0", "a TIFF or a camera's raw image"),
        (b"MM\0*", "a TIFF or a camera's raw image"),
        (b"%PDF", "a PDF"),
        (b"PK\x03\x04", "a ZIP archive or an office document"),
        (b"\0\0\x01\0", "an icon"),
        (b"\x1A\x45\xDF\xA3", "a film or a recording"),
        (b"OggS", "a recording"),
        (b"RIFF", "a film or a recording"),
        (b"\xFF\x0A", "a JPEG XL"),
        (b"\0\0\0\x0CJXL ", "a JPEG XL"),
        (b"\x7FELF", "a program"),
        (b"MZ", "a program"),
    ];
    if let Some((_, name)) = known.iter().find(|(start, _)| starts(start)) {
        return Kind::Other(name);
    }
    let text: Vec<u8> = bytes
        .iter()
        .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, 0xEF | 0xBB | 0xBF))
        .take(5)
        .map(u8::to_ascii_lowercase)
        .collect();
    match text.as_slice() {
        [] => Kind::Other("empty"),
        b"<?xml" | [b'<', b's', b'v', b'g', ..] => Kind::Other("an SVG or another XML document"),
        [b'<', ..] => Kind::Other("an HTML document"),
        _ => Kind::Other("no image that is known here"),
    }
}

/// Whether bytes begin with a mark of four bytes at least, which is no chance.
pub(super) fn is_marked(bytes: &[u8]) -> bool {
    const MARKS: [&[u8]; 10] = [
        b"GIF8",
        b"II*\0",
        b"MM\0*",
        b"%PDF",
        b"PK\x03\x04",
        b"\x1A\x45\xDF\xA3",
        b"OggS",
        b"RIFF",
        b"\0\0\0\x0CJXL ",
        b"\x7FELF",
    ];
    MARKS.iter().any(|mark| bytes.starts_with(mark)) || bytes.get(4..8) == Some(b"ftyp")
}

/// Whether one of the brands at the beginning is one of HEIF's (AVIF among them, which is of the same house).
fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8; 4]; 12] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"avif",
        b"avis",
    ];
    let length = bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length));
    let brands = bytes.get(8..usize::try_from(length).unwrap_or(0).clamp(12, 128).min(bytes.len()));
    brands.unwrap_or_default().as_chunks::<4>().0.iter().any(|brand| BRANDS.contains(&brand))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        assert_eq!(kind(b"\xFF\xD8\xFF\xE1"), Kind::Photo(Format::Jpeg));
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), Kind::Photo(Format::WebP));
        assert_eq!(kind(b"RIFF\x10\0\0\0WAVEfmt "), Kind::Other("a film or a recording"));
        assert_eq!(kind(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Kind::Heic);
        assert_eq!(kind(b"\0\0\0\x1Cftypmif1\0\0\0\0mif1miafMiHB"), Kind::Heic);
        assert_eq!(kind(b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42"), Kind::Other("a film or a recording"));
        assert_eq!(kind(b"\xEF\xBB\xBF \n<SVG onload="), Kind::Other("an SVG or another XML document"));
        assert_eq!(kind(b"<!doctype html>"), Kind::Other("an HTML document"));
        assert_eq!(kind(b""), Kind::Other("empty"));
        assert_eq!(kind(b"hello"), Kind::Other("no image that is known here"));
    }
}
