//! Rows are put on pages, and pages are written.

use std::num::NonZeroU16;

use krilla::{
    Document as Writer,
    color::luma,
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect, Size, Transform},
    metadata::Metadata,
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Node, SpanTag, Tag, TagGroup, TagTree},
    text::{GlyphId, KrillaGlyph},
};

use super::{
    Document, Style, drawing,
    font::{Font, Fonts},
    pages::{Takes, pages},
    rows::{Element, Row, Shows, WIDTH, rows},
};
use crate::error::{Error, Result};

/// A page of A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
/// What is left free at each side.
pub(super) const MARGIN: f32 = 54.0;
/// How far above the lower side the line with the page's number stands.
const FOOT: f32 = 30.0;

/// The bytes of this document as a PDF; each page has at its foot what `foot` says of its number and of the number of pages.
///
/// # Errors
/// `internal` if it cannot be written.
pub fn write(document: &Document, foot: impl Fn(usize, usize) -> String) -> Result<Vec<u8>> {
    let fonts = Fonts::get()?;
    let (rows, elements) = rows(&document.pieces, fonts);
    let takes: Vec<Takes> = rows.iter().map(|row| row.takes).collect();
    let pages = pages(&takes, PAGE.1 - 2.0 * MARGIN);
    let mut writer = Writer::new();
    let metadata = Metadata::new().title(fonts.spelled(&document.title)).language(document.language.clone());
    writer.set_metadata(metadata);
    let mut parts: Vec<Vec<Node>> = elements.iter().map(|_| Vec::new()).collect();
    let mut outline = Outline::new();
    for (number, page) in pages.iter().enumerate() {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Error::internal("no page"))?;
        let mut sheet = writer.start_page_with(settings);
        let mut surface = sheet.surface();
        let mut top = MARGIN;
        for row in rows.get(page.clone()).unwrap_or_default() {
            if let Some(heading) = heading(row, &elements, &parts) {
                let place = XyzDestination::new(number, Point::from_xy(0.0, top));
                outline.push_child(OutlineNode::new(heading.to_owned(), place));
            }
            draw(&mut surface, fonts, row, top, &mut parts);
            top += row.takes.height;
        }
        let words = fonts.spelled(&foot(number + 1, pages.len()));
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        let left = MARGIN + WIDTH - fonts.regular.width(&words, Style::Quiet.sizes().0);
        text(&mut surface, &fonts.regular, Style::Quiet, (left, PAGE.1 - FOOT), &words);
        surface.end_tagged();
        surface.finish();
        sheet.finish();
    }
    writer.set_outline(outline);
    writer.set_tag_tree(structure(elements, parts, &document.language));
    writer.finish().map_err(|error| Error::internal(format_args!("a PDF cannot be written: {error:?}")))
}

/// Whether a document has room on one page.
///
/// # Errors
/// `internal` if the font cannot be read.
pub fn is_one_page(document: &Document) -> Result<bool> {
    let (rows, _) = rows(&document.pieces, Fonts::get()?);
    let takes: Vec<Takes> = rows.iter().map(|row| row.takes).collect();
    Ok(pages(&takes, PAGE.1 - 2.0 * MARGIN).len() == 1)
}

/// The words of the heading that this row begins, if it begins one.
fn heading<'e>(row: &Row, elements: &'e [Element], parts: &[Vec<Node>]) -> Option<&'e str> {
    let Shows::Line { texts, .. } = &row.shows else { return None };
    let element = texts.first()?.element;
    match (elements.get(element)?, parts.get(element)?.is_empty()) {
        (Element::Heading(level, words), true) if *level > 1 => Some(words),
        _ => None,
    }
}

