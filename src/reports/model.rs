//! Reports as they are kept, and what they show.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    checklists::{
        media_type::{Form, MediaType},
        model::{AnswerKind, Key, Question},
    },
    db::{
        schema::{report, report_comment, report_file},
        types::{Instant, Json, Sha256},
    },
    fieldwork::campaigns::terms::Reporting,
    ids::{
        AccountId, BranchId, BrandId, CampaignId, EvidenceId, RegionId, ReportCommentId, ReportFileId,
        ReportId, VisitId,
    },
    limits::PlainLines,
    months::Month,
    places::notices::model::ReportingLevel,
};

/// What somebody says about a report.
pub type CommentText = PlainLines<1, 4_000>;

/// A report: that a visit went out to the branch's side, and what is shown of it. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = report, treat_none_as_default_value = false)]
pub struct Report {
    /// Its id, which tells nothing of the visit.
    pub id: ReportId,
    /// The visit.
    pub visit_id: VisitId,
    /// The brand.
    pub brand_id: BrandId,
    /// The region that the branch was in.
    pub region_id: Option<RegionId>,
    /// The branch that was visited.
    pub branch_id: BranchId,
    /// The campaign that wanted the visit, if one did.
    pub campaign_id: Option<CampaignId>,
    /// The month of the first day that is shown.
    pub month: Month,
    /// The day of the visit, or the first day of its week (see [`days_shown`]).
    pub first_day: String,
    /// The same day, or the last day of the week.
    pub last_day: String,
    /// The day on which it went out, by the clocks of the region.
    pub released_on: String,
    /// What it shows.
    pub shows: Json<Shows>,
    /// When it went out: for the ledger, and for nobody else.
    pub created_at: Instant,
}

/// A photo or a recording of a report.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = report_file, treat_none_as_default_value = false)]
pub struct ReportFile {
    /// Its id, which tells nothing of the file that it was made of.
    pub id: ReportFileId,
    /// The report.
    pub report_id: ReportId,
    /// The brand.
    pub brand_id: BrandId,
    /// The file that it was made of.
    pub evidence_id: EvidenceId,
    /// The key of the question that it belongs to.
    pub question: String,
    /// The digest of the copy: it is the blob of that name.
    pub sha256: Sha256,
    /// How many bytes the copy has.
    pub size: i64,
    /// When it went out.
    pub created_at: Instant,
    /// What a recording is; nothing of a photo, which is a JPEG.
    pub media_type: Option<MediaType>,
}

impl ReportFile {
    /// What it is.
    pub fn kind(&self) -> MediaType {
        self.media_type.unwrap_or(MediaType::Jpeg)
    }

    /// Whether it is a recording.
    pub fn is_recording(&self) -> bool {
        self.kind().form() == Form::Recording
    }
}

/// A comment of the branch's side on a report.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = report_comment, treat_none_as_default_value = false)]
pub struct ReportComment {
    /// Its id.
    pub id: ReportCommentId,
    /// The report.
    pub report_id: ReportId,
    /// The brand.
    pub brand_id: BrandId,
    /// Who said it.
    pub account_id: AccountId,
    /// What was said.
    pub text: String,
    /// When it was said.
    pub created_at: Instant,
}

/// What a report shows: settled when it goes out, by its campaign and by what staff had been informed of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shows {
    /// Whether comments are shown.
    pub comments: bool,
    /// Whether photos are shown.
    pub photos: bool,
    /// Whether amounts are shown.
    pub amounts: bool,
    /// Whether answers to questions about the visit are shown.
    pub about_visit: bool,
    /// Whether answers that name staff are shown.
    pub names: bool,
    /// Whether recordings are shown.
    #[serde(default)]
    pub recordings: bool,
    /// The questions that are left out.
    #[serde(default)]
    pub hidden: Vec<Key>,
}

