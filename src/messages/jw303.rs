//! JW303, declaratie or factuur of care before 2021, and its answer JW304.
//!
//! Both kinds share a message: BerichtCode tells them apart. A claim is judged in the shape of a JW323
//! ([`Jw303::as_declaratie`]); what only a JW303 has stays here.

use super::class::{Persoonlijk, class, required};
use super::jw323;
use super::shared::{
    BedragMetDc, BerichtIdentificatie, Geboortedatum, GeslotenPeriode, Header, Referentie, TotaalBedragMetDc,
    VerkorteNaam, XsdVersie,
};
use super::{Class, Field, FieldKind, Partij, Writer};
use crate::codes::{
    AgbCode, Datum, Eenheid, GemeenteCode, JaNee, ProductCategorie, ProductCode, Retourcode,
    ToewijzingNummer, code_enum,
};
use crate::money::Cents;
use crate::schema::{At, Element, Owner};

code_enum!(
    /// What a JW303 or JW304 is, by its BerichtCode (COD002).
    FactuurCode {
        /// JW303, an account of care.
        Declaratie = "432",
        /// JW304 on a declaratie.
        DeclaratieRetour = "433",
        /// JW303, an invoice.
        Factuur = "450",
        /// JW304 on a factuur.
        FactuurRetour = "451",
    }
);

impl FactuurCode {
    /// The code of the answer.
    #[must_use]
    pub const fn retour(self) -> Self {
        match self {
            Self::Declaratie | Self::DeclaratieRetour => Self::DeclaratieRetour,
            Self::Factuur | Self::FactuurRetour => Self::FactuurRetour,
        }
    }

    /// Whether it is about an invoice: granted whole or not at all (OP287).
    #[must_use]
    pub const fn is_factuur(self) -> bool {
        matches!(self, Self::Factuur | Self::FactuurRetour)
    }
}

code_enum!(
    /// Who is paid.
    BetalingAan { Servicebureau = "01", Aanbieder = "02" }
);

/// A claim, or the answer on one.
#[derive(Debug, Clone, PartialEq)]
pub struct Jw303<'d> {
    /// Its place.
    pub at: At,
    /// The header as other messages have it: the number of the claim is its Identificatie.
    pub header: Header<'d>,
    /// The header as it is.
    pub kop: Kop<'d>,
    /// Clients; none in a JW304 that returns the header only.
    pub clienten: Vec<Client<'d>>,
}

impl<'d> Class<'d> for Jw303<'d> {
    const NAME: &'static str = "Root";
    const FIELDS: &'static [Field] = &[
        Field { name: "Header", kind: FieldKind::One },
        Field { name: "Clienten", kind: FieldKind::List("Client") },
    ];

    fn read(element: Element<'d>) -> Self {
        let kop: Kop<'d> = required(element.child("Header"), "Header");
        let schema = element.document.schema;
        let identificatie = &kop.identificatie;
        let header = Header {
            at: kop.at,
            soort: schema.soort,
            release: schema.release,
            afzender: Partij::Aanbieder(kop.aanbieder),
            ontvanger: Partij::Gemeente(kop.gemeente),
            bericht_identificatie: BerichtIdentificatie {
                at: identificatie.at,
                identificatie: identificatie.nummer,
                dagtekening: identificatie.dagtekening,
            },
            xsd_versie: kop.xsd_versie.clone(),
            retour: None,
            antwoord: None,
        };
        let clienten = element.child("Clienten").map_or_else(Vec::new, |clienten| {
            clienten.children().map(super::class::ElementContent::read_content).collect()
        });
        Self { at: element.at(), header, kop, clienten }
    }

    fn write(&self, writer: &mut Writer) {
        use super::class::ElementContent as _;
        self.kop.write_content("Header", Owner::Bericht, writer);
        if !self.clienten.is_empty() {
            writer.open("Clienten", Owner::Bericht);
            for client in &self.clienten {
                client.write_content("Client", Owner::Bericht, writer);
            }
            writer.close("Clienten", Owner::Bericht);
        }
    }
}

