//! Ways to write one message as XML: prefixes, white space, references, CDATA, encodings.

use crate::generator::{Dice, Holds, Tree};
use happyflow::schema::{MessageSchema, Owner};

/// How a message is written.
pub struct Spelling<'s> {
    schema: &'s MessageSchema,
    basis: String,
    bericht: String,
    /// Also comments, CDATA, references and carriage returns; the plain way has none.
    fancy: bool,
    out: String,
}

/// Writes a message the way most systems do.
pub fn plain(schema: &MessageSchema, tree: &Tree) -> Vec<u8> {
    let bericht = format!("{}:", schema.soort.prefix());
    let spelling = Spelling { schema, basis: "ijw:".to_owned(), bericht, fancy: false, out: String::new() };
    spelling.write(tree, &mut Dice::new(0)).into_bytes()
}

/// Writes a message in some way that means the same.
pub fn fancy(schema: &MessageSchema, tree: &Tree, dice: &mut Dice) -> Vec<u8> {
    let bericht = dice.pick(&["m:", "", "ijw:", "é.-_1:"]).to_owned();
    let basis = dice.pick(&["ijw:", "b:", ""]);
    let basis = if basis == bericht { "other:" } else { basis }.to_owned();
    let fancy = dice.one_in(2);
    encode(Spelling { schema, basis, bericht, fancy, out: String::new() }.write(tree, dice), dice)
}

fn encode(text: String, dice: &mut Dice) -> Vec<u8> {
    let declared = |name: &str| format!("<?xml version=\"1.0\" encoding=\"{name}\"?>\n{text}");
    let utf16 = |text: String, big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    match dice.below(12) {
        0 => format!("\u{FEFF}{text}").into_bytes(),
        1 => utf16(format!("\u{FEFF}{}", declared("UTF-16")), dice.one_in(2)),
        2 if text.chars().all(|c| u32::from(c) < 256) => {
            declared("ISO-8859-1").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
        }
        3 => format!("<?xml version='1.0' standalone='no' ?>{text}").into_bytes(),
        4 => declared("utf-8").into_bytes(),
        5 => utf16(declared("UTF-16"), dice.one_in(2)),
        6 => {
            let big = dice.one_in(2);
            utf16(declared(if big { "UTF-16BE" } else { "UTF-16LE" }), big)
        }
        7 => format!("<?xml version='1.1' encoding='UTF-8' standalone='yes'?>{text}").into_bytes(),
        _ => text.into_bytes(),
    }
}

