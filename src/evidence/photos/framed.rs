//! Copies of photos in a frame that is the same for all: so neither the sides of a copy nor its size tell of the phone that took
//! the photo.

use aws_lc_rs::rand;

use super::{
    Large, Limits, Problem, QUALITY,
    decode::{self, Decoded},
    picture::{Detail, Picture, within},
    watch::Watch,
};

/// Pixels across and down of every framed copy.
pub const FRAME: usize = 1280;
/// A framed copy has so many bytes, or twice as many, and so on.
pub const LEAST: usize = 64 << 10;
/// The colour of the frame where the photo does not fill it.
const GREY: u8 = 128;
/// The parts of a whole in which areas are given.
const WHOLE: u64 = 10_000;

/// A part of a photo, in basis points of its sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// How far its left edge is from the photo's.
    pub left: u32,
    /// How far its upper edge is from the photo's.
    pub top: u32,
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

/// A JPEG of this photo within the frame, whose areas have one colour each, so that nothing in them can be recognized. Each time
/// it has other bytes.
///
/// # Errors
/// If the photo cannot be read.
pub fn framed(bytes: &[u8], areas: &[Area], large: &Large) -> Result<Vec<u8>, Problem> {
    let limits = Limits::default();
    let watch = Watch::start(limits.time);
    let Decoded { picture, .. } = decode::decode(bytes, &limits, large, &watch)?;
    let (width, height) = (picture.width(), picture.height());
    let mut pixels = picture.to_rgb();
    areas.iter().for_each(|area| even_out(&mut pixels, width, height, area));
    let picture = Picture::from_rgb(width, height, &pixels);
    let small = picture.shrunk(FRAME as u32)?;
    let picture = small.as_ref().unwrap_or(&picture);
    let (width, height) = within(picture.width(), picture.height(), FRAME as u32);
    let (left, top) = ((FRAME - width) / 2, (FRAME - height) / 2);
    let mut canvas = vec![GREY; 3 * FRAME * FRAME];
    for (y, row) in picture.to_rgb().chunks(3 * width.max(1)).enumerate() {
        let start = 3 * ((top + y) * FRAME + left);
        if let Some(place) = canvas.get_mut(start..start + row.len()) {
            place.copy_from_slice(row);
        }
    }
    padded(Picture::from_rgb(FRAME, FRAME, &canvas).written(QUALITY, Detail::Photo)?)
}

/// Gives every pixel of an area the mean of all of them.
fn even_out(pixels: &mut [u8], width: usize, height: usize, area: &Area) {
    let at = |side: usize, part: u32| (side as u64 * u64::from(part) / WHOLE) as usize;
    let up = |side: usize, part: u32| (side as u64 * u64::from(part)).div_ceil(WHOLE) as usize;
    let (left, top) = (at(width, area.left), at(height, area.top));
    let right = up(width, area.left.saturating_add(area.width)).min(width);
    let bottom = up(height, area.top.saturating_add(area.height)).min(height);
    let (mut sums, mut count) = ([0_u64; 3], 0_u64);
    let each = |pixels: &mut [u8], change: &mut dyn FnMut(&mut [u8])| {
        for y in top..bottom {
            let row = pixels.get_mut(3 * (y * width + left)..3 * (y * width + right).max(y * width + left));
            row.unwrap_or_default().chunks_mut(3).for_each(&mut *change);
        }
    };
    each(pixels, &mut |pixel| {
        sums.iter_mut().zip(pixel.iter()).for_each(|(sum, sample)| *sum += u64::from(*sample));
        count += 1;
    });
    let mean = sums.map(|sum| sum.checked_div(count).unwrap_or_default() as u8);
    each(pixels, &mut |pixel| pixel.iter_mut().zip(mean).for_each(|(sample, mean)| *sample = mean));
}

/// The JPEG with comments of random bytes behind its first marker, so that it has one of few sizes.
fn padded(jpeg: Vec<u8>) -> Result<Vec<u8>, Problem> {
    const MARKER: usize = 2;
    const LONGEST: usize = 65_533;
    // What marks a comment and its length takes four bytes.
    const HEAD: usize = 4;
    let mut size = LEAST;
    while size < jpeg.len() + HEAD + 16 {
        size *= 2;
    }
    let mut missing = size - jpeg.len();
    let mut all = Vec::with_capacity(size);
    all.extend_from_slice(jpeg.get(..MARKER).unwrap_or_default());
    while missing > 0 {
        // No rest is left that is too short for a comment.
        let taken = if missing <= LONGEST + HEAD { missing } else { (LONGEST + HEAD).min(missing - HEAD) };
        let length = taken - HEAD;
        let written = u16::try_from(length + 2).map_err(|_| Problem::Broke)?;
        all.extend_from_slice(&[0xff, 0xfe]);
        all.extend_from_slice(&written.to_be_bytes());
        let mut random = vec![0; length];
        rand::fill(&mut random).map_err(|_| Problem::Broke)?;
        all.extend_from_slice(&random);
        missing -= taken;
    }
    all.extend_from_slice(jpeg.get(MARKER..).unwrap_or_default());
    Ok(all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn jpeg(width: usize, height: usize) -> Vec<u8> {
        let pixels: Vec<u8> = (0..3 * width * height).map(|at| (at * 7 % 251) as u8).collect();
        Picture::from_rgb(width, height, &pixels).written(95, Detail::Drawing).unwrap()
    }

    fn pixels(bytes: &[u8]) -> (usize, usize, Vec<u8>) {
        let watch = Watch::start(Limits::default().time);
        let found = decode::decode(bytes, &Limits::default(), &Large::default(), &watch).unwrap().picture;
        (found.width(), found.height(), found.to_rgb())
    }

    /// The copies of photos of every form have the same sides and one of few sizes.
    #[test]
    fn a_copy_does_not_tell_of_the_phone() {
        for (width, height) in [(64, 48), (48, 64), (80, 45), (1536, 2048), (2048, 1152), (1, 1)] {
            let copy = framed(&jpeg(width, height), &[], &Large::default()).unwrap();
            assert!(
                copy.len().is_multiple_of(LEAST) && (copy.len() / LEAST).is_power_of_two(),
                "{}",
                copy.len()
            );
            let (across, down, _) = pixels(&copy);
            assert_eq!((across, down), (FRAME, FRAME));
            assert_ne!(framed(&jpeg(width, height), &[], &Large::default()).unwrap(), copy);
        }
    }

    #[test]
    fn of_an_area_one_colour_is_left() {
        let area = Area { left: 2_500, top: 0, width: 5_000, height: 10_000 };
        let copy = framed(&jpeg(FRAME, FRAME), &[area], &Large::default()).unwrap();
        let (.., pixels) = pixels(&copy);
        let differing = |x: usize| {
            let column: Vec<_> = (0..FRAME).map(|y| i32::from(pixels[3 * (y * FRAME + x)])).collect();
            column.iter().max().unwrap() - column.iter().min().unwrap()
        };
        assert!(differing(FRAME / 2) < 6, "{}", differing(FRAME / 2));
        assert!(differing(FRAME / 8) > 60, "{}", differing(FRAME / 8));
    }
}
