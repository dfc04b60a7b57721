//! Recordings made byte by byte, with a canary wherever something can be written.

use std::sync::OnceLock;

use super::Format;

/// A word that is in no recording that went out.
pub(super) const CANARY: &[u8] = b"kanarienvogel";

/// Frames of sound that can be found again; as Opus each lasts 20 milliseconds.
pub(super) fn sound() -> Vec<Vec<u8>> {
    let byte = |frame: u8, at: u8| match at {
        0 => 0xF8,
        1 => frame | 0x80,
        _ => frame.wrapping_mul(31).wrapping_add(at) | 0x80,
    };
    (0..50_u8).map(|frame| (0..40 + frame).map(|at| byte(frame, at)).collect()).collect()
}

pub(super) fn wav() -> Vec<u8> {
    let chunk = |kind: &[u8], body: &[u8]| {
        let padding = vec![0; body.len() % 2];
        [kind, &(body.len() as u32).to_le_bytes(), body, &padding].concat()
    };
    let format =
        [&[1_u16, 1].map(u16::to_le_bytes).concat()[..], &8000_u32.to_le_bytes(), &16_000_u32.to_le_bytes()];
    let format = [&format.concat()[..], &[2_u16, 16].map(u16::to_le_bytes).concat()].concat();
    let body = [
        &b"WAVE"[..],
        &chunk(b"bext", CANARY),
        &chunk(b"fmt ", &[&format[..], CANARY].concat()),
        &chunk(b"LIST", &[b"INFOINAM", &13_u32.to_le_bytes()[..], CANARY].concat()),
        &chunk(b"data", &vec![0x91; 12_000]),
        &chunk(b"id3 ", CANARY),
    ]
    .concat();
    [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body, CANARY].concat()
}

/// The sum of a page, bit by bit as the standard has it.
fn sum(page: &[u8]) -> u32 {
    let bits = |value: u32| {
        (0..8).fold(value, |sum, _| if sum & 1 << 31 == 0 { sum << 1 } else { sum << 1 ^ 0x04C1_1DB7 })
    };
    static OF_BYTES: OnceLock<[u32; 256]> = OnceLock::new();
    let of_bytes = OF_BYTES.get_or_init(|| std::array::from_fn(|byte| bits((byte as u32) << 24)));
    page.iter().fold(0_u32, |sum, byte| sum << 8 ^ of_bytes[(sum >> 24) as usize ^ usize::from(*byte)])
}

fn page(flags: u8, granule: u64, number: u32, packets: &[&[u8]]) -> Vec<u8> {
    let lengths: Vec<u8> = packets
        .iter()
        .flat_map(|packet| std::iter::repeat_n(255, packet.len() / 255).chain([(packet.len() % 255) as u8]))
        .collect();
    let mut page = [
        &b"OggS\0"[..],
        &[flags],
        &granule.to_le_bytes(),
        &7_u32.to_le_bytes(),
        &number.to_le_bytes(),
        &[0; 4],
        &[lengths.len() as u8],
        &lengths,
        &packets.concat(),
    ]
    .concat();
    let sum = sum(&page);
    page[22..26].copy_from_slice(&sum.to_le_bytes());
    page
}

/// Makes the sums of all pages fit again.
pub(super) fn sum_anew(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(4).position(|start| start == b"OggS") {
        at += found;
        let count = bytes.get(at + 26).copied().unwrap_or_default().into();
        let lengths =
            bytes[at..].iter().skip(27).take(count).map(|&length| usize::from(length)).sum::<usize>();
        let end = at + 27 + count + lengths;
        if let Some(page) = bytes.get_mut(at..end) {
            page[22..26].fill(0);
            let sum = sum(page);
            page[22..26].copy_from_slice(&sum.to_le_bytes());
        }
        at += 4;
    }
}

pub(super) fn opus_head() -> Vec<u8> {
    [&b"OpusHead\x01\x01"[..], &312_u16.to_le_bytes(), &48_000_u32.to_le_bytes(), &[0; 3]].concat()
}

