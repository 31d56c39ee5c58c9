//! Files of a bank are read, matched with what was sent, and taken in.

use super::sent::{Sent, sent, settled_by};
use super::taken;
use crate::bank::{
    Aansluiting, Afschriftstand, BankFout, Bankafschrift, Bankgrenzen, Bankinhoud, Bankmelding, Bankreden,
    BekendAfschrift, Betaalstatus, Naamcontrole, Onderzoeksreden, Postbetekenis, Schuldgevolg, Statusbericht,
    Statusover, Statusuitkomst, Uitkomstdeel, add_details, in_order, judge_order, read,
};
use crate::bank::{Afschriftnummer, Batchwijze};
use crate::config::Betaling;
use crate::digest::{Digest, hex};
use crate::iban::Iban;
use crate::journal::{Bankverwerking, Schuld};
use crate::money::Cents;
use crate::office::error::OfficeError;
use crate::office::handle::Office;
use crate::office::operator::Person;
use crate::state::{Afschrift, Bankregel, Bankuitkomst};
use crate::store::read::bank_statements;
use crate::store::{JournalKind, Store};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// A file of a bank, by name.
pub struct BankFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// A file that cannot be read; nothing of any file is taken in then.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {fout}")]
pub struct NotRead {
    pub name: String,
    pub fout: BankFout,
}

/// What became of files.
#[derive(Debug, Default)]
pub struct BankImport {
    pub lines: Vec<BankLine>,
}

/// What became of a statement or a status report.
#[derive(Debug, Clone)]
pub struct BankLine {
    pub file: String,
    /// Which account; none of a status report.
    pub rekening: Option<Iban>,
    /// The statement, or the file of ours that the report is about.
    pub wat: String,
    /// How it stands among those that are known.
    pub stand: String,
    /// Whether somebody has to look at how it stands.
    pub wrong: bool,
    /// Whether it was taken in.
    pub taken: bool,
    pub opening: Cents,
    pub slot: Cents,
    pub regels: Vec<Bankregel>,
    /// What is owed again.
    pub heropend: Cents,
}

/// What files say, sorted.
#[derive(Default)]
struct BankTold {
    reports: Vec<(String, String, Statusbericht)>,
    statements: Vec<(String, String, Bankafschrift)>,
    notifications: Vec<Bankmelding>,
}

impl Office {
    /// Takes files of a bank in, or with `check` only tells what would happen.
    pub async fn import_bank(
        &self,
        files: &[BankFile],
        betaling: &Betaling,
        (grenzen, check): (&Bankgrenzen, bool),
        person: &Person,
    ) -> Result<BankImport, OfficeError> {
        let told = read_all(files, grenzen)?;
        let mut alone = self.alone().await?;
        let store = self.store();
        let sent = sent(store, betaling).await?;
        let mut matched = Aansluiting::new(&sent.to_bank);
        let mut known = known(store).await?;
        let own = own_accounts(betaling);
        let mut import = BankImport::default();
        let mut inputs = Vec::new();
        for (file, digest, report) in told.reports {
            let (line, input) = of_report(store, &sent, &mut matched, (file, digest), &report).await?;
            import.lines.push(line);
            inputs.extend(input);
        }
        let statements: Vec<Bankafschrift> =
            told.statements.iter().map(|(.., statement)| statement.clone()).collect();
        for index in in_order(&statements) {
            let (file, digest, mut statement) = told.statements[index].clone();
            add_details(&mut statement, &told.notifications);
            let stand = judge_order(&own, &known, &statement);
            let first = matches!(stand, Afschriftstand::Eerste);
            let mut line = of_statement(file, &statement, stand);
            if stand.is_taken_in() {
                known.push(statement.known());
                let (regels, heropend) = posts(store, &sent, &mut matched, &statement, first).await?;
                line.regels.clone_from(&regels);
                line.heropend = heropend.iter().map(|schuld| schuld.bedrag).sum();
                inputs.push(Bankverwerking {
                    bestand: digest,
                    afschrift: Some(as_kept(&statement)),
                    zonder_rekening: sent.before_the_ledger(&regels),
                    regels,
                    heropend,
                });
            }
            import.lines.push(line);
        }
        for bank in &inputs {
            let mut entry = alone.entry(JournalKind::Besluit);
            entry.who = Some(person.signature());
            entry.why = Some(person.why.clone());
            taken(entry, bank).enter(&mut *alone.batch);
        }
        if !check && !inputs.is_empty() {
            alone.commit().await?;
        }
        Ok(import)
    }
}

