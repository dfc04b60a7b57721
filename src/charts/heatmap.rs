//! Rows and columns of figures, each a cell that is the darker the lower the score is.

use super::{
    Figure, Heading,
    drawing::{Anchor, Drawing, Ink, Mark, Stroke},
    frame::{Canvas, PLAIN, SMALL, Sign, group},
    widths::{fitted, lines, width, words},
    words::{percent, sentence},
};
use crate::texts::{Language, say, text};

/// One row.
#[derive(Clone, Debug)]
pub struct Strip {
    /// What is said of it to programs: a name and its value.
    pub id: (&'static str, String),
    /// What it is called.
    pub name: String,
    /// Its figures, one for each column.
    pub cells: Vec<Figure>,
}

/// So many columns are drawn at most.
const MOST_COLUMNS: usize = 40;
/// How large a cell is.
const CELL: (f32, f32) = (108.0, 44.0);
/// What is between cells.
const GAP: f32 = 3.0;
/// From which score on, in basis points, which colour is used, and that of what stands on it; the lowest first.
const SHADES: [(i32, Ink, Ink); 6] = [
    (0, Ink(0x12, 0x2c, 0x47), Ink::WHITE),
    (5_000, Ink(0x2c, 0x52, 0x7a), Ink::WHITE),
    (6_000, Ink(0x54, 0x7d, 0xa6), Ink::WHITE),
    (7_000, Ink(0x92, 0xb2, 0xd0), Ink::BLACK),
    (8_000, Ink(0xc4, 0xd6, 0xe8), Ink::BLACK),
    (9_000, Ink(0xee, 0xf3, 0xf9), Ink::BLACK),
];

/// The chart of these columns and rows. If there are more rows than these, `more` says so.
pub fn heatmap(heading: &Heading, columns: &[String], rows: &[Strip], more: Option<String>) -> Drawing {
    let language = heading.language;
    let drawn = columns.len().min(MOST_COLUMNS);
    let names = rows.iter().map(|row| width(&row.name, PLAIN)).fold(60.0, f32::max).min(210.0);
    let edge = heading.edge;
    let left = edge + names + 12.0;
    let needed = left + drawn as f32 * (CELL.0 + GAP) + edge;
    let heading = &Heading { width: heading.width.max(needed), ..heading.clone() };
    let mut canvas = Canvas::new(heading, &text!("chart-unit-of-cells").say(language));
    let figures: Vec<_> = rows.iter().flat_map(|row| row.cells.iter().copied()).collect();
    if figures.iter().all(|figure| figure.score.is_none()) {
        return canvas.nothing(heading, &figures, 120.0);
    }
    // Few columns are wider.
    let room = (heading.width - edge - left) / drawn as f32 - GAP;
    let size = (room.clamp(CELL.0, 150.0), CELL.1);
    let x = |at: usize| left + at as f32 * (size.0 + GAP);
    head(&mut canvas, columns.iter().take(drawn), (&x, size.0));
    let mut wording = Vec::new();
    for row in rows {
        let base = canvas.top + size.1 / 2.0 + 4.0;
        canvas.marks.push(fitted((edge, base), &row.name, names + 1.0, PLAIN, Ink::BLACK));
        for (at, (figure, column)) in row.cells.iter().zip(columns).enumerate().take(drawn) {
            let about = format!("{}, {column}: {}", row.name, sentence(figure, language));
            let marks = cell(figure, (x(at), canvas.top), size, language);
            let of = vec![row.id.clone(), ("column", at.to_string())];
            canvas.marks.push(group(about.clone(), of, figure, marks));
            wording.push(about);
        }
        canvas.top += size.1 + GAP;
    }
    let beside = columns.len() - drawn;
    let beside = (beside > 0).then(|| say!(language, "chart-more-columns", count = beside).into_owned());
    for more in beside.into_iter().chain(more) {
        canvas.top += 4.0;
        canvas.paragraph(&more, SMALL, Ink::GREY);
        wording.push(more);
    }
    key(&mut canvas, &figures);
    canvas.finish(heading, &wording)
}

/// What columns are called.
fn head<'c>(
    canvas: &mut Canvas,
    columns: impl Iterator<Item = &'c String>,
    (x, room): (&impl Fn(usize) -> f32, f32),
) {
    let named: Vec<_> = columns.map(|column| (lines(column, room - 4.0, SMALL, 4), column)).collect();
    let most = named.iter().map(|(lines, _)| lines.len()).max().unwrap_or(0);
    for (at, (lines, _)) in named.iter().enumerate() {
        // They stand on the cells.
        for (nth, line) in lines.iter().enumerate() {
            let y = canvas.top + 13.0 * (most - lines.len() + nth + 1) as f32;
            canvas.marks.push(words((x(at) + room / 2.0, y), line, SMALL, Ink::BLACK, Anchor::Middle));
        }
    }
    canvas.top += 13.0 * most as f32 + 7.0;
}

