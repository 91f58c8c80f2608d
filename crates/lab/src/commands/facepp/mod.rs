//! `agemirror facepp`: ages and confidences by Face++'s paid service, as the published systems report them.
//!
//! The one command that uses the network: it sends the pictures it is given to the service, and nothing else
//! does. The keys come from the environment and appear in no message and no file.

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

/// What `agemirror facepp` is told.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// The age of the first face in each picture of a folder
    Detect {
        /// The folder
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        #[command(flatten)]
        service: Service,
    },
    /// The confidence that pictures of equal names in two folders show one person
    Compare {
        /// The folder of made pictures
        #[arg(value_name = "MADE")]
        made: PathBuf,
        /// The folder of originals
        #[arg(value_name = "ORIGINALS")]
        originals: PathBuf,
        #[command(flatten)]
        service: Service,
    },
}

/// The service and what is kept of its answers.
#[derive(Args, Debug)]
struct Service {
    /// The table that lines `index,filename,age` or `index,filename,confidence` are added to, without a head;
    /// null where there is no face. Lines that are there already are not asked for again
    #[arg(long, value_name = "CSV")]
    out: PathBuf,
    /// Where the service is
    #[arg(long, value_name = "URL", default_value = "https://api-us.faceplusplus.com/facepp/v3")]
    endpoint: String,
    /// Questions a second; free keys are allowed one
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0, value_parser = rate)]
    per_second: f64,
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.001..=1000.0).contains(rate));
    rate.ok_or_else(|| format!("{text:?} is no number of questions a second; write 1"))
}

/// One question: the name in the table, and the pictures.
struct Question {
    name: String,
    pictures: Vec<PathBuf>,
}

/// Asks about every picture, or pair, that the table does not hold, until all are done or Ctrl-C comes.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let (service, questions, left_out): (_, Vec<Question>, _) = match &arguments.what {
        What::Detect { folder, service } => {
            let (paths, unreadable) = collect_and_report(std::slice::from_ref(folder));
            let question = |path: PathBuf| Question { name: name(&path, folder), pictures: vec![path] };
            (service, paths.into_iter().map(question).collect(), unreadable)
        }
        What::Compare { made, originals, service } => {
            let found = pairs_of_folders(made, originals)?;
            for (path, why) in &found.alone {
                print_error(&format!("“{}” is not compared: {why}", path.display()));
            }
            let question = |pair: crate::evaluation::verify::Pair| Question {
                name: name(&pair.output, made),
                pictures: vec![pair.output, pair.input],
            };
            (service, found.pairs.into_iter().map(question).collect(), found.alone.len())
        }
    };
    let keys = Keys::of_environment()?;
    let settings = Settings::new(&service.endpoint, service.per_second)?;
    let mut client = Client::new(settings, keys, interrupt.clone());
    let mut tally = ask_all(&mut client, &interrupt, &questions, &service.out)?;
    tally.failed += left_out;
    print_line(&format!("{} in {}", tally.in_words(), service.out.display()));
    Ok(tally.exit_code())
}

/// A picture's path within its folder.
fn name(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned()
}

fn ask_all(
    client: &mut Client,
    interrupt: &Interrupt,
    questions: &[Question],
    out: &Path,
) -> anyhow::Result<Tally> {
    let names: Vec<&str> = questions.iter().map(|question| question.name.as_str()).collect();
    let mut results = Results::open(out, &names)?;
    let bar = progress_bar(questions.len(), ETA_AND_MESSAGE);
    let mut tally = Tally { not_reached: questions.len(), ..Tally::default() };
    for (index, question) in questions.iter().enumerate() {
        if interrupt.is_set() {
            break;
        }
        bar.set_message(question.name.clone());
        if results.holds(index) {
            tally.done += 1;
        } else {
            match answer(client, question) {
                Ok(answer) => {
                    results.add(index, &question.name, answer)?;
                    tally.done += 1;
                }
                Err(FaceppError::Failed(why)) => {
                    bar.suspend(|| print_error(&format!("“{}”: {why}", question.name)));
                    tally.failed += 1;
                }
                Err(FaceppError::Stopped) => break,
                Err(refused @ FaceppError::Refused(_)) => return Err(refused.into()),
            }
        }
        tally.not_reached -= 1;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(tally)
}

/// The age of one picture, or the confidence of two; none where there is no face.
fn answer(client: &mut Client, question: &Question) -> Result<Option<f64>, FaceppError> {
    let load = |path: &PathBuf| Upload::load(path).map_err(|error| FaceppError::Failed(format!("{error:#}")));
    let uploads = question.pictures.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    match &uploads[..] {
        [one, other] => client.compare(one, other),
        [one] => client.detect(one),
        _ => Ok(None),
    }
}
