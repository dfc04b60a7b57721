//! Which files are read here: what a phone may know before it takes a photo or records.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    checklists::manifest::{MAX_ENTRIES, MAX_FILE_BYTES, MediaType},
    evidence::{model::MAX_BYTES_OF_VISIT, photos, recordings},
};

/// Which files are read here, and how large they may be.
#[derive(Serialize, ToSchema)]
pub struct FileRules {
    /// The kinds of files, with whether somebody can see or hear them here. A visit may name one that is not read, and waits for
    /// it in another form.
    kinds: Vec<FileKind>,
    /// Most bytes of one file.
    max_bytes: u64,
    /// Most files of one visit.
    max_files: usize,
    /// Most bytes of all files of one visit.
    max_bytes_of_visit: i64,
    /// How large photos may be.
    photos: PhotoRules,
    /// Most seconds of a recording.
    max_seconds: u32,
}

/// A kind of file.
#[derive(Serialize, ToSchema)]
pub struct FileKind {
    media_type: MediaType,
    /// Whether it is read here. What is not is refused when it is announced (`unreadable_file`).
    read: bool,
}

/// How large photos may be.
#[derive(Serialize, ToSchema)]
pub struct PhotoRules {
    /// Most pixels of one side.
    max_side: u32,
    /// Most pixels of a JPEG that is not progressive, as cameras write them.
    max_pixels: u64,
    /// Most pixels of a progressive JPEG, a PNG or a WebP, which take more memory. More are read where they fit.
    max_pixels_otherwise: u64,
}

impl FileRules {
    /// Those of this server.
    pub fn of_server() -> Self {
        let limits = photos::Limits::default();
        Self {
            kinds: MediaType::ALL
                .iter()
                .map(|&one| FileKind { media_type: one, read: one.is_read() })
                .collect(),
            max_bytes: MAX_FILE_BYTES,
            max_files: MAX_ENTRIES,
            max_bytes_of_visit: MAX_BYTES_OF_VISIT,
            photos: PhotoRules {
                max_side: limits.side,
                max_pixels: limits.pixels,
                max_pixels_otherwise: photos::ALWAYS,
            },
            max_seconds: recordings::Limits::default().seconds,
        }
    }
}
