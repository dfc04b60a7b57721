//! Figures below each other, each as a point with its interval: rankings, comparisons, sections.

use super::{
    Figure, Heading,
    drawing::{Anchor, Drawing, Ink, Mark},
    frame::{Axis, Canvas, GRID, PLAIN, SMALL, STRONG, Sign, across, group, target},
    widths::{fitted, lines, width, words},
    words::{percent, sentence},
};
use crate::texts::{Language, text};

/// One row.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is said of it to programs: a name and its value.
    pub id: (&'static str, String),
    /// The ranks that it may hold, the best and the worst, where it is in a ranking and holds any.
    pub rank: Option<(usize, usize)>,
    /// What it is called.
    pub name: String,
    /// What visits say of it.
    pub figure: Figure,
}

/// How high a row is.
const HEIGHT: f32 = 26.0;
/// What is between columns.
const GAP: f32 = 10.0;

/// The chart of these rows, the first one first. If there are more than can be drawn, `more` says so.
pub fn rows(heading: &Heading, rows: &[Line], more: Option<String>) -> Drawing {
    let language = heading.language;
    let mut canvas = Canvas::new(heading, &text!("chart-unit").say(language));
    let figures: Vec<_> = rows.iter().map(|row| row.figure).collect();
    if figures.iter().all(|figure| figure.score.is_none()) {
        return canvas.nothing(heading, &figures, 120.0);
    }
    let columns = Columns::of(rows, &canvas);
    let axis = Axis::of(&figures, columns.plot.0, columns.plot.1);
    let top = canvas.top;
    head(&mut canvas, &columns, rows.iter().any(|row| row.rank.is_some()));
    let (first, last) = (canvas.top, canvas.top + HEIGHT * rows.len() as f32);
    for (x, name) in axis.ticks(language) {
        canvas.marks.push(Mark::line((x, first), (x, last), GRID));
        canvas.marks.push(words((x, top + 12.0), name, SMALL, Ink::GREY, Anchor::Middle));
    }
    let mut wording = Vec::new();
    for row in rows {
        let about = about(row, language);
        let marks = marks(row, &columns, &axis, canvas.top, language);
        canvas.marks.push(group(about.clone(), vec![row.id.clone()], &row.figure, marks));
        canvas.top += HEIGHT;
        wording.push(about);
    }
    if let Some(more) = more {
        canvas.top += 4.0;
        canvas.paragraph(&more, SMALL, Ink::GREY);
        wording.push(more);
    }
    canvas.key(Sign::of_figures(&figures, Sign::UprightTarget, language));
    canvas.finish(heading, &wording)
}

/// Where columns begin, or where they end if they are numbers.
struct Columns {
    rank: f32,
    name: f32,
    name_room: f32,
    visits: f32,
    plot: (f32, f32),
    score: f32,
}

impl Columns {
    fn of(rows: &[Line], canvas: &Canvas) -> Self {
        let language = canvas.language;
        let widest =
            |texts: Vec<String>, font| texts.iter().map(|text| width(text, font)).fold(0.0, f32::max);
        let ranks = widest(rows.iter().map(rank).collect(), STRONG);
        let names = widest(rows.iter().map(|row| row.name.clone()).collect(), PLAIN);
        let visits = widest(rows.iter().map(|row| row.figure.visits.to_string()).collect(), SMALL).max(14.0);
        let name = canvas.edge + if ranks > 0.0 { ranks.max(20.0) + GAP } else { 0.0 };
        let name_room = names.min(canvas.width * 0.38);
        let score = canvas.width - canvas.edge;
        let of_visits = name + name_room + GAP + visits;
        let plot = (of_visits + 3.0 * GAP, score - width(&percent(10_000, language), STRONG) - 2.0 * GAP);
        Self { rank: canvas.edge, name, name_room, visits: of_visits, plot, score }
    }
}

fn head(canvas: &mut Canvas, columns: &Columns, is_ranked: bool) {
    let language = canvas.language;
    let y = canvas.top + 12.0;
    if is_ranked {
        let wording = text!("chart-rank").say(language);
        canvas.marks.push(words((columns.rank, y), wording, SMALL, Ink::GREY, Anchor::Start));
    }
    canvas.marks.push(words((columns.visits, y), "n", SMALL, Ink::GREY, Anchor::End));
    canvas.top += 20.0;
}

fn marks(row: &Line, columns: &Columns, axis: &Axis, top: f32, language: Language) -> Vec<Mark> {
    let (middle, base, figure) = (top + HEIGHT / 2.0, top + HEIGHT / 2.0 + 4.0, &row.figure);
    let ink = if figure.insufficient { Ink::GREY } else { Ink::BLACK };
    let mut marks = vec![words((columns.rank, base), rank(row), STRONG, ink, Anchor::Start)];
    if row.rank.is_none() {
        marks.clear();
    }
    // A long name has two lines.
    let names = lines(&row.name, columns.name_room + 1.0, SMALL, 2);
    match &names[..] {
        [first, second] if width(&row.name, PLAIN) > columns.name_room + 1.0 => {
            marks.push(words((columns.name, middle - 2.0), first, SMALL, ink, Anchor::Start));
            marks.push(words((columns.name, middle + 10.0), second, SMALL, ink, Anchor::Start));
        }
        _ => marks.push(fitted((columns.name, base), &row.name, columns.name_room + 1.0, PLAIN, ink)),
    }
    marks.push(words((columns.visits, base), figure.visits.to_string(), SMALL, ink, Anchor::End));
    if let Some(aim) = figure.target {
        let x = axis.at(aim);
        marks.push(target((x, middle - 9.0), (x, middle + 9.0)));
    }
    if let Some(score) = figure.score {
        let (low, high) = figure.interval.unwrap_or((score, score));
        marks.extend(across((axis.at(score), middle), (axis.at(low), axis.at(high)), figure.insufficient));
        let font = if figure.insufficient { PLAIN } else { STRONG };
        marks.push(words((columns.score, base), percent(score, language), font, ink, Anchor::End));
    }
    marks
}

/// The ranks of a row: `2`, or `2–5`; nothing of one that holds none.
fn rank(row: &Line) -> String {
    match row.rank {
        Some((best, worst)) if best == worst => best.to_string(),
        Some((best, worst)) => format!("{best}–{worst}"),
        None => String::new(),
    }
}

/// A row in words.
fn about(row: &Line, language: Language) -> String {
    let wording = format!("{}: {}", row.name, sentence(&row.figure, language));
    match row.rank {
        Some(_) => format!("{wording}; {} {}", text!("chart-rank").say(language), rank(row)),
        None => wording,
    }
}
