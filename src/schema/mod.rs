//! Level 1: structure. Our statement of it, the reader that judges a message by it, and the
//! document that a valid message becomes.
//!
//! [`read`] is the door. `source` makes text of bytes; `fast` reads a plain message at once; any other
//! goes through `tokens`, well-formed pieces of text, to `judge`, a verdict and a document. `source` and `tokens`
//! read any XML of others; what a bank sends goes through them as well.

mod attributes;
mod document;
mod facet;
mod fast;
mod fault;
mod frame;
mod judge;
pub mod limits;
mod names;
mod namespaces;
mod parse_statement;
mod plan;
mod reading;
mod release;
mod source;
mod statement;
mod tokens;
mod unread;
mod value;

pub(crate) use fault::Fault;
pub(crate) use source::{MessageText, read_source};
pub(crate) use tokens::{Token, Tokens};

pub use document::{At, Children, Document, Element, Node};
pub use reading::{HeaderPeek, Invalid, Reading, XsdFinding, read, read_thoroughly, takes_fast_way};
pub use release::{Evidence, Release, Releases, releases, unverified};
pub use statement::{
    ClassId, Content, Facet, Form, Layout, Layouts, MessageSchema, Owner, Particle, Simple, SimpleId,
    StatedClass,
};
