//! A figure slice by slice, as rows of a breakdown.

use super::{
    BreakdownParams, ChangeView, FigureView, Reading, SubjectFigureView, SubjectKind, SubjectView,
    asked::USUALLY, counted::counted,
};
use crate::{
    app::App,
    calendar::Weekday,
    checklists::counted::Subject,
    error::Result,
    http::{listed::Listed, page::PageRequest},
    ids::CampaignId,
    scores::{
        slices::{self, OfSlice, Slice, SliceKind, Slices},
        wanted::{Filter, Wanted},
    },
    texts::{Language, text},
};

/// The breakdown of the figure of a place by such slices.
pub(super) async fn sliced(
    app: &App,
    Reading { scope, place, wishes }: Reading,
    kind: SliceKind,
    (params, page): (BreakdownParams, PageRequest),
) -> Result<Listed<SubjectFigureView>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let part = page.part()?;
    let of = wanted.clone();
    let mut found = app.db.snapshot(move |conn| slices::slices(conn, &scope, (place, &of), kind)).await?;
    let (minimum, spread, order) = (found.place.minimum, found.spread, params.order());
    found.rows.sort_by_key(|row| order.place((row.now.sums, row.before), &spread, minimum));
    let view = |row: &OfSlice| {
        let OfSlice { slice, now, before } = *row;
        let campaign = |id| {
            let filter = Filter { campaign: Some(id), ..wanted.filter.clone() };
            counted(&found.place, place, &Wanted { filter, ..wanted.clone() }, &Subject::Overall)
        };
        SubjectFigureView {
            subject: subject(slice, &found, wishes.ours()),
            figure: FigureView::new(now, minimum, &spread, found.number),
            target: None,
            is_share: false,
            change: ChangeView::between(before, now.sums, minimum, &spread),
            counted: slice.campaign().and_then(campaign),
        }
    };
    page.listed(part, part.of(&found.rows).map(view).collect())
}

impl Slice {
    fn campaign(self) -> Option<CampaignId> {
        if let Self::Campaign(id) = self { id } else { None }
    }
}

fn subject(slice: Slice, found: &Slices, ours: Language) -> SubjectView {
    match slice {
        Slice::Weekday(day) => {
            let (key, title) = named(day, ours);
            SubjectView::of_slice(SubjectKind::Weekday, None, Some(key.to_owned()), Some(title))
        }
        Slice::Hour(hour) => {
            let title = format!("{hour:02}:00–{hour:02}:59");
            SubjectView::of_slice(SubjectKind::Hour, None, Some(format!("{hour:02}")), Some(title))
        }
        Slice::Campaign(id) => {
            let title = id.and_then(|id| found.campaigns.get(&id).cloned());
            SubjectView::of_slice(SubjectKind::Campaign, id, None, title)
        }
    }
}

/// The key of a day of the week, and what it is called.
fn named(day: Weekday, ours: Language) -> (&'static str, String) {
    let (key, title) = match day {
        Weekday::Mon => ("mon", text!("weekday-mon")),
        Weekday::Tue => ("tue", text!("weekday-tue")),
        Weekday::Wed => ("wed", text!("weekday-wed")),
        Weekday::Thu => ("thu", text!("weekday-thu")),
        Weekday::Fri => ("fri", text!("weekday-fri")),
        Weekday::Sat => ("sat", text!("weekday-sat")),
        Weekday::Sun => ("sun", text!("weekday-sun")),
    };
    (key, title.say(ours).into_owned())
}
