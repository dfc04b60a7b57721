//! Addresses that end as files do: `…/ranking.csv` is `…/ranking` with `Accept: text/csv`, for programs that can be given an address and no header. A file for
//! spreadsheet programs may say in its address what is to stand above its columns: `header=names` or `header=titles`.

use actix_web::{
    Error as ActixError, HttpMessage as _,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, Uri,
        header::{ACCEPT, CONTENT_TYPE, HeaderValue},
        uri::PathAndQuery,
    },
    middleware::Next,
};

use super::{Format, Heads};
use crate::error::{Code, Error};

/// The middleware, right before the address is looked up. An address that has no such file is not found.
///
/// # Errors
/// Those of the service.
pub async fn by_name<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, ActixError> {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let named = is_reading.then(|| unnamed(request.uri())).flatten();
    let named = named.map(|(uri, format)| {
        rename(&mut request, uri);
        let accept = HeaderValue::from_static(format.essence());
        request.head_mut().headers.insert(ACCEPT, accept);
        format
    });
    let has_heads = |request: &ServiceRequest| {
        let format = Format::wished(request.request(), Format::OF_SHEETS);
        is_reading && matches!(format, Format::Csv | Format::Xlsx)
    };
    if has_heads(&request)
        && let Some((uri, heads)) = without_header(request.uri())
    {
        rename(&mut request, uri);
        request.extensions_mut().insert(heads);
    }
    let Some(format) = named else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let answer = next.call(request).await?;
    let is_file = answer.headers().get(CONTENT_TYPE).is_some_and(|found| found == format.media_type());
    if answer.status().is_success() && !is_file {
        let request = answer.request().clone();
        return Ok(ServiceResponse::from_err(Error::new(Code::NotFound), request));
    }
    Ok(answer.map_into_boxed_body())
}

fn rename(request: &mut ServiceRequest, uri: Uri) {
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
}

/// The address without what is to stand above columns, and that; nothing if it does not say so.
fn without_header(uri: &Uri) -> Option<(Uri, Heads)> {
    let heads = |pair: &str| pair.strip_prefix("header=").and_then(Heads::of);
    let (own, others): (Vec<_>, Vec<_>) = uri.query()?.split('&').partition(|pair| heads(pair).is_some());
    let heads = heads(own.first()?)?;
    let query = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
    Some((with_path(uri, &format!("{}{query}", uri.path()))?, heads))
}

/// The address without the ending of a file's name, and which file that is; nothing if it has no such ending.
fn unnamed(uri: &Uri) -> Option<(Uri, Format)> {
    let (path, format) = Format::of_name(uri.path()).filter(|(_, format)| *format != Format::Json)?;
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some((with_path(uri, &format!("{path}{query}"))?, format))
}

/// The address with this path and query.
fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_above_columns_is_no_parameter() {
        let found =
            |uri: &str| without_header(&uri.parse().unwrap()).map(|(uri, heads)| (uri.to_string(), heads));
        assert_eq!(found("/v1/visits?header=names"), Some(("/v1/visits".to_owned(), Heads::Names)));
        assert_eq!(
            found("/v1/visits?a=1&header=titles&b=2"),
            Some(("/v1/visits?a=1&b=2".to_owned(), Heads::Titles))
        );
        assert_eq!(found("/v1/visits?header=none"), None);
        assert_eq!(found("/v1/visits"), None);
    }

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