/// Reads every file; one that cannot be read stops all.
fn read_all(files: &[BankFile], grenzen: &Bankgrenzen) -> Result<BankTold, OfficeError> {
    let mut told = BankTold::default();
    for BankFile { name, bytes } in files {
        let read = read(bytes, grenzen).map_err(|fout| NotRead { name: name.clone(), fout })?;
        let digest: Digest = Sha256::digest(bytes).into();
        let digest = hex(&digest);
        match read.inhoud {
            Bankinhoud::Status(report) => told.reports.push((name.clone(), digest, report)),
            Bankinhoud::Meldingen(found) => told.notifications.extend(found),
            Bankinhoud::Afschriften(found) => {
                told.statements.extend(found.into_iter().map(|one| (name.clone(), digest.clone(), one)));
            }
        }
    }
    Ok(told)
}

fn own_accounts(betaling: &Betaling) -> BTreeSet<Iban> {
    betaling.gemeenten.values().chain(&betaling.rekening).map(|debtor| debtor.iban).collect()
}

async fn known(store: &dyn Store) -> Result<Vec<BekendAfschrift>, OfficeError> {
    let known = |afschrift: Afschrift| {
        let mut afdruk = Digest::default();
        for (byte, digits) in afdruk.iter_mut().zip(afschrift.afdruk.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).unwrap_or_default();
            *byte = u8::from_str_radix(digits, 16).unwrap_or_default();
        }
        BekendAfschrift {
            rekening: afschrift.rekening,
            identificatie: afschrift.identificatie,
            nummer: Afschriftnummer { elektronisch: afschrift.elektronisch, wettelijk: afschrift.wettelijk },
            deel: afschrift.deel,
            tot: afschrift.tot,
            opening: afschrift.opening,
            slot: afschrift.slot,
            afdruk,
        }
    };
    Ok(bank_statements(store).await?.into_iter().map(|(_, afschrift)| known(afschrift)).collect())
}

fn as_kept(statement: &Bankafschrift) -> Afschrift {
    let BekendAfschrift { rekening, identificatie, nummer, deel, tot, opening, slot, afdruk } =
        statement.known();
    let (elektronisch, wettelijk) = (nummer.elektronisch, nummer.wettelijk);
    Afschrift {
        rekening,
        identificatie,
        elektronisch,
        wettelijk,
        deel,
        tot,
        opening,
        slot,
        afdruk: hex(&afdruk),
    }
}

fn of_statement(file: String, statement: &Bankafschrift, stand: Afschriftstand) -> BankLine {
    let number = statement.nummer.elektronisch.or(statement.nummer.wettelijk);
    let wat = match number {
        Some(number) => format!("afschrift {number}"),
        None => "afschrift".to_owned(),
    };
    BankLine {
        file,
        rekening: Some(statement.rekening),
        wat,
        stand: stand.in_words(),
        wrong: stand.is_wrong(),
        taken: stand.is_taken_in(),
        opening: statement.opening,
        slot: statement.slot,
        regels: Vec::new(),
        heropend: Cents::ZERO,
    }
}

/// Lines of an input, and what is owed again by them.
struct BankLines<'s> {
    store: &'s dyn Store,
    sent: &'s Sent,
    regels: Vec<Bankregel>,
    heropend: Vec<Schuld>,
}

impl BankLines<'_> {
    fn add(
        &mut self,
        rekening: Iban,
        bedrag: Cents,
        uitkomst: Bankuitkomst,
        (betaling, kenmerk): (Option<usize>, String),
    ) -> &mut Bankregel {
        let volgorde = i64::try_from(self.regels.len()).unwrap_or(i64::MAX) + 1;
        let transfer = betaling.map(|place| &self.sent.transfers[place]);
        self.regels.push(Bankregel {
            volgorde,
            rekening,
            bedrag,
            boekdatum: None,
            uitkomst,
            betaling: transfer.map(|transfer| (transfer.run, transfer.volgnummer)),
            kenmerk,
            reden: String::new(),
        });
        let last = self.regels.len() - 1;
        &mut self.regels[last]
    }

    fn named(&self, betaling: usize) -> (Option<usize>, String) {
        (Some(betaling), self.sent.to_bank.betalingen[betaling].end_to_end.clone())
    }

    /// What a transfer settled is owed again.
    async fn reopen(&mut self, betaling: usize) -> Result<(), OfficeError> {
        self.heropend.extend(settled_by(self.store, &self.sent.transfers[betaling]).await?);
        Ok(())
    }
}

