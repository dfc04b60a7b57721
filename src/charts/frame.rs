//! What charts have in common: a heading, an axis of per cent, signs of figures, and a key to them.

use super::{
    Figure, Heading,
    drawing::{Anchor, Drawing, Group, Ink, Mark, Point, Stroke},
    widths::{fitted, lines, width, words},
    words::{data, whole_percent},
};
use crate::texts::{Language, text};

/// Usual letters, small ones, and those that stand out: their size and whether they are bold.
pub(super) const PLAIN: (f32, bool) = (12.0, false);
pub(super) const SMALL: (f32, bool) = (11.0, false);
pub(super) const STRONG: (f32, bool) = (12.0, true);
const TITLE: (f32, bool) = (18.0, true);
/// So many basis points are a whole.
pub(super) const WHOLE: i32 = 10_000;
/// How large the sign of a score is.
const RADIUS: f32 = 4.2;
/// The line of what is known well, and of what is not.
pub(super) const SURE: Stroke = Stroke::solid(Ink::DARK, 1.8);
pub(super) const UNSURE: Stroke = Stroke::dashed(Ink::GREY, 1.4, (3.0, 2.5));
/// The line of a target.
const TARGET: Stroke = Stroke::solid(Ink::BLACK, 2.2);
/// A line that helps the eye.
pub(super) const GRID: Stroke = Stroke::solid(Ink::LIGHT, 1.0);

/// A drawing that is being made, from above to below.
pub(super) struct Canvas {
    pub(super) width: f32,
    /// What is left free at each side.
    pub(super) edge: f32,
    /// How far it is drawn.
    pub(super) top: f32,
    pub(super) marks: Vec<Mark>,
    pub(super) language: Language,
}

impl Canvas {
    /// An empty one with its heading; below it stands what the lines and numbers of the chart mean.
    pub(super) fn new(heading: &Heading, unit: &str) -> Self {
        let Heading { language, width, edge, .. } = *heading;
        let mut canvas = Self { width, edge, top: 4.0, marks: Vec::new(), language };
        let room = width - 2.0 * edge;
        if heading.is_drawn {
            canvas.marks.push(fitted((edge, 30.0), &heading.title, room, TITLE, Ink::BLACK));
            canvas.top = 38.0;
            canvas.paragraph(&heading.about, PLAIN, Ink::BLACK);
        }
        canvas.paragraph(unit, SMALL, Ink::GREY);
        canvas.top += 8.0;
        canvas
    }

    /// Adds words from side to side.
    pub(super) fn paragraph(&mut self, text: &str, font: (f32, bool), ink: Ink) {
        for line in lines(text, self.width - 2.0 * self.edge, font, 3) {
            self.top += font.0 + 4.0;
            self.marks.push(words((self.edge, self.top), line, font, ink, Anchor::Start));
        }
    }

    /// Says in words, in the middle of so much room, that there is no score of any of these figures; and says it to those who do not see it.
    pub(super) fn nothing(mut self, heading: &Heading, figures: &[Figure], room: f32) -> Drawing {
        let wording = match figures.iter().any(|figure| figure.visits > 0) {
            true => text!("chart-no-scores"),
            false => text!("chart-nothing"),
        };
        let wording = wording.say(self.language).into_owned();
        let at = (self.width / 2.0, self.top + room / 2.0);
        self.marks.push(words(at, &wording, (14.0, true), Ink::GREY, Anchor::Middle));
        self.top += room;
        self.finish(heading, &[wording])
    }

    /// Adds what the signs mean, beside each other as far as there is room.
    pub(super) fn key(&mut self, signs: Vec<(Sign, String)>) {
        const SIGN: f32 = 26.0;
        const APART: f32 = 18.0;
        let mut left = self.edge;
        self.top += 22.0;
        for (sign, meaning) in signs {
            let takes = SIGN + width(&meaning, SMALL) + APART;
            if left + takes - APART > self.width - self.edge && left > self.edge {
                left = self.edge;
                self.top += 20.0;
            }
            self.marks.extend(sign.drawn((left + SIGN / 2.0 - 3.0, self.top - 4.0)));
            let room = self.width - self.edge - left - SIGN;
            self.marks.push(fitted((left + SIGN, self.top), &meaning, room, SMALL, Ink::BLACK));
            left += takes;
        }
        self.top += 4.0;
    }

