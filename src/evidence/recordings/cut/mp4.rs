//! A plain MP4 of one sound: a head with its tables, then all packets in one piece, then padding. It says nothing but how to
//! play it, and says that the same way for all.

use super::{Aac, Codec, Cut, Problem, Written, padded};
use crate::evidence::recordings::{Format, milliseconds};

const TOO_LONG: Problem = Problem::Damaged("its time makes no sense");
const HEAD: usize = 8;
/// Of a whole one, as numbers of 16 and of 8 digits behind the point.
const ONE: u32 = 0x1_0000;
const FULL_VOLUME: u32 = 0x0100_0000;
const UPRIGHT: [u32; 9] = [ONE, 0, 0, 0, ONE, 0, 0, 0, 0x4000_0000];
/// The language: undetermined.
const NO_LANGUAGE: u32 = 0x55C4_0000;
/// What every encoder of browsers puts before the sound, in ticks.
const SKIPPED: u16 = 312;

pub(super) fn write(codec: &Codec, packets: &[Written<'_>]) -> Result<Cut, Problem> {
    let start = part(b"ftyp", &[b"M4A \0\0\0\0M4A mp42isom"]);
    // How long the head is does not depend on where the sound lies.
    let length = head(codec, packets, 0)?.len();
    let place = start.len() + length + HEAD;
    let head = head(codec, packets, u32::try_from(place).map_err(|_| TOO_LONG)?)?;
    let sound: usize = packets.iter().map(|packet| packet.bytes.len()).sum();
    let end = place + sound;
    let all = padded(end + HEAD);
    let mut bytes = Vec::with_capacity(all);
    bytes.extend([start, head].concat());
    bytes.extend(title(b"mdat", sound)?);
    packets.iter().for_each(|packet| bytes.extend_from_slice(&packet.bytes));
    bytes.extend(title(b"free", all - end - HEAD)?);
    bytes.resize(all, 0);
    Ok(Cut { format: Format::M4a, bytes, padding: all - end - HEAD })
}

/// What stands before so many bytes.
fn title(kind: &[u8; 4], length: usize) -> Result<Vec<u8>, Problem> {
    let length = u32::try_from(length + HEAD).map_err(|_| TOO_LONG)?;
    Ok([&length.to_be_bytes()[..], kind].concat())
}

fn part(kind: &[u8; 4], inside: &[&[u8]]) -> Vec<u8> {
    let inside = inside.concat();
    [&(inside.len() as u32 + HEAD as u32).to_be_bytes()[..], kind, &inside].concat()
}

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn head(codec: &Codec, packets: &[Written<'_>], place: u32) -> Result<Vec<u8>, Problem> {
    let ticks = packets.iter().map(|packet| u64::from(packet.ticks)).sum();
    let time =
        milliseconds(ticks, codec.rate().into()).and_then(|time| u32::try_from(time).ok()).ok_or(TOO_LONG)?;
    let ticks = u32::try_from(ticks).map_err(|_| TOO_LONG)?;
    let movie = [&[0, 0, 0, 1_000, time, ONE, FULL_VOLUME, 0, 0][..], &UPRIGHT, &[0; 6], &[2]].concat();
    let track = [&[7, 0, 0, 1, 0, time, 0, 0, 0, FULL_VOLUME][..], &UPRIGHT, &[0; 2]].concat();
    let handler = [&numbers(&[0, 0])[..], b"soun", &[0; 13]].concat();
    let source = part(b"dref", &[&numbers(&[0, 1]), &part(b"url ", &[&numbers(&[1])])]);
    let information = part(
        b"minf",
        &[
            &part(b"smhd", &[&[0; 8]]),
            &part(b"dinf", &[&source]),
            &part(b"stbl", &[&tables(codec, packets, place)?]),
        ],
    );
    let media = part(
        b"mdia",
        &[
            &part(b"mdhd", &[&numbers(&[0, 0, 0, codec.rate(), ticks, NO_LANGUAGE])]),
            &part(b"hdlr", &[&handler]),
            &information,
        ],
    );
    let track = part(b"trak", &[&part(b"tkhd", &[&numbers(&track)]), &media]);
    Ok(part(b"moov", &[&part(b"mvhd", &[&numbers(&movie)]), &track]))
}

fn tables(codec: &Codec, packets: &[Written<'_>], place: u32) -> Result<Vec<u8>, Problem> {
    let mut times: Vec<[u32; 2]> = Vec::new();
    for packet in packets {
        match times.last_mut() {
            Some([count, ticks]) if *ticks == packet.ticks => *count += 1,
            _ => times.push([1, packet.ticks]),
        }
    }
    let count = u32::try_from(packets.len()).map_err(|_| TOO_LONG)?;
    let runs = u32::try_from(times.len()).map_err(|_| TOO_LONG)?;
    let sizes: Vec<u32> = packets.iter().map(|packet| packet.bytes.len() as u32).collect();
    let tables = [
        part(b"stsd", &[&numbers(&[0, 1]), &entry(codec)]),
        part(b"stts", &[&numbers(&[0, runs]), &numbers(times.as_flattened())]),
        part(b"stsc", &[&numbers(&[0, 1, 1, count, 1])]),
        part(b"stsz", &[&numbers(&[0, 0, count]), &numbers(&sizes)]),
        part(b"stco", &[&numbers(&[0, 1, place])]),
    ];
    Ok(tables.concat())
}

/// How the sound is coded.
fn entry(codec: &Codec) -> Vec<u8> {
    let (kind, channels, more) = match codec {
        Codec::Aac(aac) => (b"mp4a", aac.channels, part(b"esds", &[&description(aac)])),
        Codec::Opus { channels } => {
            let head = [&[0, *channels][..], &SKIPPED.to_be_bytes(), &codec.rate().to_be_bytes(), &[0; 3]];
            (b"Opus", *channels, part(b"dOps", &head))
        }
    };
    // In 32 bits with half of them behind the point; what does not fit is said elsewhere.
    let rate = u16::try_from(codec.rate()).map_or(0, |rate| u32::from(rate) << 16);
    let sound = numbers(&[0, 1, 0, 0, u32::from(channels) << 16 | 16, 0, rate]);
    part(kind, &[&sound, &more])
}

/// The descriptors of a sound in AAC, each with its length.
fn description(aac: &Aac) -> Vec<u8> {
    let describe = |kind: u8, inside: &[u8]| [&[kind, inside.len() as u8], inside].concat();
    let config = describe(5, &aac.written());
    // AAC, a stream of sound; of no size and no speed.
    let decoder = describe(4, &[&[0x40, 0x15][..], &[0; 11], &config].concat());
    let stream = describe(3, &[&[0, 1, 0][..], &decoder, &describe(6, &[2])].concat());
    [&[0; 4][..], &stream].concat()
}