impl Spelling<'_> {
    fn write(mut self, tree: &Tree, dice: &mut Dice) -> String {
        let mut root = String::new();
        let (bericht, basis) = (self.schema.namespace.clone(), self.schema.basis_namespace.clone());
        for (prefix, namespace) in
            [(self.bericht.clone(), bericht.clone()), (self.basis.clone(), basis.clone())]
        {
            match prefix.strip_suffix(':') {
                Some(prefix) => root.push_str(&format!(" xmlns:{prefix}=\"{namespace}\"")),
                None => root.push_str(&format!(" xmlns='{namespace}'")),
            }
        }
        if tree.uses_attributes() {
            root.push_str(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"");
            for (prefix, namespace) in [("m", bericht), ("ijw", basis)] {
                if !root.contains(&format!("xmlns:{prefix}=")) {
                    root.push_str(&format!(" xmlns:{prefix}=\"{namespace}\""));
                }
            }
        }
        self.aside(dice);
        self.element(tree, &root, 0, dice);
        self.out.push('\n');
        self.aside(dice);
        self.out
    }

    /// What may stand around the root.
    fn aside(&mut self, dice: &mut Dice) {
        if self.fancy && dice.one_in(3) {
            self.out.push_str(dice.pick(&[
                "<!-- < & \u{1F600} -->\n",
                "<?xml-stylesheet x?>",
                "\t\r\n",
                "<?a?><!---->",
            ]));
        }
    }

    /// The declaration of a prefix once more, further down.
    fn again(&self, owner: Owner) -> String {
        let prefix = if owner == Owner::Basis { &self.basis } else { &self.bericht };
        let colon = if prefix.is_empty() { "" } else { ":" };
        let prefix = prefix.trim_end_matches(':');
        format!(" xmlns{colon}{prefix} = '{}'", self.schema.namespace_of(owner).replace("ijw", "&#x69;jw"))
    }

    /// Now and then an element and all below it use another prefix, declared there.
    fn element(&mut self, tree: &Tree, declarations: &str, depth: usize, dice: &mut Dice) {
        if !(self.fancy && declarations.is_empty() && dice.one_in(40)) {
            return self.element_as_is(tree, declarations, depth, dice);
        }
        let other = dice.pick(&["p:", "q:", ""]);
        let (mine, theirs) = match tree.owner {
            Owner::Basis => (&mut self.basis, &self.bericht),
            Owner::Bericht => (&mut self.bericht, &self.basis),
        };
        // Two namespaces under one prefix would be another message.
        let other = if other == theirs { "r:" } else { other };
        let before = std::mem::replace(mine, other.to_owned());
        let declaration = self.again(tree.owner);
        self.element_as_is(tree, &declaration, depth, dice);
        match tree.owner {
            Owner::Basis => self.basis = before,
            Owner::Bericht => self.bericht = before,
        }
    }

    fn element_as_is(&mut self, tree: &Tree, declarations: &str, depth: usize, dice: &mut Dice) {
        let prefix = if tree.owner == Owner::Basis { &self.basis } else { &self.bericht };
        let name = format!("{prefix}{}", tree.name);
        self.out.push_str(&format!("<{name}{declarations}"));
        if self.fancy && declarations.is_empty() && dice.one_in(25) {
            let again = self.again(tree.owner);
            self.out.push_str(&again);
        }
        for attribute in &tree.attributes {
            self.out.push_str(&format!(" {attribute}"));
        }
        match &tree.holds {
            Holds::Value(value, _) if value.is_empty() && self.fancy => return self.out.push_str("/>"),
            Holds::Value(value, _) => {
                self.out.push('>');
                self.value(value, dice);
            }
            Holds::Elements(children) if children.is_empty() && self.fancy => return self.out.push_str("/>"),
            Holds::Elements(children) => {
                self.out.push('>');
                for child in children {
                    self.between(depth + 1, dice);
                    self.element(child, "", depth + 1, dice);
                }
                self.between(depth, dice);
            }
        }
        self.out.push_str(&format!("</{name}>"));
    }

    fn between(&mut self, depth: usize, dice: &mut Dice) {
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(depth));
        if self.fancy && dice.one_in(8) {
            self.out.push_str(dice.pick(&[
                "<!-- een opmerking -->",
                "<?doe iets?>",
                "\r\n\t",
                "&#32;",
                "<![CDATA[]]>",
                "<![CDATA[ \n]]>",
                " <!-- --> ",
            ]));
        }
    }

    fn value(&mut self, value: &str, dice: &mut Dice) {
        for (index, character) in value.chars().enumerate() {
            if self.fancy && index > 0 && dice.one_in(12) {
                self.out.push_str(dice.pick(&["<!---->", "<?x?>", "<![CDATA[]]>"]));
            }
            match character {
                '<' => self.out.push_str("&lt;"),
                '&' => self.out.push_str("&amp;"),
                // Never `]]>` by accident.
                '>' => self.out.push_str("&gt;"),
                '\n' if self.fancy => self.out.push_str(dice.pick(&["\n", "\r\n", "\r", "&#10;"])),
                _ if self.fancy && dice.one_in(10) => match dice.below(3) {
                    0 => self.out.push_str(&format!("&#{};", u32::from(character))),
                    1 => self.out.push_str(&format!("&#x{:X};", u32::from(character))),
                    _ => self.out.push_str(&format!("<![CDATA[{character}]]>")),
                },
                _ => self.out.push(character),
            }
        }
    }
}

impl Tree {
    fn uses_attributes(&self) -> bool {
        let below = match &self.holds {
            Holds::Elements(children) => children.iter().any(Self::uses_attributes),
            Holds::Value(..) => false,
        };
        below || !self.attributes.is_empty()
    }
}

/// Changes a few bytes, so that the message is often no XML any more.
pub fn spoil_bytes(bytes: &mut Vec<u8>, dice: &mut Dice) {
    const PIECES: &[&str] = &[
        "<",
        ">",
        "&",
        "]]>",
        "<!-- -- -->",
        "<a>",
        "</a>",
        "\u{0}",
        "\u{1}",
        "&eacute;",
        "&#0;",
        "&#x1F600;",
        " ",
        "\"",
        "<?xml version='1.0'?>",
        "<?Xml?>",
        "<?a:b?>",
        "\u{FFFE}",
        "<![CDATA[x]]>",
        "=",
        "x='1' ",
        "\u{FEFF}",
        "/",
        ":",
        " xmlns:p=''",
        " xmlns:ijw='u'",
        "<!-- x -->",
        "</",
        "xmlns:xmlns='u' ",
        "\u{B}",
        "-",
        "<!x>",
        "<![CDATA[",
        "los",
        "\u{A0}",
        "&#32;",
        "&#x9;&#10;",
        "&#13;",
        "&#xFFFE;",
        "&#xD83D;&#xDE00;",
        "&#99999999999999999999;",
        "&amp",
        "&lt;",
        "<x/>",
        " xml:space='preserve'",
        " xmlns=''",
        " xmlns:m='urn:other'",
        "\u{85}",
        "\u{7F}",
    ];
    let at = dice.below(bytes.len() + 1);
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 if at < bytes.len() => drop(bytes.remove(at)),
        2 if at < bytes.len() => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
        3 => {
            let piece = dice.pick(PIECES);
            let tags: Vec<usize> = (0..bytes.len()).filter(|&i| matches!(bytes[i], b'<' | b'>')).collect();
            let at = if tags.is_empty() { at } else { tags[dice.below(tags.len())] };
            drop(bytes.splice(at..at, piece.bytes()));
        }
        4 => {
            let piece = dice.pick(PIECES);
            bytes.extend_from_slice(piece.as_bytes());
        }
        _ => drop(bytes.splice(at..at, dice.pick(PIECES).bytes())),
    }
}