    /// The drawing, with all that it shows in words.
    pub(super) fn finish(self, heading: &Heading, wording: &[String]) -> Drawing {
        let mut description = vec![heading.about.clone()];
        description.extend(wording.iter().cloned());
        Drawing {
            size: (self.width, self.top + 14.0),
            language: heading.language.tag(),
            title: heading.title.clone(),
            description: description.join(". "),
            marks: self.marks,
        }
    }
}

/// What stands in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// A score with its interval.
    Sure,
    /// The same of too few visits.
    Unsure,
    /// A target, as a line across: of figures beside each other.
    Target,
    /// The same of figures below each other.
    UprightTarget,
    /// A new version.
    Version,
    /// Several versions at once.
    Mixed,
    /// A cell of this colour.
    Shade(Ink),
    /// A hatched cell.
    Hatched,
}

impl Sign {
    fn drawn(self, (x, y): Point) -> Vec<Mark> {
        match self {
            Self::Sure => across((x, y), (x - 10.0, x + 10.0), false),
            Self::Unsure => across((x, y), (x - 10.0, x + 10.0), true),
            Self::Target => vec![Mark::line((x - 10.0, y), (x + 10.0, y), TARGET)],
            Self::UprightTarget => vec![Mark::line((x, y - 8.0), (x, y + 8.0), TARGET)],
            Self::Version => vec![new_version((x, y - 4.0))],
            Self::Mixed => vec![mixed((x, y))],
            Self::Shade(ink) => cell((x - 9.0, y - 7.0), (18.0, 13.0), ink),
            Self::Hatched => {
                let (at, size) = ((x - 9.0, y - 7.0), (18.0, 13.0));
                let mut marks = cell(at, size, Ink::WHITE);
                marks.insert(1, Mark::hatched(at, size, Ink::GREY));
                marks
            }
        }
    }

    /// The signs of figures, as far as these have them, with what they mean; a target has this sign.
    pub(super) fn of_figures(figures: &[Figure], target: Self, language: Language) -> Vec<(Self, String)> {
        let scored = || figures.iter().filter(|figure| figure.score.is_some());
        let is_there = [
            (Self::Sure, scored().any(|figure| !figure.insufficient)),
            (Self::Unsure, scored().any(|figure| figure.insufficient)),
            (target, figures.iter().any(|figure| figure.target.is_some())),
        ];
        let wording = [text!("chart-score"), text!("chart-too-few"), text!("chart-target")];
        let signs = is_there.into_iter().zip(wording).filter(|((_, is_there), _)| *is_there);
        signs.map(|((sign, _), wording)| (sign, wording.say(language).into_owned())).collect()
    }
}

fn cell(at: Point, size: (f32, f32), ink: Ink) -> Vec<Mark> {
    vec![Mark::Area(at, size, ink), Mark::frame(at, size, Stroke::solid(Ink::GREY, 0.8))]
}

/// The sign of a new version, whose point is here.
pub(super) fn new_version((x, y): Point) -> Mark {
    Mark::Polygon(vec![(x - 5.0, y), (x + 5.0, y), (x, y + 8.0)], Ink::BLACK)
}

/// The sign of several versions.
pub(super) fn mixed((x, y): Point) -> Mark {
    Mark::Polygon(vec![(x - 5.0, y), (x, y - 5.0), (x + 5.0, y), (x, y + 5.0)], Ink::GREY)
}

fn dot(at: Point, is_unsure: bool, size: f32) -> Mark {
    let radius = RADIUS * size;
    match is_unsure {
        true => Mark::Circle(at, radius, Ink::WHITE, Stroke::solid(Ink::GREY, 1.6)),
        false => Mark::Circle(at, radius, Ink::DARK, Stroke::solid(Ink::DARK, 1.6)),
    }
}

