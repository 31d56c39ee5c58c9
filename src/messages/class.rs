//! Classes of the standard: one macro states how each is read from a document and written to XML.

use super::jw303::{BetalingAan, FactuurCode};
use super::layout::layouts;
use super::writer::Writer;
use crate::codes::{
    AdresSoort, AgbCode, Bsn, Datum, DatumGebruik, DebetCredit, Eenheid, Frequentie, GemeenteCode, JaNee,
    NaamGebruik, ProductCategorie, ProductCode, RedenAfwijzingVerzoek, RedenWijziging, Retourcode,
    StatusAanlevering, ToewijzingNummer, TypeVerwijzer, VerzoekAntwoord,
};
use crate::money::Cents;
use crate::schema::{Children, Element, Owner};
use chrono::Datelike;

/// How an element of a class occurs; for the test that holds classes against the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Exactly once.
    One,
    /// At most once.
    Optional,
    /// A wrapper with one or more of the named element inside; absent when there are none.
    List(&'static str),
}

/// An element of a class as the type states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Local name.
    pub name: &'static str,
    /// How it occurs.
    pub kind: FieldKind,
}

/// Anything an element can hold: a value or a class.
pub trait ElementContent<'d>: Sized {
    /// Reads it from an element that passed level 1.
    fn read_content(element: Element<'d>) -> Self;
    /// Writes it as an element.
    fn write_content(&self, name: &str, owner: Owner, writer: &mut Writer);
}

/// A class of the standard.
pub trait Class<'d>: Sized {
    /// Name of the class in `schemas/`.
    const NAME: &'static str;
    /// Its elements in order.
    const FIELDS: &'static [Field];
    /// Reads it from an element that passed level 1.
    fn read(element: Element<'d>) -> Self;
    /// Writes its elements.
    fn write(&self, writer: &mut Writer);
}

/// A value of the standard.
pub trait ElementValue<'d>: Sized {
    /// Reads it from a text that passed level 1.
    fn read_value(text: &'d str) -> Self;
    /// The text of it.
    fn write_value(&self, out: &mut String);
}

