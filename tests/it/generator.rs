//! Messages made from the statement at random: valid ones, and ways to spoil them.

use happyflow::schema::{ClassId, Content, Facet, Form, MessageSchema, Owner, Simple, StatedClass};

/// A small generator of numbers (splitmix64); one seed gives one series.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

/// An element to be written.
#[derive(Debug, Clone)]
pub struct Tree {
    pub name: String,
    pub owner: Owner,
    /// The type as the standard names it; empty when it has no name.
    pub type_name: String,
    pub type_owner: Owner,
    pub attributes: Vec<String>,
    pub holds: Holds,
}

#[derive(Debug, Clone)]
pub enum Holds {
    Elements(Vec<Tree>),
    Value(String, Facet),
}

/// A valid message.
pub fn valid(schema: &MessageSchema, dice: &mut Dice) -> Tree {
    let holds = Holds::Elements(elements(schema, ClassId(0), dice));
    let type_name = schema.class(ClassId(0)).name.to_owned();
    let (owner, type_owner) = (Owner::Bericht, Owner::Bericht);
    Tree { name: "Bericht".to_owned(), owner, type_name, type_owner, attributes: Vec::new(), holds }
}

fn elements(schema: &MessageSchema, class: ClassId, dice: &mut Dice) -> Vec<Tree> {
    let StatedClass { owner, particles, .. } = schema.class(class);
    let mut trees = Vec::new();
    for particle in particles {
        let count = match (particle.optional, particle.many) {
            (true, _) => dice.below(2),
            (_, true) => 1 + dice.below(3),
            _ => 1,
        };
        for _ in 0..count {
            let (type_name, type_owner, holds) = match particle.content {
                Content::Class(id) => {
                    let class = schema.class(id);
                    (class.name, class.owner, Holds::Elements(elements(schema, id, dice)))
                }
                Content::Simple(id) => {
                    let Simple { name, narrowed, facet, .. } = schema.simple(id);
                    let name = if *narrowed { "" } else { *name };
                    (name, Owner::Basis, Holds::Value(value(facet, dice), facet.clone()))
                }
            };
            let (name, type_name) = (particle.name.to_owned(), type_name.to_owned());
            trees.push(Tree { name, owner: *owner, type_name, type_owner, attributes: Vec::new(), holds });
        }
    }
    trees
}

fn characters(count: usize, alphabet: &[&str], dice: &mut Dice) -> String {
    (0..count).map(|_| dice.pick(alphabet)).collect()
}

const VISIBLE: &[&str] =
    &["a", "B", "7", "é", "ỳ", "€", "😀", "-", "&", "<", ">", "\"", "'", "]", "\u{A0}", "."];
const LETTERS: &[&str] = &["a", "Z", "À", "ỳ", "×", "ß"];

/// A valid value.
pub fn value(facet: &Facet, dice: &mut Dice) -> String {
    match facet {
        Facet::Enum(values) => dice.pick(values).to_owned(),
        Facet::Integer { exactly: Some(only), .. } => (*only).to_owned(),
        Facet::Integer { min, max, .. } => {
            let span = u64::try_from(max - min).unwrap().saturating_add(1);
            let number = if dice.one_in(3) { *max } else { min + i64::try_from(dice.next() % span).unwrap() };
            number.to_string()
        }
        Facet::Date => {
            format!("{:04}-{:02}-{:02}", 1900 + dice.below(150), 1 + dice.below(12), 1 + dice.below(28))
        }
        Facet::Time => format!("{:02}:{:02}:{:02}", dice.below(24), dice.below(60), dice.below(60)),
        Facet::Text { min, max, form } => {
            let (min, longest) = (*min as usize, (*max).min(12) as usize);
            let count = if dice.one_in(4) { longest } else { min + dice.below(longest - min + 1) };
            match form {
                Form::Exactly(only) => (*only).to_owned(),
                Form::OneOf(values) => dice.pick(values).to_owned(),
                Form::Servicebureau => {
                    dice.pick(&["00000000", "98000001", "98999999", "98010203"]).to_owned()
                }
                Form::BtwIdNummer => {
                    format!("NL{}B0{}", characters(9, &["0", "1", "9"], dice), dice.below(10))
                }
                Form::Version => format!("{}.{}.{}", dice.below(3), dice.below(20), dice.below(9)),
                Form::Digits => characters(count, &["0", "1", "5", "9"], dice),
                Form::Alphanumeric => characters(count, &["a", "Z", "0", "9"], dice),
                Form::Letters => characters(count, LETTERS, dice),
                Form::Any | Form::Line | Form::NotBlank => {
                    let mut text = characters(count - 1, VISIBLE, dice);
                    let spaces: &[&str] =
                        if *form == Form::Line { &[" ", "\t", "x"] } else { &[" ", "\n", "\t"] };
                    text.insert_str(0, if count > 1 && dice.one_in(3) { dice.pick(spaces) } else { "q" });
                    if count == 1 { "q".to_owned() } else { text.replacen(VISIBLE[15], "z", 1) }
                }
            }
        }
    }
}