fn comments(start: &[u8], end: &[u8], more: usize) -> Vec<u8> {
    let comment = [b"TITLE=", CANARY, &vec![b'x'; more]].concat();
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    [start, &length(CANARY), CANARY, &1_u32.to_le_bytes(), &length(&comment), &comment, end].concat()
}

pub(super) fn opus() -> Vec<u8> {
    let mut bytes = page(2, 0, 0, &[&[&opus_head()[..], CANARY].concat()]);
    bytes.extend(page(0, 0, 1, &[&comments(b"OpusTags", CANARY, 20_000)]));
    let frames = sound();
    for (number, frames) in (0..5_u64).zip(frames.chunks(10)) {
        let packets: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let flags = if number == 4 { 4 } else { 0 };
        bytes.extend(page(flags, 312 + 9600 * (number + 1), 2 + number as u32, &packets));
    }
    [&bytes, CANARY].concat()
}

pub(super) fn vorbis() -> Vec<u8> {
    let head = [&b"\x01vorbis\0\0\0\0\x01"[..], &16_000_u32.to_le_bytes(), &[0; 12], &[0xB8, 1]].concat();
    let mut bytes = page(2, 0, 0, &[&head]);
    let setup = [&b"\x05vorbis"[..], &[0x42; 900]].concat();
    bytes.extend(page(0, 0, 1, &[&comments(b"\x03vorbis", b"\x01", 300), &setup]));
    let frames = sound();
    let packets: Vec<&[u8]> = frames.iter().map(Vec::as_slice).collect();
    bytes.extend(page(4, 16_000, 2, &packets));
    bytes
}

pub(super) fn element(id: u32, body: &[u8]) -> Vec<u8> {
    let id = id.to_be_bytes();
    let start = id.iter().position(|byte| *byte != 0).unwrap();
    let length = (body.len() as u64 | 1 << 28).to_be_bytes();
    [&id[start..], &length[4..], body].concat()
}

