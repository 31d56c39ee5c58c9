//! One walk through the text of a file: it refuses what is hostile, finds the pieces that are read one by one, and notes
//! what the crate that reads them does not tell (`lees`).
//!
//! A piece is a block (a statement, a notification, the statuses of one block of ours), in it items (posts, statuses of
//! transfers), in those parts (transactions). So a file of any size is read with the memory of one piece.

use super::bestand::Bankbericht;
use super::fout::BankFout;
use super::grenzen::{Bankgrenzen, ELEMENTS_OF_ONE, HEAD_BYTES, POST_BYTES, TAG_BYTES};
use super::stukken::foreign;
use crate::schema::{Fault, Token, Tokens};
use std::ops::Range;

/// Where the pieces of a file are.
#[derive(Debug)]
pub(super) struct Walked<'t> {
    pub text: &'t str,
    pub bericht: Bankbericht,
    /// Start tags of the root and of the message in it.
    pub tags: [Range<usize>; 2],
    /// What the header says of all blocks.
    pub told: BlockTold,
    /// What stands before and between the blocks.
    pub head: Vec<Range<usize>>,
    pub blocks: Vec<Block>,
}

#[derive(Debug)]
pub(super) struct Block {
    /// Its start tag.
    pub tag: Range<usize>,
    /// What is no item in it.
    pub head: Vec<Range<usize>>,
    pub told: BlockTold,
    pub items: Vec<Item>,
}

#[derive(Debug)]
pub(super) struct Item {
    pub whole: Range<usize>,
    pub told: ItemTold,
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) struct Part {
    pub whole: Range<usize>,
    pub told: PartTold,
}

/// Of a block, what the crate leaves out.
#[derive(Debug, Default)]
pub(super) struct BlockTold {
    pub legal: Option<u64>,
    pub page: Option<u64>,
    pub last_page: bool,
}

impl BlockTold {
    fn page_of(&mut self, name: &str, value: &str) {
        match name {
            "PgNb" => self.page = value.parse().ok(),
            "LastPgInd" => self.last_page = matches!(value, "true" | "1"),
            _ => {}
        }
    }
}

/// Of a post, what the crate leaves out or takes for granted.
#[derive(Debug, Default)]
pub(super) struct ItemTold {
    pub status: bool,
    pub reversal: bool,
    pub batches: u32,
}

/// Of a transaction, what the crate leaves out.
#[derive(Debug, Default)]
pub(super) struct PartTold {
    pub message: Option<String>,
    pub block: Option<String>,
    pub debtor: Option<String>,
    pub creditor: Option<String>,
    pub reasons: Vec<String>,
}

/// How a kind of file is put together: the message, its blocks, their items, the parts of those.
struct Shape {
    message: &'static str,
    block: &'static str,
    item: &'static str,
    part: Option<&'static str>,
}

const fn shape(bericht: Bankbericht) -> Shape {
    match bericht {
        Bankbericht::Camt053V02 | Bankbericht::Camt053V08 => {
            Shape { message: "BkToCstmrStmt", block: "Stmt", item: "Ntry", part: Some("TxDtls") }
        }
        Bankbericht::Camt054V02 | Bankbericht::Camt054V08 => {
            Shape { message: "BkToCstmrDbtCdtNtfctn", block: "Ntfctn", item: "Ntry", part: Some("TxDtls") }
        }
        Bankbericht::Pain002V03 | Bankbericht::Pain002V10 => {
            Shape { message: "CstmrPmtStsRpt", block: "OrgnlPmtInfAndSts", item: "TxInfAndSts", part: None }
        }
    }
}

/// Finds the pieces of a file.
pub(super) fn walk<'t>(text: &'t str, body: usize, grenzen: &Bankgrenzen) -> Result<Walked<'t>, BankFout> {
    let unreadable = |fault: &Fault| BankFout::unreadable(text, fault);
    let tokens = Tokens::new(text, body).map_err(|fault| unreadable(&fault))?;
    let mut walker = Walker {
        text,
        tokens,
        way: Vec::new(),
        starts: Vec::new(),
        value: String::new(),
        bericht: None,
        namespace: String::new(),
        group: BlockTold::default(),
        head_bytes: [0; 2],
        tags: [0..0, 0..0],
        head: Vec::new(),
        blocks: Vec::new(),
        elements: 0,
        left: grenzen.posten,
        most: grenzen.posten,
    };
    while walker.step()? {}
    let Some((bericht, _)) = walker.bericht else {
        return Err(BankFout::GeenBankbestand("een ander XML-bestand".to_owned()));
    };
    let Walker { tags, head, blocks, group: told, .. } = walker;
    if tags[1].is_empty() {
        let found = format!("een {} zonder inhoud", bericht.name());
        return Err(BankFout::GeenBankbestand(found));
    }
    Ok(Walked { text, bericht, tags, told, head, blocks })
}

