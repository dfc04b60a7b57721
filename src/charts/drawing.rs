//! What a chart consists of: lines, areas, circles and texts, on a plane whose origin is at its upper left.

/// A place on the plane: from the left, and from the top.
pub type Point = (f32, f32);

/// A colour, as red, green and blue. Nothing is known by its hue alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ink(pub u8, pub u8, pub u8);

impl Ink {
    /// Texts.
    pub const BLACK: Self = Self(0x1a, 0x1f, 0x26);
    /// What is known well.
    pub const DARK: Self = Self(0x16, 0x3a, 0x5f);
    /// Words beside the others, and what rests on too few visits.
    pub const GREY: Self = Self(0x5a, 0x63, 0x6e);
    /// Lines that help the eye.
    pub const LIGHT: Self = Self(0xd9, 0xde, 0xe4);
    /// The ground.
    pub const WHITE: Self = Self(0xff, 0xff, 0xff);
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub ink: Ink,
    /// How thick it is.
    pub width: f32,
    /// How long its dashes are, and the gaps between them; none of a line without gaps.
    pub dash: Option<(f32, f32)>,
}

impl Stroke {
    /// A line without gaps.
    pub const fn solid(ink: Ink, width: f32) -> Self {
        Self { ink, width, dash: None }
    }

    /// A line of dashes.
    pub const fn dashed(ink: Ink, width: f32, dash: (f32, f32)) -> Self {
        Self { ink, width, dash: Some(dash) }
    }
}

/// Where a text stands to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// A text of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// Its place: where its letters stand on.
    pub at: Point,
    /// What it says.
    pub text: String,
    /// The size of its letters.
    pub size: f32,
    /// Whether it stands out.
    pub is_bold: bool,
    /// Its colour.
    pub ink: Ink,
    /// Where it stands to its place.
    pub anchor: Anchor,
    /// All of it, if it was cut.
    pub whole: Option<String>,
}

/// A part of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Lines from one point to another.
    Lines(Vec<(Point, Point)>, Stroke),
    /// A rectangle: its upper left, its width and height, and what it is filled with.
    Area(Point, (f32, f32), Ink),
    /// A closed line through points, filled.
    Polygon(Vec<Point>, Ink),
    /// A circle: its middle, its radius, what it is filled with, and its line.
    Circle(Point, f32, Ink, Stroke),
    /// A text.
    Text(Words),
    /// Marks that show one figure.
    Group(Group),
}

/// Marks that show one figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What it says, in words.
    pub about: String,
    /// What it says, for programs: names and values.
    pub data: Vec<(&'static str, String)>,
    /// The marks.
    pub marks: Vec<Mark>,
}

/// A chart as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// How wide and how high it is.
    pub size: (f32, f32),
    /// The language of its words (BCP 47).
    pub language: &'static str,
    /// What it is called.
    pub title: String,
    /// All that it shows, in words.
    pub description: String,
    /// What it consists of, the lowest first.
    pub marks: Vec<Mark>,
}

impl Mark {
    /// One line.
    pub fn line(from: Point, to: Point, stroke: Stroke) -> Self {
        Self::Lines(vec![(from, to)], stroke)
    }

    /// A hatched rectangle.
    pub fn hatched((left, top): Point, (width, height): (f32, f32), ink: Ink) -> Self {
        const APART: f32 = 7.0;
        let lines = (1..((width + height) / APART).ceil() as u16).map(|nth| {
            // The line x + y = far, within the rectangle.
            let far = f32::from(nth) * APART;
            let (from, to) = (far.min(width), (far - height).max(0.0));
            ((left + from, top + far - from), (left + to, top + far - to))
        });
        Self::Lines(lines.collect(), Stroke::solid(ink, 0.8))
    }

    /// The four sides of a rectangle.
    pub fn frame((left, top): Point, (width, height): (f32, f32), stroke: Stroke) -> Self {
        let (right, bottom) = (left + width, top + height);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        let sides = (0..4).filter_map(|at| Some((*corners.get(at)?, *corners.get((at + 1) % 4)?)));
        Self::Lines(sides.collect(), stroke)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn hatching_stays_within_its_rectangle() {
        for (width, height) in [(96.0, 46.0), (14.0, 12.0), (3.0, 90.0), (1.0, 1.0)] {
            let Mark::Lines(lines, _) = Mark::hatched((10.0, 20.0), (width, height), Ink::GREY) else {
                panic!("no lines");
            };
            let is_within =
                |(x, y): Point| (9.99..=10.01 + width).contains(&x) && (19.99..=20.01 + height).contains(&y);
            assert!(lines.iter().all(|(from, to)| is_within(*from) && is_within(*to)), "{lines:?}");
        }
    }
}
