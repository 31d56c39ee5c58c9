//! Files as a bank sends them, of what they say: valid by the schemas of ISO 20022 in the versions that Dutch banks use.

use crate::bank::{
    Bankafschrift, Bankbericht, Bankmelding, Bankpost, Bankreden, Banktekst, Postdetail, Statusbericht,
    Statusmelding,
};
use crate::codes::Datum;
use crate::iban::Iban;
use crate::money::Cents;

/// The two versions of camt that Dutch banks send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Camtversie {
    V02,
    V08,
}

/// A file with statements.
#[must_use]
pub fn write_statements(name: &str, versie: Camtversie, afschriften: &[Bankafschrift]) -> Vec<u8> {
    let bericht = match versie {
        Camtversie::V02 => Bankbericht::Camt053V02,
        Camtversie::V08 => Bankbericht::Camt053V08,
    };
    let day = afschriften.first().and_then(|afschrift| afschrift.tot);
    let mut xml = BankXml::start(bericht, "BkToCstmrStmt", name, day);
    for afschrift in afschriften {
        xml.statement(versie, afschrift);
    }
    xml.finish("BkToCstmrStmt")
}

/// A file with notifications.
#[must_use]
pub fn write_notifications(name: &str, versie: Camtversie, day: Datum, meldingen: &[Bankmelding]) -> Vec<u8> {
    let bericht = match versie {
        Camtversie::V02 => Bankbericht::Camt054V02,
        Camtversie::V08 => Bankbericht::Camt054V08,
    };
    let mut xml = BankXml::start(bericht, "BkToCstmrDbtCdtNtfctn", name, Some(day));
    for melding in meldingen {
        xml.open("Ntfctn");
        xml.leaf("Id", &melding.identificatie);
        xml.leaf("CreDtTm", &moment(Some(day)));
        xml.account(melding.rekening);
        for post in &melding.posten {
            xml.post(versie, melding.rekening, post);
        }
        xml.close("Ntfctn");
    }
    xml.finish("BkToCstmrDbtCdtNtfctn")
}

/// A status report about a file of ours.
#[must_use]
pub fn write_status(name: &str, day: Datum, status: &Statusbericht) -> Vec<u8> {
    let mut xml = BankXml::start(Bankbericht::Pain002V10, "CstmrPmtStsRpt", name, Some(day));
    xml.open("OrgnlGrpInfAndSts");
    xml.leaf("OrgnlMsgId", &status.over);
    xml.leaf("OrgnlMsgNmId", "pain.001.001.09");
    xml.status("GrpSts", &status.geheel);
    xml.close("OrgnlGrpInfAndSts");
    for blok in &status.blokken {
        xml.open("OrgnlPmtInfAndSts");
        xml.leaf("OrgnlPmtInfId", blok.blok.as_deref().unwrap_or("NOTPROVIDED"));
        xml.status("PmtInfSts", &blok.melding);
        for betaling in &blok.betalingen {
            xml.open("TxInfAndSts");
            xml.maybe("OrgnlEndToEndId", betaling.end_to_end.as_deref());
            xml.status("TxSts", &betaling.melding);
            if let Some(bedrag) = betaling.bedrag {
                xml.open("OrgnlTxRef");
                xml.open("Amt");
                xml.amount("InstdAmt", bedrag);
                xml.close("Amt");
                xml.close("OrgnlTxRef");
            }
            xml.close("TxInfAndSts");
        }
        xml.close("OrgnlPmtInfAndSts");
    }
    xml.finish("CstmrPmtStsRpt")
}

fn moment(day: Option<Datum>) -> String {
    format!("{}T23:30:00", day.unwrap_or_default())
}

struct BankXml(String);

