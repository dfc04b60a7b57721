//! Drawings are painted on a page.

use krilla::{
    color::rgb,
    geom::{Path, PathBuilder, Transform},
    num::NormalizedF32,
    paint::{Fill, Stroke as Pen, StrokeDash},
    surface::Surface,
};

use super::{font::Fonts, paint::glyphs};
use crate::charts::{
    Drawing,
    drawing::{Anchor, Ink, Mark, Point, Stroke, Words},
};

/// How far a corner of the curves that make a circle pulls, in parts of its radius.
const PULL: f32 = 0.552_285;

/// Paints a drawing, its upper left corner here, as many times as large as it is.
pub(super) fn paint(
    surface: &mut Surface<'_>,
    fonts: &Fonts,
    drawing: &Drawing,
    (left, top): Point,
    scale: f32,
) {
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, left, top));
    marks(surface, fonts, &drawing.marks);
    surface.pop();
    surface.set_stroke(None);
}

fn marks(surface: &mut Surface<'_>, fonts: &Fonts, marks: &[Mark]) {
    for mark in marks {
        match mark {
            Mark::Lines(lines, stroke) => {
                let mut path = PathBuilder::new();
                for ((x, y), (to_x, to_y)) in lines {
                    path.move_to(*x, *y);
                    path.line_to(*to_x, *to_y);
                }
                draw(surface, path.finish(), None, Some(*stroke));
            }
            Mark::Area((left, top), (width, height), ink) => {
                let (right, bottom) = (left + width, top + height);
                let corners = [(*left, *top), (right, *top), (right, bottom), (*left, bottom)];
                draw(surface, closed(&corners), Some(*ink), None);
            }
            Mark::Polygon(points, ink) => draw(surface, closed(points), Some(*ink), None),
            Mark::Circle(at, radius, ink, stroke) => {
                draw(surface, circle(*at, *radius), Some(*ink), Some(*stroke));
            }
            Mark::Text(words) => text(surface, fonts, words),
            Mark::Group(group) => self::marks(surface, fonts, &group.marks),
        }
    }
}

fn draw(surface: &mut Surface<'_>, path: Option<Path>, fill: Option<Ink>, stroke: Option<Stroke>) {
    let Some(path) = path else { return };
    surface.set_fill(fill.map(filled));
    surface.set_stroke(stroke.map(|Stroke { ink, width, dash }| Pen {
        paint: colour(ink).into(),
        width,
        dash: dash.map(|(dash, gap)| StrokeDash { array: vec![dash, gap], offset: 0.0 }),
        ..Pen::default()
    }));
    surface.draw_path(&path);
    surface.set_stroke(None);
}

fn closed(points: &[Point]) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (at, (x, y)) in points.iter().enumerate() {
        if at == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
    }
    path.close();
    path.finish()
}

fn circle((x, y): Point, radius: f32) -> Option<Path> {
    let pull = radius * PULL;
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + pull, x + pull, y + radius, x, y + radius);
    path.cubic_to(x - pull, y + radius, x - radius, y + pull, x - radius, y);
    path.cubic_to(x - radius, y - pull, x - pull, y - radius, x, y - radius);
    path.cubic_to(x + pull, y - radius, x + radius, y - pull, x + radius, y);
    path.close();
    path.finish()
}

fn text(surface: &mut Surface<'_>, fonts: &Fonts, words: &Words) {
    let font = if words.is_bold { &fonts.bold } else { &fonts.regular };
    let spelled = fonts.spelled(&words.text);
    let width = font.width(&spelled, words.size);
    let left = match words.anchor {
        Anchor::Start => words.at.0,
        Anchor::Middle => words.at.0 - width / 2.0,
        Anchor::End => words.at.0 - width,
    };
    surface.set_fill(Some(filled(words.ink)));
    glyphs(surface, font, words.size, (left, words.at.1), &spelled);
}

fn filled(ink: Ink) -> Fill {
    Fill { paint: colour(ink).into(), opacity: NormalizedF32::ONE, rule: krilla::paint::FillRule::default() }
}

fn colour(Ink(red, green, blue): Ink) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}
