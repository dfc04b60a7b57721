//! Charts of figures: scores with their intervals, drawn so that they can be read in print, without colour and by a reader of screens.
//!
//! A chart takes what it shows as plain figures and words, and gives a [`Drawing`] of lines, areas and texts. The drawing is painted as SVG
//! ([`svg`]) or into a PDF (`pdf`): both have the same geometry. What is known well is filled, what rests on too few visits is hollow or
//! hatched, and each sign is explained in words below the chart.

pub mod drawing;
mod frame;
pub mod heatmap;
pub mod months;
pub mod rows;
pub mod svg;
pub mod trend;
mod widths;
mod words;

pub use self::{
    drawing::Drawing,
    words::{percent, sentence},
};
use crate::texts::Language;

/// A score with what it rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// How many visits it is of.
    pub visits: i64,
    /// The score in basis points; none without visits.
    pub score: Option<i32>,
    /// Where the true score lies with 95 % confidence, in basis points: the lower and the upper end.
    pub interval: Option<(i32, i32)>,
    /// Whether it rests on too few visits.
    pub insufficient: bool,
    /// What the score is to be, in basis points, if it has a target.
    pub target: Option<i32>,
}

/// What stands above a chart, and how it is written.
#[derive(Clone, Debug)]
pub struct Heading {
    /// The language of its words.
    pub language: Language,
    /// What is shown: the title of the drawing.
    pub title: String,
    /// Of which months, of what.
    pub about: String,
    /// How wide the drawing is.
    pub width: f32,
    /// What is left free at each side.
    pub edge: f32,
    /// Whether title and words are drawn; without that they are only for those who do not see the drawing.
    pub is_drawn: bool,
}
