//! How much a file of a bank may ask of us.

/// What a file of a bank may hold at most; what is larger is refused with advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bankgrenzen {
    /// Largest file. A day of a region is some hundreds of kilobytes; a hundred thousand posts with all that a bank can
    /// say of them are 200 MB.
    pub bytes: u64,
    /// Most statements, posts and transactions within posts, together. With as many as this a file takes less than 1 GB of memory.
    pub posten: u32,
}

impl Bankgrenzen {
    /// The setting that raises [`bytes`](Self::bytes).
    pub const BYTES: &'static str = "limits.max_bank_bytes";
    /// The setting that raises [`posten`](Self::posten).
    pub const POSTEN: &'static str = "limits.max_bank_entries";
}

impl Default for Bankgrenzen {
    fn default() -> Self {
        Self { bytes: 256 * 1024 * 1024, posten: 200_000 }
    }
}

/// Most elements of one transaction, or of one post without its transactions; real ones have forty.
pub(super) const ELEMENTS_OF_ONE: u32 = 2_000;
/// Most bytes of what stands before the posts: of the file, and of one statement in it.
pub(super) const HEAD_BYTES: usize = 1024 * 1024;
/// Most bytes of a post without its transactions: it is read again with every piece of those.
pub(super) const POST_BYTES: usize = 256 * 1024;
/// Most bytes of a start tag that is written again with every piece.
pub(super) const TAG_BYTES: usize = 4096;
