//! What is hostile, broken or something else is told in Dutch, with a code, and makes nothing fall over.

use super::reading::{afschriften, refusal};
use super::text::{AANBIEDER, OWN, Versie, balance, booked, camt053, camt054, pain002, post, statement};
use happyflow::bank::{BankFout, Bankgrenzen, read};
use happyflow::money::Cents;
use proptest::prelude::*;

fn refused(bytes: &[u8]) -> BankFout {
    read(bytes, &Bankgrenzen::default()).unwrap_err()
}

fn good() -> String {
    let detail = format!(
        "<NtryDtls><TxDtls><Refs><EndToEndId>RUN-1-11110001-0193</EndToEndId></Refs><Amt Ccy=\"EUR\">5.00</Amt>\
         <CdtDbtInd>DBIT</CdtDbtInd><RltdPties><CdtrAcct><Id><IBAN>{AANBIEDER}</IBAN></Id></CdtrAcct></RltdPties>\
         </TxDtls></NtryDtls>"
    );
    camt053(Versie::V08, &booked("10.00", "5.00", &post(Versie::V08, "-5.00", &detail)))
}

#[test]
fn what_is_given_by_mistake_is_told() {
    for (bytes, label, word) in [
        (&b""[..], "bank.other-file", "leeg"),
        (b"PK\x03\x04....", "bank.other-file", "zip"),
        (b"%PDF-1.4", "bank.other-file", "PDF"),
        (b"datum;bedrag\n1;2\n", "bank.other-file", "CSV"),
        (b"\x00\x01\x02\x03\x80", "bank.unreadable", "verwacht"),
        (b"<a/>", "bank.other-file", "ander XML"),
        (b"<Document/>", "bank.other-file", "zonder namespace"),
    ] {
        let fout = refused(bytes);
        assert_eq!(fout.label(), label, "{fout}");
        assert!(fout.to_string().contains(word), "{fout}");
    }
    let as_name = |name: &str| good().replace("camt.053.001.08", name);
    for (name, word) in [
        ("pain.001.001.09", "betaalopdracht"),
        ("camt.052.001.08", "tussentijds"),
        ("camt.053.001.13", "andere versie"),
        ("camt.054.001.08", "andere inhoud"),
        ("camt.053.001.08x", "andere versie"),
    ] {
        let fout = refusal(&as_name(name));
        assert_eq!(fout.label(), "bank.other-file");
        assert!(fout.to_string().contains(word), "{fout}");
    }
    assert_eq!(refusal(&camt053(Versie::V08, "")).label(), "bank.value");
    assert_eq!(
        refusal(&camt054(Versie::V08, "").replace("<Ntfctn>", "<Anders>").replace("</Ntfctn>", "</Anders>"))
            .label(),
        "bank.value"
    );
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let bomb = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>\n<Document";
    let fout = refusal(&good().replacen("<Document", bomb, 1));
    assert_eq!(fout.label(), "bank.doctype");
    let outside = "<!DOCTYPE d SYSTEM \"file:///etc/passwd\">\n<Document";
    assert_eq!(refusal(&good().replacen("<Document", outside, 1)).label(), "bank.doctype");
    for (from, to) in [
        ("S-1", "&a;".to_owned()),
        ("<Refs>", "<x>".repeat(100_000)),
        ("<Refs>", format!("<Refs>{}", "<y/>".repeat(3_000))),
        ("<Acct>", format!("{}<Acct>", "<y/>".repeat(3_000))),
        ("<Ntry>", format!("<Ntry {}>", (0..70).fold(String::new(), |all, n| all + &format!(" a{n}=''")))),
        ("S-1", "x".repeat(2 * 1024 * 1024)),
        ("<Refs>", format!("<!--{}--><Refs>", "x".repeat(40 * 1024 * 1024))),
        ("<Ntry>", format!("<Ntry><!--{}-->", "x".repeat(300 * 1024))),
        ("<Stmt>", format!("<Stmt x=\"{}\">", "x".repeat(5_000))),
        ("<BkToCstmrStmt>", format!("<BkToCstmrStmt x=\"{}\">", "x".repeat(5_000))),
        ("<Document", format!("<Document x=\"{}\"", "x".repeat(5_000))),
        ("RUN-1", "x".repeat(2 * 1024 * 1024)),
        ("</Document>", "</Document><Document/>".to_owned()),
        ("</Document>", "</Document>rest".to_owned()),
        ("<Stmt>", "<z:Stmt>".to_owned()),
        ("S-1", "\u{0}".to_owned()),
    ] {
        let fout = refusal(&good().replacen(from, &to, 1));
        assert_eq!(fout.label(), "bank.unreadable", "{from}: {fout}");
        assert!(fout.to_string().len() < 400, "{fout}");
    }
}

