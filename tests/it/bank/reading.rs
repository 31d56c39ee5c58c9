//! What a file of a bank says comes out in our words, in both versions, and is right to the cent.

use super::text::{AANBIEDER, OWN, Versie, balance, booked, camt053, camt054, pain002, post, statement};
use happyflow::bank::{
    Afschriftdeel, BankFout, Bankafschrift, Bankbericht, Bankgrenzen, Bankinhoud, Bankpost, Betaalstatus,
    Poststatus, Statusbericht, Statusgevolg, read,
};
use happyflow::iban::Iban;
use happyflow::money::Cents;
use std::fmt::Write;

pub fn afschriften(text: &str) -> Vec<Bankafschrift> {
    match read(text.as_bytes(), &Bankgrenzen::default()).unwrap().inhoud {
        Bankinhoud::Afschriften(all) => all,
        other => panic!("{other:?}"),
    }
}

pub fn refusal(text: &str) -> BankFout {
    read(text.as_bytes(), &Bankgrenzen::default()).unwrap_err()
}

fn posten(text: &str) -> Vec<Bankpost> {
    afschriften(text).remove(0).posten
}

fn iban(text: &str) -> Iban {
    Iban::parse(text).unwrap()
}

/// A debit of a batch with two transfers in it.
fn batch(versie: Versie) -> String {
    let transfer = |id: &str, euros: &str| {
        format!(
            "<TxDtls><Refs><MsgId>HF-20260302-RUN-12</MsgId><PmtInfId>HF-20260302-RUN-12-0193</PmtInfId>\
             <EndToEndId>{id}</EndToEndId></Refs>{}\
             <RltdPties>{}<DbtrAcct><Id><IBAN>{OWN}</IBAN></Id></DbtrAcct>{}\
             <CdtrAcct><Id><IBAN>{AANBIEDER}</IBAN></Id></CdtrAcct></RltdPties>\
             <RmtInf><Ustrd>Jeugdhulp</Ustrd><Ustrd>gemeente 0193</Ustrd></RmtInf></TxDtls>",
            match versie {
                Versie::V02 => format!("<AmtDtls><TxAmt><Amt Ccy=\"EUR\">{euros}</Amt></TxAmt></AmtDtls>"),
                Versie::V08 => format!("<Amt Ccy=\"EUR\">{euros}</Amt><CdtDbtInd>DBIT</CdtDbtInd>"),
            },
            versie.party("Dbtr", "Regio &amp; Co"),
            versie.party("Cdtr", "Zorg B.V."),
        )
    };
    post(
        versie,
        "-150.25",
        &format!(
            "<AcctSvcrRef>BK-9</AcctSvcrRef><NtryDtls><Btch><MsgId>HF-20260302-RUN-12</MsgId>\
             <PmtInfId>HF-20260302-RUN-12-0193</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>{}{}</NtryDtls>\
             <AddtlNtryInf>SEPA batch</AddtlNtryInf>",
            transfer("RUN-12-11110001-0193", "100.00"),
            transfer("RUN-12-11110002-0193", "50.25"),
        ),
    )
}

/// A transfer that came back, with the sides of the transfer that left.
fn comes_back(versie: Versie) -> String {
    post(
        versie,
        "50.25",
        &format!(
            "<RvslInd>true</RvslInd><NtryDtls><TxDtls><Refs><EndToEndId>RUN-12-11110002-0193</EndToEndId></Refs>\
             <RltdPties><DbtrAcct><Id><IBAN>{OWN}</IBAN></Id></DbtrAcct>\
             <CdtrAcct><Id><IBAN>{AANBIEDER}</IBAN></Id></CdtrAcct></RltdPties>\
             <RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account</AddtlInf><AddtlInf>closed</AddtlInf></RtrInf>\
             </TxDtls></NtryDtls>"
        ),
    )
}

