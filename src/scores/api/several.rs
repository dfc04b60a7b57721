//! The address of the scores of several places at once.

use std::{
    collections::{BTreeMap, HashSet},
    str::FromStr,
    sync::Arc,
};

use actix_web::web::Data;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::{
    ScoreView,
    asked::{USUALLY, asks},
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    app::App,
    checklists::counted::Subject,
    error::{Error, FieldError, Result},
    http::{
        answer::InLanguage,
        input::Params,
        languages::Wishes,
        sheet::{Rows, Sheet},
    },
    ids::BrandId,
    scores::{
        means::Means,
        model::Place,
        score::{self, Score},
    },
};

/// So many places at most.
const MOST: usize = 20;
/// So many where visits are read one by one for each.
const MOST_ONE_BY_ONE: usize = 5;
const NO_PLACES: &str = "kinds and ids of at most 20 places, each once, with commas between them, such as \
    region:5f0c4e3a-0000-4000-8000-000000000001";

/// Some places, in the order in which they are asked for.
#[derive(Clone, Debug)]
pub struct Places(Vec<Place>);

impl FromStr for Places {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let places: Option<Vec<_>> = text.split(',').map(place).collect();
        let places = places.filter(|places| places.len() <= MOST).ok_or(NO_PLACES)?;
        let each_once = places.iter().collect::<HashSet<_>>().len() == places.len();
        if each_once { Ok(Self(places)) } else { Err(NO_PLACES) }
    }
}

fn place(text: &str) -> Option<Place> {
    let (kind, id) = text.split_once(':')?;
    match kind {
        "brand" => Some(Place::Brand(id.parse().ok()?)),
        "region" => Some(Place::Region(id.parse().ok()?)),
        "branch" => Some(Place::Branch(id.parse().ok()?)),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for Places {
    fn schema() -> RefOr<Schema> {
        let one = "(brand|region|branch):[0-9a-fA-F-]{36}";
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^{one}(,{one}){{0,{}}}$", MOST - 1)))
            .max_length(Some(MOST * 44))
            .examples([
                "region:5f0c4e3a-0000-4000-8000-000000000001,branch:5f0c4e3a-0000-4000-8000-000000000002",
            ])
            .description(Some("Kinds and ids of places, with commas between them."))
            .into()
    }
}

impl ToSchema for Places {}

asks! {
    /// Which places and which visits are asked for.
    pub struct ScoresParams {
        /// The places: the kind (`brand`, `region` or `branch`) and the id of each, with commas between them, at most 20; of days, and with a filter, at most 5.
        #[param(inline)]
        places: Places,
        /// Whether to say how many visits were planned.
        planned: Option<bool>,
    }
}

/// What visits say about some places.
#[derive(Serialize, ToSchema)]
pub struct ScoresView {
    /// Each place, in the order in which they were asked for.
    #[schema(max_items = 20)]
    scores: Vec<ScoreView>,
}

impl Rows for ScoresView {
    const ROWS: &'static [&'static str] = &["scores", "sections"];
}

/// The scores of several places, as each of them has one address: brands, regions and branches, in the order in which they are asked for. If one of them is not
/// there, or not for the caller to see, nothing is said of the others either.
#[utoipa::path(get, path = "/v1/scores", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The scores.", headers(
        ("Vary" = String, description = "`accept-language`."),
    )),
    (status = 404, description = "`not_found`: one of the places is not there, or not for the caller to see."),
))]
pub async fn scores(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    wishes: Wishes,
    Params(params): Params<ScoresParams>,
) -> Result<InLanguage<Sheet<ScoresView>>> {
    let scores = several(&app, &means, caller.scope, wishes, params).await?;
    Ok(InLanguage { language: None, answer: Sheet(ScoresView { scores }) })
}

/// The scores of several places, in the order in which they are asked for.
///
/// # Errors
/// `invalid` if too many are asked for; `not_found` if one of them is not there, or not in scope.
pub async fn several(
    app: &App,
    means: &Arc<Means>,
    scope: Scope,
    wishes: Wishes,
    params: ScoresParams,
) -> Result<Vec<ScoreView>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    if wanted.period().is_none() && params.places.0.len() > MOST_ONE_BY_ONE {
        let why = format!("of days, and with a filter, at most {MOST_ONE_BY_ONE} places are read at once");
        return Err(Error::invalid(vec![FieldError::new("places", "too_many", why)]));
    }
    let (of, known, with_planned) = (wanted.clone(), Arc::clone(means), params.planned == Some(true));
    let read = move |conn: &mut _| {
        let one = |place| score::score(conn, &known, &scope, (place, &of), with_planned);
        params.places.0.iter().copied().map(one).collect::<Result<Vec<_>>>()
    };
    let read = app.db.snapshot(read).await?;
    let mut named = BTreeMap::<BrandId, (Vec<Subject>, Vec<String>)>::new();
    for score in &read {
        let (subjects, languages) = named.entry(score.figures.place.brand).or_default();
        subjects.extend(score.subjects());
        languages.clone_from(&score.languages);
    }
    let mut titles = BTreeMap::new();
    for (brand, (subjects, languages)) in named {
        let reader = (wishes.clone(), languages);
        titles.insert(brand, Titles::of(&app.db, &means.versions, brand, subjects, reader).await?);
    }
    let view = |score: Score| {
        let titles = titles.get(&score.figures.place.brand)?;
        Some(ScoreView::new(&wanted, score, titles))
    };
    Ok(read.into_iter().filter_map(view).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_named_by_kind_and_id_each_once() {
        let id = "5f0c4e3a-0000-4000-8000-000000000001";
        let many = |count: usize| {
            let one = |at| format!("branch:5f0c4e3a-0000-4000-8000-{at:012}");
            (0..count).map(one).collect::<Vec<_>>().join(",")
        };
        for text in [format!("brand:{id}"), format!("region:{id},branch:{id}"), many(MOST)] {
            assert!(text.parse::<Places>().is_ok(), "{text}");
        }
        let wrong =
            [String::new(), id.to_owned(), format!("shop:{id}"), format!("brand:{id},"), many(MOST + 1)];
        for text in wrong.into_iter().chain([format!("brand:{id},brand:{id}"), "brand:1".to_owned()]) {
            assert_eq!(text.parse::<Places>().map(|_| ()), Err(NO_PLACES), "{text}");
        }
    }
}