#[test]
fn too_much_is_refused_with_the_setting_that_raises_it() {
    let small = Bankgrenzen { bytes: 100, ..Bankgrenzen::default() };
    let fout = read(good().as_bytes(), &small).unwrap_err();
    assert_eq!(fout.label(), "bank.large");
    assert!(fout.to_string().contains(Bankgrenzen::BYTES), "{fout}");
    let of = |posts: usize, transactions: usize| {
        let details = format!("<NtryDtls>{}</NtryDtls>", "<TxDtls/>".repeat(transactions));
        camt053(Versie::V02, &booked("0.00", "0.00", &post(Versie::V02, "0.00", &details).repeat(posts)))
    };
    // The statement itself counts as well.
    let few = Bankgrenzen { posten: 5, ..Bankgrenzen::default() };
    for (posts, transactions) in [(4, 0), (4, 1), (2, 2), (1, 4)] {
        assert!(read(of(posts, transactions).as_bytes(), &few).is_ok(), "{posts} of {transactions}");
    }
    for (posts, transactions) in [(5, 0), (5, 1), (2, 3), (1, 5)] {
        let fout = read(of(posts, transactions).as_bytes(), &few).unwrap_err();
        assert_eq!(fout, BankFout::TeVeelPosten { most: 5 });
        assert!(fout.to_string().contains(Bankgrenzen::POSTEN), "{fout}");
    }
}

#[test]
fn amounts_are_whole_cents_with_a_direction_or_nothing() {
    let with = |amount: &str| {
        let entry = post(Versie::V08, "1.00", "").replace(">1.00<", &format!(">{amount}<"));
        camt053(Versie::V08, &booked("0.00", "1.00", &entry))
    };
    for same in ["1", "1.0", "1.00", "01.00", "+1.00", " 1.00 ", "1.000", "1.00000", "1."] {
        assert_eq!(afschriften(&with(same))[0].posten[0].bedrag, Cents(100), "{same}");
    }
    for wrong in
        ["", "-1.00", "1,00", "1.001", "0.999", "1e2", "NaN", "0x1", "1 000", "1.0.0", "99999999999999999999"]
    {
        assert_eq!(refusal(&with(wrong)).label(), "bank.amount", "{wrong}");
    }
    let largest = "9999999999999999.99";
    let one = camt053(Versie::V08, &booked("0.00", largest, &post(Versie::V08, largest, "")));
    assert_eq!(afschriften(&one)[0].slot, Cents(999_999_999_999_999_999));
    // Sums that leave the range are refused, and nothing wraps.
    let many = camt053(Versie::V08, &booked(largest, "0.00", &post(Versie::V08, largest, "").repeat(10)));
    assert_eq!(refusal(&many).label(), "bank.amount");
    for (from, to, label) in [
        ("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", "<Sts>", "bank.amount"),
        ("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", "<CdtDbtInd>AF</CdtDbtInd><Sts>", "bank.amount"),
        ("<Ntry><Amt Ccy=\"EUR\">", "<Ntry><Amt>", "bank.amount"),
        ("<Ntry><Amt Ccy=\"EUR\">", "<Ntry><Amt Ccy=\"USD\">", "bank.currency"),
        ("<Ccy>EUR</Ccy>", "<Ccy>USD</Ccy>", "bank.currency"),
        ("<Amt Ccy=\"EUR\">10.00", "<Amt Ccy=\"CHF\">10.00", "bank.currency"),
        ("<Sts><Cd>BOOK</Cd></Sts>", "", "bank.value"),
        ("<Sts><Cd>BOOK</Cd></Sts>", "<Sts><Cd> </Cd></Sts>", "bank.value"),
        ("<BookgDt><Dt>2026-03-03<", "<BookgDt><Dt>2026-02-30<", "bank.value"),
        (OWN, "NL13TEST0123456780", "bank.account"),
        ("<Acct>", "<Rekening/><Acct>", ""),
    ] {
        let changed = good().replacen(from, to, 1);
        let found = read(changed.as_bytes(), &Bankgrenzen::default()).map_err(|fout| fout.label());
        assert_eq!(found.err().unwrap_or_default(), label, "{from} to {to}");
    }
    let other = statement("").replace(&format!("<IBAN>{OWN}</IBAN>"), "<Othr><Id>123456</Id></Othr>");
    assert_eq!(refusal(&camt053(Versie::V08, &other)).label(), "bank.account");
}

#[test]
fn a_transaction_in_another_currency_is_kept_without_amount() {
    let detail =
        "<NtryDtls><TxDtls><Amt Ccy=\"USD\">6.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls></NtryDtls>";
    let text = camt053(Versie::V08, &booked("5.00", "0.00", &post(Versie::V08, "-5.00", detail)));
    let found = afschriften(&text);
    assert_eq!(found[0].posten[0].details[0].bedrag, None);
}

