//! The rows of a document: lines of text, photos beside each other, drawings, lines from side to side, and room.

use krilla::image::Image;

use super::{
    Hold, Photo, Piece, Style, Text,
    font::{Font, Fonts},
    pages::Takes,
    wrap::wrap,
};
use crate::charts::Drawing;

/// How wide rows are, in points: A4 without its margins.
pub(super) const WIDTH: f32 = 595.0 - 2.0 * super::paint::MARGIN;
/// How many photos stand beside each other.
const BESIDE: usize = 3;
/// What is between photos, and between a text and what stands at its right.
const GAP: f32 = 8.0;
/// A photo is at most so high.
const HIGHEST: f32 = 240.0;

/// A row, and what it takes.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) takes: Takes,
    pub(super) shows: Shows,
}

/// What is seen of a row.
#[derive(Debug)]
pub(super) enum Shows {
    Nothing,
    Rule,
    Line {
        texts: Vec<Placed<String>>,
        style: Style,
    },
    Photos(Vec<Placed<(Image, f32, f32)>>),
    /// A drawing, so many times as large as it is.
    Drawing(Placed<(Drawing, f32)>),
}

/// Something at this distance from the left, which belongs to this element of the document's structure.
#[derive(Debug)]
pub(super) struct Placed<T> {
    pub(super) left: f32,
    pub(super) element: usize,
    pub(super) thing: T,
}

/// An element of the document's structure.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Element {
    Heading(u16, String),
    Paragraph,
    /// A photo or a drawing, in words.
    Figure(String),
}

impl Style {
    /// The size of letters, and how high a line is.
    pub(super) fn sizes(self) -> (f32, f32) {
        match self {
            Self::Title => (20.0, 26.0),
            Self::Heading => (14.0, 20.0),
            Self::Strong | Self::Plain => (10.5, 14.5),
            Self::Quiet => (9.0, 12.5),
        }
    }

    pub(super) fn font(self, fonts: &Fonts) -> &Font {
        match self {
            Self::Title | Self::Heading | Self::Strong => &fonts.bold,
            Self::Plain | Self::Quiet => &fonts.regular,
        }
    }
}

/// The rows of these pieces, with the elements that they belong to.
pub(super) fn rows(pieces: &[Piece], fonts: &Fonts) -> (Vec<Row>, Vec<Element>) {
    let (mut rows, mut elements) = (Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Text(text) => lines(text, fonts, &mut rows, &mut elements),
            Piece::Photos(photos) => {
                photos.chunks(BESIDE).for_each(|some| beside(some, fonts, &mut rows, &mut elements));
            }
            Piece::Drawing(drawing) => {
                let scale = WIDTH / drawing.size.0.max(1.0);
                let thing = (drawing.as_ref().clone(), scale);
                let placed = Placed { left: 0.0, element: elements.len(), thing };
                elements.push(Element::Figure(fonts.spelled(&drawing.description)));
                let takes = takes(drawing.size.1 * scale, false);
                rows.push(Row { takes, shows: Shows::Drawing(placed) });
            }
            Piece::Rule => rows.push(Row { takes: takes(9.0, true), shows: Shows::Rule }),
            Piece::Space(height) => {
                let takes = Takes { is_space: true, ..takes(*height, false) };
                rows.push(Row { takes, shows: Shows::Nothing });
            }
        }
    }
    (rows, elements)
}

fn takes(height: f32, holds: bool) -> Takes {
    Takes { height, holds, is_space: false }
}

fn lines(text: &Text, fonts: &Fonts, rows: &mut Vec<Row>, elements: &mut Vec<Element>) {
    let style = text.style;
    let (font, (size, height)) = (style.font(fonts), style.sizes());
    let at_right = text.at_right.as_deref().map(|words| fonts.spelled(words));
    let beside = at_right.as_deref().map_or(0.0, |words| font.width(words, size) + GAP);
    let room = (WIDTH - text.indent - beside).max(WIDTH / 3.0);
    let spelled = fonts.spelled(&text.text);
    let lines = wrap(&spelled, room, |part| font.width(part, size));
    let element = elements.len();
    elements.push(match style {
        Style::Title => Element::Heading(1, spelled),
        Style::Heading => Element::Heading(2, spelled),
        Style::Strong | Style::Plain | Style::Quiet => Element::Paragraph,
    });
    let last = lines.len() - 1;
    for (at, mut line) in lines.into_iter().enumerate() {
        if at < last {
            // A space ends the word for those who read the text without seeing the lines.
            line.push(' ');
        }
        let mut texts = vec![Placed { left: text.indent, element, thing: line }];
        if let Some(words) = at_right.as_ref().filter(|_| at == 0) {
            let left = WIDTH - font.width(words, size);
            texts.push(Placed { left, element, thing: words.clone() });
        }
        let holds = match text.hold {
            Hold::Loose => at < last && (last < 3 || at == 0 || at + 2 > last),
            Hold::Whole => at < last,
            Hold::WithNext => true,
        };
        rows.push(Row { takes: takes(height, holds), shows: Shows::Line { texts, style } });
    }
}