fn shade(score: i32) -> (Ink, Ink) {
    let found = SHADES.iter().rev().find(|(from, ..)| score >= *from);
    found.map_or((Ink::WHITE, Ink::BLACK), |(_, ground, ink)| (*ground, *ink))
}

fn cell(
    figure: &Figure,
    (left, top): (f32, f32),
    (width, height): (f32, f32),
    language: Language,
) -> Vec<Mark> {
    let frame = |ink| Mark::frame((left, top), (width, height), Stroke::solid(ink, 0.8));
    let Some(score) = figure.score else {
        let at = (left + width / 2.0, top + height / 2.0 + 4.0);
        return vec![frame(Ink::LIGHT), words(at, "–", PLAIN, Ink::GREY, Anchor::Middle)];
    };
    let (ground, ink) = if figure.insufficient { (Ink::WHITE, Ink::BLACK) } else { shade(score) };
    let mut marks = vec![Mark::Area((left, top), (width, height), ground)];
    if figure.insufficient {
        marks.push(Mark::hatched((left, top), (width, height), Ink::LIGHT));
    }
    marks.push(frame(Ink::GREY));
    let base = top + 19.0;
    marks.push(words(
        (left + 7.0, base),
        percent(score, language),
        (12.0, !figure.insufficient),
        ink,
        Anchor::Start,
    ));
    let visits = figure.visits.to_string();
    marks.push(words((left + width - 7.0, base), visits, (10.0, false), ink, Anchor::End));
    // Where the true score lies, on a scale that the cell is as wide as.
    let (low, high) = figure.interval.unwrap_or((score, score));
    let x = |points: i32| left + 7.0 + (width - 14.0) * points as f32 / 10_000.0;
    let y = top + height - 12.0;
    marks.push(Mark::line((x(0), y), (x(10_000), y), Stroke::dashed(ink, 0.6, (1.0, 3.0))));
    let thick =
        if figure.insufficient { Stroke::dashed(ink, 2.4, (3.0, 2.0)) } else { Stroke::solid(ink, 2.4) };
    marks.push(Mark::line((x(low), y), (x(high), y), thick));
    marks.push(Mark::line((x(score), y - 5.0), (x(score), y + 5.0), Stroke::solid(ink, 1.6)));
    marks
}

/// What colours mean.
fn key(canvas: &mut Canvas, figures: &[Figure]) {
    let language = canvas.language;
    let ends = SHADES.iter().map(|(from, ..)| *from).skip(1).chain([10_000]);
    let shade = |((from, ground, _), to): (&(i32, Ink, Ink), i32)| {
        let number = |points: i32| language.number(i64::from(points / 100), 0);
        let range = format!("{}–{}", number(*from), number(to));
        (Sign::Shade(*ground), say!(language, "print-percent", number = range).into_owned())
    };
    let mut signs: Vec<_> = SHADES.iter().zip(ends).map(shade).collect();
    if figures.iter().any(|figure| figure.insufficient && figure.score.is_some()) {
        signs.push((Sign::Hatched, text!("chart-too-few").say(language).into_owned()));
    }
    canvas.key(signs);
}