/// What the posts of a statement are. Of the first statement of an account its opening balance is one.
async fn posts(
    store: &dyn Store,
    sent: &Sent,
    matched: &mut Aansluiting<'_>,
    statement: &Bankafschrift,
    first: bool,
) -> Result<(Vec<Bankregel>, Vec<Schuld>), OfficeError> {
    let mut lines = BankLines { store, sent, regels: Vec::new(), heropend: Vec::new() };
    let rekening = statement.rekening;
    if first && statement.opening != Cents::ZERO {
        let unknown = Bankuitkomst::TeOnderzoeken;
        let line = lines.add(rekening, statement.opening, unknown, (None, "beginsaldo".to_owned()));
        "het saldo waarmee het eerste afschrift begint".clone_into(&mut line.reden);
        line.boekdatum = statement.van;
    }
    for (outcome, post) in matched.posten(rekening, &statement.posten).into_iter().zip(&statement.posten) {
        for deel in outcome.delen {
            let before = lines.regels.len();
            one_part(&mut lines, rekening, &deel).await?;
            for line in &mut lines.regels[before..] {
                line.boekdatum = post.boekdatum;
            }
        }
    }
    Ok((lines.regels, lines.heropend))
}

async fn one_part(lines: &mut BankLines<'_>, rekening: Iban, deel: &Uitkomstdeel) -> Result<(), OfficeError> {
    let bedrag = deel.bedrag;
    match &deel.betekenis {
        Postbetekenis::Batch { blok, wijze } => {
            let uitkomst = match wijze {
                Batchwijze::Bruto => Bankuitkomst::BatchBruto,
                Batchwijze::Netto => Bankuitkomst::BatchNetto,
            };
            let name = lines.sent.to_bank.blokken[*blok].blok.clone();
            lines.add(rekening, bedrag, uitkomst, (None, name));
        }
        Postbetekenis::Geboekt { betaling } => {
            let named = lines.named(*betaling);
            lines.add(rekening, bedrag, Bankuitkomst::Geboekt, named);
        }
        Postbetekenis::AfwijzingTerug { betaling } => {
            let named = lines.named(*betaling);
            lines.add(rekening, bedrag, Bankuitkomst::AfwijzingTerug, named);
        }
        Postbetekenis::Terug { betaling, reden, .. } => {
            let owed = reden.gevolg().schuld == Schuldgevolg::Heropenen;
            let uitkomst = if owed { Bankuitkomst::Teruggekomen } else { Bankuitkomst::TeOnderzoeken };
            let named = lines.named(*betaling);
            lines.add(rekening, bedrag, uitkomst, named).reden = told(reden, owed);
            if owed {
                lines.reopen(*betaling).await?;
            }
        }
        Postbetekenis::TeOnderzoeken { waarom, voorstel } => {
            let line = lines.add(rekening, bedrag, Bankuitkomst::TeOnderzoeken, (None, String::new()));
            line.reden = unexplained(*waarom, voorstel.is_some());
        }
    }
    Ok(())
}

fn unexplained(waarom: Onderzoeksreden, proposed: bool) -> String {
    let more = if proposed { "; er is een betaling of rekening die erop lijkt" } else { "" };
    format!("{}{more}", waarom.in_words())
}

fn told(reden: &Bankreden, owed: bool) -> String {
    let what = if owed { "" } else { "; beslis of het nog betaald moet worden" };
    format!("{}{what}", reden.in_words())
}

