//! The crate `sepa` reads the pieces of a file; nothing else knows it.
//!
//! It holds what it reads as a tree, so it gets a megabyte at a time: a document of its own with a few posts in it. It
//! knows no camt.054.001.02, of which what it reads has the same form as of .08, so there that name is written. What it
//! leaves out or takes for granted `walk` has noted: our MsgId and PmtInfId at a transaction, both accounts of a return,
//! all texts of a reason, the legal number of a statement, a post without a status.

use super::bestand::{
    Afschriftdeel, Afschriftnummer, Bankafschrift, Bankbericht, Bankbestand, Bankinhoud, Bankmelding,
    Bankpost, Bankreden, Banktekst, Batchverwijzing, Betalingstatus, Blokstatus, Postdetail, Poststatus,
    Statusbericht, Statusmelding,
};
use super::fout::BankFout;
use super::tellen::{in_afschrift, in_post};
use super::walk::{Block, Item, Part, Walked};
use crate::codes::Datum;
use crate::iban::Iban;
use crate::money::Cents;
use crate::schema::Fault;
use sepa::camt::{AccountRef, CashEntry, EntryDetail, EntryStatus, ReportedAmount, StatementBalance};
use sepa::pain002::{Pain002Document, PaymentInfoStatus, PaymentStatus, ReasonCode, TransactionStatus};
use sepa::{IsoDate, parse_camt053, parse_camt054, parse_pain002};
use std::ops::Range;

/// Bytes of posts that are read at once; a single transaction may be larger.
const PIECE_BYTES: usize = 1024 * 1024;
/// What banks write where nobody gave a reference.
const NOT_PROVIDED: &str = "NOTPROVIDED";
const EURO: &str = "EUR";

/// Reads what the walk found.
pub(super) fn read(walked: &Walked<'_>) -> Result<Bankbestand, BankFout> {
    let bericht = walked.bericht;
    let (identificatie, inhoud) = match bericht {
        Bankbericht::Camt053V02 | Bankbericht::Camt053V08 => {
            let document = walked.statement(&walked.piece(None, false, &[]))?;
            let all = (1..).zip(&walked.blocks).map(|(index, block)| afschrift(walked, index, block));
            (document.msg_id, Bankinhoud::Afschriften(all.collect::<Result<_, _>>()?))
        }
        Bankbericht::Camt054V02 | Bankbericht::Camt054V08 => {
            let document = walked.notification(&walked.piece(None, false, &[]))?;
            let all = (1..).zip(&walked.blocks).map(|(index, block)| melding(walked, index, block));
            (document.msg_id, Bankinhoud::Meldingen(all.collect::<Result<_, _>>()?))
        }
        Bankbericht::Pain002V03 | Bankbericht::Pain002V10 => {
            let document = walked.report(&walked.piece(None, false, &[]))?;
            let blokken = walked.blocks.iter().map(|block| blok(walked, block)).collect::<Result<_, _>>()?;
            let geheel =
                status(document.group_status, &document.group_reason_codes, document.group_additional_info);
            let over = document.original_msg_id;
            (document.msg_id, Bankinhoud::Status(Statusbericht { over, geheel, blokken }))
        }
    };
    let empty = matches!(&inhoud, Bankinhoud::Afschriften(all) if all.is_empty())
        || matches!(&inhoud, Bankinhoud::Meldingen(all) if all.is_empty());
    if empty {
        let waar = "het bestand".to_owned();
        return Err(BankFout::Gegeven { waar, wat: "geen enkel afschrift of bericht over een rekening" });
    }
    Ok(Bankbestand { bericht, identificatie, inhoud })
}

/// A post, or some of its transactions.
struct Postdeel {
    item: usize,
    parts: Range<usize>,
}

