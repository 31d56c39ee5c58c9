//! The command line: one file per subcommand. What scripts depend on is fixed in docs/interface.md: names,
//! JSON, exit codes and the data folder.

mod backup;
mod bank;
mod check;
mod clients;
mod console;
mod contract;
mod demo;
mod doctor;
mod exit;
mod explain;
mod files;
mod generate;
mod import;
mod ledger;
mod migrate;
mod numbers;
mod output;
mod parked;
mod pay;
mod pay_blok;
mod pay_voorstel;
mod place;
mod process;
mod progress;
mod remove;
mod replay;
mod report;
mod resend;
mod serve;
mod status;
mod toegang;
mod trial;
mod usage;
mod work;
mod work_bank;
mod work_brief;
mod work_held;
mod work_shown;

use crate::config::Environment;
use crate::{clock, no_core, telemetry};
use clap::{ArgAction, Args, Parser, Subcommand};
pub use exit::{CliError, Exit};
use std::process::ExitCode;

/// Backoffice voor iJw-berichten: beoordelen, beantwoorden, boeken en betalen
#[derive(Debug, Parser)]
#[command(
    name = "happyflow",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_help_heading = "Opdrachten",
    subcommand_value_name = "OPDRACHT",
    after_help = "Uitgang: 0 alles beoordeeld; 1 iets geparkeerd, mislukt of (bij check) afgekeurd;\n         \
                  2 fout in gebruik, configuratie, contractbestand of opslag."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: CommonOptions,
}

/// Options of every subcommand.
#[derive(Debug, Args)]
struct CommonOptions {
    /// Meer meldingen op stderr; -vv nog meer
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// Toon deze hulp
    #[arg(short, long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// Toon de versie
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

/// One subcommand each.
#[derive(Debug, Subcommand)]
enum Command {
    Check(check::CheckCommand),
    Process(process::ProcessCommand),
    Work(work::WorkCommand),
    Parked(parked::ParkedCommand),
    Pay(pay::PayCommand),
    Ledger(ledger::LedgerCommand),
    Bank(bank::BankCommand),
    Contract(contract::ContractCommand),
    Clients(clients::ClientsCommand),
    Import(import::ImportCommand),
    Resend(resend::ResendCommand),
    Status(status::StatusCommand),
    Report(report::ReportCommand),
    Replay(replay::ReplayCommand),
    Remove(remove::RemoveCommand),
    Explain(explain::ExplainCommand),
    Generate(generate::GenerateCommand),
    Demo(demo::DemoCommand),
    Serve(serve::ServeCommand),
    Doctor(doctor::DoctorCommand),
    Migrate(migrate::MigrateCommand),
    Backup(backup::BackupCommand),
}

/// Reads the arguments, does what they ask and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error).into(),
    };
    // One provider of cryptography for everything that speaks TLS; a second one would make it panic.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // The service has logs of its own form.
    if !matches!(cli.command, Command::Serve(_)) {
        telemetry::start(cli.common.verbose, &Environment::read());
    }
    no_core::forbid();
    if !clock::is_set() {
        output::tell(
            "happyflow: de klok van deze machine staat voor 1970. Zet hem gelijk (timedatectl, chrony) en start opnieuw",
        );
        return Exit::Error.into();
    }
    let done = match cli.command {
        Command::Check(check) => check.run(),
        Command::Process(process) => process.run(),
        Command::Work(work) => work.run(),
        Command::Parked(parked) => parked.run(),
        Command::Pay(pay) => pay.run(),
        Command::Ledger(ledger) => ledger.run(),
        Command::Bank(bank) => bank.run(),
        Command::Contract(contracts) => contracts.run(),
        Command::Clients(clients) => clients.run(),
        Command::Import(import) => import.run(),
        Command::Resend(resend) => resend.run(),
        Command::Status(status) => status.run(),
        Command::Report(report) => report.run(),
        Command::Replay(replay) => replay.run(),
        Command::Remove(remove) => remove.run(),
        Command::Explain(explain) => explain.run(),
        Command::Generate(generate) => generate.run(),
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Backup(backup) => backup.run(),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::tell(&format!("happyflow: {error}\nfoutcode: {}", error.label()));
            Exit::Error.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_readme_lists_every_command() {
        const README: &str = include_str!("../../README.md");
        for command in Cli::command().get_subcommands() {
            let listed = format!("\n    happyflow {} ", command.get_name());
            assert!(README.contains(&listed), "{}", command.get_name());
        }
    }

    #[test]
    fn the_command_line_is_consistent_and_every_option_has_help() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        let mut waiting = vec![command];
        while let Some(command) = waiting.pop() {
            assert!(command.get_about().is_some(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                let name = argument.get_id();
                assert!(argument.get_help().is_some(), "{} {name} has no help", command.get_name());
            }
            waiting.extend(command.get_subcommands().cloned());
        }
    }
}
