//! Running the program with the rights of an ordinary user: what root may not do is nothing.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;

/// `nobody`, on every system.
pub const NOBODY: u32 = 65534;
const PROGRAM: &str = env!("CARGO_BIN_EXE_happyflow");

/// Whether the tests run as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Everything in a folder becomes that of an ordinary user, who then runs the program with what this gives: a command
/// without the arguments of the program.
pub fn ordinary_user(folder: &Path) -> Vec<String> {
    if !is_root() {
        return vec![PROGRAM.to_owned()];
    }
    // Where the build lies nobody else may come.
    let program = folder.join("happyflow-program");
    if !program.exists() {
        fs::hard_link(PROGRAM, &program).or_else(|_| fs::copy(PROGRAM, &program).map(drop)).unwrap();
    }
    give(folder, NOBODY, &program);
    let ids = [format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".to_owned()];
    let program = program.display().to_string();
    ["setpriv".to_owned()].into_iter().chain(ids).chain([program]).collect()
}

/// Gives a folder and what is in it, but for the program, to a user.
fn give(path: &Path, user: u32, program: &Path) {
    if path == program {
        return;
    }
    if path.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path).unwrap() {
            give(&entry.unwrap().path(), user, program);
        }
    }
    if !path.is_symlink() {
        chown(path, Some(user), Some(user)).unwrap();
    }
}

/// Sets the rights on a file or folder.
pub fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A command in a namespace of its own in which another file system is mounted on a folder first.
pub fn mounted_on(folder: &Path, command: &[String]) -> Vec<String> {
    let script = format!("mount -t tmpfs -o mode=0777 happyflow-test '{}' && exec \"$@\"", folder.display());
    let namespace: &[&str] = if is_root() { &["--mount"] } else { &["--user", "--map-root-user", "--mount"] };
    let mount = ["--propagation", "private", "sh", "-c", &script, "sh"];
    let unshare = ["unshare"].iter().chain(namespace).chain(&mount);
    unshare.map(|part| (*part).to_owned()).chain(command.iter().cloned()).collect()
}

/// Runs a command of the program by such a command.
pub fn run(before: &[String], folder: &Path, arguments: &[&str]) -> crate::cli::Run {
    let mut command = Command::new(&before[0]);
    command.args(&before[1..]).args(arguments).current_dir(folder).env_remove("HAPPYFLOW_LOG");
    crate::cli::Run::of(&command.output().unwrap())
}