impl Walked<'_> {
    /// A document with these pieces of a block, or with what stands before the blocks.
    fn piece(&self, block: Option<&Block>, with_head: bool, pieces: &[Postdeel]) -> String {
        let mut out = String::new();
        let root = opening(&self.text[self.tags[0].clone()]);
        if self.bericht == Bankbericht::Camt054V02 {
            out.push_str(&root.replace(Bankbericht::Camt054V02.name(), Bankbericht::Camt054V08.name()));
        } else {
            out.push_str(&root);
        }
        let message = &self.text[self.tags[1].clone()];
        out.push_str(&opening(message));
        match block {
            None => self.head.iter().for_each(|range| out.push_str(&self.text[range.clone()])),
            Some(_) => out.push_str(&self.header(&root)),
        }
        if let Some(block) = block {
            let tag = &self.text[block.tag.clone()];
            out.push_str(&opening(tag));
            for range in block.head.iter().filter(|_| with_head) {
                out.push_str(&self.text[range.clone()]);
            }
            for piece in pieces {
                self.push(&mut out, &block.items[piece.item], &piece.parts);
            }
            out.push_str(&closing(tag));
        }
        out.push_str(&closing(message));
        out.push_str(&closing(&root));
        out
    }

    /// The least that the crate wants before a block; what the real header says was read once.
    fn header(&self, root: &str) -> String {
        let root = closing(root);
        let prefix =
            root.strip_prefix("</").and_then(|name| name.strip_suffix("Document>")).unwrap_or_default();
        let leaf = |around: &str, tag: &str| {
            format!("<{prefix}{around}><{prefix}{tag}>-</{prefix}{tag}></{prefix}{around}>")
        };
        match self.bericht {
            Bankbericht::Pain002V03 | Bankbericht::Pain002V10 => {
                leaf("GrpHdr", "MsgId") + &leaf("OrgnlGrpInfAndSts", "OrgnlMsgId")
            }
            _ => String::new(),
        }
    }

    /// A post with some of its transactions, as if it had no others.
    fn push(&self, out: &mut String, item: &Item, parts: &Range<usize>) {
        let (Some(first), Some(last)) = (item.parts.first(), item.parts.last()) else {
            out.push_str(&self.text[item.whole.clone()]);
            return;
        };
        out.push_str(&self.text[item.whole.start..first.whole.start]);
        for part in &item.parts[parts.clone()] {
            out.push_str(&self.text[part.whole.clone()]);
        }
        out.push_str(&self.text[last.whole.end..item.whole.end]);
    }

    fn statement(&self, piece: &str) -> Result<sepa::camt053::Camt053Document, BankFout> {
        parse_camt053(piece).map_err(|_| self.refused(0))
    }

    fn notification(&self, piece: &str) -> Result<sepa::camt054::Camt054Document, BankFout> {
        parse_camt054(piece).map_err(|_| self.refused(0))
    }

    fn report(&self, piece: &str) -> Result<Pain002Document, BankFout> {
        parse_pain002(piece).map_err(|_| self.refused(0))
    }

    /// What the walk let through and the crate does not take.
    fn refused(&self, offset: usize) -> BankFout {
        let expected = format!("een volledig bericht {}", self.bericht.name());
        let fault = Fault::new(offset, expected, "een bericht waarin iets ontbreekt of te groot is");
        BankFout::unreadable(self.text, &fault)
    }
}

/// A start tag, of an empty element as well.
fn opening(tag: &str) -> String {
    tag.strip_suffix("/>").map_or_else(|| tag.to_owned(), |tag| format!("{tag}>"))
}

/// The end tag that belongs to a start tag.
fn closing(tag: &str) -> String {
    let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
    format!("</{}>", tag.get(1..end).unwrap_or_default())
}

