//! Example strips: the best, median and worst inputs.

use super::findings::Findings;
use super::people::Input;
use crate::evaluation::measure::{EvaluationError, Store};

/// Number of examples of each kind.
const EXAMPLES_PER_KIND: usize = 3;

/// A strip of pictures with its caption.
pub(crate) struct Example {
    /// Caption of the strip.
    pub caption: String,
    /// The strip as JPEG.
    pub jpeg: Vec<u8>,
}

/// The inputs whose ages are hit best, median and worst, with their strips.
pub(super) fn examples(findings: &Findings, store: &Store) -> Result<Vec<Example>, EvaluationError> {
    let real: Vec<Option<f64>> = findings
        .targets
        .iter()
        .map(|target| findings.real_age(findings.judge(), target).map(|age| age.mean))
        .collect();
    let error = |input: &Input| {
        let ages = input.aged.ages.get(findings.judge())?;
        let offs =
            ages.iter().zip(&real).filter_map(|(seen, real)| Some((f64::from((*seen)?) - (*real)?).abs()));
        let offs: Vec<f64> = offs.collect();
        (!offs.is_empty()).then(|| offs.iter().sum::<f64>() / offs.len() as f64)
    };
    let inputs = findings.inputs();
    let mut ranked: Vec<(f64, &Input)> =
        inputs.iter().filter_map(|input| Some((error(input)?, input))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.index.cmp(&b.1.index)));
    let count = ranked.len();
    let count_each = EXAMPLES_PER_KIND.min(count / 3);
    let middle = (count - count_each) / 2;
    let parts = [
        ("Best", 0..count_each),
        ("Median", middle..middle + count_each),
        ("Worst", count - count_each..count),
    ];
    let mut examples = Vec::new();
    for (name, range) in parts {
        for (error, input) in &ranked[range] {
            let path = store.strip(input.index);
            let Ok(jpeg) = std::fs::read(&path) else { continue };
            let caption = format!(
                "{name}: {}, labelled {} to {}, read as {:.0}; ages off by {error:.1} years on average",
                input.label.file, input.label.age_low, input.label.age_high, input.aged.current_age
            );
            examples.push(Example { caption, jpeg });
        }
    }
    Ok(examples)
}
