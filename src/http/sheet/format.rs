//! In which form a caller wants an answer.

use actix_web::{
    HttpRequest,
    http::header::{Accept, Header as _, Quality},
};

/// The media type of JSON lines: one JSON value a line, each line ended by a line feed.
pub const JSON_LINES: &str = "application/jsonl";

/// The forms in which an answer can come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON, which is the answer where `Accept` says nothing.
    Json,
    /// A line of JSON for each row.
    Lines,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// A workbook of a spreadsheet program.
    Xlsx,
    /// Columns with types, for programs for statistics (Apache Parquet).
    Parquet,
    /// A picture (SVG).
    Svg,
}

impl Format {
    /// The forms of a sheet.
    pub const OF_SHEETS: &'static [Self] = &[Self::Json, Self::Csv, Self::Xlsx, Self::Parquet];
    /// The forms of a list that can be had as a whole.
    pub const OF_LISTS: &'static [Self] = &[Self::Json, Self::Lines, Self::Csv, Self::Xlsx, Self::Parquet];
    /// The forms of a figure of which there are pictures.
    pub const OF_PICTURES: &'static [Self] = &Self::ALL;
    /// Each of them.
    const ALL: [Self; 6] = [Self::Json, Self::Lines, Self::Csv, Self::Xlsx, Self::Parquet, Self::Svg];

    /// What the header `Content-Type` says of it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            _ => self.essence(),
        }
    }

    /// The media type alone.
    pub const fn essence(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Lines => JSON_LINES,
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Svg => "image/svg+xml",
        }
    }

    /// How the name of a file of this form ends, without the dot.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Lines => "jsonl",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Svg => "svg",
        }
    }

    /// Whether a program that has only the beginning of a file of this form can append the next rows. A workbook and Parquet have a directory at their end, so they have to be
    /// written anew.
    pub const fn goes_on(self) -> bool {
        matches!(self, Self::Json | Self::Lines | Self::Csv)
    }

    /// The form of a file with this header `Content-Type`; nothing if it is no such file.
    pub fn of_file(content_type: &str) -> Option<Self> {
        let files = [Self::Lines, Self::Csv, Self::Xlsx, Self::Parquet, Self::Svg];
        files.into_iter().find(|format| format.media_type() == content_type)
    }

    /// The form of a file that is called so: what is before the dot, with the form; nothing if the name has no such ending.
    pub fn of_name(name: &str) -> Option<(&str, Self)> {
        let (stem, suffix) = name.rsplit_once('.')?;
        Self::ALL.into_iter().find(|format| format.suffix() == suffix).map(|format| (stem, format))
    }

    /// Which of the forms on offer, of which JSON is one, the caller prefers by `Accept`.
    pub fn wished(request: &HttpRequest, offered: &[Self]) -> Self {
        let mut accept = Accept::parse(request).unwrap_or_else(|_| Accept::star());
        // A quality of zero refuses.
        accept.0.retain(|wish| wish.quality > Quality::ZERO);
        let form = |essence: &str| {
            let format = match essence {
                "application/json" | "application/*" | "*/*" => Self::Json,
                JSON_LINES | "application/x-ndjson" | "application/jsonlines" => Self::Lines,
                "text/csv" | "text/*" => Self::Csv,
                essence if essence == Self::Xlsx.essence() => Self::Xlsx,
                essence if essence == Self::Parquet.essence() => Self::Parquet,
                "image/svg+xml" | "image/*" => Self::Svg,
                _ => return None,
            };
            offered.contains(&format).then_some(format)
        };
        accept.ranked().iter().find_map(|wish| form(wish.essence_str())).unwrap_or(Self::Json)
    }

    /// What an answer in this form says of itself: that it is a file, with the last word of its address as its name.
    pub fn disposition(self, request: &HttpRequest) -> String {
        let name = request.path().rsplit('/').next().unwrap_or_default();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let name: String = name.chars().filter(|&c| is_plain(c)).collect();
        format!("attachment; filename=\"{name}.{}\"", self.suffix())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn wished(accept: &str) -> Format {
        let request = TestRequest::default().insert_header(("accept", accept)).to_http_request();
        Format::wished(&request, Format::OF_SHEETS)
    }

    #[test]
    fn the_best_wish_that_can_be_met_counts() {
        assert_eq!(wished("text/csv"), Format::Csv);
        assert_eq!(wished("application/json, text/csv;q=0.5"), Format::Json);
        assert_eq!(wished("text/csv, application/json;q=0.5"), Format::Csv);
        assert_eq!(wished("text/html, */*;q=0.1"), Format::Json);
        assert_eq!(wished(Format::Xlsx.media_type()), Format::Xlsx);
        assert_eq!(wished("application/vnd.apache.parquet"), Format::Parquet);
        // A sheet is one thing, which has no lines.
        assert_eq!(wished("application/jsonl, text/csv;q=0.2"), Format::Csv);
        assert_eq!(wished("text/csv;q=0, */*"), Format::Json);
        // What a browser says of a picture: only what is offered counts.
        let of_browsers = "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8";
        assert_eq!(wished(of_browsers), Format::Json);
        let request = TestRequest::default().insert_header(("accept", of_browsers)).to_http_request();
        assert_eq!(Format::wished(&request, Format::OF_PICTURES), Format::Svg);
        assert_eq!(Format::wished(&TestRequest::default().to_http_request(), Format::OF_LISTS), Format::Json);
    }

    #[test]
    fn names_of_files_say_their_form() {
        assert_eq!(Format::of_name("ranking.csv"), Some(("ranking", Format::Csv)));
        assert_eq!(Format::of_name("visits.jsonl"), Some(("visits", Format::Lines)));
        assert_eq!(Format::of_name("visits.parquet"), Some(("visits", Format::Parquet)));
        assert_eq!(Format::of_name("ranking.exe"), None);
        assert_eq!(Format::of_name("ranking"), None);
    }
}
