//! Files of banks as text, piece by piece, so that a test says only what it is about.

pub const OWN: &str = "NL13TEST0123456789";
pub const AANBIEDER: &str = "NL94TEST0111111111";

/// Which of the two versions that Dutch banks send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versie {
    V02,
    V08,
}

impl Versie {
    pub const BOTH: [Self; 2] = [Self::V02, Self::V08];

    const fn number(self) -> &'static str {
        match self {
            Self::V02 => "02",
            Self::V08 => "08",
        }
    }

    /// A code that the newer version puts in an element of its own.
    pub fn status(self, code: &str) -> String {
        match self {
            Self::V02 => format!("<Sts>{code}</Sts>"),
            Self::V08 => format!("<Sts><Cd>{code}</Cd></Sts>"),
        }
    }

    /// The name of somebody, that the newer version puts one deeper.
    pub fn party(self, role: &str, name: &str) -> String {
        match self {
            Self::V02 => format!("<{role}><Nm>{name}</Nm></{role}>"),
            Self::V08 => format!("<{role}><Pty><Nm>{name}</Nm></Pty></{role}>"),
        }
    }
}

pub fn balance(code: &str, euros: &str) -> String {
    let (sign, euros) = euros.strip_prefix('-').map_or(("CRDT", euros), |euros| ("DBIT", euros));
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{euros}</Amt>\
         <CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-03-03</Dt></Dt></Bal>"
    )
}

/// A post with what follows its dates.
pub fn post(versie: Versie, euros: &str, rest: &str) -> String {
    let (sign, euros) = euros.strip_prefix('-').map_or(("CRDT", euros), |euros| ("DBIT", euros));
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{euros}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{}\
         <BookgDt><Dt>2026-03-03</Dt></BookgDt><ValDt><Dt>2026-03-03</Dt></ValDt>{rest}</Ntry>",
        versie.status("BOOK")
    )
}

/// A statement of [`OWN`] with this between its account and its end.
pub fn statement(inside: &str) -> String {
    format!(
        "<Stmt><Id>S-1</Id><ElctrncSeqNb>41</ElctrncSeqNb><LglSeqNb>7</LglSeqNb>\
         <CreDtTm>2026-03-03T23:00:00</CreDtTm>\
         <FrToDt><FrDtTm>2026-03-03T00:00:00</FrDtTm><ToDtTm>2026-03-03T23:59:59</ToDtTm></FrToDt>\
         <Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{inside}</Stmt>"
    )
}

/// As [`statement`], with these posts between two balances.
pub fn booked(opening: &str, slot: &str, posten: &str) -> String {
    statement(&(balance("OPBD", opening) + &balance("CLBD", slot) + posten))
}

pub fn camt053(versie: Versie, statements: &str) -> String {
    envelope(&format!("camt.053.001.{}", versie.number()), "BkToCstmrStmt", statements)
}

pub fn camt054(versie: Versie, posten: &str) -> String {
    let inside = format!(
        "<Ntfctn><Id>N-1</Id><CreDtTm>2026-03-03T23:00:00</CreDtTm>\
         <Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy></Acct>{posten}</Ntfctn>"
    );
    envelope(&format!("camt.054.001.{}", versie.number()), "BkToCstmrDbtCdtNtfctn", &inside)
}

pub fn pain002(version: &str, inside: &str) -> String {
    let name = format!("pain.002.001.{version}");
    envelope(&name, "CstmrPmtStsRpt", inside)
}

fn envelope(name: &str, message: &str, inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{name}\">\n\
         <{message}><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-03T23:00:00</CreDtTm></GrpHdr>{inside}</{message}>\n\
         </Document>\n"
    )
}
