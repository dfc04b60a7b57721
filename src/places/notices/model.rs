//! Notices as they are kept, and what they come to for the staff of a branch.

use std::collections::HashSet;

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    calendar::Day,
    db::{
        schema::notice,
        types::{Instant, Json},
    },
    error::FieldError,
    ids::{AccountId, BranchId, BrandId, DocumentId, NoticeId, RegionId},
    limits::{ByLanguage, LanguageTag, PlainLines, Several},
    places::named::NamedPlaces,
    strict::objects_only,
};

/// Most languages of a notice.
pub const MOST_LANGUAGES: usize = 40;
/// What staff were informed of, by language.
pub type Words = ByLanguage<PlainLines<1, 20_000>, MOST_LANGUAGES>;
/// What the programme is for, by language.
pub type Purpose = ByLanguage<PlainLines<1, 2_000>, MOST_LANGUAGES>;
/// The documents of a notice, each language once.
pub type Documents = Several<DocumentInLanguage, 0, MOST_LANGUAGES>;

/// How closely reports may look at people: no closer than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportingLevel {
    /// Figures of the whole brand.
    Brand,
    /// Figures of regions.
    Region,
    /// Figures and reports of branches.
    Branch,
    /// Reports that name a person who works there.
    Person,
}

/// A document that staff were given, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct DocumentInLanguage {
    /// The language that it is written in.
    pub language: LanguageTag,
    /// The document; see `PUT /v1/notice-documents/{id}`.
    pub document_id: DocumentId,
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NoticeContent {
    /// Whose staff were informed; all of the brand if nothing is named.
    #[serde(default, skip_serializing_if = "NamedPlaces::is_empty")]
    pub places: NamedPlaces,
    /// The day on which they had been informed.
    pub informed_on: Day,
    /// The day from which on the programme runs so: that day or a later one.
    pub starts_on: Day,
    /// What was said to them, in each language.
    pub words: Words,
    /// What the programme is for.
    pub purpose: Purpose,
    /// How closely reports look at people.
    pub level: ReportingLevel,
    /// Whether pay follows from the figures.
    pub affects_pay: bool,
    /// The day on which the works council was consulted, if there is one and it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub council_consulted_on: Option<Day>,
    /// What they were given, each language once.
    #[serde(default, skip_serializing_if = "Documents::is_empty")]
    pub documents: Documents,
}

objects_only!(DocumentInLanguage, NoticeContent);

impl NoticeContent {
    /// What contradicts itself, on this day.
    pub fn contradictions(&self, today: Date) -> Vec<FieldError> {
        let wrong = |at: &str, why: &str| Some(FieldError::new(format!("/content/{at}"), "range", why));
        let dates = [
            // It is tomorrow already in some places.
            if self.informed_on.date() > today.saturating_add(jiff::Span::new().days(1)) {
                wrong("informed_on", "enter a notice when staff have been informed")
            } else {
                None
            },
            if self.starts_on < self.informed_on {
                wrong("starts_on", "staff are informed before the programme starts, or on that day")
            } else {
                None
            },
            match self.council_consulted_on {
                Some(day) if day > self.starts_on => wrong(
                    "council_consulted_on",
                    "the works council is consulted before the programme starts",
                ),
                _ => None,
            },
        ];
        let mut languages = HashSet::new();
        let twice = (0..).zip(&self.documents).filter(|(_, one)| !languages.insert(&one.language));
        let twice = twice.map(|(at, _): (usize, _)| {
            let message = "there is a document in this language already: join the two";
            FieldError::new(format!("/content/documents/{at}/language"), "twice", message)
        });
        dates.into_iter().flatten().chain(twice).collect()
    }

    /// Whether it is about the staff of a branch that lies in these regions.
    pub fn is_about(&self, branch: BranchId, above: &[RegionId]) -> bool {
        let NamedPlaces { regions, branches } = &self.places;
        self.places.is_empty()
            || branches.contains(&branch)
            || regions.iter().any(|region| above.contains(region))
    }
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = notice, treat_none_as_default_value = false)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// The notice that it takes the place of, from its start on.
    pub follows_id: Option<NoticeId>,
    /// What it says.
    pub content: Json<NoticeContent>,
    /// Who entered it.
    pub created_by: AccountId,
    /// When it was entered.
    pub created_at: Instant,
}

impl Notice {
    /// Whether both say the same; who entered them and when does not matter.
    pub fn is_same(&self, other: &Self) -> bool {
        let Self { created_by, created_at, .. } = *self;
        *self == Self { created_by, created_at, ..other.clone() }
    }
}

/// Whether staff anywhere in a brand know, or will know before it starts, that reports name people, if these are the notices of the
/// brand: one of this level runs, or is to start, and none that has started by then takes its place.
pub fn are_people_named(notices: &[Notice], day: Date) -> bool {
    let has_started = |notice: &&Notice| notice.content.0.starts_on.date() <= day;
    let followed: HashSet<_> =
        notices.iter().filter(has_started).filter_map(|notice| notice.follows_id).collect();
    let mut named = notices.iter().filter(|notice| notice.content.0.level == ReportingLevel::Person);
    named.any(|notice| !followed.contains(&notice.id))
}

/// What the staff of a branch had been informed of by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Informed {
    /// How closely reports may look at people; none if staff were not informed.
    pub level: Option<ReportingLevel>,
    /// Whether staff were informed that pay follows from the figures.
    pub affects_pay: bool,
    /// The notices that say so, in the order of their entering.
    pub notices: Vec<Notice>,
}

