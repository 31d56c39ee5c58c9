//! Wrong use of the command line, told in Dutch.

use super::Exit;
use super::output::{say, tell};
use clap::error::{ContextKind, ErrorKind};

/// Prints help, version or what is wrong with the arguments.
pub(super) fn report(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Nobody reads it when it cannot be written.
            let _ = say(&in_dutch(&error.render().to_string()));
            Exit::Good
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            tell(in_dutch(&error.render().to_string()).trim_end());
            Exit::Error
        }
        kind => {
            tell(&format!("happyflow: {}\nZie happyflow --help.", sentence(kind, error)));
            Exit::Error
        }
    }
}

/// Help in Dutch: clap has no translations of its own, and its own words are few.
fn in_dutch(help: &str) -> String {
    const WORDS: &[(&str, &str)] = &[
        ("Usage:", "Gebruik:"),
        ("Arguments:", "Argumenten:"),
        ("Options:", "Opties:"),
        ("[OPTIONS]", "[OPTIES]"),
        ("[COMMAND]", "[OPDRACHT]"),
        ("[possible values:", "[mogelijk:"),
        ("Possible values:", "Mogelijk:"),
        ("[default:", "[standaard:"),
    ];
    WORDS.iter().fold(help.to_owned(), |text, (english, dutch)| text.replace(english, dutch))
}

fn sentence(kind: ErrorKind, error: &clap::Error) -> String {
    let context = |kind: ContextKind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    match kind {
        ErrorKind::UnknownArgument => format!("onbekende optie {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("onbekende opdracht {}", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "geef een opdracht".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("er ontbreekt: {argument}"),
        ErrorKind::ArgumentConflict => {
            format!("{argument} gaat niet samen met {}", context(ContextKind::PriorArg))
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("verkeerd aantal waarden bij {argument}")
        }
        ErrorKind::NoEquals => format!("geef de waarde van {argument} met een =-teken"),
        ErrorKind::InvalidUtf8 => "een argument is geen geldige tekst".to_owned(),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => invalid_value(&argument, error),
        _ => format!("de opdracht is niet te lezen ({kind:?})"),
    }
}

fn invalid_value(argument: &str, error: &clap::Error) -> String {
    let context = |kind: ContextKind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let value = context(ContextKind::InvalidValue);
    let allowed = context(ContextKind::ValidValue);
    let mut text = if value.is_empty() {
        format!("geef een waarde bij {argument}")
    } else {
        format!("ongeldige waarde '{value}' bij {argument}")
    };
    if !allowed.is_empty() {
        text.push_str(&format!("; mogelijk: {allowed}"));
    }
    if let Some(why) = std::error::Error::source(error) {
        text.push_str(&format!(": {}", why_in_dutch(why)));
    }
    text
}

/// Numbers and dates are read by others, who speak English.
fn why_in_dutch(why: &(dyn std::error::Error + 'static)) -> String {
    if why.is::<chrono::ParseError>() {
        "geef een bestaande datum als jjjj-mm-dd".to_owned()
    } else if why.is::<std::num::ParseIntError>() {
        "geef een geheel getal".to_owned()
    } else {
        why.to_string()
    }
}