struct Walker<'t> {
    text: &'t str,
    tokens: Tokens<'t>,
    /// Local names down to here; empty for one in another namespace.
    way: Vec<&'t str>,
    /// Where each of those began.
    starts: Vec<usize>,
    value: String,
    bericht: Option<(Bankbericht, Shape)>,
    namespace: String,
    group: BlockTold,
    /// Bytes of what stands before the posts: of the file, and of the block at hand.
    head_bytes: [usize; 2],
    tags: [Range<usize>; 2],
    head: Vec<Range<usize>>,
    blocks: Vec<Block>,
    /// Elements since the last item or part began.
    elements: u32,
    left: u32,
    most: u32,
}

impl<'t> Walker<'t> {
    /// One token; false at the end.
    fn step(&mut self) -> Result<bool, BankFout> {
        let (offset, token) = self.tokens.read().map_err(|fault| BankFout::unreadable(self.text, &fault))?;
        match token {
            Token::Eof => return Ok(false),
            Token::Start { name, empty, .. } => {
                self.open(offset, name.local, &name.namespace)?;
                if empty {
                    self.close()?;
                }
            }
            Token::End => self.close()?,
            Token::Text(text) | Token::CData(text) => self.take(text),
            Token::Character(character) => self.take(character.encode_utf8(&mut [0; 4])),
            Token::Aside => {}
        }
        Ok(true)
    }

    /// Text counts where something is noted; codes, numbers and texts of banks are shorter than this.
    fn take(&mut self, text: &str) {
        const LONGEST: usize = 4096;
        if self.value.len() + text.len() <= LONGEST {
            self.value.push_str(text);
        }
    }

    fn open(&mut self, offset: usize, local: &'t str, namespace: &str) -> Result<(), BankFout> {
        self.value.clear();
        let span = offset..self.tokens.position();
        let depth = self.way.len();
        if depth == 0 {
            let known = Bankbericht::ALL.into_iter().find(|known| {
                namespace.strip_prefix("urn:iso:std:iso:20022:tech:xsd:") == Some(known.name())
            });
            let Some(bericht) = known.filter(|_| local == "Document") else {
                return Err(BankFout::GeenBankbestand(foreign(namespace, local)));
            };
            self.bericht = Some((bericht, shape(bericht)));
            namespace.clone_into(&mut self.namespace);
            self.within(span.len(), TAG_BYTES, "bytes in de eerste begintag")?;
            self.tags[0] = span.clone();
        }
        let ours = namespace == self.namespace;
        let name = if ours { local } else { "" };
        self.count()?;
        match depth {
            1 => self.message(name, span)?,
            2 if name == self.shape().block => {
                self.within(span.len(), TAG_BYTES, "bytes in een begintag")?;
                self.spend()?;
                let (head, told, items) = (Vec::new(), BlockTold::default(), Vec::new());
                self.blocks.push(Block { tag: span, head, told, items });
                self.head_bytes[1] = 0;
            }
            3 if self.in_block() && name == self.shape().item => self.item(offset)?,
            4 | 5 if self.is_part(name) => self.part(offset)?,
            5 if self.in_item() && self.way[4] == "NtryDtls" && name == "Btch" => {
                if let Some(item) = self.last_item() {
                    item.told.batches += 1;
                }
            }
            _ => {}
        }
        self.way.push(name);
        self.starts.push(offset);
        Ok(())
    }

    fn shape(&self) -> &Shape {
        const NONE: Shape = Shape { message: "", block: "", item: "", part: None };
        self.bericht.as_ref().map_or(&NONE, |(_, shape)| shape)
    }

    fn message(&mut self, name: &str, span: Range<usize>) -> Result<(), BankFout> {
        if name == self.shape().message && self.tags[1].is_empty() {
            self.within(span.len(), TAG_BYTES, "bytes in een begintag")?;
            self.tags[1] = span;
            return Ok(());
        }
        let name = self.bericht.as_ref().map_or("", |(bericht, _)| bericht.name());
        Err(BankFout::GeenBankbestand(format!("een {name} met een andere inhoud")))
    }

    fn in_block(&self) -> bool {
        self.way.len() >= 3 && self.way[2] == self.shape().block
    }

    fn in_item(&self) -> bool {
        self.in_block() && self.way.len() >= 4 && self.way[3] == self.shape().item
    }

    /// Whether a transaction begins or ends here: in the details of a post or, at some banks, in the post itself.
    fn is_part(&self, name: &str) -> bool {
        let in_place = self.way.len() == 4 || self.way[4] == "NtryDtls";
        in_place && self.in_item() && self.shape().part == Some(name)
    }

