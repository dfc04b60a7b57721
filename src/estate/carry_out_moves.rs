//! Carries out the moves whose months have begun: from then on the place is seen by those who see the region that it lies in.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::move_place::arrive;
use crate::{
    app::App,
    db::Conn,
    error::Result,
    months::Month,
    places::moves::{carry_out::carry_out_if_begun, store},
    work::{Queue, Task},
};

/// Lets places lie where their planned moves say.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CarryOutMoves {}

impl Task for CarryOutMoves {
    const KIND: &'static str = "carry_out_moves";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let now = app.clock.now();
        // By the clocks of some branches the next month has begun.
        let month = Month::of(now, &TimeZone::UTC);
        let until = month.plus(1).unwrap_or(month);
        for place in app.db.read(move |conn| store::to_carry_out(conn, until)).await? {
            let carry_out = move |conn: &mut Conn| match carry_out_if_begun(conn, place, now)? {
                Some(place) => arrive(conn, &place, None, now),
                None => Ok(()),
            };
            app.db.write(carry_out).await?;
        }
        Ok(())
    }
}
