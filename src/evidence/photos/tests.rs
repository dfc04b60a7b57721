//! What photos are tried with: made here, byte by byte.

#![allow(clippy::unwrap_used, clippy::panic)]

mod blank;
mod cases;
mod hostile;
mod looks;
mod reading;
mod strict;
mod tagged;

use exif::{Field, In, Rational, SRational, Tag, Value, experimental::Writer};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::*;

/// A word that must not be found in anything that a branch can get.
const CANARY: &str = "kanarienvogel";

/// Pixels, red, green and blue.
#[derive(Clone)]
struct Image {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Image {
    fn new(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let pixels =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| colour(x, y));
        Self { width, height, pixels: pixels.collect() }
    }

    /// Soft shapes, which are others for each seed.
    fn scene(width: usize, height: usize, seed: u64) -> Self {
        let mut random = random(seed);
        let blobs: Vec<[f64; 7]> = (0..14)
            .map(|_| {
                let mut part = || (random() % 1000) as f64 / 1000.0;
                [part(), part(), 0.05 + 0.3 * part(), part(), part(), part(), part()]
            })
            .collect();
        Self::new(width, height, |x, y| {
            let (x, y) = (x as f64 / width as f64, y as f64 / height as f64);
            let mut colour = [90.0, 100.0, 110.0];
            for [at, down, size, strength, red, green, blue] in &blobs {
                let far = ((x - at).powi(2) + (y - down).powi(2)) / size.powi(2);
                let near = (-far).exp() * (strength - 0.4) * 3.0;
                for (value, part) in colour.iter_mut().zip([red, green, blue]) {
                    *value += 130.0 * near * (part + 0.3);
                }
            }
            colour.map(|value| value.clamp(0.0, 255.0) as u8)
        })
    }

    fn at(&self, x: usize, y: usize) -> [u8; 3] {
        *self.pixels[3 * (y * self.width + x)..].first_chunk().unwrap()
    }

    fn jpeg(&self) -> Vec<u8> {
        self.jpeg_with(90, SamplingFactor::F_2_2, |_| {})
    }

    fn jpeg_with(
        &self,
        quality: u8,
        factor: SamplingFactor,
        set: impl Fn(&mut Encoder<&mut Vec<u8>>),
    ) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(factor);
        set(&mut encoder);
        encoder.encode(&self.pixels, self.width as u16, self.height as u16, ColorType::Rgb).unwrap();
        bytes
    }

    fn png(&self) -> Vec<u8> {
        png_of(self.width, self.height, png::ColorType::Rgb, png::BitDepth::Eight, &self.pixels)
    }

    fn webp(&self) -> Vec<u8> {
        self.webp_with(|_| {})
    }

    fn webp_with(&self, set: impl Fn(&mut image_webp::WebPEncoder<&mut Vec<u8>>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = image_webp::WebPEncoder::new(&mut bytes);
        set(&mut encoder);
        let (width, height) = (self.width as u32, self.height as u32);
        encoder.encode(&self.pixels, width, height, image_webp::ColorType::Rgb8).unwrap();
        bytes
    }

    /// How far two pictures of one size are apart: the mean over all values.
    fn distance(&self, other: &Self) -> f64 {
        assert_eq!((self.width, self.height), (other.width, other.height));
        let sum: f64 = self.pixels.iter().zip(&other.pixels).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
        sum / self.pixels.len() as f64
    }
}

fn png_of(width: usize, height: usize, colour: png::ColorType, depth: png::BitDepth, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == png::ColorType::Indexed {
        encoder.set_palette(vec![255, 0, 0, 0, 0, 255]);
        encoder.set_trns(vec![255, 0]);
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    bytes
}

/// What libjpeg-turbo's code makes of all of a JPEG, in one go.
fn seen(jpeg: &[u8]) -> Image {
    let mut decoder = mozjpeg::Decompress::new_mem(jpeg).unwrap().rgb().unwrap();
    let (width, height) = (decoder.width(), decoder.height());
    Image { width, height, pixels: decoder.read_scanlines().unwrap() }
}

/// Numbers that are the same each time.
fn random(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }
}

/// A segment of a JPEG, to be put behind its first two bytes.
fn segment(code: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, code];
    bytes.extend_from_slice(&(body.len() as u16 + 2).to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn with_segments(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// A chunk of a PNG, to be put behind its header (at 33).
fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [kind, body].concat();
    let crc = !named.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    });
    [&(body.len() as u32).to_be_bytes()[..], &named, &crc.to_be_bytes()].concat()
}

fn with_chunks(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

/// Puts data into zlib's wrapping as it is.
fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = Vec::new();
    let side = data.len();
    // The encoder of PNG is the deflater at hand: a grey line, whose data begins with the kind of its filter.
    let png = {
        let mut writer = png::Encoder::new(&mut encoder, side as u32, 1);
        writer.set_color(png::ColorType::Grayscale);
        writer.set_filter(png::Filter::NoFilter);
        writer.write_header().unwrap().write_image_data(data).unwrap();
        encoder
    };
    let mut at = 8;
    let mut out = Vec::new();
    while let Some(length) = png.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        if &png[at + 4..at + 8] == b"IDAT" {
            out.extend_from_slice(&png[at + 8..at + 8 + length]);
        }
        at += 12 + length;
    }
    out
}

/// A TIFF structure with whatever a camera may write, and canaries in all of it.
fn exif(orientation: u16, seed: u64) -> Vec<u8> {
    let ascii = |text: String| Value::Ascii(vec![text.into_bytes()]);
    let angle = |degrees, minutes, hundredths| {
        let part = |num, denom| Rational { num, denom };
        Value::Rational(vec![part(degrees, 1), part(minutes, 1), part(hundredths, 100)])
    };
    let field = |tag, value| Field { tag, ifd_num: In::PRIMARY, value };
    let note = format!("{CANARY} maker note {seed}").into_bytes();
    let fields = [
        field(Tag::Orientation, Value::Short(vec![orientation])),
        field(Tag::Make, ascii(format!("Werk-{CANARY}"))),
        field(Tag::Model, ascii(format!("M{seed}-{CANARY}"))),
        field(Tag::DateTimeOriginal, ascii("2026:05:04 13:02:01".into())),
        field(Tag::OffsetTimeOriginal, ascii("+02:00".into())),
        field(Tag::GPSLatitudeRef, ascii("N".into())),
        field(Tag::GPSLatitude, angle(42, 41, 5_000 + (seed % 900) as u32)),
        field(Tag::GPSLongitudeRef, ascii("E".into())),
        field(Tag::GPSLongitude, angle(23, 19, 1_800)),
        field(Tag::Artist, ascii(format!("{CANARY} artist"))),
        field(Tag::Copyright, ascii(format!("{CANARY} copyright"))),
        field(Tag::ImageDescription, ascii(format!("{CANARY} description {seed}"))),
        field(Tag::Software, ascii(format!("{CANARY} software"))),
        field(Tag::MakerNote, Value::Undefined(note, 0)),
        field(Tag::UserComment, Value::Undefined(format!("ASCII\0\0\0{CANARY}").into_bytes(), 0)),
        field(Tag::ExposureBiasValue, Value::SRational(vec![SRational { num: -1, denom: 3 }])),
        field(Tag::BodySerialNumber, ascii(format!("{CANARY}-{seed}"))),
    ];
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut out = std::io::Cursor::new(Vec::new());
    writer.write(&mut out, seed.is_multiple_of(2)).unwrap();
    out.into_inner()
}