#[test]
fn a_statement_comes_out_in_our_words_in_both_versions() {
    for versie in Versie::BOTH {
        let text = camt053(versie, &booked("1000.00", "900.00", &(batch(versie) + &comes_back(versie))));
        let bestand = read(text.as_bytes(), &Bankgrenzen::default()).unwrap();
        assert_eq!(bestand.identificatie, "M-1");
        let name = if versie == Versie::V02 { Bankbericht::Camt053V02 } else { Bankbericht::Camt053V08 };
        assert_eq!(bestand.bericht, name);
        let afschrift = afschriften(&text).remove(0);
        assert_eq!((afschrift.rekening, afschrift.identificatie.as_str()), (iban(OWN), "S-1"));
        assert_eq!((afschrift.nummer.elektronisch, afschrift.nummer.wettelijk), (Some(41), Some(7)));
        assert_eq!((afschrift.opening, afschrift.slot), (Cents(100_000), Cents(90_000)));
        assert_eq!(
            afschrift.van.unwrap().to_string() + &afschrift.tot.unwrap().to_string(),
            "2026-03-032026-03-03"
        );
        assert_eq!(afschrift.deel, None);
        let [debit, credit] = afschrift.posten.as_slice() else { panic!("{afschrift:?}") };
        assert_eq!((debit.volgorde, debit.bedrag, &debit.status), (1, Cents(-15_025), &Poststatus::Geboekt));
        assert_eq!(debit.bankkenmerk.as_deref(), Some("BK-9"));
        let batch = debit.batch.as_ref().unwrap();
        assert_eq!(batch.bericht.as_deref(), Some("HF-20260302-RUN-12"));
        assert_eq!((batch.blok.as_deref(), batch.aantal), (Some("HF-20260302-RUN-12-0193"), Some(2)));
        assert!(!debit.is_return && debit.single().is_none());
        let second = &debit.details[1];
        assert_eq!((second.bedrag, second.tegenrekening), (Some(Cents(-5_025)), Some(iban(AANBIEDER))));
        assert_eq!(second.blok.as_deref(), Some("HF-20260302-RUN-12-0193"));
        assert_eq!(second.tegenpartij.as_ref().unwrap().0, "Zorg B.V.");
        assert_eq!(second.omschrijving.as_ref().unwrap().0, "Jeugdhulp gemeente 0193");
        assert_eq!((credit.bedrag, credit.is_return), (Cents(5_025), true));
        assert_eq!(credit.end_to_end(), Some("RUN-12-11110002-0193"));
        assert_eq!(credit.tegenrekening(), Some(iban(AANBIEDER)), "not our own account");
        let reden = credit.reden().unwrap();
        assert_eq!(reden.codes, ["AC04"]);
        assert_eq!(
            reden.teksten.iter().map(|text| text.0.as_str()).collect::<Vec<_>>(),
            ["Account", "closed"]
        );
        assert!(!format!("{afschrift:?}").contains("Zorg B.V."), "no name in what may be logged");
    }
}

#[test]
fn a_notification_comes_out_in_both_versions_though_the_crate_knows_one() {
    for versie in Versie::BOTH {
        let text = camt054(versie, &(batch(versie) + &comes_back(versie)));
        let bestand = read(text.as_bytes(), &Bankgrenzen::default()).unwrap();
        let Bankinhoud::Meldingen(all) = &bestand.inhoud else { panic!("{bestand:?}") };
        assert_eq!((all.len(), all[0].rekening, all[0].identificatie.as_str()), (1, iban(OWN), "N-1"));
        assert_eq!(all[0].posten.len(), 2);
        assert_eq!(all[0].posten[0].details.len(), 2);
        assert_eq!(all[0].posten[1].reden().unwrap().codes, ["AC04"]);
    }
}

#[test]
fn only_what_is_booked_counts() {
    for versie in Versie::BOTH {
        let of = |code: &str| post(versie, "7.00", "").replace(&versie.status("BOOK"), &versie.status(code));
        let all = ["PDNG", "INFO", "FUTR", "HOLD"].map(of).concat() + &post(versie, "-0.01", "");
        let found = posten(&camt053(versie, &booked("0.00", "-0.01", &all)));
        let statuses: Vec<&Poststatus> = found.iter().map(|post| &post.status).collect();
        let other = Poststatus::Anders("HOLD".to_owned());
        let expected = [
            &Poststatus::InBehandeling,
            &Poststatus::TerInformatie,
            &Poststatus::Later,
            &other,
            &Poststatus::Geboekt,
        ];
        assert_eq!(statuses, expected);
    }
}