/// Photos beside each other, each as large as its part of the row lets it be.
fn beside(photos: &[Photo], fonts: &Fonts, rows: &mut Vec<Row>, elements: &mut Vec<Element>) {
    let room = (WIDTH - GAP * (BESIDE - 1) as f32) / BESIDE as f32;
    let (mut placed, mut highest) = (Vec::new(), 0.0_f32);
    for (at, photo) in photos.iter().enumerate() {
        let sides = photo.image.as_ref().map(|image| (image, within(image.size(), room)));
        let Some((image, (width, height))) = sides else {
            lines(&Text::new(Style::Quiet, photo.words.as_str()), fonts, rows, elements);
            continue;
        };
        let (left, element) = ((room + GAP) * at as f32, elements.len());
        elements.push(Element::Figure(fonts.spelled(&photo.words)));
        highest = highest.max(height);
        placed.push(Placed { left, element, thing: (image.clone(), width, height) });
    }
    if !placed.is_empty() {
        rows.push(Row { takes: takes(highest + GAP, false), shows: Shows::Photos(placed) });
    }
}

/// The sides of a photo that is scaled to fit.
fn within((width, height): (u32, u32), room: f32) -> (f32, f32) {
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let scale = (room / width).min(HIGHEST / height);
    (width * scale, height * scale)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn holds(text: Text) -> Vec<bool> {
        let (rows, _) = rows(&[text.into()], Fonts::get().unwrap());
        rows.iter().map(|row| row.takes.holds).collect()
    }

    #[test]
    fn lines_hold_together_as_is_wished() {
        let of = |lines: usize| Text::new(Style::Plain, vec!["line"; lines].join("\n"));
        assert_eq!(holds(of(1)), [false]);
        assert_eq!(holds(of(3)), [true, true, false]);
        assert_eq!(holds(of(5)), [true, false, false, true, false]);
        assert_eq!(holds(of(4).held(Hold::Whole)), [true, true, true, false]);
        assert_eq!(holds(of(2).held(Hold::WithNext)), [true, true]);
        assert_eq!(holds(Text::new(Style::Heading, "Service")), [true]);
    }

    #[test]
    fn what_stands_at_the_right_has_room() {
        let fonts = Fonts::get().unwrap();
        let text =
            Text::new(Style::Strong, "Was it clean? ".repeat(30)).at_right("8 of 10 points").indented(12.0);
        let (rows, elements) = rows(&[text.into()], fonts);
        assert_eq!(elements, [Element::Paragraph]);
        let Shows::Line { texts, style } = &rows[0].shows else { panic!("no line") };
        let [words, points] = &texts[..] else { panic!("{texts:?}") };
        let width = |text: &Placed<String>| style.font(fonts).width(text.thing.trim_end(), style.sizes().0);
        assert!(words.left + width(words) < points.left);
        assert!((points.left + width(points) - WIDTH).abs() < 0.01);
        assert!(rows.len() > 3);
        for row in &rows[1..] {
            let Shows::Line { texts, .. } = &row.shows else { panic!("no line") };
            assert_eq!(texts.len(), 1);
        }
    }

    #[test]
    fn photos_keep_their_shape() {
        assert_eq!(within((1280, 1280), 160.0), (160.0, 160.0));
        assert_eq!(within((200, 100), 160.0), (160.0, 80.0));
        assert_eq!(within((128, 512), 160.0), (60.0, 240.0));
    }

    #[test]
    fn a_photo_that_cannot_be_read_is_words() {
        let photos = vec![Photo::new(b"no JPEG".to_vec().into(), "Photo 1 of “Clean?”")];
        let (rows, elements) = rows(&[Piece::Photos(photos)], Fonts::get().unwrap());
        assert_eq!((rows.len(), elements), (1, vec![Element::Paragraph]));
    }
}