impl BankXml {
    fn start(bericht: Bankbericht, message: &str, name: &str, day: Option<Datum>) -> Self {
        let mut xml = Self("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned());
        xml.0.push_str(&format!("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{}\">\n", bericht.name()));
        xml.open(message);
        xml.open("GrpHdr");
        xml.leaf("MsgId", name);
        xml.leaf("CreDtTm", &moment(day));
        xml.close("GrpHdr");
        xml
    }

    fn finish(mut self, message: &str) -> Vec<u8> {
        self.close(message);
        self.close("Document");
        self.0.into_bytes()
    }

    fn open(&mut self, tag: &str) {
        self.0.push_str(&format!("<{tag}>\n"));
    }

    fn close(&mut self, tag: &str) {
        self.0.push_str(&format!("</{tag}>\n"));
    }

    fn leaf(&mut self, tag: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        self.0.push_str(&format!("<{tag}>{text}</{tag}>\n"));
    }

    fn maybe(&mut self, tag: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(tag, text);
        }
    }

    fn inside(&mut self, around: &str, tag: &str, text: &str) {
        self.open(around);
        self.leaf(tag, text);
        self.close(around);
    }

    /// The size of an amount; its direction stands beside it.
    fn amount(&mut self, tag: &str, bedrag: Cents) {
        let size = bedrag.0.unsigned_abs();
        self.0.push_str(&format!("<{tag} Ccy=\"EUR\">{}.{:02}</{tag}>\n", size / 100, size % 100));
    }

    fn direction(&mut self, bedrag: Cents) {
        self.leaf("CdtDbtInd", if bedrag < Cents::ZERO { "DBIT" } else { "CRDT" });
    }

    fn account(&mut self, rekening: Iban) {
        self.open("Acct");
        self.inside("Id", "IBAN", rekening.as_str());
        self.leaf("Ccy", "EUR");
        self.close("Acct");
    }

    fn statement(&mut self, versie: Camtversie, afschrift: &Bankafschrift) {
        self.open("Stmt");
        self.leaf("Id", &afschrift.identificatie);
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        if let (Camtversie::V08, Some(deel)) = (versie, afschrift.deel) {
            self.open("StmtPgntn");
            self.leaf("PgNb", &deel.nummer.to_string());
            self.leaf("LastPgInd", if deel.laatste { "true" } else { "false" });
            self.close("StmtPgntn");
        }
        self.maybe("ElctrncSeqNb", number(afschrift.nummer.elektronisch).as_deref());
        self.maybe("LglSeqNb", number(afschrift.nummer.wettelijk).as_deref());
        self.leaf("CreDtTm", &moment(afschrift.tot));
        if let (Some(from), Some(to)) = (afschrift.van, afschrift.tot) {
            self.open("FrToDt");
            self.leaf("FrDtTm", &format!("{from}T00:00:00"));
            self.leaf("ToDtTm", &format!("{to}T23:59:59"));
            self.close("FrToDt");
        }
        self.account(afschrift.rekening);
        for (code, bedrag, day) in
            [("OPBD", afschrift.opening, afschrift.van), ("CLBD", afschrift.slot, afschrift.tot)]
        {
            self.open("Bal");
            self.open("Tp");
            self.inside("CdOrPrtry", "Cd", code);
            self.close("Tp");
            self.amount("Amt", bedrag);
            self.direction(bedrag);
            self.inside("Dt", "Dt", &day.or(afschrift.tot).unwrap_or_default().to_string());
            self.close("Bal");
        }
        for post in &afschrift.posten {
            self.post(versie, afschrift.rekening, post);
        }
        self.close("Stmt");
    }