#[test]
fn statements_in_parts_and_several_in_a_file_are_told_apart() {
    let part = |number: u32, last: bool| {
        let page = format!("<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>");
        booked("1.00", "1.00", "").replace("<Id>S-1</Id>", &format!("<Id>S-1</Id>{page}"))
    };
    let found = afschriften(&camt053(Versie::V08, &(part(1, false) + &part(2, true))));
    let pages: Vec<_> = found.iter().map(|afschrift| afschrift.deel).collect();
    assert_eq!(
        pages,
        [Some(Afschriftdeel { nummer: 1, laatste: false }), Some(Afschriftdeel { nummer: 2, laatste: true })]
    );
    // The older version has it for the message.
    let text = camt053(Versie::V02, &booked("1.00", "1.00", ""))
        .replace("</GrpHdr>", "<MsgPgntn><PgNb>3</PgNb><LastPgInd>true</LastPgInd></MsgPgntn></GrpHdr>");
    assert_eq!(afschriften(&text)[0].deel, Some(Afschriftdeel { nummer: 3, laatste: true }));
}

#[test]
fn a_balance_of_before_opens_as_well_and_a_missing_one_proves_nothing() {
    let with = |balances: &str| camt053(Versie::V08, &statement(balances));
    let (opening, slot) = (balance("OPBD", "2.00"), balance("CLBD", "2.00"));
    let before = balance("PRCD", "2.00");
    assert_eq!(afschriften(&with(&(before.clone() + &slot)))[0].opening, Cents(200));
    assert_eq!(
        afschriften(&with(&(before + &opening + &slot + &balance("CLAV", "9.00"))))[0].slot,
        Cents(200)
    );
    assert_eq!(
        afschriften(&with(&(balance("OPBD", "-2.00") + &balance("CLBD", "-2.00"))))[0].slot,
        Cents(-200)
    );
    let twice = opening.clone() + &balance("OPBD", "3.00") + &slot;
    for (balances, word) in [(slot, "geen beginsaldo"), (opening, "geen eindsaldo"), (twice, "verschillen")] {
        let fout = refusal(&with(&balances));
        assert_eq!(fout.label(), "bank.balance");
        assert!(fout.to_string().contains(word), "{fout}");
    }
}

#[test]
fn what_does_not_add_up_is_refused() {
    let versie = Versie::V08;
    let fout = refusal(&camt053(versie, &booked("1.00", "2.01", &post(versie, "1.00", ""))));
    assert_eq!(fout.label(), "bank.sum");
    assert!(fout.to_string().contains("€ 2,01"), "{fout}");
    let wrong = batch(versie).replace(">50.25<", ">50.24<");
    let fout = refusal(&camt053(versie, &booked("150.25", "0.00", &wrong)));
    assert_eq!(fout.label(), "bank.details");
    // With costs taken, or with transactions that are told elsewhere, they need not.
    let costs = wrong.replace("<RmtInf>", "<Chrgs><Rcrd><Amt Ccy=\"EUR\">0.01</Amt></Rcrd></Chrgs><RmtInf>");
    let some = wrong.replace("<NbOfTxs>2<", "<NbOfTxs>3<");
    for text in [costs, some] {
        assert_eq!(posten(&camt053(versie, &booked("150.25", "0.00", &text))).len(), 1);
    }
}

#[test]
fn details_in_several_groups_belong_to_one_post_and_to_no_single_batch() {
    let versie = Versie::V02;
    let text = batch(versie).replacen(
        "</TxDtls><TxDtls>",
        "</TxDtls></NtryDtls><NtryDtls><Btch><PmtInfId>ANDERS</PmtInfId></Btch><TxDtls>",
        1,
    );
    let found = posten(&camt053(versie, &booked("150.25", "0.00", &text)));
    assert_eq!((found[0].details.len(), &found[0].batch), (2, &None));
    // Some banks leave the group out.
    let bare = text.replace("<NtryDtls>", "").replace("</NtryDtls>", "");
    let bare = bare.replace("<Btch><PmtInfId>ANDERS</PmtInfId></Btch>", "");
    let found = posten(&camt053(versie, &booked("150.25", "0.00", &bare)));
    assert_eq!(found[0].details.len(), 2);
}

#[test]
fn prefixes_references_and_comments_change_nothing() {
    for versie in Versie::BOTH {
        let text = camt053(versie, &booked("1000.00", "849.75", &batch(versie)));
        let named = text
            .replace("xmlns=", "xmlns:n=")
            .replace('<', "<n:")
            .replace("<n:/", "</n:")
            .replace("<n:?", "<?");
        let odd = text
            .replace("<EndToEndId>RUN-", "<EndToEndId>R<!-- x -->U&#78;<![CDATA[-]]>")
            .replace("<Ntry>", "<?x y?><Ntry  >");
        let plain = afschriften(&text);
        assert_eq!(afschriften(&named), plain);
        assert_eq!(afschriften(&odd), plain);
    }
}

