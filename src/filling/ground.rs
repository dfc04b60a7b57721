//! What visits of the past stand on: their brand, its branches, the version that is filled in, what staff were informed of.

use std::{collections::HashMap, sync::Arc};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    accounts::policy::Scope,
    checklists::{self, cache::Version},
    db::{Conn, Db, types::Instant},
    error::{Error, Result},
    fieldwork::campaigns::terms::Reporting,
    ids::{BranchId, BrandId, RegionId, VersionId},
    places::{
        self,
        model::{Branch, Brand},
        notices::model::{Informed, Notice},
    },
    reports::model::Shows,
};

/// So many branches are read at a time.
const BRANCHES_AT_ONCE: i64 = 1_000;

/// What visits of the past stand on; read once.
#[derive(Debug)]
pub struct Ground {
    /// The brand.
    pub brand: Brand,
    /// What is filled in.
    pub version: Arc<Version>,
    /// The present: nothing has happened later.
    pub now: Instant,
    sites: HashMap<BranchId, Site>,
    notices: Vec<Notice>,
}

/// A branch with what lies above it.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) branch: Branch,
    pub(super) zone: TimeZone,
    above: Vec<RegionId>,
}

impl Ground {
    /// Reads what visits of this brand under this version stand on.
    ///
    /// # Errors
    /// `not_found` if brand or version are not there.
    pub async fn read(db: &Db, brand: BrandId, version: VersionId, now: Instant) -> Result<Self> {
        db.snapshot(move |conn| {
            Ok(Self {
                brand: places::store::brand(conn, &Scope::everything(), brand)?,
                version: Arc::new(checklists::store::version(conn, version)?),
                now,
                sites: sites(conn, brand)?,
                notices: places::notices::store::all_of(conn, brand)?,
            })
        })
        .await
    }

    /// The branches of the brand, in no order.
    pub fn branches(&self) -> impl Iterator<Item = &Branch> {
        self.sites.values().map(|site| &site.branch)
    }

    pub(super) fn site(&self, branch: BranchId) -> Result<&Site> {
        self.sites.get(&branch).ok_or_else(|| Error::internal("the brand has no such branch"))
    }

    /// What a report shows that goes out there on this day.
    pub(super) fn shows(&self, site: &Site, day: Date) -> Shows {
        let level = match self.notices.is_empty() {
            true => None,
            false => Informed::of(self.notices.clone(), site.branch.id, &site.above, day).level,
        };
        Shows::of(&Reporting::default(), level)
    }
}

/// The branches of a brand.
fn sites(conn: &mut Conn, brand: BrandId) -> Result<HashMap<BranchId, Site>> {
    let (scope, mut sites) = (Scope::everything(), HashMap::new());
    let mut above = HashMap::<RegionId, Vec<RegionId>>::new();
    let filter = places::store::PlaceFilter { brand: Some(brand), within: None, state: None };
    let mut after = None;
    loop {
        let page = places::store::branches(conn, &scope, filter, after, BRANCHES_AT_ONCE)?;
        let Some(last) = page.last() else { return Ok(sites) };
        after = Some(last.id);
        for branch in page {
            let zone = places::model::time_zone(&branch.time_zone)
                .ok_or_else(|| Error::internal(format_args!("there is no zone {}", branch.time_zone)))?;
            let regions = match branch.region_id {
                None => Vec::new(),
                Some(id) => match above.get(&id) {
                    Some(regions) => regions.clone(),
                    None => above.entry(id).or_insert(places::store::regions_above(conn, id)?).clone(),
                },
            };
            sites.insert(branch.id, Site { branch, zone, above: regions });
        }
    }
}
