//! Classes that several messages share.

use super::class::{ElementContent, Persoonlijk, class, required};
use super::{BerichtSoort, Class, Envelope, Field, FieldKind, Partij, Relatie, Writer};
use crate::codes::{
    AdresSoort, AgbCode, Datum, DatumGebruik, DebetCredit, Eenheid, Frequentie, NaamGebruik,
    ProductCategorie, ProductCode, ProductSleutel, Retourcode,
};
use crate::money::Cents;
use crate::schema::{At, Element, Owner, Release};

class! {
    /// CDT_Geboortedatum.
    pub struct Geboortedatum : "CDT_Geboortedatum" in Basis {
        /// The date; unknown parts are 01 or 1900 (IV009).
        datum: one Datum = "Datum",
        /// Which parts are known; absent means all.
        datum_gebruik: opt DatumGebruik = "DatumGebruik",
    }
}

class! {
    /// CDT_Achternaam.
    pub struct Achternaam<'d> : "CDT_Achternaam" in Basis {
        /// Surname.
        achternaam: one Persoonlijk<'d> = "Achternaam",
        /// Prefix such as `van der`.
        voorvoegsel: opt Persoonlijk<'d> = "Voorvoegsel",
    }
}

class! {
    /// CDT_VerkorteNaam: the name in requests and regieberichten.
    pub struct VerkorteNaam<'d> : "CDT_VerkorteNaam" in Basis {
        /// Own surname.
        geslachtsnaam: one Achternaam<'d> = "Geslachtsnaam",
        /// First names, with spaces.
        voornamen: opt Persoonlijk<'d> = "Voornamen",
        /// Initials, no dots or spaces.
        voorletters: opt Persoonlijk<'d> = "Voorletters",
    }
}

class! {
    /// CDT_VolledigeNaam: the name in an assignment (IV007).
    pub struct VolledigeNaam<'d> : "CDT_VolledigeNaam" in Basis {
        /// Own surname.
        geslachtsnaam: one Achternaam<'d> = "Geslachtsnaam",
        /// Surname of the partner.
        partnernaam: opt Achternaam<'d> = "Partnernaam",
        /// First names, with spaces.
        voornamen: opt Persoonlijk<'d> = "Voornamen",
        /// Initials, no dots or spaces.
        voorletters: opt Persoonlijk<'d> = "Voorletters",
        /// How the person is addressed.
        naam_gebruik: one NaamGebruik = "NaamGebruik",
    }
}

class! {
    /// CDT_Communicatie.
    pub struct Communicatie<'d> : "CDT_Communicatie" in Basis {
        /// Kind of interpreter (COD747).
        vorm: one &'d str = "Vorm",
        /// Language; only with an interpreter for a language (CD007).
        taal: opt &'d str = "Taal",
    }
}

class! {
    /// CDT_Huis.
    pub struct Huis<'d> : "CDT_Huis" in Basis {
        /// Number.
        huisnummer: one i64 = "Huisnummer",
        /// Letter.
        huisletter: opt Persoonlijk<'d> = "Huisletter",
        /// Addition.
        huisnummer_toevoeging: opt Persoonlijk<'d> = "HuisnummerToevoeging",
        /// Where it is when there is no number (NUM061).
        aanduiding_woonadres: opt &'d str = "AanduidingWoonadres",
    }
}

class! {
    /// CDT_Adres.
    pub struct Adres<'d> : "CDT_Adres" in Basis {
        /// House; required in the Netherlands (CD025).
        huis: opt Huis<'d> = "Huis",
        postcode: opt Persoonlijk<'d> = "Postcode",
        /// Street.
        straatnaam: opt Persoonlijk<'d> = "Straatnaam",
        /// Town.
        plaatsnaam: opt Persoonlijk<'d> = "Plaatsnaam",
        /// Country (COD032); required with a postcode (CD005).
        land_code: opt &'d str = "LandCode",
    }
}

class! {
    /// CDT_Telefoon.
    pub struct Telefoon<'d> : "CDT_Telefoon" in Basis {
        /// Digits.
        telefoonnummer: one Persoonlijk<'d> = "Telefoonnummer",
        /// Country number.
        landnummer: one &'d str = "Landnummer",
    }
}

class! {
    /// CDT_Telefoonnummers.
    pub struct Telefoonnummers<'d> : "CDT_Telefoonnummers" in Basis {
        /// First number.
        telefoon01: one Telefoon<'d> = "Telefoon01",
        /// Second number.
        telefoon02: opt Telefoon<'d> = "Telefoon02",
    }
}

