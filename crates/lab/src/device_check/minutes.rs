//! Trains mirror for the minutes that are left.

use std::path::Path;
use std::time::{Duration, Instant};

use candle_core::Device;

use super::report::{TrainingResult, message};
use super::weights::random_judges;
use crate::dataset::FacePack;
use crate::training::mirror::{Judges, MirrorTrainer, Prototypes, TargetSource, TrainingSettings};
use crate::training::{CheckpointPolicy, Session, StepRecord, TrainingObserver, newest_checkpoint};

/// Time between two checkpoints: a machine may be taken away at any time.
const SAVE_INTERVAL: Duration = Duration::from_secs(60);
/// Steps averaged into one line of the log.
const LOG_EVERY_STEPS: u64 = 25;

/// The failure of a training that had no time.
const NO_STEP: &str = "no step was finished in the time that was left; allow more with --minutes";

/// Stops at the deadline, and keeps the losses.
struct UntilDeadline {
    deadline: Instant,
    records: Vec<StepRecord>,
    total_steps: u64,
}

impl TrainingObserver for UntilDeadline {
    fn on_step(&mut self, done: u64, record: &StepRecord) {
        self.total_steps = done;
        self.records.push(record.clone());
    }

    fn should_stop(&self) -> bool {
        Instant::now() >= self.deadline
    }
}

/// Trains mirror on the heads packed at `pack` until `deadline`, in the folder `out`; a run there is resumed.
/// With the judges in the folder `networks` all losses train, without it only the targets. The prototypes are
/// read from the pack's folder, or built into `out`.
pub(super) fn train_mirror(
    pack: &Path,
    networks: Option<&Path>,
    out: &Path,
    device: &Device,
    deadline: Instant,
) -> TrainingResult {
    let started = Instant::now();
    let mut observer = UntilDeadline { deadline, records: Vec::new(), total_steps: 0 };
    let failure = match train(pack, networks, out, device, &mut observer) {
        Ok(()) if observer.records.is_empty() => Some(NO_STEP.to_owned()),
        Ok(()) => None,
        Err(error) => Some(message(&error)),
    };
    TrainingResult {
        steps: observer.records.len() as u64,
        total_steps: observer.total_steps,
        seconds: started.elapsed().as_secs_f32(),
        losses: tenths(&observer.records),
        failure,
    }
}

fn train(
    pack: &Path,
    networks: Option<&Path>,
    out: &Path,
    device: &Device,
    observer: &mut UntilDeadline,
) -> anyhow::Result<()> {
    let packs = [FacePack::open(pack)?, FacePack::open(pack)?];
    let defaults = TrainingSettings::default();
    let settings = TrainingSettings {
        head: packs[0].side(),
        // Without the judges' weights, only the targets train.
        targets_only_steps: if networks.is_some() { defaults.targets_only_steps } else { u64::MAX },
        ..defaults
    };
    let judges = match networks {
        Some(folder) => Judges::load(folder, device)?,
        None => random_judges(device)?,
    };
    std::fs::create_dir_all(out)?;
    let name = format!("prototypes-{}.safetensors", settings.side);
    let carried = pack.with_file_name(&name);
    let prototypes = if carried.exists() { carried } else { out.join(name) };
    let prototypes = Prototypes::open_or_build(&packs[0], settings.side, &prototypes, |_| {})?;
    let targets = TargetSource::Prototypes(Box::new(prototypes));
    let mut trainer = MirrorTrainer::start(settings, judges, targets, packs, u64::MAX, device)?;
    let policy = CheckpointPolicy {
        save_interval: SAVE_INTERVAL,
        log_every_steps: LOG_EVERY_STEPS,
        ..CheckpointPolicy::default()
    };
    let mut session = match newest_checkpoint(out)? {
        Some(_) => Session::resume(out, policy, &mut trainer)?,
        None => Session::start(out, policy)?,
    };
    session.run(&mut trainer, observer)?;
    Ok(())
}

/// The mean of each loss over the first and over the last tenth of the steps.
fn tenths(records: &[StepRecord]) -> Vec<(String, f32, f32)> {
    let tenth = (records.len() / 10).max(1).min(records.len());
    let Some(first) = records.first() else { return Vec::new() };
    let mean = |records: &[StepRecord], index: usize| {
        let values = records.iter().filter_map(|record| record.scalars.get(index));
        values.map(|(_, value)| *value).sum::<f32>() / records.len() as f32
    };
    let loss = |(index, (name, _)): (usize, &(&str, f32))| {
        ((*name).to_owned(), mean(&records[..tenth], index), mean(&records[records.len() - tenth..], index))
    };
    first.scalars.iter().enumerate().map(loss).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_averaged_over_the_first_and_the_last_tenth() {
        let record = |value: f32| StepRecord { scalars: vec![("loss", value)], histograms: Vec::new() };
        let records: Vec<StepRecord> = (0..20).map(|step| record(step as f32)).collect();
        assert_eq!(tenths(&records), [("loss".to_owned(), 0.5, 18.5)]);
        assert_eq!(tenths(&records[..1]), [("loss".to_owned(), 0.0, 0.0)]);
        assert!(tenths(&[]).is_empty());
    }
}
