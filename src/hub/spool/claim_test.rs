//! Taking over, whatever lies in `in/`.

use super::held::{ATTEMPTS, HeldPaths, HeldUpKind};
use super::{Claimed, Claims, HeldUp, Left, Taking, WhyAside, WhyLeft, claim};
use crate::config::Config;
use crate::disk::Folder;
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Larger than may be taken in, on a disk that has room for it only because nothing is in it.
const HUGE: u64 = 3 * 1024 * 1024 * 1024;

type Rename = fn(&Folder, &OsStr, &Folder, &OsStr) -> io::Result<()>;

struct Spool {
    root: tempfile::TempDir,
    taking: Taking,
}

impl Spool {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        super::Spool::open(root.path()).unwrap();
        Self { root, taking: Taking::new(&Config::default()) }
    }

    /// One in which renaming goes so.
    fn renaming(rename: Rename) -> Self {
        let this = Self::new();
        Self { taking: Taking { rename, ..this.taking }, ..this }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    fn drop_file(&self, path: &str, content: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn claim(&self) -> Claims {
        self.claim_with(&mut HeldPaths::new(self.taking.poll))
    }

    fn claim_with(&self, holds: &mut HeldPaths) -> Claims {
        claim::claim(self.root.path(), &self.taking, holds).unwrap()
    }

    /// What lies in a folder, byte for byte.
    fn names(&self, folder: &str) -> Vec<String> {
        let names = Folder::open(&self.path(folder)).unwrap().names().unwrap();
        names.into_iter().map(|name| name.into_string().unwrap()).collect()
    }

    fn left(&self, path: &str, why: WhyLeft) -> Left {
        Left { path: self.path(path), why }
    }
}

/// Sender and content of what was taken.
fn taken(claims: &Claims) -> Vec<(String, String)> {
    let content = |claimed: &Claimed| fs::read_to_string(&claimed.path).unwrap();
    claims.files.iter().map(|claimed| (claimed.sender.to_string(), content(claimed))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(sender, content)| ((*sender).to_owned(), (*content).to_owned())).collect()
}

#[test]
fn messages_come_by_sender_and_name_and_the_rest_is_left_with_its_reason() {
    let spool = Spool::new();
    for (path, content) in [
        ("in/12345678/b.xml", "b"),
        ("in/12345678/a.XML", "a"),
        ("in/0193/c.xml", "c"),
        ("in/0193/.half.xml", "half"),
        ("in/0193/lees.txt", "tekst"),
        ("in/0193/map.xml/d.xml", "d"),
        ("in/onbekend/d.xml", "d"),
        ("in/00193/e.xml", "e"),
        ("in/los.xml", "los"),
        ("in/.verborgen/x.xml", "x"),
        ("in/0150", "geen map"),
    ] {
        spool.drop_file(path, content);
    }
    let latin = OsString::from_vec(b"Caf\xe9.xml".to_vec());
    fs::write(spool.path("in/0193").join(&latin), "e").unwrap();
    let claims = spool.claim();
    assert_eq!(taken(&claims), pairs(&[("0193", "c"), ("12345678", "a"), ("12345678", "b")]));
    let expected = [
        spool.left("in/00193", WhyLeft::NoSender),
        spool.left("in/0150", WhyLeft::NoFolder),
        Left { path: spool.path("in/0193").join(&latin), why: WhyLeft::NotText },
        spool.left("in/0193/lees.txt", WhyLeft::NotXml),
        spool.left("in/0193/map.xml", WhyLeft::NotAFile),
        spool.left("in/los.xml", WhyLeft::Loose),
        spool.left("in/onbekend", WhyLeft::NoSender),
    ];
    assert_eq!(claims.left, expected);
    assert_eq!(claims.files[0].dropped, spool.path("in/0193/c.xml"));
    assert!(claims.held.is_empty() && claims.aside.is_empty());
}

/// Links and what is no file: not followed, not waited for, not moved.
#[test]
fn no_link_is_followed_and_no_pipe_is_waited_for() {
    let spool = Spool::new();
    spool.drop_file("geheim.xml", "geheim");
    spool.drop_file("elders/van_een_ander.xml", "van een ander");
    spool.drop_file("in/0193/a.xml", "a");
    symlink(spool.path("geheim.xml"), spool.path("in/0193/link.xml")).unwrap();
    symlink("bestaat-niet", spool.path("in/0193/los.xml")).unwrap();
    symlink("rond.xml", spool.path("in/0193/rond.xml")).unwrap();
    fs::hard_link(spool.path("geheim.xml"), spool.path("in/0193/naam.xml")).unwrap();
    let fifo = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, spool.path("in/0193/pijp.xml"), rustix::fs::FileType::Fifo, fifo, 0)
        .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(spool.path("in/0193/socket.xml")).unwrap();
    symlink(spool.path("elders"), spool.path("in/0150")).unwrap();
    let claims = spool.claim();
    assert_eq!(taken(&claims), pairs(&[("0193", "a")]));
    let expected = [
        spool.left("in/0150", WhyLeft::NoFolder),
        spool.left("in/0193/link.xml", WhyLeft::Link),
        spool.left("in/0193/los.xml", WhyLeft::Link),
        spool.left("in/0193/naam.xml", WhyLeft::OtherName),
        spool.left("in/0193/pijp.xml", WhyLeft::NotAFile),
        spool.left("in/0193/rond.xml", WhyLeft::Link),
        spool.left("in/0193/socket.xml", WhyLeft::NotAFile),
    ];
    assert_eq!(claims.left, expected);
    assert_eq!(spool.names("elders"), ["van_een_ander.xml"]);
    // A sender that gives its file the name by a link, and removes the other name then, delivers.
    fs::remove_file(spool.path("geheim.xml")).unwrap();
    assert_eq!(taken(&spool.claim()), pairs(&[("0193", "a"), ("0193", "geheim")]));
}

