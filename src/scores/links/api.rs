//! The addresses of links to charts, and of the charts that they lead to.

use actix_web::{
    HttpRequest,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    model::{self, ChartFigure, ChartLink},
    open_chart_link,
    put_chart_link::{self, NewChartLink},
    revoke_chart_link, store,
};
use crate::{
    accounts::{
        caller::{Allowed, note_caller},
        policy::permit::ReadScores,
    },
    app::App,
    charts::svg::svg,
    db::types::{Id, Instant, Sha256},
    error::{Error, FieldError, Result},
    http::{
        answer::{Embeddable, File, FreshFile, InLanguage, Kept, NoContent, Secret},
        bytes::bytes,
        dear::{Dear, DearLimits},
        etag::{ETag, IfNoneMatch, Keep},
        input::{Input, Params},
        languages::Wishes,
        page::{Listing, NoFilter, Page},
        sheet::Format,
    },
    ids::{AccountId, ChartLinkId},
    limits::{Opaque, PlainText},
    precondition::Put,
    scores::{
        api::Chart,
        means::Means,
        model::{Place, PlaceKind},
    },
};

/// A link to a chart. The link's address shows the chart without a token, as long as the link's account may see the chart.
#[derive(Serialize, ToSchema)]
pub struct ChartLinkView {
    id: ChartLinkId,
    /// In whose name the chart is shown.
    account_id: AccountId,
    /// The chart, as an address that needs a token: relative to the server.
    #[schema(format = "uri-reference")]
    chart: String,
    /// The language that the chart is in.
    language: String,
    created_at: Instant,
    /// When the link ends.
    expires_at: Instant,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revoked_at: Option<Instant>,
    /// The address that needs no token, relative to the server; only in the answer to its `PUT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri-reference")]
    url: Option<String>,
}

impl From<ChartLink> for ChartLinkView {
    fn from(link: ChartLink) -> Self {
        Self {
            id: link.id,
            account_id: link.account_id,
            chart: ChartAddress::of(&link).written(),
            language: link.language,
            created_at: link.created_at,
            expires_at: link.expires_at,
            revoked_at: link.revoked_at,
            url: None,
        }
    }
}

/// What a link is to show.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutChartLink {
    /// The address of a trend, a ranking or a heat map with its parameters, from `/v1/` on: `/v1/brands/…/ranking.svg?from=2026-01&limit=20`.
    /// Without `from` and `to` the chart goes on with time.
    chart: PlainText<1, 2_000>,
    /// When the link ends: at most 90 days from now.
    expires_at: Instant,
}

/// What the address of a chart says.
struct ChartAddress<'a> {
    place: Place,
    figure: ChartFigure,
    query: &'a str,
}

impl<'a> ChartAddress<'a> {
    fn of(link: &'a ChartLink) -> Self {
        Self { place: link.place(), figure: link.figure, query: &link.query }
    }

    /// Reads an address; none if it is not that of a chart.
    fn read(address: &'a str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let mut steps = path.strip_prefix("/v1/")?.split('/');
        let kind = match steps.next()? {
            "brands" => PlaceKind::Brand,
            "regions" => PlaceKind::Region,
            "branches" => PlaceKind::Branch,
            _ => return None,
        };
        let place = kind.place(Id::new(steps.next()?.parse().ok()?));
        let name = steps.next()?;
        let name = match Format::of_name(name) {
            Some((name, Format::Svg)) => name,
            Some(_) => return None,
            None => name,
        };
        let figure = ChartFigure::ALL.iter().copied().find(|figure| figure.as_str() == name)?;
        let is_there = kind != PlaceKind::Branch || figure == ChartFigure::Trend;
        (steps.next().is_none() && is_there).then_some(Self { place, figure, query })
    }

    /// The address.
    fn written(&self) -> String {
        let Self { place, figure, query } = self;
        let places = match place.kind() {
            PlaceKind::Brand => "brands",
            PlaceKind::Region => "regions",
            PlaceKind::Branch => "branches",
        };
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/v1/{places}/{}/{figure}.svg{mark}{query}", place.id())
    }
}