/// Texts that one form or another refuses.
const ODD_TEXTS: &[&str] = &[
    "\u{A0}",
    "ééééé",
    "a\nb",
    "\t",
    "🙂🙂",
    "12345678",
    "ABCDEFGHIJKLM",
    "1.02.3",
    "98000000",
    "98000010",
    "97999999",
    "00000001",
    "9800001",
    "NL123456789B01",
    "NL123456789b01",
    "NL12345678B012",
    "NL123456789B0",
    "432",
    "433",
    "450",
    "451",
    "432450",
];

/// A value that is often, not always, wrong for its type.
fn odd_value(facet: &Facet, valid: &str, dice: &mut Dice) -> String {
    let any = [
        "",
        " ",
        "x",
        "0",
        "\n",
        "99999999999999999999",
        "é",
        "a b",
        "+1",
        "-0",
        "007",
        "１",
        "000000000000000000000000000000000005",
        "-00000000000000000000000000000000",
        "123456789012345678901234567890",
        "\u{2003}",
        "\u{85}",
        "+",
    ];
    let own: &[&str] = match facet {
        Facet::Integer { .. } => &[
            "+5",
            "007",
            "-0",
            "-1",
            " 12 ",
            "\t3\n",
            "1.0",
            "1e1",
            "+",
            "--1",
            "0003",
            "+3",
            "100000000000000",
        ],
        Facet::Date => &[
            "2024-02-29",
            "2023-02-29",
            "1900-02-29",
            "2000-02-29",
            "0000-01-01",
            "-0004-02-29",
            "-0001-01-01",
            "-0000-01-01",
            "-1-01-01",
            "10000-02-29",
            "2400-02-29",
            "2100-02-29",
            "2024-02-30",
            "2024-00-10",
            "2024-01-00",
            "+2024-01-01",
            "2024-01-31-14:00",
            "12024-01-31",
            "02024-01-31",
            " 2024-01-31 ",
            "2024-1-31",
            "2024-01-32",
            "2024-13-01",
            "2024-01-31Z",
            "2024-01-31+01:00",
            "20240131",
            "2024-06-31",
            "31-01-2024",
            "2024-01-31T00:00:00",
        ],
        Facet::Time => &[
            "24:00:00",
            "24:00:01",
            "23:59:60",
            "12:34",
            "12:34:56.7",
            "12:34:56.",
            "12:34:56Z",
            "12:34:56+01:00",
            " 12:34:56\n",
            "24:00:00.000",
            "24:00:00.001",
            "00:00:00.",
            "12:34:56.1234567890123456789",
            "24:01:00",
            "12:34:-1",
            "25:00:00",
            "12:60:00",
            "1:02:03",
        ],
        Facet::Text { .. } | Facet::Enum(_) => ODD_TEXTS,
    };
    match dice.below(4) {
        0 => dice.pick(&any).to_owned(),
        1 => format!("{valid}{}", dice.pick(&[" ", "x", "0", "\n"])),
        _ => dice.pick(own).to_owned(),
    }
}