/// The posts of a block, in pieces that fit in memory.
fn pieces(block: &Block) -> Vec<Vec<Postdeel>> {
    let mut all = Vec::new();
    let (mut now, mut bytes) = (Vec::new(), 0);
    for (item, Item { whole, parts, .. }) in block.items.iter().enumerate() {
        let inside: usize = parts.iter().map(|part| part.whole.len()).sum();
        let around = whole.len().saturating_sub(inside);
        let (mut from, mut to) = (0, 0);
        bytes += around;
        for part in parts {
            if bytes > PIECE_BYTES {
                now.extend((to > from).then_some(Postdeel { item, parts: from..to }));
                all.push(std::mem::take(&mut now));
                (from, bytes) = (to, around);
            }
            bytes += part.whole.len();
            to += 1;
        }
        now.push(Postdeel { item, parts: from..to });
        if bytes > PIECE_BYTES {
            all.push(std::mem::take(&mut now));
            bytes = 0;
        }
    }
    if !now.is_empty() {
        all.push(now);
    }
    all.retain(|pieces| !pieces.is_empty());
    all
}

fn afschrift(walked: &Walked<'_>, index: usize, block: &Block) -> Result<Bankafschrift, BankFout> {
    let waar = in_afschrift(index);
    let head = walked.statement(&walked.piece(Some(block), true, &[]))?;
    let head = head.statements.into_iter().next().ok_or_else(|| walked.refused(block.tag.start))?;
    let rekening = account(&head.account, &waar)?;
    let opening = balance(&head.balances, &["OPBD", "PRCD"], &waar)?;
    let slot = balance(&head.balances, &["CLBD"], &waar)?;
    let mut posten = Posten::new(index, rekening);
    for pieces in pieces(block) {
        let document = walked.statement(&walked.piece(Some(block), false, &pieces))?;
        let entries = document.statements.into_iter().next().map(|statement| statement.entries);
        posten.take(walked, block, &pieces, entries.unwrap_or_default())?;
    }
    let page = if block.told.page.is_some() { &block.told } else { &walked.told };
    Ok(Bankafschrift {
        rekening,
        identificatie: head.stmt_id.clone(),
        nummer: Afschriftnummer { elektronisch: head.sequence_number, wettelijk: block.told.legal },
        deel: page.page.map(|nummer| Afschriftdeel { nummer, laatste: page.last_page }),
        van: head.from_date().and_then(day),
        tot: head.to_date().and_then(day).or(slot.1),
        opening: opening.0,
        slot: slot.0,
        posten: posten.done,
    })
}

fn melding(walked: &Walked<'_>, index: usize, block: &Block) -> Result<Bankmelding, BankFout> {
    let head = walked.notification(&walked.piece(Some(block), true, &[]))?;
    let head = head.notifications.into_iter().next().ok_or_else(|| walked.refused(block.tag.start))?;
    let rekening = account(&head.account, &in_afschrift(index))?;
    let mut posten = Posten::new(index, rekening);
    for pieces in pieces(block) {
        let document = walked.notification(&walked.piece(Some(block), false, &pieces))?;
        let entries = document.notifications.into_iter().next().map(|notification| notification.entries);
        posten.take(walked, block, &pieces, entries.unwrap_or_default())?;
    }
    Ok(Bankmelding { rekening, identificatie: head.notification_id, posten: posten.done })
}

fn account(account: &AccountRef, waar: &str) -> Result<Iban, BankFout> {
    let refused = || BankFout::Rekening { waar: waar.to_owned() };
    let iban = account.iban.as_deref().ok_or_else(refused)?;
    let iban = Iban::parse(iban).map_err(|_| refused())?;
    match account.currency.as_deref() {
        None | Some(EURO) => Ok(iban),
        Some(_) => Err(BankFout::Valuta { waar: waar.to_owned() }),
    }
}

