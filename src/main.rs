//! Starts one subcommand.

fn main() -> std::process::ExitCode {
    happyflow::cli::main()
}