impl Informed {
    /// What these notices of a brand, in the order of their entering, come to for a branch that lies in these regions: those
    /// about it that have started by then, and that none which has started by then and is about it takes the place of. Where
    /// there are several, staff know all of them.
    pub fn of(notices: Vec<Notice>, branch: BranchId, above: &[RegionId], day: Date) -> Self {
        let runs = |notice: &Notice| {
            notice.content.0.starts_on.date() <= day && notice.content.0.is_about(branch, above)
        };
        let running: Vec<_> = notices.into_iter().filter(runs).collect();
        let followed: HashSet<_> = running.iter().filter_map(|notice| notice.follows_id).collect();
        let notices: Vec<_> = running.into_iter().filter(|notice| !followed.contains(&notice.id)).collect();
        Self {
            level: notices.iter().map(|notice| notice.content.0.level).max(),
            affects_pay: notices.iter().any(|notice| notice.content.0.affects_pay),
            notices,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn content(changes: &[(&str, Value)]) -> NoticeContent {
        let mut content = json!({
            "informed_on": "2026-03-02", "starts_on": "2026-04-01", "level": "branch", "affects_pay": false,
            "words": {"en": "Guests who are not known to you will visit."}, "purpose": {"en": "To serve better."},
        });
        for (member, value) in changes {
            content[*member] = value.clone();
        }
        serde_json::from_value(content).unwrap()
    }

    fn notice(id: u128, follows: Option<u128>, changes: &[(&str, Value)]) -> Notice {
        Notice {
            id: NoticeId::new(Uuid::from_u128(id)),
            brand_id: BrandId::new(Uuid::nil()),
            follows_id: follows.map(|id| NoticeId::new(Uuid::from_u128(id))),
            content: Json(content(changes)),
            created_by: AccountId::new(Uuid::nil()),
            created_at: Instant::from_micros(0),
        }
    }

    const TODAY: Date = Date::constant(2026, 3, 2);

    #[test]
    fn contradictions_have_their_place() {
        let documents = json!([{"language": "fr", "document_id": Uuid::nil()}, {"language": "fr", "document_id": Uuid::max()}]);
        for (change, pointer) in [
            (("informed_on", json!("2026-03-04")), "/content/informed_on"),
            (("starts_on", json!("2026-03-01")), "/content/starts_on"),
            (("council_consulted_on", json!("2026-04-02")), "/content/council_consulted_on"),
            (("documents", documents), "/content/documents/1/language"),
        ] {
            let found = content(&[change]).contradictions(TODAY);
            assert_eq!(found.iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), [pointer]);
        }
        let right = [("informed_on", json!("2026-03-03")), ("council_consulted_on", json!("2026-04-01"))];
        assert!(content(&right).contradictions(TODAY).is_empty());
    }

    #[test]
    fn people_are_named_where_a_notice_says_so() {
        let person = ("level", json!("person"));
        let (plain, named) = (notice(1, None, &[]), notice(2, None, &[person]));
        let back = notice(3, Some(2), &[("starts_on", json!("2026-06-01"))]);
        let on = |notices: &[&Notice], day: &str| {
            let notices: Vec<_> = notices.iter().copied().cloned().collect();
            are_people_named(&notices, day.parse().unwrap())
        };
        assert!(!on(&[], "2026-03-02") && !on(&[&plain], "2026-05-01"));
        assert!(on(&[&plain, &named], "2026-03-02"), "it is to start");
        assert!(on(&[&named, &back], "2026-05-31"));
        assert!(!on(&[&named, &back], "2026-06-01"), "another has taken its place");
    }

    #[test]
    fn staff_know_what_runs_where_they_work() {
        let (branch, region) = (BranchId::new(Uuid::from_u128(7)), RegionId::new(Uuid::from_u128(8)));
        let of = |notices: &[Notice], day: &str| {
            let informed = Informed::of(notices.to_vec(), branch, &[region], day.parse().unwrap());
            let ids = informed.notices.iter().map(|notice| notice.id.uuid().as_u128()).collect::<Vec<_>>();
            (informed.level, informed.affects_pay, ids)
        };
        let everywhere = notice(1, None, &[]);
        let named = ("level", json!("person"));
        let here = notice(2, None, &[named.clone(), ("places", json!({"branches": [branch]}))]);
        let around =
            notice(3, None, &[("affects_pay", json!(true)), ("places", json!({"regions": [region]}))]);
        let elsewhere = notice(4, None, &[named.clone(), ("places", json!({"branches": [Uuid::nil()]}))]);
        let later = notice(5, Some(1), &[("starts_on", json!("2026-06-01")), ("level", json!("brand"))]);
        let all = [everywhere.clone(), here, around, elsewhere, later.clone()];

        assert_eq!(of(&all, "2026-03-31"), (None, false, vec![]), "nothing has started");
        assert_eq!(of(&all, "2026-04-01"), (Some(ReportingLevel::Person), true, vec![1, 2, 3]));
        assert_eq!(of(&all, "2026-06-01"), (Some(ReportingLevel::Person), true, vec![2, 3, 5]));
        let two = [everywhere.clone(), later];
        assert_eq!(of(&two, "2026-05-31"), (Some(ReportingLevel::Branch), false, vec![1]));
        assert_eq!(of(&two, "2026-06-01"), (Some(ReportingLevel::Brand), false, vec![5]), "and no closer");
        // One that follows somewhere else leaves what was said here.
        let moved = notice(6, Some(1), &[("places", json!({"branches": [Uuid::nil()]}))]);
        assert_eq!(of(&[everywhere, moved], "2026-06-01"), (Some(ReportingLevel::Branch), false, vec![1]));
    }
}