class! {
    /// CDT_OpenPeriode: either end may be open.
    pub struct OpenPeriode : "CDT_OpenPeriode" in Basis {
        /// First day.
        begindatum: opt Datum = "Begindatum",
        /// Last day, inclusive.
        einddatum: opt Datum = "Einddatum",
    }
}

class! {
    /// CDT_GeslotenPeriode: both days inclusive.
    pub struct GeslotenPeriode : "CDT_GeslotenPeriode" in Basis {
        /// First day.
        begindatum: one Datum = "Begindatum",
        /// Last day, inclusive.
        einddatum: one Datum = "Einddatum",
    }
}

class! {
    /// CDT_Product.
    pub struct Product : "CDT_Product" in Basis {
        /// Category (JZ020).
        categorie: one ProductCategorie = "Categorie",
        /// Code; absent for an aspecific assignment (IV075).
        code: opt ProductCode = "Code",
    }
}

impl Product {
    /// The product without its place.
    #[must_use]
    pub fn sleutel(&self) -> ProductSleutel {
        ProductSleutel { categorie: self.categorie, code: self.code }
    }

    /// The class for a product.
    #[must_use]
    pub fn of(product: ProductSleutel) -> Self {
        Self { at: At::default(), categorie: product.categorie, code: product.code }
    }
}

class! {
    /// CDT_Omvang: how much, of what unit, how often (IV042).
    pub struct Omvang : "CDT_Omvang" in Basis {
        /// In units of `eenheid`; eurocents for Euro.
        volume: one i64 = "Volume",
        /// Unit.
        eenheid: one Eenheid = "Eenheid",
        /// How often.
        frequentie: one Frequentie = "Frequentie",
    }
}

class! {
    /// CDT_Verwijzer: who referred the client.
    pub struct Verwijzer<'d> : "CDT_Verwijzer" in Basis {
        /// Kind of referrer.
        soort: one crate::codes::TypeVerwijzer = "Type",
        /// Name of the referrer.
        naam: opt Persoonlijk<'d> = "Naam",
        /// AGB code of the referrer.
        zorgverlener_code: opt AgbCode = "ZorgverlenerCode",
    }
}

class! {
    /// CDT_Referentie: reference of a Prestatie.
    pub struct Referentie<'d> : "CDT_Referentie" in Basis {
        /// Its own number, unique per aanbieder (TR314).
        referentie_nummer: one &'d str = "ReferentieNummer",
        /// The debit that a credit takes back (CD060).
        vorig_referentie_nummer: opt &'d str = "VorigReferentieNummer",
    }
}

class! {
    /// CDT_BedragMetDC.
    pub struct BedragMetDc : "CDT_BedragMetDC" in Basis {
        /// Eurocents, not negative.
        bedrag: one Cents = "Bedrag",
        /// Claimed or given back.
        debet_credit: one DebetCredit = "DebetCredit",
    }
}

impl BedragMetDc {
    /// Positive for a debit, negative for a credit.
    #[must_use]
    pub fn signed(&self) -> Cents {
        signed(self.bedrag, self.debet_credit)
    }
}

class! {
    /// CDT_TotaalBedragMetDC.
    pub struct TotaalBedragMetDc : "CDT_TotaalBedragMetDC" in Basis {
        /// Eurocents, not negative.
        totaal_bedrag: one Cents = "TotaalBedrag",
        /// Claimed or given back.
        debet_credit: one DebetCredit = "DebetCredit",
    }
}

impl TotaalBedragMetDc {
    /// Positive for a debit, negative for a credit.
    #[must_use]
    pub fn signed(&self) -> Cents {
        signed(self.totaal_bedrag, self.debet_credit)
    }

    /// A signed amount as the standard writes it; zero is a debit (CS325).
    #[must_use]
    pub fn of(amount: Cents) -> Self {
        let debet_credit = if amount.0 < 0 { DebetCredit::Credit } else { DebetCredit::Debet };
        Self { at: At::default(), totaal_bedrag: Cents(amount.0.abs()), debet_credit }
    }
}

fn signed(bedrag: Cents, debet_credit: DebetCredit) -> Cents {
    match debet_credit {
        DebetCredit::Debet => bedrag,
        DebetCredit::Credit => Cents(-bedrag.0),
    }
}

class! {
    /// A contact address of a client or relation (JW301).
    pub struct Contact<'d> : "Contact" in Bericht {
        /// Kind of address.
        soort: one AdresSoort = "Soort",
        /// Address.
        adres: opt Adres<'d> = "Adres",
        /// Institution where the person stays (IV002).
        organisatie: opt Persoonlijk<'d> = "Organisatie",
        /// Telephone.
        telefoon: opt Telefoonnummers<'d> = "Telefoon",
        /// E-mail.
        emailadres: opt Persoonlijk<'d> = "Emailadres",
        /// Term of a temporary address (CD009).
        periode: opt OpenPeriode = "Periode",
        /// In a retour: what was found.
        retour_codes: list Retourcode = "RetourCodes" / "RetourCode",
    }
}

