//! Where traces are sent.

use std::str::FromStr;

/// A collector of OpenTelemetry that speaks OTLP over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtlpEndpoint(String);

/// The path of traces below an endpoint.
const TRACES: &str = "/v1/traces";

impl OtlpEndpoint {
    /// The address to which traces are sent.
    pub fn traces(&self) -> String {
        format!("{}{TRACES}", self.0)
    }
}

impl FromStr for OtlpEndpoint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !cfg!(feature = "otlp") {
            return Err("this program sends no traces: it was built without the feature `otlp`");
        }
        let url = url::Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
        let base = text.strip_suffix(TRACES).unwrap_or(text).trim_end_matches('/');
        url.map(|_| Self(base.to_owned())).ok_or("it is http://HOST:PORT or https://HOST:PORT")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    #[cfg(feature = "otlp")]
    fn the_path_of_traces_is_added() {
        for (endpoint, traces) in [
            ("http://collector:4318", "http://collector:4318/v1/traces"),
            ("http://collector:4318/", "http://collector:4318/v1/traces"),
            ("https://collector/otlp/v1/traces", "https://collector/otlp/v1/traces"),
        ] {
            assert_eq!(endpoint.parse::<OtlpEndpoint>().unwrap().traces(), traces);
        }
        for wrong in ["collector:4318", "grpc://collector", ""] {
            assert!(wrong.parse::<OtlpEndpoint>().is_err(), "{wrong}");
        }
    }

    #[test]
    #[cfg(not(feature = "otlp"))]
    fn what_cannot_be_done_is_a_mistake() {
        assert!("http://collector:4318".parse::<OtlpEndpoint>().unwrap_err().contains("otlp"));
    }
}
