//! `agemirror facepp`: ages and confidences from Face++'s paid service, as the published systems report them.
//!
//! This is the only command that uses the network. It sends the given pictures to the service and nothing
//! else. The keys come from the environment and never appear in a message or file.

mod client;
mod results;
mod upload;

#[cfg(test)]
mod server;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::evaluation::verify::pairs_of_folders;
use agemirror_console::each_picture::{ETA_AND_MESSAGE, Tally, collect_and_report};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_line, progress_bar};
use client::{Client, FaceppError, Keys, Settings};
use results::Results;
use upload::Upload;

/// Arguments of `agemirror facepp`.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Ages of the first face in each picture of a folder
    Detect {
        /// Folder of pictures
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        #[command(flatten)]
        service: Service,
    },
    /// Confidences that pictures of the same name in two folders show one person
    Compare {
        /// Folder of outputs
        #[arg(value_name = "MADE")]
        made: PathBuf,
        /// Folder of originals
        #[arg(value_name = "ORIGINALS")]
        originals: PathBuf,
        #[command(flatten)]
        service: Service,
    },
}

/// The service and the table of its answers.
#[derive(Args, Debug)]
struct Service {
    /// Append lines `index,filename,age` or `index,filename,confidence` to this table, without a header; null
    /// without a face. Pictures already in the table are skipped
    #[arg(long, value_name = "CSV")]
    out: PathBuf,
    /// Address of the service
    #[arg(long, value_name = "URL", default_value = "https://api-us.faceplusplus.com/facepp/v3")]
    endpoint: String,
    /// Maximum requests per second; free keys allow one
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = rate)]
    per_second: f64,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.001..=1000.0).contains(rate));
    rate.ok_or_else(|| format!("{text:?} is not a number of requests per second; write 1"))
}

/// One request: name in the table, and pictures.
struct Query {
    name: String,
    pictures: Vec<PathBuf>,
}

/// Queries the service for every picture or pair that is not in the table; stops on Ctrl-C.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let (service, queries, left_out): (_, Vec<Query>, _) = match &arguments.what {
        What::Detect { folder, service } => {
            let (paths, unreadable) = collect_and_report(std::slice::from_ref(folder));
            let query = |path: PathBuf| Query { name: name(&path, folder), pictures: vec![path] };
            (service, paths.into_iter().map(query).collect(), unreadable)
        }
        What::Compare { made, originals, service } => {
            let found = pairs_of_folders(made, originals)?;
            for (path, why) in &found.unpaired {
                print_error(&format!("“{}” is not compared: {why}", path.display()));
            }
            let query = |pair: crate::evaluation::verify::Pair| Query {
                name: name(&pair.output, made),
                pictures: vec![pair.output, pair.input],
            };
            (service, found.pairs.into_iter().map(query).collect(), found.unpaired.len())
        }
    };
    let keys = Keys::of_environment()?;
    let settings = Settings::new(&service.endpoint, service.per_second)?;
    let mut client = Client::new(settings, keys, interrupt.clone());
    let mut tally = query_all(&mut client, &interrupt, &queries, &service.out)?;
    tally.failed += left_out;
    print_line(&format!("{} in {}", tally.in_words(), service.out.display()));
    Ok(tally.exit_code())
}

/// Path of a picture within its folder.
fn name(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned()
}

fn query_all(
    client: &mut Client,
    interrupt: &Interrupt,
    queries: &[Query],
    out: &Path,
) -> anyhow::Result<Tally> {
    let names: Vec<&str> = queries.iter().map(|query| query.name.as_str()).collect();
    let mut results = Results::open(out, &names)?;
    let bar = progress_bar(queries.len(), ETA_AND_MESSAGE);
    let mut tally = Tally { not_reached: queries.len(), ..Tally::default() };
    for (index, query) in queries.iter().enumerate() {
        if interrupt.is_set() {
            break;
        }
        bar.set_message(query.name.clone());
        if results.holds(index) {
            tally.done += 1;
        } else {
            match answer(client, query) {
                Ok(answer) => {
                    results.add(index, &query.name, answer)?;
                    tally.done += 1;
                }
                Err(FaceppError::Failed(why)) => {
                    bar.suspend(|| print_error(&format!("“{}”: {why}", query.name)));
                    tally.failed += 1;
                }
                Err(FaceppError::Stopped) => break,
                Err(rejected @ FaceppError::Rejected(_)) => return Err(rejected.into()),
            }
        }
        tally.not_reached -= 1;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(tally)
}

/// Age for one picture, or confidence for two; `None` if there is no face.
fn answer(client: &mut Client, query: &Query) -> Result<Option<f64>, FaceppError> {
    let load = |path: &PathBuf| Upload::load(path).map_err(|error| FaceppError::Failed(format!("{error:#}")));
    let uploads = query.pictures.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    match &uploads[..] {
        [one, other] => client.compare(one, other),
        [one] => client.detect(one),
        _ => Ok(None),
    }
}