    fn post(&mut self, versie: Camtversie, eigen: Iban, post: &Bankpost) {
        self.open("Ntry");
        self.amount("Amt", post.bedrag);
        self.direction(post.bedrag);
        if post.is_return {
            self.leaf("RvslInd", "true");
        }
        match versie {
            Camtversie::V02 => self.leaf("Sts", post.status.code()),
            Camtversie::V08 => self.inside("Sts", "Cd", post.status.code()),
        }
        for tag in ["BookgDt", "ValDt"] {
            if let Some(day) = post.boekdatum {
                self.inside(tag, "Dt", &day.to_string());
            }
        }
        self.maybe("AcctSvcrRef", post.bankkenmerk.as_deref());
        self.open("BkTxCd");
        self.open("Domn");
        self.leaf("Cd", "PMNT");
        self.open("Fmly");
        self.leaf("Cd", if post.bedrag < Cents::ZERO { "ICDT" } else { "RCDT" });
        self.leaf("SubFmlyCd", if post.is_return { "RRTN" } else { "ESCT" });
        self.close("Fmly");
        self.close("Domn");
        self.close("BkTxCd");
        if post.batch.is_some() || !post.details.is_empty() {
            self.open("NtryDtls");
            if let Some(batch) = &post.batch {
                self.open("Btch");
                self.maybe("MsgId", batch.bericht.as_deref());
                self.maybe("PmtInfId", batch.blok.as_deref());
                self.maybe("NbOfTxs", batch.aantal.map(|count| count.to_string()).as_deref());
                self.close("Btch");
            }
            for detail in &post.details {
                self.detail(versie, eigen, detail);
            }
            self.close("NtryDtls");
        }
        self.maybe("AddtlNtryInf", post.omschrijving.as_ref().map(|text| text.0.as_str()));
        self.close("Ntry");
    }

    fn detail(&mut self, versie: Camtversie, eigen: Iban, detail: &Postdetail) {
        self.open("TxDtls");
        self.open("Refs");
        self.maybe("MsgId", detail.bericht.as_deref());
        self.maybe("PmtInfId", detail.blok.as_deref());
        self.leaf("EndToEndId", detail.end_to_end.as_deref().unwrap_or("NOTPROVIDED"));
        self.close("Refs");
        if let Some(bedrag) = detail.bedrag {
            match versie {
                Camtversie::V02 => {
                    self.open("AmtDtls");
                    self.open("TxAmt");
                    self.amount("Amt", bedrag);
                    self.close("TxAmt");
                    self.close("AmtDtls");
                }
                Camtversie::V08 => {
                    self.amount("Amt", bedrag);
                    self.direction(bedrag);
                }
            }
        }
        self.sides(versie, eigen, detail);
        if let Some(text) = &detail.omschrijving {
            self.inside("RmtInf", "Ustrd", &text.0);
        }
        if let Some(reden) = &detail.reden {
            self.open("RtrInf");
            self.reason(reden);
            self.close("RtrInf");
        }
        self.close("TxDtls");
    }

    /// We are the other side.
    fn sides(&mut self, versie: Camtversie, eigen: Iban, detail: &Postdetail) {
        let comes = detail.bedrag.is_some_and(|bedrag| bedrag > Cents::ZERO);
        self.open("RltdPties");
        for (role, account, ours) in [("Dbtr", "DbtrAcct", !comes), ("Cdtr", "CdtrAcct", comes)] {
            let name = if ours { None } else { detail.tegenpartij.as_ref() };
            if let Some(Banktekst(name)) = name {
                self.open(role);
                match versie {
                    Camtversie::V02 => self.leaf("Nm", name),
                    Camtversie::V08 => self.inside("Pty", "Nm", name),
                }
                self.close(role);
            }
            if let Some(iban) = if ours { Some(eigen) } else { detail.tegenrekening } {
                self.open(account);
                self.inside("Id", "IBAN", iban.as_str());
                self.close(account);
            }
        }
        self.close("RltdPties");
    }

    /// The schema has room for one code.
    fn reason(&mut self, reden: &Bankreden) {
        if let Some(code) = reden.codes.first() {
            self.inside("Rsn", "Cd", code);
        }
        for text in &reden.teksten {
            self.leaf("AddtlInf", &text.0);
        }
    }

    fn status(&mut self, tag: &str, melding: &Statusmelding) {
        self.maybe(tag, melding.code.as_deref());
        if !melding.reden.is_empty() {
            self.open("StsRsnInf");
            self.reason(&melding.reden);
            self.close("StsRsnInf");
        }
    }
}