/// A score with its interval from left to right.
pub(super) fn across(at: Point, (low, high): (f32, f32), is_unsure: bool) -> Vec<Mark> {
    let (y, stroke) = (at.1, if is_unsure { UNSURE } else { SURE });
    let ends = [low, high].map(|x| ((x, y - 4.0), (x, y + 4.0)));
    let solid = Stroke { dash: None, ..stroke };
    vec![Mark::line((low, y), (high, y), stroke), Mark::Lines(ends.to_vec(), solid), dot(at, is_unsure, 1.0)]
}

/// A score with its interval from above to below, so many times as large as usual.
pub(super) fn upright(at: Point, (low, high): (f32, f32), is_unsure: bool, size: f32) -> Vec<Mark> {
    let (x, stroke) = (at.0, if is_unsure { UNSURE } else { SURE });
    let ends = [low, high].map(|y| ((x - 4.0 * size, y), (x + 4.0 * size, y)));
    let solid = Stroke { dash: None, ..stroke };
    vec![Mark::line((x, low), (x, high), stroke), Mark::Lines(ends.to_vec(), solid), dot(at, is_unsure, size)]
}

/// A target: a line across what is measured by it.
pub(super) fn target(from: Point, to: Point) -> Mark {
    Mark::line(from, to, TARGET)
}

/// What belongs to a figure.
pub(super) fn group(
    about: String,
    more: Vec<(&'static str, String)>,
    figure: &Figure,
    marks: Vec<Mark>,
) -> Mark {
    let data = more.into_iter().chain(data(figure)).collect();
    Mark::Group(Group { about, data, marks })
}

/// An axis of per cent: from which score on it shows, and where on the plane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: i32,
    start: f32,
    end: f32,
}

impl Axis {
    /// One on which all of these figures are, and four tenths of the scale at least; it ends with the whole.
    pub(super) fn of(figures: &[Figure], start: f32, end: f32) -> Self {
        let ends = |figure: &Figure| [figure.score, figure.interval.map(|(low, _)| low), figure.target];
        let least = figures.iter().flat_map(ends).flatten().min().unwrap_or(0);
        let low = (least / 1_000 * 1_000).clamp(0, 6_000);
        // Of a long axis every second line has a name.
        Self { low: if low < 4_000 { low / 2_000 * 2_000 } else { low }, start, end }
    }

    /// Where this score is.
    pub(super) fn at(&self, points: i32) -> f32 {
        let share = (points - self.low) as f32 / (WHOLE - self.low) as f32;
        self.start + share * (self.end - self.start)
    }

    /// The scores at which it has lines, with their names.
    pub(super) fn ticks(&self, language: Language) -> Vec<(f32, String)> {
        let step = if WHOLE - self.low > 6_000 { 2_000 } else { 1_000 };
        let ticks = (self.low..=WHOLE).step_by(step);
        ticks.map(|points| (self.at(points), whole_percent(points, language))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_all_figures_on_it() {
        for (low, target, wanted) in [
            (8_000, None, 6_000),
            (5_999, None, 5_000),
            (0, None, 0),
            (3_999, None, 2_000),
            (9_000, Some(100), 0),
        ] {
            let figure = Figure {
                visits: 3,
                score: Some(9_500),
                interval: Some((low, 9_900)),
                insufficient: false,
                target,
            };
            let axis = Axis::of(&[figure], 300.0, 100.0);
            assert_eq!(axis.low, wanted);
            assert!((axis.at(wanted) - 300.0).abs() < 0.01 && (axis.at(WHOLE) - 100.0).abs() < 0.01);
            let ticks = axis.ticks(Language::English);
            assert_eq!(ticks.last().map(|(_, name)| name.as_str()), Some("100%"));
            assert!(ticks.len() >= 5);
        }
    }
}