fn status(text: &str) -> Statusbericht {
    match read(text.as_bytes(), &Bankgrenzen::default()).unwrap().inhoud {
        Bankinhoud::Status(status) => status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_status_report_says_it_of_the_file_of_blocks_and_of_transfers() {
    for version in ["03", "10"] {
        let inside = "<OrgnlGrpInfAndSts><OrgnlMsgId>HF-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>\
             <GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts><OrgnlPmtInfId>HF-1-0193</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>\
             <TxInfAndSts><OrgnlEndToEndId>E-1</OrgnlEndToEndId><TxSts>RJCT</TxSts>\
             <StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>geen rekening</AddtlInf></StsRsnInf>\
             <OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">10.00</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>\
             <TxInfAndSts><OrgnlEndToEndId>E-2</OrgnlEndToEndId><TxSts>RVNM</TxSts></TxInfAndSts>\
             <TxInfAndSts><OrgnlEndToEndId>E-3</OrgnlEndToEndId><TxSts>QQQQ</TxSts></TxInfAndSts>\
             </OrgnlPmtInfAndSts>";
        let found = status(&pain002(version, inside));
        assert_eq!((found.over.as_str(), found.geheel.status()), ("HF-1", Some(Betaalstatus::Part)));
        let blok = &found.blokken[0];
        assert_eq!(
            (blok.blok.as_deref(), blok.melding.status()),
            (Some("HF-1-0193"), Some(Betaalstatus::Part))
        );
        let statuses: Vec<Betaalstatus> =
            blok.betalingen.iter().filter_map(|betaling| betaling.melding.status()).collect();
        let other = Betaalstatus::Anders("QQQQ".to_owned());
        assert_eq!(statuses, [Betaalstatus::Rjct, Betaalstatus::Rvnm, other]);
        assert_eq!(statuses[2].gevolg(), Statusgevolg::Onbekend);
        let refused = &blok.betalingen[0];
        assert_eq!((refused.end_to_end.as_deref(), refused.bedrag), (Some("E-1"), Some(Cents(1_000))));
        assert_eq!(refused.melding.reden.codes, ["AC01"]);
        assert_eq!(refused.melding.reden.teksten[0].0, "geen rekening");
    }
    let all = status(&pain002(
        "10",
        "<OrgnlGrpInfAndSts><OrgnlMsgId>HF-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>\
         <GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Prtry>X</Prtry></Rsn></StsRsnInf></OrgnlGrpInfAndSts>",
    ));
    assert_eq!((all.geheel.status(), all.blokken.len()), (Some(Betaalstatus::Rjct), 0));
    assert_eq!(all.geheel.reden.codes, ["X"]);
}

/// A statement as large as is promised, in pieces: nothing is lost at their edges.
#[test]
fn a_large_statement_is_read_whole() {
    let versie = Versie::V08;
    let count = 20_000;
    let mut all = String::new();
    for number in 0..count {
        let detail =
            format!("<NtryDtls><TxDtls><Refs><EndToEndId>E-{number}</EndToEndId></Refs></TxDtls></NtryDtls>");
        all.push_str(&post(versie, "-0.01", &detail));
    }
    let mut many = String::from("<NtryDtls><Btch><NbOfTxs>20000</NbOfTxs></Btch>");
    for number in 0..count {
        let _ = write!(
            many,
            "<TxDtls><Refs><EndToEndId>D-{number}</EndToEndId></Refs><Amt Ccy=\"EUR\">0.02</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd></TxDtls>"
        );
    }
    all.push_str(&post(versie, "400.00", &(many + "</NtryDtls>")));
    let found = posten(&camt053(versie, &booked("0.00", "200.00", &all)));
    assert_eq!(found.len(), count + 1);
    for (number, post) in found[..count].iter().enumerate() {
        assert_eq!(
            (post.volgorde as usize, post.end_to_end()),
            (number + 1, Some(format!("E-{number}").as_str()))
        );
        assert_eq!(post.single().unwrap().bedrag, Some(Cents(-1)));
    }
    assert_eq!(found[count].details.len(), count);
    for (number, detail) in found[count].details.iter().enumerate() {
        assert_eq!(detail.end_to_end.as_deref(), Some(format!("D-{number}").as_str()));
    }
}
