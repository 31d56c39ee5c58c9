//! Versions of servers that were tried: what another one changed may matter here (docs/operations.md).

use super::Checkup;

/// A kind of server, and what we know of its versions: major and minor, the latter 0 where it changes nothing.
struct KnownServer {
    what: &'static str,
    name: &'static str,
    /// Older ones lack what we rely on.
    oldest: (u32, u32),
    /// The tests ran on it.
    tried: (u32, u32),
    /// Until this one its release notes were read.
    read: (u32, u32),
    /// How an operator finds the version.
    shown_by: &'static str,
}

const POSTGRESQL: KnownServer = KnownServer {
    what: "database",
    name: "PostgreSQL",
    oldest: (14, 0),
    tried: (15, 0),
    read: (18, 0),
    shown_by: "`psql -c 'SHOW server_version'`",
};

const RABBITMQ: KnownServer = KnownServer {
    what: "broker",
    name: "RabbitMQ",
    oldest: (3, 10),
    tried: (3, 10),
    read: (4, 4),
    shown_by: "`rabbitmqctl version`",
};

/// The version of the database server as it says it: `170002` is 17.2.
pub(super) fn postgresql(number: &str) -> Checkup {
    POSTGRESQL.judge(number.parse().ok().map(|number: u32| (number / 10_000, 0)))
}

/// The version of the broker, as `3.10.8`; none when it does not say so before a client is let in.
pub(super) fn rabbitmq(version: Option<&str>) -> Checkup {
    let numbers = version.and_then(|version| {
        let mut numbers = version.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    RABBITMQ.judge(numbers)
}

impl KnownServer {
    fn judge(&self, version: Option<(u32, u32)>) -> Checkup {
        let Self { what, name, oldest, tried, read, shown_by } = *self;
        let Some(version) = version else {
            let text = format!("versie van {name} niet te lezen. {shown_by} zegt welke het is");
            return Checkup::attention(what, text);
        };
        let found = format!("{name} {}", shown(version));
        if version < oldest {
            return Checkup::wrong(
                what,
                format!("{found} is te oud. Werk bij naar {} of nieuwer", shown(oldest)),
            );
        }
        if version > read {
            let text = "is nieuwer dan wat is beproefd of nagelezen. Probeer het eerst naast de dienst";
            return Checkup::attention(what, format!("{found} {text}"));
        }
        let text = if version == tried {
            "beproefd"
        } else {
            "niet beproefd; wat er veranderde is nagelezen (docs/operations.md)"
        };
        Checkup::good(what, format!("{found}, {text}"))
    }
}

fn shown((major, minor): (u32, u32)) -> String {
    if minor == 0 { major.to_string() } else { format!("{major}.{minor}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::CheckupVerdict::{Attention, Good, Wrong};

    #[test]
    fn a_version_is_tried_read_about_too_old_or_unknown() {
        let postgresql = |version| postgresql(version).verdict;
        assert_eq!(
            ["130011", "140002", "150019", "180001", "190000", "nieuw"].map(postgresql),
            [Wrong, Good, Good, Good, Attention, Attention]
        );
        let rabbitmq = |version| rabbitmq(Some(version)).verdict;
        assert_eq!(
            ["3.9.29", "3.10.8", "3.13.7", "4.2.1", "4.5.0", "5.0.0", "?"].map(rabbitmq),
            [Wrong, Good, Good, Good, Attention, Attention, Attention]
        );
        assert_eq!(super::rabbitmq(None).verdict, Attention);
        assert!(super::rabbitmq(Some("3.10.8")).text.contains("3.10, beproefd"));
        assert!(super::postgresql("170002").text.starts_with("PostgreSQL 17, niet beproefd"));
    }
}
