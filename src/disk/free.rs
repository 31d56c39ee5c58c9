//! Room on the disk.

use std::path::Path;

/// Free bytes on the disk of a folder, for whoever is not its administrator.
pub fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let found = rustix::fs::statvfs(folder)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}
