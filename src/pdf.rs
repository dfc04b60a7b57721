//! PDFs: text, photos and drawings, set into pages. What is printed is a matter of those who print it.
//!
//! A document is a list of [`Piece`]s. Its texts are wrapped into lines (`wrap`), lines and photos are rows (`rows`), rows go
//! into pages (`pages`), and pages are written with the structure that readers of screens need (`paint`). The same document
//! is the same bytes: nothing of the clock or of chance is in them.
//!
//! Its letters are those of the font (`font`): Latin, Greek and Cyrillic. In place of every other letter stands a mark.

mod drawing;
mod font;
mod pages;
mod paint;
mod rows;
mod wrap;

use std::sync::Arc;

use krilla::image::Image;

pub use self::paint::{is_one_page, write};
use crate::charts::Drawing;

/// What is to be printed.
#[derive(Debug, Default)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// The language that it is in (BCP 47).
    pub language: String,
    /// What is in it, from the beginning to the end.
    pub pieces: Vec<Piece>,
}

/// A part of a document.
#[derive(Debug)]
pub enum Piece {
    /// A paragraph.
    Text(Text),
    /// Photos, several in a row.
    Photos(Vec<Photo>),
    /// A drawing, from side to side.
    Drawing(Box<Drawing>),
    /// A line from side to side.
    Rule,
    /// Room, so high.
    Space(f32),
}

/// A paragraph.
#[derive(Debug)]
pub struct Text {
    /// What it says. A line feed begins a new line.
    pub text: String,
    /// What stands at the right end of its first line.
    pub at_right: Option<String>,
    /// How it looks.
    pub style: Style,
    /// How far from the left it begins.
    pub indent: f32,
    /// Where a page may end in it.
    pub hold: Hold,
}

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The title of the document.
    Title,
    /// What a part of the document is called.
    Heading,
    /// Words that stand out.
    Strong,
    /// The usual one.
    Plain,
    /// Words beside the others.
    Quiet,
}

/// Where a page may end in a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Between its lines and after it; its first line and its last one are not left alone.
    Loose,
    /// Only after it, if a page has room for it.
    Whole,
    /// Neither in it nor after it, if a page has room for it and for the beginning of what follows.
    WithNext,
}

impl Text {
    /// A paragraph that looks so.
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        let hold = match style {
            Style::Title | Style::Heading => Hold::WithNext,
            Style::Strong | Style::Plain | Style::Quiet => Hold::Loose,
        };
        Self { text: text.into(), at_right: None, style, indent: 0.0, hold }
    }

    /// The same with this at the right end of its first line.
    #[must_use]
    pub fn at_right(self, text: impl Into<String>) -> Self {
        Self { at_right: Some(text.into()), ..self }
    }

    /// The same, so far from the left.
    #[must_use]
    pub fn indented(self, indent: f32) -> Self {
        Self { indent, ..self }
    }

    /// The same, torn only so.
    #[must_use]
    pub fn held(self, hold: Hold) -> Self {
        Self { hold, ..self }
    }
}

impl From<Text> for Piece {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

/// A photo.
#[derive(Clone, Debug)]
pub struct Photo {
    image: Option<Image>,
    words: String,
}

impl Photo {
    /// The photo that this JPEG is, and what it is in words. Where it cannot be read, the words stand in its place.
    pub fn new(jpeg: Arc<Vec<u8>>, words: impl Into<String>) -> Self {
        Self { image: Image::from_jpeg(jpeg.into(), true).ok(), words: words.into() }
    }
}
