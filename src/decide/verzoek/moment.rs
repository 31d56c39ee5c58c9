//! The moment of what we issue (rulings 3.9).
//!
//! Whoever gets two versions of an assignment keeps the newest by moment (IV013), and the clock of a gemeente may
//! be ahead of ours, or may say of every decision that it was made at the end of the day. So a version of ours is
//! decided on after all versions in its message, whatever our clock says; Dagtekening follows (TR134).

use super::UitgifteError;
use crate::clock::Moment;
use crate::state::Toewijzing;
use chrono::{NaiveTime, TimeDelta, Timelike};

/// Hours that a moment of ours may be ahead of the clock; further ahead its receiver would refuse it (TR135), so a
/// person sees to it.
const AHEAD_HOURS_MAX: i64 = 24;

/// The clock, but at least one second after every one of these assignments.
pub(super) fn after_all<'t>(
    clock: Moment,
    toewijzingen: impl Iterator<Item = &'t Toewijzing>,
) -> Result<Moment, UitgifteError> {
    let mut moment = clock;
    for toewijzing in toewijzingen {
        let latest = clock.checked_add_signed(TimeDelta::hours(AHEAD_HOURS_MAX)).unwrap_or(clock);
        let first = second_after(toewijzing).filter(|first| *first <= latest);
        moment = moment.max(first.ok_or_else(|| too_far_ahead(toewijzing))?);
    }
    Ok(moment)
}

/// The first whole second that is at least one second after the moment of this version. A time that a clock does
/// not show (24:00:00) is the end of the day.
fn second_after(toewijzing: &Toewijzing) -> Option<Moment> {
    let day = toewijzing.toewijzingsdatum;
    let Ok(time) = NaiveTime::parse_from_str(&toewijzing.toewijzingstijd, "%H:%M:%S%.f") else {
        return day.succ_opt()?.and_hms_opt(0, 0, 1);
    };
    let second = day.and_time(time.with_nanosecond(0)?);
    let seconds = if time.nanosecond() == 0 { 1 } else { 2 };
    second.checked_add_signed(TimeDelta::seconds(seconds))
}

fn too_far_ahead(toewijzing: &Toewijzing) -> UitgifteError {
    let Toewijzing { nummer, toewijzingsdatum, toewijzingstijd, .. } = toewijzing;
    UitgifteError::Vooruit { nummer: *nummer, moment: format!("{toewijzingsdatum} {toewijzingstijd}") }
}
