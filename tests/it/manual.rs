//! The operations manual, followed as a new user would: every command on the page, as it stands there, on a
//! throw-away machine (`tests/manual/machine.sh`).

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PAGE: &str = include_str!("../../docs/operations.md");

/// Helpers of the test on the throw-away machine. Each fails the walk when it does not hold.
const CHECKS: &str = r#"
trace() { set -x; "$@"; { set +x; } 2>/dev/null; }
numbered() { # number of the message
  sed "s/300401/30040$1/; s/Identificatie>1</Identificatie>$1</" examples/jw301.xml
}
deliver() { # number of the message; as gemeente 0193 on the broker
  printf '{"properties": {"user_id": "0193", "message_id": "proef-%s", "delivery_mode": 2}, "routing_key": "",
    "payload_encoding": "base64", "payload": "%s"}' "$1" "$(numbered "$1" | base64 -w0)" |
    curl -fsS -u "0193:$(cat /etc/happyflow/partijen/0193)" -d @- \
      http://127.0.0.1:15672/api/exchanges/happyflow/happyflow.in/publish | grep -q '"routed":true'
}
query() { runuser -u postgres -- psql -At happyflow -c "$1"; }
expect() { # what, found, expected
  [ "$2" = "$3" ] || { echo "$1: found $2, expected $3"; exit 1; }
}
wait_for() { # what, command that gives it, expected
  left=200
  until [ "$($2)" = "$3" ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "waited in vain: $1 is $($2), not $3"; tail -q -n 5 /var/log/happyflow*.log; exit 1; }
    sleep 0.1
  done
}
decided() { query "SELECT count(*) FROM toewijzing"; }
unsent() { query "SELECT count(*) FROM uitgaand WHERE NOT gepubliceerd"; }
"#;

/// The commands under one heading.
fn commands(heading: &str) -> String {
    let begin =
        PAGE.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading} is not in the manual"));
    let section = &PAGE[begin + 1 + heading.len()..];
    let section = &section[..section.find("\n#").unwrap_or(section.len())];
    let mut found = String::new();
    for block in section.split("\n```sh\n").skip(1) {
        found += block.split("\n```").next().unwrap();
        found.push('\n');
    }
    assert!(!found.is_empty(), "no commands under {heading}");
    found
}

/// One part of a walk.
enum Step {
    /// Everything under this heading.
    Manual(&'static str),
    /// What the test does or looks at in between.
    Test(&'static str),
}

use Step::{Manual, Test};

const WITHOUT_SERVERS: &[Step] = &[
    Manual("## Het programma"),
    Manual("## Eén machine, zonder servers"),
    Manual("### Reservekopie van SQLite"),
    Test(
        r#"
        answered() { ls /var/lib/happyflow/out/0193/ | grep -c JW302; }
        received() { curl -fsS http://127.0.0.1:9464/metrics | grep -F "happyflow_received_total{known=\"$1\"}"; }
        numbered 2 > /var/lib/happyflow/in/0193/tweede.xml
        wait_for 'answers' answered 2
        "#,
    ),
    Manual("### Terugzetten van SQLite"),
    Test(
        r#"
        # The copy has the first; the senders send both again.
        curl -fsS --retry 30 --retry-delay 1 --retry-all-errors http://127.0.0.1:9464/health/ready
        numbered 1 > /var/lib/happyflow/in/0193/weer.xml
        numbered 2 > /var/lib/happyflow/in/0193/tweede.xml
        wait_for 'messages that the copy had' 'received yes' 'happyflow_received_total{known="yes"} 1'
        wait_for 'messages after the copy' 'received no' 'happyflow_received_total{known="no"} 1'
        systemctl stop happyflow
        "#,
    ),
];

const WITH_SERVERS: &[Step] = &[
    Manual("## Het programma"),
    Manual("## PostgreSQL en RabbitMQ"),
    Manual("### De database"),
    Manual("### De broker"),
    Manual("### De dienst"),
    Manual("### Een proefbericht"),
    Test(
        r#"
        rabbitmqctl -q set_user_tags 0193 management
        expect 'assignments' "$(decided)" 1
        "#,
    ),
    Manual("## Bijwerken"),
    Manual("## Reservekopie"),
    Manual("### Tot op een moment"),
    Test(
        r"
        # One of the two goes; the other takes in what comes now.
        systemctl stop happyflow
        deliver 2
        wait_for 'assignments with one process' decided 2
        wait_for 'unsent messages' unsent 0
        systemctl start happyflow
        moment=$(query 'SELECT clock_timestamp()')
        deliver 3
        wait_for 'assignments' decided 3
        ",
    ),
    Manual("### Terug naar een moment"),
    Test(
        r#"
        expect 'assignments at that moment' "$(decided)" 2
        deliver 3
        wait_for 'assignments when the sender sent it again' decided 3
        wait_for 'unsent messages' unsent 0
        "#,
    ),
    Manual("## Terugzetten"),
    Test(
        r#"
        expect 'assignments in the copy' "$(decided)" 1
        for number in 1 2 3; do deliver $number; done
        wait_for 'assignments when the senders sent theirs again' decided 3
        wait_for 'unsent messages' unsent 0
        expect 'messages by then' "$(query 'SELECT count(*) FROM inkomend')" 3
        systemctl stop happyflow happyflow-2
        "#,
    ),
];

fn follow(steps: &[Step]) {
    let mut script = CHECKS.to_owned();
    for step in steps {
        match step {
            Manual(heading) => {
                write!(
                    script,
                    "echo '== {heading}'\nset -x\n{}{{ set +x; }} 2>/dev/null\n",
                    commands(heading)
                )
                .unwrap();
            }
            Test(text) => script.push_str(text),
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("walk");
    std::fs::write(&file, script).unwrap();
    let machine = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manual/machine.sh");
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", "300", "sh"]).arg(machine).arg(env!("CARGO_BIN_EXE_happyflow")).arg(file);
    let walked = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(walked.status.success(), "{}\n{}", text(&walked.stdout), text(&walked.stderr));
}

#[test]
fn an_installation_without_servers_works_and_comes_back_from_a_copy() {
    follow(WITHOUT_SERVERS);
}

#[test]
fn an_installation_of_two_processes_works_and_comes_back_from_a_copy_and_to_a_moment() {
    follow(WITH_SERVERS);
}

#[test]
fn every_command_of_the_manual_is_followed() {
    let mut followed = 0;
    let mut headings: Vec<&str> = Vec::new();
    for step in WITHOUT_SERVERS.iter().chain(WITH_SERVERS) {
        if let Manual(heading) = step
            && !headings.contains(heading)
        {
            headings.push(heading);
            followed += commands(heading).lines().count();
        }
    }
    let blocks =
        PAGE.split("\n```sh\n").skip(1).map(|block| block.split("\n```").next().unwrap().lines().count());
    assert_eq!(followed, blocks.sum::<usize>(), "a block of commands that no walk follows");
}