/// A link that takes the place of a file between the look and the taking: it is not followed, and lies aside.
#[test]
fn a_file_that_is_swapped_for_a_link_at_the_last_moment_is_not_followed() {
    fn swapped(from: &Folder, name: &OsStr, to: &Folder, new: &OsStr) -> io::Result<()> {
        if from.path().ends_with("in/0193") {
            from.remove(name)?;
            symlink("/etc/passwd", from.path().join(name))?;
        }
        from.rename(name, to, new)
    }
    let spool = Spool::renaming(swapped);
    spool.drop_file("in/0150/a.xml", "a");
    spool.drop_file("in/0193/b.xml", "b");
    let claims = spool.claim();
    assert_eq!(taken(&claims), pairs(&[("0150", "a")]));
    assert_eq!((claims.aside.len(), &claims.aside[0].why), (1, &WhyAside::NoFile));
    assert_eq!(spool.names("fout"), ["apart-000000000001-bericht.xml", "apart-000000000001-melding.xml"]);
    assert!(fs::symlink_metadata(spool.path("fout/apart-000000000001-bericht.xml")).unwrap().is_symlink());
    let claims = spool.claim();
    assert_eq!((taken(&claims), claims.aside), (pairs(&[("0150", "a")]), Vec::new()));
}

#[test]
fn what_was_taken_and_not_stored_is_found_again_beside_a_new_file_of_the_same_name() {
    let spool = Spool::new();
    spool.drop_file("in/0193/a.xml", "eerste");
    spool.claim();
    spool.drop_file("in/0193/a.xml", "tweede");
    let claims = spool.claim();
    assert_eq!(taken(&claims), pairs(&[("0193", "eerste"), ("0193", "tweede")]));
    for claimed in &claims.files {
        Claimed::remove(&claimed.path).unwrap();
    }
    assert_eq!(fs::read_dir(spool.path("claimed")).unwrap().count(), 0);
    assert_eq!(spool.claim(), Claims::default());
}

