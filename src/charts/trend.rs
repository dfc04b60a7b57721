//! A figure step by step, as points with their intervals.

use super::{
    Figure, Heading,
    drawing::{Anchor, Drawing, Ink, Mark, Stroke},
    frame::{Axis, Canvas, GRID, SMALL, SURE, Sign, UNSURE, group, mixed, new_version, target, upright},
    months::{self, Span},
    widths::{width, words},
    words::sentence,
};
use crate::texts::{Language, text};

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its months or days.
    pub span: Span,
    /// What visits say of them.
    pub figure: Figure,
    /// Whether visits were made with a version that the step before does not have.
    pub is_new_version: bool,
    /// Whether visits were made with several versions of one checklist.
    pub mixes_versions: bool,
}

/// How high the part with the points is in a picture.
pub const HEIGHT: f32 = 230.0;

/// The chart of these steps, the first one first; the part with the points is so high.
pub fn trend(heading: &Heading, steps: &[Step], height: f32) -> Drawing {
    let language = heading.language;
    let mut canvas = Canvas::new(heading, &text!("chart-unit").say(language));
    let figures: Vec<_> = steps.iter().map(|step| step.figure).collect();
    let wording: Vec<_> = steps.iter().map(|step| about(step, language)).collect();
    if figures.iter().all(|figure| figure.score.is_none()) {
        return canvas.nothing(heading, &figures, height);
    }
    // Room for the signs of versions above the points.
    let (top, bottom) = (canvas.top + 16.0, canvas.top + 16.0 + height);
    let axis = Axis::of(&figures, bottom, top);
    let ticks = axis.ticks(language);
    let widest = ticks.iter().map(|(_, name)| width(name, SMALL)).fold(width("n", SMALL), f32::max);
    let (left, right) = (canvas.edge + widest + 8.0, canvas.width - canvas.edge);
    for (y, name) in ticks {
        canvas.marks.push(Mark::line((left, y), (right, y), GRID));
        canvas.marks.push(words((left - 8.0, y + 4.0), name, SMALL, Ink::GREY, Anchor::End));
    }
    let slot = (right - left) / steps.len() as f32;
    // Where there are very many, signs are small, so that each is seen.
    let size = (slot / 12.0).clamp(0.4, 1.0);
    let x = |at: usize| left + slot * (at as f32 + 0.5);
    lines(&mut canvas, steps, &x, &axis);
    for (at, (step, about)) in steps.iter().zip(&wording).enumerate() {
        let (x, figure) = (x(at), &step.figure);
        let mut marks = Vec::new();
        if step.is_new_version {
            let dotted = Stroke::dashed(Ink::GREY, 1.0, (1.5, 2.5));
            marks.push(Mark::line((x - slot / 2.0, top - 4.0), (x - slot / 2.0, bottom), dotted));
            marks.push(new_version((x - slot / 2.0, top - 12.0)));
        }
        if step.mixes_versions {
            marks.push(mixed((x, top - 8.0)));
        }
        if let Some(aim) = figure.target {
            let (half, y) = ((slot / 2.0 - 1.0).clamp(2.0, 24.0), axis.at(aim));
            marks.push(target((x - half, y), (x + half, y)));
        }
        if let Some(score) = figure.score {
            let (low, high) = figure.interval.unwrap_or((score, score));
            marks.extend(upright(
                (x, axis.at(score)),
                (axis.at(low), axis.at(high)),
                figure.insufficient,
                size,
            ));
        }
        let (from, to) = step.span;
        let of = vec![("from", from.to_string()), ("to", to.to_string())];
        canvas.marks.push(group(about.clone(), of, figure, marks));
    }
    canvas.top = bottom;
    foot(&mut canvas, steps, (left, slot));
    let mut key = Sign::of_figures(&figures, Sign::Target, language);
    let more = [
        (Sign::Version, steps.iter().any(|step| step.is_new_version), text!("chart-new-version")),
        (Sign::Mixed, steps.iter().any(|step| step.mixes_versions), text!("chart-mixed")),
    ];
    let more = more.into_iter().filter(|(_, is_there, _)| *is_there);
    key.extend(more.map(|(sign, _, wording)| (sign, wording.say(language).into_owned())));
    canvas.key(key);
    canvas.finish(heading, &wording)
}

/// The lines between steps that follow each other.
fn lines(canvas: &mut Canvas, steps: &[Step], x: &impl Fn(usize) -> f32, axis: &Axis) {
    for (at, pair) in steps.windows(2).enumerate() {
        let [one, other] = pair else { continue };
        let Some((from, to)) = one.figure.score.zip(other.figure.score) else { continue };
        let is_unsure = one.figure.insufficient || other.figure.insufficient;
        let (from, to) = ((x(at), axis.at(from)), (x(at + 1), axis.at(to)));
        canvas.marks.push(Mark::line(from, to, if is_unsure { UNSURE } else { SURE }));
    }
}

/// The steps' names, their years, and how many visits they have.
fn foot(canvas: &mut Canvas, steps: &[Step], (left, slot): (f32, f32)) {
    let language = canvas.language;
    let names: Vec<_> = steps.iter().map(|step| months::short(step.span, language)).collect();
    let counts: Vec<_> = steps.iter().map(|step| step.figure.visits.to_string()).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| width(text, SMALL)).fold(1.0, f32::max);
    // Of so many steps one is named.
    let every = |texts: &[String]| (((widest(texts) + 5.0) / slot).ceil() as usize).max(1);
    let (named, counted) = (every(&names), every(&counts));
    let top = canvas.top;
    let mut year_before = None;
    for (at, (step, (name, count))) in steps.iter().zip(names.iter().zip(&counts)).enumerate() {
        let x = left + slot * (at as f32 + 0.5);
        if at.is_multiple_of(named) {
            canvas.marks.push(words((x, top + 17.0), name, SMALL, Ink::BLACK, Anchor::Middle));
            let year = months::year(step.span).filter(|year| year_before.as_ref() != Some(year));
            if let Some(year) = year {
                canvas.marks.push(words((x, top + 32.0), &year, SMALL, Ink::GREY, Anchor::Middle));
                year_before = Some(year);
            }
        }
        if at.is_multiple_of(counted) {
            canvas.marks.push(words((x, top + 50.0), count, SMALL, Ink::BLACK, Anchor::Middle));
        }
    }
    canvas.marks.push(words((canvas.edge, top + 50.0), "n", SMALL, Ink::GREY, Anchor::Start));
    canvas.top = top + 54.0;
}

/// A step in words.
fn about(step: &Step, language: Language) -> String {
    let mut wording = format!("{}: {}", months::span(step.span, language), sentence(&step.figure, language));
    if step.is_new_version {
        wording = format!("{wording}; {}", text!("chart-new-version").say(language));
    }
    if step.mixes_versions {
        wording = format!("{wording}; {}", text!("chart-mixed").say(language));
    }
    wording
}
