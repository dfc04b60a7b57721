//! Carries out the moves whose months have begun: from then on the place is seen by those who see the region that it lies in.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::move_place::arrive;
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::Result,
    months::Month,
    places::{
        moves::{carry_out::carry_out_if_begun, store},
        steps::model::Node,
    },
    work::{Queue, Task},
};

/// Lets places lie where their planned moves say.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CarryOutMoves {}

impl Task for CarryOutMoves {
    const KIND: &'static str = "carry_out_moves";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    /// Carries out one move after the other, each in its own transaction: where one fails, the others are carried out all the same, and the task
    /// fails at the end with the last failure. A move may have to wait for another one (two regions that change places), so this goes on as long
    /// as any was carried out.
    async fn run(self, app: &App, (): &()) -> Result<()> {
        let now = app.clock.now();
        // By the clocks of some branches the next month has begun.
        let month = Month::of(now, &TimeZone::UTC);
        let until = month.plus(1).unwrap_or(month);
        loop {
            let (mut is_done, mut failure) = (true, None);
            for place in app.db.read(move |conn| store::to_carry_out(conn, until)).await? {
                match app.db.write(move |conn| carry_out(conn, place, now)).await {
                    Ok(is_carried_out) => is_done &= !is_carried_out,
                    Err(error) => {
                        tracing::error!(%error, place_id = %place.id(), "a planned move could not be carried out");
                        failure = Some(error);
                    }
                }
            }
            if is_done {
                return failure.map_or(Ok(()), Err);
            }
        }
    }
}

/// Carries the move of one place out, if it is time for it; tells whether it was.
fn carry_out(conn: &mut Conn, place: Node, now: Instant) -> Result<bool> {
    let carried_out = carry_out_if_begun(conn, place, now)?;
    if let Some(place) = &carried_out {
        arrive(conn, place, None, now)?;
    }
    Ok(carried_out.is_some())
}
