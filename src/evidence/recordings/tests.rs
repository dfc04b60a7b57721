//! What is read of recordings that are made, byte by byte, in `made`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod cases;
mod cuts;
mod made;
mod mutations;

use proptest::prelude::*;

use self::made::{CANARY, sound};
use super::*;

fn has(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part == word)
}

fn default(bytes: &[u8]) -> Result<Recording, Problem> {
    read(bytes, &Limits::default())
}

#[test]
fn a_clean_recording_is_the_sound_and_nothing_else() {
    for (format, bytes, milliseconds) in made::all() {
        assert!(has(&bytes, CANARY));
        let recording = default(&bytes).unwrap_or_else(|problem| panic!("{format:?}: {problem}"));
        assert_eq!((recording.format, recording.milliseconds), (format, milliseconds));
        let clean = &recording.clean;
        // The times are written as KANA, and four letters of the canary are a brand.
        for word in [&b"kanar"[..], b"vogel", b"kana", b"KANA"] {
            assert!(!has(clean, word), "{format:?}: {}", String::from_utf8_lossy(word));
        }
        let frames = if format == Format::Wav { vec![vec![0x91; 12_000]] } else { sound() };
        assert!(frames.iter().all(|frame| has(clean, frame)), "{format:?}: all of the sound is there");
        // What is clean stays as it is, so it is as readable as before.
        assert_eq!(default(clean).as_ref(), Ok(&recording), "{format:?}");
        assert!(clean.len() <= bytes.len());
    }
}

#[test]
fn nothing_moves_that_something_points_to() {
    for (format, bytes, _) in made::all() {
        let clean = default(&bytes).unwrap().clean;
        if matches!(format, Format::M4a | Format::WebM) {
            assert_eq!(clean.len(), bytes.len());
            for frame in sound() {
                let at = |bytes: &[u8]| bytes.windows(frame.len()).position(|part| part == frame);
                assert_eq!(at(&clean), at(&bytes), "{format:?}");
            }
        }
    }
}

#[test]
fn films_and_other_things_are_refused() {
    assert_eq!(default(&made::m4a(b"vide", b"avc1")).unwrap_err(), Problem::Film);
    assert!(matches!(default(&made::m4a(b"soun", b"samr")).unwrap_err(), Problem::Unsupported(_)));
    let mut film = made::webm();
    let at = film.windows(6).position(|part| part == b"\x83\x10\0\0\x01\x02").unwrap();
    film[at + 5] = 1;
    assert_eq!(default(&film).unwrap_err(), Problem::Film);
    for other in [&b""[..], b"hello", b"RIFF\0\0\0\0WEBP", b"\xFF\xD8\xFF"] {
        assert_eq!(default(other).unwrap_err(), Problem::NotARecording);
    }
    for (_, bytes, milliseconds) in made::all() {
        let short = Limits { seconds: (milliseconds / 1000) as u32 };
        let expected = (milliseconds % 1000 > 0).then_some(Problem::TooLong(short.seconds));
        assert_eq!(read(&bytes, &short).err(), expected);
    }
}

#[test]
fn what_is_cut_off_is_refused() {
    for (format, bytes, _) in made::all() {
        // Behind the sound there may be things that are no part of it.
        let end = match format {
            Format::Wav => default(&bytes).unwrap().clean.len().min(bytes.len() - 1000),
            // While it is being recorded it may end anywhere.
            Format::WebM => 200,
            Format::Ogg => 500,
            Format::M4a => bytes.windows(4).position(|kind| kind == b"styp").unwrap_or(bytes.len()),
        };
        for length in (0..end).step_by(7) {
            assert!(default(&bytes[..length]).is_err(), "{format:?} cut off at {length} of {}", bytes.len());
        }
    }
}

#[test]
fn a_page_that_does_not_fit_its_sum_is_refused() {
    let mut bytes = made::opus();
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    assert!(matches!(default(&bytes).unwrap_err(), Problem::Damaged(_)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// A recording in which something is changed, cut or doubled is read or refused; what is read is read again
    /// the same.
    #[test]
    fn no_change_breaks_anything(
        which in 0..6_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        early in any::<bool>(),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        doubled in proptest::option::of((any::<prop::sample::Index>(), 1..100_usize)),
    ) {
        let mut bytes = made::all()[which].1.clone();
        for (at, value) in &changes {
            let within = if early { bytes.len().min(300) } else { bytes.len() };
            bytes[at.index(within)] = *value;
        }
        if let Some((from, length)) = doubled {
            let from = from.index(bytes.len());
            let part = bytes[from..(from + length).min(bytes.len())].to_vec();
            bytes.splice(from..from, part);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(recording) = default(&bytes) {
            let again = default(&recording.clean);
            prop_assert_eq!(again.map(|again| again.milliseconds), Ok(recording.milliseconds));
        }
    }

    /// So is anything behind the first bytes of one.
    #[test]
    fn no_bytes_break_anything(
        which in 0..6_usize,
        keep in 0..120_usize,
        rest in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let bytes = made::all()[which].1.clone();
        drop(default(&[&bytes[..keep], &rest].concat()));
    }
}
