//! Recordings that were once read wrongly, refused, or taken and then unreadable; each stands for its kind.

use super::*;
use crate::checklists::manifest::MediaType;

const NOT_FINALISED: &[u8] =
    include_bytes!("../../../../tests/cases/recordings/audio-wav-length-0-recording-not-finalised.wav");
const TOO_LONG: &[u8] =
    include_bytes!("../../../../tests/cases/recordings/audio-wav-length-44-too-long-as-flutter-record.wav");
const IN_FRAGMENTS: &[u8] =
    include_bytes!("../../../../tests/cases/recordings/audio-fragmented-mp4-as-safari-records.mp4");
const AMR: &[u8] = include_bytes!("../../../../tests/cases/recordings/audio-amr-as-odk-voice-only.amr");

/// The samples of a clean WAV.
fn samples(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    read(bytes, &Limits::default()).map(|recording| recording.clean[44..].to_vec())
}

#[test]
fn a_length_that_was_not_written_or_is_too_long_means_all_of_it() {
    let wanted: Vec<u8> = (0x64..0x8C).collect();
    for case in [NOT_FINALISED, TOO_LONG] {
        assert_eq!(samples(case).unwrap(), wanted);
        assert_eq!(read(case, &Limits::default()).unwrap().milliseconds, 5);
    }
    // Recorders that stream write the greatest number that there is.
    let mut streamed = TOO_LONG.to_vec();
    streamed[40..44].fill(0xFF);
    assert_eq!(samples(&streamed).unwrap(), wanted);
    // A sound without samples is none, also where chunks come behind it.
    let header = &NOT_FINALISED[..44];
    let list = [header, &b"LIST\x04\0\0\0INFO"[..]].concat();
    for empty in [header, &list] {
        assert_eq!(samples(empty), Err(Problem::CutOff));
    }
    assert_eq!(samples(&NOT_FINALISED[..40]), Err(Problem::CutOff));
}

#[test]
fn what_is_not_read_is_refused_at_sight() {
    for (case, word) in [(AMR, "AMR"), (b"fLaC\0\0\0\x22", "FLAC"), (b"ID3\x04\0\0\0\0\0\0", "MP3")] {
        let problem = refused_at_sight(case).unwrap();
        assert_eq!(read(case, &Limits::default()), Err(problem), "{word}");
        let words = problem.to_string();
        assert!(words.contains(word) && words.contains("send M4A, Ogg, WebM, WAV or 3GP"), "{words}");
    }
    // Two bytes may be chance as long as not all of it is here.
    for (case, kind) in [(b"\xFF\xF1\x50\x80", MediaType::Aac), (b"\xFF\xFB\x90\0", MediaType::Mp3)] {
        assert_eq!(refused_at_sight(case), None);
        assert_eq!(read(case, &Limits::default()), Err(Problem::Unread(kind)));
    }
    let readable = [made::wav(), made::opus(), made::m4a(b"soun", b"mp4a")];
    for case in readable.iter().map(Vec::as_slice).chain([NOT_FINALISED, TOO_LONG, IN_FRAGMENTS]) {
        assert_eq!(refused_at_sight(case), None);
    }
}

#[test]
fn what_a_browser_writes_while_it_records_is_read() {
    let recording = read(IN_FRAGMENTS, &Limits::default()).unwrap();
    assert_eq!(recording.format, Format::M4a);
    println!("{} ms, {} of {} bytes", recording.milliseconds, recording.clean.len(), IN_FRAGMENTS.len());
    assert!(recording.milliseconds > 0 && recording.clean.len() == IN_FRAGMENTS.len());
}

#[test]
fn what_a_recorder_did_not_finish_is_read_as_far_as_it_was_written() {
    for (whole, least) in [(made::fragmented(), 3), (made::opus(), 4), (made::webm(), 3)] {
        let of_whole = read(&whole, &Limits::default()).unwrap();
        let mut lengths = std::collections::BTreeSet::new();
        for length in (0..whole.len()).step_by(7) {
            match read(&whole[..length], &Limits::default()) {
                Ok(part) => {
                    assert!(part.milliseconds <= of_whole.milliseconds && part.clean.len() <= length + 64);
                    assert!(part.clean.windows(CANARY.len()).all(|bytes| bytes != CANARY), "{length}");
                    lengths.insert(part.milliseconds);
                }
                Err(problem) => assert!(
                    matches!(problem, Problem::CutOff | Problem::NotARecording | Problem::Damaged(_)),
                    "{length}: {problem}"
                ),
            }
        }
        assert!(lengths.len() >= least, "{:?}: {lengths:?}", of_whole.format);
    }
}
