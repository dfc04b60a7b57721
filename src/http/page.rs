//! Lists, a page at a time: an opaque cursor that only this server can have made.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header::LINK,
    web::Data,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};
use validator::Validate;

use super::{
    endpoint::{Answer, Signature},
    input::parse_query,
    listed::Part,
};
use crate::{
    app::App,
    db::Db,
    error::{Error, FieldError, Result},
    ids::BrandId,
    limits::{Opaque, Whole},
    seals::{Seal, Seals},
};

/// Most things on a page, unless a list says otherwise.
pub const USUAL_MOST: i64 = 200;
/// How many things are on a page, if that is left out.
const USUAL_SIZE: i64 = 50;

/// How a page of a list is sent for: with at most `MOST` things.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct PageParams<const MOST: i64> {
    /// How many at most.
    limit: Option<Whole<1, MOST>>,
    /// Where to go on: the `next_cursor` of the page before.
    cursor: Option<Cursor>,
}

/// Where a list goes on.
type Cursor = Opaque<1, 1_000>;

/// By hand: utoipa takes `MOST` for a type.
impl<const MOST: i64> IntoParams for PageParams<MOST> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |name, about: String, shape: RefOr<Schema>| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            parameter.required(Required::False).description(Some(about)).schema(Some(shape)).build()
        };
        let (size, on) = (
            format!("How many at most; {USUAL_SIZE} if not said."),
            "Where to go on: the `next_cursor` of the page before.".to_owned(),
        );
        vec![parameter("limit", size, Whole::<1, MOST>::schema()), parameter("cursor", on, Cursor::schema())]
    }
}

/// What is wanted of a list, and which page of it: the parameters after the question mark, parsed and found valid.
///
/// `T` denies unknown fields, which serde cannot do together with `flatten`; so the two are parsed each by itself. `MOST`
/// is for a list whose pages are larger than others.
pub struct Listing<T, const MOST: i64 = USUAL_MOST>(pub T, pub PageRequest);

/// Which page of which list: what a list's handler needs to know to find its rows and to answer with them.
pub struct PageRequest {
    limit: Option<i64>,
    /// What the cursor says, as JSON.
    key: Option<Vec<u8>>,
    app: Data<App>,
    request: HttpRequest,
    /// Whether all of a page is read from one state of the data.
    is_of_one_state: bool,
}

/// Nothing is wanted of a list but its pages.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoFilter {}

impl PageRequest {
    /// How many things the page has at most.
    pub fn size(&self) -> i64 {
        self.limit.unwrap_or(USUAL_SIZE)
    }

    /// How many rows to ask for: one more than the page has shows whether there is another page.
    pub fn rows(&self) -> i64 {
        self.size() + 1
    }

    /// How many things the caller wants at most, if that was said.
    pub fn limit(&self) -> Option<i64> {
        self.limit
    }

    /// The same, read from one state of the data, however many statements that takes. The pieces of a file always are, each by itself.
    #[must_use]
    pub fn of_one_state(self) -> Self {
        Self { is_of_one_state: true, ..self }
    }

    /// Whether it is.
    pub(super) const fn is_of_one_state(&self) -> bool {
        self.is_of_one_state
    }

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
    /// `invalid` if the list had other keys when the cursor was given.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let key = self.key.as_deref().map(serde_json::from_slice).transpose();
        key.map_err(|_| Error::invalid(vec![unknown_cursor()]))
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
        let link = next_cursor.as_ref().map(|cursor| link(&self.request, cursor));
        Ok(Page { items, next_cursor, link })
    }
}

/// What concerns the page and not what is on it.
const OF_PAGE: [&str; 2] = ["limit", "cursor"];

impl<T, const MOST: i64> FromRequest for Listing<T, MOST>
where
    T: DeserializeOwned + Validate + IntoParams + 'static,
{
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let listing = || {
            let app = request.app_data::<Data<App>>().cloned().ok_or_else(|| Error::internal("no App"))?;
            let open = |cursor: &str| key_of(&app.seals, request.path(), cursor);
            let (filter, limit, key) = parse::<T, MOST>(request.query_string(), open)?;
            Ok(Self(
                filter,
                PageRequest { limit, key, app, request: request.clone(), is_of_one_state: false },
            ))
        };
        ready(listing())
    }
}

