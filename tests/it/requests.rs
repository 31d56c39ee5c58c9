//! JW301, JW315 and JW319 with their retours, the automatic answer and what operators decide.

mod afgekeurd;
mod antwoorden;
mod automatisch;
pub mod berichten;
mod herindeling;
mod kennis;
mod moment;
mod onrechtmatig;
mod operator;
mod retouren;
mod toewijzingen;
mod uitgifte;
mod verwijzer;
mod verzoeken;
mod wijzigen;
mod wijzigingsregels;
pub mod world;
