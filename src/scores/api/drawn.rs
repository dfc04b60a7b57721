//! Figures as charts take them, and what stands above those.

use super::{FigureView, TargetView};
use crate::{
    charts::{Figure, Heading, months},
    scores::{called::Called, wanted::Wanted},
    texts::{Language, say, text},
};

/// How wide a picture is, and what is left free at each side.
const WIDTH: f32 = 760.0;
const EDGE: f32 = 16.0;

impl FigureView {
    /// The figure with its target, as charts take it.
    pub(super) fn drawn(&self, target: Option<&TargetView>) -> Figure {
        Figure {
            visits: self.visits,
            score: self.score,
            interval: self.interval.map(|interval| (interval.low, interval.high)),
            insufficient: self.insufficient,
            target: target.map(TargetView::score),
        }
    }
}

/// Which picture it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shows {
    Trend,
    Ranking,
    HeatMap,
}

/// What stands above a picture of a place: its name, what is shown, of which months or days, and whether it is of all visits.
pub(super) fn heading(
    shows: Shows,
    (called, subject): (&Called, &str),
    wanted: &Wanted,
    language: Language,
) -> Heading {
    let place = called.name.as_str();
    let title = match shows {
        Shows::Trend => say!(language, "chart-trend", place = place),
        Shows::Ranking => say!(language, "chart-ranking", place = place),
        Shows::HeatMap => say!(language, "chart-heatmap", place = place),
    };
    let mut about = format!("{subject} · {}", months::span(wanted.days.bounds(), language));
    if !wanted.filter.is_none() {
        about = format!("{about} · {}", text!("chart-filtered").say(language));
    }
    Heading { language, title: title.into_owned(), about, width: WIDTH, edge: EDGE, is_drawn: true }
}

/// What is said if there are more branches than those that are drawn.
pub(super) fn more(is_more: bool, drawn: usize, language: Language) -> Option<String> {
    is_more.then(|| say!(language, "chart-more", count = drawn).into_owned())
}
