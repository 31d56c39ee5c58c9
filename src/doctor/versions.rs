//! Which versions of the servers were tried: what another one changed may matter here (docs/operations.md).

use super::Check;

/// A kind of server, and what we know of its versions.
struct Known {
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

const POSTGRESQL: Known = Known {
    what: "database",
    name: "PostgreSQL",
    oldest: (14, 0),
    tried: (15, 0),
    read: (18, 0),
    shown_by: "`psql -c 'SHOW server_version'`",
};

const RABBITMQ: Known = Known {
    what: "broker",
    name: "RabbitMQ",
    oldest: (3, 10),
    tried: (3, 10),
    read: (4, 4),
    shown_by: "`rabbitmqctl version`",
};

/// The version of the database server, as `15.4` or `170002`.
pub(super) fn postgresql(version: &str) -> Check {
    // A number of six digits is the major version and four digits of the minor one.
    match version.parse::<u32>() {
        Ok(number) if number >= 100_000 => {
            POSTGRESQL.judge(Some((number / 10_000, 0)), number / 10_000, None)
        }
        _ => POSTGRESQL.told(version),
    }
}

/// The version of the broker; none when it does not say so before a client is let in.
pub(super) fn rabbitmq(version: Option<&str>) -> Check {
    version.map_or_else(|| RABBITMQ.unknown(), |version| RABBITMQ.told(version))
}

impl Known {
    fn told(&self, version: &str) -> Check {
        let mut numbers = version.split('.').map(|part| part.parse::<u32>().ok());
        match (numbers.next().flatten(), numbers.next().flatten()) {
            (Some(major), minor) => {
                let minor = if self.tried.1 == 0 { None } else { minor };
                self.judge(Some((major, minor.unwrap_or(0))), major, minor)
            }
            _ => self.unknown(),
        }
    }

    fn judge(&self, version: Option<(u32, u32)>, major: u32, minor: Option<u32>) -> Check {
        let shown = minor.map_or_else(|| major.to_string(), |minor| format!("{major}.{minor}"));
        let name = self.name;
        match version {
            Some(version) if version < self.oldest => {
                let (major, minor) = self.oldest;
                let oldest = if minor == 0 { major.to_string() } else { format!("{major}.{minor}") };
                Check::wrong(
                    self.what,
                    format!("{name} {shown} is te oud. Werk bij naar {oldest} of nieuwer"),
                )
            }
            Some(version) if version == self.tried => {
                Check::good(self.what, format!("{name} {shown}, beproefd"))
            }
            Some(version) if version <= self.read => Check::good(
                self.what,
                format!("{name} {shown}, niet beproefd; wat er veranderde is nagelezen (docs/operations.md)"),
            ),
            _ => Check::attention(
                self.what,
                format!(
                    "{name} {shown} is nieuwer dan wat is beproefd of nagelezen. Probeer het eerst naast de dienst"
                ),
            ),
        }
    }

    fn unknown(&self) -> Check {
        Check::attention(
            self.what,
            format!("versie van {} niet te lezen. {} zegt welke het is", self.name, self.shown_by),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict::{Attention, Good, Wrong};

    #[test]
    fn a_version_is_tried_read_about_too_old_or_unknown() {
        let postgresql = |version| postgresql(version).verdict;
        assert_eq!(
            ["130011", "140002", "150019", "180001", "190000", "15.4", "nieuw"].map(postgresql),
            [Wrong, Good, Good, Good, Attention, Good, Attention]
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