impl Tree {
    /// All elements, this one first.
    fn count(&self) -> usize {
        match &self.holds {
            Holds::Elements(children) => 1 + children.iter().map(Self::count).sum::<usize>(),
            Holds::Value(..) => 1,
        }
    }

    fn at(&mut self, index: usize) -> &mut Self {
        let mut left = index;
        let mut tree = self;
        while left > 0 {
            left -= 1;
            let Holds::Elements(children) = &mut tree.holds else { unreachable!("a value has no children") };
            let mut chosen = 0;
            while left >= children[chosen].count() {
                left -= children[chosen].count();
                chosen += 1;
            }
            tree = &mut children[chosen];
        }
        tree
    }

    /// Takes out the characters that the fast reader leaves to the thorough one.
    pub fn simplify(&mut self) {
        match &mut self.holds {
            Holds::Elements(children) => children.iter_mut().for_each(Self::simplify),
            Holds::Value(value, Facet::Text { form: Form::Letters, .. }) => {
                *value = "a".repeat(value.chars().count());
            }
            Holds::Value(value, _) => *value = value.replace(['&', '<', ']'], "x"),
        }
    }

    /// Changes something, so that the message is often, not always, wrong.
    pub fn spoil(&mut self, dice: &mut Dice) {
        let index = dice.below(self.count());
        let tree = self.at(index);
        match dice.below(10) {
            0 => tree.owner = if tree.owner == Owner::Basis { Owner::Bericht } else { Owner::Basis },
            1 => {
                let names = ["Bericht", "Bsn", "RetourCodes", "Foo", "Client", "Einddatum"];
                tree.name = dice.pick(&names).to_owned();
            }
            2 => tree.attributes.push(tree.odd_attribute(dice)),
            _ => match &mut tree.holds {
                Holds::Elements(children) if !children.is_empty() => spoil_children(children, dice),
                Holds::Elements(_) => {}
                Holds::Value(value, facet) => *value = odd_value(facet, value, dice),
            },
        }
    }

    fn odd_attribute(&self, dice: &mut Dice) -> String {
        let prefix = if self.type_owner == Owner::Basis { "ijw" } else { "m" };
        let other = if prefix == "m" { "ijw" } else { "m" };
        match dice.below(13) {
            9 => "xsi:schemaLocation=\"urn:&#233; a&amp;b.xsd\"".to_owned(),
            10 => format!(
                "xsi:type=\"&#x{:X};{}:{}\"",
                u32::from(prefix.as_bytes()[0]),
                &prefix[1..],
                self.type_name
            ),
            11 => format!("xsi:type=\"{prefix}:LDT_Datum\""),
            12 => format!("xsi:type=\"{}\"", self.type_name),
            0 => "xsi:nil=\"false\"".to_owned(),
            1 => "xsi:nil=\"true\"".to_owned(),
            2 => "soort=\"x\"".to_owned(),
            3 => "xml:lang=\"nl\"".to_owned(),
            4 => format!("xsi:type=\"{other}:{}\"", self.type_name),
            5 => "xsi:type=\"xs:string\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"".to_owned(),
            6 => "xsi:noNamespaceSchemaLocation=\"x.xsd\"".to_owned(),
            _ => format!("xsi:type=\"{prefix}:{}\"", self.type_name),
        }
    }
}

fn spoil_children(children: &mut Vec<Tree>, dice: &mut Dice) {
    let chosen = dice.below(children.len());
    match dice.below(4) {
        0 => drop(children.remove(chosen)),
        1 => children.insert(chosen, children[chosen].clone()),
        2 => children.swap(chosen, 0),
        _ => {
            let child = children[chosen].clone();
            children.push(child);
        }
    }
}