#[test]
fn encodings_are_read_or_named() {
    let text = good().replace("<Id>S-1</Id>", "<Id>Één</Id>");
    let plain = afschriften(&text);
    let mut marked = b"\xEF\xBB\xBF".to_vec();
    marked.extend_from_slice(text.as_bytes());
    let wide = text.replace("UTF-8", "UTF-16");
    let little: Vec<u8> =
        [0xFEFF].into_iter().chain(wide.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = [0xFEFF].into_iter().chain(wide.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let latin: Vec<u8> =
        text.replace("UTF-8", "ISO-8859-1").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for bytes in [marked, little, big, latin.clone()] {
        let bestand = read(&bytes, &Bankgrenzen::default()).unwrap();
        assert!(matches!(bestand.inhoud, happyflow::bank::Bankinhoud::Afschriften(all) if all == plain));
    }
    let windows = String::from_utf8_lossy(&latin[..60]).replace("ISO-8859-1", "windows-1252").into_bytes();
    let windows = [windows, latin[60..].to_vec()].concat();
    let fout = refused(&windows);
    assert_eq!(fout.label(), "bank.unreadable");
    assert!(fout.to_string().contains("codering"), "{fout}");
    // Latin text that says it is UTF-8.
    let false_name = [text.as_bytes()[..60].to_vec(), latin[60..].to_vec()].concat();
    assert_eq!(refused(&false_name).label(), "bank.unreadable");
}

#[test]
fn a_file_that_stops_anywhere_is_refused() {
    let status = pain002(
        "10",
        "<OrgnlGrpInfAndSts><OrgnlMsgId>HF-1</OrgnlMsgId></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>",
    );
    for text in [good(), camt054(Versie::V02, &post(Versie::V02, "1.00", "")), status] {
        let whole = text.trim_end();
        assert!(read(whole.as_bytes(), &Bankgrenzen::default()).is_ok());
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let fout = refused(&whole.as_bytes()[..end]);
            assert!(
                matches!(fout.label(), "bank.unreadable" | "bank.other-file" | "bank.doctype"),
                "{end}: {fout}"
            );
        }
    }
}

/// A name in a file is no name to show: a `<` that was not escaped makes tags of what people are called.
#[test]
fn no_tag_of_the_file_is_shown() {
    for text in ["<Jansen>", "<Jansen/><Jansen>", "<Jansen jan>", "</Jansen>"] {
        let fout = refusal(&good().replacen("<Refs>", &format!("<Refs>{text}"), 1));
        assert!(fout.label() == "bank.unreadable" && !fout.to_string().contains("Jansen"), "{fout}");
    }
}

/// Many small statements or blocks cost no more than what is in them.
#[test]
fn many_blocks_are_read_in_time() {
    let empty = booked("0.00", "0.00", "");
    let head = format!("<GrpHdr><!--{}-->", "x".repeat(500_000));
    let statements = camt053(Versie::V02, &empty.repeat(2_000)).replacen("<GrpHdr>", &head, 1);
    assert_eq!(afschriften(&statements).len(), 2_000);
    let block =
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>B</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts></OrgnlPmtInfAndSts>";
    let inside = format!(
        "<OrgnlGrpInfAndSts><OrgnlMsgId>HF-1</OrgnlMsgId></OrgnlGrpInfAndSts>{}",
        block.repeat(2_000)
    );
    let report = pain002("03", &inside).replacen("<GrpHdr>", &head, 1);
    let named = report
        .replace("xmlns=", "xmlns:n=")
        .replace('<', "<n:")
        .replace("<n:/", "</n:")
        .replace("<n:?", "<?");
    let named = named.replace("<n:!", "<!");
    for text in [report, named] {
        let bestand = read(text.as_bytes(), &Bankgrenzen::default()).unwrap();
        let happyflow::bank::Bankinhoud::Status(status) = bestand.inhoud else { panic!("a report") };
        assert_eq!((status.over.as_str(), status.blokken.len()), ("HF-1", 2_000));
        assert_eq!(status.blokken[1_999].blok.as_deref(), Some("B"));
    }
}

/// Whatever stands in for a piece of a file, or is left out of it, is read or refused.
fn any_change() -> impl Strategy<Value = String> {
    let tags: Vec<String> =
        good().split_inclusive('>').filter(|piece| piece.contains('<')).map(str::to_owned).collect();
    let text = good();
    (proptest::collection::vec((0..tags.len(), 0..tags.len(), any::<bool>()), 1..4)).prop_map(
        move |changes| {
            changes.into_iter().fold(text.clone(), |text, (from, to, leave_out)| {
                let with = if leave_out { String::new() } else { tags[to].clone() };
                text.replacen(&tags[from], &with, 1)
            })
        },
    )
}

proptest! {
    #[test]
    fn no_change_makes_it_fall_over(text in any_change()) {
        match read(text.as_bytes(), &Bankgrenzen::default()) {
            Ok(_) => {}
            Err(fout) => prop_assert!(fout.label().starts_with("bank.") && !fout.to_string().is_empty()),
        }
    }

    #[test]
    fn no_bytes_make_it_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &Bankgrenzen::default());
    }

    #[test]
    fn no_account_or_text_of_the_file_is_in_what_is_told(text in any_change()) {
        if let Err(fout) = read(text.as_bytes(), &Bankgrenzen::default()) {
            prop_assert!(!fout.to_string().contains("TEST0"), "{fout}");
        }
    }
}

#[test]
fn two_balances_that_differ_between_statements_are_each_their_own() {
    let two = booked("1.00", "1.00", "") + &statement(&(balance("OPBD", "9.00") + &balance("CLBD", "9.00")));
    let found = afschriften(&camt053(Versie::V08, &two));
    assert_eq!((found[0].slot, found[1].opening), (Cents(100), Cents(900)));
}
