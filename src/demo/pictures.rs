//! The photos and signatures of the demo's shoppers: small, drawn by chance, each unlike every other.

use jpeg_encoder::{ColorType, Encoder};

use super::dice::Dice;
use crate::checklists::manifest::MediaType;

/// Width and height, in pixels.
const SIZE: (u16, u16) = (96, 72);
/// How good a photo is, of 100.
const QUALITY: u8 = 85;

/// The bytes of the picture of this name: always the same ones. None if it cannot be written.
pub(super) fn picture(name: &str, media_type: MediaType) -> Option<Vec<u8>> {
    let pixels = pixels(name);
    let mut bytes = Vec::new();
    if media_type == MediaType::Png {
        let mut encoder = png::Encoder::new(&mut bytes, SIZE.0.into(), SIZE.1.into());
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().ok()?.write_image_data(&pixels).ok()?;
    } else {
        Encoder::new(&mut bytes, QUALITY).encode(&pixels, SIZE.0, SIZE.1, ColorType::Rgb).ok()?;
    }
    Some(bytes)
}

/// Three boxes on a ground, in colours of their own: red, green and blue, row after row.
fn pixels(name: &str) -> Vec<u8> {
    let mut dice = Dice::of(name);
    let mut colour = || [0; 3].map(|_: u8| dice.below(256) as u8);
    let (ground, colours) = (colour(), [colour(), colour(), colour()]);
    let boxes = colours.map(|colour| {
        let mut from = |size: u16| dice.below((size / 2).into()) as u16;
        let (left, top) = (from(SIZE.0), from(SIZE.1));
        (left..left + from(SIZE.0) + 8, top..top + from(SIZE.1) + 8, colour)
    });
    let pixel = |x: u16, y: u16| {
        let on_top = boxes.iter().rev().find(|(columns, rows, _)| columns.contains(&x) && rows.contains(&y));
        on_top.map_or(ground, |(.., colour)| *colour)
    };
    (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect()
}
