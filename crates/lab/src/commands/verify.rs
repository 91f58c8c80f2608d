//! `agemirror verify`: decides whether pairs of pictures show the same person.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use candle_core::Device;
use clap::{Args, ValueEnum};

use super::evaluate::years;
use crate::evaluation::mobile_face::MobileFace;
use crate::evaluation::report::{Table, estimate};
use crate::evaluation::statistics::FalseAcceptRate;
use crate::evaluation::verify::{
    Distances, GroupRate, Impostors, Pair, Person, confidence, pairs_of_folders, people_distances, people_in,
    rates, read_pairs, read_people,
};
use agemirror_console::each_picture::{Tally, for_each_parallel, load_face};
use agemirror_console::interrupt::Interrupt;
use agemirror_console::output::{print_error, print_json, print_line};
use agemirror_faces::face::FaceFinder;
use agemirror_faces::judges::{DlibIdentity, IdentityJudge, distance};
use agemirror_storage::write_atomically;

/// Network that compares faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Network {
    /// MobileFace (built in)
    Mobileface,
    /// dlib's face recognition network (built in)
    #[default]
    Dlib,
}

/// Arguments of `agemirror verify`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// A folder of outputs and one of originals; pictures of the same name are compared, with any extension
    #[arg(value_name = "FOLDER", num_args = 2, required_unless_present = "pairs", conflicts_with = "pairs")]
    folders: Vec<PathBuf>,
    /// A table with the columns input and output, and optionally group, and same (yes or no: pairs of
    /// different people give the thresholds)
    #[arg(long, value_name = "CSV")]
    pairs: Option<PathBuf>,
    /// Write this table: `index,filename,distance,confidence`, without a header, null without a face
    #[arg(long, value_name = "CSV")]
    out: Option<PathBuf>,
    /// False-accept rate: the share of different people that may pass as one person
    #[arg(long, value_name = "SHARE", default_value = "0.001", value_parser = share)]
    false_accepts: f64,
    /// A table with the columns file, person and age; its pictures give the thresholds, also per group
    /// [default: the inputs, each treated as a different person]
    #[arg(long, value_name = "CSV")]
    people: Option<PathBuf>,
    /// Age range of the inputs in years, for the thresholds per group
    #[arg(long, value_name = "YEARS", default_value = "20-29", value_parser = years)]
    from: (f32, f32),
    /// Network that compares faces
    #[arg(long, value_enum, default_value_t)]
    network: Network,
    /// Print the rates as JSON to standard output
    #[arg(long)]
    json: bool,
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..1.0).contains(share));
    share.ok_or_else(|| format!("{text:?} is not a share; write 0.001 for one in a thousand"))
}

fn open(arguments: &Arguments) -> anyhow::Result<Box<dyn IdentityJudge>> {
    match arguments.network {
        Network::Mobileface => Ok(Box::new(MobileFace::bundled(&Device::Cpu)?)),
        Network::Dlib => Ok(Box::new(DlibIdentity::bundled(&Device::Cpu)?)),
    }
}

/// Compares all pairs; stops on Ctrl-C.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let interrupt = Interrupt::listen()?;
    let (pairs, unpaired) = pairs(arguments)?;
    let people = arguments.people.as_deref().map(read_people).transpose()?;
    let judge = open(arguments)?;
    let files: BTreeSet<&PathBuf> = pairs
        .iter()
        .flat_map(|pair| [&pair.input, &pair.output])
        .chain(people.iter().flatten().map(|person| &person.file))
        .collect();
    let (embeddings, mut tally) = embeddings(&interrupt, judge.as_ref(), &files)?;
    tally.failed += unpaired;
    if tally.not_reached > 0 {
        print_error(&format!("{}; nothing was compared", tally.in_words()));
        return Ok(ExitCode::FAILURE);
    }
    let found = Comparison::new(arguments, &pairs, people, &embeddings);
    if let Some(out) = &arguments.out {
        found.write(&pairs, out)?;
    }
    if arguments.json {
        print_json(&serde_json::json!({
            "network": judge.name(),
            "false_accepts": arguments.false_accepts,
            "impostors": found.impostors.source,
            "rates": found.rates,
            "pictures": tally.done,
            "failed": tally.failed,
        }))?;
    } else {
        found.print(judge.as_ref(), arguments);
        print_line(&format!("{}; {} pairs compared", tally.in_words(), pairs.len()));
    }
    Ok(tally.exit_code())
}

/// The pairs, and the number of pictures without a partner.
fn pairs(arguments: &Arguments) -> anyhow::Result<(Vec<Pair>, usize)> {
    if let Some(table) = &arguments.pairs {
        return Ok((read_pairs(table)?, 0));
    }
    let [outputs, inputs] = &arguments.folders[..] else { anyhow::bail!("pass two folders") };
    let found = pairs_of_folders(outputs, inputs)?;
    for (path, why) in &found.unpaired {
        print_error(&format!("“{}” is not compared: {why}", path.display()));
    }
    if found.pairs.is_empty() {
        anyhow::bail!(
            "{} and {} have no picture of the same name; rename them or pass --pairs",
            outputs.display(),
            inputs.display()
        );
    }
    Ok((found.pairs, found.unpaired.len()))
}