/// The one balance of these kinds, with its day.
fn balance(
    balances: &[StatementBalance],
    kinds: &[&str],
    waar: &str,
) -> Result<(Cents, Option<Datum>), BankFout> {
    let mut found: Option<(Cents, Option<Datum>)> = None;
    for balance in balances.iter().filter(|balance| kinds.contains(&balance.balance_type.as_code())) {
        let amount = euros(&balance.amount, &|| format!("{waar}, saldo"))?;
        if found.is_some_and(|(before, _)| before != amount) {
            let wat = "twee saldi van dezelfde soort die verschillen";
            return Err(BankFout::Saldo { waar: waar.to_owned(), wat });
        }
        found = found.or(Some((amount, balance.date().and_then(day))));
    }
    let wat = if kinds.contains(&"CLBD") { "geen eindsaldo" } else { "geen beginsaldo" };
    found.ok_or_else(|| BankFout::Saldo { waar: waar.to_owned(), wat })
}

/// An amount of an account in euros, with its direction.
fn euros(amount: &ReportedAmount, waar: &dyn Fn() -> String) -> Result<Cents, BankFout> {
    if amount.currency.as_deref().is_some_and(|currency| currency != EURO) {
        return Err(BankFout::Valuta { waar: waar() });
    }
    amount.signed_ct().map(Cents).ok_or_else(|| BankFout::Bedrag { waar: waar() })
}

fn day(date: IsoDate) -> Option<Datum> {
    Datum::try_from(date).ok()
}

/// The posts of a block, taken in piece by piece.
struct Posten {
    index: usize,
    rekening: Iban,
    done: Vec<Bankpost>,
}

impl Posten {
    const fn new(index: usize, rekening: Iban) -> Self {
        Self { index, rekening, done: Vec::new() }
    }

    fn take(
        &mut self,
        walked: &Walked<'_>,
        block: &Block,
        pieces: &[Postdeel],
        entries: Vec<CashEntry>,
    ) -> Result<(), BankFout> {
        if entries.len() != pieces.len() {
            return Err(walked.refused(block.tag.start));
        }
        for (piece, entry) in pieces.iter().zip(entries) {
            let item = &block.items[piece.item];
            if entry.details.len() != piece.parts.len() {
                return Err(walked.refused(item.whole.start));
            }
            let parts = &item.parts[piece.parts.clone()];
            let mut details = Vec::with_capacity(parts.len());
            for (detail, part) in entry.details.iter().zip(parts) {
                details.push(self.detail(&entry, detail, part, item.parts.len() > 1));
            }
            if let Some(post) = self.done.last_mut().filter(|_| piece.parts.start > 0) {
                post.is_return |= details.iter().any(|detail| detail.reden.is_some());
                post.details.append(&mut details);
            } else {
                let post = self.post(&entry, item, piece.item + 1, details)?;
                self.done.push(post);
            }
        }
        Ok(())
    }

    fn post(
        &self,
        entry: &CashEntry,
        item: &Item,
        number: usize,
        details: Vec<Postdetail>,
    ) -> Result<Bankpost, BankFout> {
        let waar = || in_post(self.index, number);
        let wrong = |wat| BankFout::Gegeven { waar: waar(), wat };
        if !item.told.status {
            return Err(wrong("geen status (Sts)"));
        }
        let boekdatum = entry.booking_date().and_then(day);
        if boekdatum.is_none() && entry.booking_date_raw.is_some() {
            return Err(wrong("een boekdatum die niet kan"));
        }
        let single_batch = entry.batch.as_ref().filter(|_| item.told.batches == 1);
        Ok(Bankpost {
            volgorde: u32::try_from(number).unwrap_or(u32::MAX),
            bedrag: euros(&entry.amount, &waar)?,
            status: post_status(&entry.status),
            boekdatum,
            bankkenmerk: entry.account_servicer_ref.clone(),
            batch: single_batch.map(|batch| Batchverwijzing {
                bericht: batch.message_id.clone(),
                blok: batch.payment_info_id.clone(),
                aantal: batch.transaction_count,
            }),
            is_return: item.told.reversal || details.iter().any(|detail| detail.reden.is_some()),
            omschrijving: entry.additional_info.clone().map(Banktekst),
            details,
        })
    }

