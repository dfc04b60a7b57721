//! A decoded picture: its light and its colours, each in a plane of its own, as JPEG has them and cameras
//! see. Turning, shrinking and writing it anew never need red, green and blue.

use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8,
};
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use super::{Problem, SMALL, Turn};

/// Samples of one colour.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    /// From row to row; at least the width.
    pub(super) stride: usize,
    pub(super) samples: Vec<u8>,
}

/// What is blue and what is red, in less detail than the light.
#[derive(Clone, Debug)]
pub(super) struct Chroma {
    pub(super) blue: Plane,
    pub(super) red: Plane,
    /// How many samples of light share one across and down: 1 or 2.
    pub(super) across: usize,
    pub(super) down: usize,
}

/// A picture; without colours it is grey.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) luma: Plane,
    pub(super) chroma: Option<Chroma>,
}

impl Plane {
    /// One without anything between its rows.
    pub(super) fn dense(width: usize, height: usize, samples: Vec<u8>) -> Self {
        Self { width, height, stride: width, samples }
    }

    pub(super) fn row(&self, y: usize) -> &[u8] {
        let start = y * self.stride;
        self.samples.get(start..start + self.width).unwrap_or_default()
    }

    /// As it is to be seen.
    fn turned(&self, turn: Turn) -> Self {
        let (width, height) =
            if turn.swaps_sides() { (self.height, self.width) } else { (self.width, self.height) };
        let mut samples = vec![0; width * height];
        let (left, top) = (turn.is_from_the_right(), turn.is_from_below());
        if !turn.swaps_sides() {
            for (y, to) in samples.chunks_mut(width.max(1)).enumerate() {
                let from = self.row(if top { height - 1 - y } else { y });
                to.copy_from_slice(from);
                if left {
                    to.reverse();
                }
            }
            return Self::dense(width, height, samples);
        }
        // In squares, so that what is read down a column is still near for the next column.
        const SQUARE: usize = 32;
        for (strip, rows) in samples.chunks_mut(width.max(1) * SQUARE).enumerate() {
            for start in (0..width).step_by(SQUARE) {
                for (y, to) in rows.chunks_mut(width.max(1)).enumerate() {
                    let y = strip * SQUARE + y;
                    // What is a row now was a column.
                    let column = if left { self.width - 1 - y } else { y };
                    for (x, to) in to.iter_mut().enumerate().skip(start).take(SQUARE) {
                        let row = if top { self.height - 1 - x } else { x };
                        *to = self.samples.get(row * self.stride + column).copied().unwrap_or_default();
                    }
                }
            }
        }
        Self::dense(width, height, samples)
    }

    fn shrunk(&self, width: usize, height: usize, resizer: &mut Resizer) -> Result<Self, Problem> {
        let rows = self.samples.len().checked_div(self.stride).unwrap_or_default();
        let wanted = shrinking().crop(0.0, 0.0, self.width as f64, self.height as f64);
        let samples = shrink(resizer, &self.samples, (self.stride, rows), (width, height), &wanted)?;
        Ok(Self::dense(width, height, samples))
    }
}

/// The samples of a smaller plane.
pub(super) fn shrink(
    resizer: &mut Resizer,
    samples: &[u8],
    from: (usize, usize),
    to: (usize, usize),
    wanted: &ResizeOptions,
) -> Result<Vec<u8>, Problem> {
    let unwanted = |error: &dyn std::fmt::Display| Problem::by("it cannot be shrunk", error);
    let from = TypedImageRef::<U8>::from_buffer(from.0 as u32, from.1 as u32, samples);
    let from = from.map_err(|error| unwanted(&error))?;
    let mut shrunk = vec![0; to.0 * to.1];
    let mut to = TypedImage::<U8>::from_buffer(to.0 as u32, to.1 as u32, &mut shrunk)
        .map_err(|error| unwanted(&error))?;
    resizer.resize_typed(&from, &mut to, wanted).map_err(|error| unwanted(&error))?;
    drop(to);
    Ok(shrunk)
}

/// The mean of what falls together, with soft edges: fast, and without patterns on shirts and shelves.
pub(super) fn shrinking() -> ResizeOptions {
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).use_alpha(false)
}

/// Sides with the same proportions whose longer one has at most so many pixels.
pub(super) fn within(width: usize, height: usize, longest: u32) -> (usize, usize) {
    let (longer, longest) = (width.max(height), longest as usize);
    if longer <= longest || longer == 0 {
        return (width, height);
    }
    let part = |side: usize| ((side * longest + longer / 2) / longer).max(1);
    (part(width), part(height))
}

impl Picture {
    /// Whether a picture is so small that each of its pixels may be seen: then its copy keeps nearly all of them.
    pub(super) fn is_small(width: usize, height: usize) -> bool {
        width * height <= SMALL as usize
    }

    pub(super) fn width(&self) -> usize {
        self.luma.width
    }

    pub(super) fn height(&self) -> usize {
        self.luma.height
    }

    /// As it is to be seen.
    pub(super) fn turned(self, turn: Turn) -> Self {
        if turn == Turn::default() {
            return self;
        }
        let chroma = self.chroma.map(|Chroma { blue, red, across, down }| {
            let (across, down) = if turn.swaps_sides() { (down, across) } else { (across, down) };
            Chroma { blue: blue.turned(turn), red: red.turned(turn), across, down }
        });
        Self { luma: self.luma.turned(turn), chroma }
    }

