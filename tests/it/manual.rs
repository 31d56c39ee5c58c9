//! The operations manual, followed as a new user would: every command on the page, as it stands there, on a
//! throw-away machine (`tests/manual/machine.sh`).

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PAGE: &str = include_str!("../../docs/operations.md");

/// Helpers of the test on the throw-away machine. Each fails the walk when it does not hold.
const CHECKS: &str = r#"
trap '[ $? = 0 ] || tail -n 20 /var/log/happyflow*.log >&2 || true' EXIT
trace() { set -x; "$@"; { set +x; } 2>/dev/null; }
numbered() { # number of the message
  sed "s/300401/30040$1/; s/Identificatie>1</Identificatie>$1</" examples/jw301.xml
}
lay() { # number of the message, name; whole before it has that name, as who delivers in folders does
  numbered "$1" > "/var/lib/happyflow/in/0193/.$2"
  mv "/var/lib/happyflow/in/0193/.$2" "/var/lib/happyflow/in/0193/$2"
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
    [ "$left" -gt 0 ] || { echo "waited in vain: $1 is $($2), not $3"; exit 1; }
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
    Manual("### Wie berichten aanlevert en ophaalt"),
    Test(
        r#"
        expect 'answers that were fetched' "$(ls /root/*-JW302.xml | wc -l)" 1
        as() { runuser -u "$1" -- sh -c "$2"; } # user, command
        refuse() { ! as "$1" "$2" 2>/dev/null || { echo "$1 may: $2"; exit 1; }; }
        batch() { sftp -q -b - -i /root/proef-0193 hf-0193@localhost; }
        # A second party, and what each may not do to the other or to us.
        ssh-keygen -q -t ed25519 -N '' -f /root/proef-0150
        deploy/sftp/connect.sh 0150 /root/proef-0150.pub
        deploy/sftp/connect.sh 0193 /root/proef-0193.pub
        expect 'lines for one party' "$(grep -c hf-0193 /etc/fstab)" 2
        as hf-0150 'echo x > /srv/happyflow/hf-0150/in/.x && rm /srv/happyflow/hf-0150/in/.x'
        for path in happyflow.db in in/0193 out out/0193 fout claimed; do
            refuse hf-0150 "ls /var/lib/happyflow/$path"
        done
        refuse hf-0150 'ls /srv/happyflow/hf-0193/in'
        refuse hf-0150 'ls /srv/happyflow/hf-0193/out'
        refuse hf-0150 'touch /srv/happyflow/hf-0193/in/x.xml'
        refuse hf-0193 'cat /etc/happyflow/happyflow.toml'
        # What it sees by SFTP is its own, and it may clear up what it fetched.
        expect 'what a party sees' "$(echo ls | batch | grep -v sftp | tr -s ' 
' ' ' | sed 's/ $//')" 'in out'
        echo 'ls ../../etc' | batch 2>/dev/null && { echo 'a party is not locked up'; exit 1; }
        printf 'rm out/*-JW302.xml
' | batch >/dev/null
        expect 'answers that were fetched' "$(ls /var/lib/happyflow/out/0193 | wc -l)" 0
        # A file that only its owner may read waits for better rights, and others go on.
        numbered 8 > /tmp/acht.xml
        chmod 0644 /tmp/acht.xml
        printf 'put /tmp/acht.xml in/.acht
chmod 600 in/.acht
rename in/.acht in/acht.xml
' | batch >/dev/null
        held() { curl -fsS http://127.0.0.1:9464/metrics | grep -F 'happyflow_intake_held_files'  | grep -v '#'; }
        wait_for 'files that cannot be read' held 'happyflow_intake_held_files 1'
        printf 'chmod 640 in/acht.xml
' | batch >/dev/null
        until ls /var/lib/happyflow/out/0193/*-JW302.xml; do sleep 0.1; done
        rm /var/lib/happyflow/out/0193/*-JW302.xml
        # So does a folder that its owner closed.
        printf 'chmod 500 in
' | batch >/dev/null
        as hf-0193 'chmod 700 /srv/happyflow/hf-0193/in'
        held() { curl -fsS http://127.0.0.1:9464/metrics | grep -F 'happyflow_intake_held_senders'  | grep -v '#'; }
        wait_for 'senders that cannot be taken in' held 'happyflow_intake_held_senders 1'
        deploy/sftp/connect.sh 0193 /root/proef-0193.pub
        wait_for 'senders that cannot be taken in' held 'happyflow_intake_held_senders 0'
        # Nobody else, for whom the machine has no rights of its own, comes near anything.
        for path in $(find /var/lib/happyflow -mindepth 1); do
            refuse nobody "cat $path"
            refuse nobody "ls $path"
        done
        expect 'what others may enter' "$(stat -c %a /var/lib/happyflow)" 700
        rm -f /var/lib/happyflow/out/0193/*
        "#,
    ),
    Manual("### Reservekopie van SQLite"),
    Test(
        r#"
        answered() { ls /var/lib/happyflow/out/0193/ | grep -c JW302; }
        received() { curl -fsS http://127.0.0.1:9464/metrics | grep -F "happyflow_received_total{known=\"$1\"}"; }
        lay 2 tweede.xml
        wait_for 'answers' answered 1
        "#,
    ),
    Manual("### Terugzetten van SQLite"),
    Test(
        r#"
        # The copy has the first; the senders send both again.
        curl -fsS --retry 30 --retry-delay 1 --retry-all-errors http://127.0.0.1:9464/health/ready
        lay 1 weer.xml
        lay 2 tweede.xml
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
