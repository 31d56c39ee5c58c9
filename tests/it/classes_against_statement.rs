//! Every typed class has the elements of the statement, for a heenbericht and for its retour.

use happyflow::messages::{BerichtSoort, Field, FieldKind, layouts, typed_classes};
use happyflow::schema::{self, Content, MessageSchema, Release, releases};
use std::collections::BTreeMap;

type Typed = BTreeMap<&'static str, &'static [Field]>;

/// A class that only wraps elements of one kind; types have a list instead.
fn wrapped(schema: &MessageSchema, content: Content) -> Option<&'static str> {
    let Content::Class(id) = content else { return None };
    match schema.class(id).particles.as_slice() {
        [only] if only.many => Some(only.name),
        _ => None,
    }
}

fn is_retour(soort: BerichtSoort) -> bool {
    BerichtSoort::ALL.iter().any(|heen| heen.retour() == Some(soort))
}

/// How the elements of a header go on after those that every header has.
fn header_fields(soort: BerichtSoort, fields: &[Field]) -> Vec<Field> {
    let field = |name, kind| Field { name, kind };
    let (one, optional) = (FieldKind::One, FieldKind::Optional);
    let codes = field("RetourCodes", FieldKind::List("RetourCode"));
    let more = match soort {
        BerichtSoort::Jw325 => vec![
            field("DeclaratieIdentificatie", one),
            field("XsltVersie", optional),
            field("XsdVersieDeclaratie", one),
            codes,
        ],
        soort if is_retour(soort) => vec![
            field("IdentificatieRetour", one),
            field("DagtekeningRetour", one),
            field("XsltVersie", optional),
            field("XsdVersieRetour", optional),
            codes,
        ],
        _ => Vec::new(),
    };
    fields.iter().copied().chain(more).collect()
}

/// Elements that a type requires are there in every release; what a release has, the type has.
fn compare(schema: &MessageSchema, class: &schema::StatedClass, fields: &[Field]) {
    let place = format!("{} {} {}", schema.release.name, schema.soort.name(), class.name);
    let fields = match class.name {
        "Header" if !is_claim(schema.soort) => header_fields(schema.soort, fields),
        _ => fields.to_vec(),
    };
    for field in &fields {
        let particle = class.particles.iter().find(|particle| particle.name == field.name);
        let Some(particle) = particle else {
            assert!(field.kind != FieldKind::One, "{place} lacks {}", field.name);
            continue;
        };
        let fits = match field.kind {
            FieldKind::One => !particle.optional && wrapped(schema, particle.content).is_none(),
            FieldKind::Optional => wrapped(schema, particle.content).is_none(),
            FieldKind::List(item) => wrapped(schema, particle.content) == Some(item),
        };
        assert!(fits && !particle.many, "{place}/{}: {:?}", field.name, field.kind);
    }
    for particle in &class.particles {
        assert!(fields.iter().any(|field| field.name == particle.name), "{place} has {}", particle.name);
    }
}

fn is_claim(soort: BerichtSoort) -> bool {
    matches!(soort, BerichtSoort::Jw303 | BerichtSoort::Jw304)
}

#[test]
fn typed_classes_have_the_elements_of_the_statement() {
    let mut stated: BTreeMap<&str, bool> = BTreeMap::new();
    for schema in releases().messages() {
        let typed: Typed = typed_classes(schema.soort).into_iter().collect();
        for class in &schema.classes {
            if matches!(class.particles.as_slice(), [only] if only.many) {
                continue;
            }
            let fields = typed.get(class.name);
            let fields = fields.unwrap_or_else(|| panic!("{} has no type", class.name));
            compare(schema, class, fields);
        }
        for name in typed.keys() {
            *stated.entry(name).or_default() |= schema.class_named(name).is_some();
        }
    }
    assert!(stated.values().all(|stated| *stated), "{stated:?}");
}

/// The messages of the release in use are read by place, without looking anything up.
#[test]
fn the_types_have_the_order_of_the_release_in_use() {
    for schema in releases().messages().iter().filter(|schema| schema.release == Release::live()) {
        assert!(layouts(schema).is_none(), "{}", schema.soort.name());
    }
    let jw303 = releases().message("2.3", BerichtSoort::Jw303).unwrap();
    assert!(layouts(jw303).is_none(), "a JW303 has many lines");
}

#[test]
fn only_retours_and_the_answer_on_a_claim_have_retourcodes() {
    for schema in releases().messages() {
        let answers =
            is_retour(schema.soort) || matches!(schema.soort, BerichtSoort::Jw325 | BerichtSoort::Jw304);
        assert_eq!(schema.class_named("RetourCodes").is_some(), answers, "{}", schema.soort.name());
    }
}