impl Shows {
    /// What is shown as a campaign has it, to staff who were informed of this level.
    pub fn of(campaign: &Reporting, level: Option<ReportingLevel>) -> Self {
        let is_covered = level.is_some_and(|level| level >= ReportingLevel::Branch);
        Self {
            comments: campaign.comments,
            photos: campaign.photos,
            amounts: campaign.amounts && is_covered,
            about_visit: campaign.about_visit && is_covered,
            names: level == Some(ReportingLevel::Person),
            recordings: campaign.recordings && level == Some(ReportingLevel::Person),
            hidden: campaign.hidden.iter().map(|key| Key::from(key.as_str())).collect(),
        }
    }

    /// Whether anything of this question is shown.
    pub fn shows(&self, question: &Question) -> bool {
        let is_left_out = question.is_control()
            || question.about_visit && !self.about_visit
            || question.names_staff && !self.names
            || self.hidden.contains(&question.key);
        !is_left_out
    }

    /// Whether recordings that belong to this question are shown.
    pub fn shows_recordings(&self, question: &Question) -> bool {
        self.recordings && self.shows(question)
    }

    /// Whether photos that belong to this question are shown. A signature is never shown.
    pub fn shows_photos(&self, question: &Question) -> bool {
        self.photos && self.shows(question) && !matches!(question.answer, AnswerKind::Signature {})
    }
}

#[cfg(test)]
impl Shows {
    /// All that a report can show.
    pub const ALL: Self = Self {
        comments: true,
        photos: true,
        amounts: true,
        about_visit: true,
        names: true,
        recordings: true,
        hidden: Vec::new(),
    };
}

