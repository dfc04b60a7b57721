//! The kinds of files that phones, cameras and browsers bring, and which of them are read here: the one table of them.

use crate::{db::types::text_enum, media_types};

text_enum! {
    /// The kinds of files. `GET /v1/me/work` says which of them are read here.
    pub enum MediaType {
        /// A photo.
        Jpeg = "image/jpeg",
        /// A photo or a drawing.
        Png = "image/png",
        /// A photo.
        Webp = "image/webp",
        /// A photo as some phones take it. It cannot be read here.
        Heic = "image/heic",
        /// A photo as some phones take it. It cannot be read here.
        Avif = "image/avif",
        /// It cannot be read here.
        Jxl = "image/jxl",
        /// It cannot be read here.
        Gif = "image/gif",
        /// It cannot be read here.
        Tiff = "image/tiff",
        /// A camera's raw photo. It cannot be read here.
        Dng = "image/x-adobe-dng",
        /// It cannot be read here.
        Bmp = "image/bmp",
        /// A recording (m4a).
        M4a = "audio/mp4",
        /// A recording.
        Ogg = "audio/ogg",
        /// A recording.
        Webm = "audio/webm",
        /// A recording.
        Wav = "audio/wav",
        /// A recording. It is read if its sound is AAC.
        ThreeGp = "audio/3gpp",
        /// A recording. It cannot be read here.
        Amr = "audio/amr",
        /// A recording. It cannot be read here.
        Mp3 = "audio/mpeg",
        /// A recording. It cannot be read here.
        Aac = "audio/aac",
        /// A recording. It cannot be read here.
        Flac = "audio/flac",
        /// A recording. It cannot be read here.
        Caf = "audio/x-caf",
        /// A recording. It cannot be read here.
        Aiff = "audio/aiff",
    }
}

/// Whether a file shows something or sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It shows something.
    Image,
    /// It sounds.
    Recording,
}

/// A row of the table.
struct Row {
    form: Form,
    /// How the name of such a file ends.
    extension: &'static str,
    /// What people call it.
    name: &'static str,
    /// Whether it is read here.
    is_read: bool,
    /// What a person can do to get another one, where more can be said than which are read.
    advice: Option<&'static str>,
}

const fn read(form: Form, extension: &'static str, name: &'static str) -> Row {
    Row { form, extension, name, is_read: true, advice: None }
}

const fn refused(form: Form, extension: &'static str, name: &'static str) -> Row {
    Row { form, extension, name, is_read: false, advice: None }
}

const CAMERA: &str = "On an iPhone choose Settings, Camera, Formats, “Most Compatible”; on Android turn off “high \
    efficiency pictures” in the camera's settings.";

impl MediaType {
    const fn row(self) -> Row {
        use Form::{Image, Recording};
        match self {
            Self::Jpeg => read(Image, "jpg", "JPEG"),
            Self::Png => read(Image, "png", "PNG"),
            Self::Webp => read(Image, "webp", "WebP"),
            Self::Heic => Row { advice: Some(CAMERA), ..refused(Image, "heic", "HEIC") },
            Self::Avif => Row { advice: Some(CAMERA), ..refused(Image, "avif", "AVIF") },
            Self::Jxl => refused(Image, "jxl", "JPEG XL"),
            Self::Gif => refused(Image, "gif", "GIF"),
            Self::Tiff => refused(Image, "tiff", "TIFF or raw"),
            Self::Dng => refused(Image, "dng", "raw (DNG)"),
            Self::Bmp => refused(Image, "bmp", "BMP"),
            Self::M4a => read(Recording, "m4a", "M4A"),
            Self::Ogg => read(Recording, "ogg", "Ogg"),
            Self::Webm => read(Recording, "webm", "WebM"),
            Self::Wav => read(Recording, "wav", "WAV"),
            Self::ThreeGp => read(Recording, "3gp", "3GP"),
            Self::Amr => refused(Recording, "amr", "AMR"),
            Self::Mp3 => refused(Recording, "mp3", "MP3"),
            Self::Aac => refused(Recording, "aac", "AAC"),
            Self::Flac => refused(Recording, "flac", "FLAC"),
            Self::Caf => refused(Recording, "caf", "CAF"),
            Self::Aiff => refused(Recording, "aiff", "AIFF"),
        }
    }

    /// Whether such a file shows something or sounds.
    pub const fn form(self) -> Form {
        self.row().form
    }

    /// Whether it is an image.
    pub fn is_image(self) -> bool {
        self.form() == Form::Image
    }

    /// How the name of such a file ends.
    pub const fn extension(self) -> &'static str {
        self.row().extension
    }

    /// Whether the server reads such a file, so that reviewers can see or hear its content.
    pub const fn is_read(self) -> bool {
        self.row().is_read
    }

    /// The kind with this name or one of its other names; parameters that follow it (`audio/webm;codecs=opus`) are not
    /// read.
    pub fn named(text: &str) -> Option<Self> {
        let name = media_types::meant(text);
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// Why such a file is refused, and what to send instead, for people; nothing if it is read.
    pub fn refusal(self) -> Option<String> {
        let Row { form, name, is_read, advice, .. } = self.row();
        let what = match form {
            Form::Image => "image",
            Form::Recording => "recording",
        };
        let article = if matches!(self, Self::Mp3 | Self::Amr | Self::Aac | Self::Aiff | Self::Avif) {
            "an"
        } else {
            "a"
        };
        let instead = form.instead();
        let advice = advice.map(|advice| format!(" {advice}")).unwrap_or_default();
        (!is_read)
            .then(|| format!("This is {article} {name} {what}, which is not read here; {instead}.{advice}"))
    }
}

impl Form {
    /// What is read of it, in words for people: `send JPEG, PNG or WebP`.
    pub fn instead(self) -> String {
        let read = MediaType::ALL.iter().filter(|one| one.form() == self && one.is_read());
        let names: Vec<_> = read.map(|one| one.row().name).collect();
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        let what = match self {
            Self::Image => "a photo as ",
            Self::Recording => "",
        };
        format!("send {what}{} or {last}", others.join(", "))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_kind_has_its_names() {
        for &one in MediaType::ALL {
            assert_eq!(MediaType::named(one.as_str()), Some(one));
            assert_eq!(MediaType::named(&one.as_str().to_uppercase()), Some(one));
        }
        for (name, wanted) in [
            ("image/jpg", MediaType::Jpeg),
            ("Image/HEIF", MediaType::Heic),
            ("audio/x-m4a", MediaType::M4a),
            ("audio/webm;codecs=opus", MediaType::Webm),
            ("audio/AMR-WB", MediaType::Amr),
            ("audio/3gpp2", MediaType::ThreeGp),
        ] {
            assert_eq!(MediaType::named(name), Some(wanted), "{name}");
        }
        for other in ["", "image", "video/mp4", "application/pdf"] {
            assert_eq!(MediaType::named(other), None);
        }
    }

    #[test]
    fn what_is_not_read_is_refused_with_what_is() {
        for &one in MediaType::ALL {
            let refusal = one.refusal();
            assert_eq!(refusal.is_none(), one.is_read(), "{one}");
            let instead = if one.is_image() { "JPEG, PNG or WebP." } else { "M4A, Ogg, WebM, WAV or 3GP." };
            assert!(refusal.is_none_or(|words| words.contains(instead)), "{one}");
        }
        let words = MediaType::Heic.refusal().unwrap();
        assert!(words.starts_with("This is a HEIC image") && words.contains("Most Compatible"), "{words}");
        assert!(MediaType::Mp3.refusal().unwrap().starts_with("This is an MP3 recording"));
    }
}
