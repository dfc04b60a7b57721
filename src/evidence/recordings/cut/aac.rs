//! AAC: what a decoder has to know beforehand (ISO 14496-3, section 1.6), and a frame that is silent.

use super::Problem;

const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const LOW_COMPLEXITY: u32 = 2;
const BAND_REPLICATION: u32 = 5;
const PARAMETRIC_STEREO: u32 = 29;
const SYNC: u32 = 0x2B7;
const SYNC_OF_STEREO: u32 = 0x548;

/// Low complexity, perhaps with the upper band replicated and stereo by parameters: what phones and browsers record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::evidence::recordings) struct Aac {
    /// Samples a second of its core.
    pub(super) rate: u32,
    /// Samples of a frame.
    pub(super) frame: u32,
    /// One or two.
    pub(super) channels: u8,
    /// Samples a second with the upper band, if that is said to be replicated.
    band: Option<u32>,
    stereo: bool,
}

impl Aac {
    /// By what a decoder is given beforehand.
    pub(in crate::evidence::recordings) fn read(config: &[u8]) -> Result<Self, Problem> {
        let mut bits = Bits { bytes: config, at: 0 };
        let first = bits.take(5)?;
        let rate = bits.rate()?;
        let channels = bits.take(4)?;
        let (mut band, mut stereo, mut kind) = (None, first == PARAMETRIC_STEREO, first);
        if matches!(first, BAND_REPLICATION | PARAMETRIC_STEREO) {
            band = Some(bits.rate()?);
            kind = bits.take(5)?;
        }
        let channels = match channels {
            1 => 1,
            2 => 2,
            _ => return Err(Problem::Unsupported("sound of many channels")),
        };
        let frame = if bits.take(1)? == 1 { 960 } else { 1_024 };
        // That it depends on another coder, or goes on.
        if kind != LOW_COMPLEXITY || bits.take(2)? != 0 {
            return Err(Problem::Unsupported("AAC of a kind that phones do not record"));
        }
        if band.is_none()
            && bits.take(11) == Ok(SYNC)
            && bits.take(5)? == BAND_REPLICATION
            && bits.take(1)? == 1
        {
            band = Some(bits.rate()?);
            stereo = bits.take(11) == Ok(SYNC_OF_STEREO) && bits.take(1)? == 1;
        }
        // Slower, a frame would be longer than what is cut around a stretch.
        if !RATES.contains(&rate) && rate < 8_000 {
            return Err(Problem::Unsupported("AAC of a kind that phones do not record"));
        }
        Ok(Self { rate, frame, channels, band, stereo })
    }

    /// The same written anew, with nothing else in it.
    pub(in crate::evidence::recordings) fn written(&self) -> Vec<u8> {
        let mut bits = Written::default();
        bits.add(LOW_COMPLEXITY, 5);
        bits.add_rate(self.rate);
        bits.add(self.channels.into(), 4);
        bits.add(u32::from(self.frame == 960), 1);
        bits.add(0, 2);
        if let Some(band) = self.band {
            bits.add(SYNC, 11);
            bits.add(BAND_REPLICATION, 5);
            bits.add(1, 1);
            bits.add_rate(band);
            if self.stereo {
                bits.add(SYNC_OF_STEREO, 11);
                bits.add(1, 1);
            }
        }
        let byte = |bits: &[bool]| bits.iter().zip((0..8).rev()).map(|(bit, at)| u8::from(*bit) << at).sum();
        bits.0.chunks(8).map(byte).collect()
    }

    /// A frame without a band in it, and the end: all bits are zero but those that name the two.
    pub(super) fn silence(&self) -> &'static [u8] {
        match self.channels {
            1 => &[0, 0, 0, 0b111],
            // Both channels share what is said of their windows.
            _ => &[0b0010_0001, 0, 0, 0, 0, 0b0001_1100],
        }
    }
}

struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Result<u32, Problem> {
        let mut all = 0;
        for at in self.at..self.at + count {
            let byte = self.bytes.get(at / 8).ok_or(Problem::CutOff)?;
            all = all << 1 | u32::from(byte >> (7 - at % 8) & 1);
        }
        self.at += count;
        Ok(all)
    }

    fn rate(&mut self) -> Result<u32, Problem> {
        let rate = match self.take(4)? {
            15 => Some(self.take(24)?),
            place => RATES.get(place as usize).copied(),
        };
        rate.filter(|rate| (1..=96_000).contains(rate)).ok_or(Problem::Damaged("its rate makes no sense"))
    }
}

#[derive(Default)]
struct Written(Vec<bool>);

impl Written {
    fn add(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).rev().map(|at| value >> at & 1 == 1));
    }

    fn add_rate(&mut self, rate: u32) {
        match RATES.iter().zip(0..).find(|(known, _)| **known == rate) {
            Some((_, place)) => self.add(place, 4),
            None => {
                self.add(15, 4);
                self.add(rate, 24);
            }
        }
    }
}