/// The first and the last day that are shown of a visit on this day: the day itself, or its week from Monday to Sunday where the
/// branch is seldom visited. The days of a month before its first whole week belong to that week, and those after its last one to
/// that: a figure says in which month a visit counts, and would leave fewer than seven days of a week that is of two months.
pub fn days_shown(made_on: Date, is_seldom_visited: bool) -> (Date, Date) {
    if !is_seldom_visited {
        return (made_on, made_on);
    }
    let (first, last) = (made_on.first_of_month(), made_on.last_of_month());
    let monday_of = |day: Date| day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days());
    let whole_week = monday_of(made_on)
        .max(monday_of(first.saturating_add(6.days())))
        .min(monday_of(last.saturating_sub(6.days())));
    let sunday = whole_week.saturating_add(6.days());
    let starts = if whole_week.day() <= 7 { first } else { whole_week };
    let ends = if sunday.saturating_add(7.days()) > last { last } else { sunday };
    (starts, ends)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_week_begins_on_monday_and_lies_in_one_month() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (made_on, first, last) in [
            ("2026-03-14", "2026-03-09", "2026-03-15"),
            ("2026-03-15", "2026-03-09", "2026-03-15"),
            ("2026-03-16", "2026-03-16", "2026-03-22"),
            ("2026-03-01", "2026-03-01", "2026-03-08"),
            ("2026-03-08", "2026-03-01", "2026-03-08"),
            ("2026-03-22", "2026-03-16", "2026-03-22"),
            ("2026-03-23", "2026-03-23", "2026-03-31"),
            ("2026-03-31", "2026-03-23", "2026-03-31"),
            ("2026-02-28", "2026-02-16", "2026-02-28"),
            ("2026-02-01", "2026-02-01", "2026-02-08"),
            ("2027-02-01", "2027-02-01", "2027-02-07"),
            ("2027-02-28", "2027-02-22", "2027-02-28"),
        ] {
            assert_eq!(days_shown(day(made_on), true), (day(first), day(last)), "{made_on}");
            assert_eq!(days_shown(day(made_on), false), (day(made_on), day(made_on)));
        }
        let mut made_on = day("2026-01-01");
        while made_on < day("2028-01-01") {
            let (first, last) = days_shown(made_on, true);
            assert!((first..=last).contains(&made_on), "{made_on}");
            assert_eq!(first.first_of_month(), last.first_of_month(), "{made_on}");
            assert!((6..=12).contains(&first.until(last).unwrap().get_days()), "{made_on}");
            assert_eq!(days_shown(first, true), days_shown(last, true), "{made_on}");
            made_on = made_on.tomorrow().unwrap();
        }
    }

    #[test]
    fn what_is_shown_beyond_the_usual_needs_a_notice() {
        let all = Reporting { amounts: true, about_visit: true, recordings: true, ..Reporting::default() };
        for (level, covered, names) in [
            (None, false, false),
            (Some(ReportingLevel::Region), false, false),
            (Some(ReportingLevel::Branch), true, false),
            (Some(ReportingLevel::Person), true, true),
        ] {
            let shows = Shows::of(&all, level);
            assert_eq!(
                (shows.amounts, shows.about_visit, shows.names, shows.recordings),
                (covered, covered, names, names),
                "{level:?}"
            );
            let usual = Shows::of(&Reporting::default(), level);
            assert!(!usual.amounts && !usual.about_visit && !usual.recordings);
            assert!(usual.comments && usual.photos);
        }
    }

    fn question(more: serde_json::Value) -> Question {
        let mut question = serde_json::json!({"key": "q", "text": {"en": "?"}, "answer": {"kind": "photo"}});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(question).unwrap()
    }

    #[test]
    fn a_question_is_shown_unless_something_leaves_it_out() {
        use serde_json::json;

        let plain = question(json!({}));
        let (about, staff) = (question(json!({"about_visit": true})), question(json!({"names_staff": true})));
        let (no_visit, no_names) =
            (Shows { about_visit: false, ..Shows::ALL }, Shows { names: false, ..Shows::ALL });
        let hidden = Shows { hidden: vec![Key::from("q")], ..Shows::ALL };
        let other = Shows { hidden: vec![Key::from("r")], ..Shows::ALL };
        for (shows, question, is_shown) in [
            (&Shows::ALL, &plain, true),
            (&Shows::ALL, &about, true),
            (&Shows::ALL, &staff, true),
            (&Shows::ALL, &question(json!({"answer": {"kind": "yes_no"}, "control": {"var": "q"}})), false),
            (&no_visit, &about, false),
            (&no_visit, &plain, true),
            (&no_visit, &staff, true),
            (&no_names, &staff, false),
            (&no_names, &plain, true),
            (&hidden, &plain, false),
            (&other, &plain, true),
        ] {
            assert_eq!(shows.shows(question), is_shown, "{shows:?} {question:?}");
            assert_eq!(shows.shows_photos(question), is_shown);
            assert_eq!(shows.shows_recordings(question), is_shown);
        }
        assert!(!Shows { photos: false, ..Shows::ALL }.shows_photos(&plain));
        assert!(Shows { photos: false, ..Shows::ALL }.shows_recordings(&plain));
        assert!(!Shows { recordings: false, ..Shows::ALL }.shows_recordings(&plain));
        let signature = question(json!({"answer": {"kind": "signature"}}));
        assert!(Shows::ALL.shows(&signature) && !Shows::ALL.shows_photos(&signature));
    }

    #[test]
    fn what_a_campaign_leaves_out_is_left_out() {
        let campaign = Reporting { comments: false, photos: false, ..Reporting::default() };
        let shows = Shows::of(&campaign, Some(ReportingLevel::Person));
        assert!(!shows.comments && !shows.photos && shows.hidden.is_empty());
        assert!(!shows.amounts && !shows.about_visit && !shows.recordings && shows.names);
        let hidden = serde_json::from_str(r#"{"hidden": ["a", "b"]}"#).unwrap();
        assert_eq!(Shows::of(&hidden, None).hidden, [Key::from("a"), Key::from("b")]);
    }

    #[test]
    fn a_file_is_a_photo_unless_it_says_otherwise() {
        let id = uuid::Uuid::nil();
        let file = |media_type| ReportFile {
            id: ReportFileId::new(id),
            report_id: ReportId::new(id),
            brand_id: BrandId::new(id),
            evidence_id: EvidenceId::new(id),
            question: "q".into(),
            sha256: Sha256::of(b""),
            size: 1,
            created_at: Instant::from_micros(0),
            media_type,
        };
        for (media_type, kind, is_recording) in [
            (None, MediaType::Jpeg, false),
            (Some(MediaType::Jpeg), MediaType::Jpeg, false),
            (Some(MediaType::Ogg), MediaType::Ogg, true),
        ] {
            let file = file(media_type);
            assert_eq!((file.kind(), file.is_recording()), (kind, is_recording));
        }
    }
}