class! {
    /// CDT_BerichtIdentificatie.
    pub struct BerichtIdentificatie<'d> : "CDT_BerichtIdentificatie" in Basis {
        /// At most twelve characters, unique per sender and kind (TR056).
        identificatie: one &'d str = "Identificatie",
        /// Date of the message.
        dagtekening: one Datum = "Dagtekening",
    }
}

class! {
    /// CDT_XsdVersie (IV034).
    pub struct XsdVersie<'d> : "CDT_XsdVersie" in Basis {
        /// Version of the shared schema.
        basisschema: one &'d str = "BasisschemaXsdVersie",
        /// Version of the message's schema.
        bericht: one &'d str = "BerichtXsdVersie",
    }
}

/// What a retour adds to the header of its heenbericht (IV028).
#[derive(Debug, Clone, PartialEq)]
pub struct RetourHeader<'d> {
    /// Identificatie of the retour itself.
    pub identificatie_retour: &'d str,
    /// Date of the retour.
    pub dagtekening_retour: Datum,
    /// Version of the official level-2 style sheets, when those were used (IV033).
    pub xslt_versie: Option<&'d str>,
    /// Versions of the schemas that the retour was made with; absent in release 2.3.
    pub xsd_versie_retour: Option<XsdVersie<'d>>,
    /// What was found; empty when all is well.
    pub retour_codes: Vec<Retourcode>,
}

/// What the header of a JW325 adds: it has an identity of its own and names the declaratie (IV087).
#[derive(Debug, Clone, PartialEq)]
pub struct AntwoordHeader<'d> {
    /// Identity of the JW323 that is answered.
    pub declaratie_identificatie: BerichtIdentificatie<'d>,
    /// Version of the official level-2 style sheets, when those were used (IV033).
    pub xslt_versie: Option<&'d str>,
    /// XsdVersie of the JW323 (TR371).
    pub xsd_versie_declaratie: XsdVersie<'d>,
    /// What was found; never empty.
    pub retour_codes: Vec<Retourcode>,
}

/// Header of any message. BerichtCode, BerichtVersie and BerichtSubversie are fixed by level 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Header<'d> {
    /// Its place.
    pub at: At,
    /// Which message.
    pub soort: BerichtSoort,
    pub release: &'static Release,
    /// Sender, of the heenbericht for a retour.
    pub afzender: Partij,
    /// Receiver, of the heenbericht for a retour.
    pub ontvanger: Partij,
    /// Identity, of the heenbericht for a retour.
    pub bericht_identificatie: BerichtIdentificatie<'d>,
    /// Versions of the schemas; absent in release 2.3.
    pub xsd_versie: Option<XsdVersie<'d>>,
    /// Retour only.
    pub retour: Option<RetourHeader<'d>>,
    /// JW325 only.
    pub antwoord: Option<AntwoordHeader<'d>>,
}

impl Header<'_> {
    /// Who delivers it: the Afzender, of a retour the Ontvanger, for a retour keeps the header of the message that
    /// it answers (IV028).
    #[must_use]
    pub fn sender(&self) -> Partij {
        if self.soort.is_retour() { self.ontvanger } else { self.afzender }
    }

    /// What it says of the way of the message.
    #[must_use]
    pub fn envelope(&self) -> Envelope {
        Envelope { relatie: self.relatie(), sender: self.sender() }
    }

    /// The relatie that the message belongs to; level 1 has made sure that there is one.
    #[must_use]
    pub fn relatie(&self) -> Relatie {
        match (self.afzender, self.ontvanger) {
            (Partij::Gemeente(gemeente), Partij::Aanbieder(aanbieder))
            | (Partij::Aanbieder(aanbieder), Partij::Gemeente(gemeente)) => Relatie { gemeente, aanbieder },
            _ => panic!("level 1 let a header through without gemeente and aanbieder"),
        }
    }
}

