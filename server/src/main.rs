//! Parses the command line and runs the subcommand.

use server::{
    cli,
    config::Config,
    database,
    http::logs,
    lifecycle::{start, stop},
    seed, tables,
};
use std::{error::Error, process::ExitCode};

/// Twice as fast as musl's allocator; see docs/decisions/static-bundle.md.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let (command, settings) = cli::parse();
    logs::init();
    let result = match command {
        cli::Command::Serve(arguments) => serve(arguments.into()).await,
        cli::Command::Tables(command) => tables::run(command).await.map_err(Into::into),
        cli::Command::Seed(arguments) => seed::run(*arguments).await.map_err(Into::into),
        cli::Command::Config(arguments) => {
            print!(
                "{}",
                with_default_region(settings, arguments.database).await
            );
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
    let running = start::start(config).await?;
    println!("listening on {}", running.url());
    if let Some(address) = running.metrics_address() {
        println!("metrics at http://{address}/metrics");
    }
    stop::on_signal(running).await?;
    Ok(())
}

/// Adds the default region if none is set. Finding it can take seconds, because the metadata service may be queried.
async fn with_default_region(
    settings: cli::Settings,
    arguments: cli::DatabaseArgs,
) -> cli::Settings {
    if arguments.region.is_some() {
        return settings;
    }
    let (region, origin) = database::region::default_region(&arguments.into()).await;
    settings.with_fallback("region", region, origin)
}
