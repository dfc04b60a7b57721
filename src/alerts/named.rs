//! What the places and the subjects of alerts are called.

use std::collections::{BTreeSet, HashMap};

use super::model::Alert;
use crate::{
    accounts::policy::Scope,
    checklists::{cache::Versions, counted::Subject},
    db::{Conn, Db},
    error::Result,
    ids::BrandId,
    places::store::{branch_names, brand_if_there, region_names},
    scores::{
        model::{Place, PlaceId},
        titles::Texts,
    },
    texts::{Language, text},
};

/// What the places and the subjects of some alerts are called.
#[derive(Debug)]
pub struct Named {
    places: HashMap<PlaceId, String>,
    brands: HashMap<BrandId, OfBrand>,
}

/// What subjects of a brand are called.
#[derive(Debug)]
struct OfBrand {
    texts: Texts,
    /// The languages in which the brand is read, the first one first.
    languages: Vec<String>,
}

impl Named {
    /// The names that these alerts need.
    ///
    /// # Errors
    /// None but those of the database.
    pub async fn of(db: &Db, versions: &Versions, alerts: &[Alert]) -> Result<Self> {
        let of: Vec<_> = alerts.iter().map(|alert| alert.place).collect();
        let ids: BTreeSet<BrandId> = alerts.iter().map(|alert| alert.brand_id).collect();
        let wanted = ids.clone();
        let read = move |conn: &mut Conn| Ok((places(conn, &of)?, brands(conn, &wanted)?));
        let (mut places, read) = db.snapshot(read).await?;
        let mut brands = HashMap::new();
        for (id, (name, languages)) in read {
            let of_brand = alerts.iter().filter(|alert| alert.brand_id == id);
            let subjects: Vec<_> =
                of_brand.filter_map(|alert| alert.found.subject.subject("").ok()).collect();
            let texts = Texts::of(db, versions, id, &subjects).await?;
            brands.insert(id, OfBrand { texts, languages });
            places.insert(Place::Brand(id).id(), name);
        }
        Ok(Self { places, brands })
    }

    /// What a place is called; a dash if that is not known.
    pub fn place(&self, place: Place) -> &str {
        self.places.get(&place.id()).map_or("–", String::as_str)
    }

    /// What the subject of an alert is called. `choose` takes one of the languages that a text is there in, given those in which the brand is read; what
    /// the program itself has words for is in `ours`. What has no title any more is called by its key.
    pub fn subject(
        &self,
        alert: &Alert,
        ours: Language,
        choose: impl Fn(&[String], &[String]) -> String,
    ) -> String {
        let name = &alert.found.subject;
        let subject = name.subject("").unwrap_or(Subject::Overall);
        if subject == Subject::Overall {
            return text!("alert-whole-visits").say(ours).into_owned();
        }
        let known = self.brands.get(&alert.brand_id).and_then(|of| {
            let choose = |available: &[String]| choose(available, &of.languages);
            of.texts.say(&subject, ours, choose)
        });
        known.unwrap_or_else(|| name.key.as_ref().map(ToString::to_string).unwrap_or_default())
    }
}

/// What branches and regions are called. Who sees an alert sees its place, so names are read in no scope.
fn places(conn: &mut Conn, of: &[Place]) -> Result<HashMap<PlaceId, String>> {
    let branches: Vec<_> = of.iter().filter_map(|place| place.branch()).collect();
    let branches = branch_names(conn, &Scope::everything(), &branches)?;
    let branches = branches.into_iter().map(|(id, (_, name))| (Place::Branch(id).id(), name));
    let regions: Vec<_> = of.iter().filter_map(|place| place.region()).collect();
    let regions = region_names(conn, &regions)?.into_iter();
    Ok(branches.chain(regions.map(|(id, name)| (Place::Region(id).id(), name))).collect())
}

/// What brands are called, and in which languages each is read.
fn brands(conn: &mut Conn, ids: &BTreeSet<BrandId>) -> Result<HashMap<BrandId, (String, Vec<String>)>> {
    let mut brands = HashMap::new();
    for id in ids {
        if let Some(brand) = brand_if_there(conn, *id)? {
            let languages = brand.languages_read();
            brands.insert(*id, (brand.name, languages));
        }
    }
    Ok(brands)
}
