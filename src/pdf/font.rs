//! The font: its letters, and how wide they are.

use std::{collections::HashMap, io::Read as _, sync::LazyLock};

use flate2::read::ZlibDecoder;
use icu_normalizer::ComposingNormalizerBorrowed;
use skrifa::{FontRef, MetadataProvider as _, instance::LocationRef, instance::Size};

use crate::error::{Error, Result};

/// What stands in place of a letter that the font has not, the best first.
const MARKS: [char; 3] = ['\u{fffd}', '\u{25a1}', '?'];

/// The two faces of the font.
pub(super) struct Fonts {
    pub(super) regular: Font,
    pub(super) bold: Font,
    mark: char,
}

/// A face of the font.
pub(super) struct Font {
    pub(super) letters: krilla::text::Font,
    glyphs: HashMap<char, Glyph>,
}

/// How a letter is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Glyph {
    /// Its number in the font.
    pub(super) id: u32,
    /// How wide it is, in parts of the size of the font.
    pub(super) width: f32,
}

static FONTS: LazyLock<Option<Fonts>> = LazyLock::new(|| {
    let regular = Font::unpack(include_bytes!(concat!(env!("OUT_DIR"), "/LibertinusSerif-Regular")))?;
    let bold = Font::unpack(include_bytes!(concat!(env!("OUT_DIR"), "/LibertinusSerif-Bold")))?;
    let mark = MARKS.into_iter().find(|mark| regular.has(*mark) && bold.has(*mark))?;
    Some(Fonts { regular, bold, mark })
});

impl Fonts {
    /// The font, unpacked once.
    ///
    /// # Errors
    /// `internal` if it cannot be read.
    pub(super) fn get() -> Result<&'static Self> {
        FONTS.as_ref().ok_or_else(|| Error::internal("the font of PDFs cannot be read"))
    }

    /// The text in letters that the font has: those that are put together of several signs as one, what is not seen left out,
    /// and a mark for each that the font has not.
    pub(super) fn spelled(&self, text: &str) -> String {
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
        let letter = |c: char| match c {
            '\n' => Some(c),
            '\t' => Some(' '),
            c if c.is_control() || is_unseen(c) => None,
            c if c.is_whitespace() || self.regular.has(c) && self.bold.has(c) => Some(c),
            _ => Some(self.mark),
        };
        composed.replace("\r\n", "\n").chars().filter_map(letter).collect()
    }
}

impl Font {
    fn unpack(packed: &[u8]) -> Option<Self> {
        let mut bytes = Vec::new();
        ZlibDecoder::new(packed).read_to_end(&mut bytes).ok()?;
        let font = FontRef::new(&bytes).ok()?;
        let widths = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let size = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        let glyph = |(code, id): (u32, skrifa::GlyphId)| {
            let letter = char::from_u32(code).filter(|letter| !runs_to_the_left(*letter))?;
            let width = widths.advance_width(id)? / size;
            Some((letter, Glyph { id: id.to_u32(), width }))
        };
        let glyphs = font.charmap().mappings().filter_map(glyph).collect();
        Some(Self { glyphs, letters: krilla::text::Font::new(bytes.into(), 0)? })
    }

    fn has(&self, letter: char) -> bool {
        self.glyphs.contains_key(&letter)
    }

    /// How this letter is drawn. Spaces of other kinds are drawn as the usual one.
    pub(super) fn glyph(&self, letter: char) -> Glyph {
        let known = self.glyphs.get(&letter).or_else(|| self.glyphs.get(&' '));
        known.copied().unwrap_or_default()
    }

    /// How wide a text is at this size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.glyph(letter).width * size).sum()
    }
}

/// Whether nothing is seen of a sign: joiners, marks of direction, variants of emoji.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a letter is of a script that runs from right to left: lines are not set so.
fn runs_to_the_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_letters_of_our_languages_are_there() {
        let fonts = Fonts::get().unwrap();
        for text in [
            "The quick brown fox jumps over the lazy dog. 0123456789 – — “”‘’ € % № … • ′ ½ ×",
            "Dès Noël où un zéphyr haï me vêt de glaçons würmiens, je dîne d’exquis rôtis de bœuf à l’aÿ « etc. »",
            "Pijamalı hasta yağız şoföre çabucak güvendi. İIıi ĞŞÇÖÜ",
            "Съешь же ещё этих мягких французских булок, да выпей чаю. ЁЪЫЭ",
            "Жълтата дюля беше щастлива, че пухът, който цъфна, замръзна като гьон. ЍѝЪЬ",
            "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.",
        ] {
            assert_eq!(fonts.spelled(text), text);
        }
    }

    #[test]
    fn other_letters_are_marks() {
        let fonts = Fonts::get().unwrap();
        let mark = fonts.mark;
        for (text, wanted) in [
            ("a 🙂 b", format!("a {mark} b")),
            ("👨\u{200d}👩\u{200d}👧 👍\u{1f3fd}", format!("{mark}{mark}{mark} {mark}")),
            ("سلام", mark.to_string().repeat(4)),
            ("שלום", mark.to_string().repeat(4)),
            ("清潔", format!("{mark}{mark}")),
            ("и\u{306}\u{feff}\u{202e}e\u{301}", "йé".to_owned()),
            ("a\tb\r\nc\u{0}\u{7}\nd", "a b\nc\nd".to_owned()),
        ] {
            assert_eq!(fonts.spelled(text), wanted, "{text}");
        }
    }

    #[test]
    fn letters_have_their_widths() {
        let Fonts { regular, bold, .. } = Fonts::get().unwrap();
        let width = |text: &str| regular.width(text, 10.0);
        assert!(width("m") > width("i") && width("i") > 0.0);
        assert!((width("mi") - width("m") - width("i")).abs() < 1e-4);
        assert!((width("\u{a0}") - width(" ")).abs() < 1e-4);
        assert!(bold.width("Score", 10.0) > width("Score"));
    }
}