    fn detail(&self, entry: &CashEntry, detail: &EntryDetail, part: &Part, several: bool) -> Postdetail {
        let told = &part.told;
        // Read alone, one of several would look as if all of the post were its own.
        let inherited = several && detail.amount_source.is_none();
        let credit = entry.signed_ct().is_some_and(|cents| cents > 0);
        let sides = if credit { [&told.debtor, &told.creditor] } else { [&told.creditor, &told.debtor] };
        let [near, far] = sides.map(|side| side.as_deref().and_then(|iban| Iban::parse(iban).ok()));
        // A return may keep the sides of the transfer that came back: then we are the debtor.
        let turned = near.is_none() || near == Some(self.rekening);
        let reden = Bankreden {
            codes: detail.return_reason_code.iter().cloned().collect(),
            teksten: told.reasons.iter().cloned().map(Banktekst).collect(),
        };
        Postdetail {
            bedrag: detail.signed_ct().filter(|_| !inherited).map(Cents),
            end_to_end: detail.end_to_end_id.clone().filter(|id| id != NOT_PROVIDED),
            bericht: told.message.clone(),
            blok: told.block.clone().filter(|id| id != NOT_PROVIDED),
            tegenrekening: if turned { far.filter(|far| *far != self.rekening) } else { near },
            tegenpartij: detail.counterparty_name.clone().filter(|_| !turned).map(Banktekst),
            omschrijving: detail.reference.clone().or_else(|| detail.additional_info.clone()).map(Banktekst),
            reden: Some(reden).filter(|reden| !reden.is_empty()),
            met_kosten: detail.charges.is_some() || entry.charges.is_some(),
        }
    }
}

fn post_status(status: &EntryStatus) -> Poststatus {
    match status {
        EntryStatus::Booked => Poststatus::Geboekt,
        EntryStatus::Pending => Poststatus::InBehandeling,
        EntryStatus::Info => Poststatus::TerInformatie,
        EntryStatus::Future => Poststatus::Later,
        EntryStatus::Other(code) => Poststatus::Anders(code.clone()),
        other => Poststatus::Anders(format!("{other:?}")),
    }
}

fn blok(walked: &Walked<'_>, block: &Block) -> Result<Blokstatus, BankFout> {
    let of = |pieces: &[Postdeel], with_head| -> Result<PaymentInfoStatus, BankFout> {
        let document = walked.report(&walked.piece(Some(block), with_head, pieces))?;
        let status = document.payment_info_statuses.into_iter().next();
        status.ok_or_else(|| walked.refused(block.tag.start))
    };
    let head = of(&[], true)?;
    let mut betalingen = Vec::with_capacity(block.items.len());
    for pieces in pieces(block) {
        let read = of(&pieces, false)?;
        if read.transactions.len() != pieces.len() {
            return Err(walked.refused(block.tag.start));
        }
        betalingen.extend(read.transactions.into_iter().map(transaction));
    }
    Ok(Blokstatus {
        blok: head.original_payment_info_id,
        melding: status(head.status, &head.reason_codes, head.additional_info),
        betalingen,
    })
}

fn transaction(told: TransactionStatus) -> Betalingstatus {
    let euros = told.original_currency.as_deref() == Some(EURO);
    Betalingstatus {
        end_to_end: told.original_end_to_end_id.filter(|id| id != NOT_PROVIDED),
        bedrag: told.original_amount_ct.filter(|_| euros).map(Cents),
        melding: status(told.status, &told.reason_codes, told.additional_info),
    }
}

fn status(status: Option<PaymentStatus>, codes: &[ReasonCode], teksten: Vec<String>) -> Statusmelding {
    Statusmelding {
        code: status.map(|status| status.as_code().to_owned()),
        reden: Bankreden {
            codes: codes.iter().map(|code| code.as_code().to_owned()).collect(),
            teksten: teksten.into_iter().map(Banktekst).collect(),
        },
    }
}
