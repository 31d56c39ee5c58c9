//! Level 2: rules that can be judged within one message. One file per rule.
//!
//! A rule reads one message and adds a finding per violation; it never panics on a message that
//! passed level 1, whatever its dates. Where a rule text names no path, the file of the rule says
//! which elements it judges and why. What several rules share stands in the four modules below.

mod dates;
pub(crate) mod overlap;
mod parts;
mod regel;
mod unique;

pub(super) use dates::runs_past_2020;

pub(super) mod cd005;
pub(super) mod cd007;
pub(super) mod cd009;
pub(super) mod cd025;
pub(super) mod cd034;
pub(super) mod cd041;
pub(super) mod cd043;
pub(super) mod cd055;
pub(super) mod cd058;
pub(super) mod cd060;
pub(super) mod cd062;
pub(super) mod cd066;
pub(super) mod cd067;
pub(super) mod cd068;
pub(super) mod cd075;
pub(super) mod cd076;
pub(super) mod cd077;
pub(super) mod cd078;
pub(super) mod cd079;
pub(super) mod cd080;
pub(super) mod cd085;
pub(super) mod cd086;
pub(super) mod cd087;
pub(super) mod cd095;
pub(super) mod cd096;
pub(super) mod cs002;
pub(super) mod cs003;
pub(super) mod cs015;
pub(super) mod cs025;
pub(super) mod cs050;
pub(super) mod cs058;
pub(super) mod cs089;
pub(super) mod cs100;
pub(super) mod cs103;
pub(super) mod cs108;
pub(super) mod cs139;
pub(super) mod cs318;
pub(super) mod cs319;
pub(super) mod cs323;
pub(super) mod cs325;
pub(super) mod cs327;
pub(super) mod cs328;
pub(super) mod cs331;
pub(super) mod cs335;
pub(super) mod cs336;
pub(super) mod cs337;
pub(super) mod cs338;
pub(super) mod cs339;
pub(super) mod cs340;
pub(super) mod cs343;
pub(super) mod tr002;
pub(super) mod tr006;
pub(super) mod tr018;
pub(super) mod tr061;
pub(super) mod tr101;
pub(super) mod tr134;
pub(super) mod tr137;
pub(super) mod tr302;
pub(super) mod tr312;
pub(super) mod tr315;
pub(super) mod tr316;
pub(super) mod tr317;
pub(super) mod tr320;
pub(super) mod tr335;
pub(super) mod tr342;
pub(super) mod tr352;
pub(super) mod tr353;
pub(super) mod tr358;
pub(super) mod tr377;
pub(super) mod tr380;
pub(super) mod tr383;
pub(super) mod tr386;
pub(super) mod tr409;
pub(super) mod tr410;
pub(super) mod tr416;

/// What every rule of level 2 gives: the message is rejected for technical reasons.
const TECHNISCH: Option<crate::codes::Retourcode> = Some(crate::codes::Retourcode::TECHNISCH);
