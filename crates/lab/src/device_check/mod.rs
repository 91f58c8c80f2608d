//! Checks a device: compares every operation, every network and a step of every trainer with the kernels of
//! the CPU, measures them, and trains mirror in the time that is left.
//!
//! Without a GPU, the check rehearses what a GPU does: the operations are composed of candle's. An error or a
//! panic of one part is listed and does not stop the others.

mod compare;
mod minutes;
mod networks;
mod operations;
mod peer;
mod report;
mod samples;
mod timings;
mod trainers;
mod weights;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use candle_core::Device;

use self::compare::{Compared, Selection};
use self::peer::Peer;
use self::report::Timing;
use self::samples::Samples;
use self::timings::Clock;
use self::trainers::Size;
use crate::workers::on_workers;

pub(crate) use report::Report;

/// Side of AgeTransGAN's pictures in a rehearsal's comparison, in pixels; candle's operations are slow.
const REHEARSAL_SIDE: usize = 256;
/// Share of the whole time that measurements leave for training.
const TRAINING_SHARE: f32 = 0.25;

/// What to check, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct DeviceCheck {
    /// Whether to compare with the kernels of the CPU.
    pub compare: bool,
    /// Whether to measure times.
    pub time: bool,
    /// Only the parts whose name contains this text.
    pub only: Option<String>,
    /// Duration of the whole check. Comparisons are always completed.
    pub limit: Duration,
    /// Side of AgeTransGAN's pictures in pixels.
    pub side: usize,
    /// A shell command that times the same networks with another program.
    pub peer: Option<String>,
    /// Packed heads to train mirror on.
    pub pack: Option<PathBuf>,
    /// Folder with the judges' weights for that training.
    pub networks: Option<PathBuf>,
    /// Folder of the training run.
    pub out: PathBuf,
}

impl DeviceCheck {
    /// Checks `device`; `progress` receives the name of each part when it starts.
    ///
    /// # Errors
    /// When samples cannot be written, or the other program does not start. Everything else is in the report.
    pub(crate) fn run(
        &self,
        device: &Device,
        progress: &mut (dyn FnMut(&str) + Send),
    ) -> anyhow::Result<Report> {
        let started = Instant::now();
        let home = tempfile::tempdir()?;
        let compared = Compared { device: device.clone(), selection: Selection(self.only.clone()) };
        let samples = Samples::write(home.path())?;
        let mut report = Report { rehearsal: compared.is_rehearsal(), ..Report::default() };
        if self.compare {
            report.comparisons = operations::compare_operations(&compared, progress);
            let side = if compared.is_rehearsal() { self.side.min(REHEARSAL_SIDE) } else { self.side };
            report.comparisons.extend(networks::compare_networks(&compared, &samples, side, progress));
            report.comparisons.extend(trainers::compare_trainers(&compared, &samples, progress));
        }
        let deadline = started + self.limit;
        if self.time {
            let size = if compared.is_rehearsal() { Size::FewFaces } else { Size::Published };
            let reserved = self.pack.as_ref().map_or(0.0, |_| TRAINING_SHARE);
            let deadline = started + self.limit.mul_f32(1.0 - reserved);
            (report.peer, report.timings) =
                on_workers(|| self.time(device, &samples, size, deadline, progress))?;
        }
        if let Some(pack) = &self.pack {
            progress("training mirror");
            let out = self.out.join("mirror");
            report.training =
                Some(minutes::train_mirror(pack, self.networks.as_deref(), &out, device, deadline));
        }
        report.seconds = started.elapsed().as_secs_f32();
        Ok(report)
    }

    /// The other program and all times.
    fn time(
        &self,
        device: &Device,
        samples: &Samples,
        size: Size,
        deadline: Instant,
        progress: &mut dyn FnMut(&str),
    ) -> anyhow::Result<(Option<String>, Vec<Timing>)> {
        let peer = self.peer.as_deref().map(Peer::start).transpose()?;
        let name = peer.as_ref().map(|peer| peer.name().to_owned());
        let selection = Selection(self.only.clone());
        let mut clock = Clock { device, selection, deadline, peer, progress };
        let mut timings = clock.time_mirror();
        timings.extend(clock.time_agetransgan(self.side));
        timings.extend(trainers::time_trainers(samples, size, &mut clock));
        Ok((name, timings))
    }
}