/// What a status report does.
async fn of_report(
    store: &dyn Store,
    sent: &Sent,
    matched: &mut Aansluiting<'_>,
    (file, digest): (String, String),
    report: &Statusbericht,
) -> Result<(BankLine, Option<Bankverwerking>), OfficeError> {
    let mut lines = BankLines { store, sent, regels: Vec::new(), heropend: Vec::new() };
    for outcome in matched.status(report) {
        one_status(&mut lines, outcome).await?;
    }
    let known = sent.to_bank.blokken.iter().any(|blok| blok.bericht == report.over);
    let stand = if known { "over een bestand van ons" } else { "niet over een bestand van ons" };
    let line = BankLine {
        file,
        rekening: None,
        wat: format!("statusbericht over {}", report.over),
        stand: stand.to_owned(),
        wrong: !known,
        taken: !lines.regels.is_empty(),
        opening: Cents::ZERO,
        slot: Cents::ZERO,
        regels: lines.regels.clone(),
        heropend: lines.heropend.iter().map(|schuld| schuld.bedrag).sum(),
    };
    let BankLines { regels, heropend, .. } = lines;
    let input = (!regels.is_empty()).then(|| Bankverwerking {
        bestand: digest,
        afschrift: None,
        zonder_rekening: sent.before_the_ledger(&regels),
        regels,
        heropend,
    });
    Ok((line, input))
}

async fn one_status(lines: &mut BankLines<'_>, outcome: Statusuitkomst) -> Result<(), OfficeError> {
    let account = |lines: &BankLines<'_>, betaling: usize| {
        let blok = lines.sent.to_bank.betalingen[betaling].blok;
        lines.sent.to_bank.blokken[blok].rekening
    };
    match outcome {
        Statusuitkomst::Afgewezen { betaling, reden } => {
            let owed = reden.gevolg().schuld == Schuldgevolg::Heropenen;
            let uitkomst = if owed { Bankuitkomst::Afgewezen } else { Bankuitkomst::AfgewezenWacht };
            let (rekening, named) = (account(lines, betaling), lines.named(betaling));
            lines.add(rekening, Cents::ZERO, uitkomst, named).reden = told(&reden, owed);
            if owed {
                lines.reopen(betaling).await?;
            }
        }
        Statusuitkomst::AfgewezenNaBoeking { betaling, reden } => {
            let (rekening, named) = (account(lines, betaling), lines.named(betaling));
            lines.add(rekening, Cents::ZERO, Bankuitkomst::Melding, named).reden =
                format!("{}; het geld komt terug op een afschrift", reden.in_words());
        }
        Statusuitkomst::Naam { betaling, uitkomst, .. } => {
            let (rekening, named) = (account(lines, betaling), lines.named(betaling));
            naam(uitkomst).clone_into(&mut lines.add(rekening, Cents::ZERO, Bankuitkomst::Naam, named).reden);
        }
        Statusuitkomst::Bekijken { over, status } => view(lines, over, &status),
        Statusuitkomst::AlBekend { .. } | Statusuitkomst::Wachten(_) => {}
    }
    Ok(())
}

/// A status that a person reads.
fn view(lines: &mut BankLines<'_>, over: Statusover, status: &Betaalstatus) {
    let reden = format!("{}: {}", status.code(), status.in_words());
    let of_block = |lines: &BankLines<'_>, blok: usize| {
        let blok = &lines.sent.to_bank.blokken[blok];
        (blok.rekening, (None, blok.blok.clone()))
    };
    let (rekening, named) = match over {
        Statusover::Betaling(betaling) => {
            let blok = lines.sent.to_bank.betalingen[betaling].blok;
            (lines.sent.to_bank.blokken[blok].rekening, lines.named(betaling))
        }
        Statusover::Blok(blok) => of_block(lines, blok),
        Statusover::Bestand(bericht) => {
            let found = lines.sent.to_bank.blokken.iter().position(|blok| blok.bericht == bericht);
            let Some(blok) = found else { return };
            of_block(lines, blok)
        }
        // Nothing of ours: the line of the file says so.
        Statusover::Onbekend(_) => return,
    };
    lines.add(rekening, Cents::ZERO, Bankuitkomst::Melding, named).reden = reden;
}

/// What an operator reads of a check of the name of a holder.
const fn naam(uitkomst: Naamcontrole) -> &'static str {
    match uitkomst {
        Naamcontrole::Klopt => "naam en rekening horen bij elkaar",
        Naamcontrole::Afwijkingen => "namen wijken af: teken deze betaalrun niet voor dat is nagegaan",
        Naamcontrole::BijnaGelijk => {
            "de naam wijkt iets af: neem de naam van de bank over in het contract, of niet"
        }
        Naamcontrole::Anders => {
            "de naam hoort niet bij de rekening: bel de aanbieder terug op een bekend nummer"
        }
        Naamcontrole::NietMogelijk => "de naam kon niet worden gecontroleerd",
        Naamcontrole::NogBezig => "de controle van de naam is nog bezig",
    }
}
