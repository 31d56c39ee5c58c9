//! Layouts of older releases: where they have the elements of our types. The types have those of the release in use, in
//! its order.

use super::typed_classes;
use crate::codes::BerichtSoort;
use crate::schema::{Layout, Layouts, MessageSchema, StatedClass};

/// Releases differ so much in the header that its type looks its elements up by name; but for that of a
/// JW303, which has a type of its own.
const READ_BY_NAME: &str = "Header";

/// The layouts of a message, class by class; none when every class has its elements where its type has them.
#[inline]
#[must_use]
pub fn layouts(schema: &MessageSchema) -> Option<&[Option<Layout>]> {
    schema.layouts.get_or_init(|| work_out(schema)).as_deref()
}

/// The fields of a class's type in the order of this message; `None` when that is their own order.
#[must_use]
pub fn order_of<'s>(schema: &'s MessageSchema, class: &str) -> Option<&'s [u16]> {
    let layouts = layouts(schema)?;
    let place = schema.classes.iter().position(|own| own.name == class)?;
    layouts[place].as_ref().map(|layout| &*layout.order)
}

fn work_out(schema: &MessageSchema) -> Layouts {
    let typed = typed_classes(schema.soort);
    let is_claim = matches!(schema.soort, BerichtSoort::Jw303 | BerichtSoort::Jw304);
    let layout = |class: &StatedClass| {
        let mut by_place = typed.iter().filter(|(name, _)| *name != READ_BY_NAME || is_claim);
        let (_, fields) = by_place.find(|(typed, _)| *typed == class.name)?;
        let fields: Vec<&'static str> = fields.iter().map(|field| field.name).collect();
        Layout::of(class, &fields)
    };
    let layouts: Vec<Option<Layout>> = schema.classes.iter().map(layout).collect();
    layouts.iter().any(Option::is_some).then(|| layouts.into())
}