class! {
    /// The header.
    pub struct Kop<'d> : "Header" in Bericht {
        /// Declaratie or factuur, claim or answer.
        code: one FactuurCode = "BerichtCode",
        versie: one i64 = "BerichtVersie",
        subversie: one i64 = "BerichtSubversie",
        /// Who is asked to pay.
        gemeente: one GemeenteCode = "Gemeente",
        /// Who sends for the aanbieder.
        servicebureau: opt AgbCode = "Servicebureau",
        /// Who claims (IV059).
        aanbieder: one AgbCode = "Aanbieder",
        /// Who is paid.
        betaling_aan: one BetalingAan = "BetalingAanID",
        /// Number, period and date.
        identificatie: one FactuurIdentificatie<'d> = "DeclaratieFactuurIdentificatie",
        /// JW303: what is asked.
        bedragen: opt FactuurBedragen = "DeclaratieFactuurBedragen",
        /// Versions of the schemas; not before release 2.4.
        xsd_versie: opt XsdVersie<'d> = "XsdVersie",
        /// JW304: its own identity.
        retour_header: opt RetourHeader<'d> = "RetourHeader",
        /// JW304: asked and granted.
        retour_bedragen: opt RetourBedragen = "RetourBedragen",
        /// JW304: version of the official level-2 style sheets (IV033).
        xslt_versie: opt &'d str = "XsltVersie",
        /// JW304: versions of the schemas that it was made with; not before release 2.4.
        xsd_versie_retour: opt XsdVersie<'d> = "XsdVersieRetour",
        /// JW304: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// CDT_DeclaratieFactuurIdentificatie.
    pub struct FactuurIdentificatie<'d> : "CDT_DeclaratieFactuurIdentificatie" in Basis {
        /// Agreed with the gemeente; not always a month (IV064).
        periode: one GeslotenPeriode = "DeclaratiePeriode",
        /// Unique per aanbieder (TR324).
        nummer: one &'d str = "DeclarantFactuurNummer",
        /// Date of the claim.
        dagtekening: one Datum = "FactuurDagtekening",
        /// VAT number.
        btw_id_nummer: opt &'d str = "BtwIDNummer",
        /// Always EUR.
        valuta_code: one &'d str = "ValutaCode",
    }
}

class! {
    /// CDT_DeclaratieFactuurBedragen.
    pub struct FactuurBedragen : "CDT_DeclaratieFactuurBedragen" in Basis {
        /// Sum of the lines, signed (TR312).
        totaal: one TotaalBedragMetDc = "DeclaratieFactuurTotaalBedrag",
        /// Sum of their VAT, signed (TR313).
        btw_totaal: opt TotaalBedragMetDc = "BtwTotaalBedrag",
    }
}

class! {
    /// CDT_RetourHeader.
    pub struct RetourHeader<'d> : "CDT_RetourHeader" in Basis {
        /// Number that the gemeente gives the answer.
        gemeente_referentie_nummer: one &'d str = "GemeenteReferentieNummer",
        /// Date of the answer.
        retour_dagtekening: one Datum = "RetourDagtekening",
    }
}

class! {
    /// CDT_RetourBedragen.
    pub struct RetourBedragen : "CDT_RetourBedragen" in Basis {
        /// As claimed.
        ingediend: one TotaalBedragMetDc = "IngediendTotaalBedrag",
        /// As granted.
        toegekend: one TotaalBedragMetDc = "ToegekendTotaalBedrag",
    }
}