/// What is wanted of a list, how many things of it if that is said, and after which key: all mistakes are named at once.
fn parse<T, const MOST: i64>(
    query: &str,
    open: impl Fn(&str) -> Option<Vec<u8>>,
) -> Result<(T, Option<i64>, Option<Vec<u8>>)>
where
    T: DeserializeOwned + Validate + IntoParams,
{
    let pairs = || form_urlencoded::parse(query.as_bytes());
    let part = |of_page: bool| {
        let pairs = pairs().filter(|(name, _)| OF_PAGE.contains(&name.as_ref()) == of_page);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    let mut mistakes = Vec::new();
    let wanted = parse_query(&part(false)).map_err(|wrong| mistakes.extend(wrong)).ok();
    let page = parse_query::<PageParams<MOST>>(&part(true)).map_err(|wrong| mistakes.extend(wrong)).ok();
    let cursor = pairs().find(|(name, _)| name == "cursor");
    let key = cursor.as_ref().and_then(|(_, cursor)| open(cursor));
    if cursor.is_some() && key.is_none() && !mistakes.iter().any(|one| one.pointer == "cursor") {
        mistakes.push(unknown_cursor());
    }
    match (wanted, page) {
        (Some(wanted), Some(page)) if mistakes.is_empty() => {
            Ok((wanted, page.limit.map(Whole::get), page.cursor.and(key)))
        }
        _ => Err(Error::invalid(mistakes)),
    }
}

/// What these parameters want of a list, and its first page, as a part of what is in memory.
///
/// # Errors
/// `invalid` with what is wrong with them; there is no cursor of a first page.
pub fn first_part<T, const MOST: i64>(query: &str) -> Result<(T, Part)>
where
    T: DeserializeOwned + Validate + IntoParams,
{
    let (wanted, limit, _) = parse::<T, MOST>(query, |_| None)?;
    let count = limit.unwrap_or(USUAL_SIZE) + 1;
    Ok((wanted, Part { start: 0, count: usize::try_from(count).unwrap_or_default() }))
}

/// The key that this cursor has, if it is of the list at this path.
fn key_of(seals: &Seals, path: &str, cursor: &str) -> Option<Vec<u8>> {
    let bytes = seals.open(Seal::Cursor, cursor)?;
    let key = bytes.strip_prefix(path.as_bytes())?.strip_prefix(b"\n")?;
    Some(key.to_vec())
}

fn unknown_cursor() -> FieldError {
    FieldError::new("cursor", "unknown", "this cursor is not of this list")
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

    /// The same page of what `view` makes of its things, one of each, in their order.
    ///
    /// # Errors
    /// Those of `view`.
    pub async fn made<U, F: Future<Output = Result<Vec<U>>>>(
        self,
        view: impl FnOnce(Vec<T>) -> F,
    ) -> Result<Page<U>> {
        let Self { items, next_cursor, link } = self;
        Ok(Page { items: view(items).await?, next_cursor, link })
    }

    /// The things, the cursor of the next page, and the header `Link` that leads there.
    pub fn into_parts(self) -> (Vec<T>, Option<String>, Option<String>) {
        (self.items, self.next_cursor, self.link)
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

/// The way to the next page of the list that this request asked for.
fn link(request: &HttpRequest, cursor: &str) -> String {
    let others =
        form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others)
        .append_pair("cursor", cursor)
        .finish();
    format!("<{}?{query}>; rel=\"next\"", request.path())
}

fn seal(seals: &Seals, request: &HttpRequest, key: &impl Serialize) -> Result<String> {
    let key = serde_json::to_string(key).map_err(Error::internal)?;
    Ok(seals.seal(Seal::Cursor, format!("{}\n{key}", request.path()).as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    type Parsed = (Option<BrandId>, i64, Option<String>);

    /// What these parameters say, or else which are wrong. The only cursor that is known begins with `a`.
    fn parsed(query: &str) -> Result<Parsed, String> {
        let names = |error: Error| {
            let fields = &error.particulars().fields;
            fields.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>().join(" ")
        };
        let open = |cursor: &str| cursor.starts_with('a').then(|| cursor.as_bytes().to_vec());
        let (OfBrand { brand_id }, limit, key) = parse::<_, USUAL_MOST>(query, open).map_err(names)?;
        Ok((brand_id, limit.unwrap_or(USUAL_SIZE), key.map(|key| String::from_utf8(key).unwrap())))
    }

    #[test]
    fn a_list_takes_what_is_wanted_and_which_page() {
        let brand: BrandId = "5f0c4e3a-0000-4000-8000-000000000001".parse().unwrap();
        let cursor = || Some("a&b=c+d%é".to_owned());
        let encoded = "cursor=a%26b%3Dc%2Bd%25%C3%A9";
        for (query, wanted) in [
            (String::new(), (None, 50, None)),
            (format!("brand_id={brand}"), (Some(brand), 50, None)),
            (format!("limit=200&brand_id={brand}"), (Some(brand), 200, None)),
            (format!("{encoded}&limit=1"), (None, 1, cursor())),
            (format!("{encoded}&brand_id={brand}"), (Some(brand), 50, cursor())),
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
            ("cursor=b", "cursor"),
            ("brand_id=x&limit=0", "brand_id limit"),
            ("brand_id=x&cursor=b", "brand_id cursor"),
            ("cursor=b&limit=0", "limit cursor"),
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
