//! Starts one subcommand.

fn main() {}