class! {
    /// A client with the care that was delivered.
    pub struct Client<'d> : "Client" in Bericht {
        bsn: one crate::codes::Bsn = "Bsn",
        /// Date of birth.
        geboortedatum: one Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: one &'d str = "Geslacht",
        /// Name.
        naam: one VerkorteNaam<'d> = "Naam",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// Lines.
        prestaties: list Prestatie<'d> = "Prestaties" / "Prestatie",
        /// JW304: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// One line: a product in a period.
    pub struct Prestatie<'d> : "Prestatie" in Bericht {
        /// Decision of the gemeente.
        beschikking_nummer: opt i64 = "BeschikkingNummer",
        /// The assignment; absent only for assignments sent before 12 June 2017 (IV051).
        toewijzing_nummer: opt ToewijzingNummer = "ToewijzingNummer",
        /// Category.
        product_categorie: one ProductCategorie = "ProductCategorie",
        product_code: one ProductCode = "ProductCode",
        /// Days of care (IV062), or the period of the claim (IV063).
        product_periode: one GeslotenPeriode = "ProductPeriode",
        /// Volume, rate and amounts.
        bedrag: one IngediendBedrag = "IngediendeBedragPrestatie",
        /// Reference of the line, and of the debit that a credit takes back.
        product_referentie: one Referentie<'d> = "ProductReferentie",
        /// Free text.
        commentaar: opt Persoonlijk<'d> = "Commentaar",
        /// JW304: what is granted.
        toegekend: opt ToegekendBedrag = "ToegekendeBedragPrestatie",
        /// JW304: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// CDT_IngediendeBedragPrestatie.
    pub struct IngediendBedrag : "CDT_IngediendeBedragPrestatie" in Basis {
        /// In units of `eenheid`; eurocents for Euro.
        geleverd_volume: one i64 = "GeleverdVolume",
        /// Unit.
        eenheid: one Eenheid = "Eenheid",
        /// Hundredths of a percent (IV068).
        verrekenpercentage: opt i64 = "Verrekenpercentage",
        /// Rate in eurocents per unit.
        product_tarief: opt Cents = "ProductTarief",
        /// Volume times rate (TR317).
        berekend_bedrag: opt BedragMetDc = "BerekendBedrag",
        /// `Ja`: exempt from VAT.
        btw_vrijstelling: opt JaNee = "BtwVrijstellingIndicatie",
        /// Hundredths of a percent (IV068).
        btw_percentage: opt i64 = "BtwPercentage",
        /// VAT.
        btw_bedrag: opt BedragMetDc = "BtwBedrag",
        /// What is asked.
        bedrag: one BedragMetDc = "DeclaratieFactuurBedrag",
    }
}

class! {
    /// CDT_ToegekendeBedragPrestatie.
    pub struct ToegekendBedrag : "CDT_ToegekendeBedragPrestatie" in Basis {
        /// What the gemeente computes.
        berekend: one BedragMetDc = "GemeenteBerekendBedrag",
        /// What the gemeente grants.
        toegekend: one BedragMetDc = "ToegekendBedrag",
    }
}

impl<'d> Jw303<'d> {
    /// Every line with its client.
    pub fn prestaties(&self) -> impl Iterator<Item = &Prestatie<'d>> {
        self.clienten.iter().flat_map(|client| &client.prestaties)
    }

    /// The claim in the shape of a JW323, in which claims are judged and booked. `toewijzing` says which
    /// assignment a line is about.
    #[must_use]
    pub fn as_declaratie(
        &self,
        toewijzing: impl Fn(&Client<'d>, &Prestatie<'d>) -> ToewijzingNummer,
    ) -> jw323::Jw323<'d> {
        let Kop { identificatie, bedragen, .. } = &self.kop;
        let total = bedragen.as_ref().map_or(Cents::ZERO, |bedragen| bedragen.totaal.signed());
        let client = |client: &Client<'d>| jw323::Client {
            at: client.at,
            bsn: client.bsn,
            prestaties: client
                .prestaties
                .iter()
                .map(|prestatie| prestatie.as_line(toewijzing(client, prestatie)))
                .collect(),
        };
        jw323::Jw323 {
            at: self.at,
            header: self.header.clone(),
            declaratie: jw323::Declaratie {
                at: self.kop.at,
                declaratie_nummer: identificatie.nummer,
                declaratie_periode: identificatie.periode.clone(),
                declaratie_dagtekening: identificatie.dagtekening,
                totaal_ingediend_bedrag: TotaalBedragMetDc::of(total),
                clienten: self.clienten.iter().map(client).collect(),
            },
        }
    }
}

impl<'d> Prestatie<'d> {
    /// The line in the shape of a JW323, about this assignment.
    fn as_line(&self, toewijzing_nummer: ToewijzingNummer) -> jw323::Prestatie<'d> {
        jw323::Prestatie {
            at: self.at,
            product_referentie: self.product_referentie.clone(),
            toewijzing_nummer,
            product_categorie: self.product_categorie,
            product_code: self.product_code,
            product_periode: self.product_periode.clone(),
            geleverd_volume: self.bedrag.geleverd_volume,
            eenheid: self.bedrag.eenheid,
            product_tarief: self.bedrag.product_tarief,
            ingediend_bedrag: self.bedrag.bedrag.clone(),
        }
    }
}