fn draw(surface: &mut Surface<'_>, fonts: &Fonts, row: &Row, top: f32, parts: &mut [Vec<Node>]) {
    let mut belongs = |element: usize, part: krilla::tagging::Identifier| {
        if let Some(parts) = parts.get_mut(element) {
            parts.push(part.into());
        }
    };
    match &row.shows {
        Shows::Nothing => {}
        Shows::Rule => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            rule(surface, top + row.takes.height / 2.0);
            surface.end_tagged();
        }
        Shows::Line { texts, style } => {
            let (size, height) = style.sizes();
            let base = top + (height + size) / 2.0 - size * 0.2;
            for one in texts {
                let part = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                text(surface, style.font(fonts), *style, (MARGIN + one.left, base), &one.thing);
                surface.end_tagged();
                belongs(one.element, part);
            }
        }
        Shows::Drawing(one) => {
            let (drawing, scale) = &one.thing;
            let part = surface.start_tagged(ContentTag::Other);
            drawing::paint(surface, fonts, drawing, (MARGIN + one.left, top), *scale);
            surface.end_tagged();
            belongs(one.element, part);
        }
        Shows::Photos(photos) => {
            for one in photos {
                let (image, width, height) = &one.thing;
                let Some(size) = Size::from_wh(*width, *height) else { continue };
                let part = surface.start_tagged(ContentTag::Other);
                surface.push_transform(&Transform::from_translate(MARGIN + one.left, top));
                surface.draw_image(image.clone(), size);
                surface.pop();
                surface.end_tagged();
                belongs(one.element, part);
            }
        }
    }
}

fn ink(lightness: u8) -> Option<Fill> {
    let paint = luma::Color::new(lightness).into();
    Some(Fill { paint, opacity: NormalizedF32::ONE, ..Fill::default() })
}

fn rule(surface: &mut Surface<'_>, top: f32) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(MARGIN, top, WIDTH, 0.5) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        surface.set_fill(ink(160));
        surface.draw_path(&path);
    }
}

fn text(surface: &mut Surface<'_>, font: &Font, style: Style, at: (f32, f32), words: &str) {
    surface.set_fill(ink(if style == Style::Quiet { 90 } else { 0 }));
    glyphs(surface, font, style.sizes().0, at, words);
}

/// Words of this size whose first letter stands here, in the colour that is set.
pub(super) fn glyphs(
    surface: &mut Surface<'_>,
    font: &Font,
    size: f32,
    (left, base): (f32, f32),
    words: &str,
) {
    let glyph = |(at, letter): (usize, char)| {
        let glyph = font.glyph(letter);
        let range = at..at + letter.len_utf8();
        KrillaGlyph::new(GlyphId::new(glyph.id), glyph.width, 0.0, 0.0, 0.0, range, None)
    };
    let glyphs: Vec<_> = words.char_indices().map(glyph).collect();
    let start = Point::from_xy(left, base);
    surface.draw_glyphs(start, &glyphs, font.letters.clone(), words, size, false);
}

/// The structure of the document: its elements in their order, each with what was drawn of it.
fn structure(elements: Vec<Element>, parts: Vec<Vec<Node>>, language: &str) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    for (element, parts) in elements.into_iter().zip(parts) {
        tree.push(match element {
            Element::Heading(level, words) => {
                let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
                TagGroup::with_children(Tag::Hn(level, Some(words)), parts)
            }
            Element::Paragraph => TagGroup::with_children(Tag::P, parts),
            Element::Figure(words) => TagGroup::with_children(Tag::Figure(Some(words)), parts),
        });
    }
    tree
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::pdf::{Photo, Piece, Text};

    fn document(lines: usize) -> Document {
        let line = |n: usize| Text::new(Style::Plain, format!("Line {n}: Ғ, ş, Щ, 🙂, سلام, 清潔.")).into();
        let mut pieces: Vec<Piece> = vec![Text::new(Style::Title, "Lunch").into(), Piece::Rule];
        pieces.push(Piece::Photos(vec![Photo::new(Vec::new().into(), "Nothing")]));
        pieces.extend((0..lines).map(line));
        pieces.push(Text::new(Style::Heading, "The end").into());
        Document { title: "Lunch\u{0}".into(), language: "en".into(), pieces }
    }

    #[test]
    fn the_same_document_is_the_same_bytes() {
        let write = |lines| write(&document(lines), |page, pages| format!("{page}/{pages}")).unwrap();
        let bytes = write(200);
        assert!(bytes.starts_with(b"%PDF-"));
        assert_eq!(bytes, write(200));
        assert_ne!(bytes, write(201));
    }

    #[test]
    fn each_page_has_its_number() {
        let seen = std::cell::RefCell::new(Vec::new());
        let foot = |page: usize, pages: usize| {
            seen.borrow_mut().push((page, pages));
            String::new()
        };
        write(&document(120), foot).unwrap();
        assert_eq!(seen.into_inner(), [(1, 3), (2, 3), (3, 3)]);
    }

    #[test]
    fn nothing_is_a_page_too() {
        assert!(write(&Document::default(), |_, _| String::new()).unwrap().starts_with(b"%PDF-"));
    }
}