    fn last_item(&mut self) -> Option<&mut Item> {
        self.blocks.last_mut()?.items.last_mut()
    }

    fn count(&mut self) -> Result<(), BankFout> {
        self.elements += 1;
        self.within(self.elements as usize, ELEMENTS_OF_ONE as usize, "elementen bij elkaar")
    }

    /// What is held in memory, or read again with every piece, has to be small.
    fn within(&self, size: usize, most: usize, what: &str) -> Result<(), BankFout> {
        if size <= most {
            return Ok(());
        }
        let fault = Fault::new(self.tokens.position(), format!("hoogstens {most} {what}"), "er meer");
        Err(BankFout::unreadable(self.text, &fault))
    }

    /// One statement, post or transaction more.
    fn spend(&mut self) -> Result<(), BankFout> {
        self.elements = 0;
        self.left = self.left.checked_sub(1).ok_or(BankFout::TeVeelPosten { most: self.most })?;
        Ok(())
    }

    fn item(&mut self, offset: usize) -> Result<(), BankFout> {
        self.spend()?;
        if let Some(block) = self.blocks.last_mut() {
            let (told, parts) = (ItemTold::default(), Vec::new());
            block.items.push(Item { whole: offset..offset, told, parts });
        }
        Ok(())
    }

    fn part(&mut self, offset: usize) -> Result<(), BankFout> {
        // The first transaction of a post is the post, as far as limits go.
        if self.last_item().is_some_and(|item| !item.parts.is_empty()) {
            self.spend()?;
        }
        self.elements = 0;
        if let Some(item) = self.last_item() {
            item.parts.push(Part { whole: offset..offset, told: PartTold::default() });
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), BankFout> {
        let end = self.tokens.position();
        self.note();
        let name = self.way.pop().unwrap_or_default();
        let start = self.starts.pop().unwrap_or_default();
        self.value.clear();
        match self.way.len() {
            2 if name != self.shape().block => {
                self.head.push(start..end);
                self.weigh(0, end - start)?;
            }
            3 if self.in_block() && name == self.shape().item => {
                let around = self.last_item().map_or(0, |item| {
                    item.whole.end = end;
                    let inside: usize = item.parts.iter().map(|part| part.whole.len()).sum();
                    if item.parts.is_empty() { 0 } else { item.whole.len().saturating_sub(inside) }
                });
                self.within(around, POST_BYTES, "bytes in een post naast de transacties")?;
            }
            3 if self.in_block() => {
                if let Some(block) = self.blocks.last_mut() {
                    block.head.push(start..end);
                }
                self.weigh(1, end - start)?;
            }
            4 | 5 if self.is_part(name) => {
                if let Some(part) = self.last_item().and_then(|item| item.parts.last_mut()) {
                    part.whole.end = end;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn weigh(&mut self, of: usize, bytes: usize) -> Result<(), BankFout> {
        self.head_bytes[of] += bytes;
        self.within(self.head_bytes[of], HEAD_BYTES, "bytes voor de posten")
    }

    /// Takes what the element that ends here says, where the crate does not.
    fn note(&mut self) {
        let value = self.value.trim();
        if let [_, _, "GrpHdr", "MsgPgntn", name] = self.way.as_slice() {
            self.group.page_of(name, value);
        }
        let Some((_, below)) = self.way.split_at_checked(3).filter(|_| self.in_block()) else { return };
        if below.first() != Some(&self.shape().item) {
            let Some(block) = self.blocks.last_mut() else { return };
            match below {
                ["LglSeqNb"] => block.told.legal = value.parse().ok(),
                ["StmtPgntn", name] => block.told.page_of(name, value),
                _ => {}
            }
            return;
        }
        let Some(item) = self.blocks.last_mut().and_then(|block| block.items.last_mut()) else { return };
        match &below[1..] {
            ["Sts"] | ["Sts", "Cd" | "Prtry"] => item.told.status |= !value.is_empty(),
            ["RvslInd"] => item.told.reversal = matches!(value, "true" | "1"),
            ["NtryDtls", "TxDtls", rest @ ..] | ["TxDtls", rest @ ..] => {
                let Some(part) = item.parts.last_mut() else { return };
                let told = || Some(value.to_owned()).filter(|value| !value.is_empty());
                match rest {
                    ["Refs", "MsgId"] => part.told.message = told(),
                    ["Refs", "PmtInfId"] => part.told.block = told(),
                    ["RltdPties", "DbtrAcct", "Id", "IBAN"] => part.told.debtor = told(),
                    ["RltdPties", "CdtrAcct", "Id", "IBAN"] => part.told.creditor = told(),
                    ["RtrInf", "AddtlInf"] => part.told.reasons.extend(told()),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
