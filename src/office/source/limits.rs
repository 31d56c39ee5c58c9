//! Limits on what a path may ask of us, each with a name.

/// Directories within one another; deeper ones are reported, not followed.
pub const MAX_DIRECTORY_DEPTH: usize = 64;
pub const MAX_ZIP_ENTRIES: usize = 200_000;
/// Bytes that one zip may unpack to.
pub const MAX_ZIP_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// How many times larger than packed an entry may be; messages stay below 60.
pub const MAX_ZIP_RATIO: u64 = 200;
/// Below this size the ratio says nothing and is not looked at, in bytes.
pub const MIN_ZIP_RATIO_BYTES: u64 = 8 * 1024 * 1024;
