//! Addresses that end as files do: `…/ranking.csv` is `…/ranking` with `Accept: text/csv`, for programs that can be given an address and no header.

use actix_web::{
    Error as ActixError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, Uri,
        header::{ACCEPT, CONTENT_TYPE, HeaderValue},
        uri::PathAndQuery,
    },
    middleware::Next,
};

use super::Format;
use crate::error::{Code, Error};

/// The middleware, right before the address is looked up. An address that has no such file is not found.
///
/// # Errors
/// Those of the service.
pub async fn by_name<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let named =
        matches!(*request.method(), Method::GET | Method::HEAD).then(|| unnamed(request.uri())).flatten();
    let Some((uri, format)) = named else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    request.match_info_mut().get_mut().update(&uri);
    let head = request.head_mut();
    head.uri = uri;
    head.headers.insert(ACCEPT, HeaderValue::from_static(format.essence()));
    let answer = next.call(request).await?;
    let is_file = answer.headers().get(CONTENT_TYPE).is_some_and(|found| found == format.media_type());
    if answer.status().is_success() && !is_file {
        let request = answer.request().clone();
        return Ok(ServiceResponse::from_err(Error::new(Code::NotFound), request));
    }
    Ok(answer.map_into_boxed_body())
}

/// The address without the ending of a file's name, and which file that is; nothing if it has no such ending.
fn unnamed(uri: &Uri) -> Option<(Uri, Format)> {
    let (path, format) = Format::of_name(uri.path()).filter(|(_, format)| *format != Format::Json)?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{path}{query}")).ok()?);
    Some((Uri::from_parts(parts).ok()?, format))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_alone_is_taken_off() {
        let found = |uri: &str| unnamed(&uri.parse().unwrap()).map(|(uri, format)| (uri.to_string(), format));
        assert_eq!(
            found("/v1/brands/1/ranking.csv?from=2026-01&sort=x.csv"),
            Some(("/v1/brands/1/ranking?from=2026-01&sort=x.csv".to_owned(), Format::Csv))
        );
        assert_eq!(found("/v1/visits.xlsx"), Some(("/v1/visits".to_owned(), Format::Xlsx)));
        assert_eq!(found("/v1/visits.parquet"), Some(("/v1/visits".to_owned(), Format::Parquet)));
        assert_eq!(found("/v1/reports/1.pdf"), None);
        assert_eq!(found("/openapi.json"), None);
        assert_eq!(found("/v1/visits?x=1.csv"), None);
    }
}