/// The folder of one sender cannot be written in: it alone waits, and is taken in when it can be.
#[test]
fn a_folder_that_cannot_be_taken_from_holds_up_its_own_sender_alone() {
    fn refused(from: &Folder, name: &OsStr, to: &Folder, new: &OsStr) -> io::Result<()> {
        let own = from.path().ends_with("in/0193");
        if own { Err(Errno::ACCESS.into()) } else { from.rename(name, to, new) }
    }
    let spool = Spool::renaming(refused);
    let senders = ["0150", "0193", "12345678"];
    for sender in senders {
        spool.drop_file(&format!("in/{sender}/a.xml"), sender);
    }
    let mut holds = HeldPaths::new(spool.taking.poll);
    let claims = spool.claim_with(&mut holds);
    assert_eq!(taken(&claims), pairs(&[("0150", "0150"), ("12345678", "12345678")]));
    let [HeldUp { sender, what: HeldUpKind::Folder, path, reason }] = &claims.held[..] else {
        panic!("{:?}", claims.held)
    };
    assert_eq!((sender.as_str(), path, reason.as_str()), ("0193", &spool.path("in/0193"), "geen rechten"));
    // Not at once again.
    assert!(spool.claim_with(&mut holds).held.is_empty());
    assert_eq!(holds.count(HeldUpKind::Folder), 1);
    let later = Instant::now() + Duration::from_mins(1);
    holds.begin(later);
    assert_eq!(spool.claim_with(&mut holds).held.len(), 1);
    let spool = Spool { taking: Taking { rename: Folder::rename, ..spool.taking }, ..spool };
    holds.begin(later + Duration::from_mins(1));
    assert!(taken(&spool.claim_with(&mut holds)).contains(&("0193".to_owned(), "0193".to_owned())));
    assert_eq!(holds.count(HeldUpKind::Folder), 0);
}

/// What is no fault of a sender stops the look, so that nobody is blamed for it.
#[test]
fn a_full_disk_is_an_error_of_the_spool() {
    let spool = Spool::renaming(|_, _, _, _| Err(Errno::NOSPC.into()));
    spool.drop_file("in/0193/a.xml", "a");
    let error =
        claim::claim(spool.root.path(), &spool.taking, &mut HeldPaths::new(spool.taking.poll)).unwrap_err();
    assert!(error.to_string().contains("de schijf is vol"), "{error}");
}

fn other_disk(from: &Folder, name: &OsStr, to: &Folder, new: &OsStr) -> io::Result<()> {
    let own = from.path().ends_with("in/0193");
    if own { Err(Errno::XDEV.into()) } else { from.rename(name, to, new) }
}

/// Another file system is mounted in the folder of a sender.
#[test]
fn from_another_disk_a_file_is_copied_and_then_removed() {
    let spool = Spool::renaming(other_disk);
    spool.drop_file("in/0150/a.xml", "van 0150");
    spool.drop_file("in/0193/a.xml", "een");
    spool.drop_file("in/0193/b.xml", "twee");
    let claims = spool.claim();
    assert_eq!(taken(&claims), pairs(&[("0150", "van 0150"), ("0193", "een"), ("0193", "twee")]));
    assert_eq!(claims.files[1].dropped, spool.path("in/0193/a.xml"));
    assert!(spool.names("in/0193").is_empty());
    for claimed in &claims.files {
        Claimed::remove(&claimed.path).unwrap();
    }
    assert!(spool.names("claimed").is_empty());
}

/// A process died while it copied: before the copy was whole, or before what was copied was removed. In the mean
/// time the sender delivered another file of the same name.
#[test]
fn a_copy_that_was_broken_off_is_made_again_and_nothing_is_lost() {
    for whole in [false, true] {
        let spool = Spool::renaming(other_disk);
        spool.drop_file("in/0193/.overgenomen.xml", "een");
        spool.drop_file("in/0193/a.xml", "twee");
        let half = if whole { "a.xml" } else { ".half-.overgenomen.xml" };
        let content = if whole { "een" } else { "e" };
        spool.drop_file(&format!("claimed/000000000001/0193/{half}"), content);
        let claims = spool.claim();
        let mut expected = pairs(&[("0193", "een"), ("0193", "twee")]);
        if whole {
            // The same bytes of the same sender again: the store knows them.
            expected.insert(0, ("0193".to_owned(), "een".to_owned()));
        }
        assert_eq!(taken(&claims), expected);
        assert!(spool.names("in/0193").is_empty());
    }
}