    /// A smaller one whose longer side has so many pixels; none if it is no larger.
    pub(super) fn shrunk(&self, longest: u32) -> Result<Option<Self>, Problem> {
        let (width, height) = within(self.width(), self.height(), longest);
        if (width, height) == (self.width(), self.height()) {
            return Ok(None);
        }
        let mut resizer = Resizer::new();
        let luma = self.luma.shrunk(width, height, &mut resizer)?;
        let chroma = match &self.chroma {
            None => None,
            Some(Chroma { blue, red, .. }) => {
                let (across, down) = (width.div_ceil(2).min(blue.width), height.div_ceil(2).min(blue.height));
                let (blue, red) =
                    (blue.shrunk(across, down, &mut resizer)?, red.shrunk(across, down, &mut resizer)?);
                let share = |all: usize, some: usize| if some * 2 > all + 1 { 1 } else { 2 };
                Some(Chroma { blue, red, across: share(width, across), down: share(height, down) })
            }
        };
        Ok(Some(Self { luma, chroma }))
    }

    /// As a JPEG that has nothing in it but the picture.
    pub(super) fn written(&self, quality: u8, colours: Detail) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::with_capacity(self.width() * self.height() / 4);
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(match colours {
            Detail::Photo => SamplingFactor::F_2_2,
            Detail::Drawing => SamplingFactor::F_1_1,
        });
        encoder.encode_image(self).map_err(|error| Problem::by("it cannot be written anew", &error))?;
        Ok(bytes)
    }

    /// Red, green and blue, pixel by pixel.
    pub(super) fn to_rgb(&self) -> Vec<u8> {
        let mut pixels = Vec::with_capacity(3 * self.width() * self.height());
        for y in 0..self.height() {
            let luma = self.luma.row(y);
            let Some(Chroma { blue, red, across, down }) = &self.chroma else {
                pixels.extend(luma.iter().flat_map(|&light| [light; 3]));
                continue;
            };
            let (blue, red) = (blue.row(y / down), red.row(y / down));
            for (x, &light) in luma.iter().enumerate() {
                let colour = |row: &[u8]| i32::from(row.get(x / across).copied().unwrap_or(128)) - 128;
                let (light, blue, red) = (i32::from(light) << 16 | 1 << 15, colour(blue), colour(red));
                let byte = |sum: i32| (sum >> 16).clamp(0, 255) as u8;
                pixels.push(byte(light + 91_881 * red));
                pixels.push(byte(light - 22_554 * blue - 46_802 * red));
                pixels.push(byte(light + 116_130 * blue));
            }
        }
        pixels
    }

    /// Out of red, green and blue, pixel by pixel.
    pub(super) fn from_rgb(width: usize, height: usize, pixels: &[u8]) -> Self {
        let mut planes: [Vec<u8>; 3] = std::array::from_fn(|_| Vec::with_capacity(width * height));
        let [luma, blue, red] = &mut planes;
        for pixel in pixels.as_chunks::<3>().0 {
            let [light, to_blue, to_red] = light_and_differences(*pixel);
            luma.push(light);
            blue.push(to_blue);
            red.push(to_red);
        }
        let [luma, blue, red] = planes.map(|samples| Plane::dense(width, height, samples));
        Self { luma, chroma: Some(Chroma { blue, red, across: 1, down: 1 }) }
    }
}

/// The light of a pixel of red, green and blue, and how far it is blue and red.
#[inline]
pub(super) fn light_and_differences(pixel: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = pixel.map(i32::from);
    let byte = |sum: i32| (sum >> 16).clamp(0, 255) as u8;
    [
        byte(19_595 * r + 38_470 * g + 7_471 * b + (1 << 15)),
        byte(-11_059 * r - 21_709 * g + 32_768 * b + (257 << 15) - 1),
        byte(32_768 * r - 27_439 * g - 5_329 * b + (257 << 15) - 1),
    ]
}

/// How finely colours are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Half as finely as the light, as cameras do.
    Photo,
    /// As finely: coloured letters of a screenshot stay legible.
    Drawing,
}

impl ImageBuffer for &Picture {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.chroma.is_some() { JpegColorType::Ycbcr } else { JpegColorType::Luma }
    }

    fn width(&self) -> u16 {
        self.luma.width.try_into().unwrap_or(u16::MAX)
    }

    fn height(&self) -> u16 {
        self.luma.height.try_into().unwrap_or(u16::MAX)
    }

    fn fill_buffers(&self, y: u16, [luma, blue_to, red_to, _]: &mut [Vec<u8>; 4]) {
        let y = usize::from(y);
        luma.extend_from_slice(self.luma.row(y));
        if let Some(Chroma { blue, red, across, down }) = &self.chroma {
            spread(blue.row(y / down), *across, self.luma.width, blue_to);
            spread(red.row(y / down), *across, self.luma.width, red_to);
        }
    }
}

/// Repeats each sample so often, up to this length.
fn spread(row: &[u8], times: usize, length: usize, to: &mut Vec<u8>) {
    if times == 1 {
        to.extend_from_slice(row.get(..length).unwrap_or(row));
        return;
    }
    let end = to.len() + length;
    to.extend(row.iter().flat_map(|&sample| [sample; 2]));
    to.truncate(end);
}
