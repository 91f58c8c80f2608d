//! Command-line options that several subcommands share.

use clap::Args;

use agemirror_faces::age::Gender;
use agemirror_faces::age::{AgeTarget, TEN_GROUPS, parse_ages};
use agemirror_faces::aging::models;
use agemirror_faces::crop::FaceChoice;

/// Ages from the command line.
#[derive(Clone, Debug)]
pub struct AgeList(pub Vec<AgeTarget>);

/// Parses `10`, `4` or a list such as `25,60`.
///
/// # Errors
/// A sentence for the user when the text names no ages.
pub fn parse_age_list(text: &str) -> Result<AgeList, String> {
    parse_ages(text).map(AgeList).map_err(|error| error.to_string())
}

/// Which ages, which model and which faces.
#[derive(Args, Clone, Debug, Default)]
pub struct AgingArgs {
    /// Ages: 10 or 4 for the groups, or years such as 25,60 [default: 10]
    #[arg(long, value_name = "AGES", value_parser = parse_age_list)]
    pub ages: Option<AgeList>,
    /// The aging model, or a weight file; `agemirror models` lists the models [default: the first]
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Gender to age faces as, for models that use it [default: female; in the window, the last choice]
    #[arg(long, value_enum)]
    pub gender: Option<Gender>,
    /// Shows whole pictures with the aged face pasted back, not crops
    #[arg(long)]
    pub whole_frame: bool,
    /// Ages all faces, at most the four largest, instead of only the largest
    #[arg(long)]
    pub all_faces: bool,
}

impl AgingArgs {
    /// The requested ages, by default the ten groups.
    pub fn targets(&self) -> Vec<AgeTarget> {
        match &self.ages {
            Some(AgeList(targets)) => targets.clone(),
            None => TEN_GROUPS.iter().map(AgeTarget::from).collect(),
        }
    }

    /// The requested ages, in years.
    pub fn years(&self) -> Vec<f32> {
        self.targets().iter().map(|target| target.age).collect()
    }

    /// The requested gender.
    pub fn gender(&self) -> Gender {
        self.gender.unwrap_or_default()
    }

    /// The name of the requested model, by default the first one.
    pub fn model(&self) -> &str {
        self.model.as_deref().unwrap_or_else(|| models().first().map_or("", |model| model.name))
    }

    /// The requested faces.
    pub fn faces(&self) -> FaceChoice {
        if self.all_faces { FaceChoice::All } else { FaceChoice::Largest }
    }
}
