//! Reads the command line and runs what it asks for.

use server::{cli, config::Config, database, seed, shutdown, startup, tables, telemetry};
use std::{error::Error, process::ExitCode};

/// Twice as fast as musl's own; see docs/decisions/static-bundle.md.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let (command, settings) = cli::parse();
    telemetry::init();
    let result = match command {
        cli::Command::Serve(arguments) => serve(arguments.into()).await,
        cli::Command::Tables(command) => tables::run(command).await.map_err(Into::into),
        cli::Command::Seed(arguments) => seed::run(*arguments).await.map_err(Into::into),
        cli::Command::Config(arguments) => {
            print!("{}", with_region(settings, arguments.database).await);
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
    if let Some(address) = running.metrics_address() {
        println!("metrics at http://{address}/metrics");
    }
    shutdown::when_asked(running).await?;
    Ok(())
}

/// The region is looked for only where it is not given, and that may take a moment.
async fn with_region(settings: cli::Settings, arguments: cli::DatabaseArgs) -> cli::Settings {
    if arguments.region.is_some() {
        return settings;
    }
    let (region, origin) = database::region::unless_given(&arguments.into()).await;
    settings.unless_set("region", region, origin)
}