/// States a class once: struct, reading, writing and the list of fields for the test.
///
/// `one` is required, `opt` optional, `list` a wrapper with elements. Fields stand in the order of
/// the statement, because reading goes by position.
macro_rules! class {
    (
        $(#[$doc:meta])*
        pub struct $name:ident $(<$life:lifetime>)? : $class:literal in $owner:ident {
            $( $(#[$fdoc:meta])* $field:ident : $kind:ident $type:ty = $element:literal $(/ $item:literal)? ),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name $(<$life>)? {
            /// Its place in the message that it was read from.
            pub at: $crate::schema::At,
            $( $(#[$fdoc])* pub $field: $crate::messages::class::class!(@type $kind $type) ),+
        }

        impl<'d> $crate::messages::Class<'d> for $name $(<$life>)? {
            const NAME: &'static str = $class;
            const FIELDS: &'static [$crate::messages::Field] = &[
                $( $crate::messages::Field {
                    name: $element,
                    kind: $crate::messages::class::class!(@kind $kind $($item)?),
                } ),+
            ];

            #[inline]
            fn read(element: $crate::schema::Element<'d>) -> Self {
                let mut children = $crate::messages::class::ElementFields::of(element);
                let mut next = 0u16;
                let mut position = || { next += 1; next - 1 };
                Self {
                    at: element.at(),
                    $( $field: $crate::messages::class::class!(@read $kind children, position(), $element) ),+
                }
            }

            fn write(&self, writer: &mut $crate::messages::Writer) {
                let Some(order) = $crate::messages::layout::order_of(writer.schema(), $class) else {
                    $( $crate::messages::class::class!(
                        @write $kind self.$field, writer, $crate::schema::Owner::$owner, $element $(, $item)?
                    ); )+
                    return;
                };
                // This release has its elements in another order than the fields stand in.
                for &wanted in order {
                    let mut field = 0u16;
                    $(
                        if field == wanted {
                            $crate::messages::class::class!(
                                @write $kind self.$field, writer, $crate::schema::Owner::$owner, $element $(, $item)?
                            );
                        }
                        field += 1;
                    )+
                    let _ = field;
                }
            }
        }

        impl<'d> $crate::messages::class::ElementContent<'d> for $name $(<$life>)? {
            #[inline]
            fn read_content(element: $crate::schema::Element<'d>) -> Self {
                <Self as $crate::messages::Class>::read(element)
            }

            fn write_content(&self, name: &str, owner: $crate::schema::Owner, writer: &mut $crate::messages::Writer) {
                writer.open(name, owner);
                <Self as $crate::messages::Class>::write(self, writer);
                writer.close(name, owner);
            }
        }
    };

    (@type one $type:ty) => { $type };
    (@type opt $type:ty) => { Option<$type> };
    (@type list $type:ty) => { Vec<$type> };

    (@kind one) => { $crate::messages::FieldKind::One };
    (@kind opt) => { $crate::messages::FieldKind::Optional };
    (@kind list $item:literal) => { $crate::messages::FieldKind::List($item) };

    (@read one $children:ident, $position:expr, $element:literal) => {
        $crate::messages::class::required($children.filling($position), $element)
    };
    (@read opt $children:ident, $position:expr, $element:literal) => {
        $children.filling($position).map($crate::messages::class::ElementContent::read_content)
    };
    (@read list $children:ident, $position:expr, $element:literal) => {
        $children.filling($position).map_or_else(Vec::new, |wrapper| {
            wrapper.children().map($crate::messages::class::ElementContent::read_content).collect()
        })
    };

    (@write one $value:expr, $writer:ident, $owner:expr, $element:literal) => {
        $crate::messages::class::ElementContent::write_content(&$value, $element, $owner, $writer)
    };
    (@write opt $value:expr, $writer:ident, $owner:expr, $element:literal) => {
        if let Some(value) = &$value {
            $crate::messages::class::ElementContent::write_content(value, $element, $owner, $writer);
        }
    };
    (@write list $value:expr, $writer:ident, $owner:expr, $element:literal, $item:literal) => {
        if !$value.is_empty() {
            $writer.open($element, $owner);
            for item in &$value {
                $crate::messages::class::ElementContent::write_content(item, $item, $owner, $writer);
            }
            $writer.close($element, $owner);
        }
    };
}
pub(crate) use class;

/// The elements of a class, asked for in the order of the fields of its type.
#[derive(Debug)]
pub struct ElementFields<'d> {
    element: Element<'d>,
    children: Children<'d>,
    /// Where this release has them elsewhere.
    layout: Option<&'static [u16]>,
}

impl<'d> ElementFields<'d> {
    /// The elements of this element.
    #[inline]
    #[must_use]
    pub fn of(element: Element<'d>) -> Self {
        let layout = layouts(element.document.schema).and_then(|layouts| match element.content() {
            crate::schema::Content::Class(id) => {
                layouts[usize::from(id.0)].as_ref().map(|layout| &*layout.places)
            }
            crate::schema::Content::Simple(_) => None,
        });
        Self { element, children: element.children(), layout }
    }

    /// The element of the field at this place, when it is there.
    #[inline]
    pub fn filling(&mut self, field: u16) -> Option<Element<'d>> {
        let Some(layout) = self.layout else { return self.children.filling(field) };
        let position = *layout.get(usize::from(field))?;
        self.children
            .filling(position)
            .or_else(|| self.element.children().find(|child| child.node().position == position))
    }
}

/// Reads an element that level 1 promised; its absence is a fault of ours, not of the message.
pub fn required<'d, T: ElementContent<'d>>(element: Option<Element<'d>>, name: &str) -> T {
    match element {
        Some(element) => T::read_content(element),
        None => panic!("level 1 let a message through without {name}"),
    }
}

/// A text that may name a person: kept as it is, masked in `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Persoonlijk<'d>(pub &'d str);

impl std::fmt::Debug for Persoonlijk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

macro_rules! value {
    ($type:ty, |$text:ident| $read:expr, |$self:ident, $out:ident| $write:expr) => {
        impl<'d> ElementValue<'d> for $type {
            #[inline]
            fn read_value($text: &'d str) -> Self {
                $read
            }
            fn write_value(&$self, $out: &mut String) {
                $write;
            }
        }
        value!(@content $type);
    };
    (@content $type:ty) => {
        impl<'d> ElementContent<'d> for $type {
            #[inline]
            fn read_content(element: Element<'d>) -> Self {
                Self::read_value(element.text())
            }
            fn write_content(&self, name: &str, owner: Owner, writer: &mut Writer) {
                writer.value(name, owner, self);
            }
        }
    };
}

/// A value that level 1 promised; anything else is a fault of ours. The value itself is not shown.
#[inline]
fn promised<T, E>(result: Result<T, E>, what: &str) -> T {
    result.unwrap_or_else(|_| panic!("level 1 let a value through that is no {what}"))
}

macro_rules! code_value {
    ($($type:ident),+ $(,)?) => {
        $(value!($type, |text| promised($type::parse(text), stringify!($type)), |self, out| out.push_str(self.as_str()));)+
    };
}

code_value!(
    AdresSoort,
    AgbCode,
    BetalingAan,
    Bsn,
    DatumGebruik,
    DebetCredit,
    Eenheid,
    FactuurCode,
    Frequentie,
    GemeenteCode,
    JaNee,
    NaamGebruik,
    ProductCategorie,
    RedenAfwijzingVerzoek,
    RedenWijziging,
    Retourcode,
    StatusAanlevering,
    TypeVerwijzer,
    VerzoekAntwoord,
);

// A gemeente makes its own product codes: they may hold what XML writes as a reference.
value!(ProductCode, |text| promised(ProductCode::parse(text), "ProductCode"), |self, out| {
    super::writer::escape_into(self.as_str(), out);
});
value!(&'d str, |text| text, |self, out| super::writer::escape_into(self, out));
value!(Persoonlijk<'d>, |text| Persoonlijk(text), |self, out| super::writer::escape_into(self.0, out));
value!(i64, |text| integer(text), |self, out| out.push_str(&self.to_string()));
value!(Cents, |text| Cents(integer(text)), |self, out| out.push_str(&self.0.to_string()));
value!(
    ToewijzingNummer,
    |text| ToewijzingNummer(promised(u32::try_from(integer(text)), "ToewijzingNummer")),
    |self, out| out.push_str(&self.0.to_string())
);
value!(Datum, |text| datum(text), |self, out| write_datum(*self, out));

/// A whole number of level 1, `+5` and `007` included.
#[inline]
fn integer(text: &str) -> i64 {
    promised(text.parse(), "geheel getal")
}

/// A date of level 1. Years that the calendar cannot hold become its first or last day.
#[inline]
#[must_use]
pub fn datum(text: &str) -> Datum {
    let bytes = text.as_bytes();
    if let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes {
        let digit = |byte: u8| u32::from(byte.wrapping_sub(b'0'));
        let year = digit(y1) * 1000 + digit(y2) * 100 + digit(y3) * 10 + digit(y4);
        let date = i32::try_from(year).ok().and_then(|year| {
            Datum::from_ymd_opt(year, digit(m1) * 10 + digit(m2), digit(d1) * 10 + digit(d2))
        });
        return promised(date.ok_or(()), "datum");
    }
    if text.starts_with('-') { Datum::MIN } else { Datum::MAX }
}

/// A date as the standard writes it.
pub fn write_datum(datum: Datum, out: &mut String) {
    let (year, month, day) = (datum.year(), datum.month(), datum.day());
    out.push_str(&format!("{year:04}-{month:02}-{day:02}"));
}
