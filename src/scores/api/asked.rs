//! Which visits are asked for: the parameters that all addresses of scores have in common.

use jiff::tz::TimeZone;
use validator::{ValidationError, ValidationErrors};

use crate::{
    calendar::{bound::Bound, days::Days},
    db::types::Instant,
    error::{Error, FieldError, Result},
    ids::{CampaignId, ChecklistId, VersionId},
    limits::{PlainText, Whole},
    months::{Month, Period},
    scores::wanted::{Filter, Wanted},
};

/// The longest span, in months.
const LONGEST: i32 = 120;
/// The span if none is named: so many months, this one included.
pub(super) const USUALLY: i32 = 12;

/// So many months up to a day.
pub(in crate::scores) type Rolling = Whole<1, 120>;

/// What is asked for in common.
#[derive(Clone, Debug)]
pub(in crate::scores) struct Asked {
    pub(super) from: Option<Bound>,
    pub(super) to: Option<Bound>,
    pub(super) rolling: Option<Rolling>,
    pub(super) campaign_id: Option<CampaignId>,
    pub(super) checklist_id: Option<ChecklistId>,
    pub(super) version_id: Option<VersionId>,
    pub(super) q: Option<PlainText<1, 100>>,
}

impl Asked {
    /// What is wrong with it, for `validator`.
    pub(super) fn check(&self) -> std::result::Result<(), ValidationErrors> {
        if let Some((from, to)) = self.from.zip(self.to)
            && let Err(why) = days(from, to)
        {
            return Err(wrong("from", "range", why));
        }
        Ok(())
    }

    /// The same where there is no series that rolls.
    pub(super) fn check_one(&self) -> std::result::Result<(), ValidationErrors> {
        if self.rolling.is_some() && self.from.is_some() {
            return Err(wrong("rolling", "contradiction", "it stands in the place of `from`"));
        }
        self.check()
    }

    /// Which visits are wanted: of so many months, if no others are named.
    pub(super) fn wanted(self, months: i32, now: Instant) -> Result<Wanted> {
        let months = self.rolling.map_or(months, |rolling| i32::try_from(rolling.get()).unwrap_or(months));
        let to = self.to.unwrap_or_else(|| Bound::Month(Month::of(now, &TimeZone::UTC)));
        let days = match self.from {
            Some(from) => days(from, to),
            None => Days::up_to(to.last(), months).ok_or("no month before the year 0"),
        };
        let days = days.map_err(|why| Error::invalid(vec![FieldError::new("from", "range", why)]))?;
        let filter = Filter {
            campaign: self.campaign_id,
            checklist: self.checklist_id,
            version: self.version_id,
            branch_called: self.q.map(String::from),
        };
        Ok(Wanted { days, filter, now })
    }
}

/// The days between these ends.
fn days(from: Bound, to: Bound) -> std::result::Result<Days, &'static str> {
    let days = Days::new(from.first(), to.last()).ok_or("no later than `to`")?;
    if days.months_touched().months() > LONGEST { Err("at most 120 months up to `to`") } else { Ok(days) }
}

/// The period of these months.
///
/// # Errors
/// What its first month may be.
pub(super) fn period(from: Month, to: Month) -> std::result::Result<Period, &'static str> {
    days(Bound::Month(from), Bound::Month(to))?.period().ok_or("no later than `to`")
}

/// Says what is wrong with a parameter, for `validator`.
pub(super) fn wrong(field: &'static str, code: &'static str, why: &'static str) -> ValidationErrors {
    let mut wrong = ValidationErrors::new();
    wrong.add(field, ValidationError::new(code).with_message(why.into()));
    wrong
}

/// The parameters of an address: its own, and those that say which visits are asked for.
macro_rules! asks {
    ($(#[$about:meta])* pub struct $name:ident { $($own:tt)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, serde::Deserialize, utoipa::IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub struct $name {
            $($own)*
            /// The first month, or the first day; if left out, the 12 months up to `to` (6 for movers). There may be 120 months from the first to the
            /// last, both included. Days are those of the clocks at each branch, and a visit is of the day on which it began. Managers and HR are
            /// given days and filtered figures of the reports that they can list, each of the first day that it shows.
            from: Option<crate::calendar::bound::Bound>,
            /// The last month, or the last day; if left out, the present month (UTC).
            to: Option<crate::calendar::bound::Bound>,
            /// So many months up to `to`, in the place of `from`; of a trend, so many months up to the end of each step.
            #[param(inline)]
            rolling: Option<crate::scores::api::asked::Rolling>,
            /// Only visits that this campaign wanted.
            campaign_id: Option<crate::ids::CampaignId>,
            /// Only visits with this checklist.
            checklist_id: Option<crate::ids::ChecklistId>,
            /// Only visits with this version of a checklist.
            version_id: Option<crate::ids::VersionId>,
            /// Only visits to branches whose code or name has this in it.
            #[param(inline)]
            q: Option<crate::limits::PlainText<1, 100>>,
        }

        impl $name {
            pub(in crate::scores) fn asked(&self) -> crate::scores::api::asked::Asked {
                crate::scores::api::asked::Asked {
                    from: self.from,
                    to: self.to,
                    rolling: self.rolling,
                    campaign_id: self.campaign_id,
                    checklist_id: self.checklist_id,
                    version_id: self.version_id,
                    q: self.q.clone(),
                }
            }
        }
    };
}

/// Nothing else is wrong with these parameters than what can be wrong with what is asked for.
macro_rules! asks_rightly {
    ($($params:ty),+) => {
        $(impl validator::Validate for $params {
            fn validate(&self) -> std::result::Result<(), validator::ValidationErrors> {
                self.asked().check_one()
            }
        })+
    };
}

pub(super) use {asks, asks_rightly};
