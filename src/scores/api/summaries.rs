//! The addresses of all summaries of a region or a brand: an archive with a page for each branch.

use actix_web::web::{self, Data, Path};
use futures_util::{Stream, StreamExt as _, stream};

use super::{FilterParams, Reading, asked::USUALLY, summary::Summary};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadScores,
    app::App,
    db::{checks::Checks, walk::still_let_in},
    error::{Error, Result, if_there},
    http::{
        answer::InLanguage,
        archive::{Archive, Packed, ZipBytes},
        dear::{Dear, DearLimits},
        input::Params,
        languages::Wishes,
    },
    ids::{BrandId, RegionId},
    scores::{
        means::Means,
        model::Place,
        store::{self, Listed, Standing},
        visible::visible,
    },
};

/// The summaries of all branches of a brand, for callers who may see all of it: an archive with the PDF that `/v1/branches/{id}/summary.pdf` is for each of them, named by
/// its code. The PDFs are made while the archive is sent, each of what is known of its branch at that moment.
#[utoipa::path(get, path = "/v1/brands/{id}/summaries.zip", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The archive.", content((ZipBytes = "application/zip")), headers(
        ("Content-Language" = Option<String>, description = "The language that its texts are in."),
        ("Vary" = String, description = "`accept-language`."),
    )),
))]
pub async fn brand_summaries(
    app: Data<App>,
    means: Data<Means>,
    dear: Data<DearLimits>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wishes: Wishes,
    Params(params): Params<FilterParams>,
) -> Result<InLanguage<Archive>> {
    dear.count(Dear::Archive, caller.account())?;
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    summaries(app, means, of, params).await
}

/// The summaries of the branches that lay in a region in the period, however deep, as `/v1/brands/{id}/summaries.zip`. A branch that lies elsewhere by now is among
/// them for those who may see it there.
#[utoipa::path(get, path = "/v1/regions/{id}/summaries.zip", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The archive.", content((ZipBytes = "application/zip")), headers(
        ("Content-Language" = Option<String>, description = "The language that its texts are in."),
        ("Vary" = String, description = "`accept-language`."),
    )),
))]
pub async fn region_summaries(
    app: Data<App>,
    means: Data<Means>,
    dear: Data<DearLimits>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wishes: Wishes,
    Params(params): Params<FilterParams>,
) -> Result<InLanguage<Archive>> {
    dear.count(Dear::Archive, caller.account())?;
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    summaries(app, means, of, params).await
}

async fn summaries(
    app: Data<App>,
    means: Data<Means>,
    of: Reading,
    params: FilterParams,
) -> Result<InLanguage<Archive>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let (scope, place, language) = (of.scope.clone(), of.place, of.wishes.ours());
    let (listed, first) = (Listed::ByMonths(wanted.touched()), wanted.touched().from());
    let read = move |conn: &mut _| {
        let place = visible(conn, &scope, place)?;
        store::branches(conn, &scope, &place, listed)
    };
    let mut branches = app.db.read(read).await?;
    branches.retain(|branch| !branch.is_retired_before(first));
    let name = format!("summaries-{}.zip", place.id());
    let answer = Archive::of(name, pages(app, means, of, params, branches)).await?;
    Ok(InLanguage { language: Some(language.tag().to_owned()), answer })
}

/// The pages of these branches, each made when it is asked for. A branch that the caller may not see any more is left out.
fn pages(
    app: Data<App>,
    means: Data<Means>,
    of: Reading,
    params: FilterParams,
    branches: Vec<Standing>,
) -> impl Stream<Item = Result<Packed>> {
    let checks = Checks::current();
    let page = move |branch: Standing| {
        let (app, means, params) = (Data::clone(&app), Data::clone(&means), params.clone());
        let (of, checks) = (Reading { place: Place::Branch(branch.id), ..of.clone() }, checks.clone());
        async move {
            let language = of.wishes.ours();
            let read = async {
                still_let_in(&app.db).await?;
                if_there(Summary::of(&app, means, of, params).await)
            };
            let Some(summary) = checks.around(read).await? else { return Ok(None) };
            let bytes = web::block(move || summary.pdf(language)).await.map_err(Error::internal)??;
            Ok(Some(Packed::deflated(file_name(&branch), bytes)))
        }
    };
    stream::iter(branches).then(page).filter_map(|made| async { made.transpose() })
}

/// What the page of a branch is called: its code, and its id as well where no file can be called so on every system.
fn file_name(branch: &Standing) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
    let plain: String = branch.code.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let is_name = plain == branch.code && !plain.starts_with('.') && plain.trim() == plain;
    if is_name {
        format!("{plain}.pdf")
    } else {
        format!("{}-{}.pdf", plain.trim_matches(['.', ' ']), branch.id)
    }
}
