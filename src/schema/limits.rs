//! Limits on what a message may ask of us before it is refused, each with a name.

/// Most bytes of one message: ten times what the standard lets partners send (25 MB).
pub const MAX_BYTES: usize = 256 * 1024 * 1024;
/// Most elements within one another; a message of the standard has seven.
pub const MAX_DEPTH: usize = 64;
/// Most elements of one message.
pub const MAX_ELEMENTS: usize = 10_000_000;
/// Most attributes of one element, namespace declarations included.
pub const MAX_ATTRIBUTES: usize = 64;
/// Most namespace declarations that hold at one place.
pub const MAX_NAMESPACES: usize = 64;
/// Most findings reported of one message.
pub const MAX_FINDINGS: usize = 500;
