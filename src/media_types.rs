//! What kinds of files are called: one kind has several names, and phones, browsers and spreadsheet programs send all of
//! them.

/// Names that are sent, each with the one that is meant: older ones, private ones, and those that a system made up.
const OTHER_NAMES: [(&str, &str); 48] = [
    ("text/json", "application/json"),
    ("application/x-json", "application/json"),
    ("text/x-json", "application/json"),
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/x-jpeg", "image/jpeg"),
    ("image/jfif", "image/jpeg"),
    ("image/x-png", "image/png"),
    ("image/x-webp", "image/webp"),
    ("image/heif", "image/heic"),
    ("image/heic-sequence", "image/heic"),
    ("image/heif-sequence", "image/heic"),
    ("audio/m4a", "audio/mp4"),
    ("audio/x-m4a", "audio/mp4"),
    ("audio/mp4a-latm", "audio/mp4"),
    ("audio/x-mp4", "audio/mp4"),
    ("audio/x-ogg", "audio/ogg"),
    ("application/ogg", "audio/ogg"),
    ("audio/opus", "audio/ogg"),
    ("audio/x-webm", "audio/webm"),
    ("audio/x-wav", "audio/wav"),
    ("audio/wave", "audio/wav"),
    ("audio/vnd.wave", "audio/wav"),
    ("audio/x-pn-wav", "audio/wav"),
    ("image/avif-sequence", "image/avif"),
    ("image/tif", "image/tiff"),
    ("image/dng", "image/x-adobe-dng"),
    ("image/x-dng", "image/x-adobe-dng"),
    ("image/x-ms-bmp", "image/bmp"),
    ("image/x-bmp", "image/bmp"),
    ("audio/3gpp2", "audio/3gpp"),
    ("audio/3gp", "audio/3gpp"),
    ("audio/amr-wb", "audio/amr"),
    ("audio/amr-nb", "audio/amr"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/x-mp3", "audio/mpeg"),
    ("audio/x-mpeg", "audio/mpeg"),
    ("audio/aacp", "audio/aac"),
    ("audio/x-aac", "audio/aac"),
    ("audio/x-flac", "audio/flac"),
    ("audio/caf", "audio/x-caf"),
    ("audio/x-aiff", "audio/aiff"),
    ("audio/aif", "audio/aiff"),
    ("application/csv", "text/csv"),
    ("application/x-csv", "text/csv"),
    ("text/x-csv", "text/csv"),
    ("text/comma-separated-values", "text/csv"),
    ("text/x-comma-separated-values", "text/csv"),
];

/// The name of the kind that is meant, in small letters and without parameters (`Audio/X-WAV; rate=8000` is `audio/wav`).
pub fn meant(sent: &str) -> String {
    let name = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match OTHER_NAMES.iter().find(|(other, _)| *other == name) {
        Some((_, meant)) => (*meant).to_owned(),
        None => name,
    }
}

/// Whether the kind with this name, as the registry has it, is meant.
pub fn is(sent: &str, name: &str) -> bool {
    meant(sent).eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kind_has_several_names() {
        for (sent, name) in [
            ("image/jpeg", "image/jpeg"),
            ("Image/JPG", "image/jpeg"),
            ("image/pjpeg ;q=1", "image/jpeg"),
            ("audio/webm;codecs=opus", "audio/webm"),
            (" audio/X-WAV; rate=8000; x=\";\"", "audio/wav"),
            ("application/json; charset=UTF-8", "application/json"),
            ("text/json", "application/json"),
            ("image/gif", "image/gif"),
            ("", ""),
            (";", ""),
        ] {
            assert_eq!(meant(sent), name, "{sent}");
        }
        assert!(is("TEXT/X-CSV", "text/csv") && !is("text/plain", "text/csv"));
        let xlsm = "application/vnd.ms-excel.sheet.macroEnabled.12";
        assert!(is(&xlsm.to_lowercase(), xlsm));
    }

    #[test]
    fn a_name_stands_for_one_kind() {
        for (other, name) in OTHER_NAMES {
            assert_eq!(OTHER_NAMES.iter().filter(|(one, _)| *one == other).count(), 1, "{other}");
            assert_eq!((meant(other), meant(name)), (name.to_owned(), name.to_owned()));
        }
    }
}