/// The caller's links to charts, in the order of their ids, also those that are over. Administrators see all of their brands.
#[utoipa::path(get, path = "/v1/chart-links", responses((status = 200, description = "A page of links.")))]
pub async fn list_chart_links(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<ChartLinkView>> {
    let (after, rows) = (page.key()?, page.rows());
    let read = move |conn: &mut _| store::chart_links(conn, &caller.scope, after, rows);
    let views = app.db.read(read).await?.into_iter().map(ChartLinkView::from).collect();
    page.page(views, |link: &ChartLinkView| link.id)
}

/// Make a link to a chart, in the language that is wished for. The link's address needs no token and shows this one chart, by exactly these parameters, as the caller
/// may see the chart at the moment of each request. The address can stand in pages of other servers. The same request again gives the same address; a link never changes.
#[utoipa::path(put, path = "/v1/chart-links/{id}", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Made, with its address."),
    (status = 409, description = "`conflict`: another link has this id or had it, or there are 200 links of the caller's."),
))]
pub async fn put_chart_link(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<ChartLinkId>,
    wishes: Wishes,
    Input(put): Input<PutChartLink>,
) -> Result<Secret<Kept<ChartLinkView>>> {
    let wrong = |code, why: String| Error::invalid(vec![FieldError::new("/chart", code, why)]);
    let address = ChartAddress::read(put.chart.as_str());
    let no_chart = "the address of a trend, a ranking or a heat map, from /v1/ on";
    let ChartAddress { place, figure, query } =
        address.ok_or_else(|| wrong("unknown", no_chart.to_owned()))?;
    if let Err(error) = Chart::read(figure, query) {
        let fields = &error.particulars().fields;
        let why: Vec<_> = fields.iter().map(|one| format!("{}: {}", one.pointer, one.message)).collect();
        return Err(wrong("unknown", why.join("; ")));
    }
    let new = NewChartLink {
        id: id.into_inner(),
        place,
        figure,
        query: query.to_owned(),
        language: wishes.ours().tag().to_owned(),
        expires_at: put.expires_at,
    };
    let now = app.clock.now();
    let put = move |conn: &mut _| put_chart_link::put_chart_link(conn, &caller.scope, new.clone(), now);
    let stored = app.db.write(put).await?;
    let url = Some(model::address(&app.seals, stored.thing.id));
    let thing = ChartLinkView { url, ..stored.thing.into() };
    Ok(Secret(Kept { made: stored.put == Put::Make, thing }))
}

/// Revoke a link: one of the caller's, or one of a brand whose accounts the caller manages. A browser may show what it has for five minutes more. The link stays in the list.
#[utoipa::path(delete, path = "/v1/chart-links/{id}", responses((status = 204, description = "It is revoked.")))]
pub async fn revoke_chart_link(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<ChartLinkId>,
) -> Result<NoContent> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let revoke = move |conn: &mut _| revoke_chart_link::revoke_chart_link(conn, &caller.scope, id, now);
    app.db.write(revoke).await?;
    Ok(NoContent)
}

/// What makes the address of a chart good.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkParams {
    /// The server's, of the link.
    #[param(inline)]
    signature: Opaque<1, 64>,
}

/// The bytes of a chart.
pub struct ChartBytes;

bytes!(ChartBytes, "The bytes of a picture (SVG).");

/// The chart that a link leads to. Its address is the `url` of `PUT /v1/chart-links/{id}`, as it stands there. Pages of any origin may show it.
#[utoipa::path(get, path = "/v1/charts/{id}", responses(
    (status = 200, description = "The chart. Its ETag is the SHA-256 of its bytes.", body = ChartBytes, content_type = "image/svg+xml"),
    (status = 403, description = "`address_expired`."),
    (status = 404, description = "`not_found`: there is no such link, it was revoked, or its account may not be shown the chart any more."),
    (status = 429, description = "`too_many_requests`: charts are asked for too often in the name of the account."),
))]
pub async fn get_chart(
    app: Data<App>,
    means: Data<Means>,
    dear: Data<DearLimits>,
    request: HttpRequest,
    had: IfNoneMatch,
    id: Path<ChartLinkId>,
    Params(params): Params<LinkParams>,
) -> Result<Embeddable<InLanguage<FreshFile>>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    model::check_address(&app.seals, id, params.signature.as_str())?;
    let (link, scope) = app.db.glance(move |conn| open_chart_link::open_chart_link(conn, id, now)).await?;
    note_caller(&request, link.account_id);
    dear.count(Dear::LinkedChart, link.account_id)?;
    let (place, wishes) = (link.place(), Wishes::only(link.language.clone()));
    let chart = Chart::read(link.figure, &link.query)?;
    let bytes = svg(&chart.draw(&app, means, (scope, place), wishes).await?).into_bytes();
    let tag = ETag::of(Sha256::of(&bytes));
    let name = format!("{}.svg", link.figure);
    let file = File { media_type: Format::Svg.media_type(), name, bytes };
    let answer = FreshFile { had, tag, keep: Keep::FiveMinutes, file };
    Ok(Embeddable(InLanguage { language: Some(link.language), answer }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ID: &str = "7c0e5b18-3d92-4a6f-b1c4-5e8d2f9a0b23";

    #[test]
    fn the_address_of_a_chart_is_read_and_written() {
        for (address, wanted) in [
            (format!("/v1/brands/{ID}/ranking.svg?from=2026-01&limit=20"), None),
            (format!("/v1/branches/{ID}/trend.svg"), None),
            (format!("/v1/regions/{ID}/heatmap"), Some(format!("/v1/regions/{ID}/heatmap.svg"))),
        ] {
            let written = ChartAddress::read(&address).unwrap().written();
            assert_eq!(written, wanted.unwrap_or(address));
        }
        for address in [
            format!("/v1/branches/{ID}/ranking.svg"),
            format!("/v1/brands/{ID}/trend.csv"),
            format!("/v1/brands/{ID}/trend/svg"),
            format!("/v1/brands/{ID}/score.svg"),
            format!("/v1/visits/{ID}/trend.svg"),
            format!("https://elsewhere.example/v1/brands/{ID}/trend.svg"),
            "/v1/brands/1/trend.svg".to_owned(),
            format!("/v1/brands/{ID}"),
            String::new(),
        ] {
            assert!(ChartAddress::read(&address).is_none(), "{address}");
        }
    }
}