/// As a browser writes it while it records: nothing knows how long it will be.
pub(super) fn webm() -> Vec<u8> {
    let head =
        [element(0x4286, &[1]), element(0x4282, b"webm"), element(0x4287, &[4]), element(0xEC, CANARY)];
    let info = [
        element(0x002A_D7B1, &1_000_000_u32.to_be_bytes()),
        element(0x4D80, CANARY),
        element(0x5741, CANARY),
        element(0x7BA9, CANARY),
        element(0x4461, &[1; 8]),
    ];
    let track = |number: u8, kind: u8, codec: &[u8]| {
        let audio = [element(0xB5, &48_000_f32.to_be_bytes()), element(0x9F, &[1]), element(0x7D7B, CANARY)];
        let parts = [
            element(0xD7, &[number]),
            element(0x73C5, &[9; 8]),
            element(0x83, &[kind]),
            element(0x536E, CANARY),
            element(0x0022_B59C, CANARY),
            element(0x86, codec),
            element(0x63A2, &[&opus_head()[..], CANARY].concat()),
            element(0xE1, &audio.concat()),
        ];
        element(0xAE, &parts.concat())
    };
    let tracks = [track(1, 2, b"A_OPUS"), track(2, 17, b"S_TEXT/UTF8")];
    let mut segment = [
        element(0x114D_9B74, CANARY),
        element(0x1549_A966, &info.concat()),
        element(0x1654_AE6B, &tracks.concat()),
        element(0x1941_A469, CANARY),
    ]
    .concat();
    for (number, frames) in sound().chunks(25).enumerate() {
        // A cluster of unknown length.
        segment.extend_from_slice(b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
        segment.extend(element(0xE7, &(500 * number as u16).to_be_bytes()));
        for (at, frame) in frames.iter().enumerate() {
            let time = (20 * at as u16).to_be_bytes();
            segment.extend(element(0xA3, &[&[0x81, time[0], time[1], 0x80][..], frame].concat()));
        }
        segment.extend(element(0xA3, &[&[0x82, 0, 0, 0x80][..], CANARY].concat()));
    }
    let group = [
        element(0xA1, &[&[0x81, 2, 0, 0][..], &[0xF1; 30]].concat()),
        element(0x9B, &[20]),
        element(0x75A1, CANARY),
    ];
    segment.extend(element(0xA0, &group.concat()));
    segment.extend(element(0x1254_C367, CANARY));
    let head = element(0x1A45_DFA3, &head.concat());
    [&head[..], b"\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF", &segment].concat()
}

pub(super) fn part(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// AAC of 16,000 samples a second in one channel.
const ESDS: [u8; 30] =
    *b"\0\0\0\0\x03\x18\0\x01\0\x04\x11\x40\x15\0\0\0\0\0\0\0\0\0\0\0\x05\x02\x14\x08\x06\0";

fn numbers(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn track(handler: &[u8; 4], codec: &[u8; 4], chunks: &[u32], sizes: &[u32]) -> Vec<u8> {
    let times = [0, 0x4B41_4E41, 0x4B41_4E41];
    let entry =
        [&CANARY[..6], &[0, 1, 0, 0], &CANARY[..6], &[0, 1, 0, 16, 0, 0, 0, 0], &numbers(&[16_000 << 16])]
            .concat();
    let entry = [&entry[..], &part(b"esds", &ESDS), &part(b"name", CANARY)].concat();
    let table = [
        part(b"stsd", &[numbers(&[0, 1]), part(codec, &entry)].concat()),
        part(b"stts", &[&numbers(&[0, 1, sizes.len() as u32, 1024])[..], CANARY].concat()),
        part(b"stsc", &numbers(&[0, 1, 1, sizes.len() as u32 / chunks.len().max(1) as u32, 1])),
        part(b"stsz", &[numbers(&[0, 0, sizes.len() as u32]), numbers(sizes)].concat()),
        part(b"stco", &[numbers(&[0, chunks.len() as u32]), numbers(chunks)].concat()),
        part(b"sgpd", CANARY),
    ];
    let source =
        part(b"dref", &[numbers(&[0, 1]), part(b"url ", &[&numbers(&[1])[..], CANARY].concat())].concat());
    let information = [
        part(b"smhd", &[0; 8]),
        part(b"dinf", &source),
        part(b"stbl", &table.concat()),
        part(b"gmhd", CANARY),
    ];
    let handler = [&[0; 4][..], &CANARY[..4], handler, &CANARY[..12], CANARY].concat();
    let media = [
        part(b"mdhd", &numbers(&[&times[..], &[16_000, 51_200, 0x15C7_0000]].concat())),
        part(b"hdlr", &handler),
        part(b"minf", &information.concat()),
    ];
    let head = numbers(&[&times[..], &[1, 0x4B41_4E41, 51_200, 0x4B41_4E41], &[0x4B41_4E41; 14]].concat());
    let edit = part(b"elst", &[&numbers(&[0, 1, 51_200, 0, 0x1_0000])[..], CANARY].concat());
    let parts = [
        part(b"tkhd", &head),
        part(b"edts", &edit),
        part(b"mdia", &media.concat()),
        part(b"udta", &part(b"name", CANARY)),
        part(b"meta", CANARY),
    ];
    part(b"trak", &parts.concat())
}

/// Sound in two chunks, between notes of another track.
pub(super) fn m4a(handler: &[u8; 4], codec: &[u8; 4]) -> Vec<u8> {
    let frames = sound();
    let start = part(b"ftyp", &[&b"M4A \0\0\x02\0M4A "[..], &CANARY[..4], b"mp42"].concat());
    let free = part(b"free", CANARY);
    let (first, second) = (frames[..25].concat(), frames[25..].concat());
    let at = (start.len() + free.len() + 8 + CANARY.len()) as u32;
    let chunks = [at, at + first.len() as u32 + CANARY.len() as u32];
    let data = part(b"mdat", &[CANARY, &first, CANARY, &second, CANARY].concat());
    let sizes: Vec<u32> = frames.iter().map(|frame| frame.len() as u32).collect();
    let head = numbers(
        &[&[0, 0x4B41_4E41, 0x4B41_4E41, 1000, 3200, 0x1_0000, 0x0100_4B41][..], &[0x4B41_4E41; 17], &[3]]
            .concat(),
    );
    let tags = part(b"udta", &part(b"\xA9xyz", &[&b"\0\x0D\x15\xC7"[..], CANARY].concat()));
    let movie = [
        part(b"mvhd", &head),
        track(handler, codec, &chunks, &sizes),
        track(b"text", b"tx3g", &[at - CANARY.len() as u32], &[13]),
        tags,
        part(b"meta", CANARY),
    ];
    let all = [start, free, data, part(b"moov", &movie.concat()), part(b"uuid", CANARY)];
    all.concat()
}

/// As a browser writes it while it records: an empty table, then a fragment for each ten frames, between notes of another
/// track.
pub(super) fn fragmented() -> Vec<u8> {
    let frames = sound();
    let start = part(b"ftyp", &[&b"iso5\0\0\x02\0iso5"[..], &CANARY[..4], b"mp42"].concat());
    let head = numbers(
        &[&[0, 0x4B41_4E41, 0x4B41_4E41, 1000, 0, 0x1_0000, 0x0100_4B41][..], &[0x4B41_4E41; 17], &[3]]
            .concat(),
    );
    let extends = |track: u32| part(b"trex", &[&numbers(&[0, track, 1, 1024, 0, 0])[..], CANARY].concat());
    let movie = [
        part(b"mvhd", &head),
        track(b"soun", b"mp4a", &[], &[]),
        part(b"mvex", &[part(b"mehd", &numbers(&[0, 99])), extends(1), extends(2)].concat()),
        part(b"udta", CANARY),
    ];
    let mut all = [start, part(b"moov", &movie.concat()), part(b"sidx", CANARY)].concat();
    for (number, frames) in frames.chunks(10).enumerate() {
        let sizes: Vec<u32> = frames.iter().map(|frame| frame.len() as u32).collect();
        let head = |id: u32, flags: u32, more: &[u32]| {
            part(b"tfhd", &[&numbers(&[flags, id])[..], &numbers(more), CANARY].concat())
        };
        let run = |flags: u32, count: usize, offset: u32, sizes: &[u32]| {
            let run = [numbers(&[flags, count as u32, offset]), numbers(sizes)].concat();
            part(b"trun", &[&run[..], CANARY].concat())
        };
        let own = |offset: u32| match number {
            // The last one has a part for each frame, whose size its head says.
            4 => sizes
                .iter()
                .scan(offset, |next, size| {
                    let at = *next;
                    *next += size;
                    Some(part(b"traf", &[head(1, 0x2_0010, &[*size]), run(0x1, 1, at, &[])].concat()))
                })
                .collect::<Vec<_>>()
                .concat(),
            _ => {
                let time = numbers(&[0x0100_0000, 0, 10_240 * number as u32]);
                let time = part(b"tfdt", &[&time[..], CANARY].concat());
                let run = run(0x201, sizes.len(), offset, &sizes);
                part(b"traf", &[head(1, 0x2_0000, &[]), time, run, part(b"uuid", CANARY)].concat())
            }
        };
        let fragment = |offset: u32| {
            let number = numbers(&[0, number as u32]);
            let other = [head(2, 0x2_0000, &[]), part(b"trun", &numbers(&[0x1, 1, 0]))];
            let parts = [
                part(b"mfhd", &[&number[..], CANARY].concat()),
                part(b"traf", &other.concat()),
                own(offset),
                part(b"free", CANARY),
            ];
            part(b"moof", &parts.concat())
        };
        let length = fragment(0).len();
        all.extend(part(b"styp", CANARY));
        all.extend(fragment((length + 8 + CANARY.len()) as u32));
        all.extend(part(b"mdat", &[CANARY, &frames.concat(), CANARY].concat()));
    }
    all
}

pub(super) fn all() -> [(Format, Vec<u8>, u64); 6] {
    [
        (Format::M4a, fragmented(), 3200),
        (Format::Wav, wav(), 750),
        (Format::Ogg, opus(), 1000),
        (Format::Ogg, vorbis(), 1000),
        (Format::WebM, webm(), 500 + 512 + 20),
        (Format::M4a, m4a(b"soun", b"mp4a"), 3200),
    ]
}
