//! No core dumps: a core has every message in memory in it, and lies where nobody looks after it.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// From now on no core is written of this process, nor of what it starts, whatever the machine is set to. The limit
/// says so to who looks; the other also holds where the system hands cores to a program.
pub fn forbid() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    for (how, done) in [
        ("RLIMIT_CORE", setrlimit(Resource::Core, none)),
        ("PR_SET_DUMPABLE", set_dumpable_behavior(DumpableBehavior::NotDumpable)),
    ] {
        if let Err(error) = done {
            let reason = crate::io_text::io_text(&error.into());
            tracing::warn!(how, reason, "een geheugendump van dit proces is niet te verbieden");
        }
    }
}
