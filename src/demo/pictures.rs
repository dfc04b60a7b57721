//! The photos and signatures of the demo's shoppers: small, drawn by chance, each unlike every other.

use std::io::Cursor;

use image::{DynamicImage, ImageError, ImageFormat, Rgb, RgbImage};

use super::dice::Dice;
use crate::checklists::manifest::MediaType;

/// Width and height, in pixels.
const SIZE: (u32, u32) = (96, 72);

/// The bytes of the picture of this name: always the same ones.
pub(super) fn picture(name: &str, media_type: MediaType) -> Result<Vec<u8>, ImageError> {
    let format = if media_type == MediaType::Png { ImageFormat::Png } else { ImageFormat::Jpeg };
    let mut dice = Dice::of(name);
    let mut colour = || Rgb([0; 3].map(|_: u8| dice.below(256) as u8));
    let (ground, things) = (colour(), [colour(), colour(), colour()]);
    let mut picture = RgbImage::from_pixel(SIZE.0, SIZE.1, ground);
    for thing in things {
        let mut from = |size: u32| dice.below((size / 2).into()) as u32;
        let (left, top) = (from(SIZE.0), from(SIZE.1));
        let (width, height) = (from(SIZE.0) + 8, from(SIZE.1) + 8);
        for (x, y) in (left..left + width).flat_map(|x| (top..top + height).map(move |y| (x, y))) {
            if let Some(pixel) = picture.get_pixel_mut_checked(x, y) {
                *pixel = thing;
            }
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}