impl<'d> Class<'d> for Header<'d> {
    const NAME: &'static str = "Header";
    const FIELDS: &'static [Field] = &[
        Field { name: "BerichtCode", kind: FieldKind::One },
        Field { name: "BerichtVersie", kind: FieldKind::One },
        Field { name: "BerichtSubversie", kind: FieldKind::One },
        Field { name: "Afzender", kind: FieldKind::One },
        Field { name: "Ontvanger", kind: FieldKind::One },
        Field { name: "BerichtIdentificatie", kind: FieldKind::One },
        Field { name: "XsdVersie", kind: FieldKind::Optional },
    ];

    fn read(element: Element<'d>) -> Self {
        let schema = element.document.schema;
        let (soort, release) = (schema.soort, schema.release);
        // Releases differ in which elements there are, so they are found by their names.
        let child = |name| element.child(name);
        let partij = |name| {
            let text = child(name).map_or("", Element::text);
            Partij::parse(text).unwrap_or_else(|| panic!("level 1 let a header through without partij"))
        };
        let (afzender, ontvanger) = (partij("Afzender"), partij("Ontvanger"));
        let bericht_identificatie = required(child("BerichtIdentificatie"), "BerichtIdentificatie");
        let xsd_versie = child("XsdVersie").map(ElementContent::read_content);
        let retour_codes = || {
            child("RetourCodes")
                .map_or_else(Vec::new, |codes| codes.children().map(ElementContent::read_content).collect())
        };
        let xslt_versie = || child("XsltVersie").map(ElementContent::read_content);
        let (mut retour, mut antwoord) = (None, None);
        if soort == BerichtSoort::Jw325 {
            antwoord = Some(AntwoordHeader {
                declaratie_identificatie: required(
                    child("DeclaratieIdentificatie"),
                    "DeclaratieIdentificatie",
                ),
                xslt_versie: xslt_versie(),
                xsd_versie_declaratie: required(child("XsdVersieDeclaratie"), "XsdVersieDeclaratie"),
                retour_codes: retour_codes(),
            });
        } else if let Some(identificatie) = child("IdentificatieRetour") {
            retour = Some(RetourHeader {
                identificatie_retour: identificatie.text(),
                dagtekening_retour: required(child("DagtekeningRetour"), "DagtekeningRetour"),
                xslt_versie: xslt_versie(),
                xsd_versie_retour: child("XsdVersieRetour").map(ElementContent::read_content),
                retour_codes: retour_codes(),
            });
        }
        Self {
            at: element.at(),
            soort,
            release,
            afzender,
            ontvanger,
            bericht_identificatie,
            xsd_versie,
            retour,
            antwoord,
        }
    }

    fn write(&self, writer: &mut Writer) {
        let owner = Owner::Bericht;
        writer.text("BerichtCode", owner, self.soort.as_str());
        writer.text("BerichtVersie", owner, self.release.versie);
        writer.text("BerichtSubversie", owner, self.release.subversie);
        writer.text("Afzender", owner, self.afzender.as_str());
        writer.text("Ontvanger", owner, self.ontvanger.as_str());
        self.bericht_identificatie.write_content("BerichtIdentificatie", owner, writer);
        if let Some(versie) = &self.xsd_versie {
            versie.write_content("XsdVersie", owner, writer);
        }
        if let Some(antwoord) = &self.antwoord {
            antwoord.declaratie_identificatie.write_content("DeclaratieIdentificatie", owner, writer);
            if let Some(versie) = antwoord.xslt_versie {
                writer.text("XsltVersie", owner, versie);
            }
            antwoord.xsd_versie_declaratie.write_content("XsdVersieDeclaratie", owner, writer);
            write_retour_codes(&antwoord.retour_codes, writer);
        }
        if let Some(retour) = &self.retour {
            writer.text("IdentificatieRetour", owner, retour.identificatie_retour);
            retour.dagtekening_retour.write_content("DagtekeningRetour", owner, writer);
            if let Some(versie) = retour.xslt_versie {
                writer.text("XsltVersie", owner, versie);
            }
            if let Some(versie) = &retour.xsd_versie_retour {
                versie.write_content("XsdVersieRetour", owner, writer);
            }
            write_retour_codes(&retour.retour_codes, writer);
        }
    }
}

impl<'d> ElementContent<'d> for Header<'d> {
    fn read_content(element: Element<'d>) -> Self {
        Self::read(element)
    }

    fn write_content(&self, name: &str, owner: Owner, writer: &mut Writer) {
        writer.open(name, owner);
        self.write(writer);
        writer.close(name, owner);
    }
}

/// The list RetourCodes; nothing when it is empty.
pub fn write_retour_codes(codes: &[Retourcode], writer: &mut Writer) {
    if codes.is_empty() {
        return;
    }
    writer.open("RetourCodes", Owner::Bericht);
    for code in codes {
        writer.text("RetourCode", Owner::Bericht, code.as_str());
    }
    writer.close("RetourCodes", Owner::Bericht);
}
