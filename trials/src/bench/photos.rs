//! What a photo of 12 megapixels costs.

use std::{fmt, time::Duration};

use incognito::evidence::photos::{self, Limits, Photo};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use serde::Serialize;

use super::machine;

/// Photos read one after the other, on this thread.
#[derive(Serialize)]
pub(super) struct Figures {
    /// Megabytes of the photo.
    size: f64,
    /// Pixels across and down.
    pixels: (u32, u32),
    /// How often it was read.
    times: usize,
    /// The median of each step, in milliseconds.
    steps: Vec<(&'static str, f64)>,
    /// The median of all of it, in milliseconds.
    whole: f64,
    /// What one cost on average, in milliseconds of one core; nothing where the system does not tell.
    cpu: Option<f64>,
    /// The most memory that this process had resident, in MiB.
    memory: Option<f64>,
    /// Megabytes of the clean copy and the thumbnail.
    copies: (f64, f64),
}

/// Milliseconds of one core that a photo may cost.
const GOAL: f64 = 60.0;

/// Makes a photo and reads it so often.
pub(super) fn figures(times: usize) -> Result<Figures, String> {
    let bytes = photo(4032, 3024, 92);
    let before = machine::usage(std::process::id());
    let read: Result<Vec<Photo>, _> = (0..times).map(|_| photos::read(&bytes, &Limits::default())).collect();
    let read = read.map_err(|problem| problem.to_string())?;
    let after = machine::usage(std::process::id());
    let median = |step: fn(&Photo) -> Duration| {
        let mut all: Vec<Duration> = read.iter().map(step).collect();
        all.sort_unstable();
        all.get(all.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    let one = read.first().ok_or("nothing was read")?;
    let mega = |bytes: usize| bytes as f64 / 1e6;
    Ok(Figures {
        size: mega(bytes.len()),
        pixels: (one.width, one.height),
        times,
        steps: vec![
            ("decode", median(|photo| photo.took.decode)),
            ("turn", median(|photo| photo.took.turn)),
            ("clean copy", median(|photo| photo.took.clean)),
            ("thumbnail", median(|photo| photo.took.thumbnail)),
            ("look", median(|photo| photo.took.look)),
        ],
        whole: median(|photo| {
            let took = photo.took;
            took.decode + took.turn + took.clean + took.thumbnail + took.look
        }),
        cpu: before
            .zip(after)
            .map(|(before, after)| (after.cpu - before.cpu).as_secs_f64() * 1e3 / times as f64),
        memory: after.map(|usage| usage.most_memory),
        copies: (mega(one.clean.len()), mega(one.thumbnail.len())),
    })
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.pixels;
        writeln!(
            f,
            "A photo of {width} × {height} pixels and {:.1} MB, lying on its side, {} times:",
            self.size, self.times
        )?;
        for (step, took) in &self.steps {
            writeln!(f, "  {step:<11} {took:>6.1} ms")?;
        }
        let cpu = self.cpu.map_or(String::new(), |cpu| format!("; {cpu:.1} ms of one core on average"));
        let reached = if self.cpu.unwrap_or(self.whole) <= GOAL { "reached" } else { "missed" };
        writeln!(f, "  all of it   {:>6.1} ms{cpu} (goal ≤ {GOAL} ms: {reached})", self.whole)?;
        write!(f, "Clean copy {:.2} MB, thumbnail {:.3} MB", self.copies.0, self.copies.1)?;
        self.memory.map_or(Ok(()), |memory| write!(f, "; at most {memory:.0} MB resident"))
    }
}

/// What a phone would take: large and small shapes, the noise of a sensor, written as finely as this (1 to 100), lying
/// on its side. Empty if it cannot be written.
pub(super) fn photo(width: usize, height: usize, quality: u8) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32 % below
    };
    // Heights at the corners of cells of several sizes, and what lies between them.
    let mut light = vec![0.0_f32; width * height];
    for (cell, strength) in [(512, 60.0), (128, 40.0), (32, 20.0), (8, 10.0)] {
        let across = width / cell + 2;
        let corners: Vec<f32> = (0..across * (height / cell + 2))
            .map(|_| strength * (random(2001) as f32 / 1000.0 - 1.0))
            .collect();
        let corner = |x: usize, y: usize| corners.get(y * across + x).copied().unwrap_or_default();
        for (y, row) in light.chunks_mut(width).enumerate() {
            let down = (y % cell) as f32 / cell as f32;
            for (x, light) in row.iter_mut().enumerate() {
                let right = (x % cell) as f32 / cell as f32;
                let (x, y) = (x / cell, y / cell);
                let above = corner(x, y) * (1.0 - right) + corner(x + 1, y) * right;
                let below = corner(x, y + 1) * (1.0 - right) + corner(x + 1, y + 1) * right;
                *light += above * (1.0 - down) + below * down;
            }
        }
    }
    let pixels: Vec<u8> = light
        .iter()
        .enumerate()
        .flat_map(|(at, light)| {
            let noise = random(13) as f32 - 6.0;
            let (x, y) = ((at % width) as f32 / width as f32, (at / width) as f32 / height as f32);
            [
                120.0 + light + noise + 60.0 * x,
                120.0 + 0.9 * light + noise,
                110.0 + 0.8 * light + noise + 50.0 * y,
            ]
        })
        .map(|value| value.clamp(0.0, 255.0) as u8)
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // A TIFF structure with one entry: the orientation, 6.
    let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let written = encoder.add_exif_metadata(exif).is_ok()
        && encoder.encode(&pixels, width as u16, height as u16, ColorType::Rgb).is_ok();
    if written { bytes } else { Vec::new() }
}
