//! What several subcommands let one choose.

use clap::Args;

use agemirror_faces::aging::{Gender, models};
use agemirror_faces::compose::{AgeTarget, TEN_GROUPS, parse_ages};
use agemirror_faces::crop::FaceChoice;

/// Ages from the command line.
#[derive(Clone, Debug)]
pub struct AgeList(pub Vec<AgeTarget>);

/// Reads `10`, `4` or a list such as `25,60`.
pub fn age_list(text: &str) -> Result<AgeList, String> {
    parse_ages(text).map(AgeList).map_err(|error| error.to_string())
}

/// The ages and the model.
#[derive(Args, Clone, Debug, Default)]
pub struct Aging {
    /// Ages: 10 or 4 for the groups, or years such as 25,60 [default: 10]
    #[arg(long, value_name = "AGES", value_parser = age_list)]
    pub ages: Option<AgeList>,
    /// The aging model, or a file of weights; `agemirror models` lists them, the first is taken where none is named
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// As whom a face is aged, for models that know of it [default: female, in the window as the last time]
    #[arg(long, value_enum)]
    pub gender: Option<Gender>,
    /// Shows whole pictures with the aged face in place, not crops
    #[arg(long)]
    pub whole_frame: bool,
    /// Ages every face, four at most, not only the largest
    #[arg(long)]
    pub all_faces: bool,
}

impl Aging {
    /// The ages asked for.
    pub fn targets(&self) -> Vec<AgeTarget> {
        match &self.ages {
            Some(AgeList(targets)) => targets.clone(),
            None => TEN_GROUPS.iter().map(AgeTarget::from).collect(),
        }
    }

    /// The ages asked for, in years.
    pub fn years(&self) -> Vec<f32> {
        self.targets().iter().map(|target| target.age).collect()
    }

    /// The gender asked for.
    pub fn gender(&self) -> Gender {
        self.gender.unwrap_or_default()
    }

    /// The model asked for, else the first one.
    pub fn model(&self) -> &str {
        self.model.as_deref().unwrap_or_else(|| models().first().map_or("", |model| model.name))
    }

    /// The faces asked for.
    pub fn faces(&self) -> FaceChoice {
        if self.all_faces { FaceChoice::All } else { FaceChoice::Largest }
    }
}
