//! What bytes are, by themselves: names and declared types say nothing.

use crate::checklists::manifest::MediaType;

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
    /// A kind of file that phones and cameras bring, and that is not read as a photo.
    Known(MediaType),
    /// Something else, in words.
    Other(&'static str),
}

const FILM: Kind = Kind::Other("a film or a recording");

/// How other kinds begin, with four bytes at least, which are no chance.
const MARKED: [(&[u8], Kind); 10] = [
    (b"GIF8", Kind::Known(MediaType::Gif)),
    (b"II*\0", Kind::Known(MediaType::Tiff)),
    (b"MM\0*", Kind::Known(MediaType::Tiff)),
    (b"\0\0\0\x0CJXL ", Kind::Known(MediaType::Jxl)),
    (b"\x1A\x45\xDF\xA3", FILM),
    (b"OggS", Kind::Other("a recording")),
    (b"RIFF", FILM),
    (b"%PDF", Kind::Other("a PDF")),
    (b"PK\x03\x04", Kind::Other("a ZIP archive or an office document")),
    (b"\x7FELF", Kind::Other("a program")),
];

/// How others begin.
const SHORT: [(&[u8], Kind); 5] = [
    (b"\0\0\x01\0", Kind::Other("an icon")),
    (b"\0\0\x02\0", Kind::Other("an icon")),
    (b"BM", Kind::Known(MediaType::Bmp)),
    (b"\xFF\x0A", Kind::Known(MediaType::Jxl)),
    (b"MZ", Kind::Other("a program")),
];

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
        return heif(bytes).map_or(FILM, Kind::Known);
    }
    if let Some((_, kind)) = MARKED.iter().chain(&SHORT).find(|(start, _)| starts(start)) {
        return *kind;
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
    MARKED.iter().any(|(mark, _)| bytes.starts_with(mark)) || bytes.get(4..8) == Some(b"ftyp")
}

/// What the brands at the beginning say of the house of HEIF, if one of them is of it.
fn heif(bytes: &[u8]) -> Option<MediaType> {
    const HEIC: [&[u8; 4]; 10] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"];
    const AVIF: [&[u8; 4]; 2] = [b"avif", b"avis"];
    let length = bytes.first_chunk().map_or(0, |length| u32::from_be_bytes(*length));
    let brands = bytes.get(8..usize::try_from(length).unwrap_or(0).clamp(12, 128).min(bytes.len()));
    let has = |known: &[&[u8; 4]]| {
        brands.unwrap_or_default().as_chunks::<4>().0.iter().any(|brand| known.contains(&brand))
    };
    let kinds = [(&AVIF[..], MediaType::Avif), (&HEIC[..], MediaType::Heic)];
    kinds.into_iter().find(|(known, _)| has(known)).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_what_they_are() {
        assert_eq!(kind(b"\xFF\xD8\xFF\xE1"), Kind::Photo(Format::Jpeg));
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), Kind::Photo(Format::WebP));
        assert_eq!(kind(b"RIFF\x10\0\0\0WAVEfmt "), Kind::Other("a film or a recording"));
        assert_eq!(kind(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Kind::Known(MediaType::Heic));
        assert_eq!(kind(b"\0\0\0\x1Cftypmif1\0\0\0\0mif1miafMiHB"), Kind::Known(MediaType::Heic));
        assert_eq!(kind(b"\0\0\0\x1Cftypmif1\0\0\0\0avifmif1miaf"), Kind::Known(MediaType::Avif));
        assert_eq!(kind(b"II*\0"), Kind::Known(MediaType::Tiff));
        assert!(is_marked(b"II*\0") && !is_marked(b"BM") && !is_marked(b"\0\0\x01\0"));
        assert_eq!(kind(b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42"), Kind::Other("a film or a recording"));
        assert_eq!(kind(b"\xEF\xBB\xBF \n<SVG onload="), Kind::Other("an SVG or another XML document"));
        assert_eq!(kind(b"<!doctype html>"), Kind::Other("an HTML document"));
        assert_eq!(kind(b""), Kind::Other("empty"));
        assert_eq!(kind(b"hello"), Kind::Other("no image that is known here"));
    }
}
