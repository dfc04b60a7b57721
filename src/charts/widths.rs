//! How wide a text is in a font that is not known: rather too wide than too narrow.

use super::drawing::{Anchor, Ink, Mark, Point, Words};

/// What stands for what was cut.
const CUT: char = '…';

/// How wide a letter is, in parts of its size, in the widest of the usual fonts without serifs.
fn letter(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | 'ı' | 'і' | 'ï' | 'î' | '.' | ',' | ':' | ';' | '\'' | '’' | '|' | '!' | '·' => {
            0.32
        }
        ' ' | '\u{a0}' | '\u{202f}' => 0.33,
        'f' | 'r' | 't' | 'I' | 'İ' | 'Î' | 'Ï' | '(' | ')' | '-' | '/' => 0.42,
        '%' | '@' | 'W' | 'Œ' | 'Æ' | '—' | CUT => 1.0,
        'm' | 'M' | 'w' | 'Ж' | 'Ш' | 'Щ' | 'Ю' | 'Ы' | 'Ф' | 'ш' | 'щ' | 'ю' | 'ж' | 'ы' | 'ф' | 'æ'
        | 'œ' => 1.0,
        '−' | '+' | '=' | '<' | '>' | '≤' | '≥' => 0.84,
        // Scripts whose letters are squares.
        '\u{1100}'.. => 1.05,
        c if c.is_uppercase() => 0.8,
        _ => 0.65,
    }
}

/// How wide a text is, rather too wide.
pub(super) fn width(text: &str, (size, is_bold): (f32, bool)) -> f32 {
    let bold = if is_bold { 1.1 } else { 1.0 };
    text.chars().map(letter).sum::<f32>() * size * bold
}

/// The text itself if there is room for it, and otherwise its beginning.
pub(super) fn cut(text: &str, room: f32, font: (f32, bool)) -> String {
    if width(text, font) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, font) + letter(CUT) * font.0 * 1.1 > room {
            kept.pop();
            break;
        }
    }
    format!("{}{CUT}", kept.trim_end())
}

/// The lines of a text, so many at most; what has no room is cut.
pub(super) fn lines(text: &str, room: f32, font: (f32, bool), most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let last = lines.last_mut().filter(|line| width(&format!("{line} {word}"), font) <= room);
        match last {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| cut(line, room, font)).collect()
}

/// A text that is cut to its room.
pub(super) fn fitted(at: Point, text: &str, room: f32, (size, is_bold): (f32, bool), ink: Ink) -> Mark {
    let shown = cut(text, room, (size, is_bold));
    let whole = (shown != text).then(|| text.to_owned());
    Mark::Text(Words { at, text: shown, size, is_bold, ink, anchor: Anchor::Start, whole })
}

/// A text that is short enough.
pub(super) fn words(
    at: Point,
    text: impl Into<String>,
    (size, is_bold): (f32, bool),
    ink: Ink,
    anchor: Anchor,
) -> Mark {
    Mark::Text(Words { at, text: text.into(), size, is_bold, ink, anchor, whole: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: (f32, bool) = (10.0, false);

    #[test]
    fn what_has_no_room_is_cut() {
        assert_eq!(cut("Café Lumen", 200.0, PLAIN), "Café Lumen");
        for text in ["Café Lumen am Hauptbahnhof", "Щедрые Южные Шашлыки", "清潔清潔清潔清潔清潔"]
        {
            let shown = cut(text, 80.0, PLAIN);
            assert!(shown.ends_with(CUT) && width(&shown, PLAIN) <= 80.0, "{shown}");
        }
    }

    #[test]
    fn a_text_has_so_many_lines_at_most() {
        let text = "The guest is greeted within thirty seconds after the door was opened";
        let shown = lines(text, 90.0, PLAIN, 3);
        assert_eq!(shown.len(), 3);
        assert!(shown.iter().all(|line| width(line, PLAIN) <= 90.0), "{shown:?}");
        assert!(shown.last().is_some_and(|line| line.ends_with(CUT)), "{shown:?}");
        assert_eq!(lines("one two", 500.0, PLAIN, 3), ["one two"]);
        assert_eq!(lines("", 500.0, PLAIN, 3), [""; 0]);
    }
}
