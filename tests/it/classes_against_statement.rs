//! Every typed class has the elements of the statement, for a heenbericht and for its retour.

use happyflow::messages::{BerichtSoort, Class, Field, FieldKind, Header};
use happyflow::messages::{jw301, jw305, jw307};
use happyflow::messages::{jw315, jw317, jw319, jw323, jw325, shared};
use happyflow::schema::{self, Content, MessageSchema, Particle, releases};
use std::collections::BTreeMap;

type Typed = BTreeMap<&'static str, &'static [Field]>;

macro_rules! classes {
    ($($class:ty),+ $(,)?) => { [$((<$class as Class<'_>>::NAME, <$class as Class<'_>>::FIELDS)),+].into_iter() };
}

fn shared_classes() -> Typed {
    classes!(
        shared::Geboortedatum,
        shared::Achternaam<'_>,
        shared::VerkorteNaam<'_>,
        shared::VolledigeNaam<'_>,
        shared::Communicatie<'_>,
        shared::Huis<'_>,
        shared::Adres<'_>,
        shared::Telefoon<'_>,
        shared::Telefoonnummers<'_>,
        shared::OpenPeriode,
        shared::GeslotenPeriode,
        shared::Product,
        shared::Omvang,
        shared::Verwijzer<'_>,
        shared::Referentie<'_>,
        shared::BedragMetDc,
        shared::TotaalBedragMetDc,
        shared::BerichtIdentificatie<'_>,
        shared::XsdVersie<'_>,
    )
    .collect()
}

fn typed(soort: BerichtSoort) -> Typed {
    use BerichtSoort as Soort;
    let own: Vec<(&'static str, &'static [Field])> = match soort {
        Soort::Jw301 | Soort::Jw302 => classes!(
            jw301::Jw301<'_>,
            jw301::Client<'_>,
            jw301::Relatie<'_>,
            jw301::ToegewezenProduct<'_>,
            shared::Contact<'_>
        )
        .collect(),
        Soort::Jw305 | Soort::Jw306 => {
            classes!(jw305::Jw305<'_>, jw305::Client<'_>, jw305::StartProduct).collect()
        }
        Soort::Jw307 | Soort::Jw308 => {
            classes!(jw307::Jw307<'_>, jw307::Client<'_>, jw307::StopProduct<'_>).collect()
        }
        Soort::Jw315 | Soort::Jw316 => {
            classes!(jw315::Jw315<'_>, jw315::Client<'_>, jw315::AangevraagdProduct<'_>).collect()
        }
        Soort::Jw317 | Soort::Jw318 => classes!(
            jw317::Jw317<'_>,
            jw317::Client<'_>,
            jw317::Verzoek<'_>,
            jw317::OngewijzigdProduct,
            jw317::TeWijzigenProduct,
            jw317::NieuwProduct
        )
        .collect(),
        Soort::Jw319 | Soort::Jw320 => {
            classes!(jw319::Jw319<'_>, jw319::Antwoord<'_>, jw319::Woonplaatsbeginsel).collect()
        }
        Soort::Jw323 => {
            classes!(jw323::Jw323<'_>, jw323::Declaratie<'_>, jw323::Client<'_>, jw323::Prestatie<'_>)
                .collect()
        }
        Soort::Jw325 => {
            classes!(jw325::Jw325<'_>, jw325::DeclaratieAntwoord<'_>, jw325::Client<'_>, jw325::Prestatie<'_>)
                .collect()
        }
    };
    own.into_iter().chain([(Header::NAME, Header::FIELDS)]).chain(shared_classes()).collect()
}

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

/// Elements of the type that the statement of this message has as well.
fn expected_fields(fields: &[Field], soort: BerichtSoort) -> Vec<Field> {
    let answers = is_retour(soort) || soort == BerichtSoort::Jw325;
    fields.iter().copied().filter(|field| answers || field.name != "RetourCodes").collect()
}

fn compare(schema: &MessageSchema, class: &schema::Class, fields: &[Field]) {
    let mut particles = class.particles.as_slice();
    let place = format!("{} {}", schema.soort.name(), class.name);
    if class.name == "Header" {
        let extra = match schema.soort {
            BerichtSoort::Jw325 => {
                &["DeclaratieIdentificatie", "XsltVersie?", "XsdVersieDeclaratie", "RetourCodes"][..]
            }
            soort if is_retour(soort) => &[
                "IdentificatieRetour",
                "DagtekeningRetour",
                "XsltVersie?",
                "XsdVersieRetour",
                "RetourCodes?",
            ],
            _ => &[],
        };
        let (common, rest) = particles.split_at(fields.len());
        let name = |p: &Particle| format!("{}{}", p.name, if p.optional { "?" } else { "" });
        assert_eq!(rest.iter().map(name).collect::<Vec<_>>(), extra, "{place}");
        particles = common;
    }
    let fields = expected_fields(fields, schema.soort);
    let names = |names: Vec<&'static str>| names;
    assert_eq!(
        names(particles.iter().map(|particle| particle.name).collect()),
        names(fields.iter().map(|field| field.name).collect()),
        "{place}"
    );
    for (particle, field) in particles.iter().zip(fields) {
        let fits = match field.kind {
            FieldKind::One => !particle.optional && wrapped(schema, particle.content).is_none(),
            // The heenbericht has its client, a retour may leave it out: one type serves both.
            FieldKind::Optional => particle.optional || class.name == "Root",
            FieldKind::List(item) => wrapped(schema, particle.content) == Some(item),
        };
        assert!(fits && !particle.many, "{place}/{}: {:?}", particle.name, field.kind);
    }
}

#[test]
fn typed_classes_have_the_elements_of_the_statement() {
    for schema in releases().messages() {
        let typed = typed(schema.soort);
        for class in &schema.classes {
            if matches!(class.particles.as_slice(), [only] if only.many) {
                continue;
            }
            let fields = typed.get(class.name);
            let fields = fields.unwrap_or_else(|| panic!("{} has no type", class.name));
            compare(schema, class, fields);
        }
        for name in typed.keys() {
            assert!(schema.class_named(name).is_some(), "{}: {name} is not stated", schema.soort.name());
        }
    }
}

#[test]
fn only_retours_and_the_answer_on_a_claim_have_retourcodes() {
    for schema in releases().messages() {
        let answers = is_retour(schema.soort) || schema.soort == BerichtSoort::Jw325;
        assert_eq!(schema.class_named("RetourCodes").is_some(), answers, "{}", schema.soort.name());
    }
}
