//! What does not fit is told and not taken over.
