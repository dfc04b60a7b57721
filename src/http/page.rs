//! Lists, a page at a time: an opaque cursor that only this server can have made.

use actix_web::{HttpRequest, HttpResponse, http::header::LINK};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::keys::{Keys, Seal},
    error::{Error, FieldError, Result},
    ids::BrandId,
};

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many at most; 50 if not said.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    pub cursor: Option<String>,
}

/// Which page of a list, perhaps of what belongs to one brand alone.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)] // which cannot go with `flatten`, so that the members of `PageParams` stand here again
#[into_params(parameter_in = Query)]
pub struct BrandPageParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// How many at most; 50 if not said.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

impl BrandPageParams {
    /// The brand, if one is named, and the page.
    pub fn split(self) -> (Option<BrandId>, PageParams) {
        let Self { brand_id, limit, cursor } = self;
        (brand_id, PageParams { limit, cursor })
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The things themselves.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next_cursor: Option<String>,
}

impl PageParams {
    /// How many things a page has at most.
    pub fn size(&self) -> i64 {
        i64::from(self.limit.unwrap_or(50))
    }

    /// How many rows to ask for: one more than the page has shows whether there is another page.
    pub fn rows(&self) -> i64 {
        self.size() + 1
    }

    /// The key of the last thing on the page before, if this is not the first.
    ///
    /// # Errors
    /// `invalid` if the cursor is not of this list.
    pub fn after<K: DeserializeOwned>(&self, keys: &Keys, request: &HttpRequest) -> Result<Option<K>> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let key = keys.open(Seal::Cursor, cursor).and_then(|bytes| {
            let key = bytes.strip_prefix(request.path().as_bytes())?.strip_prefix(b"\n")?;
            serde_json::from_slice(key).ok()
        });
        key.map(Some).ok_or_else(|| {
            Error::invalid(vec![FieldError::new("cursor", "unknown", "this cursor is not of this list")])
        })
    }

    /// Answers with the rows, cut to the page's size, and with the way to the next page if there is one.
    pub fn answer<T, K>(
        &self,
        keys: &Keys,
        request: &HttpRequest,
        mut items: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<HttpResponse>
    where
        T: Serialize,
        K: Serialize,
    {
        let more = items.len() as i64 > self.size();
        items.truncate(self.size() as usize);
        let next_cursor = match items.last() {
            Some(last) if more => Some(seal(keys, request, &key(last))?),
            _ => None,
        };
        let mut answer = HttpResponse::Ok();
        if let Some(cursor) = &next_cursor {
            answer.insert_header((LINK, self.link(request, cursor)));
        }
        Ok(answer.json(Page { items, next_cursor }))
    }

    fn link(&self, request: &HttpRequest, cursor: &str) -> String {
        let others =
            form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor");
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(others)
            .append_pair("cursor", cursor)
            .finish();
        format!("<{}?{query}>; rel=\"next\"", request.path())
    }
}

fn seal(keys: &Keys, request: &HttpRequest, key: &impl Serialize) -> Result<String> {
    let key = serde_json::to_string(key).map_err(Error::internal)?;
    Ok(keys.seal(Seal::Cursor, format!("{}\n{key}", request.path()).as_bytes()))
}