type Embeddings = BTreeMap<PathBuf, Vec<f32>>;

fn embeddings(
    interrupt: &Interrupt,
    judge: &dyn IdentityJudge,
    files: &BTreeSet<&PathBuf>,
) -> anyhow::Result<(Embeddings, Tally)> {
    let finder = FaceFinder::new()?;
    let files: Vec<&PathBuf> = files.iter().copied().collect();
    let embed = |path: &&PathBuf| {
        let (picture, face) = load_face(&finder, path)?;
        Ok(judge.embed(&[judge.cut().crop(&picture, &face.points)])?.into_iter().next().unwrap_or_default())
    };
    let mut found = Embeddings::new();
    let tally = for_each_parallel(
        interrupt,
        &files,
        |path| path.display().to_string(),
        embed,
        |path, row| {
            found.insert((*path).clone(), row);
            Ok(())
        },
    )?;
    Ok((found, tally))
}

/// Result of all pairs.
struct Comparison {
    /// Distances in the order of the pairs; `None` if a picture was not measured.
    distances: Vec<Option<f32>>,
    impostors: Impostors,
    rates: Vec<GroupRate>,
}

impl Comparison {
    fn new(
        arguments: &Arguments,
        pairs: &[Pair],
        people: Option<Vec<Person>>,
        embeddings: &Embeddings,
    ) -> Self {
        let of = |file: &Path| embeddings.get(file);
        let apart = |pair: &Pair| Some(distance(of(&pair.input)?, of(&pair.output)?));
        let distances: Vec<Option<f32>> = pairs.iter().map(apart).collect();
        let mut impostors = match people {
            Some(people) => {
                let rows: Vec<_> = people.iter().map(|person| of(&person.file).cloned()).collect();
                people_distances("the people of --people", &people, &rows, arguments.from)
            }
            None if pairs.iter().all(|pair| pair.same) => {
                let people = people_in(pairs.iter().map(|pair| &pair.input));
                let rows: Vec<_> = people.iter().map(|person| of(&person.file).cloned()).collect();
                people_distances(
                    "the inputs, each treated as a different person",
                    &people,
                    &rows,
                    arguments.from,
                )
            }
            None => Impostors { source: "the pairs of different people".to_owned(), ..Impostors::default() },
        };
        let mut genuine = Distances::new();
        for (pair, apart) in pairs.iter().zip(&distances).filter_map(|(pair, d)| Some((pair, (*d)?))) {
            let group = pair.group.clone().unwrap_or_default();
            if pair.same {
                genuine.entry(group).or_default().push(apart);
            } else {
                impostors.all.push(apart);
                impostors.by_group.entry(group).or_default().push(apart);
            }
        }
        let rates = rates(&genuine, &impostors, FalseAcceptRate(arguments.false_accepts));
        impostors.all.sort_by(f32::total_cmp);
        Self { distances, impostors, rates }
    }

    fn write(&self, pairs: &[Pair], out: &Path) -> anyhow::Result<()> {
        write_atomically(out, |file| {
            let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(file);
            for (index, (pair, distance)) in pairs.iter().zip(&self.distances).enumerate() {
                let name = pair.output.file_name().unwrap_or_default().to_string_lossy();
                let apart = distance.map_or("null".to_owned(), |distance| format!("{distance:.4}"));
                let sure = distance.and_then(|distance| confidence(distance, &self.impostors.all));
                let sure = sure.map_or(String::new(), |sure| format!("{sure:.2}"));
                table.write_record([&(index + 1).to_string(), name.as_ref(), &apart, &sure])?;
            }
            table.flush()
        })?;
        Ok(())
    }

    fn print(&self, judge: &dyn IdentityJudge, arguments: &Arguments) {
        print_line(&format!(
            "“{}”: {}. Different people: {}; false-accept rate {}.",
            judge.name(),
            judge.about(),
            self.impostors.source,
            arguments.false_accepts
        ));
        let head = [
            "group",
            "pairs",
            "mean distance",
            "threshold",
            "verified %",
            "group's impostors",
            "group's threshold",
            "verified %",
            "real pairs verified %",
        ];
        let mut table = Table::new("rates", "", &head);
        let short =
            |value: Option<f32>| value.map_or("too few pairs".to_owned(), |value| format!("{value:.3}"));
        for rate in &self.rates {
            table.row([
                rate.group.clone(),
                rate.distance.map_or(0, |estimate| estimate.count).to_string(),
                estimate(rate.distance, 3),
                short(rate.threshold),
                estimate(rate.verified, 1),
                rate.impostors.to_string(),
                short(rate.own_threshold),
                estimate(rate.own_verified, 1),
                estimate(rate.real_verified, 1),
            ]);
        }
        table.lines().iter().for_each(|line| print_line(line));
    }
}
