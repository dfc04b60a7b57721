//! Lists, a page at a time: an opaque cursor that only this server can have made.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header::LINK,
    web::Data,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    endpoint::{Answer, Signature},
    input::parse_query,
};
use crate::{
    app::App,
    db::Db,
    error::{Error, FieldError, Result},
    ids::BrandId,
    seals::{Seal, Seals},
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

/// What is wanted of a list, and which page of it: the parameters after the question mark, parsed and found valid.
///
/// `T` denies unknown fields, which serde cannot do together with `flatten`; so the two are parsed each by itself. `P` are
/// the parameters of the page, for a list whose pages are larger than others.
pub struct Listing<T, P = PageParams>(pub T, pub PageRequest<P>);

/// Which page of which list: what a list's handler needs to know to find its rows and to answer with them.
pub struct PageRequest<P = PageParams> {
    params: PageParams,
    app: Data<App>,
    request: HttpRequest,
    parsed_as: PhantomData<P>,
}

/// Nothing is wanted of a list but its pages.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoFilter {}

impl<P> std::ops::Deref for PageRequest<P> {
    type Target = PageParams;

    fn deref(&self) -> &PageParams {
        &self.params
    }
}

impl<P> PageRequest<P> {
    /// The database that the list is read from.
    pub fn db(&self) -> Db {
        self.app.db.clone()
    }

    /// The request itself.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// The key of the last thing on the page before, if this is not the first.
    ///
    /// # Errors
    /// `invalid` if the cursor is not of this list.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let Some(cursor) = &self.params.cursor else { return Ok(None) };
        let key = self.app.seals.open(Seal::Cursor, cursor).and_then(|bytes| {
            let key = bytes.strip_prefix(self.request.path().as_bytes())?.strip_prefix(b"\n")?;
            serde_json::from_slice(key).ok()
        });
        key.map(Some).ok_or_else(|| {
            Error::invalid(vec![FieldError::new("cursor", "unknown", "this cursor is not of this list")])
        })
    }

    /// The page of these rows, cut to its size, with the way to the next page if there is one.
    ///
    /// # Errors
    /// `internal` if the key cannot be JSON.
    pub fn page<T, K: Serialize>(&self, mut items: Vec<T>, key: impl Fn(&T) -> K) -> Result<Page<T>> {
        let more = items.len() as i64 > self.size();
        items.truncate(self.size() as usize);
        let next_cursor = match items.last() {
            Some(last) if more => Some(seal(&self.app.seals, &self.request, &key(last))?),
            _ => None,
        };
        let link = next_cursor.as_ref().map(|cursor| self.link(&self.request, cursor));
        Ok(Page { items, next_cursor, link })
    }
}

/// What concerns the page and not what is on it.
const OF_PAGE: [&str; 2] = ["limit", "cursor"];

impl<T, P> FromRequest for Listing<T, P>
where
    T: DeserializeOwned + Validate + IntoParams + 'static,
    P: DeserializeOwned + Validate + IntoParams + Into<PageParams> + 'static,
{
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let listing = || {
            let (filter, page) = parse::<T, P>(request.query_string())?;
            let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| Error::internal("no App"))?;
            let (params, request) = (page.into(), request.clone());
            Ok(Self(filter, PageRequest { params, app, request, parsed_as: PhantomData }))
        };
        ready(listing())
    }
}

/// What is wanted of a list, and which page of it.
fn parse<T, P>(query: &str) -> Result<(T, P)>
where
    T: DeserializeOwned + Validate + IntoParams,
    P: DeserializeOwned + Validate + IntoParams,
{
    let part = |of_page: bool| {
        let pairs = form_urlencoded::parse(query.as_bytes());
        let pairs = pairs.filter(|(name, _)| OF_PAGE.contains(&name.as_ref()) == of_page);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    match (parse_query(&part(false)), parse_query(&part(true))) {
        (Ok(wanted), Ok(page)) => Ok((wanted, page)),
        (wanted, page) => {
            let mistakes = [wanted.err(), page.err()].into_iter().flatten().flatten();
            Err(Error::invalid(mistakes.collect()))
        }
    }
}

/// What is wanted of a list of what belongs to brands.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfBrand {
    /// Only those of this brand.
    pub brand_id: Option<BrandId>,
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
    /// The header `Link` of the next page.
    #[serde(skip)]
    link: Option<String>,
}

impl<T> Page<T> {
    /// A list that is short enough for one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None, link: None }
    }

    /// The same page of what `view` makes of each thing.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        let Self { items, next_cursor, link } = self;
        Page { items: items.into_iter().map(view).collect(), next_cursor, link }
    }
}

impl<T: Serialize> Responder for Page<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Some(link) = &self.link {
            answer.insert_header((LINK, link.as_str()));
        }
        answer.json(self)
    }
}

impl<T: ToSchema> Answer for Page<T> {
    fn describe(signature: &mut Signature) {
        T::schemas(&mut signature.schemas);
        signature.refer::<T>();
        let body = signature.refer_as::<Self>(format!("Page_{}", T::name()));
        signature.answers(200, "A page of the list.", Some(body)).headers.push("Link");
    }
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

fn seal(seals: &Seals, request: &HttpRequest, key: &impl Serialize) -> Result<String> {
    let key = serde_json::to_string(key).map_err(Error::internal)?;
    Ok(seals.seal(Seal::Cursor, format!("{}\n{key}", request.path()).as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    type Parsed = (Option<BrandId>, Option<u16>, Option<String>);

    /// What these parameters say, or else which is wrong.
    fn parsed(query: &str) -> Result<Parsed, String> {
        let name = |error: Error| {
            error.particulars().fields.first().map_or(String::new(), |one| one.pointer.clone())
        };
        let (OfBrand { brand_id }, page) = parse::<_, PageParams>(query).map_err(name)?;
        Ok((brand_id, page.limit, page.cursor))
    }

    #[test]
    fn a_list_takes_what_is_wanted_and_which_page() {
        let brand: BrandId = "5f0c4e3a-0000-4000-8000-000000000001".parse().unwrap();
        let cursor = || Some("a&b=c+d%é".to_owned());
        let encoded = "cursor=a%26b%3Dc%2Bd%25%C3%A9";
        for (query, wanted) in [
            (String::new(), (None, None, None)),
            (format!("brand_id={brand}"), (Some(brand), None, None)),
            (format!("limit=200&brand_id={brand}"), (Some(brand), Some(200), None)),
            (format!("{encoded}&limit=1"), (None, Some(1), cursor())),
            (format!("{encoded}&brand_id={brand}"), (Some(brand), None, cursor())),
        ] {
            assert_eq!(parsed(&query), Ok(wanted), "{query}");
        }
    }

    #[test]
    fn what_it_does_not_take_is_named() {
        for (query, wrong) in [
            ("brand_id=x", "brand_id"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=x", "limit"),
            ("cursor=", "cursor"),
            ("colour=red", "colour"),
            ("limit[]=1", "limit[]"),
            // A mistake of the whole.
            ("limit=1&limit=2", ""),
            (
                "brand_id=5f0c4e3a-0000-4000-8000-000000000001&brand_id=5f0c4e3a-0000-4000-8000-000000000001",
                "",
            ),
        ] {
            assert_eq!(parsed(query), Err(wrong.to_owned()), "{query}");
        }
    }
}
