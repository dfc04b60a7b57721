//! Recordings that were once read wrongly, refused, or taken and then unreadable; each stands for its kind.

use super::*;

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
    for (case, word) in [(AMR, "AMR"), (IN_FRAGMENTS, "fragments"), (b"fLaC\0\0\0\x22", "FLAC")] {
        let problem = refused_at_sight(case).unwrap();
        assert!(read(case, &Limits::default()).is_err(), "{word}");
        let words = problem.to_string();
        assert!(words.contains(word) && words.contains("send M4A, Ogg, WebM or WAV"), "{words}");
    }
    let readable = [made::wav(), made::opus(), made::m4a(b"soun", b"mp4a")];
    for case in readable.iter().map(Vec::as_slice).chain([NOT_FINALISED, TOO_LONG]) {
        assert_eq!(refused_at_sight(case), None);
    }
}
