//! Reads the command line and runs what it asks for.

use server::{cli, config::Config, shutdown, startup, tables, telemetry};
use std::{error::Error, process::ExitCode};

#[tokio::main]
async fn main() -> ExitCode {
    let (command, settings) = cli::parse();
    telemetry::init();
    let result = match command {
        cli::Command::Serve(arguments) => serve(arguments.into()).await,
        cli::Command::Tables(command) => tables::run(command).await.map_err(Into::into),
        cli::Command::Config(_) => {
            print!("{settings}");
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    let running = startup::start(config).await?;
    println!("listening on {}", running.url());
    shutdown::when_asked(running).await?;
    Ok(())
}