fn make_huge(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().set_len(HUGE).unwrap();
}

/// A file of 3 GB that takes no room on the disk: set aside whole and unread, once, and those behind it are taken.
#[test]
fn a_file_that_is_too_large_is_set_aside_unread_with_a_notice_for_its_sender() {
    for rename in [Folder::rename as Rename, other_disk] {
        let spool = Spool::renaming(rename);
        make_huge(&spool.path("in/0193/999900006.xml"));
        spool.drop_file("in/0193/b.xml", "b");
        spool.drop_file("in/12345678/c.xml", "c");
        let claims = spool.claim();
        assert_eq!(taken(&claims), pairs(&[("0193", "b"), ("12345678", "c")]));
        let [aside] = &claims.aside[..] else { panic!("{:?}", claims.aside) };
        assert_eq!(aside.sender.as_str(), "0193");
        assert_eq!(aside.why, WhyAside::TooLarge { most: spool.taking.max_message_bytes });
        assert_eq!(fs::metadata(&aside.path).unwrap().len(), HUGE);
        assert!(!aside.to_string().contains("999900006"), "{aside}");
        let notice = fs::read_to_string(spool.path("fout/apart-000000000001-melding.xml")).unwrap();
        for part in [
            "<ontvanger>0193</ontvanger>",
            "<code>StUF055</code>",
            "groter dan 67108864 bytes",
            "*********.xml",
        ] {
            assert!(notice.contains(part), "{part}: {notice}");
        }
        let claims = spool.claim();
        assert_eq!((claims.aside, claims.left, claims.held), (Vec::new(), Vec::new(), Vec::new()));
        make_huge(&spool.path("in/0193/nog.xml"));
        spool.claim();
        assert!(spool.path("fout/apart-000000000002-melding.xml").exists());
    }
}

/// What an earlier version, or one that died, took over already.
#[test]
fn what_was_taken_over_before_is_set_aside_all_the_same() {
    let spool = Spool::new();
    make_huge(&spool.path("claimed/000000000007/0193/a.xml"));
    symlink("/etc/passwd", spool.path("claimed/000000000007/0193/b.xml")).unwrap();
    spool.drop_file("claimed/000000000007/0193/c.xml", "c");
    spool.drop_file("claimed/000000000007/onbekend/c.xml", "c");
    let claims = spool.claim();
    assert_eq!(taken(&claims), pairs(&[("0193", "c")]));
    let why: Vec<&str> = claims.aside.iter().map(|aside| aside.why.label()).collect();
    assert_eq!(why, ["too_large", "no_file"]);
    assert_eq!(claims.left, [spool.left("claimed/000000000007/onbekend", WhyLeft::NoSender)]);
}

/// A file that can be opened and gives nothing, as from a disk that is worn out: who reads it says so.
#[test]
fn a_file_that_cannot_be_read_time_after_time_is_set_aside() {
    let spool = Spool::new();
    spool.drop_file("in/0193/a.xml", "a");
    let mut holds = HeldPaths::new(spool.taking.poll);
    let mut now = Instant::now();
    for attempt in 1..=ATTEMPTS {
        holds.begin(now);
        let claims = spool.claim_with(&mut holds);
        assert_eq!((claims.files.len(), claims.aside.len()), (1, 0), "{attempt}");
        holds.failed(&claims.files[0].path, HeldUpKind::File);
        now += Duration::from_secs(61);
    }
    holds.begin(now);
    let claims = spool.claim_with(&mut holds);
    assert_eq!((claims.files.len(), claims.aside.len()), (0, 1));
    assert_eq!(claims.aside[0].dropped, spool.path("in/0193/a.xml"));
    assert_eq!(holds.count(HeldUpKind::File), 0);
}

#[test]
fn without_the_folder_in_nothing_can_be_taken_and_that_is_told() {
    let spool = Spool::new();
    fs::remove_dir(spool.path("in")).unwrap();
    let error =
        claim::claim(spool.root.path(), &spool.taking, &mut HeldPaths::new(spool.taking.poll)).unwrap_err();
    assert!(error.to_string().contains("in mislukt: bestaat niet"), "{error}");
}
