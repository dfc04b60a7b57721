//! A picture that comes line by line.

use super::picture::{Chroma, Picture, Plane, light_and_differences};

/// What the samples of a pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    /// Light alone.
    Grey,
    /// Light, and how far it is blue and red.
    Differences,
    /// Red, green and blue.
    Rgb,
    /// How much there is of each ink: cyan, magenta, yellow and black.
    Ink,
    /// How much is left free of each.
    NoInk,
}

impl Colours {
    /// How many samples a pixel has.
    pub(super) fn count(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Differences | Self::Rgb => 3,
            Self::Ink | Self::NoInk => 4,
        }
    }
}

/// Puts a picture together from its lines. The colours of a large one are kept at half the detail across and down, as cameras
/// take them and the clean copy has them; those of a small one in full.
pub(super) struct Lines {
    width: usize,
    height: usize,
    colours: Colours,
    is_fine: bool,
    luma: Vec<u8>,
    blue: Vec<u8>,
    red: Vec<u8>,
}

impl Lines {
    pub(super) fn new(width: usize, height: usize, colours: Colours) -> Self {
        let is_fine = Picture::is_small(width, height);
        let coarse = match colours {
            Colours::Grey => 0,
            _ if is_fine => width * height,
            _ => width.div_ceil(2) * height.div_ceil(2),
        };
        let luma = Vec::with_capacity(width * height);
        Self {
            width,
            height,
            colours,
            is_fine,
            luma,
            blue: Vec::with_capacity(coarse),
            red: Vec::with_capacity(coarse),
        }
    }

    /// Takes the next two lines, or the last.
    pub(super) fn push(&mut self, lines: &[u8]) {
        match self.colours {
            Colours::Grey => self.luma.extend_from_slice(lines),
            Colours::Differences => self.push_differences(lines),
            Colours::Rgb => self.push_pixels(lines, light_and_differences),
            Colours::Ink => self.push_pixels(lines, |inks: [u8; 4]| of_paper(inks.map(|ink| 255 - ink))),
            Colours::NoInk => self.push_pixels(lines, of_paper),
        }
    }

    fn push_pixels<const SAMPLES: usize>(&mut self, lines: &[u8], of: impl Fn([u8; SAMPLES]) -> [u8; 3]) {
        let pixels = lines.as_chunks::<SAMPLES>().0;
        let differences: Vec<u8> = pixels.iter().flat_map(|pixel| of(*pixel)).collect();
        self.push_differences(&differences);
    }

    fn push_differences(&mut self, lines: &[u8]) {
        let line = 3 * self.width;
        self.luma.extend(lines.as_chunks::<3>().0.iter().map(|[light, _, _]| light));
        if self.is_fine {
            self.blue.extend(lines.as_chunks::<3>().0.iter().map(|[_, blue, _]| blue));
            self.red.extend(lines.as_chunks::<3>().0.iter().map(|[_, _, red]| red));
            return;
        }
        let (upper, lower) = lines.split_at_checked(line).unwrap_or_default();
        let lower = if lower.is_empty() { upper } else { lower };
        let ((upper, end), (lower, lower_end)) = (upper.as_chunks::<6>(), lower.as_chunks::<6>());
        let mean = |[a, b, c, d]: [u8; 4]| {
            ((u32::from(a) + u32::from(b) + u32::from(c) + u32::from(d) + 2) / 4) as u8
        };
        let pairs = upper.iter().zip(lower);
        self.blue.extend(pairs.clone().map(|(a, b)| mean([a[1], a[4], b[1], b[4]])));
        self.red.extend(pairs.map(|(a, b)| mean([a[2], a[5], b[2], b[5]])));
        // A pixel without a neighbour.
        if let (&[_, blue, red], &[_, lower_blue, lower_red]) = (end, lower_end) {
            self.blue.push(mean([blue, blue, lower_blue, lower_blue]));
            self.red.push(mean([red, red, lower_red, lower_red]));
        }
    }

    /// The picture, once all lines were taken.
    pub(super) fn picture(self) -> Picture {
        let share = if self.is_fine { 1 } else { 2 };
        let (width, height) = (self.width.div_ceil(share), self.height.div_ceil(share));
        let coarse = |samples| Plane::dense(width, height, samples);
        let chroma = (self.colours != Colours::Grey).then(|| Chroma {
            blue: coarse(self.blue),
            red: coarse(self.red),
            across: share,
            down: share,
        });
        Picture { luma: Plane::dense(self.width, self.height, self.luma), chroma }
    }
}

/// What white paper looks like where so much of it is left free of each ink.
fn of_paper([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    let seen = |free: u8| ((u32::from(free) * u32::from(black) + 127) / 255) as u8;
    light_and_differences([seen(cyan), seen(magenta), seen(yellow)])
}
