//! Level 1: structure. Our statement of it, the reader that judges a message by it, and the
//! document that a valid message becomes.

mod document;
mod statement;

pub use document::{At, Children, Document, Element, Node, NodeType, node_type};
pub use statement::{Class, ClassId, Content, Facet, Form, MessageSchema, Owner, Particle, Simple, SimpleId};
